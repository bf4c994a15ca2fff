"""The digests: begun each hour, and put together for each reader."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from delivery.finishing import finish
from locales import Tongue
from model.clock import Clock
from model.deliveries import Address
from model.errors import Unavailable
from model.notices import WaveId
from services.digests import Digests
from views import digest
from views.screen import Screen

EACH = 20.0
"""Seconds between two looks at the clock."""


class DigestLoop:
    """Begins the digests of each hour, until it is cancelled."""

    def __init__(self, digests: Digests, begun: Callable[[], None]) -> None:
        self._digests = digests
        self._begun = begun

    async def run(self) -> None:
        """Begin what is to be begun until cancelled."""
        while True:
            with suppress(Unavailable):
                if await finish(self._digests.begin()):
                    self._begun()
            await asyncio.sleep(EACH)


class Composer:
    """Puts together what a digest says to one reader."""

    def __init__(self, digests: Digests, speak: Callable[[str], Tongue], clock: Clock) -> None:
        self._digests = digests
        self._speak = speak
        self._clock = clock

    async def compose(self, wave: WaveId, told: Address) -> Screen | None:
        """Return what is said; ``None`` if nothing is."""
        t = self._speak(told.language)
        today = self._clock().astimezone(t.zone).date()
        said = await self._digests.read(wave, told)
        return None if said is None else digest.digest(t, said, today)

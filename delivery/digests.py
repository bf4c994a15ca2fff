"""The digests, put together for each reader."""

from collections.abc import Callable

from locales import Tongue
from model.clock import Clock
from model.deliveries import Address
from model.notices import WaveId
from services.digests import Digests
from views import digest
from views.screen import Screen


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

"""What the clock begins each hour: digests, monthly notes, reminders."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from delivery.finishing import finish
from model.errors import Unavailable

EACH = 20.0
"""Seconds between two looks at the clock."""


class HourlyLoop:
    """Begins what is due in each hour, until it is cancelled."""

    def __init__(
        self, begin: Callable[[], Coroutine[Any, Any, bool]], begun: Callable[[], None]
    ) -> None:
        self._begin = begin
        self._begun = begun

    async def run(self) -> None:
        """Begin what is to be begun until cancelled."""
        while True:
            with suppress(Unavailable):
                if await finish(self._begin()):
                    self._begun()
            await asyncio.sleep(EACH)

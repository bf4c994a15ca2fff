"""The reminders: begun by the clock, each hour in which there may be something to remind of."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from delivery.finishing import finish
from model.errors import Unavailable
from services.reminders import Reminders

EACH = 20.0
"""Seconds between two looks at the clock."""


class ReminderLoop:
    """Begins the reminders of each hour, until it is cancelled."""

    def __init__(self, reminders: Reminders, begun: Callable[[], None]) -> None:
        self._reminders = reminders
        self._begun = begun

    async def run(self) -> None:
        """Begin what is to be begun until cancelled."""
        while True:
            with suppress(Unavailable):
                if await finish(self._reminders.begin()):
                    self._begun()
            await asyncio.sleep(EACH)

"""The watch: keeps the pulse of the bot, and asks editors what becomes of what was due."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from telegram import Bot

from delivery.finishing import finish
from delivery.telling import tell_all
from locales import Tongue
from model.errors import Unavailable
from services.editors import Editors
from services.guard import Guard
from views import interruption

EACH = 20.0
"""Seconds between two beats: each minute has one."""


class GuardLoop:
    """Beats, and tells editors of an interruption, until it is cancelled."""

    def __init__(
        self, guard: Guard, editors: Editors, bot: Bot, speak: Callable[[str], Tongue]
    ) -> None:
        self._guard = guard
        self._editors = editors
        self._bot = bot
        self._speak = speak

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            with suppress(Unavailable):
                await self.look()
            await asyncio.sleep(EACH)

    async def look(self) -> None:
        """Beat; tell all editors of what waits, until it has reached one."""
        await finish(self._guard.beat())
        arrears = await finish(self._guard.take_to_tell())
        if arrears is None:
            return
        editors = await finish(self._editors.every())
        if await tell_all(
            editors, self._bot, self._speak, lambda t: interruption.arrears(t, arrears)
        ):
            await finish(self._guard.told(arrears.interruption.id))

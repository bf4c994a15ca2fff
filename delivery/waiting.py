"""The look-out: editors hear when somebody on the list may bear a name that is waited for."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from telegram import Bot

from delivery.finishing import finish
from delivery.telling import tell_all
from locales import Tongue
from model.errors import Unavailable
from services.editors import Editors
from services.waiting import Waiting
from views import waiting as words

EACH = 60.0
"""Seconds between two looks whether the list changed."""
REST = timedelta(hours=1)
"""How long the names are not matched again, whatever changes."""


class LookOut:
    """Looks whether there is something for editors to decide, until it is cancelled."""

    def __init__(
        self, waiting: Waiting, editors: Editors, bot: Bot, speak: Callable[[str], Tongue]
    ) -> None:
        self._waiting = waiting
        self._editors = editors
        self._bot = bot
        self._speak = speak

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            with suppress(Unavailable):
                await self.look()
            await asyncio.sleep(EACH)

    async def look(self) -> None:
        """Tell all editors if there is something new to decide, until it has reached one."""
        if not await finish(self._waiting.look(rest=REST)):
            return
        editors = await finish(self._editors.every())
        if await tell_all(editors, self._bot, self._speak, words.note):
            await finish(self._waiting.noted())

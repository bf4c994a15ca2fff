"""Folding: messages of discreet readers hide their text again after a minute."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from delivery.finishing import finish
from locales import Tongue
from model.errors import Unavailable
from model.readers import Spot
from services.foldings import Foldings
from views import news
from views.markup import markup

EACH = 1.0
"""Seconds between two looks at what is due."""


class Folding:
    """Folds what is due, until it is cancelled; what was due while it stood still comes first."""

    def __init__(self, foldings: Foldings, bot: Bot, speak: Callable[[str], Tongue]) -> None:
        self._foldings = foldings
        self._bot = bot
        self._speak = speak

    async def run(self) -> None:
        """Fold until cancelled."""
        while True:
            with suppress(Unavailable):
                await self.fold_due()
            await asyncio.sleep(EACH)

    async def fold_due(self) -> None:
        """Fold what is due now. What Telegram does not take stays due."""
        for spot in await finish(self._foldings.due()):
            if await self._fold(spot):
                await finish(self._foldings.folded(spot))

    async def _fold(self, spot: Spot) -> bool:
        screen = news.discreet(self._speak(spot.language), spot.shows)
        if not spot.shows:
            screen = replace(screen, keyboard=())
        try:
            await self._bot.edit_message_text(
                screen.text,
                chat_id=spot.chat,
                message_id=spot.message,
                parse_mode=ParseMode.HTML,
                reply_markup=markup(screen.keyboard),
            )
        except (BadRequest, Forbidden):
            # Deleted, folded already, or nobody there any more: there is nothing to fold.
            return True
        except TelegramError:
            return False
        return True

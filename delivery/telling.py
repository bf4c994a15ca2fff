"""Telling the editors: each gets the same screen in his or her own language."""

from collections.abc import Callable, Iterable

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from locales import Tongue
from model.editors import Editor
from views.markup import markup
from views.screen import Screen


async def tell_all(
    editors: Iterable[Editor],
    bot: Bot,
    speak: Callable[[str], Tongue],
    draw: Callable[[Tongue], Screen],
) -> bool:
    """Write to every editor, and say whether one of them surely has it."""
    return any([await _tell(one, bot, draw(speak(one.language))) for one in editors])


async def _tell(editor: Editor, bot: Bot, screen: Screen) -> bool:
    try:
        await bot.send_message(
            editor.chat,
            screen.text,
            parse_mode=ParseMode.HTML,
            reply_markup=markup(screen.keyboard),
        )
    except TelegramError:
        return False
    return True

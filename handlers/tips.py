"""Telling the editors something: a button, a prompt, and the reply to it, which is passed on.

Nothing of it is stored, and nothing says who wrote it: the bot writes to each editor anew.
"""

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import CallbackQueryHandler, MessageHandler, filters

from handlers.context import (
    SERVICES,
    BotApplication,
    BotContext,
    ReplyTo,
    Services,
    message_of,
    place_of,
)
from handlers.gate import Pace, Ruling
from model.clock import Clock
from model.editors import Editor
from model.errors import Fault, Unreadable
from views import callbacks, tips
from views.callbacks import Verb

LONGEST = 1000
"""Characters that are passed on."""
A_DAY = 3
"""How often one chat can write to the editors."""

_DAY = 86_400.0


class Desk:
    """Passes on what readers write to the editors, a few times a day from each chat."""

    def __init__(self, clock: Clock) -> None:
        self._pace = Pace((A_DAY, _DAY), clock=lambda: clock().timestamp())

    async def pass_on(self, update: Update, context: BotContext) -> None:
        """Show all editors what was replied to the prompt, and say whether one has it.

        Raises:
            Unreadable: it is too long.
        """
        (chat, _), message, t = place_of(update), message_of(update), context.tongue
        words = message.text or ""
        if len(words) > LONGEST:
            raise Unreadable(Fault.TOO_LONG, limit=LONGEST)
        if self._pace.rule(chat) is not Ruling.ADMITTED:
            await context.say(update, tips.enough(t, limit=A_DAY))
            return
        editors = await context.services.editors.every()
        if any([await _show(context, editor, words) for editor in editors]):
            await context.say(update, tips.passed_on(t, message.message_id))
        else:
            self._pace.give_back(chat)
            await context.say(update, tips.unreachable(t))


def register(application: BotApplication) -> None:
    services: Services = application.bot_data[SERVICES]
    reply = filters.ChatType.PRIVATE & filters.TEXT & ~filters.Regex("^/") & ReplyTo(tips.SIGN)
    application.add_handler(CallbackQueryHandler(ask, callbacks.pattern(Verb.TELL)))
    application.add_handler(MessageHandler(reply, Desk(services.clock).pass_on))


async def ask(update: Update, context: BotContext) -> None:
    """Ask what the editors should know."""
    await context.prompt(update, tips.prompt(context.tongue, limit=LONGEST))


async def _show(context: BotContext, editor: Editor, words: str) -> bool:
    """Write to an editor, and say whether that surely arrived."""
    screen = tips.tip(context.services.languages.speak(editor.language), words)
    try:
        await context.bot.send_message(
            editor.chat,
            screen.text,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
    except TelegramError:
        return False
    return True

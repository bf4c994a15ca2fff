"""Becoming an editor: the link of an invitation is ``/start`` with a code that works once."""

from telegram import Update
from telegram.ext import CommandHandler, filters

from handlers.context import BotApplication, BotContext, place_of
from views import dossier

PREFIX = "e_"
"""What the code of an invitation begins with in a link."""


def register(application: BotApplication) -> None:
    """Register before the doors of readers: this is a ``/start``, too."""
    invited = filters.ChatType.PRIVATE & filters.Regex(rf"^/start(?:@\w+)? {PREFIX}")
    application.add_handler(CommandHandler("start", enrol, filters=invited))


async def enrol(update: Update, context: BotContext) -> None:
    """Make an editor of whoever brings the code of an invitation."""
    chat, _ = place_of(update)
    code = (context.args or [""])[0].removeprefix(PREFIX)
    editor = await context.services.editors.enrol(chat, code, context.tongue.language)
    await context.say(update, dossier.welcome(context.tongue, editor.label))

"""What editors say of what waits since the bot was interrupted."""

from telegram import Update
from telegram.ext import CallbackQueryHandler

from handlers.context import BotApplication, BotContext, arguments_of
from handlers.gate import EDITORS_FIRST, for_editors
from model.editors import Editor
from model.interruptions import InterruptionId
from views import callbacks, interruption
from views.callbacks import Verb


def register(application: BotApplication) -> None:
    application.add_handler(
        CallbackQueryHandler(for_editors(press), callbacks.pattern(Verb.INTERRUPTION)),
        group=EDITORS_FIRST,
    )


async def press(update: Update, context: BotContext, editor: Editor) -> None:
    """Send what waits, or do not, and show how that stands."""
    sends, number = arguments_of(update, 2)
    guard, which = context.services.guard, InterruptionId(callbacks.number(number, 2**31 - 1))
    decide = guard.send if callbacks.switch(sends) else guard.drop
    standing = await decide(editor.id, which)
    await context.turn(update, interruption.arrears(context.tongue, standing), folds=False)

"""What the list as a whole says, in place of the message that hid it."""

from telegram import Update
from telegram.ext import CallbackQueryHandler

from handlers.context import BotApplication, BotContext
from views import callbacks, overview
from views.callbacks import Verb


def register(application: BotApplication) -> None:
    application.add_handler(CallbackQueryHandler(show_held, callbacks.pattern(Verb.HELD)))
    application.add_handler(CallbackQueryHandler(show_freed, callbacks.pattern(Verb.FREED)))


async def show_held(update: Update, context: BotContext) -> None:
    """Say how many are held."""
    held = await context.services.overview.held()
    await context.turn(update, overview.held(context.tongue, held.number, held.at))


async def show_freed(update: Update, context: BotContext) -> None:
    """Name those who were released last."""
    released = await context.services.overview.released()
    screen = overview.released(context.tongue, released.cards, more=released.more)
    await context.turn(update, screen)

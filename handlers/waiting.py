"""Waiting for a name: a button, a prompt, and the reply to it, which is the name."""

from telegram import Update
from telegram.ext import (
    ApplicationHandlerStop,
    CallbackQueryHandler,
    MessageHandler,
    filters,
)

from handlers.context import (
    BotApplication,
    BotContext,
    ReplyTo,
    arguments_of,
    message_of,
    place_of,
)
from handlers.gate import REPLIES_FIRST
from views import callbacks, following, waiting
from views.callbacks import Verb


def register(application: BotApplication) -> None:
    reply = filters.ChatType.PRIVATE & filters.TEXT & ~filters.Regex("^/") & ReplyTo(waiting.SIGN)
    application.add_handler(MessageHandler(reply, wait), group=REPLIES_FIRST)
    application.add_handler(CallbackQueryHandler(ask, callbacks.pattern(Verb.WAIT)))
    application.add_handler(CallbackQueryHandler(let_go, callbacks.pattern(Verb.STOP_WAITING)))


async def ask(update: Update, context: BotContext) -> None:
    """Ask which name to wait for."""
    await context.prompt(update, waiting.prompt(context.tongue))


async def wait(update: Update, context: BotContext) -> None:
    """Wait for the name that was replied to the prompt; if somebody listed may be meant, let it
    go on as a question like any other.

    Raises:
        ApplicationHandlerStop: it is waited for.
    """
    (chat, _), t = place_of(update), context.tongue
    name = message_of(update).text or ""
    if await context.services.waiting.wait(chat, name, language=t.language):
        await context.say(update, waiting.noted(t), shows=callbacks.data(Verb.FOLLOWING))
        raise ApplicationHandlerStop


async def let_go(update: Update, context: BotContext) -> None:
    """Wait for a name no more."""
    chat, _ = place_of(update)
    (tag,) = arguments_of(update, 1)
    await context.services.waiting.let_go(chat, tag)
    await context.meet(chat)
    people = await context.services.readers.following(chat)
    screen = following.following(context.tongue, context.reader, people)
    await context.turn(update, screen, shows=callbacks.data(Verb.FOLLOWING))

"""/privacy, /mydata, /forget, and leaving before a journey with a way back."""

from contextlib import suppress

from telegram import Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler, CommandHandler

from handlers.context import BotApplication, BotContext, message_of, place_of
from model.errors import NotFound
from model.readers import ChatKind
from views import callbacks, group, privacy
from views.callbacks import Verb


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("privacy", explain))
    application.add_handler(CommandHandler("mydata", disclose))
    application.add_handler(CommandHandler("forget", forget))
    application.add_handler(CommandHandler("travelling", travel))
    application.add_handler(CommandHandler("return", come_back))
    application.add_handler(CallbackQueryHandler(unfold, callbacks.pattern(Verb.MYDATA)))
    application.add_handler(CallbackQueryHandler(travel_here, callbacks.pattern(Verb.TRAVELLING)))
    application.add_handler(CallbackQueryHandler(depart, callbacks.pattern(Verb.DEPART)))


async def explain(update: Update, context: BotContext) -> None:
    """Say what is stored and what is not."""
    await context.say(update, privacy.privacy(context.tongue))


async def disclose(update: Update, context: BotContext) -> None:
    """Show all that is stored about this chat."""
    chat, _ = place_of(update)
    await context.require_administrator(update)
    stored = await context.services.readers.disclose(chat)
    screen = privacy.mydata(context.tongue, stored)
    await context.say(update, screen, shows=callbacks.data(Verb.MYDATA))


async def unfold(update: Update, context: BotContext) -> None:
    """Show all that is stored, in place of the message that hid it."""
    chat, _ = place_of(update)
    await context.require_administrator(update)
    stored = await context.services.readers.disclose(chat)
    await context.turn(update, privacy.mydata(context.tongue, stored))


async def forget(update: Update, context: BotContext) -> None:
    """Erase everything stored about this chat."""
    chat, _ = place_of(update)
    await context.require_administrator(update)
    await context.services.readers.forget(chat)
    context.services.recollection.forget(chat)
    await context.say(update, privacy.forgotten(context.tongue))


async def travel(update: Update, context: BotContext) -> None:
    """Say what leaving before a journey means."""
    t, (_, kind) = context.tongue, place_of(update)
    if kind is ChatKind.PRIVATE:
        await context.say(update, privacy.travelling(t))
    else:
        await context.say(update, group.only_privately(t))


async def travel_here(update: Update, context: BotContext) -> None:
    """Say what leaving before a journey means, in place of the first screen."""
    await context.turn(update, privacy.travelling(context.tongue), folds=False)


async def depart(update: Update, context: BotContext) -> None:
    """Forget this chat and give the code that brings its choices back."""
    chat, kind = place_of(update)
    if kind is not ChatKind.PRIVATE:
        raise NotFound
    t = context.tongue
    context.services.recollection.forget(chat)
    try:
        screen = privacy.departed(t, await context.services.readers.depart(chat))
    except NotFound:
        await context.services.readers.forget(chat)
        screen = privacy.forgotten(t)
    # This is a stranger now, about whom nothing may be noted.
    await context.turn(update, screen, folds=False)


async def come_back(update: Update, context: BotContext) -> None:
    """Bring back what was chosen, for who has the code."""
    (chat, kind), t = place_of(update), context.tongue
    if kind is not ChatKind.PRIVATE:
        await context.say(update, group.only_privately(t))
        return
    try:
        code = "".join(context.args or ())
        await context.services.readers.come_back(chat, code, language=t.language)
    except NotFound:
        await context.say(update, privacy.not_returned(t))
        return
    await context.meet(chat)
    await context.say(update, privacy.returned(context.tongue))
    with suppress(BadRequest):  # the code is used up: it does no harm where it stands
        await context.bot.delete_message(chat, message_of(update).message_id)

"""/language: in which language answers and news come."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from handlers.context import BotApplication, BotContext, arguments_of, place_of
from model.errors import NotFound
from views import callbacks, language
from views.callbacks import Verb


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("language", offer))
    application.add_handler(CallbackQueryHandler(offer_here, callbacks.pattern(Verb.LANGUAGES)))
    application.add_handler(CallbackQueryHandler(choose, callbacks.pattern(Verb.LANGUAGE)))


async def offer(update: Update, context: BotContext) -> None:
    """Offer the languages."""
    await context.require_administrator(update)
    await context.say(update, language.choose(context.tongue, tuple(context.services.languages)))


async def offer_here(update: Update, context: BotContext) -> None:
    """Offer the languages in place of the screen they were asked for from."""
    await context.require_administrator(update)
    screen = language.choose(context.tongue, tuple(context.services.languages))
    await context.turn(update, screen, folds=False)


async def choose(update: Update, context: BotContext) -> None:
    """Speak the chosen language from now on."""
    chat, kind = place_of(update)
    (chosen,) = arguments_of(update, 1)
    if chosen not in context.services.languages:
        raise NotFound
    await context.require_administrator(update)
    await context.services.readers.choose_language(chat, kind, chosen)
    await context.services.editors.choose_language(chat, chosen)
    await context.meet(chat)
    await context.turn(update, language.chosen(context.tongue), folds=False)

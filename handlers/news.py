"""/news, and the news that is behind a button."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from handlers.context import BotApplication, BotContext, arguments_of, place_of
from model.notices import WaveId
from views import callbacks, latest, news
from views.callbacks import Verb

LATEST = 3


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("news", show))
    application.add_handler(CallbackQueryHandler(unfold, callbacks.pattern(Verb.NEWS)))
    application.add_handler(CallbackQueryHandler(show_wave, callbacks.pattern(Verb.WAVE)))
    application.add_handler(CallbackQueryHandler(show_names, callbacks.pattern(Verb.NAMES)))
    application.add_handler(CallbackQueryHandler(show_whole, callbacks.pattern(Verb.WHOLE)))
    application.add_handler(
        CallbackQueryHandler(show_whole_names, callbacks.pattern(Verb.WHOLE_NAMES))
    )


async def show(update: Update, context: BotContext) -> None:
    """Offer the latest news."""
    items = await context.services.news.latest(LATEST)
    screen = latest.latest(context.tongue, items)
    await context.say(update, screen, shows=callbacks.data(Verb.NEWS))


async def unfold(update: Update, context: BotContext) -> None:
    """Offer the latest news, in place of the message that hid it."""
    items = await context.services.news.latest(LATEST)
    await context.turn(update, latest.latest(context.tongue, items))


async def show_wave(update: Update, context: BotContext) -> None:
    """Turn the message into news, with those on top of whom this chat was told."""
    (number,) = arguments_of(update, 1)
    chat, _ = place_of(update)
    item = await context.services.news.wave(WaveId(callbacks.number(number, 2**31 - 1)))
    told = await context.services.outbox.told(chat, item.wave)
    absent = await context.services.search.cards(told.absent) if told else ()
    people = [each.person for each in absent]
    freed, late = (told.freed, told.late) if told else ((), False)
    screen = news.news(context.tongue, item, freed=freed, absent=people, late=late)
    await context.turn(update, screen)


async def show_whole(update: Update, context: BotContext) -> None:
    """Turn the message into all that is known of a release, with those on top whom this reader
    follows."""
    (number,) = arguments_of(update, 1)
    chat, _ = place_of(update)
    item = await context.services.news.release(WaveId(callbacks.number(number, 2**31 - 1)))
    follows = {person.id for person in await context.services.readers.following(chat)}
    freed = [person.id for person in item.known if person.id in follows]
    await context.turn(update, news.news(context.tongue, item, freed=freed))


async def show_whole_names(update: Update, context: BotContext) -> None:
    """Turn the message into a page of all names of a release."""
    wave, page = arguments_of(update, 2)
    item = await context.services.news.release(WaveId(callbacks.number(wave, 2**31 - 1)))
    await context.turn(
        update, news.names_page(context.tongue, item, callbacks.number(page, 10_000))
    )


async def show_names(update: Update, context: BotContext) -> None:
    """Turn the message into a page of the names that the news brought."""
    wave, page = arguments_of(update, 2)
    item = await context.services.news.wave(WaveId(callbacks.number(wave, 2**31 - 1)))
    await context.turn(
        update, news.names_page(context.tongue, item, callbacks.number(page, 10_000))
    )

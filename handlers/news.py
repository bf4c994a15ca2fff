"""/news, and the news that is behind a button."""

from contextlib import suppress

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler, CommandHandler

from handlers.context import BotApplication, BotContext, arguments_of, place_of, press_of
from model.notices import WaveId
from views import callbacks, latest, news
from views.callbacks import Verb

LATEST = 3


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("news", show))
    application.add_handler(CallbackQueryHandler(unfold, callbacks.pattern(Verb.NEWS)))
    application.add_handler(CallbackQueryHandler(show_wave, callbacks.pattern(Verb.WAVE)))
    application.add_handler(CallbackQueryHandler(show_names, callbacks.pattern(Verb.NAMES)))
    application.add_handler(CallbackQueryHandler(see, callbacks.pattern(Verb.SEEN)))
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
    asks = told is not None and told.asks and news.asks(item, freed)
    if asks:
        # Whoever unfolds it has seen it; the button stays for this once.
        await context.services.reminders.see(chat, item.wave)
    screen = news.news(context.tongue, item, freed=freed, absent=people, late=late, asks=asks)
    await context.turn(update, screen)


async def see(update: Update, context: BotContext) -> None:
    """Note that news was seen, and take the button away."""
    (number,) = arguments_of(update, 1)
    (chat, _), query = place_of(update), press_of(update)
    await context.services.reminders.see(chat, WaveId(callbacks.number(number, 2**31 - 1)))
    message = query.message
    keyboard = message.reply_markup if isinstance(message, Message) else None
    if isinstance(message, Message) and keyboard is not None:
        rows = [
            row
            for row in keyboard.inline_keyboard
            if not any(button.callback_data == query.data for button in row)
        ]
        # Pressed on two phones at once, or too old to be changed: it is noted all the same.
        if len(rows) < len(keyboard.inline_keyboard):
            with suppress(BadRequest):
                await message.edit_reply_markup(InlineKeyboardMarkup(rows) if rows else None)
    await query.answer(news.thanks(context.tongue))


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

"""/settings: when news comes, and how often."""

from collections.abc import Callable, Mapping

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from handlers.context import BotApplication, BotContext, arguments_of, place_of
from model.errors import NotFound
from model.readers import ChatKind
from model.wishes import DAYS_ASLEEP, NIGHT, NO_WISHES, ZONES, Rhythm, Wishes
from views import callbacks, wishes
from views.callbacks import Verb, Wish
from views.screen import Screen


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("settings", show))
    application.add_handler(CallbackQueryHandler(turn, callbacks.pattern(Verb.WISHES)))
    application.add_handler(CallbackQueryHandler(choose, callbacks.pattern(Verb.WISH)))


async def show(update: Update, context: BotContext) -> None:
    """Say when news comes here."""
    chat, _ = place_of(update)
    await context.require_administrator(update)
    await context.meet(chat)
    await context.say(update, _page(update, context, ""), shows=callbacks.data(Verb.WISHES))


async def turn(update: Update, context: BotContext) -> None:
    """Turn the message into a page of what can be chosen."""
    chat, _ = place_of(update)
    (page,) = arguments_of(update, 0, 1) or ("",)
    await context.require_administrator(update)
    await context.meet(chat)
    await context.turn(update, _page(update, context, page))


async def choose(update: Update, context: BotContext) -> None:
    """Do as is wished, and show the page it was chosen on."""
    chat, kind = place_of(update)
    wish, value = arguments_of(update, 2)
    await context.require_administrator(update)
    choices, language = context.services.choices, context.tongue.language
    if wish == Wish.SLEEP:
        if kind is not ChatKind.PRIVATE:
            raise NotFound
        days = callbacks.number(value, max(DAYS_ASLEEP))
        if days:
            await choices.sleep(chat, days, language=language)
        else:
            await choices.wake(chat)
    else:
        await choices.choose(chat, kind, _change(wish, value), language=language)
    await context.meet(chat)
    page = _PAGES.get(wish, wish)
    shows = callbacks.data(Verb.WISHES, page)
    await context.turn(update, _page(update, context, page), shows=shows)


_PAGES: Mapping[str, str] = {
    Wish.BEGINS: Wish.QUIET,
    Wish.ENDS: Wish.QUIET,
    Wish.SILENTLY: Wish.QUIET,
    Wish.HOUR: "",
    Wish.ZONE: "",
}
"""Where a wish is shown, if not on a page of its own."""


def _page(update: Update, context: BotContext, page: str) -> Screen:
    t, now = context.tongue, context.services.clock()
    wished = context.reader.wishes if context.reader else NO_WISHES
    match page:
        case Wish.QUIET:
            return wishes.quiet(t, wished)
        case Wish.SLEEP:
            return wishes.sleep(t, wished, now)
        case Wish.DIGEST:
            return wishes.digest(t, wished)
        case Wish.MONTHLY:
            return wishes.monthly(t, wished)
        case Wish.REMINDERS:
            return wishes.reminders(t, wished)
        case Wish.ZONE:
            return wishes.zones(t, wished, now)
    _, kind = place_of(update)
    return wishes.wishes(t, wished, now, private=kind is ChatKind.PRIVATE)


def _change(wish: str, value: str) -> Callable[[Wishes], Wishes]:
    """Return what a wish changes.

    Raises:
        NotFound: there is no such wish.
    """
    match wish:
        case Wish.DIGEST if value in {"0", *Rhythm}:
            rhythm = None if value == "0" else Rhythm(value)
            return lambda wished: wished._replace(digest=rhythm)
        case Wish.ZONE:
            zone = ZONES[callbacks.number(value, len(ZONES) - 1)]
            return lambda wished: wished._replace(zone=zone)
        case Wish.SILENTLY:
            silently = callbacks.switch(value)
            return lambda wished: wished._replace(silently=silently)
        case Wish.MONTHLY:
            monthly = callbacks.switch(value)
            return lambda wished: wished._replace(monthly=monthly)
        case Wish.REMINDERS:
            reminders = callbacks.switch(value)
            return lambda wished: wished._replace(reminders=reminders)
    hour = callbacks.number(value, 23)
    match wish:
        case Wish.QUIET if hour == 0:
            return lambda wished: wished._replace(quiet=None)
        case Wish.BEGINS:
            return lambda wished: wished._replace(quiet=(hour, (wished.quiet or NIGHT)[1]))
        case Wish.ENDS:
            return lambda wished: wished._replace(quiet=((wished.quiet or NIGHT)[0], hour))
        case Wish.HOUR:
            return lambda wished: wished._replace(hour=hour)
    raise NotFound

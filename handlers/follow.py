"""Whom and what a chat is told about: the button under a card, /following, /releases."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from handlers.context import BotApplication, BotContext, arguments_of, place_of, press_of
from model.codes import person_of
from views import callbacks, following
from views.callbacks import Verb
from views.screen import Screen


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("following", show))
    application.add_handler(CommandHandler("releases", follow_releases))
    for verb, handler in (
        (Verb.FOLLOW, follow),
        (Verb.LET_GO, let_go),
        (Verb.FOLLOWING, unfold),
        (Verb.RELEASES, switch_releases),
        (Verb.ABSENCES, switch_absences),
    ):
        application.add_handler(CallbackQueryHandler(handler, callbacks.pattern(verb)))


async def follow(update: Update, context: BotContext) -> None:
    """Follow the person under whose card the button was pressed."""
    (chat, kind), t = place_of(update), context.tongue
    (code,) = arguments_of(update, 1)
    await context.require_administrator(update)
    await context.services.readers.follow(chat, kind, person_of(code), language=t.language)
    # The same words whether it is new or not: a stranger with this phone learns nothing.
    await press_of(update).answer(following.followed(t), show_alert=True)


async def show(update: Update, context: BotContext) -> None:
    """List what comes here."""
    await context.require_administrator(update)
    await context.say(update, await _list(update, context), shows=callbacks.data(Verb.FOLLOWING))


async def unfold(update: Update, context: BotContext) -> None:
    """List what comes here, in place of the message that hid it."""
    await context.require_administrator(update)
    await _turn(update, context)


async def let_go(update: Update, context: BotContext) -> None:
    """Hear no more about a person."""
    chat, _ = place_of(update)
    (code,) = arguments_of(update, 1)
    await context.require_administrator(update)
    await context.services.readers.unfollow(chat, person_of(code))
    await _turn(update, context)


async def follow_releases(update: Update, context: BotContext) -> None:
    """Be told of every release."""
    (chat, kind), t = place_of(update), context.tongue
    await context.require_administrator(update)
    await context.services.readers.want_releases(chat, kind, True, language=t.language)
    await context.say(update, following.releases(t))


async def switch_releases(update: Update, context: BotContext) -> None:
    """Be told of every release, or of none but those of people who are followed."""
    (chat, kind), t = place_of(update), context.tongue
    (wanted,) = arguments_of(update, 1)
    await context.require_administrator(update)
    await context.services.readers.want_releases(
        chat, kind, callbacks.switch(wanted), language=t.language
    )
    await _turn(update, context)


async def switch_absences(update: Update, context: BotContext) -> None:
    """Be told, too, that somebody who is followed is not among the known names."""
    chat, _ = place_of(update)
    (wanted,) = arguments_of(update, 1)
    await context.require_administrator(update)
    await context.services.readers.want_absences(chat, callbacks.switch(wanted))
    await _turn(update, context)


async def _turn(update: Update, context: BotContext) -> None:
    screen = await _list(update, context)
    await context.turn(update, screen, shows=callbacks.data(Verb.FOLLOWING))


async def _list(update: Update, context: BotContext) -> Screen:
    chat, _ = place_of(update)
    await context.meet(chat)
    people = await context.services.readers.following(chat)
    return following.following(context.tongue, context.reader, people)

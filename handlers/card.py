"""The card of a person, its timeline, and the choice between several people."""

from telegram import Update
from telegram.ext import CallbackQueryHandler

from handlers.context import BotApplication, BotContext, arguments_of, place_of, press_of
from model.codes import person_of
from model.errors import NotFound
from model.readers import ChatKind
from views import callbacks, card
from views.callbacks import Verb
from views.screen import Screen


def register(application: BotApplication) -> None:
    for verb, handler in (
        (Verb.CARD, show),
        (Verb.OPEN, open_),
        (Verb.TIMELINE, show_timeline),
        (Verb.CHOICE, offer),
        (Verb.NOBODY, deny),
    ):
        application.add_handler(CallbackQueryHandler(handler, callbacks.pattern(verb)))


async def show(update: Update, context: BotContext) -> None:
    """Turn the message into the card of a person."""
    await context.turn(update, await _card(update, context))


async def open_(update: Update, context: BotContext) -> None:
    """Show the card of a person below what is still wanted above."""
    screen = await _card(update, context)
    if context.discreet:
        await context.turn(update, screen)
        return
    await context.say(update, screen)
    await press_of(update).answer()


async def show_timeline(update: Update, context: BotContext) -> None:
    """Turn the card of a person into the timeline."""
    (code,) = arguments_of(update, 1)
    who = await context.services.search.card(person_of(code))
    await context.turn(update, card.timeline(context.tongue, who))


async def offer(update: Update, context: BotContext) -> None:
    """Turn the message into a choice between the people it was about."""
    (codes,) = arguments_of(update, 1)
    people, (chat, kind) = callbacks.read_people(codes), place_of(update)
    cards = await context.services.search.cards(people)
    if not cards:
        raise NotFound
    more = context.services.recollection.of(chat, people[0]).more
    private = kind is ChatKind.PRIVATE
    await context.turn(update, card.choice(context.tongue, cards, more=more, private=private))


async def deny(update: Update, context: BotContext) -> None:
    """Turn the message into the answer that nobody of that name is listed."""
    await context.turn(update, card.nobody(context.tongue))


async def _card(update: Update, context: BotContext) -> Screen:
    (code,) = arguments_of(update, 1)
    who = await context.services.search.card(person_of(code))
    chat, _ = place_of(update)
    recalled = context.services.recollection.of(chat, who.person.id)
    return card.card(
        context.tongue,
        who,
        today=context.today,
        why=recalled.why,
        intent=recalled.intent,
        share=context.share(who.person.id),
    )

"""/start, /help, and the choice whether texts are hidden."""

import re

from telegram import Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from handlers.context import (
    BotApplication,
    BotContext,
    arguments_of,
    message_of,
    place_of,
    press_of,
)
from model.codes import LENGTH, person_of
from model.errors import NotFound
from model.readers import ChatKind
from views import callbacks, card, group, latest, start
from views.callbacks import Verb

NEWS = "news"
"""What a link carries that leads to the latest news."""

_LINK = re.compile(rf"\s*(?:https?://)?t\.me/\w+\?start=([\w-]{{{LENGTH}}})\s*$")


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("start", begin))
    application.add_handler(CommandHandler("help", explain))
    link = filters.ChatType.PRIVATE & filters.Regex(_LINK)
    application.add_handler(MessageHandler(link, open_link))
    application.add_handler(CallbackQueryHandler(begin_again, callbacks.pattern(Verb.START)))
    application.add_handler(CallbackQueryHandler(choose, callbacks.pattern(Verb.DISCREET)))
    application.add_handler(CallbackQueryHandler(wipe, callbacks.pattern(Verb.WIPE)))


async def begin(update: Update, context: BotContext) -> None:
    """Greet; or, where a link with a code was followed, show the card of that person."""
    t, (_, kind) = context.tongue, place_of(update)
    code = context.args[0] if context.args else ""
    if len(code) == LENGTH:
        await _show(update, context, code)
    elif code == NEWS:
        items = await context.services.news.latest()
        await context.say(update, latest.latest(t, items), shows=callbacks.data(Verb.NEWS))
    else:
        await context.say(update, start.start(t) if kind is ChatKind.PRIVATE else group.welcome(t))


async def open_link(update: Update, context: BotContext) -> None:
    """Show the card to which a link leads that was passed on to this very chat, not pressed."""
    found = _LINK.match(message_of(update).text or "")
    await _show(update, context, found[1] if found else "")


async def _show(update: Update, context: BotContext, code: str) -> None:
    t = context.tongue
    try:
        who = await context.services.search.card(person_of(code))
    except NotFound:
        # The same for a person who is not public, who does not exist, and for a mistyped code.
        _, kind = place_of(update)
        said = card.nobody(t, private=kind is ChatKind.PRIVATE)
        await context.say(update, said, shows=callbacks.data(Verb.NOBODY))
        return
    shown = card.card(t, who, today=context.today, share=context.share(who.person.id))
    await context.say(update, shown, shows=callbacks.person(Verb.CARD, who.person.id))


async def begin_again(update: Update, context: BotContext) -> None:
    """Turn a message back into the first screen."""
    await context.turn(update, start.start(context.tongue), folds=False)


async def explain(update: Update, context: BotContext) -> None:
    """Say what can be written here."""
    _, kind = place_of(update)
    t = context.tongue
    await context.say(update, start.help_(t) if kind is ChatKind.PRIVATE else group.welcome(t))


async def choose(update: Update, context: BotContext) -> None:
    """Hide the texts of messages from now on, or show them."""
    (chat, kind), t = place_of(update), context.tongue
    (wanted,) = arguments_of(update, 1)
    discreet = callbacks.switch(wanted)
    if kind is not ChatKind.PRIVATE:
        raise NotFound
    await context.services.readers.choose_discretion(chat, kind, t.language, discreet=discreet)
    await context.meet(chat)
    await context.turn(update, start.chosen(t, discreet=discreet), folds=False)


async def wipe(update: Update, context: BotContext) -> None:
    """Delete the reader's own question, or the message under which the button is."""
    query, (chat, kind) = press_of(update), place_of(update)
    given = arguments_of(update, 0, 1)
    if kind is not ChatKind.PRIVATE or query.message is None:
        raise NotFound
    number = callbacks.number(given[0], 2**31 - 1) if given else query.message.message_id
    try:
        deleted = await context.bot.delete_message(chat, number)
    except BadRequest:
        # Older than 48 hours, or deleted already: Telegram does not say which.
        deleted = False
    await query.answer(start.wiped(context.tongue, deleted=deleted), show_alert=not deleted)

"""The bot's name and a person's, typed in any chat: cards to pass on, by the door of questions.

Telegram sends what is typed at every pause, so most of it is half a name. Only who is meant is
offered: one, or all of the few who bear the name. Whatever fits more than can be shown, a given
name or the beginning of one, offers nobody; letters typed one by one do not walk the list.

A discreet reader is offered nobody. What is offered shows at once, on a screen others may see, and
what is sent stands in another chat under the reader's own name, where nothing folds it and
``/forget`` does not reach it. The answer is that for a name nobody bears: whoever holds the phone
learns nothing from it.
"""

from collections.abc import Sequence

from telegram import InlineQuery, Update
from telegram.ext import InlineQueryHandler

from handlers.context import BotApplication, BotContext
from model.cards import Card
from model.errors import TooFast
from services.search import AnswerKind
from views import inline

KEPT = 10
"""Seconds for which Telegram may answer the same person the same: what is known may change."""


def register(application: BotApplication) -> None:
    application.add_handler(InlineQueryHandler(offer))


async def offer(update: Update, context: BotContext) -> None:
    """Offer the cards of those who may be meant, or lead to the chat with the bot."""
    query, t = _query_of(update), context.tongue
    found = () if context.discreet else await _meant(query, context)
    await query.answer(
        [
            inline.article(t, each, today=context.today, link=context.link(each.person.id))
            for each in found
        ],
        cache_time=KEPT,
        is_personal=True,
        button=None if found else inline.elsewhere(t),
    )


async def _meant(query: InlineQuery, context: BotContext) -> Sequence[Card]:
    if query.offset:
        return ()  # there is no second page
    answer = await context.services.search.ask(query.query)
    if answer.more or answer.kind not in {AnswerKind.ONE, AnswerKind.CHOICE}:
        return ()
    try:
        context.toll(len(answer.cards))
    except TooFast:
        return ()  # there is no chat to say it in
    return answer.cards


def _query_of(update: Update) -> InlineQuery:
    if update.inline_query is None:
        raise ValueError("an update without words typed came to who answers them")
    return update.inline_query

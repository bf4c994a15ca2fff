"""A question: any text in a private chat, and /who with a name anywhere. The last in line."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from handlers.context import BotApplication, BotContext, message_of, place_of
from model.errors import NotFound
from model.questions import Unclear
from model.readers import ChatKind
from services.search import Answer, AnswerKind
from views import callbacks, card, group, overview, start
from views.callbacks import Verb
from views.screen import Screen

LONGEST = 400
"""Characters of a question. Whoever pastes more than that is not asking for a person."""

_PRIVATE = filters.ChatType.PRIVATE


def register(application: BotApplication) -> None:
    """Register last: what comes this far is for nobody else."""
    application.add_handler(CommandHandler("who", who))
    application.add_handler(MessageHandler(_PRIVATE & filters.TEXT & ~filters.Regex("^/"), ask))
    application.add_handler(MessageHandler(_PRIVATE & filters.TEXT, misunderstand))
    application.add_handler(MessageHandler(_PRIVATE & ~filters.StatusUpdate.ALL, decline))
    application.add_handler(CallbackQueryHandler(shrug))


async def ask(update: Update, context: BotContext) -> None:
    """Answer whatever is written in the private chat."""
    await _answer(update, context, message_of(update).text or "")


async def who(update: Update, context: BotContext) -> None:
    """Answer about the name after the command; with the card's button administrators follow."""
    text = " ".join(context.args or ())
    _, kind = place_of(update)
    if text:
        await _answer(update, context, text)
    elif kind is ChatKind.PRIVATE:
        await context.say(update, start.help_(context.tongue))
    else:
        await context.say(update, group.who(context.tongue))


async def misunderstand(update: Update, context: BotContext) -> None:
    """Say what can be written, to who tried a command that is none."""
    await context.say(update, start.help_(context.tongue))


async def decline(update: Update, context: BotContext) -> None:
    """Say that only text is read."""
    await context.say(update, start.unreadable(context.tongue))


async def shrug(update: Update, context: BotContext) -> None:
    """Refuse a button that nobody here made, or that belongs to a bot long gone.

    Raises:
        NotFound: always.
    """
    raise NotFound


async def _answer(update: Update, context: BotContext, text: str) -> None:
    (chat, kind), services = place_of(update), context.services
    private = kind is ChatKind.PRIVATE
    if len(text) > LONGEST:
        t = context.tongue
        await context.say(update, start.help_(t) if private else group.who(t))
        return
    answer = await services.search.ask(text)
    context.toll(len(answer.cards))
    services.recollection.note(chat, answer.intent, answer.whys, more=answer.more)
    screen, shows = await _screen(context, answer, private=private)
    await context.say(update, screen, shows=shows)


async def _screen(context: BotContext, answer: Answer, *, private: bool) -> tuple[Screen, str]:
    """Return what is said, and what a button carries to say it again."""
    t = context.tongue
    match answer.kind:
        case AnswerKind.ONE:
            (found,) = answer.cards
            screen = card.card(
                t,
                found,
                today=context.today,
                why=answer.whys[found.person.id],
                intent=answer.intent,
                share=context.share(found.person.id),
            )
            return screen, callbacks.person(Verb.CARD, found.person.id)
        case AnswerKind.CHOICE:
            shows = callbacks.people(Verb.CHOICE, [each.person.id for each in answer.cards])
            return card.choice(t, answer.cards, more=answer.more, private=private), shows
        case AnswerKind.NOBODY:
            return card.nobody(t, private=private), callbacks.data(Verb.NOBODY)
        case AnswerKind.HELD:
            held = await context.services.overview.held()
            return overview.held(t, held.number, held.at), callbacks.data(Verb.HELD)
        case AnswerKind.FREED:
            freed = await context.services.overview.released()
            screen = overview.released(t, freed.cards, more=freed.more)
            return screen, callbacks.data(Verb.FREED)
        case AnswerKind.UNCLEAR:
            return start.unclear(t, answer.unclear or Unclear.NAMELESS), ""

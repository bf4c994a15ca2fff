"""Waiting for a name: a button, a prompt, and the reply to it, which is the name; and what
editors say when somebody on the list may bear it."""

from telegram import Update
from telegram.ext import (
    ApplicationHandlerStop,
    CallbackQueryHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from handlers.context import (
    BotApplication,
    BotContext,
    ReplyTo,
    arguments_of,
    message_of,
    place_of,
    press_of,
)
from handlers.gate import EDITORS_FIRST, REPLIES_FIRST, for_editors
from model.codes import person_of
from model.editors import Editor
from model.errors import NotFound
from model.notices import WaveId
from views import callbacks, card, following, waiting
from views.callbacks import Verb


def register(application: BotApplication) -> None:
    reply = filters.ChatType.PRIVATE & filters.TEXT & ~filters.Regex("^/") & ReplyTo(waiting.SIGN)
    application.add_handler(MessageHandler(reply, wait), group=REPLIES_FIRST)
    application.add_handler(CallbackQueryHandler(ask, callbacks.pattern(Verb.WAIT)))
    application.add_handler(CallbackQueryHandler(let_go, callbacks.pattern(Verb.STOP_WAITING)))
    application.add_handler(CallbackQueryHandler(show, callbacks.pattern(Verb.FOUND)))
    said = callbacks.pattern(Verb.SAME_NAME, Verb.OTHER_NAME, Verb.LATER)
    for handler in (
        CommandHandler("waiting", for_editors(look)),
        CallbackQueryHandler(for_editors(decide), said),
    ):
        application.add_handler(handler, group=EDITORS_FIRST)


async def ask(update: Update, context: BotContext) -> None:
    """Ask which name to wait for."""
    await context.prompt(update, waiting.prompt(context.tongue))


async def wait(update: Update, context: BotContext) -> None:
    """Wait for the name that was replied to the prompt, or ask whether somebody listed is meant.

    Raises:
        ApplicationHandlerStop: always; it is no question.
    """
    (chat, _), t = place_of(update), context.tongue
    name = message_of(update).text or ""
    listed = await context.services.waiting.wait(chat, name, language=t.language)
    if listed:
        context.toll(len(listed))
        screen = card.choice(t, listed, private=True)
        shows = callbacks.people(Verb.CHOICE, [each.person.id for each in listed])
    else:
        screen, shows = waiting.noted(t), callbacks.data(Verb.FOLLOWING)
    await context.say(update, screen, shows=shows)
    raise ApplicationHandlerStop


async def let_go(update: Update, context: BotContext) -> None:
    """Wait for a name no more."""
    chat, _ = place_of(update)
    (tag,) = arguments_of(update, 1)
    await context.services.waiting.let_go(chat, tag)
    await context.meet(chat)
    people = await context.services.readers.following(chat)
    screen = following.following(context.tongue, context.reader, people)
    await context.turn(update, screen, shows=callbacks.data(Verb.FOLLOWING))


async def show(update: Update, context: BotContext) -> None:
    """Turn the message into who bears a name by now that this chat waited for.

    Raises:
        NotFound: it was never told so, or that is not kept any more.
    """
    (number,) = arguments_of(update, 1)
    chat, _ = place_of(update)
    wave = WaveId(callbacks.number(number, 2**31 - 1))
    told = await context.services.outbox.told(chat, wave)
    people = await context.services.outbox.people(told.found) if told else {}
    if not people:
        raise NotFound
    await context.turn(update, waiting.found(context.tongue, tuple(people.values())))


async def look(update: Update, context: BotContext, editor: Editor) -> None:
    """Ask an editor about a name that is waited for."""
    await context.services.waiting.look()
    asked = await context.services.waiting.next_pair()
    await context.say(update, waiting.pair(context.tongue, asked))


async def decide(update: Update, context: BotContext, editor: Editor) -> None:
    """Do what an editor says of a name that is waited for, and ask about the next."""
    blind, code = arguments_of(update, 2)
    person, names = person_of(code), context.services.waiting
    match Verb(str(press_of(update).data)[0]):
        case Verb.SAME_NAME:
            await names.tell(editor.id, blind, person)
        case Verb.OTHER_NAME:
            await names.refuse(editor.id, blind, person)
    asked = await names.next_pair(after=(blind, person))
    await context.turn(update, waiting.pair(context.tongue, asked), folds=False)

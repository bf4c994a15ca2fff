"""Deciding on a notice: approve, safe, stop, correct, withdraw, close the list.

What is chosen for a correction stands in the buttons of the message itself: nothing is remembered.
"""

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.ext import CallbackQueryHandler

from handlers.context import BotApplication, BotContext, arguments_of, press_of
from handlers.gate import EDITORS_FIRST, for_editors
from model.codes import number_of
from model.editors import Editor
from model.errors import NotFound
from model.notices import NoticeId, NoticeKind
from model.people import EventId, PersonId
from model.releases import GroupId
from views import callbacks, dossier
from views.callbacks import Deed, Verb
from views.screen import Screen


def register(application: BotApplication) -> None:
    application.add_handler(
        CallbackQueryHandler(for_editors(press), callbacks.pattern(Verb.DECIDE)),
        group=EDITORS_FIRST,
    )


async def press(update: Update, context: BotContext, editor: Editor) -> None:
    """Do what a button of a submitted notice says, and show what comes next."""
    deed, number, *rest = arguments_of(update, 2, 4)
    notice = NoticeId(callbacks.number(number))
    screen, toast = await _decide(update, context, editor, deed, notice, rest)
    await context.turn(update, screen, toast=toast, folds=False)


async def _decide(
    update: Update,
    context: BotContext,
    editor: Editor,
    deed: str,
    notice: NoticeId,
    rest: list[str],
) -> tuple[Screen, str | None]:
    notices, toast = context.services.notices, None
    match [deed, *rest]:
        case [Deed.APPROVE, seal]:
            await notices.approve(editor.id, notice, seen=seal)
        case [Deed.SAFE, seal, group]:
            safe = GroupId(callbacks.number(group))
            opened = await notices.safe(editor.id, notice, [safe] if safe else [], seen=seal)
            toast = dossier.said_safe(context.tongue, opened=bool(opened))
        case [Deed.STOP]:
            await notices.stop(editor.id, notice)
        case [Deed.RESUME]:
            await notices.resume(editor.id, notice)
        case [Deed.CORRECT_SURELY]:
            await _correct(context, editor, notice, _chosen(update))
        case [Deed.WITHDRAW_SURELY]:
            await notices.withdraw(editor.id, notice)
        case [Deed.COMPLETE_SURELY]:
            await notices.close(editor.id, notice)
        case _:
            return await _ask(update, context, deed, notice, rest), None
    labels = {each.id: each.label for each in await context.services.editors.every()}
    known = await notices.dossier(notice)
    return dossier.dossier(context.tongue, known, labels=labels, viewer=editor.id), toast


async def _ask(
    update: Update, context: BotContext, deed: str, notice: NoticeId, rest: list[str]
) -> Screen:
    """Ask who is taken back, and whether that is meant."""
    t, chosen = context.tongue, _chosen(update)
    known = await context.services.notices.dossier(notice)
    match [deed, *rest]:
        case [Deed.TAKE_BACK, page]:
            return dossier.take_back(t, known, callbacks.number(page), chosen)
        case [Deed.CHOOSE, page, code]:
            more = [*chosen, number_of(code)]
            return dossier.take_back(t, known, callbacks.number(page), more)
        case [Deed.UNCHOOSE, page, code]:
            kept = [one for one in chosen if one != number_of(code)]
            return dossier.take_back(t, known, callbacks.number(page), kept)
        case [Deed.CORRECT]:
            return dossier.correct(t, known, chosen)
        case [Deed.WITHDRAW]:
            return dossier.withdraw(t, known)
        case [Deed.COMPLETE]:
            return dossier.complete(t, known)
        case _:
            raise NotFound


async def _correct(
    context: BotContext, editor: Editor, notice: NoticeId, chosen: list[int]
) -> None:
    """Propose to take back the persons who are chosen, or the things that happened."""
    notices = context.services.notices
    if (await notices.dossier(notice)).notice.kind is NoticeKind.EVENTS:
        await notices.correct(editor.id, notice, events=[EventId(one) for one in chosen])
    else:
        await notices.correct(editor.id, notice, [PersonId(one) for one in chosen])


def _chosen(update: Update) -> list[int]:
    """Return the persons or events that the pressed message shows as chosen."""
    message = press_of(update).message
    keyboard = message.reply_markup if isinstance(message, Message) else None
    chosen = []
    for row in keyboard.inline_keyboard if isinstance(keyboard, InlineKeyboardMarkup) else ():
        for button in row:
            verb, deed, *given = (*str(button.callback_data or "").split(":"), "", "")
            if verb == Verb.DECIDE and deed == Deed.UNCHOOSE:
                chosen.append(number_of(given[2]))
    return chosen

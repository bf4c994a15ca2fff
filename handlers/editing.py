"""Making a notice: /release with a list, /event with what happened, replies to the card, and the
buttons under it.

Nothing is remembered of the conversation. Which notice a reply is about stands in the buttons of
the message replied to.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from telegram import Document, InlineKeyboardMarkup, LinkPreviewOptions, Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from exchange.lists import BYTES_AT_MOST, read_file
from handlers.context import BotApplication, BotContext, arguments_of, message_of
from handlers.gate import EDITORS_FIRST, for_editors
from model.codes import person_of
from model.dates import PartialDate
from model.editors import Editor
from model.errors import Fault, NotFound, Unreadable
from model.notices import Dossier, NoticeId
from model.people import EventKind, Manner
from model.releases import LineId
from views import bulletin, callbacks, dossier, interruption
from views.callbacks import Deed, Verb
from views.markup import markup
from views.screen import Screen

_COMMAND = re.compile(r"^/release(?:@\w+)?\b\s*", re.IGNORECASE)
_EVENT = re.compile(r"^/event(?:@\w+)?\b\s*", re.IGNORECASE)
_WORDS = re.compile(r"\[(?P<language>[a-z]{2})\]\s*(?P<text>.*)", re.DOTALL)
_LATEST = 5


class _OnCard(filters.MessageFilter):
    """Replies to a message that has buttons of editors."""

    def filter(self, message: Message) -> bool:
        return _notice_under(message.reply_to_message) is not None


def register(application: BotApplication) -> None:
    captioned = filters.Document.ALL & filters.CaptionRegex(_COMMAND)
    for handler in (
        CommandHandler("release", for_editors(draft)),
        CommandHandler("event", for_editors(begin)),
        CommandHandler("notices", for_editors(show_all)),
        MessageHandler(captioned, for_editors(draft)),
        MessageHandler(_OnCard() & (filters.TEXT | filters.Document.ALL), for_editors(reply)),
        CallbackQueryHandler(for_editors(press), callbacks.pattern(Verb.EDIT)),
    ):
        application.add_handler(handler, group=EDITORS_FIRST)


async def draft(update: Update, context: BotContext, editor: Editor) -> None:
    """Begin a notice with the list that stands below the command, or in the file."""
    message = message_of(update)
    text = _COMMAND.sub("", message.text or message.caption or "", count=1)
    if message.document is not None:
        text += "\n" + await _read(message.document)
    if not text.strip():
        await context.say(update, dossier.how_to(context.tongue))
        return
    notice = await context.services.releases.draft(editor.id, text)
    await _show(message, context, editor, notice)


async def begin(update: Update, context: BotContext, editor: Editor) -> None:
    """Begin a notice of what happened to people with what stands below the command."""
    message = message_of(update)
    written = _EVENT.sub("", message.text or "", count=1)
    if not written.strip():
        await context.say(update, bulletin.how_to(context.tongue))
        return
    notice = await context.services.happenings.draft(editor.id, written)
    await _show(message, context, editor, notice)


async def reply(update: Update, context: BotContext, editor: Editor) -> None:
    """Add to a notice what was replied to its card."""
    message = message_of(update)
    notice = _notice_under(message.reply_to_message)
    if notice is None:
        raise ValueError("a reply to nothing came to who reads replies")
    desk = context.services.desk((await _find(context, notice)).notice.kind)
    words, text = _WORDS.fullmatch(message.text or ""), message.text or ""
    if words is not None:
        await desk.write(editor.id, notice, words["language"], words["text"])
    else:
        if message.document is not None:
            text = await _read(message.document)
        # What is added to news that is out becomes news of its own.
        to = _line_under(message.reply_to_message)
        notice = await desk.add(editor.id, notice, text, to=to)
    await _show(message, context, editor, notice)


async def show_all(update: Update, context: BotContext, editor: Editor) -> None:
    """List the notices that are under way, and the latest that are out."""
    notices = context.services.notices
    known = (*await notices.open_notices(), *await notices.ended_notices(_LATEST))
    await context.say(update, dossier.notices(context.tongue, known))
    waiting = await context.services.guard.arrears()
    if waiting is not None:
        await context.say(update, interruption.arrears(context.tongue, waiting))


async def press(update: Update, context: BotContext, editor: Editor) -> None:
    """Do what a button of a draft says, and show what comes next."""
    deed, notice, *rest = arguments_of(update, 2, 4)
    screen = await _do(context, editor, deed, NoticeId(callbacks.number(notice)), rest)
    await context.turn(update, screen, folds=False)


async def _do(
    context: BotContext, editor: Editor, deed: str, notice: NoticeId, rest: list[str]
) -> Screen:
    t, known = context.tongue, await _find(context, notice)
    desk = context.services.desk(known.notice.kind)
    match [deed, *rest]:
        case [Deed.CARD]:
            pass
        case [Deed.PREVIEW, language] if language in context.services.languages:
            snapshot = await desk.preview(notice)
            said = context.services.languages.speak(language)
            offered = tuple(context.services.languages)
            at = context.services.clock()
            return dossier.preview(t, notice, snapshot, said, offered, at=at)
        case [Deed.LINES, page]:
            return dossier.lines_page(t, known, callbacks.number(page))
        case [Deed.LINE, line]:
            return _ask(context, known, _line(line))
        case [Deed.PERSON, line, code]:
            await desk.settle(editor.id, _line(line), person_of(code))
            return await _next(context, editor, notice)
        case [Deed.NEW, line]:
            await desk.add_person(editor.id, _line(line))
            return await _next(context, editor, notice)
        case [Deed.LEAVE_OUT, line]:
            await desk.settle(editor.id, _line(line), None)
            return await _next(context, editor, notice)
        case [Deed.REOPEN, line]:
            await desk.reopen(editor.id, _line(line))
            return _ask(context, await _find(context, notice), _line(line))
        case [Deed.CLOSE, wanted]:
            closed = callbacks.switch(wanted)
            await context.services.releases.close_list(editor.id, notice, closed)
        case [Deed.SUBMIT]:
            await desk.submit(editor.id, notice)
        case [Deed.DISCARD]:
            return dossier.discard(t, known)
        case [Deed.DISCARD_SURELY]:
            await desk.discard(editor.id, notice)
        case [_, line, *said]:
            return await _tell(context, editor, known, deed, _line(line), said)
        case _:
            raise NotFound
    return await _card(context, editor, notice)


async def _tell(
    context: BotContext, editor: Editor, known: Dossier, deed: str, line: LineId, said: list[str]
) -> Screen:
    """Do what a button says of one thing that happened."""
    happenings, notice = context.services.happenings, known.notice.id
    match [deed, *said]:
        case [Deed.HAPPENING]:
            pass
        case [Deed.WHAT]:
            return bulletin.kinds(context.tongue, known, line)
        case [Deed.KIND, kind] if kind in set(EventKind):
            await happenings.tell(editor.id, line, kind=EventKind(kind))
        case [Deed.MANNER, manner] if manner in set(Manner):
            await happenings.tell(editor.id, line, manner=Manner(manner))
        case [Deed.DAY, ago]:
            day = context.today - timedelta(days=callbacks.number(ago, 1))
            await happenings.tell(editor.id, line, on=PartialDate(day))
        case [Deed.DOUBT, wanted]:
            await happenings.tell(editor.id, line, doubtful=callbacks.switch(wanted))
        case [Deed.REMOVE]:
            await happenings.remove(editor.id, line)
            return await _card(context, editor, notice)
        case _:
            raise NotFound
    return bulletin.happening(context.tongue, await _find(context, notice), line)


def _line(argument: str) -> LineId:
    return LineId(callbacks.number(argument))


async def _find(context: BotContext, notice: NoticeId) -> Dossier:
    return await context.services.notices.dossier(notice)


async def _next(context: BotContext, editor: Editor, notice: NoticeId) -> Screen:
    """Ask about the next line, or show the card when all are settled."""
    known = await _find(context, notice)
    if not known.unsettled:
        return await _card(context, editor, notice)
    return _ask(context, known, known.unsettled[0].id)


def _ask(context: BotContext, known: Dossier, line: LineId) -> Screen:
    reasons = context.services.desk(known.notice.kind).reasons(known, line)
    return dossier.line(context.tongue, known, line, reasons=reasons)


async def _card(context: BotContext, editor: Editor, notice: NoticeId) -> Screen:
    labels = {each.id: each.label for each in await context.services.editors.every()}
    known = await _find(context, notice)
    return dossier.dossier(context.tongue, known, labels=labels, viewer=editor.id)


async def _show(message: Message, context: BotContext, editor: Editor, notice: NoticeId) -> None:
    """Send the card of a notice; from now on this is where the editor sees it."""
    screen = await _card(context, editor, notice)
    sent = await message.reply_text(
        screen.text,
        parse_mode=ParseMode.HTML,
        reply_markup=markup(screen.keyboard),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    before = message.reply_to_message
    await context.services.editors.remember_card(editor, notice, sent.message_id)
    if before is not None and _notice_under(before) == notice:
        # Its buttons would show what was before. Too old to be changed is no harm.
        with suppress(BadRequest):
            await before.edit_reply_markup(None)


async def _read(document: Document) -> str:
    """Return the list in a file, without loading one that cannot be a list.

    Raises:
        Unreadable: it is too large, or no text.
    """
    if (document.file_size or 0) > BYTES_AT_MOST:
        raise Unreadable(Fault.TOO_LARGE, limit=BYTES_AT_MOST)
    file = await document.get_file()
    return read_file(document.file_name or "", bytes(await file.download_as_bytearray()))


def _notice_under(message: Message | None) -> NoticeId | None:
    """Return the notice all editors' buttons of a message are about."""
    found = {
        NoticeId(callbacks.number(given[1]))
        for verb, *given in _carried(message)
        if verb in {Verb.EDIT, Verb.DECIDE} and len(given) > 1 and given[1].isdecimal()
    }
    return found.pop() if len(found) == 1 else None


def _line_under(message: Message | None) -> LineId | None:
    """Return the one thing that happened which a message shows, if it shows but one."""
    return next(
        (
            LineId(callbacks.number(given[2]))
            for verb, *given in _carried(message)
            if verb == Verb.EDIT and given[0] == Deed.REMOVE
        ),
        None,
    )


def _carried(message: Message | None) -> Iterator[list[str]]:
    """Yield what the buttons of a message carry, part by part."""
    keyboard = message.reply_markup if message is not None else None
    for row in keyboard.inline_keyboard if isinstance(keyboard, InlineKeyboardMarkup) else ():
        for button in row:
            yield str(button.callback_data or "").split(":")

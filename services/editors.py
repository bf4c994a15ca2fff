"""Editors: who they are, how they are invited and removed, and the cards they look at."""

from dataclasses import replace
from datetime import datetime, timedelta

from db import audit, editors, notices
from db.connection import Connection, Database
from db.vault import CARD, EDITOR, INVITE, Vault, card_row
from model import tickets
from model.clock import Clock
from model.editors import LABEL_AT_MOST, Editor
from model.errors import BadInput, NotFound
from model.notices import EditorId, NoticeId, NoticeState, Say, Step, after
from model.readers import ChatId, Spot

_INVITE = "invite"


class Editors:
    """Known by an opaque id wherever something is written down about what they did."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def invite(self, label: str, days: int = 3) -> str:
        """Return a code that makes who uses it first an editor, known to the others by this
        label.

        Raises:
            BadInput: the label is empty or too long.
        """
        label = " ".join(label.split())
        if not 0 < len(label) <= LABEL_AT_MOST:
            raise BadInput(f"a label has 1 to {LABEL_AT_MOST} characters", "label")
        code = self._vault.draw_code()
        locator = self._vault.locate_code(_INVITE, code)
        now = self._clock()
        sealed = self._vault.seal(INVITE, locator, label, code=code)
        async with self._database.write() as conn:
            await editors.put_invite(conn, locator, sealed, now + timedelta(days=days))
            await audit.record(conn, self._vault, now, audit.OPERATOR, "invite", "editor")
        return code

    async def enrol(self, chat: ChatId, code: str, language: str) -> Editor:
        """Make the chat an editor. One chat is never two editors: a second invitation changes
        its label.

        Raises:
            NotFound: the code is wrong, was used, or expired. Nobody is told which.
        """
        code = tickets.read(code)
        invited_at = self._vault.locate_code(_INVITE, code)
        locator = self._vault.locate_editor(chat)
        now = self._clock()
        async with self._database.write() as conn:
            invited = await editors.take_invite(conn, invited_at, now)
            if invited is None:
                raise NotFound
            label = self._vault.open(INVITE, invited_at, invited, code=code)
            known = await editors.find(conn, locator)
            number = EditorId(self._vault.draw_code()) if known is None else known[0]
            editor = Editor(number, chat, label, language)
            sealed = self._vault.seal(EDITOR, number.encode(), editor)
            await editors.put(conn, number, locator, sealed)
            await audit.record(conn, self._vault, now, number, "enrol", number)
        return editor

    async def of(self, chat: ChatId) -> Editor | None:
        """Return the editor who writes from a chat, if it is one."""
        async with self._database.read() as conn:
            found = await editors.find(conn, self._vault.locate_editor(chat))
        if found is None:
            return None
        number, sealed = found
        return self._vault.open(EDITOR, number.encode(), sealed)

    async def choose_language(self, chat: ChatId, language: str) -> None:
        """Speak this language on the cards from now on. Nothing happens to who is no editor."""
        async with self._database.write() as conn:
            locator = self._vault.locate_editor(chat)
            found = await editors.find(conn, locator)
            if found is not None:
                number, sealed = found
                known = self._vault.open(EDITOR, number.encode(), sealed)
                chosen = replace(known, language=language)
                sealed = self._vault.seal(EDITOR, number.encode(), chosen)
                await editors.put(conn, number, locator, sealed)

    async def every(self) -> tuple[Editor, ...]:
        """Return all editors, by label."""
        async with self._database.read() as conn:
            found = await editors.every(conn)
        opened = [self._vault.open(EDITOR, number.encode(), sealed) for number, sealed in found]
        return tuple(sorted(opened, key=lambda editor: (editor.label, editor.id)))

    async def remove(self, number: EditorId) -> None:
        """Erase an editor. What he or she did stays in the audit, under the opaque id; what he or
        she said of news that is not told yet counts no more.

        Raises:
            NotFound: there is no such editor.
        """
        async with self._database.write() as conn:
            await dismiss(conn, self._vault, number, audit.OPERATOR, self._clock())
        await self._database.settle()

    async def remember_card(self, editor: Editor, notice: NoticeId, message: int) -> None:
        """Note in which message an editor now sees the card of a notice; nothing about somebody
        who was removed meanwhile."""
        spot = Spot(editor.chat, message, editor.language)
        sealed = self._vault.seal(CARD, card_row(notice, editor.id), spot)
        async with self._database.write() as conn:
            known = await editors.find(conn, self._vault.locate_editor(editor.chat))
            if known is not None and known[0] == editor.id:
                await editors.put_card(conn, notice, editor.id, sealed)

    async def cards(self, notice: NoticeId) -> dict[EditorId, Spot]:
        """Return where each editor sees the card of a notice; who has none is not in it."""
        async with self._database.read() as conn:
            found = await editors.cards(conn, notice)
        return {
            number: self._vault.open(CARD, card_row(notice, number), sealed)
            for number, sealed in found
        }


async def dismiss(
    conn: Connection, vault: Vault, number: EditorId, actor: str, at: datetime
) -> None:
    """Erase an editor inside a transaction; what only he or she approved waits for another.

    Who is invited again is another editor: without this, one person could be both.

    Raises:
        NotFound: there is no such editor.
    """
    for held in await notices.in_states(conn, [NoticeState.HELD]):
        if number in held.said(Say.APPROVE):
            await notices.move(conn, held.id, after(held.state, Step.UNSAY))
    await notices.unsay(conn, number)
    if not await editors.remove(conn, number):
        raise NotFound
    await audit.record(conn, vault, at, actor, "remove", number)

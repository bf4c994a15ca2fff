"""Making a notice: what every kind has in common from the first line to the frozen facts."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from db import audit, notices, people
from db.connection import Connection, Database
from db.vault import Vault
from locales import LANGUAGES
from model.clock import Clock
from model.dates import PartialDate
from model.errors import Fault, NotFound, Unreadable, WrongState
from model.notices import (
    Dossier,
    EditorId,
    Notice,
    NoticeId,
    NoticeKind,
    PersonFacts,
    Snapshot,
    Step,
    after,
)
from model.people import Name, NameKind, Person, PersonId, Visibility
from model.releases import OPEN, Line, LineId, LineState, Reason
from names import read_line
from services.matching import Matching
from services.name_index import keys_of_person

WORDS_AT_MOST = 1000
"""Characters of the editors' own words in one language: the facts must have room beside them."""


class Drafting(ABC):
    """Drafting. Whoever submits a notice answers for it, and cannot approve it.

    An editor that is ``None`` is an operator at the command line. A line is a name as it was
    written, and whom it means.
    """

    kind: NoticeKind
    """What is drafted here."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        random: Callable[[int], int],
        changed: Callable[[NoticeId], None],
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._random = random
        self._changed = changed
        self._matching = Matching(database, clock)

    @abstractmethod
    async def add(
        self, editor: EditorId | None, notice: NoticeId, text: str, *, to: LineId | None = None
    ) -> NoticeId:
        """Add what is written to a notice, or to the one line that is meant; return the notice in
        which it is then.

        Raises:
            Unreadable: it cannot be read, or says nothing.
            NotFound: there is no such notice.
            WrongState: some of it has been said already.
        """

    def reasons(self, dossier: Dossier, line: LineId) -> tuple[Reason, ...]:
        """Say why a line does not surely mean one of its candidates; nothing if it is settled."""
        asked = [one for one in dossier.unsettled if one.id == line]
        return tuple(
            reason
            for one in asked
            for reason in self._matching.explain(
                one.text, [dossier.candidates[person] for person in one.candidates]
            ).reasons
        )

    async def settle(self, editor: EditorId | None, line: LineId, person: PersonId | None) -> None:
        """Say which of its candidates a line means; ``None`` leaves the line out.

        Raises:
            NotFound: there is no such line, or the person is none of its candidates.
            WrongState: the line is settled already, or some of the notice has been said.
        """
        async with self._database.write() as conn:
            number = await self._settle(conn, editor, line, person)
        self._changed(number)

    async def add_person(self, editor: EditorId | None, line: LineId) -> PersonId:
        """Say that a line means somebody who is not listed yet, and list him or her.

        Nobody else sees the new person before the notice is said to be safe.

        Raises:
            NotFound: there is no such line.
            WrongState: the line is settled already, or some of the notice has been said.
        """
        person = PersonId(self._random(63) or 1)
        async with self._database.write() as conn:
            number = await self._settle(conn, editor, line, person, new=True)
        self._changed(number)
        return person

    async def reopen(self, editor: EditorId | None, line: LineId) -> None:
        """Ask again whom a line means.

        Raises:
            NotFound: there is no such line.
            WrongState: it is open already, or some of the notice has been said.
        """
        async with self._database.write() as conn:
            number = await self._of_line(conn, line)
            known = await self._change(conn, editor, number)
            found = _line(await self._lines(conn, known), line)
            if found.state in OPEN:
                raise WrongState("the line is open")
            state = LineState.CHOOSE if found.candidates else LineState.UNKNOWN
            await self._put(conn, known, found, state, None)
        self._changed(number)

    async def write(
        self, editor: EditorId | None, notice: NoticeId, language: str, text: str
    ) -> None:
        """Put the editors' own words in one language on top of the facts; none if empty.

        Raises:
            Unreadable: there is no such language, or the text is too long.
            NotFound: there is no such notice.
            WrongState: some of the notice has been said already.
        """
        if language not in LANGUAGES:
            raise Unreadable(Fault.NO_SUCH_LANGUAGE)
        if len(text) > WORDS_AT_MOST:
            raise Unreadable(Fault.TOO_LONG, limit=WORDS_AT_MOST)
        async with self._database.write() as conn:
            await self._change(conn, editor, notice)
            await notices.write(conn, notice, language, text.strip())
        self._changed(notice)

    async def submit(self, editor: EditorId | None, notice: NoticeId) -> None:
        """Freeze what the notice says, and ask the other editors to approve it.

        Raises:
            NotFound: there is no such notice.
            Unsettled: lines are not settled, or facts are missing.
            WrongState: it is not a draft.
        """
        async with self._database.write() as conn:
            known = await self._get(conn, notice)
            state = after(known.state, Step.SUBMIT)
            snapshot = await self._snapshot(conn, known, whole=True)
            await notices.freeze(conn, notice, editor, snapshot)
            await notices.move(conn, notice, state)
            await self._record(conn, editor, "submit", notice)
        self._changed(notice)

    async def preview(self, notice: NoticeId) -> Snapshot:
        """Return what the notice says: what is frozen, or what would be frozen now.

        Raises:
            NotFound: there is no such notice.
            Unsettled: there is too little to show yet.
        """
        async with self._database.read() as conn:
            known = await notices.get(conn, notice)
            if known.snapshot is not None:
                return known.snapshot
            return await self._snapshot(conn, known, whole=False)

    async def discard(self, editor: EditorId | None, notice: NoticeId) -> None:
        """Give a notice up of which nothing has been said.

        Raises:
            NotFound: there is no such notice.
            WrongState: some of it has been said already.
        """
        async with self._database.write() as conn:
            known = await notices.get(conn, notice)
            await notices.move(conn, notice, after(known.state, Step.DISCARD))
            await self._record(conn, editor, "discard", notice)
        self._changed(notice)

    # --- what each kind of notice knows itself ------------------------------------------------

    @abstractmethod
    async def _of_line(self, conn: Connection, line: LineId) -> NoticeId:
        """Return the notice a line belongs to.

        Raises:
            NotFound: there is no such line.
        """

    @abstractmethod
    async def _lines(self, conn: Connection, known: Notice) -> Sequence[Line]:
        """Return the lines of a notice."""

    @abstractmethod
    async def _put(
        self,
        conn: Connection,
        known: Notice,
        line: Line,
        state: LineState,
        person: PersonId | None,
    ) -> None:
        """Write down how a line stands, and who it is."""

    @abstractmethod
    async def _snapshot(self, conn: Connection, known: Notice, *, whole: bool) -> Snapshot:
        """Return what would be frozen; it must be ``whole`` to be submitted.

        Raises:
            Unsettled: lines are not settled, or facts are missing.
        """

    # --- what they share ----------------------------------------------------------------------

    async def _get(self, conn: Connection, number: NoticeId) -> Notice:
        known = await notices.get(conn, number)
        if known.kind is not self.kind:
            raise WrongState("it is made elsewhere: a correction is made anew, not changed")
        return known

    async def _change(self, conn: Connection, editor: EditorId | None, number: NoticeId) -> Notice:
        """Make a notice a draft again: approvals are for what was seen."""
        known = await self._get(conn, number)
        state = after(known.state, Step.CHANGE)
        await notices.thaw(conn, number)
        await notices.move(conn, number, state)
        await self._record(conn, editor, "change", number)
        return known

    async def _settle(
        self,
        conn: Connection,
        editor: EditorId | None,
        line: LineId,
        person: PersonId | None,
        *,
        new: bool = False,
    ) -> NoticeId:
        number = await self._of_line(conn, line)
        known = await self._change(conn, editor, number)
        found = _line(await self._lines(conn, known), line)
        if found.state not in OPEN:
            raise WrongState("the line is settled")
        if person is not None and new:
            read = read_line(found.text)
            somebody = Person(
                id=person,
                ref=f"new-{person:x}",
                names=(Name(read.name or found.text),),
                born=read.born,
                visibility=Visibility.HIDDEN,
            )
            await people.add(conn, somebody, keys_of_person(somebody))
        elif person is not None and person not in found.candidates:
            raise NotFound
        state = LineState.LEFT_OUT if person is None else LineState.SETTLED
        await self._put(conn, known, found, state, person)
        return number

    async def _record(
        self, conn: Connection, editor: EditorId | None, action: str, notice: NoticeId
    ) -> None:
        actor = audit.OPERATOR if editor is None else editor
        await audit.record(conn, self._vault, self._clock(), actor, action, f"notice {notice}")


def require_past(days: Iterable[PartialDate | None], today: date) -> None:
    """See to it that nothing is told that is yet to come, by a slip of the pen.

    Raises:
        Unreadable: it is. East of us it is tomorrow.
    """
    latest = today + timedelta(days=1)
    if any(day is not None and day.first > latest for day in days):
        raise Unreadable(Fault.NO_SUCH_DAY)


def facts_of(person: Person) -> PersonFacts:
    """Return what a notice says of a person."""
    names: dict[str, str] = {}
    for name in person.names:
        if name.kind is NameKind.OFFICIAL:
            names.setdefault(name.language, name.text)
    return PersonFacts(person.id, names or {"": person.names[0].text}, person.gender)


def _line(lines: Sequence[Line], number: LineId) -> Line:
    return next(line for line in lines if line.id == number)

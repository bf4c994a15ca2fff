"""Making a notice of a release: from a pasted list to facts that are frozen."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta

from db import audit, notices, people, releases
from db.connection import Connection, Database
from db.releases import NewLine
from db.vault import Vault
from exchange.lists import LINES_AT_MOST, Pasted, PastedName
from locales import LANGUAGES
from model.clock import Clock
from model.errors import Fault, NotFound, Unreadable, Unsettled, WrongState
from model.notices import (
    Dossier,
    EditorId,
    GroupFacts,
    Notice,
    NoticeId,
    NoticeKind,
    PersonFacts,
    Snapshot,
    Step,
    after,
    write_source,
)
from model.people import Name, NameKind, Person, PersonId, Visibility
from model.releases import OPEN, Group, Line, LineId, LineState, Reason, Release, ReleaseId
from names import read_line
from services.matching import Match, Matching, read_list
from services.name_index import keys_of_person

WORDS_AT_MOST = 1000
"""Characters of the editors' own words in one language: the facts must have room beside them."""


class Releases:
    """Drafting. Whoever submits a notice answers for it, and cannot approve it.

    An editor that is ``None`` is an operator at the command line. ``home`` is the country whose
    prisons people are released from: who is brought anywhere else was taken abroad.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        random: Callable[[int], int],
        changed: Callable[[NoticeId], None],
        *,
        home: str = "BY",
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._random = random
        self._changed = changed
        self._home = home
        self._matching = Matching(database, clock)

    async def match(self, text: str) -> tuple[tuple[PastedName, Match], ...]:
        """Say whom each line of a pasted list would mean; nothing is kept.

        Raises:
            Unreadable: the list cannot be read, or names nobody.
        """
        pasted = read_list(text)
        if not pasted.names:
            raise Unreadable(Fault.EMPTY)
        return tuple(zip(pasted.names, await self._match(pasted), strict=True))

    def reasons(self, dossier: Dossier, line: LineId) -> tuple[Reason, ...]:
        """Say why a line does not surely mean one of its candidates; nothing if it is settled."""
        asked = [one for one in dossier.release.unsettled if one.id == line]
        return tuple(
            reason
            for one in asked
            for reason in self._matching.explain(
                one.text, [dossier.candidates[person] for person in one.candidates]
            ).reasons
        )

    async def draft(self, author: EditorId | None, text: str) -> NoticeId:
        """Begin the notice of a release with a pasted list.

        Raises:
            Unreadable: the list cannot be read, says nothing, or is of a day that is to come.
        """
        pasted = _read(text, self._clock().date())
        matches = await self._match(pasted)
        async with self._database.write() as conn:
            release = await releases.add(conn, f"release-{self._random(63):x}")
            number = await notices.add(conn, NoticeKind.RELEASE, release, author, self._clock())
            await _put(conn, release, pasted, matches)
            await self._record(conn, author, "draft", number)
        self._changed(number)
        return number

    async def add(self, editor: EditorId | None, notice: NoticeId, text: str) -> None:
        """Add to a notice what a pasted list says; a new date or number replaces the old one.

        Raises:
            Unreadable: the list cannot be read, says nothing, or is of a day that is to come.
            NotFound: there is no such notice.
            WrongState: some of it has been said already.
        """
        pasted = _read(text, self._clock().date())
        matches = await self._match(pasted)
        async with self._database.write() as conn:
            known = await self._change(conn, editor, notice)
            await _put(conn, known.release, pasted, matches)
        self._changed(notice)

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

        Nobody else sees the new person before the group is said to be safe.

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
            found = _line(await releases.get(conn, known.release), line)
            if found.state in OPEN:
                raise WrongState("the line is open")
            state = LineState.CHOOSE if found.candidates else LineState.UNKNOWN
            await releases.settle(conn, line, state, None)
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

    async def close_list(self, editor: EditorId | None, notice: NoticeId, closed: bool) -> None:
        """Say that the list of names is complete, or that it is not.

        Raises:
            NotFound: there is no such notice.
            WrongState: some of it has been said already.
        """
        async with self._database.write() as conn:
            known = await self._change(conn, editor, notice)
            await releases.close_list(conn, known.release, closed)
        self._changed(notice)

    async def submit(self, editor: EditorId | None, notice: NoticeId) -> None:
        """Freeze what the notice says, and ask the other editors to approve it.

        Raises:
            NotFound: there is no such notice.
            Unsettled: lines are not settled, or facts are missing.
            WrongState: it is not a draft.
        """
        async with self._database.write() as conn:
            known = await notices.get(conn, notice)
            state = after(known.state, Step.SUBMIT)
            release = await releases.get(conn, known.release)
            if release.unsettled or release.missing:
                raise Unsettled(len(release.unsettled), release.missing)
            snapshot = self._freeze(release, await notices.texts(conn, notice))
            await notices.freeze(conn, notice, editor, snapshot)
            await notices.move(conn, notice, state)
            await self._record(conn, editor, "submit", notice)
        self._changed(notice)

    async def preview(self, notice: NoticeId) -> Snapshot:
        """Return what the notice says: what is frozen, or what would be frozen now.

        Raises:
            NotFound: there is no such notice.
            Unsettled: there is no date yet.
        """
        async with self._database.read() as conn:
            known = await notices.get(conn, notice)
            if known.snapshot is not None:
                return known.snapshot
            release = await releases.get(conn, known.release)
            return self._freeze(release, await notices.texts(conn, notice))

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

    async def _match(self, pasted: Pasted) -> tuple[Match, ...]:
        return await self._matching.match([name.text for name in pasted.names])

    async def _change(self, conn: Connection, editor: EditorId | None, number: NoticeId) -> Notice:
        """Make a notice a draft again: approvals are for what was seen."""
        known = await notices.get(conn, number)
        if known.kind is not NoticeKind.RELEASE:
            raise WrongState("a correction is made anew, not changed")
        state = after(known.state, Step.CHANGE)
        await notices.thaw(conn, number)
        await notices.move(conn, number, state)
        await self._record(conn, editor, "change", number)
        return known

    async def _of_line(self, conn: Connection, line: LineId) -> NoticeId:
        number = await notices.with_line(conn, line)
        if number is None:
            raise NotFound
        return number

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
        found = _line(await releases.get(conn, known.release), line)
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
        await releases.settle(conn, line, state, person)
        return number

    async def _record(
        self, conn: Connection, editor: EditorId | None, action: str, notice: NoticeId
    ) -> None:
        actor = audit.OPERATOR if editor is None else editor
        await audit.record(conn, self._vault, self._clock(), actor, action, f"notice {notice}")

    def _freeze(self, release: Release, texts: Mapping[str, str]) -> Snapshot:
        if release.on is None:
            raise Unsettled(len(release.unsettled), release.missing)
        return Snapshot(
            kind=NoticeKind.RELEASE,
            release=release.id,
            on=str(release.on),
            counts=release.counts,
            sources=tuple(write_source(source) for source in release.sources),
            groups=tuple(
                self._group(group)
                for group in release.groups
                if group.counts or any(line.person for line in group.lines)
            ),
            list_closed=release.list_closed,
            texts=texts,
        )

    def _group(self, group: Group) -> GroupFacts:
        known = [line.person for line in group.lines if line.person is not None]
        return GroupFacts(
            id=group.id,
            country=group.country,
            place=group.place,
            counts=group.counts,
            persons=tuple(facts_of(person) for person in known),
            abroad=group.country not in {"", self._home},
        )


def facts_of(person: Person) -> PersonFacts:
    """Return what a notice says of a person."""
    names: dict[str, str] = {}
    for name in person.names:
        if name.kind is NameKind.OFFICIAL:
            names.setdefault(name.language, name.text)
    return PersonFacts(person.id, names or {"": person.names[0].text}, person.gender)


def _read(text: str, today: date) -> Pasted:
    pasted = read_list(text)
    # A slip of the pen would set somebody free in years to come. East of us it is tomorrow.
    if pasted.on is not None and pasted.on.first > today + timedelta(days=1):
        raise Unreadable(Fault.NO_SUCH_DAY)
    if pasted == Pasted():
        raise Unreadable(Fault.EMPTY)
    return pasted


async def _put(
    conn: Connection, release: ReleaseId, pasted: Pasted, matches: Sequence[Match]
) -> None:
    if pasted.on is not None:
        await releases.date(conn, release, pasted.on)
    for source in pasted.sources:
        await releases.add_source(conn, release, source)
    for count in pasted.counts:
        await releases.add_count(conn, release, None, count)
    meant = {line.person.id for line in (await releases.get(conn, release)).lines if line.person}
    rest = iter(matches)
    for given in pasted.groups:
        group = await releases.add_group(conn, release, given.country, given.place)
        for count in given.counts:
            await releases.add_count(conn, release, group, count)
        listed = await releases.get(conn, release)
        if len(listed.lines) + len(given.names) > LINES_AT_MOST:
            raise Unreadable(Fault.TOO_MANY_LINES, limit=LINES_AT_MOST)
        there = {line.text for line in listed.lines if line.group == group}
        found = [match for _, match in zip(given.names, rest, strict=False)]
        fresh = [_new_line(match, meant) for match in found if match.text not in there]
        await releases.add_lines(conn, group, fresh)


def _new_line(match: Match, meant: Collection[PersonId]) -> NewLine:
    """Make a line; whom another line of the notice means already, an editor gives to this one."""
    candidates = tuple(person.id for person in match.candidates)
    if match.person is None:
        return NewLine(match.text, match.state, None, candidates)
    if match.person.id in meant:
        return NewLine(match.text, LineState.CHOOSE, None, candidates)
    return NewLine(match.text, LineState.SURE, match.person.id, candidates)


def _line(release: Release, number: LineId) -> Line:
    return next(line for line in release.lines if line.id == number)

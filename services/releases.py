"""Making a notice of a release: from a pasted list to facts that are frozen."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta

from db import notices, releases
from db.connection import Connection, Database
from db.releases import NewLine
from db.vault import Vault
from exchange.lists import LINES_AT_MOST, Pasted, PastedName
from model.clock import Clock
from model.errors import Fault, NotFound, Unreadable, Unsettled
from model.notices import (
    EditorId,
    GroupFacts,
    Notice,
    NoticeId,
    NoticeKind,
    Snapshot,
    write_source,
)
from model.people import PersonId
from model.releases import Group, Line, LineId, LineState, ReleaseId
from services.drafting import Drafting, facts_of
from services.matching import Match, read_list


class Releases(Drafting):
    """Drafting the notice of a release.

    ``home`` is the country whose prisons people are released from: who is brought anywhere else
    was taken abroad.
    """

    kind = NoticeKind.RELEASE

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
        super().__init__(database, vault, clock, random, changed)
        self._home = home

    async def match(self, text: str) -> tuple[tuple[PastedName, Match], ...]:
        """Say whom each line of a pasted list would mean; nothing is kept.

        Raises:
            Unreadable: the list cannot be read, or names nobody.
        """
        pasted = read_list(text)
        if not pasted.names:
            raise Unreadable(Fault.EMPTY)
        return tuple(zip(pasted.names, await self._match(pasted), strict=True))

    async def draft(self, author: EditorId | None, text: str) -> NoticeId:
        """Begin the notice of a release with a pasted list.

        Raises:
            Unreadable: the list cannot be read, says nothing, or is of a day that is to come.
        """
        pasted = _read(text, self._clock().date())
        matches = await self._match(pasted)
        async with self._database.write() as conn:
            release = await releases.add(conn, f"release-{self._random(63):x}")
            number = await notices.add(conn, self.kind, release, author, self._clock())
            await _write_down(conn, release, pasted, matches)
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
            await _write_down(conn, known.release, pasted, matches)
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

    async def _match(self, pasted: Pasted) -> tuple[Match, ...]:
        return await self._matching.match([name.text for name in pasted.names])

    async def _of_line(self, conn: Connection, line: LineId) -> NoticeId:
        number = await notices.with_line(conn, line)
        if number is None:
            raise NotFound
        return number

    async def _lines(self, conn: Connection, known: Notice) -> Sequence[Line]:
        return (await releases.get(conn, known.release)).lines

    async def _put(
        self,
        conn: Connection,
        known: Notice,
        line: Line,
        state: LineState,
        person: PersonId | None,
    ) -> None:
        await releases.settle(conn, line.id, state, person)

    async def _snapshot(self, conn: Connection, known: Notice, *, whole: bool) -> Snapshot:
        release = await releases.get(conn, known.release)
        texts = await notices.texts(conn, known.id)
        if release.on is None or (whole and (release.unsettled or release.missing)):
            raise Unsettled(len(release.unsettled), release.missing)
        return Snapshot(
            kind=self.kind,
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


def _read(text: str, today: date) -> Pasted:
    pasted = read_list(text)
    # A slip of the pen would set somebody free in years to come. East of us it is tomorrow.
    if pasted.on is not None and pasted.on.first > today + timedelta(days=1):
        raise Unreadable(Fault.NO_SUCH_DAY)
    if pasted == Pasted():
        raise Unreadable(Fault.EMPTY)
    return pasted


async def _write_down(
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

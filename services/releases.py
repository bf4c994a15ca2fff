"""Making a notice of a release: from a pasted list to facts that are frozen."""

from collections.abc import Callable, Collection, Sequence
from datetime import date

from db import notices, releases
from db.connection import Connection, Database
from db.releases import NewLine
from db.vault import Vault
from exchange.lists import LINES_AT_MOST, Pasted, PastedName
from model.clock import Clock
from model.errors import Fault, NotFound, Unreadable, Unsettled, WrongState
from model.notices import (
    LISTING,
    EditorId,
    GroupFacts,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    Snapshot,
    write_source,
)
from model.people import PersonId
from model.releases import Group, Line, LineId, LineState, ReleaseId
from model.rolls import TOLD
from services.drafting import Drafting, facts_of, require_past
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

    async def add(
        self, editor: EditorId | None, notice: NoticeId, text: str, *, to: LineId | None = None
    ) -> NoticeId:
        """Add to a notice what a pasted list says; a new date or number replaces the old one.
        To a single line nothing can be added.

        What is added to a release that is told already becomes a notice of its own, which is
        returned, as long as the list is open. Who is on the list is not told again.

        Raises:
            Unreadable: the list cannot be read, says nothing, or is of a day that is to come.
            NotFound: there is no such notice.
            WrongState: some of it has been said already, and its list is closed.
        """
        pasted = _read(text, self._clock().date())
        matches = await self._match(pasted)
        async with self._database.write() as conn:
            known = await self._get(conn, notice)
            if known.kind is NoticeKind.RELEASE and known.state in TOLD:
                known = await self._addition(conn, editor, known)
            else:
                await self._change(conn, editor, notice)
            listed = await _listed(conn, known)
            await _write_down(conn, known.drafted, pasted, matches, listed)
        for number in {notice, known.id}:
            self._changed(number)
        return known.id

    async def close_list(self, editor: EditorId | None, notice: NoticeId, closed: bool) -> None:
        """Say that the list of names is complete, or that it is not.

        Raises:
            NotFound: there is no such notice.
            WrongState: some of it has been said already.
        """
        async with self._database.write() as conn:
            known = await self._change(conn, editor, notice)
            if known.kind is not NoticeKind.RELEASE:
                raise WrongState("adding to a list does not close it")
            await releases.close_list(conn, known.release, closed)
        self._changed(notice)

    async def _match(self, pasted: Pasted) -> tuple[Match, ...]:
        return await self._matching.match([name.text for name in pasted.names])

    async def _addition(self, conn: Connection, editor: EditorId | None, to: Notice) -> Notice:
        """Return the draft of what is added to a release; begin one if there is none."""
        roll = await notices.roll(conn, to.release)
        if not roll.is_open:
            raise WrongState("the list is closed")
        drafts = [one for one in roll.additions if one.state is NoticeState.DRAFT]
        if drafts:
            await self._record(conn, editor, "change", drafts[0].id)
            return drafts[0]
        sheet = await releases.add(conn, f"release-{self._random(63):x}")
        await releases.date(conn, sheet, to.facts.date)
        number = await notices.add(
            conn, NoticeKind.ADDITION, to.release, editor, self._clock(), sheet=sheet
        )
        await self._record(conn, editor, "draft", number)
        return await notices.get(conn, number)

    async def _get(self, conn: Connection, number: NoticeId) -> Notice:
        known = await notices.get(conn, number)
        return known if known.kind in LISTING else await super()._get(conn, number)

    async def _of_line(self, conn: Connection, line: LineId) -> NoticeId:
        number = await notices.with_line(conn, line)
        if number is None:
            raise NotFound
        return number

    async def _lines(self, conn: Connection, known: Notice) -> Sequence[Line]:
        return (await releases.get(conn, known.drafted)).lines

    async def _put(
        self,
        conn: Connection,
        known: Notice,
        line: Line,
        state: LineState,
        person: PersonId | None,
    ) -> None:
        if person in await _listed(conn, known):
            state, person = LineState.LEFT_OUT, None
        await releases.settle(conn, line.id, state, person)

    async def _snapshot(self, conn: Connection, known: Notice, *, whole: bool) -> Snapshot:
        release = await releases.get(conn, known.drafted)
        texts = await notices.texts(conn, known.id)
        if release.on is None or (whole and (release.unsettled or release.missing)):
            raise Unsettled(len(release.unsettled), release.missing)
        if whole and known.kind is NoticeKind.ADDITION:
            roll = await notices.roll(conn, known.release)
            if not roll.is_open:
                raise WrongState("the list was closed meanwhile")
        return Snapshot(
            kind=known.kind,
            release=known.release,
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
    require_past([pasted.on], today)
    if pasted == Pasted():
        raise Unreadable(Fault.EMPTY)
    return pasted


async def _write_down(
    conn: Connection,
    release: ReleaseId,
    pasted: Pasted,
    matches: Sequence[Match],
    listed: Collection[PersonId] = (),
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
        draft = await releases.get(conn, release)
        if len(draft.lines) + len(given.names) > LINES_AT_MOST:
            raise Unreadable(Fault.TOO_MANY_LINES, limit=LINES_AT_MOST)
        there = {line.text for line in draft.lines if line.group == group}
        found = [match for _, match in zip(given.names, rest, strict=False)]
        fresh = [_new_line(match, meant, listed) for match in found if match.text not in there]
        await releases.add_lines(conn, group, fresh)


def _new_line(match: Match, meant: Collection[PersonId], listed: Collection[PersonId]) -> NewLine:
    """Make a line; whom another line of the notice means already, an editor gives to this one.

    Who is listed already is left out: editors may paste the whole list again, with more names.
    """
    candidates = tuple(person.id for person in match.candidates)
    if match.person is None:
        return NewLine(match.text, match.state, None, candidates)
    if match.person.id in listed:
        return NewLine(match.text, LineState.LEFT_OUT, None, candidates)
    if match.person.id in meant:
        return NewLine(match.text, LineState.CHOOSE, None, candidates)
    return NewLine(match.text, LineState.SURE, match.person.id, candidates)


async def _listed(conn: Connection, known: Notice) -> Collection[PersonId]:
    """Return who is on the list to which a notice adds."""
    if known.kind is not NoticeKind.ADDITION:
        return ()
    return (await notices.roll(conn, known.release)).without(known.id).listed

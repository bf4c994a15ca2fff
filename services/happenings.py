"""Making a notice of what happened to people: from a few plain lines to facts that are frozen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from db import happenings, notices, releases
from db.connection import Connection
from exchange.happenings import Written, parse
from locales import LANGUAGES
from model.dates import PartialDate
from model.errors import Fault, NotFound, Unreadable, Unsettled, WrongState
from model.happenings import Happening, lines_of
from model.notices import (
    EditorId,
    EventFacts,
    GroupFacts,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    Snapshot,
    write_source,
)
from model.people import Confidence, EventId, EventKind, Manner, PersonId
from model.releases import OPEN, WHOLE, Line, LineId, LineState
from names import part_line
from services.drafting import Drafting, facts_of, require_past
from services.matching import Match

T = TypeVar("T")

HAPPENINGS_AT_MOST = 30
"""In one notice: all of them must have room in one message."""

RELEASE_TELLS = "release"
"""Said to be missing where the notice of a release tells the same."""

_FROZEN = (
    NoticeState.SUBMITTED,
    NoticeState.HELD,
    NoticeState.GOING_OUT,
    NoticeState.OUT,
    NoticeState.CORRECTED,
)
_FREEING = frozenset({EventKind.RELEASED, EventKind.TAKEN_ABROAD})
"""What the notice of a release tells of everybody it names."""


class Happenings(Drafting):
    """Drafting the notice of one or several events of one or several people."""

    kind = NoticeKind.EVENTS

    async def draft(self, author: EditorId | None, text: str) -> NoticeId:
        """Begin a notice with what is written: at least a name.

        Raises:
            Unreadable: it cannot be read, names nobody, or is of a day that is to come.
        """
        written = self._read(text)
        if not all(one.names for one in written):
            raise Unreadable(Fault.EMPTY)
        meant = await self._match(written)
        async with self._database.write() as conn:
            number = await notices.add(conn, self.kind, None, author, self._clock())
            await self._add(conn, number, (), written, meant)
            await self._record(conn, author, "draft", number)
        self._changed(number)
        return number

    async def add(
        self, editor: EditorId | None, notice: NoticeId, text: str, *, to: LineId | None = None
    ) -> NoticeId:
        """Add to a notice what is written.

        What names nobody changes the one thing ``to`` which it is said, or the only one there
        is; else it completes all that lack something.

        Raises:
            Unreadable: it cannot be read, or is of a day that is to come.
            NotFound: there is no such notice, or nothing to add ``to``.
            WrongState: some of it has been said already.
        """
        written = self._read(text)
        meant = await self._match(written)
        async with self._database.write() as conn:
            await self._change(conn, editor, notice)
            for one in (one for one in written if not one.names):
                known = await happenings.of(conn, notice)
                alone = known if len(known) == 1 else [h for h in known if h.id == to]
                if to is not None and not alone:
                    raise NotFound
                for each in alone or known:
                    changed = _told(each, one) if alone else _completed(each, one)
                    await happenings.change(conn, changed)
            known = await happenings.of(conn, notice)
            await self._add(conn, notice, known, [one for one in written if one.names], meant)
        self._changed(notice)
        return notice

    async def tell(
        self,
        editor: EditorId | None,
        line: LineId,
        *,
        kind: EventKind | None = None,
        manner: Manner | None = None,
        on: PartialDate | None = None,
        doubtful: bool | None = None,
    ) -> None:
        """Say what happened, how somebody was released, when, or whether that is only reported.

        Raises:
            NotFound: there is no such thing.
            WrongState: some of the notice has been said already.
        """
        async with self._database.write() as conn:
            number = await self._of_line(conn, line)
            await self._change(conn, editor, number)
            one = next(h for h in await happenings.of(conn, number) if h.id == line)
            if kind is not None:
                one = replace(one, kind=kind, manner=None, months=None)
            if manner is not None and one.kind is EventKind.RELEASED:
                one = replace(one, manner=manner)
            if on is not None:
                one = replace(one, on=on)
            if doubtful is not None:
                one = replace(one, confidence=_confidence(doubtful))
            await happenings.change(conn, one)
        self._changed(number)

    async def remove(self, editor: EditorId | None, line: LineId) -> None:
        """Cross out one thing that happened.

        Raises:
            NotFound: there is no such thing.
            WrongState: some of the notice has been said already.
        """
        async with self._database.write() as conn:
            number = await self._of_line(conn, line)
            await self._change(conn, editor, number)
            await happenings.remove(conn, line)
        self._changed(number)

    def _read(self, text: str) -> tuple[Written, ...]:
        written = parse(text, LANGUAGES)
        require_past((one.on for one in written), self._clock().date())
        if not written:
            raise Unreadable(Fault.EMPTY)
        return tuple(replace(one, names=tuple(_parted(one.names))) for one in written)

    async def _match(self, written: Iterable[Written]) -> Mapping[str, Match]:
        names = list(dict.fromkeys(name for one in written for name in one.names))
        return dict(zip(names, await self._matching.match(names), strict=True))

    async def _add(
        self,
        conn: Connection,
        to: NoticeId,
        known: Sequence[Happening],
        written: Iterable[Written],
        meant: Mapping[str, Match],
    ) -> None:
        """Write down what is not there yet; who bears a name that is there already is the same."""
        lines = {line.text: line for line in lines_of(known)}
        there = {(one.text, *one.what) for one in known}
        fresh: list[Happening] = []
        for one in written:
            for name in one.names:
                line = lines.get(name) or _line(meant[name])
                new = _told(
                    Happening(LineId(0), name, line.state, line.person, line.candidates), one
                )
                if (name, *new.what) not in there:
                    there.add((name, *new.what))
                    fresh.append(new)
        if len(known) + len(fresh) > HAPPENINGS_AT_MOST:
            raise Unreadable(Fault.TOO_MANY_LINES, limit=HAPPENINGS_AT_MOST)
        await happenings.add(conn, to, fresh)

    async def _of_line(self, conn: Connection, line: LineId) -> NoticeId:
        number = await happenings.notice_of(conn, line)
        if number is None:
            raise NotFound
        return number

    async def _lines(self, conn: Connection, known: Notice) -> Sequence[Line]:
        return [one.line for one in await happenings.of(conn, known.id)]

    async def _put(
        self,
        conn: Connection,
        known: Notice,
        line: Line,
        state: LineState,
        person: PersonId | None,
    ) -> None:
        """Settle all that happened to whoever is called so; what is left out is crossed out."""
        for one in await happenings.of(conn, known.id):
            if one.text == line.text and state is LineState.LEFT_OUT:
                await happenings.remove(conn, one.id)
            elif one.text == line.text:
                await happenings.settle(conn, one.id, state, person)

    async def _snapshot(self, conn: Connection, known: Notice, *, whole: bool) -> Snapshot:
        every = await happenings.of(conn, known.id)
        elsewhere = await told_by_releases(conn, every)
        missing = {lack.value for one in every for lack in one.lacks}
        missing |= {RELEASE_TELLS} if elsewhere else set()
        ready = [one for one in every if one.person and one.kind and one.on]
        if not ready or (whole and missing):
            unsettled = [line for line in lines_of(every) if line.state in OPEN]
            raise Unsettled(len(unsettled), sorted(missing))
        events = {
            (one.person.id, *one.what): EventFacts(
                id=EventId(self._random(63)),
                person=one.person.id,
                kind=one.kind,
                on=str(one.on),
                sources=tuple(write_source(source) for source in one.sources),
                country=one.country,
                place=one.place,
                manner=one.manner,
                months=one.months if one.kind is EventKind.SENTENCED else None,
                confidence=one.confidence,
            )
            for one in ready
            if one.person and one.kind
        }
        persons = {one.person.id: facts_of(one.person) for one in ready if one.person}
        return Snapshot(
            kind=self.kind,
            release=None,
            on=str(max((one.on for one in ready if one.on), key=lambda on: on.last)),
            counts=(),
            sources=tuple(dict.fromkeys(s for one in events.values() for s in one.sources)),
            groups=(GroupFacts(WHOLE, "", "", (), tuple(persons.values())),),
            list_closed=False,
            texts=await notices.texts(conn, known.id),
            events=tuple(events.values()),
        )


async def told_by_releases(
    conn: Connection, written: Sequence[Happening]
) -> Mapping[LineId, NoticeId]:
    """Return the notices of releases that tell, or are to tell, the same of the same people."""
    asked = {
        one.id: (one.person.id, one.on, one.manner)
        for one in written
        if one.person is not None and one.kind in _FREEING and one.on is not None
    }
    return await _told_by(conn, asked)


async def require_no_release(conn: Connection, facts: Snapshot) -> None:
    """See to it that no release has come between that tells the same.

    Raises:
        WrongState: one has, and its groups may not be safe yet.
    """
    asked = {
        event.id: (event.person, PartialDate.parse(event.on), event.manner)
        for event in facts.events
        if event.kind in _FREEING
    }
    if await _told_by(conn, asked):
        raise WrongState("a release tells this")


async def _told_by(
    conn: Connection, asked: Mapping[T, tuple[PersonId, PartialDate, Manner | None]]
) -> Mapping[T, NoticeId]:
    """Return the notices of the releases to which those belong who were freed on a day.

    As long as a list is open, whoever is freed on that day may still be added to it; who is
    released alone, because the term is over, only if he or she is named.
    """
    found: dict[T, NoticeId] = {}
    for known in await notices.in_states(conn, _FROZEN) if asked else ():
        if known.kind is not NoticeKind.RELEASE:
            continue
        then = [key for key, (_, on, _) in asked.items() if known.facts.date.overlaps(on)]
        if not then:
            continue
        named = {p.id for p in known.facts.persons(known.facts.every_group)} - known.taken_back
        open_still = not (await releases.get(conn, known.release)).list_closed
        for key in then:
            person, _, manner = asked[key]
            if person in named or (open_still and manner is not Manner.TERM_ENDED):
                found.setdefault(key, known.id)
    return found


def _parted(names: Iterable[str]) -> list[str]:
    return [part for name in names for part in part_line(name)]


def _line(match: Match) -> Line:
    return Line(
        LineId(0),
        WHOLE,
        match.text,
        match.state,
        match.person,
        tuple(person.id for person in match.candidates),
    )


def _told(known: Happening, said: Written) -> Happening:
    """Put what is said now in place of what was said before."""
    kind = said.kind or known.kind
    anew = said.kind not in {None, known.kind}
    where = bool(said.country or said.place)
    return replace(
        known,
        kind=kind,
        on=said.on or known.on,
        country=said.country if where else known.country,
        place=said.place if where else known.place,
        manner=said.manner or (None if anew else known.manner),
        months=said.months or (None if anew else known.months),
        confidence=_confidence(True) if said.doubtful else known.confidence,
        sources=said.sources or known.sources,
    )


def _completed(known: Happening, said: Written) -> Happening:
    """Add what is said now where nothing was said before."""
    before = (known.kind, known.on, known.country or known.place, known.months, known.sources)
    kind, on, where, months, sources = map(bool, before)
    return _told(
        known,
        replace(
            said,
            kind=None if kind else said.kind,
            on=None if on else said.on,
            country="" if where else said.country,
            place="" if where else said.place,
            manner=None if kind else said.manner,
            months=None if months else said.months,
            sources=() if sources else said.sources,
        ),
    )


def _confidence(doubtful: bool) -> Confidence:
    return Confidence.REPORTED if doubtful else Confidence.CONFIRMED

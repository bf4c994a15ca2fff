"""The life of a notice after its facts are frozen: approved, held, let out, taken back."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from db import audit, events, happenings, notices, people, releases, waves
from db.connection import Connection, Database
from db.vault import Vault
from model.clock import Clock
from model.custody import custody_of
from model.errors import NeedsAnotherEditor, NotFound, WrongState
from model.happenings import Happening
from model.notices import (
    LIFE,
    NEWS,
    STOPPABLE,
    TAKING_BACK,
    Dossier,
    EditorId,
    GroupFacts,
    LastKnown,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    PersonFacts,
    Say,
    Snapshot,
    Step,
    Tally,
    WaveId,
    after,
    is_doubted,
    open_lines,
    read_source,
    write_source,
    written,
)
from model.people import Event, EventId, EventKind, PersonId, Place
from model.releases import GroupId, LineState, Release
from services.fanout import told_by
from services.happenings import require_no_release, told_by_releases
from services.outbox import KEPT
from services.speed import Speed

SAFE_NEEDED = 2
"""Editors who must say that a group is safe. Whoever submitted the notice may be one of them."""

OPEN = (NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.HELD, NoticeState.GOING_OUT)
_ENDED = (NoticeState.OUT, NoticeState.CORRECTED)


class Notices:
    """Deciding. Nothing is said before enough editors have said the same of the same facts.

    ``seen`` is the seal of the facts an editor had before the eyes, where the button carried
    one: whoever decides on something else than what is frozen now is told so.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        random: Callable[[int], int],
        approvals_needed: int,
        changed: Callable[[NoticeId], None],
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._random = random
        self._approvals_needed = approvals_needed
        self._changed = changed
        self._speed = Speed()

    async def dossier(self, notice: NoticeId) -> Dossier:
        """Return all that the editors' card of a notice shows.

        Raises:
            NotFound: there is no such notice.
        """
        async with self._database.read() as conn:
            known = await notices.get(conn, notice)
            about = (
                await happenings.of(conn, notice)
                if known.of is None
                else await releases.get(conn, known.drafted)
            )
            asked = {one for line in open_lines(about) for one in line.candidates}
            histories = await events.of(conn, asked, hidden=True)
            begun = await waves.of_notice(conn, notice)
            numbers = [wave.id for wave in begun]
            tallies = await waves.tallies(conn, numbers)
            standing = tuple((wave, tallies.get(wave.id, Tally())) for wave in begun)
            languages = await waves.by_language(conn, numbers)
            return Dossier(
                notice=known,
                about=about,
                texts=await notices.texts(conn, notice),
                candidates=await people.get_many(conn, asked),
                custodies={one: custody_of(history) for one, history in histories.items()},
                waves=standing,
                languages=_by_language(languages.values()),
                speed=self._speed.of(
                    notice,
                    sum(tally.audience - tally.open for _, tally in standing),
                    self._clock(),
                    going=any(tally.open for _, tally in standing) and not known.stopped,
                ),
                approvals_needed=self._approvals_needed,
                others=await notices.following(conn, known),
                listed=await _listed(conn, known, about),
                reachable=not any(
                    wave.purged or (wave.ended is not None and self._clock() - wave.ended >= KEPT)
                    for wave in await told_by(conn, known)
                ),
                told_by=await told_by_releases(conn, about) if isinstance(about, tuple) else {},
            )

    async def open_notices(self) -> tuple[Notice, ...]:
        """Return the notices that are not at their end, newest first."""
        async with self._database.read() as conn:
            return await notices.in_states(conn, OPEN)

    async def ended_notices(self, most: int) -> tuple[Notice, ...]:
        """Return the notices that went out last, newest first: they may need correcting."""
        async with self._database.read() as conn:
            return await notices.in_states(conn, _ENDED, most)

    async def approve(
        self, editor: EditorId, notice: NoticeId, *, seen: str | None = None
    ) -> None:
        """Approve what is frozen. The last approval that is needed holds a release, and lets a
        correction, a withdrawal or the closing of a list out at once.

        Raises:
            NeedsAnotherEditor: this editor submitted it, or approved it before.
            NotFound: there is no such notice.
            WrongState: it is not waiting for approval, or not what was seen.
        """
        felled: Collection[NoticeId] = ()
        async with self._database.write() as conn:
            known = await notices.get(conn, notice)
            approved = after(known.state, Step.APPROVE)
            _check(known, seen)
            before = known.said(Say.APPROVE)
            if editor == known.author or editor in before:
                raise NeedsAnotherEditor
            await notices.say(conn, known, editor, Say.APPROVE, self._clock())
            await self._record(conn, editor, "approve", notice)
            if len(before) + 1 >= self._approvals_needed:
                await notices.move(conn, notice, approved)
                if known.corrects is not None:
                    felled = await self._take_back(conn, known, known.corrects)
                elif known.kind is NoticeKind.CLOSING:
                    await self._close(conn, known)
        self._tell(known)
        for fallen in felled:
            self._changed(fallen)

    async def safe(
        self,
        editor: EditorId,
        notice: NoticeId,
        groups: Collection[GroupId] = (),
        *,
        seen: str | None = None,
    ) -> frozenset[GroupId]:
        """Say that groups are safe (all that are held, if none is named), and return those that
        are open by that: two different editors have said so.

        What is opened together goes out together.

        Raises:
            NeedsAnotherEditor: this editor has said so before.
            NotFound: there is no such notice.
            WrongState: the notice is not held, is stopped, is not what was seen, an editor wants
                it withdrawn, or the groups are open already.
        """
        async with self._database.write() as conn:
            known = await notices.get(conn, notice)
            state = after(known.state, Step.OPEN)
            _check(known, seen)
            asked = known.unopened.intersection(groups) if groups else known.unopened
            if known.stopped or known.kind not in NEWS or not asked:
                raise WrongState("stopped, or open already")
            if is_doubted(await notices.doubting(conn, known)):
                raise WrongState("somebody says that there was no such release")
            fresh = {one for one in asked if editor not in known.said(Say.SAFE, one)}
            if not fresh:
                raise NeedsAnotherEditor
            for group in sorted(fresh):
                await notices.say(conn, known, editor, Say.SAFE, self._clock(), group)
            await self._record(conn, editor, "safe", notice, sorted(fresh))
            opened = frozenset(
                one for one in fresh if len(known.said(Say.SAFE, one)) + 1 >= SAFE_NEEDED
            )
            if opened:
                await self._open(conn, known, opened)
                await notices.move(conn, notice, state)
                await self._record(conn, editor, "open", notice, sorted(opened))
        self._tell(known)
        return opened

    async def stop(self, editor: EditorId | None, notice: NoticeId) -> None:
        """Stop a notice: nothing of it is sent until it is let go on. One editor is enough.

        Raises:
            NotFound: there is no such notice.
            WrongState: it is stopped already, or there is nothing to stop.
        """
        await self._halt(editor, notice, stopped=True)

    async def resume(self, editor: EditorId | None, notice: NoticeId) -> None:
        """Let a stopped notice go on.

        Raises:
            NotFound: there is no such notice.
            WrongState: it is not stopped.
        """
        await self._halt(editor, notice, stopped=False)

    async def correct(
        self,
        editor: EditorId,
        notice: NoticeId,
        persons: Collection[PersonId] = (),
        *,
        events: Collection[EventId] = (),
    ) -> NoticeId:
        """Propose to say that what was told of some persons was wrong, or some of what happened;
        another editor must approve it.

        Raises:
            NotFound: there is no such notice, or it did not tell that.
            WrongState: it is not out.
        """
        return await self._propose(
            editor, notice, NoticeKind.CORRECTION, frozenset(persons), frozenset(events)
        )

    async def withdraw(self, editor: EditorId, notice: NoticeId) -> NoticeId:
        """Propose to say that a notice was wrong as a whole; another editor must approve it.

        Raises:
            NotFound: there is no such notice.
            WrongState: it is not out.
        """
        return await self._propose(editor, notice, NoticeKind.WITHDRAWAL, None)

    async def close(self, editor: EditorId, notice: NoticeId) -> NoticeId:
        """Propose to say that the list of a release is complete; another editor must approve it.

        Raises:
            NotFound: there is no such notice.
            WrongState: it is not out, its list is closed, something is still to be added to it,
                or an editor wants it withdrawn.
        """
        async with self._database.write() as conn:
            known = await notices.get(conn, notice)
            if known.kind is not NoticeKind.RELEASE:
                raise WrongState("only the list of a release is closed")
            roll = await notices.roll(conn, known.release)
            if not roll.may_be_closed or is_doubted(await notices.correcting(conn, notice)):
                raise WrongState("the list cannot be closed now")
            snapshot = replace(roll.standing, kind=NoticeKind.CLOSING, list_closed=True, texts={})
            number = await notices.add(
                conn, NoticeKind.CLOSING, known.release, editor, self._clock()
            )
            await notices.freeze(conn, number, editor, snapshot)
            await notices.move(conn, number, after(NoticeState.DRAFT, Step.SUBMIT))
            await self._record(conn, editor, "closing", notice)
            await self._record(conn, editor, "submit", number)
        self._changed(number)
        self._changed(notice)
        return number

    async def done(self, wave: WaveId) -> None:
        """Bring a notice to its end if this was its last wave and all its groups are open."""
        async with self._database.write() as conn:
            told = await waves.find(conn, wave)
            if told is None:
                return
            known = await notices.get(conn, told.notice)
            begun = await waves.of_notice(conn, known.id)
            if (
                known.state is not NoticeState.GOING_OUT
                or known.unopened
                or any(one.ended is None for one in begun)
            ):
                return
            state = after(known.state, Step.END)
            if known.taken_back or known.retracted:
                state = after(state, Step.TAKE_BACK)
            await notices.move(conn, known.id, state, out_at=self._clock())
        self._tell(known)

    async def _halt(self, editor: EditorId | None, notice: NoticeId, *, stopped: bool) -> None:
        async with self._database.write() as conn:
            known = await notices.get(conn, notice)
            if known.state not in STOPPABLE or known.stopped is stopped:
                wanted = "stopped" if stopped else "let go on"
                standing = "stopped" if known.stopped else known.state
                raise WrongState(f"this notice is {standing}: it cannot be {wanted}")
            await notices.stop(conn, notice, stopped)
            await self._record(conn, editor, "stop" if stopped else "resume", notice)
        self._tell(known)

    async def _propose(
        self,
        editor: EditorId,
        notice: NoticeId,
        kind: NoticeKind,
        wanted: frozenset[PersonId] | None,
        events: frozenset[EventId] = frozenset(),
    ) -> NoticeId:
        async with self._database.write() as conn:
            known = await notices.get(conn, notice)
            after(known.state, _BACK[kind])
            if known.kind in TAKING_BACK or (known.kind, wanted is None) == _NOBODY_NAMED:
                raise WrongState("a correction is not corrected, and a closing names nobody")
            wrong = tuple(one for one in known.standing if not events or one.id in events)
            if events:
                wanted = frozenset(one.person for one in wrong)
            if len(wrong) < len(events):
                raise NotFound
            facts, told = replace(known.facts, events=wrong), set(_told(known))
            if (known.kind, kind) == (NoticeKind.RELEASE, NoticeKind.WITHDRAWAL):
                # With the release all that was added to it falls.
                roll = await notices.roll(conn, known.release)
                facts, told = roll.facts, set(roll.told)
            persons = told if wanted is None else told & wanted
            if (wanted is not None and wanted != persons) or (
                not persons and known.kind is not NoticeKind.CLOSING
            ):
                raise NotFound
            last = await _last_known(conn, known, facts, persons)
            snapshot = _taking_back(facts, kind, last)
            number = await notices.add(
                conn, kind, known.of, editor, self._clock(), corrects=notice
            )
            await notices.freeze(conn, number, editor, snapshot)
            await notices.move(conn, number, after(NoticeState.DRAFT, Step.SUBMIT))
            await self._record(conn, editor, kind.value, notice)
            await self._record(conn, editor, "submit", number)
        self._changed(number)
        self._changed(notice)
        return number

    async def _take_back(
        self, conn: Connection, back: Notice, corrects: NoticeId
    ) -> Collection[NoticeId]:
        """Let an approved correction or withdrawal out; return what fell with what it is about."""
        wrong = await notices.get(conn, corrects)
        await notices.move(conn, wrong.id, after(wrong.state, _BACK[back.kind]))
        persons = [person.id for person in back.facts.persons(back.facts.every_group)]
        said = {event.id for event in back.facts.events}
        known = said <= wrong.retracted if said else wrong.taken_back.issuperset(persons)
        if back.kind is NoticeKind.CORRECTION and known:
            raise WrongState("all of it was taken back by another correction")
        if wrong.of is not None:
            await events.retract(conn, wrong.of, (await _present(conn, persons)).values())
        await events.withdraw(conn, *said)
        left = {event.person for event in wrong.standing if event.id not in said}
        gone = set(persons).intersection(_told(wrong)) - left
        await notices.take_back(conn, wrong.id, gone)
        felled = await self._fell(conn, wrong) if back.kind is NoticeKind.WITHDRAWAL else ()
        await waves.add(conn, back.id, back.facts.every_group, self._clock())
        await notices.move(conn, back.id, after(NoticeState.HELD, Step.OPEN))
        return felled

    async def _fell(self, conn: Connection, wrong: Notice) -> Collection[NoticeId]:
        """Let fall what stood on a notice that was withdrawn, and return it."""
        if wrong.kind is NoticeKind.CLOSING:
            await releases.close_list(conn, wrong.release, closed=False)
        if wrong.kind is not NoticeKind.RELEASE:
            return ()
        parts = (await notices.roll(conn, wrong.release)).without(wrong.id).parts
        for part in parts:
            for step in (Step.WITHDRAW, Step.DISCARD):
                if step in LIFE[part.state]:
                    await notices.move(conn, part.id, after(part.state, step))
            await notices.take_back(conn, part.id, _told(part))
        return [part.id for part in parts]

    async def _close(self, conn: Connection, closing: Notice) -> None:
        """Let out that a list is complete."""
        await releases.close_list(conn, closing.release, closed=True)
        await waves.add(conn, closing.id, closing.facts.every_group, self._clock())
        await notices.move(conn, closing.id, after(NoticeState.HELD, Step.OPEN))

    async def _open(self, conn: Connection, known: Notice, groups: frozenset[GroupId]) -> None:
        """Make what was frozen of these groups known to everybody."""
        facts = known.facts
        present = await _present(conn, [person.id for person in facts.persons(groups)])
        if known.of is None:
            await require_no_release(conn, facts)
            happened = [one.event for one in facts.events]
        else:
            # Who was named meanwhile in another part of the list is named already.
            told = (await notices.roll(conn, known.of)).told
            present = {one: now for one, now in present.items() if one not in told}
            happened = [
                event
                for group in facts.groups
                if group.id in groups
                for person in group.persons
                if person.id in present
                for event in self._happened(facts, group, person)
            ]
        await people.publish(conn, present.values())
        await events.propose(conn, *(replace(one, person=present[one.person]) for one in happened))
        await events.publish(conn, *(one.id for one in happened))
        await waves.add(conn, known.id, groups, self._clock())

    def _happened(
        self, facts: Snapshot, group: GroupFacts, person: PersonFacts
    ) -> Iterator[Event]:
        place = Place(group.country, {"": group.place} if group.place else {})
        somewhere = place if group.country or group.place else None
        kinds = {EventKind.RELEASED: None if group.abroad else somewhere}
        if group.abroad:
            kinds[EventKind.TAKEN_ABROAD] = somewhere
        for kind, where in kinds.items():
            yield Event(
                id=EventId(self._random(63)),
                person=person.id,
                kind=kind,
                on=facts.date,
                sources=tuple(read_source(source) for source in facts.sources),
                place=where,
                release=facts.release,
            )

    async def _record(
        self,
        conn: Connection,
        editor: EditorId | None,
        action: str,
        notice: NoticeId,
        groups: Sequence[GroupId] = (),
    ) -> None:
        actor = audit.OPERATOR if editor is None else editor
        subject = " ".join([f"notice {notice}", *(f"group {group}" for group in groups)])
        await audit.record(conn, self._vault, self._clock(), actor, action, subject)

    def _tell(self, known: Notice) -> None:
        """Say that a notice changed, and with it what it corrects."""
        self._changed(known.id)
        if known.corrects is not None:
            self._changed(known.corrects)


_NOBODY_NAMED = (NoticeKind.CLOSING, False)
_BACK = {NoticeKind.CORRECTION: Step.TAKE_BACK, NoticeKind.WITHDRAWAL: Step.WITHDRAW}


async def _listed(conn: Connection, known: Notice, about: Release | tuple[Happening, ...]) -> int:
    """Count the lines of an addition that are left out because they add nobody."""
    if known.kind is not NoticeKind.ADDITION:
        return 0
    listed = (await notices.roll(conn, known.release)).without(known.id).listed
    return sum(
        1
        for line in written(about)
        if line.state is LineState.LEFT_OUT and listed.intersection(line.candidates[:1])
    )


def _told(known: Notice) -> list[PersonId]:
    """Return whom a notice named to readers, without those taken back."""
    if known.kind not in NEWS or known.snapshot is None:
        return []
    persons = known.facts.persons(known.opened)
    return [person.id for person in persons if person.id not in known.taken_back]


def _by_language(waves_: Iterable[Mapping[str, Tally]]) -> Mapping[str, Tally]:
    """Add up how the deliveries of several waves ended."""
    found: dict[str, Tally] = {}
    for one in waves_:
        for language, sums in one.items():
            before = found.get(language, Tally())
            found[language] = Tally(
                delivered=before.delivered + sums.delivered,
                gone=before.gone + sums.gone,
                unknown=before.unknown + sums.unknown,
                failed=before.failed + sums.failed,
            )
    return dict(sorted(found.items()))


def _check(known: Notice, seen: str | None) -> None:
    if seen is not None and seen != known.seal:
        raise WrongState("this is not what was seen")


async def _present(conn: Connection, persons: Collection[PersonId]) -> Mapping[PersonId, PersonId]:
    """Return who each person is by now: entries may have been merged since they were frozen."""
    merged = await people.merged(conn, persons)
    return {one: merged.get(one, one) for one in persons}


async def _last_known(
    conn: Connection, known: Notice, wrong: Snapshot, persons: Collection[PersonId]
) -> Mapping[PersonId, LastKnown]:
    """Return what is published of each person beside what is taken back."""
    present = await _present(conn, persons)
    published = await events.of(conn, present.values())
    told = {event.id for event in wrong.events}
    return {
        one: _last(
            e
            for e in published.get(present[one], ())
            if e.id not in told and (known.of is None or e.release != known.of)
        )
        for one in persons
    }


def _last(happened: Iterable[Event]) -> LastKnown:
    custody = custody_of(happened)
    said_by = custody.decided_by.sources if custody.decided_by is not None else ()
    place = custody.located_by.place if custody.located_by is not None else None
    return LastKnown(
        status=custody.status,
        as_of="" if custody.as_of is None else str(custody.as_of),
        country="" if place is None else place.country,
        place={} if place is None else place.names,
        source=write_source(said_by[0]) if said_by else "",
    )


def _taking_back(
    wrong: Snapshot, kind: NoticeKind, last: Mapping[PersonId, LastKnown]
) -> Snapshot:
    groups = (
        replace(
            group,
            counts=(),
            persons=tuple(
                replace(person, last=last[person.id])
                for person in group.persons
                if person.id in last
            ),
        )
        for group in wrong.groups
    )
    return replace(
        wrong,
        kind=kind,
        takes_back=wrong.kind,
        counts=(),
        groups=tuple(group for group in groups if group.persons or not last),
        texts={},
        events=tuple(event for event in wrong.events if event.person in last),
    )

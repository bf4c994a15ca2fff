"""The fan-out: a wave becomes deliveries, chunk by chunk, and can stop and go on anywhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from db import deliveries, events, interruptions, notices, people, readers, waves
from db.connection import Connection, Database
from db.deliveries import Stored
from db.vault import ADDRESS, READER, Vault
from model.clock import Clock
from model.custody import FREED, Status, custody_of
from model.deliveries import Address, DeliveryState, Lane, Mark
from model.errors import NotFound
from model.notices import (
    LISTING,
    NEWS,
    Notice,
    NoticeKind,
    NoticeState,
    Wave,
    WaveId,
    WaveKind,
)
from model.people import PersonId
from model.readers import ChatId, ChatKind, Locator, Reader
from model.rolls import Roll
from model.wishes import HOUR, LOOKS_BACK, NO_WISHES, hour_of
from services.muster import Muster
from services.reminders import Reminders
from services.wishes import (
    digest_since,
    digest_to,
    is_told_monthly,
    left_to_digest,
    when,
)

T = TypeVar("T")

CHUNK = 2000
"""Readers in one transaction. The deliveries of more are more than SQLite holds in memory (2 MB):
it would write them into the file before the commit, and let nobody look at it until then."""
STEP = 50
"""Readers opened or sealed at a time, in some 2 ms: then replies have their turn."""
CALLED = 5000
"""Readers put in the order of a wave in one go; a process that is to stop waits for no more."""
CALLED_AT_ONCE = 500
"""And without replies having their turn: they are not opened."""

Queue = list[tuple[Stored, datetime]]
"""Deliveries, each with the hour it is due."""
Maker = Callable[[Connection, Wave, bytes | None], Awaitable[None]]
"""Makes the next deliveries of a wave, from the place reached on."""

MARK_BYTES = 16
_READERS = b"r"
"""Begins the place reached among readers, where that of deliveries is a mark."""

_AT_THEIR_HOUR = frozenset({WaveKind.DIGEST, WaveKind.UNCHANGED})

TOLD = frozenset(
    {
        DeliveryState.SENDING,
        DeliveryState.UNCERTAIN,
        DeliveryState.RETRYING,
        DeliveryState.DELIVERED,
        DeliveryState.UNKNOWN,
    }
)
"""States in which a message arrived, or may have."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What a correction or withdrawal takes back."""

    waves: tuple[WaveId, ...]
    """The waves that told it, and those of digests that may have."""
    persons: frozenset[PersonId]
    begun: datetime
    """When it was first told: what a digest told of the time after it may hold it."""
    of: NoticeKind = NoticeKind.RELEASE
    """What it was told in."""
    late: bool = False
    """Who was told is not known any more, of some of it at least."""

    def was_told(self, told: Address) -> bool:
        """Say whether what went out by one of these waves may have told the mistake."""
        return told.since is None or told.since <= self.begun


class FanOut:
    """Makes the deliveries of waves."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, *, chunk: int = CHUNK
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._chunk = chunk
        self._muster: Muster | None = None
        reminders = Reminders(database, vault, clock, chunk=chunk)
        self._makers: Mapping[WaveKind, Maker] = {
            WaveKind.NEWS: self._news,
            WaveKind.DIGEST: self._at_their_hour,
            WaveKind.UNCHANGED: self._at_their_hour,
            WaveKind.REMINDER: reminders.make,
        }

    async def advance(self) -> bool:
        """Make the next deliveries of the oldest unfinished wave; false if there is none.

        The deliveries and the place reached are one transaction, and a delivery that exists is
        left alone: a crash anywhere loses and doubles nothing.
        """
        while True:
            async with self._database.write() as conn:
                if not await interruptions.is_steady(conn, self._clock()):
                    return False
                unmade = await waves.next_unmade(conn)
                if unmade is None:
                    self._muster = None
                    return False
                wave, cursor = unmade
                await self._makers[wave.kind](conn, wave, cursor)
            # The readers are called together while others may write, a part of many at a time.
            if self._muster is None or self._muster.complete:
                return True
            if not await self._call_together(self._muster):
                return True

    async def offer(self, conn: Connection, reader: Reader) -> None:
        """Make the deliveries of all waves that are being made to a reader who is kept elsewhere
        than before: they may have passed that place already. What is made is left alone."""
        for wave, cursor in await waves.unmade(conn):
            if wave.kind is WaveKind.NEWS:
                await deliveries.add(conn, await self._news_to(conn, wave, reader))
            elif wave.kind in _AT_THEIR_HOUR and cursor is not None:
                await deliveries.add(conn, await self._digests(conn, wave, [reader]))

    async def _call_together(self, muster: Muster) -> bool:
        """Put the next readers in their places; say whether all are."""
        async with self._database.read() as conn:
            chunk = await readers.locators(conn, muster.last, CALLED)
        for start in range(0, len(chunk), CALLED_AT_ONCE):
            muster.add(chunk[start : start + CALLED_AT_ONCE])
            await asyncio.sleep(0)
        muster.complete = len(chunk) < CALLED
        return muster.complete

    async def _news(self, conn: Connection, wave: Wave, cursor: bytes | None) -> None:
        notice = await notices.get(conn, wave.notice)
        if notice.state is NoticeState.WITHDRAWN:
            await waves.advance(conn, wave.id, cursor, made=True)
        elif notice.kind in NEWS:
            await self._tell(conn, wave, notice, cursor)
        elif notice.kind is NoticeKind.CLOSING:
            await self._close(conn, wave, notice, cursor)
        else:
            await self._correct(conn, wave, cursor)

    async def _tell(
        self, conn: Connection, wave: Wave, notice: Notice, cursor: bytes | None
    ) -> None:
        """Make deliveries to the next readers whom news concerns."""
        muster = self._muster
        if muster is None or muster.wave != wave.id:
            self._muster = muster = Muster(self._vault, wave.id)
        if not muster.complete:
            return
        chunk = muster.after(cursor, self._chunk)
        records = await readers.find_many(conn, [locator for _, locator in chunk])
        marks: dict[ChatId, Mark] = {}
        found: list[Reader] = []
        async for mark, locator in with_pauses(chunk):
            # Who is not there any more is gone, or was offered this where he or she is now.
            if locator in records:
                found.append(reader := self._vault.open(READER, locator, records[locator]))
                marks[reader.chat] = mark
        await deliveries.add(conn, await self._tidings(conn, wave, notice, found, marks))
        made = len(chunk) < self._chunk
        await waves.advance(conn, wave.id, chunk[-1][0] if chunk else cursor, made=made)

    async def _tidings(
        self,
        conn: Connection,
        wave: Wave,
        notice: Notice,
        found: Sequence[Reader],
        marks: Mapping[ChatId, Mark],
    ) -> Queue:
        audience = _audience(conn, wave, notice, found, self._clock())
        return [
            (self._queued(wave.id, lane, address, marks.get(address.chat)), due)
            async for lane, due, address in audience
        ]

    async def _correct(self, conn: Connection, wave: Wave, cursor: bytes | None) -> None:
        """Make deliveries to the next of those who were, or may have been, told the mistake.

        Where that is not known any more, to those who would be told such news now.
        """
        mistake = await mistake_of(conn, wave.id)
        if _among_readers(cursor):
            chunk, cursor, made = await self._next_readers(conn, cursor)
            addresses = await _late_audience(conn, wave, mistake, chunk)
        else:
            told, cursor, made = await self._next_told(
                conn, mistake.waves, cursor, late=mistake.late
            )
            addresses = _mistaken(mistake, told)
        await deliveries.add(conn, await self._corrections(wave, addresses))
        await waves.advance(conn, wave.id, cursor, made=made)

    async def _corrections(self, wave: Wave, addresses: Sequence[Address]) -> Queue:
        # Whoever follows somebody concerned hears of it before the rest, whom it may take long to
        # reach. Among these there is no order: nothing finer than an hour is stored.
        rest = hour_of(wave.begun)
        return [
            (
                self._queued(wave.id, Lane.CORRECTION, address),
                rest - HOUR if address.freed or address.absent else rest,
            )
            async for address in with_pauses(addresses)
        ]

    async def _close(
        self, conn: Connection, wave: Wave, notice: Notice, cursor: bytes | None
    ) -> None:
        """Make deliveries to the next of those who were told that somebody is not among the
        names, as far as that is still so.

        Where that is not known any more, to those who want to be told of that now.
        """
        told_them = await told_by(conn, notice)
        if _among_readers(cursor):
            chunk, cursor, made = await self._next_readers(conn, cursor)
            told = await _absentees(conn, notice, chunk)
        else:
            kept = tuple(one.id for one in told_them)
            late = any(one.purged for one in told_them)
            before, cursor, made = await self._next_told(conn, kept, cursor, late=late)
            told = await self._still_absent(conn, notice, kept, before)
        await deliveries.add(conn, await self._closings(wave, told))
        await waves.advance(conn, wave.id, cursor, made=made)

    async def _closings(self, wave: Wave, told: Sequence[Address]) -> Queue:
        due = hour_of(self._clock())
        queued = []
        async for address in with_pauses(told):
            lane = Lane.PERSON if address.kind is ChatKind.PRIVATE else Lane.CROWD
            queued.append((self._queued(wave.id, lane, address), due))
        return queued

    async def _news_to(self, conn: Connection, wave: Wave, reader: Reader) -> Queue:
        """Make the delivery of a notice to one reader, if it concerns that one."""
        notice = await notices.get(conn, wave.notice)
        if notice.state is NoticeState.WITHDRAWN:
            return []
        if notice.kind in NEWS:
            return await self._tidings(conn, wave, notice, [reader], {})
        if notice.kind is NoticeKind.CLOSING:
            told_them = await told_by(conn, notice)
            kept = [one.id for one in told_them]
            told = await self._told(conn, kept, reader.chat)
            still = await self._still_absent(conn, notice, kept, told)
            if not still and any(one.purged for one in told_them):
                still = await _absentees(conn, notice, [reader])
            return await self._closings(wave, still[:1])
        mistake = await mistake_of(conn, wave.id)
        addresses = _mistaken(mistake, await self._told(conn, mistake.waves, reader.chat))
        if not addresses and mistake.late:
            addresses = await _late_audience(conn, wave, mistake, [reader])
        return await self._corrections(wave, addresses[:1])

    async def _told(self, conn: Connection, of: Sequence[WaveId], chat: ChatId) -> list[Address]:
        """Return what one chat was, or may have been, told by these waves."""
        found = await deliveries.find(conn, [self._vault.mark(wave, chat) for wave in of])
        return [
            self._vault.open(ADDRESS, old.mark, old.sealed) for old in found if old.state in TOLD
        ]

    async def _next_told(
        self, conn: Connection, of: Sequence[WaveId], cursor: bytes | None, *, late: bool
    ) -> tuple[list[Address], bytes | None, bool]:
        """Return the next who were, or may have been, told by these waves, the place reached, and
        whether that is all. ``late``: after them come the readers."""
        chunk = await deliveries.chunk(conn, of, cursor, self._chunk)
        opened = [
            self._vault.open(ADDRESS, old.mark, old.sealed)
            async for old in with_pauses(chunk)
            if old.state in TOLD
        ]
        found = [one for one in opened if one.chat]
        if len(chunk) == self._chunk:
            return found, chunk[-1].mark, False
        return found, _READERS if late else cursor, not late

    async def _next_readers(
        self, conn: Connection, cursor: bytes | None
    ) -> tuple[list[Reader], bytes, bool]:
        reached = (cursor or b"").removeprefix(_READERS)
        found, last, made = await self._open_next(conn, reached or None)
        return found, _READERS + (last or b""), made

    async def _open_next(
        self, conn: Connection, after: bytes | None
    ) -> tuple[list[Reader], bytes | None, bool]:
        """Return the next readers, the last of their locators, and whether that is all."""
        chunk = await readers.chunk(conn, Locator(after) if after else None, self._chunk)
        found = [
            self._vault.open(READER, locator, sealed)
            async for locator, sealed in with_pauses(chunk)
        ]
        return found, chunk[-1][0] if chunk else after, len(chunk) < self._chunk

    async def _still_absent(
        self, conn: Connection, notice: Notice, of: Sequence[WaveId], told: Sequence[Address]
    ) -> list[Address]:
        """Say whom those who were told of it still miss, in all that these waves told them."""
        missed: dict[ChatId, set[PersonId]] = {}
        concerned = [one for one in told if one.absent]
        marks = [self._vault.mark(wave, one.chat) for one in concerned for wave in of]
        for old in await deliveries.find(conn, marks):
            if old.state in TOLD:
                address = self._vault.open(ADDRESS, old.mark, old.sealed)
                missed.setdefault(address.chat, set()).update(address.absent)
        return await _absent_of(conn, notice, [(one, missed[one.chat]) for one in concerned])

    async def _at_their_hour(self, conn: Connection, wave: Wave, cursor: bytes | None) -> None:
        """Make deliveries to the next readers whose digest, or monthly note, this is."""
        if cursor is None and self._clock() - wave.begun >= HOUR:
            # It is too late: whatever it would have told, the next digest does.
            await waves.advance(conn, wave.id, None, made=True)
            return
        found, last, made = await self._open_next(conn, cursor)
        await deliveries.add(conn, await self._digests(conn, wave, found))
        await waves.advance(conn, wave.id, last, made=made)

    async def _digests(self, conn: Connection, wave: Wave, found: Sequence[Reader]) -> Queue:
        first = wave.begun - LOOKS_BACK
        before = await waves.gone_out(conn, wave.kind, first, wave.begun)
        chosen = [
            (reader, since)
            async for reader in with_pauses(found)
            for since in [_told_since(reader, wave, before)]
            if since is not None
        ]
        followed = {person for reader, _ in chosen for person in reader.follows}
        merged = await people.merged(conn, followed)
        now = self._clock()
        return [
            (
                self._queued(wave.id, Lane.DIGEST, digest_to(reader, merged, since)),
                hour_of(when(reader, Lane.DIGEST, now).due),
            )
            async for reader, since in with_pauses(chosen)
        ]

    def _queued(
        self, wave: WaveId, lane: Lane, address: Address, mark: Mark | None = None
    ) -> Stored:
        mark = mark or self._vault.mark(wave, address.chat)
        sealed = self._vault.seal(ADDRESS, mark, address)
        return Stored(mark, wave, DeliveryState.QUEUED, lane, sealed)


async def with_pauses(items: Sequence[T]) -> AsyncIterator[T]:
    """Yield items, and let replies have their turn in between."""
    for number, item in enumerate(items, 1):
        yield item
        if number % STEP == 0:
            await asyncio.sleep(0)


async def told_by(conn: Connection, notice: Notice) -> tuple[Wave, ...]:
    """Return the waves that told readers what a notice says, corrects or closes."""
    if notice.kind is NoticeKind.CLOSING:
        told = [(await notices.roll(conn, notice.release)).main]
    elif notice.corrects is None:
        told = [notice]
    else:
        told = [await notices.get(conn, notice.corrects)]
        if (notice.kind, told[0].kind) == (NoticeKind.WITHDRAWAL, NoticeKind.RELEASE):
            told = list((await notices.roll(conn, notice.release)).parts)
    mistaken = notice.facts.every_group if notice.kind is NoticeKind.CORRECTION else None
    found = [wave for one in told for wave in await waves.of_notice(conn, one.id)]
    return tuple(wave for wave in found if mistaken is None or wave.groups & mistaken)


async def mistake_of(conn: Connection, correction: WaveId) -> Mistake:
    """Return what the notice of this wave takes back, and which waves told it.

    Raises:
        NotFound: there is no such wave, or its notice corrects nothing.
    """
    wave = await waves.get(conn, correction)
    notice = await notices.get(conn, wave.notice)
    if notice.corrects is None:
        raise NotFound
    told = await told_by(conn, notice)
    begun = min((one.begun for one in told), default=wave.begun)
    return Mistake(
        waves=(*(one.id for one in told), *await waves.digests_since(conn, begun)),
        persons=frozenset(p.id for p in notice.facts.persons(notice.facts.every_group)),
        begun=begun,
        of=notice.facts.takes_back,
        late=any(one.purged for one in told),
    )


async def _audience(
    conn: Connection, wave: Wave, notice: Notice, found: Sequence[Reader], now: datetime
) -> AsyncIterator[tuple[Lane, datetime, Address]]:
    """Choose the readers whom the opened groups concern, and when each is told what.

    What happened to people, without a release, is told to those who follow them and nobody else.
    """
    everybody = {p.id for p in notice.facts.persons(notice.opened)} - notice.taken_back
    here = everybody.intersection(p.id for p in notice.facts.persons(wave.groups))
    if notice.of is not None:
        others = (await notices.roll(conn, notice.of)).without(notice.id)
        if others.parts:
            here -= await told_before(conn, wave, others)
            everybody |= others.told
    # What is added later concerns those alone who wait for somebody added.
    widely = notice.kind is NoticeKind.RELEASE
    followed = {person for reader in found for person in reader.follows}
    # Two entries of one person may have been merged since they were followed, or named.
    merged = await people.merged(conn, followed | everybody)
    told: dict[PersonId, set[PersonId]] = {}
    for person in here:
        told.setdefault(merged.get(person, person), set()).add(person)
    missing = {
        merged.get(person, person)
        for reader in found
        if reader.absences and widely
        for person in reader.follows
    } - {merged.get(person, person) for person in everybody}
    still_missing = await awaited(conn, missing)
    this_hour = hour_of(now)
    async for reader in with_pauses(found):
        freed: tuple[PersonId, ...] = ()
        absent: tuple[PersonId, ...] = ()
        if reader.follows:
            follows = {merged.get(person, person) for person in reader.follows}
            freed = tuple(sorted(person for one in follows & told.keys() for person in told[one]))
            if reader.absences:
                absent = tuple(sorted(follows & still_missing))
        releases = reader.releases and widely
        if not (freed or absent or releases):
            continue
        lane = Lane.PERSON if freed or absent else Lane.RELEASES
        # Most have none, and of a million each microsecond counts.
        wishes = reader.wishes != NO_WISHES
        if wishes and left_to_digest(reader, lane, now):
            continue
        if reader.kind is not ChatKind.PRIVATE:
            lane = Lane.CROWD
        address = Address(
            chat=reader.chat,
            kind=reader.kind,
            language=reader.language,
            discreet=reader.discreet,
            freed=freed,
            absent=absent,
            releases=releases,
        )
        due = hour_of(when(reader, lane, now).due) if wishes else this_hour
        yield lane, due, address


def _told_since(reader: Reader, wave: Wave, before: Collection[datetime]) -> datetime | None:
    """Return from when on a wave of the clock's tells a reader; ``None`` if it does not."""
    if wave.kind is WaveKind.DIGEST:
        return digest_since(reader, wave.begun, before)
    return wave.begun if is_told_monthly(reader, wave.begun, before) else None


def _mistaken(mistake: Mistake, told: Sequence[Address]) -> list[Address]:
    """Address those who were told a mistake; whom it concerns is told again when it is sent."""
    return [
        Address(
            old.chat,
            old.kind,
            old.language,
            old.discreet,
            freed=tuple(one for one in old.freed if one in mistake.persons),
            absent=old.absent if mistake.of is NoticeKind.CLOSING else (),
        )
        for old in told
        if mistake.was_told(old)
    ]


def _among_readers(cursor: bytes | None) -> bool:
    # The place among deliveries is a mark, which has another length.
    return cursor is not None and len(cursor) != MARK_BYTES


async def _late_audience(
    conn: Connection, wave: Wave, mistake: Mistake, found: Sequence[Reader]
) -> list[Address]:
    """Choose the readers whom a mistake concerns of which it is not known who was told."""
    notice = await notices.get(conn, wave.notice)
    if mistake.of is NoticeKind.CLOSING:
        return [replace(one, late=True) for one in await _absentees(conn, notice, found)]
    merged = await people.merged(conn, {one for reader in found for one in reader.follows})
    addresses = []
    for reader in found:
        named = {merged.get(one, one) for one in reader.follows} & mistake.persons
        if named or (reader.releases and mistake.of is NoticeKind.RELEASE):
            addresses.append(
                Address(
                    reader.chat,
                    reader.kind,
                    reader.language,
                    reader.discreet,
                    freed=tuple(sorted(named)),
                    late=True,
                )
            )
    return addresses


async def _absentees(conn: Connection, notice: Notice, found: Sequence[Reader]) -> list[Address]:
    """Choose the readers who want to be told that somebody is not among the names."""
    return await _absent_of(
        conn,
        notice,
        [
            (
                Address(reader.chat, reader.kind, reader.language, reader.discreet),
                reader.follows,
            )
            for reader in found
            if reader.absences
        ],
    )


async def _absent_of(
    conn: Connection, notice: Notice, told: Sequence[tuple[Address, AbstractSet[PersonId]]]
) -> list[Address]:
    """Keep those who miss somebody who is neither on the list nor free, and say whom."""
    missed = {person for _, persons in told for person in persons}
    merged = await people.merged(conn, missed)
    named = (await notices.roll(conn, notice.release)).told
    still = await awaited(conn, {merged.get(one, one) for one in missed} - named)
    addresses = []
    for address, persons in told:
        absent = {merged.get(one, one) for one in persons} & still
        if absent:
            addresses.append(
                Address(
                    address.chat,
                    address.kind,
                    address.language,
                    address.discreet,
                    absent=tuple(sorted(absent)),
                    releases=False,
                )
            )
    return addresses


async def told_before(conn: Connection, wave: Wave, others: Roll) -> set[PersonId]:
    """Return who was named by earlier waves of other notices of the same release."""
    return {
        person.id
        for one in others.parts
        if one.kind in LISTING and one.opened
        for before in await waves.of_notice(conn, one.id)
        if before.id < wave.id
        for person in one.facts.persons(before.groups)
        if person.id not in one.taken_back
    }


async def awaited(conn: Connection, missing: AbstractSet[PersonId]) -> set[PersonId]:
    """Keep those who are not known to be free or dead: of the others there is no more to wait."""
    public = await people.public(conn, missing)
    histories = await events.of(conn, public)
    over = FREED | {Status.DIED}
    return {
        person for person in public if custody_of(histories.get(person, ())).status not in over
    }

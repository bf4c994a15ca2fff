"""The fan-out: a wave becomes deliveries, chunk by chunk, and can stop and go on anywhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from db import deliveries, events, interruptions, notices, people, readers, waves
from db.connection import Connection, Database
from db.deliveries import Stored
from db.vault import ADDRESS, READER, Vault
from model.clock import Clock
from model.custody import FREED, Status, custody_of
from model.deliveries import Address, DeliveryState, Lane
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
from model.readers import ChatKind, Locator, Reader
from model.rolls import Roll
from model.wishes import HOUR, LOOKS_BACK, hour_of
from services.wishes import (
    digest_since,
    digest_to,
    is_told_monthly,
    left_to_digest,
    when,
)

T = TypeVar("T")

CHUNK = 500
"""Readers in one transaction."""
STEP = 50
"""Readers opened or sealed at a time, in some 2 ms: then replies have their turn."""

Maker = Callable[[Connection, Wave, bytes | None], Awaitable[None]]
"""Makes the next deliveries of a wave, from the place reached on."""

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
        self._makers: Mapping[WaveKind, Maker] = {
            WaveKind.NEWS: self._news,
            WaveKind.DIGEST: self._digest,
            WaveKind.UNCHANGED: self._unchanged,
        }

    async def advance(self) -> bool:
        """Make the next deliveries of the oldest unfinished wave; false if there is none.

        The deliveries and the place reached are one transaction, and a delivery that exists is
        left alone: a crash anywhere loses and doubles nothing.
        """
        async with self._database.write() as conn:
            if not await interruptions.is_steady(conn, self._clock()):
                return False
            unmade = await waves.next_unmade(conn)
            if unmade is None:
                return False
            wave, cursor = unmade
            await self._makers[wave.kind](conn, wave, cursor)
        return True

    async def _news(self, conn: Connection, wave: Wave, cursor: bytes | None) -> None:
        notice = await notices.get(conn, wave.notice)
        if notice.state is NoticeState.WITHDRAWN:
            await waves.advance(conn, wave.id, cursor, made=True)
        elif notice.kind in NEWS:
            await self._tell(conn, wave, notice, cursor)
        else:
            await self._correct(conn, wave, cursor)

    async def _tell(
        self, conn: Connection, wave: Wave, notice: Notice, cursor: bytes | None
    ) -> None:
        """Make deliveries to the next readers whom news concerns."""
        chunk = await readers.chunk(conn, Locator(cursor) if cursor else None, self._chunk)
        found = [
            self._vault.open(READER, locator, sealed)
            async for locator, sealed in with_pauses(chunk)
        ]
        audience = await _audience(conn, wave, notice, found, self._clock())
        queued = [
            (self._queued(wave.id, lane, address), due)
            async for lane, due, address in with_pauses(audience)
        ]
        await deliveries.add(conn, queued)
        made = len(chunk) < self._chunk
        await waves.advance(conn, wave.id, chunk[-1][0] if chunk else cursor, made=made)

    async def _correct(self, conn: Connection, wave: Wave, cursor: bytes | None) -> None:
        """Make deliveries to the next of those who were, or may have been, told the mistake."""
        mistake = await mistake_of(conn, wave.id)
        chunk = await deliveries.chunk(conn, mistake.waves, cursor, self._chunk)
        told = [
            self._vault.open(ADDRESS, old.mark, old.sealed)
            async for old in with_pauses(chunk)
            if old.state in TOLD
        ]
        due = hour_of(wave.begun)
        queued = [
            (
                self._queued(
                    wave.id,
                    Lane.CORRECTION,
                    Address(old.chat, old.kind, old.language, old.discreet),
                ),
                due,
            )
            async for old in with_pauses(told)
            if old.chat and mistake.was_told(old)
        ]
        await deliveries.add(conn, queued)
        made = len(chunk) < self._chunk
        await waves.advance(conn, wave.id, chunk[-1].mark if chunk else cursor, made=made)

    async def _digest(self, conn: Connection, wave: Wave, cursor: bytes | None) -> None:
        """Make deliveries to the next readers whose digest this is."""
        first = wave.begun - LOOKS_BACK
        before = await waves.gone_out(conn, WaveKind.DIGEST, first, wave.begun)

        def since(reader: Reader) -> datetime | None:
            return digest_since(reader, wave.begun, before)

        await self._at_their_hour(conn, wave, cursor, since)

    async def _unchanged(self, conn: Connection, wave: Wave, cursor: bytes | None) -> None:
        """Make deliveries to the next readers to whom a monthly note goes."""
        first = wave.begun - LOOKS_BACK
        before = await waves.gone_out(conn, WaveKind.UNCHANGED, first, wave.begun)

        def since(reader: Reader) -> datetime | None:
            return wave.begun if is_told_monthly(reader, wave.begun, before) else None

        await self._at_their_hour(conn, wave, cursor, since)

    async def _at_their_hour(
        self,
        conn: Connection,
        wave: Wave,
        cursor: bytes | None,
        since: Callable[[Reader], datetime | None],
    ) -> None:
        if cursor is None and self._clock() - wave.begun >= HOUR:
            # It is too late: whatever it would have told, the next digest does.
            await waves.advance(conn, wave.id, None, made=True)
            return
        chunk = await readers.chunk(conn, Locator(cursor) if cursor else None, self._chunk)
        chosen = [
            (reader, told_since)
            async for locator, sealed in with_pauses(chunk)
            for reader in [self._vault.open(READER, locator, sealed)]
            for told_since in [since(reader)]
            if told_since is not None
        ]
        followed = {person for reader, _ in chosen for person in reader.follows}
        merged = await people.merged(conn, followed)
        now = self._clock()
        queued = [
            (
                self._queued(wave.id, Lane.DIGEST, digest_to(reader, merged, told_since)),
                hour_of(when(reader, Lane.DIGEST, now).due),
            )
            async for reader, told_since in with_pauses(chosen)
        ]
        await deliveries.add(conn, queued)
        made = len(chunk) < self._chunk
        await waves.advance(conn, wave.id, chunk[-1][0] if chunk else cursor, made=made)

    def _queued(self, wave: WaveId, lane: Lane, address: Address) -> Stored:
        mark = self._vault.mark(wave, address.chat)
        sealed = self._vault.seal(ADDRESS, mark, address)
        return Stored(mark, wave, DeliveryState.QUEUED, lane, sealed)


async def with_pauses(items: Sequence[T]) -> AsyncIterator[T]:
    """Yield items, and let replies have their turn in between."""
    for number, item in enumerate(items, 1):
        yield item
        if number % STEP == 0:
            await asyncio.sleep(0)


async def mistake_of(conn: Connection, correction: WaveId) -> Mistake:
    """Return what the notice of this wave takes back, and which waves told it.

    Raises:
        NotFound: there is no such wave, or its notice corrects nothing.
    """
    wave = await waves.get(conn, correction)
    notice = await notices.get(conn, wave.notice)
    if notice.corrects is None:
        raise NotFound
    mistaken = notice.facts.every_group
    whole = notice.kind is NoticeKind.WITHDRAWAL
    told = [
        one
        for one in await waves.of_notice(conn, notice.corrects)
        if whole or one.groups & mistaken
    ]
    begun = min((one.begun for one in told), default=wave.begun)
    return Mistake(
        waves=(*(one.id for one in told), *await waves.digests_since(conn, begun)),
        persons=frozenset(person.id for person in notice.facts.persons(mistaken)),
        begun=begun,
    )


async def _audience(
    conn: Connection, wave: Wave, notice: Notice, found: Sequence[Reader], now: datetime
) -> list[tuple[Lane, datetime, Address]]:
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
    audience: list[tuple[Lane, datetime, Address]] = []
    for reader in found:
        follows = {merged.get(person, person) for person in reader.follows}
        freed = {person for one in follows & told.keys() for person in told[one]}
        absent = follows & still_missing if reader.absences else set()
        releases = reader.releases and widely
        if not (freed or absent or releases):
            continue
        lane = Lane.PERSON if freed or absent else Lane.RELEASES
        if left_to_digest(reader, lane, now):
            continue
        if reader.kind is not ChatKind.PRIVATE:
            lane = Lane.CROWD
        address = Address(
            chat=reader.chat,
            kind=reader.kind,
            language=reader.language,
            discreet=reader.discreet,
            freed=tuple(sorted(freed)),
            absent=tuple(sorted(absent)),
            releases=releases,
        )
        audience.append((lane, hour_of(when(reader, lane, now).due), address))
    return audience


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

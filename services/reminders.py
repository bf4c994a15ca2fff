"""Seen, or not yet: who says so, and the one reminder of those who asked for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db import deliveries, interruptions, notices, readers, waves
from db.connection import Connection, Database
from db.deliveries import Stored
from db.vault import ADDRESS, READER, Vault
from model.clock import Clock
from model.deliveries import Address, DeliveryState, Lane
from model.notices import Notice, NoticeState, Wave, WaveId, WaveKind
from model.readers import ChatId
from model.wishes import hour_of
from services.wishes import when

UNSEEN = timedelta(hours=12)
"""How long news about a followed person may be unseen before there is a reminder."""
CHUNK = 500
"""Deliveries looked at in one transaction."""


class Reminders:
    """One wave an hour reminds of what arrived twelve hours before. Every delivery is looked at
    once, and a notice that came in several waves is reminded of once: there is never a second
    reminder. Stopping, correcting and withdrawing a notice holds for its reminders, too."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, *, chunk: int = CHUNK
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._chunk = chunk

    async def see(self, chat: ChatId, wave: WaveId) -> None:
        """Note that a reader has seen what a wave told, as long as that is kept."""
        mark = self._vault.mark(wave, chat)
        async with self._database.write() as conn:
            for one in await deliveries.take(conn, [mark]):
                address = self._vault.open(ADDRESS, mark, one.sealed)
                if address.chat == chat and not address.seen:
                    seen = replace(address, seen=True)
                    await deliveries.reseal(conn, mark, self._vault.seal(ADDRESS, mark, seen))

    async def begin(self) -> bool:
        """Begin the wave of this hour if it is not there and may have something to remind of."""
        now = self._clock()
        hour = hour_of(now)
        async with self._database.read() as conn:
            if not await self._is_due(conn, hour):
                return False
        async with self._database.write() as conn:
            may_begin = await interruptions.may_begin(conn, now, hour)
            # Asked again: another process may have begun it meanwhile.
            if not may_begin or not await self._is_due(conn, hour):
                return False
            await waves.add(conn, None, (), hour, kind=WaveKind.REMINDER)
        return True

    async def make(self, conn: Connection, wave: Wave, cursor: bytes | None) -> None:
        """Make the next reminders of a wave."""
        told = await waves.news_told(conn, wave.begun - UNSEEN)
        last = await waves.last_begun(conn, WaveKind.REMINDER, before=wave.id)
        back = await interruptions.back(conn)
        # What became due while the bot was away is left out; a wave from before that is not.
        after = max((one for one in (last, back) if one and one <= wave.begun), default=None)
        found = await deliveries.arrived(
            conn,
            told,
            None if after is None else after - UNSEEN,
            wave.begun - UNSEEN,
            cursor,
            self._chunk,
        )
        await deliveries.add(conn, await self._queue(conn, wave.id, found))
        made = len(found) < self._chunk
        await waves.advance(conn, wave.id, found[-1].mark if found else cursor, made=made)

    async def _is_due(self, conn: Connection, hour: datetime) -> bool:
        last = await waves.last_begun(conn, WaveKind.REMINDER)
        return last != hour and bool(await waves.news_told(conn, hour - UNSEEN))

    async def _queue(
        self, conn: Connection, wave: WaveId, found: Sequence[Stored]
    ) -> list[tuple[Stored, datetime]]:
        """Make reminders for whom has not seen what arrived, and asked to be reminded."""
        now = self._clock()
        others = await _other_waves(conn, {one.wave for one in found})
        before = await waves.kept(conn, WaveKind.REMINDER, before=wave) if others else ()
        unseen = [
            replace(address, reminds=one.wave)
            for one in found
            for address in [self._vault.open(ADDRESS, one.mark, one.sealed)]
            if address.chat and address.freed and not address.seen
        ]
        locators = [self._vault.locate(address.chat) for address in unseen]
        known = await readers.find_many(conn, locators)
        queued = []
        for address, locator in zip(unseen, locators, strict=True):
            if locator not in known:
                continue
            reader = self._vault.open(READER, locator, known[locator])
            parts = others.get(address.reminds)
            if parts and await self._is_reminded(conn, before, reader.chat, parts):
                continue
            if reader.wishes.reminders:
                mark = self._vault.mark(wave, reader.chat)
                blank = replace(address, absent=(), releases=False, message=0)
                sealed = self._vault.seal(ADDRESS, mark, blank)
                stored = Stored(mark, wave, DeliveryState.QUEUED, Lane.DIGEST, sealed)
                queued.append((stored, hour_of(when(reader, Lane.DIGEST, now).due)))
        return queued

    async def _is_reminded(
        self, conn: Connection, by: Sequence[WaveId], chat: ChatId, of: Collection[WaveId]
    ) -> bool:
        """Say whether a chat was reminded of one of these waves."""
        made = await deliveries.find(conn, [self._vault.mark(wave, chat) for wave in by])
        return any(
            self._vault.open(ADDRESS, one.mark, one.sealed).reminds in of
            for one in made
            if one.state is not DeliveryState.GONE
        )


async def told_in(conn: Connection, told: Collection[WaveId]) -> Mapping[WaveId, Notice]:
    """Return the notices that these waves of news belong to."""
    found = {}
    for number in told:
        found[number] = await notices.get(conn, (await waves.get(conn, number)).notice)
    return found


def stands(notice: Notice, reminder: Address) -> bool:
    """Say whether what a reminder is about still holds: not all of it was taken back."""
    gone = notice.taken_back.issuperset(reminder.freed)
    return notice.state is not NoticeState.WITHDRAWN and not gone


async def _other_waves(
    conn: Connection, told: Collection[WaveId]
) -> Mapping[WaveId, frozenset[WaveId]]:
    """Return the other waves of the same notices, where there are any."""
    found = {}
    for number, notice in (await told_in(conn, told)).items():
        others = frozenset(one.id for one in await waves.of_notice(conn, notice.id)) - {number}
        if others:
            found[number] = others
    return found

"""Wishes: when and how each reader is told, by what he or she chose."""

import calendar
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from db import deliveries, people, waves
from db.connection import Connection, Database
from db.deliveries import Stored
from db.vault import ADDRESS, Vault
from model.clock import Clock
from model.deliveries import Address, DeliveryState, Lane
from model.notices import WaveKind
from model.people import PersonId
from model.readers import ChatId, ChatKind, Reader
from model.wishes import Rhythm, Wishes, hour_of
from services.readers import find, keep

MONTH_BEGINS = 3
"""Days on which a monthly note that was missed may still come."""


class Timing(NamedTuple):
    due: datetime
    """Not before then; never inside quiet hours."""
    silent: bool
    """Without a sound."""


def when(reader: Reader, lane: Lane, now: datetime) -> Timing:
    """Say when something in this lane may come to a reader, and whether without a sound.

    A correction comes at once through quiet hours and sleep: its sender decides whether aloud.
    """
    wishes = reader.wishes
    if lane is Lane.CORRECTION:
        return Timing(now, silent=False)
    due = wishes.awake_from(now)
    return Timing(due, silent=wishes.is_quiet(due))


def left_to_digest(reader: Reader, lane: Lane, now: datetime) -> bool:
    """Say whether news in this lane comes to a reader in a digest only: in the next, or in the
    one that tells on waking what came meanwhile."""
    wishes = reader.wishes
    if lane is Lane.CORRECTION:
        return False
    return wishes.is_asleep(now) or (lane is Lane.RELEASES and wishes.digest is not None)


def digest_since(reader: Reader, hour: datetime, before: Collection[datetime]) -> datetime | None:
    """Return from when on a digest of this hour tells a reader; ``None`` if none is wished now.

    ``before`` are the hours in which digests went out in the days before, latest first: the
    time of one that was missed is covered by the next. Whoever has just woken is told what came
    meanwhile.
    """
    wishes = reader.wishes
    if wishes.is_asleep(hour):
        return None
    woke = wishes.wakes
    if wishes.asleep and woke and not any(woke <= one for one in before):
        return wishes.asleep
    if not _is_hour_of_digest(wishes, hour):
        return None
    span = timedelta(days=1 if wishes.digest is Rhythm.DAILY else 7)
    last = next((one for one in before if _is_hour_of_digest(wishes, one)), hour - 2 * span)
    told = (at for at in (last, wishes.since, wishes.wakes) if at is not None)
    return max(told)


def _is_hour_of_digest(wishes: Wishes, at: datetime) -> bool:
    there = wishes.local(at)
    if wishes.digest is None or there.hour != wishes.hour:
        return False
    return wishes.digest is Rhythm.DAILY or there.weekday() == calendar.MONDAY


def may_begin_a_month(hour: datetime) -> bool:
    """Say whether the month has just begun somewhere on Earth."""
    there = (hour + timedelta(hours=offset) for offset in (-12, 0, 14))
    return any(moment.day <= MONTH_BEGINS for moment in there)


def is_told_monthly(reader: Reader, hour: datetime, before: Collection[datetime]) -> bool:
    """Say whether the monthly note of a reader goes out in this hour: at the beginning of the
    month, by the reader's own clock, unless one went out on a day before (``before``)."""
    wishes = reader.wishes
    there = wishes.local(hour)
    if not wishes.monthly or not reader.follows or wishes.is_asleep(hour):
        return False
    if there.hour != wishes.hour or there.day > MONTH_BEGINS:
        return False
    earlier = (wishes.local(one) for one in before)
    return not any(one.month == there.month and one.hour == there.hour for one in earlier)


def digest_to(reader: Reader, merged: Mapping[PersonId, PersonId], since: datetime) -> Address:
    """Say to whom a digest goes, and from when on it tells."""
    return Address(
        chat=reader.chat,
        kind=reader.kind,
        language=reader.language,
        discreet=reader.discreet,
        freed=tuple(sorted({merged.get(one, one) for one in reader.follows})),
        releases=False,
        since=since,
    )


class Choices:
    """What a chat chooses beyond whom and what it is told about.

    The hours of a reader who chose no time zone are the organisation's (``zone``).
    """

    def __init__(self, database: Database, vault: Vault, clock: Clock, zone: str) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._zone = zone

    async def choose(
        self,
        chat: ChatId,
        kind: ChatKind,
        change: Callable[[Wishes], Wishes],
        *,
        language: str,
    ) -> None:
        """Change what the chat wishes."""
        async with self._database.write() as conn:
            reader = await find(conn, self._vault, chat) or Reader(chat, language, kind)
            before = reader.wishes
            after = change(before._replace(zone=before.zone or self._zone))
            if after.digest is not before.digest:
                chosen = None if after.digest is None else _second(self._clock())
                after = after._replace(since=chosen)
            await keep(conn, self._vault, replace(reader, wishes=after))

    async def sleep(self, chat: ChatId, days: int, *, language: str) -> None:
        """Send the chat nothing for so many days, but corrections of what it was told. What it
        was to be told and was not yet, is told on waking with what comes meanwhile."""
        now = self._clock()
        async with self._database.write() as conn:
            reader = await find(conn, self._vault, chat) or Reader(chat, language)
            wishes = reader.wishes
            since = await self._untold_since(conn, chat, now)
            if wishes.asleep is not None and wishes.is_asleep(now):
                since = min(since, wishes.asleep)
            wishes = wishes._replace(
                zone=wishes.zone or self._zone,
                asleep=_second(since),
                wakes=hour_of(now + timedelta(days=days)),
            )
            await keep(conn, self._vault, replace(reader, wishes=wishes))

    async def wake(self, chat: ChatId) -> None:
        """Let news come again, and tell in one message what came meanwhile. Nothing happens to
        a chat that does not rest."""
        now = self._clock()
        async with self._database.write() as conn:
            reader = await find(conn, self._vault, chat)
            if reader is None or not reader.wishes.is_asleep(now):
                return
            since = reader.wishes.asleep
            wishes = reader.wishes._replace(asleep=None, wakes=_second(now))
            await keep(conn, self._vault, replace(reader, wishes=wishes))
            wave = await waves.add(conn, None, (), now, kind=WaveKind.WAKING, made=True)
            mark = self._vault.mark(wave, chat)
            address = digest_to(reader, await people.merged(conn, reader.follows), since or now)
            sealed = self._vault.seal(ADDRESS, mark, address)
            new = Stored(mark, wave, DeliveryState.QUEUED, Lane.DIGEST, sealed)
            await deliveries.add(conn, [(new, hour_of(now))])

    async def _untold_since(self, conn: Connection, chat: ChatId, now: datetime) -> datetime:
        """Return when the oldest news began that still waits for this chat."""
        since = now
        for one in await waves.current(conn):
            if one.wave.kind is WaveKind.NEWS and not one.withdrawn:
                found = await deliveries.find(conn, [self._vault.mark(one.wave.id, chat)])
                if any(each.state is DeliveryState.QUEUED for each in found):
                    since = min(since, one.wave.begun)
        return since


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)

"""Digests: begun by the clock, each hour, and read when they are sent or shown."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import date, datetime, timedelta

from db import events, interruptions, notices, people, waves
from db.connection import Connection, Database
from model.cards import Card
from model.clock import Clock
from model.custody import FREED, HELD
from model.deliveries import Address
from model.digests import Digest, Unchanged
from model.errors import NotFound
from model.notices import LISTING, NoticeState, WaveId, WaveKind
from model.people import PersonId
from model.wishes import LOOKS_BACK, hour_of
from services.overview import Overview
from services.search import Search
from services.wishes import may_begin_a_month

FREED_SHOWN = 10
LONGEST_SHOWN = 3
BIRTHDAYS_SHOWN = 5
_LOOKED_AT = 20
"""Of those of whom was heard least; the dates of some are coarse."""
LASTS = timedelta(minutes=1)
"""How long what is the same for many readers is told the same."""


class Digests:
    """One wave an hour carries the digests whose hour it is, in every time zone. A missed hour
    is not made up for: the next digest of its readers covers the time."""

    def __init__(
        self, database: Database, clock: Clock, search: Search, overview: Overview
    ) -> None:
        self._database = database
        self._clock = clock
        self._search = search
        self._overview = overview
        self._kept: dict[Hashable, tuple[datetime, tuple[Card, ...]]] = {}

    async def begin(self) -> bool:
        """Begin the waves of this hour that are not there; say whether there was one."""
        now = self._clock()
        hour = hour_of(now)
        kinds = [WaveKind.DIGEST, *([WaveKind.UNCHANGED] if may_begin_a_month(hour) else [])]
        async with self._database.read() as conn:
            if not await self._missing(conn, kinds, hour):
                return False
        async with self._database.write() as conn:
            if not await interruptions.may_begin(conn, now, hour):
                return False
            # Read again: another process may have begun them meanwhile.
            missing = await self._missing(conn, kinds, hour)
            for kind in missing:
                await waves.add(conn, None, (), hour, kind=kind)
            await waves.forget_hours(conn, hour - LOOKS_BACK)
        return bool(missing)

    async def read(self, wave: WaveId, told: Address) -> Digest | Unchanged | None:
        """Return what a wave tells a reader, as it stands now; ``None`` if that is nothing.

        Raises:
            NotFound: there is no such wave, or it tells something else.
        """
        async with self._database.read() as conn:
            one = await waves.get(conn, wave)
        followed = await self._search.cards(told.freed)
        if one.kind is WaveKind.UNCHANGED:
            held = tuple(card for card in followed if card.custody.status in HELD)
            return Unchanged(one.begun, held) if held else None
        if told.since is None:
            raise NotFound
        since, days = told.since, _coming(self._clock().date())
        freed = await self._once((since, one.begun), lambda: self._freed_between(since, one.begun))
        known = {card.person.id for card in followed}
        others = [card for card in freed if card.person.id not in known]
        held_now = await self._overview.held()
        birthdays = await self._once(tuple(days), lambda: self._birthdays(days))
        return Digest(
            since=since,
            until=one.begun,
            followed=followed,
            freed=tuple(others[:FREED_SHOWN]),
            more=max(0, len(others) - FREED_SHOWN),
            held=held_now.number,
            counted=held_now.at,
            longest=await self._once("longest", self._silent_longest),
            birthdays=tuple(
                # Those followed first.
                sorted(birthdays, key=lambda card: card.person.id not in known)[:BIRTHDAYS_SHOWN]
            ),
        )

    async def _missing(
        self, conn: Connection, kinds: Sequence[WaveKind], hour: datetime
    ) -> list[WaveKind]:
        return [kind for kind in kinds if not await waves.is_begun(conn, kind, hour)]

    async def _once(
        self, what: Hashable, read: Callable[[], Awaitable[tuple[Card, ...]]]
    ) -> tuple[Card, ...]:
        """Return what is the same for many readers as it was read within the last minute."""
        now = self._clock()
        self._kept = {one: kept for one, kept in self._kept.items() if now < kept[0]}
        if what not in self._kept:
            self._kept[what] = (now + LASTS, await read())
        return self._kept[what][1]

    async def _freed_between(self, since: datetime, until: datetime) -> tuple[Card, ...]:
        async with self._database.read() as conn:
            ids = await _told_free(conn, since, until)
            yesterday = until.date() - timedelta(days=1)
            ids += await events.freed_alone(conn, since.date(), yesterday)
        cards = {card.person.id: card for card in await self._search.cards(ids)}
        return tuple(card for card in cards.values() if card.custody.status in FREED)

    async def _silent_longest(self) -> tuple[Card, ...]:
        today = self._clock().date()
        async with self._database.read() as conn:
            ids = await events.silent_longest(conn, _LOOKED_AT)
        silent = sorted(
            (-(card.custody.days_without_news(today) or 0), card.person.ref, card)
            for card in await self._search.cards(ids)
        )
        return tuple(card for *_, card in silent[:LONGEST_SHOWN])

    async def _birthdays(self, days: Sequence[str]) -> tuple[Card, ...]:
        """Return those held who have a birthday on one of these days, in order."""
        async with self._database.read() as conn:
            ids = await people.with_birthdays(conn, days)
        coming = sorted(
            (days.index(card.person.birthday), card.person.ref, card)
            for card in await self._search.cards(ids)
            if card.custody.status in HELD
        )
        return tuple(card for *_, card in coming)


def _coming(today: date) -> list[str]:
    """Return the days of a week; who was born on 29 February has a birthday in every year."""
    days = [today + timedelta(days=n) for n in range(7)]
    found = [f"{day:%m-%d}" for day in days]
    if "03-01" in found and "02-29" not in found:
        found.insert(found.index("03-01"), "02-29")
    return found


async def _told_free(conn: Connection, since: datetime, until: datetime) -> tuple[PersonId, ...]:
    """Return whom news told to be free in this time, without those taken back."""
    found: dict[PersonId, None] = {}
    for wave in await waves.news_between(conn, since, until):
        notice = await notices.get(conn, wave.notice)
        if notice.kind in LISTING and notice.state is not NoticeState.WITHDRAWN:
            named = notice.facts.persons(wave.groups)
            found |= dict.fromkeys(p.id for p in named if p.id not in notice.taken_back)
    return tuple(found)

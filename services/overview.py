"""Overviews: how many are still held, and who was released last."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from db import events
from db.connection import Database
from model.cards import Card
from model.clock import Clock
from model.custody import FREED, HELD, custody_of
from services.search import Search

SHOWN_AT_MOST = 5
_LOOKED_AT = 4 * SHOWN_AT_MOST
"""Some of them are in prison again."""
COUNT_LASTS = timedelta(minutes=1)
PERSONS_AT_ONCE = 20_000
"""Persons counted in one transaction: nobody who writes waits for the whole list."""


@dataclass(frozen=True, slots=True)
class Held:
    """How many persons of the list are held, as far as was known at a moment."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Released:
    """Who was released last, latest first; ``more`` says that others were on the same day."""

    cards: tuple[Card, ...]
    more: bool = False


class Overview:
    """Tells what the list as a whole says. Hidden persons are neither named nor counted."""

    def __init__(self, database: Database, search: Search, clock: Clock) -> None:
        self._database = database
        self._search = search
        self._clock = clock
        self._counting = asyncio.Lock()
        self._held: Held | None = None
        self._until = datetime.min.replace(tzinfo=UTC)

    async def held(self) -> Held:
        """Count who is held; who asks within a minute, or longer, is told the same."""
        async with self._counting:
            now = self._clock()
            if self._held is None or not self._held.at <= now < self._until:
                self._held = Held(await self._count(), now)
                # A list so long that counting takes seconds is counted seldom.
                self._until = now + max(COUNT_LASTS, 100 * (self._clock() - now))
            return self._held

    async def released(self) -> Released:
        """Return who was released last; of those of one day no one before another."""
        async with self._database.read() as conn:
            ids = await events.freed_last(conn, _LOOKED_AT)
        cards = [card for card in await self._search.cards(ids) if card.custody.status in FREED]
        cards.sort(key=_freed_on, reverse=True)
        shown, rest = cards[:SHOWN_AT_MOST], cards[SHOWN_AT_MOST:]
        return Released(tuple(shown), bool(rest) and _freed_on(rest[0]) == _freed_on(shown[-1]))

    async def _count(self) -> int:
        number, last = 0, None
        while True:
            async with self._database.read() as conn:
                counted = await events.count_held(conn, last, PERSONS_AT_ONCE)
                histories = await events.of(conn, counted.doubtful)
            number += counted.held
            number += sum(custody_of(h).status in HELD for h in histories.values())
            if counted.last is None:
                return number
            last = counted.last


def _freed_on(card: Card) -> date:
    return card.custody.since.first if card.custody.since else date.min

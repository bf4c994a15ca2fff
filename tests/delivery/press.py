"""The press: brings news out as the editors' services do, without the editors."""

import itertools
from collections.abc import Collection, Sequence
from typing import Any

from db import events, notices, people, readers, releases, waves
from db.connection import Database
from db.vault import READER, Vault
from model.clock import Clock
from model.dates import PartialDate
from model.notices import (
    EventFacts,
    GroupFacts,
    NoticeId,
    NoticeKind,
    NoticeState,
    PersonFacts,
    Snapshot,
    Tally,
    WaveId,
)
from model.people import Event, EventId, EventKind, EventState, Name, Person, PersonId
from model.readers import ChatId, Reader
from model.releases import WHOLE

MARIA, ALES, IHAR, NINA = (PersonId(n) for n in (101, 102, 103, 104))
"""Known people; all invented."""


class Press:
    """What is in the database of a test, and how it gets there."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self.database = database
        self.vault = vault
        self.clock = clock
        self._refs = itertools.count(1)

    async def know(self, *persons: PersonId) -> None:
        """Know people by invented names."""
        async with self.database.write() as conn:
            for person in persons:
                names = (Name(f"Person {person}", "en"),)
                await people.add(conn, Person(person, f"ref-{person}", names), [person])

    async def happen(self, person: PersonId, kind: EventKind) -> None:
        """Publish that something happened to a person."""
        event = Event(EventId(person * 100 + 1), person, kind, PartialDate.parse("2025-05-01"), ())
        async with self.database.write() as conn:
            await events.add(conn, event, EventState.PUBLISHED)

    async def welcome(self, chat: int, **wishes: Any) -> Reader:
        """Make a chat a reader."""
        reader = Reader(ChatId(chat), wishes.pop("language", "en"), **wishes)
        locator = self.vault.locate(reader.chat)
        async with self.database.write() as conn:
            await readers.put(conn, locator, self.vault.seal(READER, locator, reader))
        return reader

    async def crowd(self, count: int, first: int = 5_000_000_000) -> range:
        """Make many chats readers of all release news."""
        chats = range(first, first + count)
        async with self.database.write() as conn:
            for chat in chats:
                reader = Reader(ChatId(chat), "en", releases=True)
                locator = self.vault.locate(reader.chat)
                await readers.put(conn, locator, self.vault.seal(READER, locator, reader))
        return chats

    async def release(self, *groups: Sequence[PersonId]) -> NoticeId:
        """Submit and approve a release: nothing of it is open yet."""
        async with self.database.write() as conn:
            number = await releases.add(conn, f"release-{next(self._refs)}")
            facts = [
                GroupFacts(
                    await releases.add_group(conn, number, "LT", f"Place {place}"),
                    "LT",
                    f"Place {place}",
                    (),
                    tuple(PersonFacts(person, {"en": f"Person {person}"}) for person in group),
                )
                for place, group in enumerate(groups)
            ]
            snapshot = Snapshot(
                NoticeKind.RELEASE, number, "2025-12-13", (), (), tuple(facts), list_closed=False
            )
            return await self._approve(conn, snapshot)

    async def tell_of(self, *persons: PersonId) -> NoticeId:
        """Submit and approve that people were transferred: nothing of it is said yet."""
        named = tuple(PersonFacts(person, {"en": f"Person {person}"}) for person in persons)
        snapshot = Snapshot(
            NoticeKind.EVENTS,
            None,
            "2025-12-12",
            (),
            ("HRW|https://example.org/",),
            (GroupFacts(WHOLE, "", "", (), named),),
            list_closed=False,
            events=tuple(
                EventFacts(
                    EventId(person * 100 + 7),
                    person,
                    EventKind.TRANSFERRED,
                    "2025-12-12",
                    ("HRW|https://example.org/",),
                )
                for person in persons
            ),
        )
        async with self.database.write() as conn:
            return await self._approve(conn, snapshot)

    async def merge(self, one: PersonId, into: PersonId) -> None:
        """Find out that two entries are one person."""
        async with self.database.write() as conn:
            person = (await people.get_many(conn, [into]))[into]
            await people.merge(conn, one, person, [int(into)])

    async def open(self, notice: NoticeId, *which: int) -> WaveId:
        """Let groups of a release out, all of them if none is said."""
        async with self.database.write() as conn:
            facts = (await notices.get(conn, notice)).facts
            chosen = [facts.groups[n] for n in which] or facts.groups
            await notices.move(conn, notice, NoticeState.GOING_OUT)
            return await waves.add(conn, notice, [g.id for g in chosen], self.clock())

    async def correct(self, notice: NoticeId, *persons: PersonId) -> WaveId:
        """Take persons out of a release."""
        return await self._take_back(notice, NoticeKind.CORRECTION, persons)

    async def withdraw(self, notice: NoticeId) -> WaveId:
        """Take a release back as a whole."""
        async with self.database.read() as conn:
            facts = (await notices.get(conn, notice)).facts
        everybody = [person.id for person in facts.persons(facts.every_group)]
        wave = await self._take_back(notice, NoticeKind.WITHDRAWAL, everybody)
        async with self.database.write() as conn:
            await notices.move(conn, notice, NoticeState.WITHDRAWN)
        return wave

    async def stop(self, notice: NoticeId, stopped: bool = True) -> None:
        """Stop a notice, or let it go on."""
        async with self.database.write() as conn:
            await notices.stop(conn, notice, stopped)

    async def close(self, notice: NoticeId) -> None:
        """Say of a notice that it is out."""
        async with self.database.write() as conn:
            await notices.move(conn, notice, NoticeState.OUT)

    async def tally(self, wave: WaveId) -> Tally:
        """Count how a wave stands."""
        async with self.database.read() as conn:
            return (await waves.tallies(conn, [wave]))[wave]

    async def readers_left(self) -> int:
        """Count the readers."""
        async with self.database.read() as conn:
            return await readers.count(conn)

    async def _take_back(
        self, notice: NoticeId, kind: NoticeKind, persons: Collection[PersonId]
    ) -> WaveId:
        async with self.database.write() as conn:
            wrong = await notices.get(conn, notice)
            facts = tuple(
                GroupFacts(
                    g.id, g.country, g.place, (), tuple(p for p in g.persons if p.id in persons)
                )
                for g in wrong.facts.groups
                if any(p.id in persons for p in g.persons)
            )
            snapshot = Snapshot(
                kind, wrong.of, wrong.facts.on, (), (), facts, list_closed=False,
                events=tuple(e for e in wrong.facts.events if e.person in persons),
            )  # fmt: skip
            number = await self._approve(conn, snapshot, corrects=notice)
            await notices.take_back(conn, notice, persons)
            await notices.move(conn, number, NoticeState.GOING_OUT)
            return await waves.add(conn, number, [g.id for g in facts], self.clock())

    async def _approve(
        self, conn: Any, snapshot: Snapshot, corrects: NoticeId | None = None
    ) -> NoticeId:
        number = await notices.add(
            conn, snapshot.kind, snapshot.release, None, self.clock(), corrects=corrects
        )
        await notices.freeze(conn, number, None, snapshot)
        await notices.move(conn, number, NoticeState.HELD)
        return number

"""Events are proposed, published, retracted, and told oldest first."""

from dataclasses import replace
from datetime import date

import pytest

from db import events, people, releases
from db.connection import Connection, Database
from model.dates import PartialDate
from model.people import (
    Confidence,
    Event,
    EventId,
    EventKind,
    EventState,
    Manner,
    Name,
    Person,
    PersonId,
    Place,
    Source,
    Visibility,
)

ALENA = Person(PersonId(1), "alena", (Name("Алена Лясная", "be"),))
HIDDEN = Person(PersonId(2), "hidden", (Name("Ганна", "be"),), visibility=Visibility.HIDDEN)
RADIO = Source("Radio", "https://example.org/1", date(2025, 12, 13))
PAPER = Source("Paper")

ARREST = Event(
    EventId(2**62),
    ALENA.id,
    EventKind.DETAINED,
    PartialDate.parse("2020-09"),
    (RADIO, PAPER),
    place=Place("BY", {"be": "Мінск"}),
    notes={"be": "на вуліцы"},
)
TALK = Event(EventId(3), ALENA.id, EventKind.CONTACT, None, ())
FREED = Event(
    EventId(4),
    ALENA.id,
    EventKind.RELEASED,
    PartialDate.parse("2025-12-13"),
    (RADIO,),
    manner=Manner.PARDON,
    months=12,
    confidence=Confidence.REPORTED,
)


@pytest.fixture
async def listed(database: Database) -> Database:
    async with database.write() as conn:
        await people.add_many(conn, [(ALENA, [1]), (HIDDEN, [1])])
    return database


async def history(conn: Connection, *, hidden: bool = False) -> tuple[Event, ...]:
    return (await events.of(conn, [ALENA.id], hidden=hidden)).get(ALENA.id, ())


async def test_what_is_written_is_read_oldest_first(listed: Database) -> None:
    async with listed.write() as conn:
        for happened in (FREED, ARREST, TALK):
            await events.add(conn, happened, EventState.PUBLISHED)
    async with listed.read() as conn:
        assert await history(conn) == (TALK, ARREST, FREED)


async def test_a_source_that_is_named_twice_counts_once(listed: Database) -> None:
    async with listed.write() as conn:
        await events.add(conn, replace(FREED, sources=(RADIO, RADIO)), EventState.PUBLISHED)
    async with listed.read() as conn:
        assert await history(conn) == (FREED,)


async def test_nothing_happened_to_strangers(listed: Database) -> None:
    async with listed.read() as conn:
        assert await events.of(conn, [PersonId(77)]) == {}
        assert await events.of(conn, []) == {}


async def test_a_release_is_told_when_it_is_published_and_until_it_is_retracted(
    listed: Database,
) -> None:
    async with listed.write() as conn:
        release = await releases.add(conn, "release")
        other = await releases.add(conn, "other")
        freed = replace(FREED, release=release)
        await events.propose(conn, freed)
        await events.add(conn, ARREST, EventState.PUBLISHED)
        assert await history(conn) == (ARREST,)
        await events.publish(conn, EventId(77))
        assert await history(conn) == (ARREST,)
        await events.publish(conn, freed.id)
        assert await history(conn) == (ARREST, freed)
        await events.retract(conn, other, [ALENA.id])
        await events.retract(conn, release, [HIDDEN.id])
        assert await history(conn) == (ARREST, freed)
        await events.retract(conn, release, [ALENA.id])
        await events.publish(conn, freed.id)
        assert await history(conn) == (ARREST,)


async def test_one_event_can_be_taken_back(listed: Database) -> None:
    async with listed.write() as conn:
        await events.add(conn, ARREST, EventState.PUBLISHED)
        await events.withdraw(conn, ARREST.id)
        assert await history(conn, hidden=True) == ()


async def test_nothing_is_told_of_the_hidden_but_to_editors(listed: Database) -> None:
    secret = replace(ARREST, person=HIDDEN.id)
    async with listed.write() as conn:
        await events.add(conn, secret, EventState.PUBLISHED)
        assert await events.of(conn, [HIDDEN.id]) == {}
        assert await events.of(conn, [HIDDEN.id], hidden=True) == {HIDDEN.id: (secret,)}

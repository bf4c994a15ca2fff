"""How many are held, and who was released last: as the cards say, and of nobody hidden."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from random import Random

import pytest
from sqlalchemy import insert

from db import events, people, tables
from db.connection import Database
from model.custody import HELD, custody_of
from model.dates import PartialDate
from model.people import (
    Event,
    EventId,
    EventKind,
    EventState,
    Name,
    Person,
    PersonId,
    Visibility,
)
from services import overview
from services.overview import Overview
from services.search import Search
from tests.watch import Watch

K = EventKind
History = Sequence[tuple[EventKind, str]]
NUMBERS = count(1)


@pytest.fixture
def told(database: Database, clock: Watch) -> Overview:
    return Overview(database, Search(database), clock)


def lived(person: PersonId, history: History) -> list[Event]:
    dates = [PartialDate.parse(on) if on else None for _, on in history]
    return [
        Event(EventId(next(NUMBERS)), person, kind, on, ())
        for (kind, _), on in zip(history, dates, strict=True)
    ]


async def put(
    database: Database,
    number: int,
    history: History,
    *,
    visibility: Visibility = Visibility.PUBLIC,
    state: EventState = EventState.PUBLISHED,
) -> None:
    name = Name(f"Алесь Верабей-{number}", "be")
    person = Person(PersonId(number), f"p-{number}", (name,), visibility=visibility)
    async with database.write() as conn:
        await people.add(conn, person, [])
        for event in lived(person.id, history):
            await events.add(conn, event, state)


ARRESTED = [(K.DETAINED, "2020-09")]
FREED = [*ARRESTED, (K.RELEASED, "2025-12-13")]


async def test_an_empty_list_holds_nobody(told: Overview) -> None:
    assert (await told.held()).number == 0
    assert (await told.released()).cards == ()


@pytest.mark.parametrize(
    ("history", "held"),
    [
        (ARRESTED, 1),
        ([(K.IMPRISONED, "")], 1),
        ([(K.HOUSE_ARREST, "2024")], 1),
        (FREED, 0),
        ([(K.RELEASED, "2025")], 0),
        ([(K.CHARGED, "2020")], 0),
        ([], 0),
        ([*FREED, (K.DETAINED_AGAIN, "2025-12-20")], 1),
        ([*FREED, (K.DETAINED, "2024-01"), (K.SENTENCED, "2026")], 0),
        ([*FREED, (K.SENTENCED, "2026-01")], 0),
        ([*FREED, (K.IMPRISONED, "2026-01")], 1),
        ([*ARRESTED, (K.RELEASED, "")], 1),
        ([*ARRESTED, (K.DIED, "2024")], 0),
    ],
)
async def test_who_is_held_is_counted_as_the_card_says(
    told: Overview, database: Database, history: History, held: int
) -> None:
    await put(database, 1, history)
    assert (custody_of(lived(PersonId(1), history)).status in HELD) == bool(held)
    assert (await told.held()).number == held


async def test_a_long_list_is_counted_in_parts(
    told: Overview, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "PERSONS_AT_ONCE", 3)
    for number in range(1, 13):
        await put(database, number, FREED if number % 4 == 0 else ARRESTED)
    assert (await told.held()).number == 9


async def test_who_is_hidden_or_not_yet_told_of_is_not_counted(
    told: Overview, database: Database
) -> None:
    await put(database, 1, ARRESTED)
    await put(database, 2, ARRESTED, visibility=Visibility.HIDDEN)
    await put(database, 3, FREED, visibility=Visibility.HIDDEN)
    await put(database, 4, FREED, state=EventState.PROPOSED)
    assert (await told.held()).number == 1
    assert (await told.released()).cards == ()


async def test_a_count_is_kept_for_a_minute(
    told: Overview, database: Database, clock: Watch
) -> None:
    first = await told.held()
    await put(database, 1, ARRESTED)
    clock.advance(timedelta(seconds=59))
    assert await told.held() == first
    clock.advance(timedelta(seconds=1))
    again = await told.held()
    assert (again.number, again.at) == (1, clock())


async def test_what_takes_long_to_count_is_counted_seldom(
    database: Database, clock: Watch
) -> None:
    begin = clock()
    seconds = [0, 6, 599, 601, 601]
    times = iter([begin + timedelta(seconds=each) for each in seconds])
    told = Overview(database, Search(database), lambda: next(times))
    assert (await told.held()).at == begin
    assert (await told.held()).at == begin
    assert (await told.held()).at == begin + timedelta(seconds=601)


async def test_a_count_from_the_future_is_not_believed(
    told: Overview, database: Database, clock: Watch
) -> None:
    await told.held()
    await put(database, 1, ARRESTED)
    clock.advance(timedelta(minutes=-5))
    assert (await told.held()).number == 1


async def test_many_who_ask_at_once_are_counted_for_once(
    told: Overview, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    count_held = events.count_held

    async def noted(*given: object) -> events.Count:
        counted.append(given)
        return await count_held(*given)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(events, "count_held", noted)
    await asyncio.gather(*(told.held() for _ in range(5)))
    assert len(counted) == 1


async def test_those_released_last_come_first(told: Overview, database: Database) -> None:
    for number, on in enumerate(("2024-05", "2025-12-13", "2023", "2025-12-12", "2025-01-01"), 1):
        await put(database, number, [*ARRESTED, (K.RELEASED, on)])
    await put(database, 6, [*ARRESTED, (K.TAKEN_ABROAD, "2025-11-22")])
    await put(database, 7, [*FREED, (K.DETAINED_AGAIN, "2025-12-14")])
    released = await told.released()
    assert [card.person.id for card in released.cards] == [2, 4, 6, 5, 1]
    assert not released.more


async def test_of_many_of_one_day_five_are_named(told: Overview, database: Database) -> None:
    for number in range(1, 8):
        await put(database, number, FREED)
    released = await told.released()
    assert (len(released.cards), released.more) == (5, True)


KINDS = [kind for kind in K if kind is not K.DIED]
DATES = ["", "2020", "2020-05", "2020-05-01", "2020-05-02", "2020-06", "2021"]


async def test_the_count_agrees_with_the_cards_whatever_happened(
    told: Overview, database: Database
) -> None:
    chance = Random(2025)
    histories = [
        lived(
            PersonId(number),
            [(chance.choice(KINDS), chance.choice(DATES)) for _ in range(chance.randint(0, 5))],
        )
        for number in range(1, 3001)
    ]
    rows = [
        {
            "id": each.id,
            "person": each.person,
            "kind": each.kind,
            "state": EventState.PUBLISHED,
            "confidence": each.confidence,
            "on_value": each.on.value if each.on else None,
            "on_precision": each.on.precision if each.on else None,
        }
        for history in histories
        for each in history
    ]
    name = (Name("Янка Верабей", "be"),)
    async with database.write() as conn:
        everybody = [Person(PersonId(n), f"p-{n}", name) for n in range(1, 3001)]
        await people.add_many(conn, [(one, ()) for one in everybody])
        await conn.execute(insert(tables.event), rows)
    held = sum(custody_of(history).status in HELD for history in histories)
    assert 500 < held < 2500
    assert (await told.held()).number == held

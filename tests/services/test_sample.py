"""The sample world: what is known, and what was known on an earlier morning."""

from collections.abc import Callable
from datetime import date
from importlib.resources import files

import pytest

from db import events, people, releases
from db.connection import Database
from exchange.sample import Sample, read
from model.cards import Card
from model.custody import Status
from model.people import EventKind
from model.releases import LineState, ReleaseId
from services.matching import Matching, read_list
from services.sample import SampleWorld
from services.search import Search
from tests.watch import Watch

FOLDER = files("bot") / "sample"


@pytest.fixture(scope="module")
def sample() -> Sample:
    return read((FOLDER / "release-2025-12-13.json").read_bytes())


@pytest.fixture
def world(database: Database, random: Callable[[int], int]) -> SampleWorld:
    return SampleWorld(database, random)


async def card(database: Database, clock: Watch, ref: str) -> Card:
    async with database.read() as conn:
        person = (await people.by_ref(conn, [ref]))[ref]
    return await Search(database).card(person.id)


async def test_everything_is_known_in_the_end(
    world: SampleWorld, sample: Sample, database: Database, clock: Watch
) -> None:
    await world.load(sample)
    kalesnikava = await card(database, clock, "kalesnikava")
    assert kalesnikava.custody.status is Status.ABROAD
    assert {e.release for e in kalesnikava.events if e.kind is EventKind.RELEASED} == {1}
    stefanovic = await card(database, clock, "stefanovic")
    assert stefanovic.custody.status is Status.IMPRISONED
    assert [event.kind for event in stefanovic.events] == [EventKind.IMPRISONED]
    async with database.read() as conn:
        release = await releases.get(conn, ReleaseId(1))
    assert [count.number for count in release.counts] == [123]
    assert [[count.number for count in group.counts] for group in release.groups] == [
        [114],
        [9, 8, 8],
    ]


async def test_on_the_morning_of_the_day_nobody_was_free(
    world: SampleWorld, sample: Sample, database: Database
) -> None:
    await world.load(sample, as_of=date(2025, 12, 13))
    async with database.read() as conn:
        everybody = await people.chunk(conn, None, 99, hidden=True)
        histories = await events.of(conn, [person.id for person in everybody])
    assert len(everybody) == len(sample.people)
    kinds = {event.kind for history in histories.values() for event in history}
    assert kinds == {EventKind.DETAINED, EventKind.SENTENCED, EventKind.NO_CONTACT}


async def test_the_list_of_the_freed_needs_an_editor_for_two_lines(
    world: SampleWorld, sample: Sample, database: Database, clock: Watch
) -> None:
    await world.load(sample, as_of=date(2025, 12, 13))
    pasted = read_list((FOLDER / "freed-2025-12-13.txt").read_text("utf-8"))
    assert [[count.number for count in group.counts] for group in pasted.groups] == [
        [],
        [114],
        [9, 8, 8],
    ]
    assert [count.number for count in pasted.counts] == [123]
    matches = await Matching(database, clock).match([name.text for name in pasted.names])
    freed = {
        person.ref
        for person in sample.people
        if any(event.release == sample.release.ref for event in person.events)
    }
    sure = {match.person.ref for match in matches if match.person is not None}
    assert freed - sure == {"labkovich"}
    assert sure < freed
    assert [match.state for match in matches].count(LineState.CHOOSE) == 1
    assert [match.state for match in matches].count(LineState.UNKNOWN) == 1

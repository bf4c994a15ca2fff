"""The list of people: what a file changes, what is written out, and staying findable."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

import services.people
from db import audit, events, people
from db.connection import Database
from db.vault import Vault
from exchange.people import Entry, Told, read, write_json
from model.cards import Card
from model.custody import Status
from model.dates import PartialDate
from model.people import (
    EventKind,
    Gender,
    Name,
    NameKind,
    Person,
    PersonId,
    Place,
    Source,
    Visibility,
)
from names import keys_of
from services.people import Differences, People
from services.search import AnswerKind, Search
from services.spelling import Names, Spell, Spelt
from tests.watch import Watch

RADIO = Source("Radio", "https://example.org/1")
ARREST = Told(EventKind.DETAINED, PartialDate.parse("2020-09-07"), RADIO)
ALENA = Entry(
    line=2,
    ref="alena",
    names=(
        Name("Алена Лясная", "be"),
        Name("Алена Лесная", "ru"),
        Name("Леся", kind=NameKind.ALIAS),
    ),
    gender=Gender.FEMALE,
    born=1990,
    about={"en": "teacher"},
    recognised_by="Viasna",
    told=(ARREST,),
    birthday="05-17",
)


@pytest.fixture
def list_of_people(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> People:
    return People(database, vault, clock, random)


async def everybody(list_of_people: People) -> list[Card]:
    return [card async for card in list_of_people.export()]


async def test_a_long_file_says_how_far_it_has_come(list_of_people: People) -> None:
    told: list[tuple[int, int]] = []
    many = [replace(ALENA, ref=f"alena-{number}", told=()) for number in range(250)]
    await list_of_people.apply(many, progress=lambda *how_far: told.append(how_far))
    assert told == [(0, 250), (0, 250), (100, 250), (200, 250)]


async def test_others_write_while_the_keys_of_a_file_are_made(
    list_of_people: People,
    database: Database,
    vault: Vault,
    clock: Watch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody waits for them, and what was written then is neither lost nor written twice."""
    barys = replace(ALENA, ref="barys", names=(Name("Барыс Палявы", "be"),), told=())
    beside = People(database, vault, clock, lambda _: 77)

    @asynccontextmanager
    async def slowly(_many: int) -> AsyncIterator[Spell]:
        async def spell(called: Sequence[Names]) -> Spelt:
            monkeypatch.undo()
            await beside.apply([replace(barys, names=(Name("Барыс Рачны", "be"),))])
            return {names: keys_of(names) for names in called}

        yield spell

    monkeypatch.setattr(services.people, "spelling", slowly)
    found = await list_of_people.apply([replace(ALENA, told=()), barys])
    assert [entry.ref for entry in found.new] == ["alena"]
    assert [change.person.ref for change in found.changed] == ["barys"]
    search = Search(database)
    assert (await search.find("Барыс Палявы")).refs == ("barys",)
    assert (await search.find("Алена Лясная")).refs == ("alena",)


async def test_a_file_brings_somebody_new(
    list_of_people: People, database: Database, clock: Watch
) -> None:
    assert await list_of_people.differences([ALENA]) == Differences(new=(ALENA,))
    assert await everybody(list_of_people) == []
    await list_of_people.apply([ALENA])
    (card,) = await everybody(list_of_people)
    assert (card.person.ref, card.person.names) == (ALENA.ref, ALENA.names)
    assert card.person.birthday == "05-17"
    assert card.custody.status is Status.DETAINED
    answer = await Search(database).ask("Алена Лясная")
    assert (answer.kind, answer.cards) == (AnswerKind.ONE, (card,))


async def test_the_same_file_again_changes_nothing(list_of_people: People) -> None:
    await list_of_people.apply([ALENA])
    assert await list_of_people.differences([ALENA]) == Differences(same=1)


async def test_what_a_file_leaves_out_stays(list_of_people: People, database: Database) -> None:
    await list_of_people.apply([ALENA])
    more = Entry(
        line=2,
        ref="alena",
        names=(
            Name("Алёна Лесная", "ru"),
            Name("Alena Lasnaja", "en"),
            Name("Леся", kind=NameKind.ALIAS),
            Name("Лена", kind=NameKind.ALIAS),
        ),
        about={"be": "настаўніца"},
    )
    changed = await list_of_people.apply([more])
    assert (len(changed.changed), changed.odd) == (1, ())
    (card,) = await everybody(list_of_people)
    assert card.person.names == (
        Name("Алена Лясная", "be"),
        Name("Алёна Лесная", "ru"),
        Name("Леся", kind=NameKind.ALIAS),
        Name("Alena Lasnaja", "en"),
        Name("Лена", kind=NameKind.ALIAS),
    )
    assert card.person.about == {"en": "teacher", "be": "настаўніца"}
    assert (card.person.gender, card.person.born) == (Gender.FEMALE, 1990)
    assert len(card.events) == 1


async def test_something_new_that_happened_is_added(list_of_people: People) -> None:
    await list_of_people.apply([ALENA])
    freed = Told(EventKind.RELEASED, PartialDate.parse("2025-12-13"), RADIO, Place("LT"))
    found = await list_of_people.apply([replace(ALENA, told=(ARREST, freed))])
    assert [change.happened for change in found.changed] == [(freed,)]
    (card,) = await everybody(list_of_people)
    assert card.custody.status is Status.FREE


@pytest.mark.parametrize("end", [EventKind.RELEASED, EventKind.DIED])
async def test_bringing_back_the_free_or_the_dead_is_odd(
    list_of_people: People, end: EventKind
) -> None:
    over = Told(end, PartialDate.parse("2025-12-13"), RADIO)
    await list_of_people.apply([replace(ALENA, told=(ARREST, over))])
    held = Told(EventKind.IMPRISONED, PartialDate.parse("2025-12-15"), RADIO)
    found = await list_of_people.differences([replace(ALENA, told=(held,))])
    assert len(found.odd) == 1


async def test_a_file_is_recorded_without_names(
    list_of_people: People, database: Database, vault: Vault
) -> None:
    await list_of_people.apply([ALENA])
    async with database.read() as conn:
        assert (await audit.verify(conn, vault)).number == 1


async def test_nobody_hidden_is_written_out(list_of_people: People, database: Database) -> None:
    await list_of_people.apply([ALENA])
    (card,) = await everybody(list_of_people)
    async with database.write() as conn:
        await people.hide(conn, [card.person.id])
    assert await everybody(list_of_people) == []


async def test_a_file_changes_the_hidden_and_keeps_them_hidden(
    list_of_people: People, database: Database
) -> None:
    hidden = Person(PersonId(7), "alena", (Name("Алена", "be"),), visibility=Visibility.HIDDEN)
    async with database.write() as conn:
        await people.add(conn, hidden, [])
    await list_of_people.apply([ALENA])
    async with database.read() as conn:
        assert await people.public(conn, [hidden.id]) == {}
        assert len((await events.of(conn, [hidden.id], hidden=True))[hidden.id]) == 1


async def test_what_is_written_out_reads_back_the_same(list_of_people: People) -> None:
    status = Told(
        EventKind.IMPRISONED, PartialDate.parse("2025"), RADIO, Place("BY", {"en": "Homel"})
    )
    sentence = Told(EventKind.SENTENCED, PartialDate.parse("2021-02"), RADIO, months=60)
    await list_of_people.apply([replace(ALENA, told=(ARREST, sentence, status))])
    written = "".join(write_json(await everybody(list_of_people))).encode()
    assert await list_of_people.differences(read(written)) == Differences(same=1)

"""Everybody is filed where today's questions look."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from db import filing, meta, people
from db.connection import Connection, Database, open_database
from db.tables import bearer
from db.tables import filing as filed_by_person
from model.people import Gender, Name, Person, PersonId, Visibility
from names import ALGORITHM
from services import name_index
from services.name_index import NameIndex, keys_of_person
from services.search import AnswerKind, Search
from tests.watch import Watch

ALENA = Person(PersonId(1), "lasnaja", (Name("Алена Лясная", "be"),), Gender.FEMALE)


async def filed(database: Database) -> dict[PersonId, frozenset[int]]:
    async with database.read() as conn:
        rows = (await conn.execute(select(filed_by_person))).all()
        found = {PersonId(person): frozenset(keys) for person, keys in rows}
        by_key = {tuple(row) for row in await conn.execute(select(bearer.c.person, bearer.c.key))}
    both_ways = {(person, key) for person, keys in found.items() for key in keys}
    assert by_key == (both_ways if database.is_sqlite else set())
    return found


async def test_everybody_is_filed_anew_when_names_are_read_differently(
    database: Database, clock: Watch
) -> None:
    names = NameIndex(database)
    async with database.write() as conn:
        await people.add(conn, ALENA, keys_of_person(ALENA))
        await filing.put(conn, [(ALENA, [1])])
        await meta.put(conn, "names.algorithm", str(ALGORITHM - 1))
    assert not await names.is_current()
    search = Search(database)
    assert (await search.ask("Алена Лясная")).kind is AnswerKind.NOBODY
    told: list[tuple[int, int]] = []
    assert await names.rebuild(lambda *how_far: told.append(how_far)) == 1
    assert told == [(0, 1), (1, 1)]
    assert (await search.ask("Алена Лясная")).kind is AnswerKind.ONE
    assert await names.is_current()


async def test_a_rebuild_that_was_broken_off_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_index, "_BATCH_ALONE", 2)
    everybody = [replace(ALENA, id=PersonId(n), ref=f"lasnaja-{n}") for n in range(1, 8)]
    async with database.write() as conn:
        await people.add_many(conn, [(one, [1]) for one in everybody])

    class BrokenOff(Exception):
        pass

    def break_off(done: int, _: int) -> None:
        if done == 4:
            raise BrokenOff

    names = NameIndex(database)
    with pytest.raises(BrokenOff):
        await names.rebuild(break_off)
    told: list[tuple[int, int]] = []
    assert await names.rebuild(lambda *how_far: told.append(how_far)) == 7
    assert told == [(4, 7), (6, 7), (7, 7)]
    assert await filed(database) == {one.id: keys_of_person(ALENA) for one in everybody}
    # And the next one begins again.
    await names.rebuild(lambda *how_far: told.append(how_far))
    assert told[3] == (0, 7)


async def test_what_another_algorithm_filed_is_taken_away_first(database: Database) -> None:
    names = NameIndex(database)
    async with database.write() as conn:
        await people.add(conn, ALENA, [1])
        await meta.put(conn, "names.algorithm", str(ALGORITHM - 1))

    class BrokenOff(Exception):
        pass

    def break_off(done: int, _: int) -> None:
        raise BrokenOff

    with pytest.raises(BrokenOff):
        await names.rebuild(break_off)
    assert await filed(database) == {}
    assert not await names.is_current()
    assert await names.rebuild() == 1
    assert await filed(database) == {ALENA.id: keys_of_person(ALENA)}


async def test_a_rebuild_for_an_older_algorithm_is_not_gone_on_with(database: Database) -> None:
    async with database.write() as conn:
        await people.add(conn, ALENA, [1])
        await meta.put(conn, "names.rebuilt", f"{ALGORITHM - 1} {ALENA.id} 1")
    await NameIndex(database).rebuild()
    assert await filed(database) == {ALENA.id: keys_of_person(ALENA)}


async def test_others_write_while_everybody_is_filed_anew(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who is renamed, or comes, meanwhile is filed by the new name."""
    await NameIndex(database).rebuild()
    monkeypatch.setattr(name_index, "_BATCH", 1)
    many = [replace(ALENA, id=PersonId(n), ref=f"lasnaja-{n}") for n in range(10, 30)]
    async with database.write() as conn:
        await people.add_many(conn, [(one, [1]) for one in many])
    renamed = replace(many[-1], names=(Name("Ганна Лугавая", "be"),))
    come = replace(renamed, id=PersonId(5), ref="luhavaja")
    beside = open_database(database_url)

    async def write() -> None:
        async with beside.write() as conn:
            await people.change(conn, renamed, keys_of_person(renamed))
            await people.add(conn, come, keys_of_person(come))

    await asyncio.gather(NameIndex(database).rebuild(), write())
    await beside.close()
    assert await filed(database) == {
        one.id: keys_of_person(one) for one in [come, *many[:-1], renamed]
    }


async def is_filed_right(database: Database) -> bool:
    """Say whether everybody is filed under all their names, for readers if they may know."""
    async with database.read() as conn:
        everybody = await people.chunk(conn, None, 99, hidden=True)
    return await filed(database) == {
        one.id: frozenset(
            key if one.visibility is Visibility.PUBLIC else ~key for key in keys_of_person(one)
        )
        for one in everybody
    }


HANNA = Person(PersonId(2), "luhavaja", (Name("Ганна Лугавая", "be"),), Gender.FEMALE)
BARYS = Person(PersonId(3), "palavy", (Name("Барыс Палявы", "be"),), Gender.MALE)
RENAMED = replace(HANNA, names=(*HANNA.names, Name("Анна Рачная", "be")))
BOTH = replace(HANNA, names=(*HANNA.names, *ALENA.names))

CHANGES: dict[str, Callable[[Connection], Awaitable[None]]] = {
    "somebody comes": lambda conn: people.add(conn, BARYS, keys_of_person(BARYS)),
    "somebody is renamed": lambda conn: people.change(conn, RENAMED, keys_of_person(RENAMED)),
    "somebody is hidden": lambda conn: people.hide(conn, [HANNA.id]),
    "somebody is published": lambda conn: people.publish(conn, [ALENA.id]),
    "two are one": lambda conn: people.merge(conn, ALENA.id, BOTH, keys_of_person(BOTH)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_who_changes_is_filed_anew_at_once_or_not_at_all(
    database: Database, change: Callable[[Connection], Awaitable[None]]
) -> None:
    hidden = replace(ALENA, visibility=Visibility.HIDDEN)
    async with database.write() as conn:
        everybody = [(one, keys_of_person(one)) for one in (hidden, HANNA)]
        await people.add_many(conn, everybody)
    before = await filed(database)

    async def fail() -> None:
        async with database.write() as conn:
            await change(conn)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await filed(database) == before
    assert await is_filed_right(database)
    async with database.write() as conn:
        await change(conn)
    assert await is_filed_right(database)


async def test_a_new_database_is_filed_once_to_say_so(database: Database) -> None:
    names = NameIndex(database)
    assert not await names.is_current()
    assert await names.rebuild() == 0
    assert await names.is_current()

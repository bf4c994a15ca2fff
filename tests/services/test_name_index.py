"""Everybody is filed where today's questions look."""

from db import meta, people
from db.connection import Database
from model.people import Gender, Name, Person, PersonId
from names import ALGORITHM
from services.name_index import NameIndex, keys_of_person
from services.search import AnswerKind, Search
from tests.watch import Watch

ALENA = Person(PersonId(1), "lasnaja", (Name("Алена Лясная", "be"),), Gender.FEMALE)


async def test_everybody_is_filed_anew_when_names_are_read_differently(
    database: Database, clock: Watch
) -> None:
    names = NameIndex(database)
    async with database.write() as conn:
        await people.add(conn, ALENA, keys_of_person(ALENA))
        await people.put_keys(conn, ALENA, [1])
        await meta.put(conn, "names.algorithm", str(ALGORITHM - 1))
    assert not await names.is_current()
    search = Search(database)
    assert (await search.ask("Алена Лясная")).kind is AnswerKind.NOBODY
    told: list[int] = []
    assert await names.rebuild(told.append) == 1
    assert told == [1]
    assert (await search.ask("Алена Лясная")).kind is AnswerKind.ONE
    assert await names.is_current()


async def test_a_new_database_is_filed_once_to_say_so(database: Database) -> None:
    names = NameIndex(database)
    assert not await names.is_current()
    assert await names.rebuild() == 0
    assert await names.is_current()

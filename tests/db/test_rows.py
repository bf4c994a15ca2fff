"""Writing a row that may be there already."""

from sqlalchemy import select

from db import rows, tables
from db.connection import Database


async def test_what_is_not_given_stays_as_it_was(database: Database) -> None:
    async with database.write() as conn:
        row = {"id": 7, "ref": "hanna", "visibility": "public", "born": 1990}
        await rows.put(conn, tables.person, row)
        await rows.put(conn, tables.person, {"id": 7, "ref": "hanna-2", "visibility": "hidden"})
        found = (await conn.execute(select(tables.person))).one()
    assert (found.id, found.ref, found.visibility, found.born) == (7, "hanna-2", "hidden", 1990)


async def test_a_row_is_found_by_all_parts_of_its_key(database: Database) -> None:
    async with database.write() as conn:
        person = {"id": 7, "ref": "hanna", "visibility": "public"}
        await rows.put(conn, tables.person, person)
        for language, words in (("be", "a"), ("ru", "b"), ("be", "c")):
            about = {"person": 7, "language": language, "text": words}
            await rows.put(conn, tables.person_about, about)
        found = await conn.execute(
            select(tables.person_about.c.language, tables.person_about.c.text).order_by("language")
        )
        assert [tuple(row) for row in found] == [("be", "c"), ("ru", "b")]

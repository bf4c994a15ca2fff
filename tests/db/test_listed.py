"""A list of hashes finds its rows as fast as one would."""

import pytest
from sqlalchemy import select

from db import readers
from db.connection import Database
from db.listed import listed
from db.tables import reader
from model.readers import Locator

HERE, THERE, NOWHERE = (Locator(letter * 16) for letter in (b"h", b"t", b"n"))


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ([], set()),
        ([NOWHERE], set()),
        ([HERE], {HERE}),
        ([THERE, NOWHERE, HERE, HERE], {HERE, THERE}),
    ],
)
async def test_the_listed_are_found_and_nobody_else(
    database: Database, sought: list[Locator], found: set[Locator]
) -> None:
    async with database.write() as conn:
        for one in (HERE, THERE, Locator(b"somebody else...")):
            await readers.put(conn, one, b"x")
        assert set(await readers.find_many(conn, sought)) == found


async def test_sqlite_looks_for_each_by_its_key(sqlite: Database) -> None:
    sought = select(reader.c.sealed).where(listed(reader.c.locator, "sought"))
    async with sqlite.read() as conn:
        statement = str(sought.compile(dialect=conn.dialect))
        places = (HERE,) * statement.count("?")
        rows = await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", places)
        plan = [row.detail for row in rows]
    assert any(step.startswith("SEARCH reader") for step in plan), plan

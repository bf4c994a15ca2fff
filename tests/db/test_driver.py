"""A statement is one trip to SQLite's thread, and all of it comes back."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from db.connection import Database
from db.driver import OneTrip
from db.tables import meta


@pytest.fixture
async def trips(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every trip, once a connection is open."""
    async with sqlite.read():
        pass
    noted: list[str] = []
    go = OneTrip._execute

    async def note(self: OneTrip, what: Callable[..., Any], *values: Any) -> Any:
        noted.append(what.__name__)
        return await go(self, what, *values)

    monkeypatch.setattr(OneTrip, "_execute", note)
    return noted


async def test_a_question_is_asked_in_one_trip(sqlite: Database, trips: list[str]) -> None:
    async with sqlite.read() as conn:
        trips.clear()
        assert (await conn.execute(text("SELECT 1 UNION SELECT 2"))).all() == [(1,), (2,)]
        assert len(trips) == 1


async def test_beginning_and_ending_are_waited_for_by_nobody_who_only_reads(
    sqlite: Database, trips: list[str]
) -> None:
    async with sqlite.read() as conn:
        await conn.scalar(text("SELECT 1"))
    assert len(trips) == 1


async def test_what_was_committed_is_not_rolled_back_too(
    sqlite: Database, trips: list[str]
) -> None:
    async with sqlite.write() as conn:
        await conn.execute(text("SELECT 1"))
    # Begun and asked, committed.
    assert len(trips) == 2


async def test_what_was_written_is_counted(sqlite: Database) -> None:
    async with sqlite.write() as conn:
        many = [{"key": str(n), "value": "x"} for n in range(5)]
        assert (await conn.execute(insert(meta), many)).rowcount == 5
        assert (await conn.execute(text("UPDATE meta SET value = 'y'"))).rowcount == 5
        assert (await conn.scalars(select(meta.c.value))).all() == ["y"] * 5


async def test_a_refusal_comes_back_and_the_connection_goes_on(sqlite: Database) -> None:
    async with sqlite.write() as conn:
        await conn.execute(insert(meta).values(key="a", value="x"))
    with pytest.raises(IntegrityError):
        async with sqlite.write() as conn:
            await conn.execute(insert(meta).values(key="a", value="y"))
    async with sqlite.read() as conn:
        assert await conn.scalar(select(meta.c.value)) == "x"


async def test_a_number_the_database_gave_is_known(sqlite: Database) -> None:
    async with sqlite.write() as conn:
        made = await conn.execute(text("INSERT INTO source (name) VALUES ('Radio')"))
        assert made.lastrowid == 1

"""Foldings: due one after another, and erased together with their chat."""

from datetime import UTC, datetime, timedelta

from db import foldings
from db.connection import Database
from model.readers import Locator

NOON = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
FIRST, SECOND, OTHER = (
    Locator(b.ljust(16, b"-")) for b in (b"hanna  1", b"hanna  2", b"maryna 1")
)


async def put_three(database: Database) -> None:
    async with database.write() as conn:
        await foldings.put(conn, SECOND, NOON + timedelta(seconds=2), b"second")
        await foldings.put(conn, OTHER, NOON + timedelta(seconds=3), b"other")
        await foldings.put(conn, FIRST, NOON + timedelta(seconds=1), b"first")


async def test_nothing_is_due_at_first(database: Database) -> None:
    async with database.read() as conn:
        assert await foldings.due(conn, NOON) == []
        assert await foldings.next_due(conn) is None


async def test_what_is_due_comes_in_its_order(database: Database) -> None:
    await put_three(database)
    async with database.read() as conn:
        assert await foldings.next_due(conn) == NOON + timedelta(seconds=1)
        assert await foldings.due(conn, NOON) == []
        assert await foldings.due(conn, NOON + timedelta(seconds=2)) == [
            (FIRST, b"first"),
            (SECOND, b"second"),
        ]


async def test_unfolding_again_gives_more_time(database: Database) -> None:
    await put_three(database)
    async with database.write() as conn:
        await foldings.put(conn, FIRST, NOON + timedelta(seconds=9), b"again")
        assert await foldings.next_due(conn) == NOON + timedelta(seconds=2)
        assert (FIRST, b"again") in await foldings.due(conn, NOON + timedelta(seconds=9))


async def test_what_is_folded_is_erased(database: Database) -> None:
    await put_three(database)
    async with database.write() as conn:
        await foldings.remove(conn, [FIRST, OTHER], NOON + timedelta(minutes=1))
        await foldings.remove(conn, [], NOON + timedelta(minutes=1))
        assert await foldings.due(conn, NOON + timedelta(minutes=1)) == [(SECOND, b"second")]


async def test_what_is_due_later_is_not_erased(database: Database) -> None:
    await put_three(database)
    async with database.write() as conn:
        await foldings.remove(conn, [FIRST], NOON)
        assert len(await foldings.due(conn, NOON + timedelta(minutes=1))) == 3


async def test_what_one_chat_unfolded_is_found_and_erased_together(database: Database) -> None:
    await put_three(database)
    async with database.write() as conn:
        assert await foldings.of(conn, b"hanna") == [(FIRST, b"first"), (SECOND, b"second")]
        await foldings.remove_of(conn, b"hanna")
        assert await foldings.of(conn, b"hanna") == []
        assert await foldings.of(conn, b"maryna") == [(OTHER, b"other")]

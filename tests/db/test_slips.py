"""Return slips: taken once, and not after their day."""

from datetime import date, timedelta

from db import slips
from db.connection import Database
from model.readers import Locator

HERE, THERE = Locator(b"h" * 16), Locator(b"t" * 16)
DAY = date(2026, 12, 13)


async def test_a_slip_is_taken_once(database: Database) -> None:
    async with database.write() as conn:
        await slips.put(conn, HERE, b"left", DAY)
        assert await slips.take(conn, THERE, DAY) is None
        assert await slips.take(conn, HERE, DAY) == b"left"
        assert await slips.take(conn, HERE, DAY) is None


async def test_a_slip_is_not_taken_after_its_day(database: Database) -> None:
    async with database.write() as conn:
        await slips.put(conn, HERE, b"left", DAY)
        assert await slips.take(conn, HERE, DAY + timedelta(days=1)) is None
        assert await slips.take(conn, HERE, DAY) == b"left"


async def test_only_expired_slips_are_purged(database: Database) -> None:
    async with database.write() as conn:
        await slips.put(conn, HERE, b"old", DAY - timedelta(days=1))
        await slips.put(conn, THERE, b"new", DAY)
        await slips.purge(conn, DAY)
        assert await slips.take(conn, HERE, DAY - timedelta(days=1)) is None
        assert await slips.take(conn, THERE, DAY) == b"new"

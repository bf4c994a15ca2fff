"""What is written for many rows at once is what would be written one by one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from db.connection import Database
from db.many import Many
from db.tables import folding, meta

NOON = datetime(2025, 12, 13, 12, 0, 0, 250_000, tzinfo=UTC)

_FILL = Many(folding.insert(), ("locator", "due", "sealed"))
_PUT_OFF = Many(
    update(folding).where(folding.c.locator == bindparam("_locator")).values(due=bindparam("_due"))
)


async def dues(database: Database) -> dict[bytes, datetime]:
    async with database.read() as conn:
        rows = await conn.execute(select(folding.c.locator, folding.c.due))
        return {bytes(locator): due for locator, due in rows}


async def test_times_are_kept_as_ever_whichever_zone_they_came_in(database: Database) -> None:
    there = NOON.astimezone(timezone(timedelta(hours=3)))
    rows = [{"locator": bytes([n]) * 16, "due": there, "sealed": b"x"} for n in range(3)]
    async with database.write() as conn:
        await _FILL.run(conn, rows)
        await _PUT_OFF.run(
            conn, [{"_locator": bytes(16), "_due": NOON + timedelta(days=1), "beside": 1}]
        )
        await _PUT_OFF.run(conn, [])
    expected = {bytes([n]) * 16: NOON for n in range(3)}
    assert await dues(database) == expected | {bytes(16): NOON + timedelta(days=1)}
    async with database.read() as conn:
        early = select(folding.c.locator).where(folding.c.due <= NOON)
        assert len((await conn.execute(early)).all()) == 2


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    row = {"locator": bytes(16), "due": NOON.replace(tzinfo=None), "sealed": b"x"}
    async with database.write() as conn:
        with pytest.raises(ValueError, match="zone"):
            await _FILL.run(conn, [row])


async def test_values_without_times_go_as_they_are_and_a_refusal_undoes_all(
    database: Database,
) -> None:
    fill = Many(meta.insert(), ("key", "value"))
    async with database.write() as conn:
        await fill.run(conn, [{"key": "a", "value": "x"}])
    with pytest.raises(IntegrityError):
        async with database.write() as conn:
            await fill.run(conn, [{"key": "b", "value": "y"}, {"key": "a", "value": "z"}])
    async with database.read() as conn:
        assert (await conn.execute(select(meta.c.key))).scalars().all() == ["a"]

"""What the tables promise of the values in them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, StatementError

from db import tables, vault
from db.connection import Database
from db.tables import metadata

VILNIUS = timezone(timedelta(hours=2))


async def note(database: Database, at: datetime | None) -> datetime | None:
    """Write a time down and read it again."""
    row = {"mark": b"m" * 16, "wave": 1, "state": "queued", "lane": 1, "sealed": b""}
    due = datetime(2025, 12, 13, tzinfo=UTC)
    async with database.write() as conn:
        await conn.execute(insert(tables.delivery).values(**row, due=due, lease=at))
        lease: datetime | None = await conn.scalar(select(tables.delivery.c.lease))
    return lease


@pytest.fixture
async def wave(database: Database) -> None:
    noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
    async with database.write() as conn:
        await conn.execute(insert(tables.release).values(id=1, ref="a", list_closed=False))
        await conn.execute(
            insert(tables.notice).values(
                id=1, kind="release", state="draft", release=1, created_at=noon
            )
        )
        await conn.execute(insert(tables.wave).values(id=1, notice=1, begun=noon))


@pytest.mark.usefixtures("wave")
async def test_a_time_comes_back_to_the_microsecond_in_utc(database: Database) -> None:
    noted = await note(database, datetime(2025, 12, 13, 14, 0, 0, 123456, tzinfo=VILNIUS))
    assert noted == datetime(2025, 12, 13, 12, 0, 0, 123456, tzinfo=UTC)
    assert noted is not None
    assert noted.utcoffset() == timedelta(0)


@pytest.mark.usefixtures("wave")
async def test_no_time_stays_none(database: Database) -> None:
    assert await note(database, None) is None


@pytest.mark.usefixtures("wave")
async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="a time without a zone"):
        await note(database, datetime(2025, 12, 13, 12, 0))  # noqa: DTZ001


async def test_a_date_and_its_precision_come_together(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as conn:
            await conn.execute(
                insert(tables.release).values(ref="a", list_closed=False, on_precision="day")
            )


async def test_a_reader_has_a_whole_locator(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as conn:
            await conn.execute(insert(tables.reader).values(locator=b"short", sealed=b""))


def test_nothing_links_readers_to_persons_or_tells_when_they_came() -> None:
    for table in (tables.reader, tables.return_slip, tables.folding, tables.delivery):
        assert {key.column.table.name for key in table.foreign_keys} <= {"wave"}
        assert not table.dialect_options["sqlite"]["with_rowid"], "row numbers tell an order"
        assert not any(column.autoincrement is True for column in table.columns)
    assert set(tables.reader.columns.keys()) == {"locator", "sealed"}


def test_every_sealed_column_has_a_contract() -> None:
    sealed = {
        f"{table.name}.sealed" for table in metadata.sorted_tables if "sealed" in table.columns
    }
    contracts = {one.column for one in vars(vault).values() if isinstance(one, vault.Seal)}
    assert sealed == contracts

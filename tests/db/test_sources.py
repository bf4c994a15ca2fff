"""Each source is kept once."""

from datetime import date

from db import sources
from db.connection import Database
from model.people import Source


async def test_a_source_is_kept_once(database: Database) -> None:
    dated = Source("Radio", "https://example.org/1", date(2025, 12, 13))
    undated = Source("Radio", "https://example.org/1")
    async with database.write() as conn:
        numbers = [await sources.keep(conn, each) for each in (dated, undated, dated, undated)]
    assert numbers[:2] == numbers[2:]
    assert numbers[0] != numbers[1]

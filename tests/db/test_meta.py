"""What the database knows about itself."""

from db import meta
from db.connection import Database


async def test_a_value_is_kept_until_another_replaces_it(database: Database) -> None:
    async with database.write() as conn:
        assert await meta.get(conn, "names.version") is None
        await meta.put(conn, "names.version", "1")
        await meta.put(conn, "other", "7")
        await meta.put(conn, "names.version", "2")
    async with database.read() as conn:
        assert await meta.get(conn, "names.version") == "2"
        assert await meta.get(conn, "other") == "7"

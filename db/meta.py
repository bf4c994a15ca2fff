"""What the database knows about itself, by key."""

from sqlalchemy import delete, select

from db import rows
from db.connection import Connection
from db.tables import meta


async def get(conn: Connection, key: str) -> str | None:
    """Return what is kept under a key, or ``None``."""
    value: str | None = await conn.scalar(select(meta.c.value).where(meta.c.key == key))
    return value


async def put(conn: Connection, key: str, value: str) -> None:
    """Keep a value under a key, replacing the one before it."""
    await rows.put(conn, meta, {"key": key, "value": value})


async def drop(conn: Connection, key: str) -> None:
    """Keep nothing under a key any more."""
    await conn.execute(delete(meta).where(meta.c.key == key))

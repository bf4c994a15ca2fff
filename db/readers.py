"""Readers, as the database sees them: a locator and a sealed record."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, func, select

from db import rows
from db.connection import Connection
from db.listed import listed
from db.tables import reader
from model.readers import Locator


async def find(conn: Connection, locator: Locator) -> bytes | None:
    """Return the sealed record at ``locator``, or ``None``."""
    sealed: bytes | None = await conn.scalar(
        select(reader.c.sealed).where(reader.c.locator == locator)
    )
    return sealed


async def find_many(conn: Connection, locators: Collection[Locator]) -> dict[Locator, bytes]:
    """Return the sealed records at those ``locators`` that there are."""
    rows = await conn.execute(_FIND_MANY, {"locators": locators})
    return {Locator(locator): sealed for locator, sealed in rows.all()}


async def put(conn: Connection, locator: Locator, sealed: bytes) -> None:
    """Store the record, replacing the one before it."""
    await rows.put(conn, reader, {"locator": locator, "sealed": sealed})


async def remove(conn: Connection, locator: Locator) -> None:
    """Erase the record, if there is one."""
    await conn.execute(delete(reader).where(reader.c.locator == locator))


async def chunk(
    conn: Connection, after: Locator | None, limit: int
) -> list[tuple[Locator, bytes]]:
    """Return the next records in locator order, which is no order a person could use."""
    query = select(reader.c.locator, reader.c.sealed).order_by(reader.c.locator).limit(limit)
    if after is not None:
        query = query.where(reader.c.locator > after)
    return [(Locator(locator), sealed) for locator, sealed in await conn.execute(query)]


async def locators(conn: Connection, after: Locator | None, limit: int) -> list[Locator]:
    """Return where the next records are, in locator order."""
    rows = await conn.execute(_LOCATORS, {"after": after or b"", "most": limit})
    return list(rows.scalars())


async def count(conn: Connection) -> int:
    """Count all readers."""
    return (await conn.execute(select(func.count()).select_from(reader))).scalar_one()


_FIND_MANY = select(reader.c.locator, reader.c.sealed).where(listed(reader.c.locator, "locators"))
_LOCATORS = (
    select(reader.c.locator)
    .where(reader.c.locator > bindparam("after"))
    .order_by(reader.c.locator)
    .limit(bindparam("most"))
)

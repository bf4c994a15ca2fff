"""Return slips: what readers left behind a code before a journey."""

from datetime import date

from sqlalchemy import delete

from db import rows
from db.connection import Connection
from db.tables import return_slip
from model.readers import Locator


async def put(conn: Connection, locator: Locator, sealed: bytes, expires_on: date) -> None:
    """Leave a slip that can be taken up to and on that day."""
    row = {"locator": locator, "sealed": sealed, "expires_on": expires_on}
    await rows.put(conn, return_slip, row)


async def take(conn: Connection, locator: Locator, today: date) -> bytes | None:
    """Remove the slip and return its sealed record; ``None`` if there is none (any more)."""
    sealed: bytes | None = await conn.scalar(
        delete(return_slip)
        .where(return_slip.c.locator == locator, return_slip.c.expires_on >= today)
        .returning(return_slip.c.sealed)
    )
    return sealed


async def purge(conn: Connection, today: date) -> None:
    """Erase the slips that expired before today."""
    await conn.execute(delete(return_slip).where(return_slip.c.expires_on < today))

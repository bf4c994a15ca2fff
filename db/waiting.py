"""What editors said of names that are waited for: keyed hashes, and nothing else."""

from collections.abc import Collection

from sqlalchemy import select

from db.batches import batches
from db.connection import Connection
from db.rows import put
from db.tables import other_name


async def refuse(conn: Connection, pair: bytes) -> None:
    """Note that a name and a person do not belong together."""
    await put(conn, other_name, {"pair": pair})


async def refused(conn: Connection, pairs: Collection[bytes]) -> frozenset[bytes]:
    """Return those of the pairs that do not belong together."""
    found: set[bytes] = set()
    for chunk in batches(pairs):
        query = select(other_name.c.pair).where(other_name.c.pair.in_(chunk))
        found.update(await conn.scalars(query))
    return frozenset(found)

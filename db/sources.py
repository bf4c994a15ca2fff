"""Sources: who says so, each kept once."""

from sqlalchemy import insert, select

from db.connection import Connection
from db.tables import source
from model.people import Source


async def keep(conn: Connection, given: Source) -> int:
    """Return the number of a source; write it down if it is new."""
    same = select(source.c.id).where(
        source.c.name == given.name,
        source.c.url == given.url,
        source.c.published.is_not_distinct_from(given.published),
    )
    known: int | None = (await conn.execute(same)).scalar()
    if known is not None:
        return known
    row = insert(source).values(name=given.name, url=given.url, published=given.published)
    number: int = (await conn.execute(row.returning(source.c.id))).scalar_one()
    return number

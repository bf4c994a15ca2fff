"""Writing a row that may be there already, in the dialect of either database."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from db.connection import Connection


async def put(conn: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row by its primary key, or change all else that is given of it."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table).values(**row)
    key = [column.name for column in table.primary_key]
    changed = {name: insert.excluded[name] for name in row if name not in key}
    if changed:
        await conn.execute(insert.on_conflict_do_update(index_elements=key, set_=changed))
    else:
        await conn.execute(insert.on_conflict_do_nothing())

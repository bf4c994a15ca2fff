"""One statement for many rows, put together once and handed to the driver as it is.

SQLAlchemy looks at every value of every row again: as much time as sealing what is written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Dialect
from sqlalchemy.sql.dml import UpdateBase

from db.connection import Connection
from db.tables import Instant


@dataclass(frozen=True, slots=True)
class _Compiled:
    statement: str
    order: tuple[str, ...]
    """The values, in the order of a driver that wants them in one; empty for one by name."""
    instants: frozenset[str]


class Many:
    """A statement with bound names, run for many rows. Enumerated values are given plainly."""

    def __init__(self, statement: UpdateBase, names: Iterable[str] = ()) -> None:
        self._statement = statement
        self._names = tuple(names)
        self._compiled: dict[str, _Compiled] = {}

    async def run(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for all rows; each has a value for every name."""
        if not rows:
            return
        compiled = self._for(conn.dialect)
        if compiled.instants:
            rows = _with_instants(conn.dialect, compiled.instants, rows)
        values: Any = list(map(itemgetter(*compiled.order), rows)) if compiled.order else rows
        await conn.exec_driver_sql(compiled.statement, values)

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            made = self._statement.compile(dialect=dialect, column_keys=self._names or None)
            found = self._compiled[dialect.name] = _Compiled(
                statement=str(made),
                order=tuple(made.positiontup or ()),
                instants=frozenset(
                    name for name in made.params if isinstance(made.binds[name].type, Instant)
                ),
            )
        return found


def _with_instants(
    dialect: Dialect, names: Iterable[str], rows: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Write times as the database keeps them. Most rows share theirs."""
    write = cast("Callable[[Any], Any]", _INSTANT.dialect_impl(dialect).bind_processor(dialect))
    written: dict[Any, Any] = {}

    def once(at: Any) -> Any:
        if at not in written:
            written[at] = write(at)
        return written[at]

    return [{**row, **{name: once(row[name]) for name in names}} for row in rows]


_INSTANT = Instant()

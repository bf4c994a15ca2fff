"""One statement for many rows, put together once and handed to the driver as it is.

SQLAlchemy looks at every value of every row again: as much time as sealing what is written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Dialect
from sqlalchemy.sql.dml import UpdateBase

from db.connection import Connection
from db.tables import Instant


@dataclass(frozen=True, slots=True)
class _Compiled:
    statement: str
    names: tuple[str, ...]
    """Of the values, in the order of a driver that wants them in one."""
    positional: bool
    """It does; others want them by name."""
    instants: tuple[int, ...]
    """The places of times among them."""


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
        columns: list[Iterable[Any]] = [[row[name] for row in rows] for name in compiled.names]
        for place in compiled.instants:
            columns[place] = _written(conn.dialect, columns[place])
        turned = zip(*columns, strict=True)
        values: Any = (
            list(turned)
            if compiled.positional
            else [dict(zip(compiled.names, row, strict=True)) for row in turned]
        )
        await conn.exec_driver_sql(compiled.statement, values)

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            made = self._statement.compile(dialect=dialect, column_keys=self._names or None)
            names = tuple(made.positiontup or made.params)
            found = self._compiled[dialect.name] = _Compiled(
                statement=str(made),
                names=names,
                positional=made.positional,
                instants=tuple(
                    place
                    for place, name in enumerate(names)
                    if isinstance(made.binds[name].type, Instant)
                ),
            )
        return found


def _written(dialect: Dialect, times: Iterable[Any]) -> Iterable[Any]:
    """Write times as the database keeps them. Most rows share theirs."""
    write = cast("Callable[[Any], Any]", _INSTANT.dialect_impl(dialect).bind_processor(dialect))
    return map(lru_cache(write), times)


_INSTANT = Instant()

"""SQLite's driver for SQLAlchemy, with one trip to SQLite's thread for each statement."""

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Self

import aiosqlite

_Rows = list[Any]


def connect(database: str, **options: Any) -> "OneTrip":
    """Return a connection to be awaited; takes what :func:`sqlite3.connect` takes."""
    return OneTrip(partial(sqlite3.connect, database, **options))


class OneTrip(aiosqlite.Connection):
    """A connection whose statements are run, read to the end and closed in one trip.

    aiosqlite goes to its thread for the cursor, for the statement, for the rows and for closing,
    and SQLAlchemy wants all four each time. On a busy machine every trip waits for two threads to
    have their turn: a question of a reader took twenty of them, and most of its time.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        # A program that ends in a hurry need not wait for it.
        self._thread.daemon = True
        self._beginning = ""
        self._only_reads = False

    def cursor(self) -> "_Statement":  # type: ignore[override]  # no trip for a cursor alone
        return _Statement(self)

    def begin(self, *, only_reads: bool) -> None:
        """Begin a transaction, in the same trip as its first statement."""
        self._beginning = "BEGIN DEFERRED" if only_reads else "BEGIN IMMEDIATE"
        self._only_reads = only_reads

    async def rollback(self) -> None:
        """Leave the transaction; one that only read is left without waiting for it, as whatever
        comes next stands in the same queue."""
        only_reads, self._only_reads, self._beginning = self._only_reads, False, ""
        if only_reads:
            self._tx.put_nowait((None, self._conn.rollback))
        elif self.in_transaction:
            # Not after a commit: the pool asks for it whenever a connection comes back.
            await super().rollback()

    async def take(self, run: Callable[[sqlite3.Cursor], object]) -> tuple[sqlite3.Cursor, _Rows]:
        """Run a statement, and return its closed cursor and all its rows."""
        beginning, self._beginning = self._beginning, ""
        # The way of aiosqlite's own methods, which has no types.
        taken: tuple[sqlite3.Cursor, _Rows] = await self._execute(self._run, beginning, run)  # type: ignore[no-untyped-call]
        return taken

    def _run(
        self, beginning: str, run: Callable[[sqlite3.Cursor], object]
    ) -> tuple[sqlite3.Cursor, _Rows]:
        cursor = self._conn.cursor()
        if beginning:
            cursor.execute(beginning)
        run(cursor)
        rows = cursor.fetchall()
        return cursor, rows


class _Statement:
    """A cursor as far as SQLAlchemy looks at one."""

    def __init__(self, connection: OneTrip) -> None:
        self._connection = connection
        self._rows: _Rows = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, values: Any = ()) -> None:
        await self._take(lambda cursor: cursor.execute(statement, values))

    async def executemany(self, statement: str, values: Iterable[Any]) -> None:
        await self._take(lambda cursor: cursor.executemany(statement, values))

    async def fetchall(self) -> _Rows:
        return self._rows

    async def close(self) -> None:
        """Do nothing: who reads all rows leaves nothing open."""

    async def _take(self, run: Callable[[sqlite3.Cursor], object]) -> None:
        cursor, self._rows = await self._connection.take(run)
        self.description = cursor.description
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid

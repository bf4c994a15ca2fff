"""Opening the database, and the two ways to use it: ``read`` and ``write``."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from model.errors import Misconfigured, Unavailable

Connection = AsyncConnection
"""What query functions are given; services never look inside."""

# SQLite 3.7.0–3.51.2 may corrupt the file when two connections write and checkpoint in the same
# instant (fixed in 3.51.3, backported to 3.50.7 and 3.44.6). Erasure needs checkpoints, so those
# versions get a rollback journal instead of the write-ahead log.
_WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3) or (
    sqlite3.sqlite_version_info[:2] in {(3, 50), (3, 44)}
    and sqlite3.sqlite_version_info[2] >= {50: 7, 44: 6}[sqlite3.sqlite_version_info[1]]
)
JOURNAL = "wal" if _WAL_IS_SAFE else "truncate"

# Each but journal_mode is forgotten when its connection closes: set on every one.
SQLITE_PRAGMAS = (
    "busy_timeout = 5000",
    f"journal_mode = {JOURNAL}",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",
)


class Database:
    """One engine; transactions are explicit and short."""

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine = create_async_engine(url, hide_parameters=True)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # Writers in this process queue here instead of polling SQLite's lock.
        self._writing: AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if self.is_sqlite else nullcontext()
        )
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """Open a transaction that only reads."""
        async with self._begin("DEFERRED") as conn:
            yield conn

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """Open a transaction that holds the write lock from the start, so that it never fails
        half-way for it.

        Raises:
            Unavailable: the database is locked, full or gone; nothing was changed.
        """
        async with self._writing, self._begin("IMMEDIATE") as conn:
            yield conn

    @asynccontextmanager
    async def _begin(self, mode: str) -> AsyncIterator[Connection]:
        try:
            async with self.engine.connect() as connection:
                await connection.execution_options(begin=mode)
                async with connection.begin():
                    yield connection
        except DBAPIError as exc:
            if exc.connection_invalidated or _may_pass(exc):
                raise Unavailable("the database does not answer") from exc
            raise

    async def settle(self) -> None:
        """Make what was deleted unreadable now: empty the write-ahead log into the file.

        Raises:
            Unavailable: a reader kept the log open for too long; call again.
        """
        if not self.is_sqlite:
            return
        async with self._writing, self.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            busy = (await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).scalar()
        if busy:
            raise Unavailable("the write-ahead log is still being read")

    async def close(self) -> None:
        await self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database at an SQLAlchemy URL.

    Raises:
        Misconfigured: the URL is none of ``sqlite+aiosqlite`` and ``postgresql+psycopg``.
    """
    if not url.startswith(("sqlite+aiosqlite://", "postgresql+psycopg://")):
        raise Misconfigured(
            "VESTKA_DATABASE_URL must start with sqlite+aiosqlite:// or postgresql+psycopg://"
        )
    return Database(url)


_PASSING = ("locked", "busy", "full", "readonly", "unable to open", "disk i/o", "connection")


def _may_pass(exc: DBAPIError) -> bool:
    return any(word in str(exc.orig).lower() for word in _PASSING)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql(f"BEGIN {mode}")

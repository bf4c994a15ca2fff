"""Opening the database, and the ways to use it: ``read``, ``write`` and ``share``."""

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from db import driver
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

# Each but page_size and journal_mode is forgotten when its connection closes: set on every one.
SQLITE_PRAGMAS = (
    "busy_timeout = 5000",
    # A sealed record does not fit into a quarter of the usual 4096 bytes, and what does not is
    # given a page of its own: files three times as large, writes three times as slow. Only a new
    # file takes this.
    "page_size = 8192",
    f"journal_mode = {JOURNAL}",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",
)

# Pragmas that look, or tidy, and change nothing they should not.
_LOOKING = frozenset(
    {
        "foreign_key_check",
        "foreign_key_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "integrity_check",
        "table_info",
        "table_list",
        "table_xinfo",
        "wal_checkpoint",
    }
)

# As long as SQLite waits.
_BE_PATIENT = text("SET LOCAL lock_timeout = '5s'")

# Any number that no other program on the same PostgreSQL would choose.
_TAKE_THE_LOCK = text(f"SELECT pg_advisory_xact_lock({0x5645_5354_4B41_0001})")


class Database:
    """One engine; transactions are explicit and short.

    ``for_upkeep`` opens it for migrations: tables may be replaced while others refer to them,
    and pragmas may be set.
    """

    def __init__(self, url: str, *, for_upkeep: bool = False) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.engine: AsyncEngine = create_async_engine(
            url,
            hide_parameters=True,
            connect_args={"async_creator_fn": driver.connect} if self.is_sqlite else {},
        )
        # Writers in this process queue here instead of polling the lock of the database.
        self._writing = asyncio.Lock()
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(
                self.engine.sync_engine, "connect", _open_for_upkeep if for_upkeep else _confine
            )
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine.sync_engine, "connect", _prepare_postgresql)
        # Views of the one engine: to choose anew each time took as long as a statement.
        self._to_read = self.engine.execution_options(
            **{"begin": "READING"}
            if self.is_sqlite
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        self._to_write = self.engine.execution_options(begin="WRITING")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """Open a transaction that only reads, and sees one moment of the database throughout.

        Raises:
            Unavailable: the database is locked or gone.
        """
        async with self._connect(self._to_read) as conn:
            # Ended by giving the connection back: a trip for that would be one for nothing.
            yield conn

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """Open a transaction that holds the write lock from its first statement on: there is no
        other writer, so what was read stays true, and nothing fails half-way for the lock.

        Raises:
            Unavailable: the database is locked, full or gone; nothing was changed.
        """
        async with (
            self._writing,
            self._connect(self._to_write) as conn,
            conn.begin(),
        ):
            if not self.is_sqlite:
                await conn.execute(_BE_PATIENT)
                await conn.execute(_TAKE_THE_LOCK)
            yield conn

    @asynccontextmanager
    async def share(self) -> AsyncIterator[Connection]:
        """Open a transaction that holds the rows it changes and nothing else, so that several
        processes write at once. SQLite has one writer: there it is ``write``.

        Raises:
            Unavailable: the database is locked, full or gone; nothing was changed.
        """
        if self.is_sqlite:
            async with self.write() as conn:
                yield conn
            return
        async with self._connect(self._to_write) as conn, conn.begin():
            await conn.execute(_BE_PATIENT)
            yield conn

    @asynccontextmanager
    async def _connect(self, engine: AsyncEngine) -> AsyncIterator[Connection]:
        try:
            async with engine.connect() as connection:
                yield connection
        except PoolTimeout as exc:
            raise Unavailable("too many transactions at once") from exc
        except DBAPIError as exc:
            if _may_pass(exc):
                raise Unavailable("the database does not answer") from exc
            if _is_damaged(exc):
                raise Misconfigured(
                    f"{self.engine.url.database} is damaged or not a database; restore a backup"
                ) from exc
            raise

    async def settle(self) -> None:
        """Make what was deleted unreadable now: empty the write-ahead log into the file.

        PostgreSQL does this in its own time, by vacuum and by recycling its log; what lies there
        until then is sealed.

        Raises:
            Unavailable: a reader kept the log open for too long; call again.
        """
        if not self.is_sqlite:
            return
        async with self._writing, self.engine.connect() as connection:
            # Not SQLAlchemy's AUTOCOMMIT, which would leave the connection with the driver's own
            # ideas of when a transaction begins.
            await connection.execution_options(begin=None)
            busy = (await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).scalar()
        if busy:
            raise Unavailable("the write-ahead log is still being read")

    async def close(self) -> None:
        await self.engine.dispose()


async def fetch(
    conn: Connection, statement: str, parameters: Mapping[str, Any]
) -> Sequence[Sequence[Any]]:
    """Return the rows of a statement in SQLite's own words, with nothing between it and SQLite.

    SQLAlchemy's way took three times as long as the statement that every question asks. Whoever
    listens to the engine hears of it all the same.
    """
    known = cast("SyncConnection", conn.sync_connection)
    if not known.in_transaction():
        known.begin()
    for listener in known.dispatch.before_cursor_execute:
        listener(known, None, statement, parameters, None, False)
    driven = cast("driver.OneTrip", known.connection.driver_connection)
    try:
        _, rows = await driven.take(lambda cursor: cursor.execute(statement, parameters))
    except sqlite3.Error as exc:
        raise DBAPIError(None, None, exc) from None
    return rows


def open_database(url: str, *, for_upkeep: bool = False) -> Database:
    """Open the database at an SQLAlchemy URL. Nobody but the owner may read an SQLite file.

    Raises:
        Misconfigured: the URL is none of ``sqlite+aiosqlite`` and ``postgresql+psycopg``, the
            file cannot be used, or PostgreSQL's driver is not installed.
    """
    if not url.startswith(("sqlite+aiosqlite://", "postgresql+psycopg://")):
        raise Misconfigured(
            "VESTKA_DATABASE_URL must start with sqlite+aiosqlite:// or postgresql+psycopg://"
        )
    path = sqlite_path(url)
    if path is not None:
        _close_to_others(path)
    try:
        return Database(url, for_upkeep=for_upkeep)
    except ModuleNotFoundError as exc:
        raise Misconfigured("PostgreSQL needs its driver: pip install 'vestka[postgres]'") from exc


def sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite database; ``None`` if the URL is PostgreSQL's.

    Raises:
        Misconfigured: the URL cannot be read or names no file.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # Not "from exc": it quotes the URL, and the URL may hold a password.
        raise Misconfigured("VESTKA_DATABASE_URL cannot be read") from None
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise Misconfigured(
            "VESTKA_DATABASE_URL must name a file: sqlite+aiosqlite:////path/to.db"
        )
    return Path(parsed.database)


def _close_to_others(path: Path) -> None:
    """Make the file, in a folder of its own, before SQLite would make it for all to read. The
    journals beside it take over its mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            # Never opened here: closing it would drop the locks that SQLite holds on the same
            # file in this process.
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                path.chmod(0o600)
    except OSError as exc:
        raise Misconfigured(f"cannot use the database file {path}: {exc.strerror}") from exc
    if not path.is_file() or not os.access(path, os.R_OK | os.W_OK):
        raise Misconfigured(f"cannot use the database file {path}: not a file to read and write")


_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
    }
)


def _may_pass(exc: DBAPIError) -> bool:
    code = getattr(exc.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _PASSING
    # Of psycopg's errors these alone are about the server and not about the statement.
    return isinstance(exc, OperationalError)


def _is_damaged(exc: DBAPIError) -> bool:
    code = getattr(exc.orig, "sqlite_errorcode", 0)
    return code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # Whoever bears a key is guessed to be one in two hundred, of a million people thousands; to
    # compile a statement for so many takes longer than any question.
    cursor.execute("SET jit = off")
    # A host that vanished holds its locks until the server asks after it: two hours, usually.
    for name, value in (("idle", 10), ("interval", 5), ("count", 3)):
        cursor.execute(f"SET tcp_keepalives_{name} = {value}")
    cursor.close()
    connection.commit()


def _confine(connection: Any, _record: object) -> None:
    connection.run_async(lambda sqlite: sqlite.set_authorizer(_authorize))


def _open_for_upkeep(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()


def _authorize(action: int, name: str | None, value: str | None, *_: object) -> int:
    """Refuse what no query needs: other files, and other habits than those set above."""
    if action == sqlite3.SQLITE_ATTACH:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and value is not None and name not in _LOOKING:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _begin_sqlite(connection: Any) -> None:
    mode = connection.get_execution_options()["begin"]
    if mode is not None:
        connection.connection.driver_connection.begin(only_reads=mode == "READING")

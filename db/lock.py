"""One running bot: two would send everything twice."""

import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.connection import Database, sqlite_path
from model.errors import Misconfigured

# Any number that no other program on the same PostgreSQL would choose.
_RUNNING = 0x5645_5354_4B41_0002


@asynccontextmanager
async def hold(database: Database) -> AsyncIterator[None]:
    """Be the one running bot on this database. The lock falls with the process, however it ends.

    Raises:
        Misconfigured: another is running.
    """
    path = sqlite_path(str(database.engine.url))
    if path is None:
        async with _hold_session(database):
            yield
    else:
        async with _hold_file(path.with_name(path.name + ".lock")):
            yield


@asynccontextmanager
async def _hold_file(path: Path) -> AsyncIterator[None]:
    # Beside the database, not the database itself: SQLite has locks of its own on that. The file
    # is never removed, as another process may be about to lock it.
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise _another() from exc
        yield
    finally:
        os.close(handle)


@asynccontextmanager
async def _hold_session(database: Database) -> AsyncIterator[None]:
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            taken = await connection.scalar(
                text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _RUNNING}
            )
            if not taken:
                raise _another()
            try:
                yield
            finally:
                # The next bot may come at once, and a server notices only a moment later that a
                # session has ended. Where it does not answer any more, the lock has fallen.
                with suppress(DBAPIError):
                    await connection.execute(
                        text("SELECT pg_advisory_unlock(:lock)"), {"lock": _RUNNING}
                    )
        finally:
            # The lock belongs to the session: it must not go back to the pool alive.
            await connection.invalidate()


def _another() -> Misconfigured:
    return Misconfigured("another vestka is running on this database; stop it first")

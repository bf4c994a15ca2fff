"""Who runs on a database: one bot that does all, or several processes that share the work.

Two bots that did not know of each other would send everything twice.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from db.connection import Database, sqlite_path
from model.errors import Misconfigured, Unavailable
from model.parts import Part

LOOK_EVERY = 1.0
"""Seconds between two looks whether a session is still there."""
PATIENCE = 3.0
"""Seconds after which a server that does not answer counts as gone."""
UNNOTICED = 30.0
"""Seconds in which a server may take a session for alive that has lost its client."""

# Any number that no other program on the same PostgreSQL would choose; the low half counts.
_OURS = 0x5645_5354
_FIRST = 0x4B41_0000


@dataclass(frozen=True, slots=True)
class _Lock:
    """An advisory lock of PostgreSQL, which falls with the session that took it."""

    number: int
    refused: str
    """What to say if another has it."""
    shared: bool = False

    async def take(self, connection: AsyncConnection) -> None:
        """Take it, or refuse."""
        way = "pg_try_advisory_lock_shared" if self.shared else "pg_try_advisory_lock"
        number = {"number": _OURS << 32 | _FIRST + self.number}
        if not await connection.scalar(text(f"SELECT {way}(:number)"), number):
            raise Misconfigured(self.refused)


_ANOTHER = "another vestka is running on this database; stop it first"
_ALL = _Lock(2, _ANOTHER)
_SOME = _Lock(2, _ANOTHER, shared=True)
_POLLING = _Lock(
    3, "another process takes the updates of this bot; with VESTKA_WEBHOOK_URL several can"
)
_KEEPING = _Lock(4, "another process keeps house")
_NUMBERS = {Part.ANSWERING: 5, Part.SENDING: 6}
# Nobody is refused these: they are there to be counted.
_PARTS = {part: _Lock(number, "", shared=True) for part, number in _NUMBERS.items()}

_COUNT = text(
    "SELECT objid::bigint - :first, count(*) FROM pg_locks"
    " JOIN pg_database ON pg_database.oid = database"
    " WHERE locktype = 'advisory' AND granted AND classid = :ours AND objsubid = 1"
    " AND datname = current_database() GROUP BY objid"
).bindparams(ours=_OURS, first=_FIRST)


class Place:
    """The right to run on a database."""

    async def keep(self) -> None:
        """Hold on to it until cancelled. That of a file falls with the process alone.

        Raises:
            Misconfigured: it was lost for a moment, and another has it now.
        """
        await asyncio.Event().wait()


class Session(Place):
    """A session of PostgreSQL that has locks for as long as it lasts."""

    def __init__(self, database: Database, locks: Sequence[_Lock]) -> None:
        self._engine = database.engine
        self._locks = locks
        self._connection: AsyncConnection | None = None

    async def begin(self) -> None:
        """Take the locks, all or none.

        Raises:
            Misconfigured: another has one of them.
            Unavailable: the database does not answer.
        """
        try:
            self._connection = connection = await self._engine.connect()
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            for lock in self._locks:
                await lock.take(connection)
        except (DBAPIError, PoolTimeout) as exc:
            await self._drop()
            raise Unavailable("the database does not answer") from exc
        except BaseException:
            await self._drop()
            raise

    async def end(self) -> None:
        """Give the locks back."""
        if self._connection is not None:
            # The next process may come at once, and a server notices only a moment later that a
            # session has ended. One that hangs does not hold up the stop: then it notices later.
            unlocking = asyncio.create_task(_unlock(self._connection))
            await asyncio.wait({unlocking}, timeout=PATIENCE)
            unlocking.cancel()
        await self._drop()

    async def lost(self) -> None:
        """Return as soon as the session is gone, and the locks with it."""
        while self._connection is not None:
            await asyncio.sleep(LOOK_EVERY)
            look = asyncio.create_task(_is_there(self._connection))
            # Not cancelled and waited for: a server that hangs would hold that up, too.
            try:
                await asyncio.wait({look}, timeout=PATIENCE)
            except asyncio.CancelledError:
                # Whoever ends the session wants its connection for that.
                await asyncio.wait({look}, timeout=PATIENCE)
                raise
            if not look.done() or not look.result():
                look.cancel()
                await self._drop()

    async def keep(self) -> None:
        """Hold on to the locks until cancelled: when the server was away, take them anew.

        Raises:
            Misconfigured: another has one of them now.
        """
        while True:
            await self.lost()
            refusals_end = time.monotonic() + UNNOTICED
            while self._connection is None:
                await asyncio.sleep(LOOK_EVERY)
                try:
                    with suppress(Unavailable):
                        await self.begin()
                except Misconfigured:
                    # It may be the session that was lost: the server has yet to notice that.
                    if time.monotonic() > refusals_end:
                        raise

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # The locks belong to the session: it must not go back to the pool alive.
            await connection.invalidate()
            await connection.close()


@asynccontextmanager
async def hold(
    database: Database, part: Part | None = None, *, polling: bool = False
) -> AsyncIterator[Place]:
    """Be the one running bot on this database, or one of the processes that share its work. The
    lock falls with the process, however it ends.

    ``polling``: nobody else may ask Telegram for updates.

    Raises:
        Misconfigured: another is running, or SQLite is to be shared.
        Unavailable: the database does not answer.
    """
    path = sqlite_path(str(database.engine.url))
    if path is None:
        locks = [_ALL] if part is None else [_SOME, _PARTS[part], *([_POLLING] if polling else [])]
        session = Session(database, locks)
        await session.begin()
        try:
            yield session
        finally:
            await session.end()
    elif part is None:
        async with _hold_file(path.with_name(path.name + ".lock")):
            yield Place()
    else:
        raise Misconfigured("several processes need PostgreSQL; SQLite has one: vestka run")


@asynccontextmanager
async def hold_house(database: Database) -> AsyncIterator[Session | None]:
    """Be the one process of several that keeps house; ``None`` if another does.

    Raises:
        Unavailable: the database does not answer.
    """
    session = Session(database, [_KEEPING])
    try:
        await session.begin()
    except Misconfigured:
        yield None
        return
    try:
        yield session
    finally:
        await session.end()


async def count(database: Database) -> Mapping[Part, int]:
    """Count the processes that share the work, by what they do: none if there is but one bot.

    Raises:
        Unavailable: the database does not answer.
    """
    if database.is_sqlite:
        return {}
    async with database.read() as conn:
        rows = (await conn.execute(_COUNT)).all()
    holders = {row[0]: row[1] for row in rows}
    return {part: holders[number] for part, number in _NUMBERS.items() if number in holders}


async def _unlock(connection: AsyncConnection) -> None:
    # Where the server does not answer any more, the locks have fallen.
    with suppress(DBAPIError):
        await connection.execute(text("SELECT pg_advisory_unlock_all()"))


async def _is_there(connection: AsyncConnection) -> bool:
    try:
        await connection.execute(text("SELECT 1"))
    except DBAPIError:
        return False
    return True


@asynccontextmanager
async def _hold_file(path: Path) -> AsyncIterator[None]:
    # Beside the database, not the database itself: SQLite has locks of its own on that. The file
    # is never removed, as another process may be about to lock it.
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise Misconfigured(_ANOTHER) from exc
        yield
    finally:
        os.close(handle)

"""One running bot on one database, or several processes that share its work."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import lock
from db.connection import Database, open_database
from model.errors import Misconfigured, Unavailable
from model.parts import Part
from tests.postgres import Postgres
from tests.watch import AT_MOST


async def cut_off(database: Database) -> None:
    """End all sessions that hold a lock, as a server does that is started anew."""
    async with database.engine.connect() as connection:
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        )


async def test_a_second_bot_does_not_start(database: Database, database_url: str) -> None:
    second = open_database(database_url)
    async with lock.hold(database):
        with pytest.raises(Misconfigured, match="another vestka is running"):
            async with lock.hold(second):
                pytest.fail("two bots at once")
    await second.close()


async def test_the_next_bot_starts_when_the_first_has_stopped(
    database: Database, database_url: str
) -> None:
    second = open_database(database_url)
    async with lock.hold(database):
        pass
    async with lock.hold(second):
        pass
    await second.close()


async def test_the_lock_falls_when_the_bot_breaks_down(database: Database) -> None:
    async def break_down() -> None:
        async with lock.hold(database):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_down()
    async with lock.hold(database):
        pass


async def test_commands_work_beside_a_running_bot(database: Database, database_url: str) -> None:
    beside = open_database(database_url)
    async with lock.hold(database), database.write():
        pass
    async with lock.hold(database), beside.write():
        pass
    await beside.close()


HOLD = """
import asyncio, sys
from db import lock
from db.connection import open_database

async def main():
    async with lock.hold(open_database(sys.argv[1])):
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_the_lock_falls_when_the_process_is_killed(
    database: Database, database_url: str
) -> None:
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, database_url, stdout=subprocess.PIPE
    )
    assert bot.stdout is not None
    assert await bot.stdout.readline() == b"held\n"
    with pytest.raises(Misconfigured):
        async with lock.hold(database):
            pytest.fail("the other one is alive")
    bot.kill()
    await bot.wait()
    async with asyncio.timeout(AT_MOST):
        while True:
            try:
                async with lock.hold(database):
                    return
            except Misconfigured:
                # A server notices a moment later that its client is gone.
                await asyncio.sleep(0.1)


async def test_the_lock_file_is_for_the_owner_alone(state: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{state / 'vestka.db'}")
    async with lock.hold(database):
        assert (state / "vestka.db.lock").stat().st_mode & 0o777 == 0o600
    await database.close()


# --- several processes ------------------------------------------------------------------------


async def test_sqlite_is_not_shared(sqlite: Database) -> None:
    with pytest.raises(Misconfigured, match="several processes need PostgreSQL"):
        async with lock.hold(sqlite, Part.SENDING):
            pytest.fail("SQLite has one process")
    assert await lock.count(sqlite) == {}
    async with asyncio.timeout(0.1):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), lock.hold(sqlite) as place:
                await place.keep()


async def test_many_processes_share_the_work_and_are_counted(shared: Database) -> None:
    assert await lock.count(shared) == {}
    async with (
        lock.hold(shared, Part.SENDING),
        lock.hold(shared, Part.SENDING),
        lock.hold(shared, Part.ANSWERING),
    ):
        assert await lock.count(shared) == {Part.SENDING: 2, Part.ANSWERING: 1}
    assert await lock.count(shared) == {}


async def test_a_bot_that_does_all_runs_beside_no_other(shared: Database) -> None:
    async with lock.hold(shared, Part.SENDING):
        with pytest.raises(Misconfigured, match="another vestka is running"):
            async with lock.hold(shared):
                pytest.fail("one that does all beside one that sends")
    async with lock.hold(shared):
        assert await lock.count(shared) == {}
        with pytest.raises(Misconfigured, match="another vestka is running"):
            async with lock.hold(shared, Part.ANSWERING):
                pytest.fail("one that answers beside one that does all")


async def test_one_process_alone_asks_for_updates(shared: Database) -> None:
    async with lock.hold(shared, Part.ANSWERING, polling=True):
        with pytest.raises(Misconfigured, match="another process takes the updates"):
            async with lock.hold(shared, Part.ANSWERING, polling=True):
                pytest.fail("two ask for updates")
        async with lock.hold(shared, Part.ANSWERING):
            pass
        with pytest.raises(ZeroDivisionError):
            async with lock.hold(shared, Part.SENDING):
                raise ZeroDivisionError


async def test_one_process_keeps_house_until_its_session_is_gone(
    shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "LOOK_EVERY", 0.01)
    async with lock.hold_house(shared) as first:
        assert first is not None
        async with lock.hold_house(shared) as second:
            assert second is None
        losing = asyncio.create_task(first.lost())
        await asyncio.sleep(0.1)
        assert not losing.done()
        await cut_off(shared)
        async with asyncio.timeout(AT_MOST):
            await losing
            while True:
                async with lock.hold_house(shared) as second:
                    if second is not None:
                        break
                await asyncio.sleep(0.01)


async def test_a_server_that_hangs_is_not_waited_for(
    shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_: AsyncConnection) -> bool:
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr(lock, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    monkeypatch.setattr(lock, "_is_there", hang)
    async with lock.hold_house(shared) as session, asyncio.timeout(AT_MOST):
        assert session is not None
        await session.lost()


async def test_whoever_stops_looking_leaves_the_session_as_it_is(
    shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, look = asyncio.Event(), lock._is_there

    async def look_slowly(connection: AsyncConnection) -> bool:
        looking.set()
        await asyncio.sleep(0.1)
        return await look(connection)

    monkeypatch.setattr(lock, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(lock, "_is_there", look_slowly)
    async with lock.hold_house(shared) as session:
        assert session is not None
        losing = asyncio.create_task(session.lost())
        await looking.wait()
        losing.cancel()
        await asyncio.gather(losing, return_exceptions=True)
        async with lock.hold_house(shared) as second:
            assert second is None


async def test_a_place_that_was_lost_with_the_server_is_taken_again(
    shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "LOOK_EVERY", 0.01)
    begin, refusals = lock.Session.begin, 3

    async def begin_later(self: lock.Session) -> None:
        nonlocal refusals
        refusals -= 1
        if refusals > 0:
            raise Unavailable
        await begin(self)

    async with lock.hold(shared, Part.SENDING) as place:
        keeping = asyncio.create_task(place.keep())
        monkeypatch.setattr(lock.Session, "begin", begin_later)
        await cut_off(shared)
        async with asyncio.timeout(AT_MOST):
            while refusals > 0 or await lock.count(shared) != {Part.SENDING: 1}:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def test_a_session_of_ours_that_the_server_takes_to_be_there_is_waited_for(
    shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "LOOK_EVERY", 0.01)
    async with lock.hold(shared) as place:
        keeping = asyncio.create_task(place.keep())
        await cut_off(shared)
        async with lock.hold(shared):
            await asyncio.sleep(0.1)
            assert not keeping.done()
        async with asyncio.timeout(AT_MOST):
            while True:
                try:
                    async with lock.hold(shared):
                        await asyncio.sleep(0)
                except Misconfigured:
                    break
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def test_a_server_that_hangs_does_not_hold_up_the_end(
    shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    begun = asyncio.get_running_loop().time()
    async with lock.hold_house(shared) as session:
        assert session is not None
        assert session._connection is not None
        hanging = asyncio.create_task(session._connection.execute(text("SELECT pg_sleep(10)")))
        await asyncio.sleep(0.1)
    assert asyncio.get_running_loop().time() - begun < 5
    await asyncio.gather(hanging, return_exceptions=True)


async def test_a_place_that_another_has_by_now_is_given_up(
    shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "UNNOTICED", 0.0)
    async with lock.hold(shared, Part.SENDING) as place:
        await cut_off(shared)
        async with lock.hold(shared), asyncio.timeout(AT_MOST):
            with pytest.raises(Misconfigured, match="another vestka is running"):
                await place.keep()


async def test_a_server_that_does_not_answer_is_said_to_be_unavailable(postgres: Postgres) -> None:
    url = postgres.make(tables=False)
    postgres.drop(url)
    database = open_database(url)
    with pytest.raises(Unavailable):
        async with lock.hold(database, Part.SENDING):
            pytest.fail("there is no such database")
    await database.close()

"""One running bot on one database."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from db import lock
from db.connection import Database, open_database
from model.errors import Misconfigured
from tests.watch import AT_MOST


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

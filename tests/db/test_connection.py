"""Reading and writing: nothing is lost, nothing half done, and what is deleted is gone."""

import asyncio
import os
import secrets
import stat
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from db import connection, readers
from db.connection import Database, fetch, open_database
from model.errors import Misconfigured, Unavailable
from model.readers import Locator
from tests.watch import AT_MOST

HERE = Locator(b"0123456789abcdef")


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("busy_timeout", 5000),
        ("foreign_keys", 1),
        ("journal_mode", connection.JOURNAL),
        ("page_size", 8192),
        ("secure_delete", 1),
        ("synchronous", 2),
        ("temp_store", 2),
        ("trusted_schema", 0),
    ],
)
async def test_every_connection_has_the_pragmas(
    sqlite: Database, pragma: str, value: object
) -> None:
    async with sqlite.read() as first, sqlite.read() as second:
        for conn in (first, second):
            assert await conn.scalar(text(f"PRAGMA {pragma}")) == value


async def test_settling_leaves_a_connection_as_it_was(sqlite: Database) -> None:
    await sqlite.settle()
    async with sqlite.write() as conn:
        raw = await conn.get_raw_connection()
        assert raw.driver_connection is not None
        assert raw.driver_connection.isolation_level is None
        await readers.put(conn, HERE, b"x")


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH 'other.db' AS other",
        "PRAGMA secure_delete = OFF",
        "PRAGMA foreign_keys(0)",
        "PRAGMA writable_schema = ON",
    ],
)
async def test_no_query_opens_other_files_or_changes_habits(
    sqlite: Database, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="not authorized"):
        async with sqlite.read() as conn:
            await conn.execute(text(statement))


async def test_upkeep_may_replace_tables_that_others_refer_to(state: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{state / 'vestka.db'}", for_upkeep=True)
    async with database.write() as conn:
        assert await conn.scalar(text("PRAGMA foreign_keys")) == 0
        await conn.execute(text("PRAGMA secure_delete = ON"))
    await database.close()


async def test_what_is_written_is_read(database: Database) -> None:
    async with database.write() as conn:
        await readers.put(conn, HERE, b"x")
    async with database.read() as conn:
        assert await readers.find(conn, HERE) == b"x"


async def test_an_error_rolls_back(database: Database) -> None:
    async def fail_half_way() -> None:
        async with database.write() as conn:
            await readers.put(conn, HERE, b"x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    async with database.read() as conn:
        assert await readers.find(conn, HERE) is None


async def test_a_cancelled_write_is_rolled_back(database: Database) -> None:
    written = asyncio.Event()

    async def write() -> None:
        async with database.write() as conn:
            await readers.put(conn, HERE, b"x")
            written.set()
            await asyncio.sleep(10)

    task = asyncio.create_task(write())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.write() as conn:
        assert await readers.find(conn, HERE) is None


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let connections wait for the lock however long a busy machine's disk takes."""
    lasting = (f"busy_timeout = {AT_MOST * 1000:.0f}", *connection.SQLITE_PRAGMAS[1:])
    monkeypatch.setattr(connection, "SQLITE_PRAGMAS", lasting)
    monkeypatch.setattr(connection, "_BE_PATIENT", text(f"SET LOCAL lock_timeout = '{AT_MOST}s'"))


async def test_twenty_writers_lose_nothing(
    patient: None, database: Database, database_url: str
) -> None:
    elsewhere = open_database(database_url)

    async def add_one(one: Database) -> None:
        async with one.write() as conn:
            old = await readers.find(conn, HERE) or b"0"
            await asyncio.sleep(0.005)
            await readers.put(conn, HERE, b"%d" % (int(old) + 1))

    await asyncio.gather(*(add_one(one) for one in (database, elsewhere) for _ in range(10)))
    async with database.read() as conn:
        assert await readers.find(conn, HERE) == b"20"
    await elsewhere.close()


async def test_a_reader_sees_one_moment_throughout(patient: None, database: Database) -> None:
    async def write() -> None:
        async with database.write() as conn:
            await readers.put(conn, HERE, b"x")

    async with database.read() as conn:
        assert await readers.find(conn, HERE) is None
        writing = asyncio.create_task(write())
        # It is through at once, or waits for the reader: that depends on the database.
        await asyncio.wait({writing}, timeout=0.2)
        assert await readers.find(conn, HERE) is None
    await writing
    async with database.read() as conn:
        assert await readers.find(conn, HERE) == b"x"


async def test_who_waits_too_long_for_the_lock_is_told_to_come_again(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = ("busy_timeout = 100", *connection.SQLITE_PRAGMAS[1:])
    monkeypatch.setattr(connection, "SQLITE_PRAGMAS", hasty)
    monkeypatch.setattr(connection, "_BE_PATIENT", text("SET LOCAL lock_timeout = '100ms'"))
    elsewhere = open_database(database_url)

    async def write(one: Database) -> None:
        async with one.write() as conn:
            await readers.put(conn, HERE, b"x")

    async with database.write() as conn:
        assert await readers.find(conn, HERE) is None
        with pytest.raises(Unavailable):
            await write(elsewhere)
    await write(elsewhere)
    await elsewhere.close()


async def test_too_many_transactions_at_once_are_told_to_come_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(times: int) -> None:
        async with database.read():
            if times > 1:
                await read(times - 1)

    monkeypatch.setattr(database.engine.sync_engine.pool, "_timeout", 0.01)
    await read(15)
    with pytest.raises(Unavailable, match="too many"):
        await read(16)


async def test_a_server_that_is_gone_is_unavailable() -> None:
    database = open_database("postgresql+psycopg://postgres@127.0.0.1:1/nowhere")
    with pytest.raises(Unavailable):
        async with database.read():
            pytest.fail("there is no server")
    await database.close()


async def test_a_mistake_of_ours_stays_one(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as conn:
            await conn.execute(text("INSERT INTO meta (\"key\") VALUES ('without a value')"))


async def test_a_file_that_is_no_database_is_named(state: Path) -> None:
    (state / "vestka.db").write_text("my dear diary, " * 1000)
    database = open_database(f"sqlite+aiosqlite:///{state / 'vestka.db'}")
    with pytest.raises(Misconfigured, match=r"vestka\.db is damaged or not a database"):
        async with database.read():
            pytest.fail("this is a diary")
    await database.close()


@pytest.fixture(params=["wal", "truncate"])
def journal(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, sqlite: Database
) -> str:
    """Use a kind of journal, whatever this SQLite is trusted with."""
    pragmas = [one for one in connection.SQLITE_PRAGMAS if "journal_mode" not in one]
    pragmas += [f"journal_mode = {request.param}", "busy_timeout = 100"]
    monkeypatch.setattr(connection, "SQLITE_PRAGMAS", tuple(pragmas))
    return str(request.param)


async def test_deleted_secrets_are_gone_from_every_byte_of_every_file(
    sqlite: Database, state: Path, journal: str
) -> None:
    def everything() -> bytes:
        return b"".join(file.read_bytes() for file in state.rglob("*") if file.is_file())

    kept = [(Locator(secrets.token_bytes(16)), secrets.token_bytes(1054)) for _ in range(200)]
    async with sqlite.write() as conn:
        for locator, sealed in kept:
            await readers.put(conn, locator, sealed)
    assert all(sealed in everything() for _, sealed in kept)
    half = kept[::2]
    async with sqlite.write() as conn:
        for locator, _ in half:
            await readers.remove(conn, locator)
    replaced = kept[1]
    async with sqlite.write() as conn:
        await readers.put(conn, replaced[0], secrets.token_bytes(1054))
    await sqlite.settle()
    stored = everything()
    for locator, sealed in half:
        assert bytes(locator) not in stored
        # No piece of it either.
        assert not any(sealed[i : i + 16] in stored for i in range(0, len(sealed) - 16, 16))
    assert replaced[1] not in stored
    assert all(sealed in stored for _, sealed in kept[3::2])


@pytest.mark.parametrize("journal", ["wal"], indirect=True)
async def test_a_log_that_is_still_read_is_no_success(sqlite: Database, journal: str) -> None:
    async with sqlite.write() as conn:
        assert await conn.scalar(text("PRAGMA journal_mode")) == journal
        await readers.put(conn, HERE, b"x")
    async with sqlite.read() as conn:
        assert await readers.find(conn, HERE) == b"x"
        async with sqlite.write() as other:
            await readers.remove(other, HERE)
        with pytest.raises(Unavailable, match="still being read"):
            await sqlite.settle()
    await sqlite.settle()


async def test_statements_and_their_values_are_not_in_errors(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with database.write() as conn:
            await conn.execute(
                text("INSERT INTO reader (locator, sealed) VALUES (:locator, NULL)"),
                {"locator": b"very secret"},
            )
    assert "very secret" not in str(caught.value)


async def test_what_is_fetched_past_sqlalchemy_belongs_to_the_transaction(
    sqlite: Database,
) -> None:
    look = 'SELECT count(*) FROM meta WHERE "key" = :key'
    async with sqlite.write() as conn:
        await conn.execute(text("INSERT INTO meta (\"key\", value) VALUES ('a', 'b')"))
        assert await fetch(conn, look, {"key": "a"}) == [(1,)]
    async with sqlite.read() as conn:
        assert await fetch(conn, look, {"key": "a"}) == [(1,)]
        assert conn.in_transaction()


async def test_an_error_of_what_is_fetched_says_neither_statement_nor_values(
    sqlite: Database,
) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with sqlite.read() as conn:
            await fetch(conn, "SELECT :secret FROM nowhere", {"secret": "very secret"})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite:///x.db", "mysql://x", "", "postgresql://x"])
def test_only_the_two_known_databases_are_opened(url: str) -> None:
    with pytest.raises(Misconfigured, match="VESTKA_DATABASE_URL must start with"):
        open_database(url)


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"])
def test_a_database_in_memory_would_forget_everybody(url: str) -> None:
    with pytest.raises(Misconfigured, match="must name a file"):
        open_database(url)


def test_a_url_that_cannot_be_read_is_not_quoted() -> None:
    with pytest.raises(Misconfigured) as caught:
        open_database("postgresql+psycopg://user:pass word@host:port/name")
    assert str(caught.value) == "VESTKA_DATABASE_URL cannot be read"
    assert caught.value.__cause__ is None


def test_the_file_and_its_folder_are_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "deep" / "vestka.db"
    open_database(f"sqlite+aiosqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "vestka.db"
    path.touch(0o644)
    open_database(f"sqlite+aiosqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="not a file to read and write"):
        open_database(f"sqlite+aiosqlite:///{tmp_path}")


def test_a_file_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="cannot use the database file"):
        open_database(f"sqlite+aiosqlite:///{tmp_path / 'file' / 'vestka.db'}")


def test_a_file_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(Misconfigured, match="not a file to read and write"):
        open_database(f"sqlite+aiosqlite:///{tmp_path / 'vestka.db'}")


def test_postgresql_without_its_driver_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Misconfigured, match=r"pip install 'vestka\[postgres\]'"):
        open_database("postgresql+psycopg://localhost/vestka")

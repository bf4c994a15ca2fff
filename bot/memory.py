"""Opening what is remembered: the key file, the database, and whether they belong together."""

import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.settings import Settings
from db import keyring, lock, meta, upkeep
from db.connection import Database, open_database, sqlite_path
from db.keyring import Keyring
from db.vault import Vault
from model.errors import Misconfigured
from services.name_index import NameIndex

KEY_CHECK = "key.check"
"""Where ``meta`` keeps a keyed value by which the right key is known; it tells nothing of it."""


@dataclass(frozen=True, slots=True)
class Memory:
    database: Database
    vault: Vault


@asynccontextmanager
async def recall(settings: Settings) -> AsyncIterator[Memory]:
    """Open the database with its key, for as long as the caller needs them.

    Raises:
        Misconfigured: the key file or the database is missing, does not fit this version, or
            they do not belong together.
    """
    keys = keyring.load(settings.key_file)
    database = open_database(settings.database_url)
    try:
        await require_current(database)
        await _require_its_key(database, keys)
        yield Memory(database, Vault(keys))
    finally:
        await database.close()


async def prepare(
    settings: Settings, progress: Callable[[int, int], None] = lambda done, of: None
) -> None:
    """Make the database, or bring it to this version, while no bot runs on it; ``progress`` is
    told how many people were filed anew, of how many, when names are read differently from before.

    Raises:
        Misconfigured: it is newer than this program, damaged, or in use.
    """
    path = sqlite_path(settings.database_url)
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings.database_url)
    try:
        async with lock.hold(database):
            await upkeep.migrate(settings.database_url)
            names = NameIndex(database)
            if not await names.is_current():
                await names.rebuild(progress)
    finally:
        await database.close()


async def require_current(database: Database) -> None:
    """See to it that the tables, and the index of names, are those of this version.

    Raises:
        Misconfigured: they are older, newer, or there are none.
    """
    if await upkeep.needs_migration(database) or not await NameIndex(database).is_current():
        raise Misconfigured("the database is not ready for this version; run: vestka migrate")


async def _require_its_key(database: Database, keys: Keyring) -> None:
    expected = keys.hashing("meta/check/v1").hex()
    async with database.read() as conn:
        kept = await meta.get(conn, KEY_CHECK)
    if kept is None:
        async with database.write() as conn:
            await meta.put(conn, KEY_CHECK, expected)
    elif not hmac.compare_digest(kept, expected):
        raise Misconfigured(
            "this key file does not belong to this database: nothing in it would open; "
            "set VESTKA_KEY_FILE to the right one, or bring it back from paper: "
            "vestka keys from-paper"
        )

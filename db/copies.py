"""Copies of an SQLite database as bytes: nothing deleted is in them, nothing is left on disk."""

import asyncio
import secrets
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from db.interruptions import PULSE, read_pulse, write_pulse
from model.errors import Misconfigured
from model.interruptions import Pulse


async def take(path: Path) -> bytes:
    """Return the whole database as the bytes of a file; the bot may go on meanwhile.

    Raises:
        Misconfigured: there is no such database, or it is damaged.
    """
    return await asyncio.to_thread(_take, path)


async def inspect(content: bytes) -> dict[str, int]:
    """Look for damage in a copy, in memory, and return how many rows each table has.

    Raises:
        Misconfigured: it is damaged, or no database at all.
    """
    return await asyncio.to_thread(_inspect, content)


async def mark(content: bytes, now: datetime) -> bytes:
    """Return the copy with a note in it that it was put back, for the guard to find."""
    return await asyncio.to_thread(_mark, content, now)


def _take(path: Path) -> bytes:
    # Not Connection.backup(): that copies what was deleted, too.
    name = f"file:{secrets.token_hex(8)}?mode=memory&cache=shared"
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(name, uri=True)) as copy,
        ):
            source.execute("VACUUM INTO ?", (name,))
            return copy.serialize()
    except sqlite3.Error as exc:
        raise Misconfigured(f"{path} cannot be copied: {exc}") from exc


def _inspect(content: bytes) -> dict[str, int]:
    if not content.startswith(_MAGIC):
        raise Misconfigured("the copy is damaged: it is no SQLite file")
    with closing(sqlite3.connect(":memory:")) as copy:
        try:
            copy.deserialize(content)
            damage = [line for (line,) in copy.execute("PRAGMA integrity_check") if line != "ok"]
            damage += [f"{table}: {row}" for table, row, *_ in copy.execute(_DANGLING)]
            tables = [name for (name,) in copy.execute(_TABLES)]
            rows = {name: copy.execute(_COUNT.format(name)).fetchone()[0] for name in tables}
        except sqlite3.Error as exc:
            raise Misconfigured(f"the copy is damaged: {exc}") from exc
    if damage:
        raise Misconfigured(f"the copy is damaged: {damage[0]}")
    return rows


def _mark(content: bytes, now: datetime) -> bytes:
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(content)
        kept = copy.execute("SELECT value FROM meta WHERE key = ?", (PULSE,)).fetchone()
        at = now if kept is None else read_pulse(kept[0]).at
        note = write_pulse(Pulse(at, restored=True))
        with copy:
            copy.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (PULSE, note))
        return copy.serialize()


_MAGIC = b"SQLite format 3\0"
_DANGLING = "PRAGMA foreign_key_check"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
_COUNT = 'SELECT count(*) FROM "{}"'

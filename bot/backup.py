"""Backups that this machine writes and cannot read: encrypted to an offline key with age."""

import os
from pathlib import Path

import pyrage

from bot.clock import now
from bot.settings import Settings
from db import copies
from db.connection import sqlite_path
from model.errors import BadInput, Misconfigured


async def write(settings: Settings, place: Path, recipients: list[str]) -> None:
    """Write an encrypted copy of the database to a new file. Nothing readable touches the disk.

    Raises:
        BadInput: a recipient is not an age public key.
        Misconfigured: the file is there already or cannot be written, or the database is not
            an SQLite file.
    """
    sealed = pyrage.encrypt(await copies.take(_path(settings)), _recipients(recipients))
    _put(place, sealed)


def read(place: Path, identity: Path) -> bytes:
    """Return what a backup holds, as the bytes of an SQLite file.

    Raises:
        Misconfigured: the backup or the identity cannot be read, or they do not belong together.
    """
    try:
        keys = [
            pyrage.x25519.Identity.from_str(line.strip())
            for line in identity.read_text().splitlines()
            if line.strip() and not line.startswith("#")
        ]
        return pyrage.decrypt(place.read_bytes(), keys)
    except (OSError, UnicodeDecodeError) as exc:
        raise Misconfigured(f"cannot read {getattr(exc, 'filename', None) or identity}") from exc
    except pyrage.IdentityError as exc:
        raise Misconfigured(f"{identity} is not an age identity (AGE-SECRET-KEY-1…)") from exc
    except pyrage.DecryptError as exc:
        raise Misconfigured(f"{place} does not open with this identity, or is damaged") from exc


async def verify(place: Path, identity: Path) -> dict[str, int]:
    """Open a backup in memory, look for damage, and return how many rows each table has.

    Raises:
        Misconfigured: it does not open, or is damaged.
    """
    return await copies.inspect(read(place, identity))


async def restore(settings: Settings, place: Path, identity: Path) -> dict[str, int]:
    """Put a backup in the place of a database that is not there. What waits in it to be sent
    goes on waiting, for an editor: it may have been sent already.

    Raises:
        Misconfigured: there is a database already, or the backup cannot be used.
    """
    path = _path(settings)
    content = read(place, identity)
    rows = await copies.inspect(content)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _put(path, await copies.mark(content, now()))
    return rows


def _path(settings: Settings) -> Path:
    path = sqlite_path(settings.database_url)
    if path is None:
        raise Misconfigured("the database is PostgreSQL: back it up with pg_dump | age")
    return path


def _recipients(texts: list[str]) -> list[pyrage.x25519.Recipient]:
    try:
        return [pyrage.x25519.Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError as exc:
        raise BadInput("a recipient is an age public key: age1…", "--to") from exc


def _put(place: Path, content: bytes) -> None:
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as exc:
        raise Misconfigured(f"there is a file at {place} already; it was not touched") from exc
    except OSError as exc:
        raise Misconfigured(f"cannot write {place}: {exc.strerror}") from exc
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())

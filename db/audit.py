"""The audit: what editors and operators did, chained so that nothing can be altered unnoticed.

The digest of an entry is keyed and covers the entry and the digest before it. The last one, the
*head*, is kept in ``meta`` too, so that entries missing at the end are noticed. Who can put the
whole database back to an earlier day is only found out by a head that was noted elsewhere.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy import insert, select

from db import meta
from db.connection import Connection
from db.tables import audit
from db.vault import Vault
from model.errors import Misconfigured

OPERATOR = "operator"
"""The actor of what is done at the command line: a shell proves nobody's identity."""
ITSELF = "bot"
"""The actor of what the bot does by itself."""

_HEAD = "audit.head"
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry; number 0 when there is none."""

    number: int = 0
    digest: bytes = bytes(32)


class AuditBroken(Misconfigured):
    """The audit was altered; ``number`` is the first entry that is not what it should be."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the audit was altered at entry {number}; compare it with a backup")
        self.number = number


async def record(
    conn: Connection, vault: Vault, now: datetime, actor: str, action: str, subject: str
) -> None:
    """Add an entry; ``actor`` is an editor's id or :data:`OPERATOR`. Never a name or a chat."""
    # Not the last row: after one that was removed the chain must not go on as if it had not been.
    last = await latest(conn)
    number = last.number + 1
    digest = _digest(vault, last.digest, number, now, actor, action, subject)
    await conn.execute(
        insert(audit).values(
            number=number, at=now, actor=actor, action=action, subject=subject, digest=digest
        )
    )
    await meta.put(conn, _HEAD, _written(Head(number, digest)))


async def verify(conn: Connection, vault: Vault) -> Head:
    """Check every entry, and return the head: note it where the database is not.

    Raises:
        AuditBroken: an entry was altered, moved, added or removed.
    """
    head = Head()
    while True:
        entries = (
            await conn.execute(
                select(audit).where(audit.c.number > head.number).order_by(audit.c.number)
                .limit(_CHUNK)
            )
        ).all()  # fmt: skip
        for entry in entries:
            expected = _digest(
                vault, head.digest, entry.number, entry.at, entry.actor, entry.action,
                entry.subject,
            )  # fmt: skip
            if entry.number != head.number + 1 or entry.digest != expected:
                raise AuditBroken(head.number + 1)
            head = Head(entry.number, expected)
        if len(entries) < _CHUNK:
            break
    if await meta.get(conn, _HEAD) != (_written(head) if head.number else None):
        raise AuditBroken(head.number + 1)
    return head


async def latest(conn: Connection) -> Head:
    """Return the last entry, as it is noted."""
    written = await meta.get(conn, _HEAD)
    if written is None:
        return Head()
    number, _, digest = written.partition("/")
    return Head(int(number), bytes.fromhex(digest))


def _written(head: Head) -> str:
    return f"{head.number}/{head.digest.hex()}"


def _digest(
    vault: Vault,
    before: bytes,
    number: int,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
) -> bytes:
    entry = msgspec.msgpack.encode(
        (number, at.astimezone(UTC).isoformat(), actor, action, subject)
    )
    return hmac.digest(vault.auditing, before + entry, hashlib.sha256)

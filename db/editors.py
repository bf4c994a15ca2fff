"""Editors, the invitations that make them, and the cards they look at."""

from datetime import datetime

from sqlalchemy import delete, select

from db import rows
from db.connection import Connection
from db.tables import editor, editor_card, invite
from model.notices import EditorId, NoticeId
from model.readers import Locator


async def find(conn: Connection, locator: Locator) -> tuple[EditorId, bytes] | None:
    """Return the id and the sealed record of the editor at ``locator``."""
    query = select(editor.c.id, editor.c.sealed).where(editor.c.locator == locator)
    row = (await conn.execute(query)).first()
    return None if row is None else (EditorId(row.id), row.sealed)


async def every(conn: Connection) -> list[tuple[EditorId, bytes]]:
    """Return all editors, in an order that says nothing."""
    query = select(editor.c.id, editor.c.sealed).order_by(editor.c.id)
    return [(EditorId(number), sealed) for number, sealed in await conn.execute(query)]


async def put(conn: Connection, number: EditorId, locator: Locator, sealed: bytes) -> None:
    """Store an editor, replacing the record before it."""
    await rows.put(conn, editor, {"id": number, "locator": locator, "sealed": sealed})


async def remove(conn: Connection, number: EditorId) -> bool:
    """Erase an editor and his or her cards; say whether there was one."""
    await conn.execute(delete(editor_card).where(editor_card.c.editor == number))
    done = await conn.execute(delete(editor).where(editor.c.id == number))
    return done.rowcount == 1


async def put_invite(
    conn: Connection, locator: Locator, sealed: bytes, expires_at: datetime
) -> None:
    """Store an invitation that can be taken before then."""
    row = {"locator": locator, "sealed": sealed, "expires_at": expires_at}
    await rows.put(conn, invite, row)


async def take_invite(conn: Connection, locator: Locator, now: datetime) -> bytes | None:
    """Remove the invitation and return its sealed record; ``None`` if there is none (any more)."""
    sealed: bytes | None = await conn.scalar(
        delete(invite)
        .where(invite.c.locator == locator, invite.c.expires_at > now)
        .returning(invite.c.sealed)
    )
    return sealed


async def purge_invites(conn: Connection, now: datetime) -> None:
    """Erase the invitations that have expired."""
    await conn.execute(delete(invite).where(invite.c.expires_at <= now))


async def put_card(conn: Connection, of: NoticeId, number: EditorId, sealed: bytes) -> None:
    """Note where an editor now sees the card of a notice."""
    await rows.put(conn, editor_card, {"notice": of, "editor": number, "sealed": sealed})


async def cards(conn: Connection, of: NoticeId) -> list[tuple[EditorId, bytes]]:
    """Return where editors see the card of a notice."""
    query = (
        select(editor_card.c.editor, editor_card.c.sealed)
        .where(editor_card.c.notice == of)
        .order_by(editor_card.c.editor)
    )
    return [(EditorId(number), sealed) for number, sealed in await conn.execute(query)]


async def cards_of(conn: Connection, number: EditorId) -> list[tuple[NoticeId, bytes]]:
    """Return the notices whose cards an editor sees, and where."""
    query = (
        select(editor_card.c.notice, editor_card.c.sealed)
        .where(editor_card.c.editor == number)
        .order_by(editor_card.c.notice)
    )
    return [(NoticeId(notice), sealed) for notice, sealed in await conn.execute(query)]

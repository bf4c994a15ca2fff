"""Foldings: messages of discreet readers that show their text and are folded again soon."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select

from db import rows
from db.connection import Connection
from db.tables import folding
from model.readers import Locator


async def put(conn: Connection, locator: Locator, due: datetime, sealed: bytes) -> None:
    """Note a message that is to be folded then; a later time replaces an earlier one."""
    await rows.put(conn, folding, {"locator": locator, "due": due, "sealed": sealed})


async def due(conn: Connection, now: datetime) -> list[tuple[Locator, bytes]]:
    """Return what is to be folded by now, longest due first."""
    return await _read(conn, folding.c.due <= now)


async def of(conn: Connection, chat: bytes) -> list[tuple[Locator, bytes]]:
    """Return those of one chat, whose locators begin alike."""
    return await _read(conn, _of(chat))


async def next_due(conn: Connection) -> datetime | None:
    """Return when the first of them is due."""
    moment: datetime | None = await conn.scalar(select(func.min(folding.c.due)))
    return moment


async def remove(conn: Connection, locators: Collection[Locator], now: datetime) -> None:
    """Erase those that are folded, unless they are to be folded only later."""
    await conn.execute(
        delete(folding).where(folding.c.locator.in_(locators), folding.c.due <= now)
    )


async def remove_of(conn: Connection, chat: bytes) -> None:
    """Erase those of one chat, whose locators begin alike."""
    await conn.execute(delete(folding).where(_of(chat)))


def _of(chat: bytes) -> ColumnElement[bool]:
    return func.substr(folding.c.locator, 1, len(chat)) == chat


async def _read(conn: Connection, which: ColumnElement[bool]) -> list[tuple[Locator, bytes]]:
    query = select(folding.c.locator, folding.c.sealed).where(which).order_by(folding.c.due)
    return [(Locator(locator), sealed) for locator, sealed in await conn.execute(query)]

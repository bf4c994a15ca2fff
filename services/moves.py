"""Moves: a group that becomes a supergroup gets another id, and misses nothing by that."""

from dataclasses import replace

from db import deliveries, readers
from db.connection import Connection, Database
from db.vault import Vault
from model.clock import Clock
from model.readers import FOLLOWS_AT_MOST, ChatId
from services.fanout import FanOut
from services.readers import find, joined, keep


class Moves:
    """Takes what is kept of a chat to where its new id is found."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._fanout = FanOut(database, vault, clock)

    async def move(self, old: ChatId, new: ChatId) -> None:
        """Give a chat its new id, when a group has become a supergroup."""
        async with self._database.write() as conn:
            await self.relocate(conn, old, new)

    async def relocate(self, conn: Connection, old: ChatId, new: ChatId) -> None:
        """Give a reader and all deliveries to it another chat id inside a transaction.

        The waves that are being made look for each reader in one place: they are told of the
        new one, where they may have been before.
        """
        reader = await find(conn, self._vault, old)
        await deliveries.move(conn, self._vault, old, new)
        if reader is None:
            return
        there = await find(conn, self._vault, new) or replace(reader, chat=new)
        both = joined(there, reader)
        # Nobody is there to be told that they are too many.
        moved = replace(both, follows=frozenset(sorted(both.follows)[:FOLLOWS_AT_MOST]))
        await keep(conn, self._vault, moved)
        await readers.remove(conn, self._vault.locate(old))
        await self._fanout.offer(conn, moved)

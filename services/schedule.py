"""The schedule that several processes share: one pace, kept by the database."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from db import pace
from db.connection import Database
from model.errors import Unavailable
from model.pace import Slots

T = TypeVar("T")

TRY_AGAIN = 1.0
"""Seconds until what was noted is tried to be told once more."""


class Schedule:
    """Changes the slots of all processes, one change after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: list[Callable[[Slots, float], Slots]] = []
        self._stirred = asyncio.Event()

    async def change(self, what: Callable[[Slots, float], tuple[Slots, T]]) -> T:
        """Change them by what was noted, and by this; return what it says.

        Raises:
            Unavailable: the database does not answer; nothing was changed.
        """
        noted, self._noted = self._noted, []
        try:
            async with self._database.share() as conn:
                before, now = await pace.take(conn)
                slots = before
                for one in noted:
                    slots = one(slots, now)
                slots, told = what(slots, now)
                if slots != before:
                    await pace.put(conn, slots, now)
        except BaseException:
            self._noted = noted + self._noted
            raise
        return told

    def note(self, what: Callable[[Slots, float], Slots]) -> None:
        """Change them soon, and do not wait for that."""
        self._noted.append(what)
        self._stirred.set()

    async def run(self) -> None:
        """Tell the others what was noted, until cancelled."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            while self._noted:
                with suppress(Unavailable):
                    await self.change(_as_they_are)
                    continue
                await asyncio.sleep(TRY_AGAIN)


def _as_they_are(slots: Slots, _: float) -> tuple[Slots, None]:
    return slots, None

"""Foldings: a message of a discreet reader shows its text for a minute."""

from datetime import datetime, timedelta

from db import foldings
from db.connection import Database
from db.vault import FOLDING, Vault
from model.clock import Clock
from model.readers import ChatId, Spot

SHOWN = timedelta(seconds=60)
"""How long a text is shown."""


class Foldings:
    """What is unfolded is written down first, so that it is folded even after a crash."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def unfolded(
        self, chat: ChatId, message: int, language: str, *, shows: str = ""
    ) -> None:
        """Note that a message shows its text, to be folded in a minute from now; ``shows`` is
        what the button must carry that shows the text again."""
        locator = self._vault.locate_spot(chat, message)
        sealed = self._vault.seal(FOLDING, locator, Spot(chat, message, language, shows))
        async with self._database.write() as conn:
            await foldings.put(conn, locator, self._clock() + SHOWN, sealed)

    async def due(self) -> tuple[Spot, ...]:
        """Return the messages that are to be folded by now."""
        async with self._database.read() as conn:
            found = await foldings.due(conn, self._clock())
        return tuple(self._vault.open(FOLDING, locator, sealed) for locator, sealed in found)

    async def folded(self, *spots: Spot) -> None:
        """Erase messages that are folded, or cannot be. What was opened again meanwhile shows
        its text and stays noted."""
        locators = [self._vault.locate_spot(spot.chat, spot.message) for spot in spots]
        async with self._database.write() as conn:
            await foldings.remove(conn, locators, self._clock())

    async def next_due(self) -> datetime | None:
        """Return when the next message is to be folded; ``None`` when there is none."""
        async with self._database.read() as conn:
            return await foldings.next_due(conn)

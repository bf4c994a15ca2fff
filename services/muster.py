"""The muster: all readers, in the order in which a wave's deliveries to them are kept."""

from collections.abc import Sequence

from db.vault import HASH, Vault
from model.deliveries import Mark
from model.notices import WaveId
from model.readers import Locator

_SHELVES = 4096
"""By the first twelve bits of the mark: of a million readers some 250 are on each."""
_ENTRY = 2 * HASH


class Muster:
    """Where readers are found, by the marks that their deliveries of one wave have.

    Deliveries are kept in the order of their marks. Made in the order of their readers, each of
    a million would be written into another corner of a table of hundreds of megabytes; made in
    their own order, each is written beside the one before it. A reader takes 32 bytes here.
    """

    def __init__(self, vault: Vault, wave: WaveId) -> None:
        self.wave = wave
        self._vault = vault
        self._shelves = [bytearray() for _ in range(_SHELVES)]
        self.last: Locator | None = None
        """Who was put in place last, in the order of locators."""
        self.complete = False

    def add(self, locators: Sequence[Locator]) -> None:
        """Put readers in their places; they come in the order of locators."""
        for locator in locators:
            mark = self._vault.mark_at(self.wave, locator)
            shelf = self._shelves[mark[0] << 4 | mark[1] >> 4]
            shelf += mark + locator
        self.last = locators[-1] if locators else self.last

    def after(self, cursor: bytes | None, most: int) -> list[tuple[Mark, Locator]]:
        """Return the next readers, and the marks of their deliveries, in the order of these."""
        found: list[tuple[Mark, Locator]] = []
        first = cursor or b"\0\0"
        for shelf in self._shelves[first[0] << 4 | first[1] >> 4 :]:
            entries = sorted(
                bytes(shelf[start : start + _ENTRY]) for start in range(0, len(shelf), _ENTRY)
            )
            found += [
                (Mark(entry[:HASH]), Locator(entry[HASH:]))
                for entry in entries
                if cursor is None or entry[:HASH] > cursor
            ]
            if len(found) >= most:
                break
        return found[:most]

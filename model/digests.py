"""Digests: what is told in one message at a reader's own hour."""

from dataclasses import dataclass
from datetime import datetime

from model.cards import Card


@dataclass(frozen=True, slots=True)
class Digest:
    """What became known between two moments, and how it stands now."""

    since: datetime
    until: datetime
    followed: tuple[Card, ...]
    freed: tuple[Card, ...]
    """Who was freed, without those followed, as many as are shown."""
    more: int
    """How many more were freed."""
    held: int
    counted: datetime
    longest: tuple[Card, ...]
    """Of whom nothing was heard in public for longest."""
    birthdays: tuple[Card, ...] = ()
    """Those held who have one soon, those followed first."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """How those a reader follows and who are held stand, once a month."""

    at: datetime
    followed: tuple[Card, ...]

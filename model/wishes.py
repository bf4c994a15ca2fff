"""Wishes: when a reader wants to hear something, and how often."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
LOOKS_BACK = timedelta(days=8)
"""How long it is remembered in which hours digests went out."""


ZONES = (
    "Europe/Minsk",
    "Europe/Vilnius",
    "Europe/Warsaw",
    "Europe/Kiev",
    "Asia/Tbilisi",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Asia/Almaty",
    "Asia/Jerusalem",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    *(f"Etc/GMT{-hours:+d}" for hours in range(-10, 14)),
)
"""What a reader may choose from: cities, and hours from UTC (whose names have the sign reversed).
Add zones at the end: buttons carry their places."""

BEGINNINGS = (20, 21, 22, 23, 0, 1)
ENDINGS = (5, 6, 7, 8, 9, 10)
"""The hours in which quiet may begin and end."""
NIGHT = (22, 7)
DAYS_ASLEEP = (1, 3, 7, 30)
HOURS = (7, 8, 9, 10, 12, 14, 16, 18, 20, 21)
"""When digests may come."""


class Rhythm(StrEnum):
    """How often a digest comes. Stored; never rename a value."""

    DAILY = "daily"
    WEEKLY = "weekly"
    """On Mondays."""


class Wishes(NamedTuple):
    """What a reader chose beyond whom and what the news is about.

    A tuple, not a dataclass: sealed without the names of its fields it fits into the record
    beside the most follows. Add fields at the end; never reorder.
    """

    zone: str = ""
    """The time zone all hours here are in; chosen, or the organisation's, with the first hour."""
    quiet: tuple[int, int] | None = None
    """The hours in which quiet begins and ends: 22 and 7 are from 22:00 to 7:00."""
    silently: bool = False
    """In quiet hours messages come without a sound; else they wait."""
    asleep: datetime | None = None
    """Since when nothing is sent."""
    wakes: datetime | None = None
    digest: Rhythm | None = None
    """Instead of single news of releases."""
    hour: int = 9
    """When digests and monthly notes come."""
    since: datetime | None = None
    """When the digest was chosen: the first tells of nothing older."""
    monthly: bool = False
    """Wants to hear once a month that nothing has changed."""
    reminders: bool = False
    """Wants to be reminded, once, of news about a followed person that was not seen."""

    def is_asleep(self, at: datetime) -> bool:
        return self.wakes is not None and at < self.wakes

    def local(self, at: datetime) -> datetime:
        """Return a moment by the reader's own clock."""
        return at.astimezone(ZoneInfo(self.zone or "UTC"))

    def is_quiet(self, at: datetime) -> bool:
        """Say whether a moment falls into the quiet hours, by the reader's own clock."""
        if self.quiet is None:
            return False
        begins, ends = self.quiet
        hour = self.local(at).hour
        return begins <= hour < ends if begins < ends else hour >= begins or hour < ends

    def awake_from(self, at: datetime) -> datetime:
        """Return the first moment from then on at which the reader may be spoken to: that very
        moment, or a whole hour, because nothing finer is stored."""
        first = at if self.wakes is None else max(at, self.wakes)
        while self.is_quiet(first) and not self.silently:
            # Hour by hour: on two days of the year the clock jumps, and with it the end.
            first = hour_of(first) + HOUR
        return first


NO_WISHES = Wishes()


def hour_of(at: datetime) -> datetime:
    """Return when the hour began."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)

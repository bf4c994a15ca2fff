"""The time, for a stand-in that runs by itself; everywhere else the clock is passed in."""

from datetime import UTC, datetime


def now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)

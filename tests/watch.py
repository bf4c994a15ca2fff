"""A clock that stands still until a test moves it, and how long a test waits by the real one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

AT_MOST = 120.0
"""Seconds until a test gives up on what must come. It comes at once, but on a busy machine: no
test may fail for waiting less."""


@dataclass(slots=True)
class Watch:
    """Give one wherever a ``model.clock.Clock`` is asked for."""

    now: datetime = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by

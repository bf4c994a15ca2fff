"""The one place that asks the machine for the time."""

from datetime import UTC, datetime, timedelta

from model.clock import Clock


def now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)


def shifted_to(begin: datetime, *, real: Clock = now) -> Clock:
    """Return a clock that reads ``begin`` now and runs on from there, as the demo's does."""
    shift: timedelta = begin - real()
    return lambda: real() + shift

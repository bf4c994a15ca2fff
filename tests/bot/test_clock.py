"""The clock: the machine's, or one that began another day."""

from datetime import UTC, datetime, timedelta

from bot import clock
from tests.watch import Watch

MORNING = datetime(2025, 12, 13, 8, 0, tzinfo=UTC)


def test_the_present_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_a_shifted_clock_begins_then_and_runs_on() -> None:
    real = Watch(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    shifted = clock.shifted_to(MORNING, real=real)
    assert shifted() == MORNING
    real.advance(timedelta(minutes=7))
    assert shifted() == MORNING + timedelta(minutes=7)

"""How fast it goes is told by two looks within a minute."""

from datetime import UTC, datetime, timedelta

import pytest

from model.notices import NoticeId
from services.speed import Speed

NOON = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
NEWS, OTHER = NoticeId(1), NoticeId(2)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_one_look_tells_nothing_and_two_do() -> None:
    speed = Speed()
    assert speed.of(NEWS, 10, NOON, going=True) is None
    assert speed.of(NEWS, 20, after(0.5), going=True) is None
    assert speed.of(NEWS, 68, after(2), going=True) == pytest.approx(29)
    assert speed.of(OTHER, 68, after(2), going=True) is None


def test_what_was_a_minute_ago_counts_no_more() -> None:
    speed = Speed()
    speed.of(NEWS, 0, NOON, going=True)
    speed.of(NEWS, 1000, after(30), going=True)
    assert speed.of(NEWS, 1050, after(80), going=True) == pytest.approx(1)


def test_what_is_stopped_has_no_speed_and_begins_anew() -> None:
    speed = Speed()
    speed.of(NEWS, 0, NOON, going=True)
    assert speed.of(NEWS, 100, after(10), going=False) is None
    assert speed.of(NEWS, 100, after(20), going=True) is None


def test_a_sum_that_became_less_begins_anew() -> None:
    """Deliveries of an older wave were purged, and their sums rounded."""
    speed = Speed()
    speed.of(NEWS, 100, NOON, going=True)
    assert speed.of(NEWS, 90, after(10), going=True) is None

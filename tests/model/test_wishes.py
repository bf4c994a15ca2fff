"""When a reader may be spoken to, by his or her own clock, on every day of the year."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.wishes import HOUR, Rhythm, Wishes

NIGHT = Wishes("Europe/Vilnius", (22, 7))

hours = st.integers(0, 23)
zones = st.sampled_from(
    [
        "Europe/Vilnius",
        "Europe/Minsk",
        "America/New_York",
        "America/St_Johns",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
        "UTC",
    ]
)
moments = st.integers(1_740_000_000_000, 1_800_000_000_000).map(
    lambda milliseconds: datetime.fromtimestamp(milliseconds / 1000, UTC)
)
quiets = st.tuples(hours, hours).filter(lambda both: both[0] != both[1])


def at(zone: str, *when: int, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]  # year to minute


@given(zones, quiets, moments)
def test_nobody_is_spoken_to_in_quiet_hours_and_nobody_waits_longer_than_needed(
    zone: str, quiet: tuple[int, int], now: datetime
) -> None:
    wishes = Wishes(zone, quiet)
    first = wishes.awake_from(now)
    assert not wishes.is_quiet(first)
    if first == now:
        return
    assert first == first.replace(minute=0, second=0, microsecond=0)
    # Any whole hour before it, and now, is quiet.
    waited = int((first - now) / HOUR)
    assert wishes.is_quiet(now)
    assert all(wishes.is_quiet(first - HOUR * n) for n in range(1, waited + 1))


@given(zones, quiets, moments)
def test_the_quiet_hours_are_those_of_the_readers_own_clock(
    zone: str, quiet: tuple[int, int], now: datetime
) -> None:
    begins, ends = quiet
    there = now.astimezone(ZoneInfo(zone)).hour
    quiet_there = {(begins + n) % 24 for n in range((ends - begins) % 24)}
    assert Wishes(zone, quiet).is_quiet(now) is (there in quiet_there)


@given(zones, quiets, moments, st.timedeltas(timedelta(hours=-99), timedelta(days=30)))
def test_nobody_is_woken(
    zone: str, quiet: tuple[int, int], now: datetime, more: timedelta
) -> None:
    wishes = Wishes(zone, quiet, wakes=now + more)
    first = wishes.awake_from(now)
    assert not wishes.is_asleep(first)
    assert not wishes.is_quiet(first)
    assert first >= now


@pytest.mark.parametrize(
    ("now", "first"),
    [
        # The evening before the clocks go forward: the night is an hour shorter.
        ((2026, 3, 28, 22, 30), (2026, 3, 29, 7, 0)),
        # And back: an hour longer.
        ((2026, 10, 24, 22, 30), (2026, 10, 25, 7, 0)),
        ((2026, 1, 10, 6, 59), (2026, 1, 10, 7, 0)),
        ((2026, 1, 10, 7, 0), (2026, 1, 10, 7, 0)),
        ((2026, 1, 10, 21, 59), (2026, 1, 10, 21, 59)),
    ],
)
def test_a_night_ends_at_seven_whatever_the_clocks_do(
    now: tuple[int, ...], first: tuple[int, ...]
) -> None:
    assert NIGHT.awake_from(at("Europe/Vilnius", *now)) == at("Europe/Vilnius", *first)


def test_in_the_hour_that_comes_twice_both_are_quiet() -> None:
    wishes = Wishes("Europe/Vilnius", (3, 4))
    # At 4:00 the clocks are put back to 3:00.
    first, second = (at("Europe/Vilnius", 2026, 10, 25, 3, 30, fold=n) for n in (0, 1))
    assert second - first == HOUR
    for now in (first, second):
        assert wishes.awake_from(now) == at("Europe/Vilnius", 2026, 10, 25, 4, 0)


def test_who_wants_messages_without_a_sound_at_night_waits_for_nothing() -> None:
    now = at("Europe/Vilnius", 2026, 1, 10, 3, 0)
    wishes = NIGHT._replace(silently=True)
    assert wishes.is_quiet(now)
    assert wishes.awake_from(now) == now


def test_who_wakes_at_night_is_spoken_to_in_the_morning() -> None:
    now = at("Europe/Vilnius", 2026, 1, 10, 12, 0)
    wishes = NIGHT._replace(wakes=at("Europe/Vilnius", 2026, 1, 11, 2, 20))
    assert wishes.is_asleep(now)
    assert wishes.awake_from(now) == at("Europe/Vilnius", 2026, 1, 11, 7, 0)


def test_who_wishes_nothing_is_spoken_to_at_any_time() -> None:
    now = at("Europe/Vilnius", 2026, 1, 10, 3, 0)
    assert not Wishes().is_quiet(now)
    assert not Wishes().is_asleep(now)
    assert Wishes().awake_from(now) == now
    assert Rhythm("daily") is Rhythm.DAILY

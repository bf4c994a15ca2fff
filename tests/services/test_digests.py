"""Digests: who gets one when, what it tells, and what it does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol

import pytest

from db import deliveries, events, people, waves
from db.connection import Database
from db.deliveries import Stored
from db.vault import ADDRESS, Vault
from model.dates import PartialDate
from model.deliveries import Address, Delivery, DeliveryState, Ending, Lane, Outcome
from model.digests import Digest, Unchanged
from model.errors import NotFound
from model.interruptions import Arrears, InterruptionId
from model.notices import EditorId, WaveId, WaveKind
from model.people import Event, EventId, EventKind, EventState, PersonId
from model.readers import ChatId, ChatKind, Reader
from model.wishes import HOUR, LOOKS_BACK, Rhythm, Wishes, hour_of
from services.digests import FREED_SHOWN, Digests
from services.fanout import FanOut
from services.guard import Guard
from services.outbox import Outbox
from services.overview import Overview
from services.search import Search
from services.wishes import digest_since, is_told_monthly, may_begin_a_month
from tests.delivery.press import ALES, IHAR, MARIA, NINA, Press
from tests.watch import Watch

DAY, WEEK = timedelta(days=1), timedelta(days=7)
# A Monday; 9:00 in Vilnius.
NINE = datetime(2025, 12, 15, 7, 0, tzinfo=UTC)
DAILY = Wishes("Europe/Vilnius", digest=Rhythm.DAILY)
WEEKLY = DAILY._replace(digest=Rhythm.WEEKLY)
MONTHLY = Wishes("Europe/Vilnius", monthly=True)
NUMBERS = count(9_000_000)


class Decides(Protocol):
    """What an editor may say of what waits."""

    async def __call__(
        self, guard: Guard, editor: EditorId, number: InterruptionId, /
    ) -> Arrears: ...


@pytest.fixture
async def press(database: Database, vault: Vault, clock: Watch) -> Press:
    press = Press(database, vault, clock)
    await press.know(MARIA, ALES, IHAR, NINA)
    clock.now = NINE
    return press


@pytest.fixture
def digests(database: Database, clock: Watch) -> Digests:
    search = Search(database)
    return Digests(database, clock, search, Overview(database, search, clock))


@pytest.fixture
def fanout(database: Database, vault: Vault, clock: Watch) -> FanOut:
    return FanOut(database, vault, clock, chunk=2)


@pytest.fixture
def outbox(database: Database, vault: Vault, clock: Watch) -> Outbox:
    return Outbox(database, vault, clock)


async def make_all(fanout: FanOut) -> None:
    while await fanout.advance():
        pass


async def claim(outbox: Outbox) -> list[Delivery]:
    """Claim all that is due and deliver it."""
    claimed = await outbox.claim(100)
    await outbox.settle([Outcome(one, Ending.DELIVERED, message=7) for one in claimed])
    return claimed


async def strike(digests: Digests, fanout: FanOut, outbox: Outbox) -> list[Delivery]:
    """Let the clock strike, and deliver what goes out then."""
    await digests.begin()
    await make_all(fanout)
    return await claim(outbox)


async def happen(press: Press, person: PersonId, kind: EventKind, on: str) -> None:
    event = Event(EventId(next(NUMBERS)), person, kind, PartialDate.parse(on), ())
    async with press.database.write() as conn:
        await events.add(conn, event, EventState.PUBLISHED)


def reader(wishes: Wishes, *follows: PersonId) -> Reader:
    return Reader(ChatId(1), "be", wishes=wishes, follows=frozenset(follows))


# --- when -------------------------------------------------------------------------------------


def test_a_digest_comes_at_the_readers_own_hour_and_tells_of_the_time_since_the_last() -> None:
    before = [NINE - HOUR * n for n in range(1, 8 * 24)]
    assert digest_since(reader(DAILY), NINE, before) == NINE - DAY
    assert digest_since(reader(WEEKLY), NINE, before) == NINE - WEEK
    assert digest_since(reader(DAILY), NINE + HOUR, before) is None
    assert digest_since(reader(WEEKLY), NINE + DAY, before) is None
    elsewhere = DAILY._replace(zone="Asia/Kolkata", hour=12)
    assert digest_since(reader(elsewhere), NINE, before) == NINE - DAY
    assert digest_since(reader(Wishes("Europe/Vilnius")), NINE, before) is None


def test_the_time_of_a_digest_that_was_missed_is_covered_by_the_next() -> None:
    before = [NINE - HOUR * n for n in range(1, 8 * 24) if n not in {24, 48}]
    assert digest_since(reader(DAILY), NINE, before) == NINE - 3 * DAY
    assert digest_since(reader(DAILY), NINE, ()) == NINE - 2 * DAY


def test_the_first_digest_tells_of_nothing_that_was_told_before_it_was_chosen() -> None:
    chosen = NINE - timedelta(hours=5)
    assert digest_since(reader(DAILY._replace(since=chosen)), NINE, [NINE - DAY]) == chosen


def test_on_the_days_on_which_the_clocks_change_a_digest_comes_once() -> None:
    for first in (datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)):
        hours = [first + HOUR * n for n in range(5 * 24)]
        came = [
            (hour, since)
            for hour in hours
            for since in [digest_since(reader(DAILY), hour, [h for h in hours if h < hour][::-1])]
            if since is not None
        ]
        assert len(came) == 5
        # No time is told twice, and none is left out.
        assert [since for _, since in came[1:]] == [hour for hour, _ in came[:-1]]


def test_who_rests_is_told_on_waking_and_once() -> None:
    asleep, woke = NINE - 3 * DAY, NINE - timedelta(hours=4)
    resting = reader(DAILY._replace(asleep=asleep, wakes=woke))
    assert digest_since(resting, woke - HOUR, ()) is None
    assert digest_since(resting, woke, [woke - HOUR]) == asleep
    # Even if that hour was missed.
    assert digest_since(resting, woke + HOUR, [woke - HOUR]) == asleep
    assert digest_since(resting, woke + HOUR, [woke, woke - HOUR]) is None
    assert digest_since(resting, NINE, [NINE - HOUR * n for n in range(1, 99)]) == woke


def test_a_monthly_note_comes_once_when_the_month_begins() -> None:
    first = datetime(2025, 12, 1, 7, 0, tzinfo=UTC)
    one = reader(MONTHLY, MARIA)
    assert is_told_monthly(one, first, ())
    assert not is_told_monthly(one, first + HOUR, ())
    assert not is_told_monthly(one, first + DAY, [first])
    assert is_told_monthly(one, first + DAY, [first + HOUR])
    assert not is_told_monthly(one, first + 3 * DAY, ())
    assert not is_told_monthly(reader(MONTHLY), first, ())
    assert not is_told_monthly(reader(DAILY, MARIA), first, ())
    asleep = MONTHLY._replace(wakes=first + DAY)
    assert not is_told_monthly(reader(asleep, MARIA), first, ())


def test_a_month_begins_at_different_times_on_earth() -> None:
    assert may_begin_a_month(datetime(2025, 11, 30, 10, tzinfo=UTC))
    assert not may_begin_a_month(datetime(2025, 11, 30, 9, tzinfo=UTC))
    assert may_begin_a_month(datetime(2025, 12, 4, 11, tzinfo=UTC))
    assert not may_begin_a_month(datetime(2025, 12, 4, 12, tzinfo=UTC))


# --- going out --------------------------------------------------------------------------------


async def test_one_wave_an_hour_carries_the_digests(
    press: Press, digests: Digests, clock: Watch
) -> None:
    assert await digests.begin()
    assert not await digests.begin()
    clock.advance(timedelta(minutes=59))
    assert not await digests.begin()
    clock.advance(timedelta(minutes=1))
    assert await digests.begin()


async def test_only_those_whose_hour_it_is_get_one(
    press: Press, digests: Digests, fanout: FanOut, outbox: Outbox
) -> None:
    await press.welcome(1, wishes=DAILY, follows=frozenset({MARIA}), language="uk")
    await press.welcome(2, wishes=DAILY._replace(hour=10))
    await press.welcome(3)
    await press.welcome(-4, wishes=WEEKLY, kind=ChatKind.GROUP)
    await press.welcome(5, wishes=MONTHLY, follows=frozenset({MARIA}))
    told = await strike(digests, fanout, outbox)
    assert {one.address.chat: one.address.freed for one in told} == {1: (MARIA,), -4: ()}
    assert {(one.lane, one.kind) for one in told} == {(Lane.DIGEST, WaveKind.DIGEST)}
    assert {one.address.since for one in told} == {NINE - 2 * DAY, NINE - 2 * WEEK}


async def test_a_digest_waits_for_the_end_of_quiet_hours(
    press: Press, digests: Digests, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, wishes=DAILY._replace(quiet=(22, 10)))
    assert await strike(digests, fanout, outbox) == []
    clock.advance(HOUR)
    assert [one.address.chat for one in await strike(digests, fanout, outbox)] == [1]


async def test_a_wave_that_is_an_hour_late_tells_nobody_and_the_next_covers_its_time(
    press: Press, digests: Digests, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, wishes=DAILY)
    assert len(await strike(digests, fanout, outbox)) == 1
    clock.advance(DAY)
    await digests.begin()
    clock.advance(HOUR)
    await make_all(fanout)
    assert await claim(outbox) == []
    clock.now = NINE + 2 * DAY
    (one,) = await strike(digests, fanout, outbox)
    assert one.address.since == NINE


async def test_hours_are_forgotten_once_nobody_needs_them(
    press: Press, digests: Digests, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await strike(digests, fanout, outbox)
    await outbox.end_waves()
    clock.advance(LOOKS_BACK + HOUR)
    await outbox.purge()
    await digests.begin()
    async with press.database.read() as conn:
        assert not await waves.is_begun(conn, WaveKind.DIGEST, NINE)
        assert await waves.is_begun(conn, WaveKind.DIGEST, hour_of(clock.now))


async def test_a_monthly_note_goes_to_who_wants_it(
    press: Press, digests: Digests, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, wishes=MONTHLY, follows=frozenset({MARIA, ALES}))
    await press.welcome(2, follows=frozenset({MARIA}))
    await press.happen(MARIA, EventKind.DETAINED)
    await press.happen(ALES, EventKind.RELEASED)
    clock.now = datetime(2026, 1, 1, 7, 0, tzinfo=UTC)
    (one,) = await strike(digests, fanout, outbox)
    assert (one.kind, one.address.chat) == (WaveKind.UNCHANGED, 1)
    told = await digests.read(one.wave, one.address)
    assert isinstance(told, Unchanged)
    assert [card.person.id for card in told.followed] == [MARIA]
    clock.advance(DAY)
    assert await strike(digests, fanout, outbox) == []


async def test_who_follows_nobody_held_gets_no_monthly_note(
    press: Press, digests: Digests
) -> None:
    async with press.database.write() as conn:
        wave = await waves.add(conn, None, (), NINE, kind=WaveKind.UNCHANGED)
    address = Address(ChatId(1), ChatKind.PRIVATE, "be", discreet=False, freed=(MARIA,))
    assert await digests.read(wave, address) is None


# --- what it tells ----------------------------------------------------------------------------


async def read(digests: Digests, press: Press, since: datetime, *follows: PersonId) -> Digest:
    async with press.database.write() as conn:
        wave = await waves.add(conn, None, (), press.clock(), kind=WaveKind.WAKING)
    address = Address(
        ChatId(1), ChatKind.PRIVATE, "be", discreet=False, freed=follows, since=since
    )
    told = await digests.read(wave, address)
    assert isinstance(told, Digest)
    return told


def of(cards: tuple[object, ...]) -> list[PersonId]:
    return [card.person.id for card in cards]  # type: ignore[attr-defined]  # all are cards


async def test_a_digest_names_who_was_freed_since_the_last(
    press: Press, digests: Digests, clock: Watch
) -> None:
    await press.happen(MARIA, EventKind.RELEASED)
    await press.happen(ALES, EventKind.RELEASED)
    await press.happen(IHAR, EventKind.RELEASED)
    await press.open(await press.release([MARIA]))
    clock.advance(HOUR)
    since = clock.now
    clock.advance(HOUR)
    await press.open(await press.release([ALES, IHAR, NINA]))
    clock.advance(HOUR)
    told = await read(digests, press, since, ALES)
    # Nina is not free by what is published; Ales is told of above.
    assert of(told.freed) == [IHAR]
    assert of(told.followed) == [ALES]
    assert told.more == 0


async def test_a_digest_does_not_name_whom_a_correction_took_back(
    press: Press, digests: Digests, clock: Watch
) -> None:
    await press.happen(MARIA, EventKind.RELEASED)
    await press.happen(ALES, EventKind.RELEASED)
    since = clock.now
    clock.advance(HOUR)
    notice = await press.release([MARIA, ALES])
    await press.open(notice)
    await press.correct(notice, ALES)
    clock.advance(HOUR)
    assert of((await read(digests, press, since)).freed) == [MARIA]
    await press.withdraw(notice)
    clock.advance(HOUR)
    assert of((await read(digests, press, since)).freed) == []


async def test_a_digest_names_who_was_freed_alone(press: Press, digests: Digests) -> None:
    await happen(press, MARIA, EventKind.RELEASED, "2025-12-14")
    await happen(press, ALES, EventKind.RELEASED, "2025-12-10")
    await happen(press, IHAR, EventKind.RELEASED, "2025-12")
    assert of((await read(digests, press, NINE - DAY)).freed) == [MARIA]


async def test_a_digest_shows_so_many_and_counts_the_rest(
    press: Press, digests: Digests, clock: Watch
) -> None:
    crowd = [PersonId(500 + n) for n in range(FREED_SHOWN + 3)]
    await press.know(*crowd)
    for one in crowd:
        await press.happen(one, EventKind.RELEASED)
    since = clock.now
    clock.advance(HOUR)
    await press.open(await press.release(crowd))
    told = await read(digests, press, since)
    assert (len(told.freed), told.more) == (FREED_SHOWN, 3)


async def test_a_digest_says_how_many_are_held_and_of_whom_least_was_heard(
    press: Press, digests: Digests, clock: Watch
) -> None:
    await happen(press, MARIA, EventKind.DETAINED, "2022-01-05")
    await happen(press, MARIA, EventKind.IMPRISONED, "2025-12-01")
    await happen(press, ALES, EventKind.DETAINED, "2020-09-07")
    await happen(press, ALES, EventKind.CONTACT, "2024-03-01")
    await happen(press, IHAR, EventKind.DETAINED, "2021-09-07")
    await happen(press, NINA, EventKind.DETAINED, "2019-09-07")
    await happen(press, NINA, EventKind.RELEASED, "2020-09-07")
    told = await read(digests, press, NINE - DAY)
    assert (told.held, told.counted) == (3, NINE)
    assert of(told.longest) == [IHAR, MARIA, ALES]
    # For a minute it is told the same.
    await happen(press, IHAR, EventKind.CONTACT, "2025-12-12")
    assert of((await read(digests, press, NINE - DAY)).longest) == [IHAR, MARIA, ALES]
    clock.advance(timedelta(minutes=1))
    assert of((await read(digests, press, NINE - DAY)).longest) == [MARIA, ALES, IHAR]


async def test_hidden_people_are_in_no_digest(
    press: Press, digests: Digests, database: Database
) -> None:
    await happen(press, MARIA, EventKind.DETAINED, "2022-01-05")
    await happen(press, ALES, EventKind.RELEASED, "2025-12-14")
    async with database.write() as conn:
        await people.hide(conn, [MARIA, ALES])
    told = await read(digests, press, NINE - DAY, MARIA)
    assert (told.followed, told.freed, told.longest, told.held) == ((), (), (), 0)


async def test_other_news_is_no_digest(press: Press, digests: Digests) -> None:
    wave = await press.open(await press.release([MARIA]))
    address = Address(ChatId(1), ChatKind.PRIVATE, "be", discreet=False)
    with pytest.raises(NotFound):
        await digests.read(wave, address)
    with pytest.raises(NotFound):
        await digests.read(WaveId(99), address)


async def born(press: Press, person: PersonId, birthday: str) -> None:
    async with press.database.write() as conn:
        known = await people.get(conn, person)
        assert known is not None
        await people.change(conn, replace(known, birthday=birthday), [person])


async def test_a_digest_tells_the_birthdays_of_a_week_those_followed_first(
    press: Press, digests: Digests
) -> None:
    for person, birthday in ((MARIA, "12-15"), (ALES, "12-21"), (IHAR, "12-22"), (NINA, "12-16")):
        await happen(press, person, EventKind.DETAINED, "2022-01-05")
        await born(press, person, birthday)
    await happen(press, NINA, EventKind.RELEASED, "2025-01-05")
    assert of((await read(digests, press, NINE - DAY)).birthdays) == [MARIA, ALES]
    assert of((await read(digests, press, NINE - DAY, ALES)).birthdays) == [ALES, MARIA]


@pytest.mark.parametrize("year", [2026, 2028])
async def test_who_was_born_on_29_february_has_a_birthday_in_every_year(
    press: Press, digests: Digests, clock: Watch, year: int
) -> None:
    await happen(press, MARIA, EventKind.DETAINED, "2022-01-05")
    await born(press, MARIA, "02-29")
    clock.now = datetime(year, 2, 25, 7, 0, tzinfo=UTC)
    assert of((await read(digests, press, NINE)).birthdays) == [MARIA]


# --- corrections ------------------------------------------------------------------------------


async def test_a_correction_reaches_those_whom_a_digest_told(
    press: Press, digests: Digests, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, wishes=DAILY, releases=True)
    await press.welcome(2, wishes=DAILY, follows=frozenset({ALES}))
    await strike(digests, fanout, outbox)
    clock.advance(HOUR)
    notice = await press.release([MARIA])
    await press.open(notice)
    await make_all(fanout)
    assert await claim(outbox) == []
    clock.now = NINE + DAY
    assert len(await strike(digests, fanout, outbox)) == 2
    await press.correct(notice, MARIA)
    await make_all(fanout)
    corrections = await outbox.claim(9)
    assert {one.address.chat for one in corrections} == {1, 2}
    assert {one.lane for one in corrections} == {Lane.CORRECTION}
    # Without a sound: neither follows her. The digest is mended in place; the one before it,
    # of an earlier time, is not.
    assert all(one.address.silent for one in corrections)
    assert all([mend.told.since for mend in one.mends] == [NINE] for one in corrections)


async def test_a_digest_of_an_earlier_time_is_not_corrected(
    press: Press, digests: Digests, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, wishes=DAILY, releases=True)
    notice = await press.release([MARIA])
    await press.open(notice)
    clock.advance(HOUR)
    since = clock.now
    async with press.database.write() as conn:
        wave = await waves.add(conn, None, (), clock.now, kind=WaveKind.WAKING, made=True)
        told = Address(ChatId(1), ChatKind.PRIVATE, "en", discreet=False, since=since)
        mark = press.vault.mark(wave, ChatId(1))
        sealed = press.vault.seal(ADDRESS, mark, told)
        new = Stored(mark, wave, DeliveryState.DELIVERED, Lane.DIGEST, sealed)
        await deliveries.add(conn, [(new, since)])
    await press.correct(notice, MARIA)
    await make_all(fanout)
    assert await outbox.claim(9) == []


async def test_what_fell_due_while_the_bot_was_away_is_left_to_the_next_digest(
    press: Press, digests: Digests, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    guard = Guard(press.database, press.vault, clock)
    await guard.beat()
    assert await digests.begin()
    await make_all(fanout)
    await outbox.end_waves()
    clock.advance(timedelta(hours=20, minutes=40))
    assert not await digests.begin()
    await guard.beat()
    assert not await digests.begin()
    clock.advance(timedelta(minutes=20))
    assert await digests.begin()


@pytest.mark.parametrize("decides", [Guard.send, Guard.drop])
async def test_no_digest_is_begun_before_editors_have_said_what_becomes_of_what_waits(
    press: Press, digests: Digests, fanout: FanOut, clock: Watch, decides: Decides
) -> None:
    guard = Guard(press.database, press.vault, clock)
    await guard.beat()
    await press.crowd(1)
    await press.open(await press.release([MARIA]))
    await make_all(fanout)
    clock.advance(timedelta(hours=2))
    await guard.beat()
    clock.advance(timedelta(hours=1))
    await guard.beat()
    assert not await digests.begin()
    arrears = await guard.arrears()
    assert arrears is not None
    await decides(guard, EditorId("alena"), arrears.interruption.id)
    assert await digests.begin()

"""When and how each reader is told, by what he or she chose."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db import deliveries
from db.connection import Database
from db.tables import delivery
from db.vault import ADDRESS, Vault
from model.deliveries import DeliveryState, Ending, Lane, Outcome
from model.notices import Tally, WaveId, WaveKind
from model.readers import ChatId, ChatKind, Reader
from model.wishes import NO_WISHES, Rhythm, Wishes
from services.fanout import FanOut
from services.outbox import Outbox
from services.readers import Readers
from services.wishes import Choices, left_to_digest, when
from tests.delivery.press import ALES, IHAR, MARIA, NINA, Press
from tests.watch import Watch

NIGHT = Wishes("UTC", (22, 7))
LATE = datetime(2025, 12, 13, 23, 30, tzinfo=UTC)
MORNING = datetime(2025, 12, 14, 7, 0, tzinfo=UTC)
ASLEEP = Wishes("UTC", asleep=LATE, wakes=LATE + timedelta(days=7))

NEWS = (Lane.PERSON, Lane.RELEASES, Lane.CROWD)


@pytest.fixture
async def press(database: Database, vault: Vault, clock: Watch) -> Press:
    press = Press(database, vault, clock)
    await press.know(MARIA, ALES, IHAR, NINA)
    clock.now = LATE
    return press


@pytest.fixture
def fanout(database: Database, vault: Vault, clock: Watch) -> FanOut:
    return FanOut(database, vault, clock)


@pytest.fixture
def outbox(database: Database, vault: Vault, clock: Watch) -> Outbox:
    return Outbox(database, vault, clock)


def reader(wishes: Wishes) -> Reader:
    return Reader(ChatId(1), "be", wishes=wishes)


async def make_all(fanout: FanOut) -> None:
    while await fanout.advance():
        pass


async def told(press: Press, wave: WaveId) -> dict[int, datetime]:
    """Return the chats to which there are deliveries, and when these are due."""
    async with press.database.read() as conn:
        found = await deliveries.chunk(conn, [wave], None, 1000)
        dues = {row.mark: row.due for row in await conn.execute(select(delivery))}
    return {press.vault.open(ADDRESS, one.mark, one.sealed).chat: dues[one.mark] for one in found}


# --- what is decided --------------------------------------------------------------------------


@pytest.mark.parametrize("lane", [*NEWS, Lane.DIGEST])
def test_what_falls_into_quiet_hours_waits_for_the_morning(lane: Lane) -> None:
    assert when(reader(NIGHT), lane, LATE) == (MORNING, False)


@pytest.mark.parametrize("lane", [*NEWS, Lane.DIGEST])
def test_who_wants_it_is_told_at_night_without_a_sound(lane: Lane) -> None:
    silently = reader(NIGHT._replace(silently=True))
    assert when(silently, lane, LATE) == (LATE, True)
    assert when(silently, lane, MORNING) == (MORNING, False)


@pytest.mark.parametrize("wishes", [NIGHT, NIGHT._replace(silently=True), ASLEEP])
def test_a_correction_comes_at_once_through_quiet_hours_and_sleep(wishes: Wishes) -> None:
    one = reader(wishes._replace(digest=Rhythm.WEEKLY))
    assert when(one, Lane.CORRECTION, LATE) == (LATE, False)
    assert not left_to_digest(one, Lane.CORRECTION, LATE)


def test_what_came_while_somebody_slept_is_told_in_one() -> None:
    assert all(left_to_digest(reader(ASLEEP), lane, LATE) for lane in NEWS)
    woken = LATE + timedelta(days=7)
    assert not any(left_to_digest(reader(ASLEEP), lane, woken) for lane in NEWS)
    assert when(reader(ASLEEP), Lane.PERSON, LATE) == (woken, False)


@pytest.mark.parametrize("rhythm", Rhythm)
def test_a_digest_stands_for_news_of_releases_and_for_no_other(rhythm: Rhythm) -> None:
    one = reader(Wishes(digest=rhythm))
    assert left_to_digest(one, Lane.RELEASES, LATE)
    assert not left_to_digest(one, Lane.PERSON, LATE)


def test_who_wishes_nothing_is_told_at_once() -> None:
    one = reader(Wishes())
    assert all(when(one, lane, LATE) == (LATE, False) for lane in Lane)
    assert not any(left_to_digest(one, lane, LATE) for lane in Lane)


# --- when deliveries are made -----------------------------------------------------------------


async def test_wishes_are_looked_at_when_deliveries_are_made(press: Press, fanout: FanOut) -> None:
    daily = Wishes(digest=Rhythm.DAILY)
    maria = frozenset({MARIA})
    await press.welcome(1, releases=True)
    await press.welcome(2, releases=True, wishes=NIGHT)
    await press.welcome(3, releases=True, wishes=daily)
    await press.welcome(4, follows=maria, releases=True, wishes=daily)
    await press.welcome(5, follows=maria, wishes=ASLEEP)
    await press.welcome(-6, releases=True, wishes=daily, kind=ChatKind.GROUP)
    await press.welcome(-7, follows=maria, wishes=NIGHT, kind=ChatKind.GROUP)
    wave = await press.open(await press.release([MARIA]))
    await make_all(fanout)
    now = LATE.replace(minute=0)
    assert await told(press, wave) == {1: now, 2: MORNING, 4: now, -7: MORNING}


async def test_only_the_hour_is_in_clear(press: Press, fanout: FanOut, clock: Watch) -> None:
    """A minute in which nobody else's quiet hours end would tell whose message waits."""
    clock.now = datetime(2025, 12, 13, 19, 45, tzinfo=UTC)
    await press.welcome(1, releases=True, wishes=Wishes("Asia/Kolkata", (22, 7)))
    wave = await press.open(await press.release([MARIA]))
    await make_all(fanout)
    # 7:30 there: seven is half past the hour.
    assert await told(press, wave) == {1: datetime(2025, 12, 14, 2, 0, tzinfo=UTC)}


# --- when they are claimed --------------------------------------------------------------------


async def test_what_waits_for_the_morning_is_sent_then(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, releases=True, wishes=NIGHT)
    wave = await press.open(await press.release([MARIA]))
    await make_all(fanout)
    assert await outbox.claim(9) == []
    clock.now = MORNING
    (one,) = await outbox.claim(9)
    assert not one.address.silent
    await outbox.settle([Outcome(one, Ending.DELIVERED, message=7)])
    assert await press.tally(wave) == Tally(delivered=1)


async def test_quiet_hours_chosen_after_the_deliveries_were_made_hold(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, releases=True)
    wave = await press.open(await press.release([MARIA]))
    await make_all(fanout)
    await press.welcome(1, releases=True, wishes=NIGHT)
    assert await outbox.claim(9) == []
    assert await told(press, wave) == {1: MORNING}
    clock.now = MORNING
    assert len(await outbox.claim(9)) == 1


async def test_at_night_it_is_sent_without_a_sound_to_who_wants_that(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.welcome(1, releases=True, wishes=NIGHT._replace(silently=True))
    await press.open(await press.release([MARIA]))
    await make_all(fanout)
    (one,) = await outbox.claim(9)
    assert one.address.silent


@pytest.mark.parametrize("wishes", [ASLEEP, Wishes(digest=Rhythm.DAILY)])
async def test_what_a_reader_leaves_to_a_digest_meanwhile_is_not_sent(
    press: Press, fanout: FanOut, outbox: Outbox, wishes: Wishes
) -> None:
    await press.welcome(1, releases=True)
    await press.welcome(2, releases=True)
    wave = await press.open(await press.release([MARIA]))
    await make_all(fanout)
    await press.welcome(1, releases=True, wishes=wishes)
    assert [one.address.chat for one in await outbox.claim(9)] == [2]
    assert await press.tally(wave) == Tally(sending=1, gone=1)


async def test_what_may_have_arrived_before_a_reader_slept_may_have_arrived(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    """A correction has to reach that chat."""
    await press.welcome(1, releases=True)
    wave = await press.open(await press.release([MARIA]))
    await make_all(fanout)
    (one,) = await outbox.claim(9)
    await outbox.settle([Outcome(one, Ending.LOST)])
    await press.welcome(1, releases=True, wishes=ASLEEP)
    clock.advance(timedelta(minutes=1))
    assert await outbox.claim(9) == []
    assert await press.tally(wave) == Tally(unknown=1)


async def test_a_correction_reaches_who_sleeps(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    notice = await press.release([MARIA])
    await press.open(notice)
    await make_all(fanout)
    (one,) = await outbox.claim(9)
    await outbox.settle([Outcome(one, Ending.DELIVERED, message=7)])
    await press.welcome(1, follows=frozenset({MARIA}), wishes=ASLEEP)
    await press.correct(notice, MARIA)
    await make_all(fanout)
    (correction,) = await outbox.claim(9)
    assert correction.lane is Lane.CORRECTION
    assert not correction.address.silent
    async with press.database.read() as conn:
        (stored,) = await deliveries.find(conn, [correction.mark])
    assert stored.state is DeliveryState.SENDING


# --- choosing ---------------------------------------------------------------------------------

CHAT, PRIVATE = ChatId(1), ChatKind.PRIVATE


@pytest.fixture
def choices(database: Database, vault: Vault, clock: Watch) -> Choices:
    return Choices(database, vault, clock, "Europe/Vilnius")


@pytest.fixture
def doors(database: Database, vault: Vault, clock: Watch) -> Readers:
    return Readers(database, vault, clock)


async def wished(doors: Readers) -> Wishes:
    known = await doors.of(CHAT)
    return NO_WISHES if known is None else known.wishes


async def test_hours_are_the_organisations_until_a_reader_chooses_a_zone(
    choices: Choices, doors: Readers
) -> None:
    await choices.choose(CHAT, PRIVATE, lambda w: w._replace(quiet=(22, 7)), language="be")
    assert await wished(doors) == Wishes("Europe/Vilnius", (22, 7))
    await choices.choose(CHAT, PRIVATE, lambda w: w._replace(zone="UTC"), language="be")
    await choices.choose(CHAT, PRIVATE, lambda w: w._replace(monthly=True), language="be")
    assert await wished(doors) == Wishes("UTC", (22, 7), monthly=True)


async def test_a_digest_begins_where_it_was_chosen(
    choices: Choices, doors: Readers, press: Press, clock: Watch
) -> None:
    def daily(w: Wishes) -> Wishes:
        return w._replace(digest=Rhythm.DAILY)

    await choices.choose(CHAT, PRIVATE, daily, language="be")
    clock.advance(timedelta(days=1))
    await choices.choose(CHAT, PRIVATE, daily, language="be")
    assert (await wished(doors)).since == LATE
    await choices.choose(CHAT, PRIVATE, lambda w: w._replace(digest=None), language="be")
    assert (await wished(doors)).since is None


async def test_rest_begins_with_the_oldest_news_that_was_not_told_yet(
    choices: Choices, doors: Readers, press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, releases=True, wishes=NIGHT)
    withdrawn = await press.release([IHAR])
    await press.open(withdrawn)
    await make_all(fanout)
    await press.withdraw(withdrawn)
    clock.advance(timedelta(minutes=1))
    waits = clock.now
    await press.open(await press.release([MARIA]))
    clock.advance(timedelta(minutes=1))
    await press.open(await press.release([ALES]))
    await make_all(fanout)
    clock.now = MORNING - timedelta(minutes=1)
    await choices.sleep(CHAT, 3, language="be")
    resting = await wished(doors)
    assert resting.asleep == waits
    assert resting.wakes == datetime(2025, 12, 17, 6, 0, tzinfo=UTC)
    # Nothing of it is sent now; all of it is left to the one message on waking.
    clock.now = MORNING
    assert await outbox.claim(9) == []


async def test_to_rest_longer_forgets_nothing_of_what_came_meanwhile(
    choices: Choices, doors: Readers, press: Press, clock: Watch
) -> None:
    await choices.sleep(CHAT, 1, language="be")
    clock.advance(timedelta(hours=12))
    await choices.sleep(CHAT, 7, language="be")
    assert (await wished(doors)).asleep == LATE
    # But who has woken has been told.
    clock.advance(timedelta(days=8))
    await choices.sleep(CHAT, 1, language="be")
    assert (await wished(doors)).asleep == clock.now


async def test_who_wants_news_again_is_told_at_once_what_came_meanwhile(
    choices: Choices, doors: Readers, press: Press, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}), wishes=NIGHT)
    await choices.sleep(CHAT, 3, language="be")
    clock.advance(timedelta(days=1))
    await choices.wake(CHAT)
    await choices.wake(CHAT)
    (one,) = await outbox.claim(9)
    assert (one.kind, one.lane) == (WaveKind.WAKING, Lane.DIGEST)
    assert (one.address.freed, one.address.since) == ((MARIA,), LATE)
    assert not (await wished(doors)).is_asleep(clock.now)


async def test_a_stranger_is_not_woken(choices: Choices, doors: Readers, outbox: Outbox) -> None:
    await choices.wake(CHAT)
    assert await doors.of(CHAT) is None
    assert await outbox.claim(9) == []

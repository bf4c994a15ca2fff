"""The pace: so many a second, replies first, and a 429 closes what it is about."""

import asyncio

import pytest

from delivery import pace
from delivery.pace import Pace
from model.readers import ChatId, ChatKind
from tests.delivery.stopwatch import Stopwatch, at

READER, OTHER, GROUP = ChatId(1), ChatId(2), ChatId(-3)


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


async def test_the_broadcast_goes_at_its_pace(watch: Stopwatch) -> None:
    free = at(watch)
    for _ in range(291):
        assert await free.turn()
    assert watch.now - 1000 == pytest.approx(10, abs=0.05)


async def test_without_a_rate_nothing_waits(watch: Stopwatch) -> None:
    off = at(watch, None)
    for _ in range(1000):
        assert await off.turn(256)
        await off.reply()
    assert watch.now == 1000
    off.note(READER, ChatKind.PRIVATE)
    assert off.free_in(READER, ChatKind.PRIVATE) == 0
    assert off.at_a_time == 256


@pytest.mark.parametrize(("rate", "together"), [(29, 1), (1000, 50)])
def test_what_goes_together_is_sent_in_a_twentieth_of_a_second(
    watch: Stopwatch, rate: float, together: int
) -> None:
    assert at(watch, rate).at_a_time == together


async def test_a_late_timer_is_made_up_for_but_not_a_long_pause(watch: Stopwatch) -> None:
    free = at(watch, 10)
    for _ in range(2):
        await free.turn()
    watch.now += 0.15
    for _ in range(2):
        await free.turn()
    assert watch.now == pytest.approx(1000.2)
    watch.now += 60
    started = watch.now
    for _ in range(12):
        await free.turn()
    assert watch.now - started == pytest.approx(1.0)


async def test_many_that_go_together_make_up_for_as_many(watch: Stopwatch) -> None:
    paid = at(watch, 1000)
    for _ in range(2):
        await paid.turn(50)
    watch.now += 0.08  # 30 ms too late
    for _ in range(2):
        await paid.turn(50)
    assert watch.now - 1000 == pytest.approx(0.1)
    watch.now += 60
    started = watch.now
    await paid.turn(50)
    await paid.turn(50)
    assert watch.now == started
    await paid.turn()
    assert watch.now - started == pytest.approx(0.05)


async def test_replies_do_not_wait_behind_the_broadcast(watch: Stopwatch) -> None:
    free = at(watch)
    for _ in range(5):
        await free.turn()
    before = watch.now
    for _ in range(3):
        await free.reply()
    assert watch.now == before
    await free.turn()
    assert watch.now - before == pytest.approx(4 / 29)


async def test_a_reply_does_not_wait_for_what_went_together(watch: Stopwatch) -> None:
    paid = at(watch, 1000)
    for _ in range(2):
        assert await paid.turn(paid.at_a_time)
    before = watch.now
    await paid.reply()
    assert watch.now == before
    assert await paid.turn()
    assert watch.now - before == pytest.approx(0.051)


async def test_replies_and_broadcast_together_keep_the_pace(watch: Stopwatch) -> None:
    free = at(watch)
    for _ in range(145):
        await free.turn()
        await free.reply()
    assert watch.now - 1000 == pytest.approx(10, abs=0.2)


async def test_many_replies_are_spread_too(watch: Stopwatch) -> None:
    free = at(watch)
    for _ in range(33):
        await free.reply()
    assert watch.now - 1000 == pytest.approx(29 / 29, abs=0.05)


async def test_a_closed_lane_stops_the_broadcast_and_not_the_replies(watch: Stopwatch) -> None:
    free = at(watch)
    free.close_lane(35_000)
    free.close_lane(3)
    assert not await free.turn()
    await free.reply()
    assert watch.now == 1000
    assert free.free_in(READER, ChatKind.PRIVATE) == 0
    await free.lane_open()
    assert watch.now == 36_000
    assert await free.turn()


async def test_a_wait_of_no_seconds_closes_nothing(watch: Stopwatch) -> None:
    free = at(watch)
    free.close_lane(0)
    free.close_chat(READER, 0)
    assert await free.turn()
    assert free.free_in(READER, ChatKind.PRIVATE) == 0


async def test_the_lane_that_closes_while_the_broadcast_waits_stops_it(watch: Stopwatch) -> None:
    free = at(watch, 1)
    for _ in range(2):
        await free.turn()
    waiting = asyncio.create_task(free.turn())
    await asyncio.sleep(0)
    free.close_lane(60)
    assert not await waiting


async def test_a_closed_chat_stops_no_other(watch: Stopwatch) -> None:
    free = at(watch)
    free.close_chat(READER, 30)
    assert free.free_in(READER, ChatKind.PRIVATE) == 30
    assert free.chat_opens_in(READER) == 30
    assert free.free_in(OTHER, ChatKind.PRIVATE) == 0
    assert await free.turn()
    watch.now += 30
    assert free.free_in(READER, ChatKind.PRIVATE) == 0


async def test_a_chat_is_written_to_once_a_second(watch: Stopwatch) -> None:
    free = at(watch)
    free.note(READER, ChatKind.PRIVATE)
    assert free.free_in(READER, ChatKind.PRIVATE) == 1
    assert free.free_in(OTHER, ChatKind.PRIVATE) == 0
    watch.now += 1
    assert free.free_in(READER, ChatKind.PRIVATE) == 0


async def test_a_group_is_written_to_twenty_times_a_minute(watch: Stopwatch) -> None:
    free = at(watch)
    for _ in range(20):
        assert free.free_in(GROUP, ChatKind.GROUP) == 0
        free.note(GROUP, ChatKind.CHANNEL)
        free.note(READER, ChatKind.PRIVATE)
        watch.now += 1
    assert free.free_in(GROUP, ChatKind.GROUP) == 40
    assert free.free_in(READER, ChatKind.PRIVATE) == 0
    watch.now += 40
    assert free.free_in(GROUP, ChatKind.GROUP) == 0


async def test_memory_is_bounded_whatever_the_number_of_chats(watch: Stopwatch) -> None:
    free = at(watch, 1000)
    for chat in range(50_000):
        free.note(chat, ChatKind.PRIVATE)
        free.note(-chat - 1, ChatKind.GROUP)
        free.note_reply(chat)
        free.close_chat(chat, 60 + chat)
        watch.now += 0.01
    assert len(free._told) <= 101
    assert len(free._told_groups) <= 6001
    assert len(free._replied) <= 301
    assert len(free._chat_opens) <= pace.CLOSED_AT_MOST
    assert free.chat_opens_in(49_999) > 0


# --- slower before Telegram must say so -------------------------------------------------------


async def rate(pace: Pace, watch: Stopwatch, count: int = 30) -> float:
    """Return how many a second go out now."""
    for _ in range(3):
        # What a pause left to be made up for is not counted.
        await pace.turn()
    begun = watch.now
    for _ in range(count):
        await pace.turn()
    return count / (watch.now - begun)


async def test_a_flood_wait_closes_the_lane_and_slows_what_comes_after(watch: Stopwatch) -> None:
    free = at(watch)
    for reader in (READER, OTHER):
        free.flooded(reader, ChatKind.PRIVATE, 3)
    assert free.lane_opens_in() == 3
    await free.lane_open()
    # Once, though two that were in flight together were told so.
    assert await rate(free, watch, 5) == pytest.approx(0.7 * 29, rel=0.05)
    watch.now += 40
    assert await rate(free, watch) == pytest.approx(29)


async def test_floods_that_go_on_slow_down_more_and_more_but_never_to_a_stop(
    watch: Stopwatch,
) -> None:
    free = at(watch)
    rates = []
    for _ in range(20):
        free.flooded(READER, ChatKind.PRIVATE, 2)
        await free.lane_open()
        rates.append(await rate(free, watch, 1))
    assert rates[0] > rates[3] > rates[-1] == pytest.approx(3, rel=0.3)


async def test_what_was_slowed_down_is_at_its_pace_again_after_two_minutes(
    watch: Stopwatch,
) -> None:
    paid = at(watch, 1000)
    for _ in range(20):
        paid.flooded(READER, ChatKind.PRIVATE, 1)
        await paid.lane_open()
    watch.now += 60
    assert 500 < await rate(paid, watch) < 700
    watch.now += 60
    assert await rate(paid, watch) == pytest.approx(1000)


async def test_answers_that_take_longer_and_longer_slow_down_before_a_flood_wait(
    watch: Stopwatch,
) -> None:
    paid = at(watch, 1000)
    for _ in range(3000):
        paid.answered(0.08)
    assert await rate(paid, watch) == pytest.approx(1000)
    for _ in range(30):
        paid.answered(2.0)
        watch.now += 0.01
    assert await rate(paid, watch) == pytest.approx(900, rel=0.01)
    for _ in range(30):
        paid.answered(2.0)
        watch.now += 0.2
    slow = await rate(paid, watch)
    assert slow < 700
    for _ in range(300):
        paid.answered(0.08)
    watch.now += 120
    assert await rate(paid, watch) == pytest.approx(1000)


async def test_a_few_slow_answers_are_nothing(watch: Stopwatch) -> None:
    free = at(watch)
    for number in range(3000):
        free.answered(1.0 if number % 50 == 0 else 0.1)
    assert await rate(free, watch) == pytest.approx(29)


def test_more_are_under_way_the_longer_answers_take(watch: Stopwatch) -> None:
    free = at(watch)
    assert free.under_way == 0
    free.answered(0.1)
    assert free.under_way == 3
    assert at(watch, None).under_way == 0


async def test_a_flood_wait_closes_what_it_is_about_and_nothing_else(watch: Stopwatch) -> None:
    free = at(watch)
    free.flooded(GROUP, ChatKind.GROUP, 20)
    free.note_reply(READER)
    free.flooded(READER, ChatKind.PRIVATE, 30)
    assert free.lane_opens_in() == 0
    assert free.chat_opens_in(GROUP) == 20
    assert free.chat_opens_in(READER) == 30
    assert free.free_in(OTHER, ChatKind.PRIVATE) == 0
    assert await rate(free, watch) == pytest.approx(29)
    watch.now += 30
    free.flooded(READER, ChatKind.PRIVATE, 5)
    assert free.lane_opens_in() == 5
    assert free.chat_opens_in(READER) == 0

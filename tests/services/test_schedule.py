"""The schedule that several processes share: one pace, whatever each of them sends."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from db import pace as kept
from db import tables
from db.connection import Connection, Database, open_database
from delivery.pace import Pace
from model.errors import Unavailable
from model.pace import Slots
from model.readers import ChatId, ChatKind
from services import schedule as schedules
from services.schedule import Schedule
from tests.watch import AT_MOST

READER = ChatId(1)
take = kept.take


@pytest.fixture
async def three(shared: Database) -> AsyncIterator[list[Schedule]]:
    """Let three processes share one schedule, with connections of their own."""
    url = shared.engine.url.render_as_string(hide_password=False)
    databases = [open_database(url) for _ in range(3)]
    yield [Schedule(one) for one in databases]
    for one in databases:
        await one.close()


async def now_and_slots(database: Database) -> tuple[Slots, float]:
    async with database.share() as conn:
        return await take(conn)


async def set_slots(database: Database, **values: float) -> None:
    async with database.share() as conn:
        await kept.take(conn)
        await conn.execute(update(tables.pace).values(**values))


async def test_the_broadcasts_of_three_go_at_one_pace_together(three: list[Schedule]) -> None:
    paces = [Pace(100, schedule=one) for one in three]
    sent: list[float] = []

    async def send(pace: Pace) -> None:
        while len(sent) < 60:
            assert await pace.turn()
            sent.append(time.monotonic())

    begun = time.monotonic()
    async with asyncio.timeout(AT_MOST):
        await asyncio.gather(*map(send, paces))
    # The first had not to wait, and one gap may have been made up for.
    assert sent[59] - begun >= 58 / 100


async def test_replies_of_one_go_before_the_broadcast_of_another(
    three: list[Schedule], shared: Database
) -> None:
    answering, sending = Pace(2, schedule=three[0]), Pace(2, schedule=three[1])
    assert await sending.turn()
    begun = time.monotonic()
    for _ in range(3):
        await answering.reply()
    replied = time.monotonic() - begun
    slots, now = await now_and_slots(shared)
    # Three went ahead of their turn; what the broadcast may send next comes after them.
    assert replied < 1
    assert slots.next - now > 1.4 - replied
    assert await sending.turn()
    assert time.monotonic() - begun >= 1.4


async def test_a_flood_in_one_closes_the_lane_of_all_and_slows_all(
    three: list[Schedule], shared: Database
) -> None:
    first, second, answering = (Pace(1000, schedule=one) for one in three)
    telling = asyncio.create_task(three[0].run())
    first.flooded(READER, ChatKind.PRIVATE, 60)
    async with asyncio.timeout(AT_MOST):
        while await second.turn():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not await first.turn()
    assert 50 < second.lane_opens_in() <= 60
    slots, _ = await now_and_slots(shared)
    assert slots.level == 0.7
    await answering.reply()
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)


async def test_what_was_noted_while_the_database_was_away_is_told_later(
    three: list[Schedule], shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "TRY_AGAIN", 0.01)
    away = 3

    async def take_later(conn: Connection) -> tuple[Slots, float]:
        nonlocal away
        away -= 1
        if away >= 0:
            raise Unavailable
        return await take(conn)

    monkeypatch.setattr(kept, "take", take_later)
    telling = asyncio.create_task(three[0].run())
    three[0].note(lambda slots, now: slots.close(now, 60))
    async with asyncio.timeout(AT_MOST):
        while True:
            slots, now = await now_and_slots(shared)
            if slots.lane_opens > now:
                break
            await asyncio.sleep(0.01)
    assert away < 0
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)


async def test_without_the_database_replies_go_at_a_share_and_the_broadcast_not_at_all(
    three: list[Schedule], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    passed = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal passed
        passed += seconds

    async def away(_: object) -> tuple[Slots, float]:
        raise Unavailable

    pace = Pace(10, schedule=three[0], monotonic=lambda: 1000 + passed, sleep=sleep)
    pace.share(4)
    with monkeypatch.context() as broken:
        broken.setattr(kept, "take", away)
        for _ in range(6):
            await pace.reply()
        assert passed == pytest.approx(5 * 4 / 10)
        assert not await pace.turn()
    assert caplog.text.count("the shared pace is away") == 1
    await pace.reply()
    assert passed == pytest.approx(5 * 4 / 10)
    assert await pace.turn()


async def test_a_clock_of_the_server_that_is_set_back_stops_nobody(
    three: list[Schedule], shared: Database
) -> None:
    pace = Pace(1000, schedule=three[0])
    assert await pace.turn()
    _, now = await now_and_slots(shared)
    hour = 3600.0
    await set_slots(shared, next=now + hour + 0.5, lane_opens=now + hour + 9, at=now + hour)
    slots, now = await now_and_slots(shared)
    assert 0 < slots.next - now <= 0.5
    assert 8 < slots.lane_opens - now <= 9
    # A moment is the time it took to be let in.
    await set_slots(shared, next=now, lane_opens=0, at=now + 0.9)
    slots, later = await now_and_slots(shared)
    assert slots.next == now
    assert later == now + 0.9

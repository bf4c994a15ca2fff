"""The guard: what was due when the bot was interrupted waits for an editor; replies do not."""

from datetime import timedelta

import pytest

from db import audit, interruptions, waves
from db.connection import Database
from db.vault import Vault
from model.deliveries import Ending, Outcome
from model.errors import NeedsAnotherEditor, WrongState
from model.interruptions import Arrears, Cause, Decision, InterruptionId
from model.notices import NoticeKind, WaveId
from model.wishes import hour_of
from services.fanout import FanOut
from services.guard import Guard
from services.outbox import Outbox
from tests.delivery.press import ALES, IHAR, MARIA, NINA, Press
from tests.newsroom import ALENA, BARYS
from tests.watch import Watch

LONG = timedelta(hours=3, minutes=25)


class Stopwatch:
    """The time since the machine was started, which no clock changes."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def press(database: Database, vault: Vault, clock: Watch) -> Press:
    press = Press(database, vault, clock)
    await press.know(MARIA, ALES, IHAR, NINA)
    return press


@pytest.fixture
def fanout(database: Database, vault: Vault, clock: Watch) -> FanOut:
    return FanOut(database, vault, clock, chunk=2)


@pytest.fixture
def outbox(database: Database, vault: Vault, clock: Watch) -> Outbox:
    return Outbox(database, vault, clock)


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def guard(database: Database, vault: Vault, clock: Watch, stopwatch: Stopwatch) -> Guard:
    return Guard(database, vault, clock, monotonic=stopwatch)


@pytest.fixture
def started_anew(database: Database, vault: Vault, clock: Watch, stopwatch: Stopwatch) -> Guard:
    """Make the guard of a process that was just started."""
    return Guard(database, vault, clock, monotonic=stopwatch)


@pytest.fixture
async def wave(press: Press, fanout: FanOut, guard: Guard) -> WaveId:
    """Let a release be on its way to five readers while the bot is well."""
    await guard.beat()
    await press.crowd(5)
    wave = await press.open(await press.release([MARIA]))
    while await fanout.advance():
        pass
    return wave


async def arrears_of(guard: Guard) -> Arrears:
    found = await guard.arrears()
    assert found is not None
    return found


async def actions(press: Press) -> list[tuple[str, str]]:
    async with press.database.read() as conn:
        await audit.verify(conn, press.vault)
        rows = await conn.exec_driver_sql("SELECT actor, action FROM audit ORDER BY number")
        return [(row.actor, row.action) for row in rows]


async def deliver(outbox: Outbox) -> int:
    claimed = await outbox.claim(50)
    await outbox.settle([Outcome(one, Ending.DELIVERED, 7) for one in claimed])
    return len(claimed)


# --- what is noticed --------------------------------------------------------------------------


async def test_after_a_downtime_over_an_hour_editors_are_asked_what_and_since_when(
    press: Press, wave: WaveId, clock: Watch, started_anew: Guard
) -> None:
    begun = clock()
    clock.advance(LONG)
    await started_anew.beat()
    arrears = await arrears_of(started_anew)
    of = arrears.interruption
    assert (of.cause, of.begun, of.ended, of.needed) == (Cause.AWAY, begun, clock(), 1)
    (waits,) = arrears.waits
    assert (waits.wave, waits.kind, waits.messages, waits.made) == (
        wave,
        NoticeKind.RELEASE,
        5,
        True,
    )
    assert await actions(press) == [(audit.ITSELF, "away")]


async def test_a_downtime_of_less_than_an_hour_is_none(
    wave: WaveId, clock: Watch, started_anew: Guard, outbox: Outbox
) -> None:
    clock.advance(timedelta(minutes=59))
    assert len(await outbox.claim(1)) == 1
    await started_anew.beat()
    assert await started_anew.arrears() is None
    assert await deliver(outbox) == 4


async def test_a_bot_that_ran_all_the_time_asks_nothing(
    wave: WaveId, clock: Watch, guard: Guard, outbox: Outbox
) -> None:
    for _ in range(10):
        clock.advance(timedelta(minutes=30))
        await guard.beat()
    assert await guard.arrears() is None
    assert await deliver(outbox) == 5


async def test_a_minute_is_written_once(
    press: Press, guard: Guard, clock: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await guard.beat()
    clock.advance(timedelta(seconds=20))
    with monkeypatch.context() as patch:
        patch.setattr(press.database, "write", None)
        await guard.beat()
    clock.advance(timedelta(seconds=40))
    await guard.beat()
    async with press.database.read() as conn:
        pulse = await interruptions.pulse(conn)
    assert pulse is not None
    assert pulse.at == clock()


async def test_the_first_start_asks_nothing(
    press: Press, fanout: FanOut, guard: Guard, clock: Watch
) -> None:
    await press.crowd(1)
    await press.open(await press.release([MARIA]))
    clock.advance(LONG)
    await guard.beat()
    assert await guard.arrears() is None


async def test_where_nothing_was_due_nothing_is_asked(guard: Guard, clock: Watch) -> None:
    await guard.beat()
    clock.advance(LONG)
    await guard.beat()
    assert await guard.arrears() is None


async def test_what_another_process_kept_going_was_not_interrupted(
    wave: WaveId, clock: Watch, guard: Guard, started_anew: Guard
) -> None:
    clock.advance(timedelta(minutes=50))
    await guard.beat()
    clock.advance(timedelta(minutes=50))
    await started_anew.beat()
    assert await started_anew.arrears() is None


@pytest.mark.parametrize("by", [LONG, -LONG])
async def test_a_clock_that_jumps_while_the_bot_runs_is_told_from_a_downtime(
    wave: WaveId, clock: Watch, guard: Guard, stopwatch: Stopwatch, outbox: Outbox, by: timedelta
) -> None:
    stopwatch.seconds += 20
    clock.advance(by)
    assert await outbox.claim(50) == []
    await guard.beat()
    assert (await arrears_of(guard)).interruption.cause is Cause.CLOCK
    assert await outbox.claim(50) == []


async def test_a_process_that_was_halted_was_away(
    wave: WaveId, clock: Watch, guard: Guard, stopwatch: Stopwatch
) -> None:
    stopwatch.seconds += LONG.total_seconds()
    clock.advance(LONG)
    await guard.beat()
    assert (await arrears_of(guard)).interruption.cause is Cause.AWAY


async def test_a_copy_that_was_put_back_is_noticed_however_fresh_it_is(
    press: Press, wave: WaveId, clock: Watch, guard: Guard, started_anew: Guard, outbox: Outbox
) -> None:
    begun = clock()
    clock.advance(timedelta(minutes=2))
    await guard.restored()
    assert await outbox.claim(50) == []
    await started_anew.beat()
    of = (await arrears_of(started_anew)).interruption
    assert (of.cause, of.begun, of.needed) == (Cause.RESTORED, begun, 2)
    assert await actions(press) == [(audit.OPERATOR, "restored"), (audit.ITSELF, "restored")]


async def test_a_copy_that_was_put_back_is_asked_about_though_nothing_was_on_its_way(
    press: Press, clock: Watch, guard: Guard, started_anew: Guard
) -> None:
    """What editors took back since the copy was made is not in it: digests would tell it."""
    await guard.beat()
    await guard.restored()
    clock.advance(timedelta(minutes=2))
    await started_anew.beat()
    arrears = await arrears_of(started_anew)
    assert (arrears.interruption.cause, arrears.waits) == (Cause.RESTORED, ())
    hour = hour_of(clock()) + timedelta(hours=1)
    async with press.database.read() as conn:
        assert not await interruptions.may_begin(conn, clock(), hour)
    await started_anew.drop(ALENA, arrears.interruption.id)
    async with press.database.read() as conn:
        assert not await interruptions.may_begin(conn, clock(), hour_of(clock()))
        assert await interruptions.may_begin(conn, clock(), hour)


async def test_a_database_in_which_the_bot_never_ran_can_be_put_back(
    press: Press, guard: Guard, clock: Watch
) -> None:
    await guard.restored()
    async with press.database.read() as conn:
        pulse = await interruptions.pulse(conn)
        assert pulse is not None
        assert (pulse.at, pulse.restored) == (clock(), True)


# --- what waits, and what does not ------------------------------------------------------------


async def test_nothing_is_sent_between_an_interruption_and_the_next_beat(
    wave: WaveId, clock: Watch, guard: Guard, outbox: Outbox, fanout: FanOut, press: Press
) -> None:
    claimed = await outbox.claim(2)
    await press.open(await press.release([ALES]))
    clock.advance(LONG)
    assert await outbox.claim(50) == []
    assert await outbox.still_to_send(claimed) == frozenset()
    assert not await fanout.advance()


async def test_what_waits_for_editors_is_neither_claimed_nor_made(
    press: Press, wave: WaveId, fanout: FanOut, clock: Watch, guard: Guard, outbox: Outbox
) -> None:
    claimed = await outbox.claim(2)
    unmade = await press.open(await press.release([ALES]))
    clock.advance(LONG)
    await guard.beat()
    assert await outbox.claim(50) == []
    assert await outbox.still_to_send(claimed) == frozenset()
    assert not await fanout.advance()
    waits = {one.wave: one for one in (await arrears_of(guard)).waits}
    assert not waits[unmade].made
    assert waits[wave].messages == 5


async def test_what_is_approved_after_that_goes_out_as_usual(
    press: Press, wave: WaveId, fanout: FanOut, clock: Watch, guard: Guard, outbox: Outbox
) -> None:
    clock.advance(LONG)
    await guard.beat()
    fresh = await press.open(await press.release([ALES]))
    while await fanout.advance():
        pass
    assert {one.wave for one in await outbox.claim(50)} == {fresh}


async def test_what_belongs_to_no_notice_waits_too(
    press: Press, clock: Watch, guard: Guard
) -> None:
    await guard.beat()
    async with press.database.write() as conn:
        found = await waves.add(conn, None, [], clock())
    clock.advance(LONG)
    await guard.beat()
    (waits,) = (await arrears_of(guard)).waits
    assert (waits.wave, waits.notice, waits.kind) == (found, None, None)


async def test_a_second_interruption_asks_anew_about_everything(
    press: Press, wave: WaveId, fanout: FanOut, clock: Watch, guard: Guard
) -> None:
    begun = clock()
    await guard.restored()
    await guard.beat()
    first = (await arrears_of(guard)).interruption
    await guard.send(ALENA, first.id)
    another = await press.open(await press.release([ALES]))
    clock.advance(LONG)
    await guard.beat()
    arrears = await arrears_of(guard)
    assert arrears.interruption.id != first.id
    assert (arrears.interruption.cause, arrears.interruption.begun) == (Cause.RESTORED, begun)
    assert arrears.interruption.said == frozenset()
    assert {one.wave for one in arrears.waits} == {wave, another}
    with pytest.raises(WrongState):
        await guard.send(BARYS, first.id)


async def test_what_was_withdrawn_between_two_interruptions_is_in_nobodys_way(
    press: Press, wave: WaveId, clock: Watch, started_anew: Guard
) -> None:
    async with press.database.read() as conn:
        notice = (await waves.get(conn, wave)).notice
    assert notice is not None
    clock.advance(LONG)
    await started_anew.beat()
    await press.withdraw(notice)
    clock.advance(LONG)
    await started_anew.beat()
    (waits,) = (await arrears_of(started_anew)).waits
    assert waits.wave != wave


async def test_what_was_withdrawn_meanwhile_does_not_wait(
    press: Press, fanout: FanOut, clock: Watch, guard: Guard
) -> None:
    await guard.beat()
    await press.crowd(3)
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    while await fanout.advance():
        pass
    withdrawal = await press.withdraw(notice)
    clock.advance(LONG)
    await guard.beat()
    assert wave not in {one.wave for one in (await arrears_of(guard)).waits}
    assert withdrawal in {one.wave for one in (await arrears_of(guard)).waits}


# --- deciding ---------------------------------------------------------------------------------


async def interrupted(clock: Watch, guard: Guard) -> InterruptionId:
    clock.advance(LONG)
    await guard.beat()
    return (await arrears_of(guard)).interruption.id


async def test_one_editor_lets_go_on_what_was_late(
    press: Press, wave: WaveId, clock: Watch, guard: Guard, outbox: Outbox
) -> None:
    decided = await guard.send(ALENA, await interrupted(clock, guard))
    assert decided.interruption.decision is Decision.SEND
    assert await guard.arrears() is None
    assert await deliver(outbox) == 5
    assert (await press.tally(wave)).delivered == 5
    assert await actions(press) == [(audit.ITSELF, "clock"), (ALENA, "send")]


async def test_what_may_have_been_sent_already_needs_two_editors(
    wave: WaveId, guard: Guard, outbox: Outbox
) -> None:
    await guard.restored()
    await guard.beat()
    number = (await arrears_of(guard)).interruption.id
    standing = await guard.send(ALENA, number)
    assert standing.interruption.decision is None
    assert standing.interruption.said == {ALENA}
    with pytest.raises(NeedsAnotherEditor):
        await guard.send(ALENA, number)
    assert await outbox.claim(50) == []
    await guard.send(BARYS, number)
    assert await deliver(outbox) == 5


async def test_one_editor_is_enough_not_to_send_and_the_sums_stay(
    press: Press, wave: WaveId, fanout: FanOut, clock: Watch, guard: Guard, outbox: Outbox
) -> None:
    unmade = await press.open(await press.release([ALES]))
    lost, *_ = await outbox.claim(4)
    await outbox.settle([Outcome(lost, Ending.LOST)])
    number = await interrupted(clock, guard)
    decided = await guard.drop(ALENA, number)
    assert decided.interruption.decision is Decision.DROP
    await outbox.recover(alone=True)
    assert await outbox.claim(50) == []
    assert not await fanout.advance()
    await outbox.end_waves()
    tally = await press.tally(wave)
    assert (tally.gone, tally.unknown, tally.open, tally.audience) == (1, 4, 0, 5)
    assert (await press.tally(unmade)).audience == 0
    assert (ALENA, "drop") in await actions(press)
    for decide in (guard.send, guard.drop):
        with pytest.raises(WrongState):
            await decide(BARYS, number)


async def test_what_is_given_back_after_it_was_dropped_is_not_sent(
    press: Press, wave: WaveId, clock: Watch, guard: Guard, outbox: Outbox
) -> None:
    claimed = await outbox.claim(50)
    await guard.drop(ALENA, await interrupted(clock, guard))
    assert await outbox.still_to_send(claimed) == frozenset()
    await outbox.give_back(claimed)
    assert await outbox.claim(50) == []
    assert (await press.tally(wave)).gone == 5


async def test_what_was_dropped_does_not_wait_again(
    press: Press, wave: WaveId, clock: Watch, guard: Guard
) -> None:
    await guard.drop(ALENA, await interrupted(clock, guard))
    clock.advance(LONG)
    await guard.beat()
    assert await guard.arrears() is None


async def test_what_goes_on_waits_again_after_another_interruption(
    wave: WaveId, clock: Watch, guard: Guard, outbox: Outbox
) -> None:
    await guard.send(ALENA, await interrupted(clock, guard))
    clock.advance(LONG)
    await guard.beat()
    assert [one.wave for one in (await arrears_of(guard)).waits] == [wave]
    assert await outbox.claim(50) == []


# --- telling ----------------------------------------------------------------------------------


async def test_one_process_tells_and_another_takes_over_if_it_reached_nobody(
    wave: WaveId, clock: Watch, guard: Guard, started_anew: Guard
) -> None:
    assert await guard.take_to_tell() is None
    number = await interrupted(clock, guard)
    assert (await guard.take_to_tell()) is not None
    assert await started_anew.take_to_tell() is None
    clock.advance(timedelta(minutes=6))
    assert (await started_anew.take_to_tell()) is not None
    await started_anew.told(number)
    clock.advance(timedelta(minutes=6))
    assert await guard.take_to_tell() is None


async def test_nothing_about_readers_is_in_what_waits(
    press: Press, wave: WaveId, clock: Watch, guard: Guard
) -> None:
    await interrupted(clock, guard)
    async with press.database.read() as conn:
        for table in ("interruption", "interrupted_wave"):
            rows = (await conn.exec_driver_sql(f"SELECT * FROM {table}")).mappings().all()
            assert rows
            assert set(rows[0]) <= {
                "id", "cause", "begun", "ended", "decision", "said", "tried", "told",
                "wave", "interruption",
            }  # fmt: skip

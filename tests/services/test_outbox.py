"""The outbox: claimed once, settled once, and every sum adds up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from db import deliveries, notices, readers, waves
from db.connection import Database
from db.tables import delivery
from db.vault import ADDRESS, Vault
from model.deliveries import NOWHERE, Delivery, DeliveryState, Ending, Lane, Outcome
from model.notices import NoticeState, Tally, WaveId
from model.people import EventKind
from model.readers import ChatId, ChatKind
from services.fanout import FanOut
from services.outbox import Outbox
from services.readers import Readers
from tests.delivery.press import ALES, IHAR, MARIA, NINA, Press
from tests.watch import Watch


@pytest.fixture
async def press(database: Database, vault: Vault, clock: Watch) -> Press:
    press = Press(database, vault, clock)
    await press.know(MARIA, ALES, IHAR, NINA)
    return press


@pytest.fixture
def fanout(database: Database, vault: Vault, clock: Watch) -> FanOut:
    return FanOut(database, vault, clock)


@pytest.fixture
def outbox(database: Database, vault: Vault, clock: Watch) -> Outbox:
    return Outbox(database, vault, clock)


@pytest.fixture
def doors(database: Database, vault: Vault, clock: Watch) -> Readers:
    return Readers(database, vault, clock)


async def make_all(fanout: FanOut) -> None:
    while await fanout.advance():
        pass


def delivered(claimed: Sequence[Delivery], first: int = 7000) -> list[Outcome]:
    return [Outcome(one, Ending.DELIVERED, message=n) for n, one in enumerate(claimed, first)]


def ended(claimed: Sequence[Delivery], ending: Ending) -> list[Outcome]:
    return [Outcome(one, ending) for one in claimed]


async def state_of(press: Press, one: Delivery) -> DeliveryState:
    async with press.database.read() as conn:
        (found,) = await deliveries.find(conn, [one.mark])
    return found.state


async def release_to_crowd(press: Press, fanout: FanOut, count: int) -> WaveId:
    await press.crowd(count)
    wave = await press.open(await press.release([MARIA]))
    await make_all(fanout)
    return wave


# --- claiming ---------------------------------------------------------------------------------


async def test_a_delivery_is_claimed_by_one_sender_only(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await release_to_crowd(press, fanout, 5)
    first, second = await outbox.claim(3), await outbox.claim(3)
    assert (len(first), len(second)) == (3, 2)
    assert not {one.mark for one in first} & {one.mark for one in second}
    assert await outbox.claim(3) == []


async def test_those_nearest_are_claimed_first(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.welcome(-1, releases=True, kind=ChatKind.GROUP)
    await press.welcome(2, releases=True)
    await press.welcome(3, follows=frozenset({MARIA}))
    await press.open(await press.release([MARIA]))
    await make_all(fanout)
    assert [one.address.chat for one in await outbox.claim(9)] == [3, 2, -1]


async def test_corrections_can_be_claimed_by_themselves(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.crowd(2)
    wrong = await press.release([MARIA])
    await press.open(wrong)
    await make_all(fanout)
    await outbox.settle(delivered(await outbox.claim(1)))
    await press.correct(wrong, MARIA)
    await make_all(fanout)
    assert [one.lane for one in await outbox.claim(9, Lane.CORRECTION)] == [Lane.CORRECTION]


async def test_two_waves_take_turns(press: Press, fanout: FanOut, outbox: Outbox) -> None:
    first = await release_to_crowd(press, fanout, 4)
    second = await press.open(await press.release([ALES]))
    await make_all(fanout)
    claimed = [one.wave for one in await outbox.claim(4)]
    assert claimed == [first, second, first, second]


async def test_nothing_of_a_stopped_notice_is_claimed_until_it_goes_on(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.crowd(2)
    notice = await press.release([MARIA])
    await press.open(notice)
    await make_all(fanout)
    await press.stop(notice)
    assert await outbox.claim(9) == []
    await press.stop(notice, False)
    assert len(await outbox.claim(9)) == 2


async def test_a_claimed_delivery_of_a_stopped_notice_goes_back_into_the_queue(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.crowd(2)
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    await make_all(fanout)
    claimed = await outbox.claim(9)
    assert await outbox.still_to_send(claimed) == {one.mark for one in claimed}
    await press.stop(notice)
    assert await outbox.still_to_send(claimed) == frozenset()
    await outbox.give_back(claimed)
    assert await press.tally(wave) == Tally(waiting=2)


async def test_a_claimed_delivery_of_a_withdrawn_release_is_not_to_be_sent(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.crowd(2)
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    await make_all(fanout)
    claimed = await outbox.claim(9)
    await press.withdraw(notice)
    assert await outbox.still_to_send(claimed) == frozenset()
    await outbox.give_back(claimed)
    assert await outbox.claim(9) == []
    assert await press.tally(wave) == Tally(gone=2)


async def test_nobody_is_told_to_be_missing_who_was_freed_while_that_waited(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    """A second group may overtake the first: "free", and then "not among the names", is cruel."""
    await press.welcome(1, follows=frozenset({ALES, NINA}), absences=True)
    await press.open(await press.release([MARIA]))
    await make_all(fanout)
    await press.happen(ALES, EventKind.RELEASED)
    (one,) = await outbox.claim(1)
    assert one.address.absent == (NINA,)


async def test_what_waits_of_a_withdrawn_release_is_gone(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.crowd(3)
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    await make_all(fanout)
    await outbox.settle(ended(await outbox.claim(1), Ending.LOST))
    async with press.database.write() as conn:
        await notices.move(conn, notice, NoticeState.WITHDRAWN)
    assert await outbox.claim(9) == []
    assert await press.tally(wave) == Tally(gone=2, unknown=1)


async def test_language_and_discretion_are_those_of_the_moment_of_sending(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.welcome(1, releases=True, language="be")
    await press.open(await press.release([MARIA]))
    await make_all(fanout)
    await press.welcome(1, releases=True, language="uk", discreet=True)
    (one,) = await outbox.claim(1)
    assert (one.address.language, one.address.discreet) == ("uk", True)


async def test_a_delivery_whose_reader_is_no_more_is_gone_and_names_nobody(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    wave = await release_to_crowd(press, fanout, 1)
    async with press.database.write() as conn:
        await readers.remove(conn, press.vault.locate(ChatId(5_000_000_000)))
    assert await outbox.claim(1) == []
    assert await press.tally(wave) == Tally(gone=1)
    assert await outbox.told(ChatId(5_000_000_000), wave) is None


async def test_who_is_forgotten_between_claim_and_send_is_not_to_be_sent_to(
    press: Press, fanout: FanOut, outbox: Outbox, doors: Readers
) -> None:
    wave = await release_to_crowd(press, fanout, 2)
    claimed = await outbox.claim(2)
    await doors.forget(claimed[0].address.chat)
    assert await outbox.still_to_send(claimed) == {claimed[1].mark}
    await outbox.give_back(claimed[:1])
    assert await press.tally(wave) == Tally(sending=1, gone=1)


# --- settling ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "then"),
    [
        (Ending.DELIVERED, DeliveryState.DELIVERED),
        (Ending.GONE, DeliveryState.GONE),
        (Ending.MOOT, DeliveryState.GONE),
        (Ending.FAILED, DeliveryState.FAILED),
        (Ending.LOST, DeliveryState.UNCERTAIN),
        (Ending.LATER, DeliveryState.QUEUED),
    ],
)
async def test_each_ending_of_a_first_try_leads_to_its_state(
    press: Press, fanout: FanOut, outbox: Outbox, ending: Ending, then: DeliveryState
) -> None:
    wave = await release_to_crowd(press, fanout, 2)
    (one,) = await outbox.claim(1)
    await outbox.settle([Outcome(one, ending, message=5)])
    assert await state_of(press, one) is then
    assert (await press.tally(wave)).audience == 2


@pytest.mark.parametrize(
    ("ending", "then"),
    [(Ending.LOST, DeliveryState.UNKNOWN), (Ending.LATER, DeliveryState.UNCERTAIN)],
)
async def test_after_a_lost_answer_there_is_one_more_try(
    press: Press,
    fanout: FanOut,
    outbox: Outbox,
    clock: Watch,
    ending: Ending,
    then: DeliveryState,
) -> None:
    await release_to_crowd(press, fanout, 1)
    await outbox.settle(ended(await outbox.claim(1), Ending.LOST))
    assert await outbox.claim(1) == []
    clock.advance(timedelta(seconds=10))
    (again,) = await outbox.claim(1)
    assert again.again
    assert await state_of(press, again) is DeliveryState.RETRYING
    await outbox.settle(ended([again], ending))
    assert await state_of(press, again) is then


async def test_the_message_that_was_sent_is_remembered_sealed(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    wave = await release_to_crowd(press, fanout, 1)
    (one,) = await outbox.claim(1)
    await outbox.settle(delivered([one], 4711))
    assert await outbox.told(one.address.chat, wave) == replace(one.address, message=4711)
    assert await outbox.told(ChatId(1), wave) is None


async def test_a_chat_that_is_gone_is_erased_everywhere(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    first = await release_to_crowd(press, fanout, 2)
    second = await press.open(await press.release([ALES]))
    await make_all(fanout)
    claimed = await outbox.claim(1)
    chat = claimed[0].address.chat
    await outbox.settle(ended(claimed, Ending.GONE))
    assert await press.readers_left() == 1
    assert await press.tally(first) == Tally(waiting=1, gone=1)
    assert await press.tally(second) == Tally(waiting=1, gone=1)
    async with press.database.read() as conn:
        left = await deliveries.of_chat(conn, press.vault, chat)
    assert [press.vault.open(ADDRESS, one.mark, one.sealed) for one in left] == [NOWHERE] * 2


async def test_a_delivery_that_became_moot_erases_nobody(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await release_to_crowd(press, fanout, 1)
    await outbox.settle(ended(await outbox.claim(1), Ending.MOOT))
    assert await press.readers_left() == 1


async def test_a_forgotten_reader_is_not_written_down_again_by_a_late_answer(
    press: Press, fanout: FanOut, outbox: Outbox, doors: Readers
) -> None:
    wave = await release_to_crowd(press, fanout, 1)
    claimed = await outbox.claim(1)
    await doors.forget(claimed[0].address.chat)
    await outbox.settle(delivered(claimed))
    assert await press.tally(wave) == Tally(gone=1)
    assert await outbox.told(claimed[0].address.chat, wave) is None


async def test_a_group_that_moved_is_sent_to_under_its_new_id(
    press: Press, fanout: FanOut, outbox: Outbox, doors: Readers
) -> None:
    await press.welcome(-1, releases=True, kind=ChatKind.GROUP)
    wave = await press.open(await press.release([MARIA]))
    await make_all(fanout)
    (one,) = await outbox.claim(1)
    await outbox.settle([Outcome(one, Ending.MIGRATED, moved_to=ChatId(-100))])
    assert await doors.of(ChatId(-1)) is None
    assert await doors.of(ChatId(-100)) is not None
    (moved,) = await outbox.claim(1)
    assert moved.address.chat == -100
    assert await press.tally(wave) == Tally(sending=1)


async def test_what_is_put_off_is_due_at_the_whole_second_after(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await release_to_crowd(press, fanout, 1)
    (one,) = await outbox.claim(1)
    not_before = clock() + timedelta(seconds=4, microseconds=1)
    await outbox.settle([Outcome(one, Ending.LATER, not_before=not_before)])
    clock.advance(timedelta(seconds=4))
    assert await outbox.claim(1) == []
    clock.advance(timedelta(seconds=1))
    assert len(await outbox.claim(1)) == 1
    async with press.database.read() as conn:
        rows = (await conn.execute(delivery.select())).all()
    assert all(row.due.microsecond == row.lease.microsecond == 0 for row in rows)


# --- recovering, ending, purging --------------------------------------------------------------


async def test_what_a_dead_sender_held_gets_one_more_try_at_once_if_no_other_runs(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    wave = await release_to_crowd(press, fanout, 3)
    await outbox.claim(2)
    assert await outbox.recover() == 0
    assert await outbox.recover(alone=True) == 2
    assert await press.tally(wave) == Tally(waiting=1, uncertain=2)
    retried = [one for one in await outbox.claim(9) if one.again]
    clock.advance(timedelta(minutes=5))
    assert await outbox.recover() == 3
    assert {one.mark for one in await outbox.claim(9)} >= {one.mark for one in retried}


async def test_a_wave_ends_when_all_its_deliveries_have(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.crowd(2)
    wave = await press.open(await press.release([MARIA]))
    assert await outbox.end_waves() == ()
    await make_all(fanout)
    first, second = await outbox.claim(2)
    await outbox.settle(delivered([first]))
    assert await outbox.end_waves() == ()
    await outbox.settle(delivered([second]))
    assert await outbox.end_waves() == (wave,)
    # Said again until the notice is out: a crash in between is made up for.
    assert await outbox.end_waves() == (wave,)
    assert await outbox.tally(wave) == Tally(delivered=2)
    async with press.database.read() as conn:
        assert (await waves.get(conn, wave)).ended == clock.now


async def test_a_wave_that_is_not_there_has_no_deliveries(outbox: Outbox) -> None:
    assert await outbox.tally(WaveId(77)) == Tally()


async def test_deliveries_are_purged_three_days_after_and_small_numbers_are_blurred(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    wave = await release_to_crowd(press, fanout, 21)
    claimed = await outbox.claim(50)
    await outbox.settle(
        [
            *delivered(claimed[:12]),
            *ended(claimed[12:18], Ending.GONE),
            *ended(claimed[18:], Ending.FAILED),
        ]
    )
    await outbox.end_waves()
    clock.advance(timedelta(hours=71))
    await outbox.purge()
    assert (await outbox.tally(wave)).audience == 21
    clock.advance(timedelta(hours=1, seconds=1))
    await outbox.purge()
    assert await outbox.tally(wave) == Tally(delivered=12, gone=10, failed=0)
    assert await outbox.told(claimed[0].address.chat, wave) is None
    async with press.database.read() as conn:
        assert (await conn.execute(delivery.select())).all() == []


async def test_how_deliveries_ended_is_counted_by_language(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    for chat, language in ((1, "be"), (2, "be"), (3, "pl"), (4, "pl"), (5, "de")):
        await press.welcome(chat, releases=True, language=language)
    wave = await press.open(await press.release([MARIA]))
    await make_all(fanout)

    async def sums() -> dict[str, Tally]:
        async with press.database.read() as conn:
            return dict((await waves.by_language(conn, [wave])).get(wave, {}))

    claimed = {one.address.chat: one for one in await outbox.claim(9)}
    assert await sums() == {}
    await outbox.settle(delivered([claimed[ChatId(1)]]))
    await outbox.settle(
        [
            *delivered([claimed[ChatId(2)]]),
            Outcome(claimed[ChatId(3)], Ending.GONE),
            Outcome(claimed[ChatId(4)], Ending.FAILED),
            Outcome(claimed[ChatId(5)], Ending.LOST),
        ]
    )
    assert await sums() == {"be": Tally(delivered=2), "pl": Tally(gone=1, failed=1)}
    clock.advance(timedelta(seconds=10))
    await outbox.settle(ended(await outbox.claim(9), Ending.LOST))
    assert (await sums())["de"] == Tally(unknown=1)
    whole = await outbox.tally(wave)
    assert sum(one.audience for one in (await sums()).values()) == whole.audience == 5
    await outbox.end_waves()
    clock.advance(timedelta(hours=73))
    await outbox.purge()
    assert set((await sums()).values()) == {Tally()}, "so few are not told"


async def test_people_named_in_deliveries_are_those_readers_may_know(
    press: Press, outbox: Outbox
) -> None:
    assert set(await outbox.people([MARIA])) == {MARIA}


# --- corrections ------------------------------------------------------------------------------


async def test_a_correction_is_aloud_to_followers_and_silent_to_the_rest(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.welcome(1, follows=frozenset({MARIA, ALES}))
    await press.welcome(2, releases=True)
    notice = await press.release([MARIA, ALES])
    wave = await press.open(notice)
    await make_all(fanout)
    await outbox.settle(delivered(await outbox.claim(2), 50))
    correction = await press.correct(notice, MARIA)
    await make_all(fanout)
    follower, other = sorted(await outbox.claim(2), key=lambda one: one.address.chat)
    assert follower.wave == other.wave == correction
    assert (follower.address.freed, follower.address.silent) == ((MARIA,), False)
    assert (other.address.freed, other.address.silent) == ((), True)
    (mend,) = follower.mends
    assert (mend.wave, mend.told.message, mend.told.freed) == (wave, 50, (MARIA, ALES))
    assert follower.lane is Lane.CORRECTION


async def test_a_correction_waits_for_a_message_that_is_on_its_way(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, releases=True)
    notice = await press.release([MARIA])
    await press.open(notice)
    await make_all(fanout)
    flying = await outbox.claim(1)
    correction = await press.correct(notice, MARIA)
    await make_all(fanout)
    assert await outbox.claim(9) == []
    await outbox.settle(delivered(flying, 50))
    assert await outbox.claim(9) == []
    clock.advance(timedelta(seconds=10))
    (one,) = await outbox.claim(9)
    assert [mend.told.message for mend in one.mends] == [50]
    assert one.wave == correction


async def test_a_correction_to_somebody_who_was_told_nothing_after_all_ends(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    await make_all(fanout)
    flying = await outbox.claim(1)
    correction = await press.correct(notice, MARIA)
    await make_all(fanout)
    await outbox.settle(ended(flying, Ending.MOOT))
    assert await outbox.claim(9) == []
    assert await press.tally(correction) == Tally(gone=1)
    assert await press.tally(wave) == Tally(gone=1)


@pytest.mark.parametrize("ending", [Ending.MOOT, Ending.FAILED])
async def test_a_correction_reaches_who_may_have_been_told_by_a_try_whose_answer_was_lost(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch, ending: Ending
) -> None:
    """The second try says nothing of the first: without this, "free" might stand for ever."""
    await press.welcome(1, follows=frozenset({MARIA}))
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    await make_all(fanout)
    await outbox.settle(ended(await outbox.claim(1), Ending.LOST))
    clock.advance(timedelta(seconds=10))
    again = await outbox.claim(1)
    correction = await press.correct(notice, MARIA)
    await make_all(fanout)
    assert await outbox.claim(9) == []
    await outbox.settle(ended(again, ending))
    assert await press.tally(wave) == Tally(unknown=1)
    clock.advance(timedelta(seconds=10))
    (one,) = await outbox.claim(9)
    assert (one.wave, one.address.freed) == (correction, (MARIA,))


async def test_a_correction_hides_the_old_message_of_who_wants_texts_hidden_by_now(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    notice = await press.release([MARIA])
    await press.open(notice)
    await make_all(fanout)
    await outbox.settle(delivered(await outbox.claim(1)))
    await press.welcome(1, follows=frozenset({MARIA}), discreet=True)
    await press.correct(notice, MARIA)
    await make_all(fanout)
    (one,) = await outbox.claim(1)
    assert [mend.told.discreet for mend in one.mends] == [True]


async def test_a_correction_that_was_lost_waits_as_uncertain(
    press: Press, fanout: FanOut, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(1, releases=True)
    notice = await press.release([MARIA], [ALES])
    await press.open(notice, 0)
    await make_all(fanout)
    await outbox.settle(delivered(await outbox.claim(1), 50))
    correction = await press.correct(notice, MARIA)
    await make_all(fanout)
    await outbox.settle(ended(await outbox.claim(1), Ending.LOST))
    clock.advance(timedelta(seconds=10))
    async with press.database.write() as conn:
        # The message it mends is being sent once more.
        await conn.execute(
            delivery.update()
            .where(delivery.c.wave != correction)
            .values(state=DeliveryState.RETRYING)
        )
    assert await outbox.claim(9) == []
    assert await press.tally(correction) == Tally(uncertain=1)

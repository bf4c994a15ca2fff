"""Several senders on one PostgreSQL: each delivery has one of them, and none waits for long."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from db import deliveries, waves
from db.connection import Connection, Database, open_database
from db.vault import ADDRESS, Vault
from model.deliveries import NOWHERE, Delivery, DeliveryState, Ending, Outcome
from model.notices import Tally, WaveId
from model.readers import ChatId
from services.fanout import FanOut
from services.outbox import LEASE, PATIENCE, Outbox
from services.readers import Readers
from services.reminders import Reminders
from tests.delivery.press import ALES, MARIA, Press
from tests.watch import AT_MOST, Watch


@pytest.fixture
async def press(shared: Database, vault: Vault, clock: Watch) -> Press:
    press = Press(shared, vault, clock)
    await press.know(MARIA, ALES)
    return press


@pytest.fixture
async def others(shared: Database, vault: Vault, clock: Watch) -> AsyncIterator[list[Outbox]]:
    """Let three processes send, with connections of their own."""
    url = shared.engine.url.render_as_string(hide_password=False)
    databases = [open_database(url) for _ in range(3)]
    yield [Outbox(one, vault, clock, alone=False) for one in databases]
    for one in databases:
        await one.close()


@pytest.fixture
def outbox(shared: Database, vault: Vault, clock: Watch) -> Outbox:
    return Outbox(shared, vault, clock, alone=False)


async def tell(press: Press, vault: Vault, *persons: int) -> WaveId:
    """Make the deliveries of news of somebody."""
    wave = await press.open(await press.release([MARIA] if not persons else [ALES]))
    fanout = FanOut(press.database, vault, press.clock)
    while await fanout.advance():
        pass
    return wave


async def take_all(conn: Connection, wave: WaveId, clock: Watch) -> list[deliveries.Stored]:
    """Claim all of a wave inside a transaction that is not at its end."""
    found = await deliveries.due(conn, wave, clock(), 99)
    until = clock() + LEASE
    await deliveries.lease(conn, [one.mark for one in found], DeliveryState.SENDING, until)
    return found


async def standing(press: Press, one: Delivery) -> deliveries.Standing:
    async with press.database.read() as conn:
        return (await deliveries.standing(conn, [one.mark]))[one.mark]


async def by_language(press: Press, wave: WaveId) -> Tally:
    async with press.database.read() as conn:
        return (await waves.by_language(conn, [wave]))[wave]["en"]


async def test_three_that_claim_at_once_claim_everything_once(
    press: Press, vault: Vault, others: list[Outbox]
) -> None:
    await press.crowd(300)
    await tell(press, vault)
    claimed: list[Delivery] = []

    async def claim_all(outbox: Outbox) -> None:
        async with asyncio.timeout(AT_MOST):
            while len(claimed) < 300:
                claimed.extend(await outbox.claim(7))

    await asyncio.gather(*map(claim_all, others))
    assert len({one.mark for one in claimed}) == len(claimed) == 300


async def test_who_claims_or_settles_waits_for_no_other_writer(
    press: Press, vault: Vault, outbox: Outbox, others: list[Outbox], clock: Watch
) -> None:
    await press.crowd(4)
    wave = await tell(press, vault)
    mine = await outbox.claim(1)
    async with asyncio.timeout(AT_MOST), press.database.write():
        claimed = await others[0].claim(1)
        await others[0].give_back(claimed)
        (one,) = await others[1].claim(1)
        assert await others[1].still_to_send([one]) == {one.mark}
        await others[1].settle([Outcome(one, Ending.DELIVERED, message=1)])
    async with press.database.share() as conn:
        await take_all(conn, wave, clock)
        assert await others[0].claim(9) == []
    assert await outbox.still_to_send(mine) == {mine[0].mark}


async def test_who_is_forgotten_while_being_claimed_is_not_written_to(
    press: Press, vault: Vault, outbox: Outbox, clock: Watch
) -> None:
    await press.crowd(1, first=7)
    wave = await tell(press, vault)
    async with press.database.share() as conn:
        (stored,) = await take_all(conn, wave, clock)
        forgetting = asyncio.create_task(Readers(press.database, vault, clock).forget(ChatId(7)))
        await asyncio.sleep(0.2)
        assert not forgetting.done()
    await forgetting
    address = vault.open(ADDRESS, stored.mark, stored.sealed)
    one = Delivery(stored.mark, wave, stored.lane, address, until=clock() + LEASE)
    assert await outbox.still_to_send([one]) == frozenset()
    await outbox.settle([Outcome(one, Ending.DELIVERED, message=1)])
    async with press.database.read() as conn:
        (kept,) = await deliveries.find(conn, [one.mark])
        assert await waves.by_language(conn, [wave]) == {}
    assert kept.state is DeliveryState.GONE
    assert vault.open(ADDRESS, kept.mark, kept.sealed) == NOWHERE


async def test_what_arrives_while_its_reader_is_being_forgotten_did_arrive(
    press: Press, vault: Vault, outbox: Outbox, others: list[Outbox], clock: Watch
) -> None:
    await press.crowd(1, first=7)
    wave = await tell(press, vault)
    (one,) = await outbox.claim(1)
    async with press.database.share() as conn:
        assert await deliveries.hold(conn, [one.mark])
        forgetting = asyncio.create_task(Readers(press.database, vault, clock).forget(ChatId(7)))
        await asyncio.sleep(0.2)
        await deliveries.change(
            conn, [deliveries.Change(one.mark, DeliveryState.DELIVERED, clock())]
        )
    await forgetting
    assert await press.tally(wave) == Tally(delivered=1)


async def test_what_is_being_claimed_when_news_is_withdrawn_is_dropped_by_the_next_look(
    press: Press, vault: Vault, outbox: Outbox, clock: Watch
) -> None:
    await press.crowd(2)
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    fanout = FanOut(press.database, vault, clock)
    while await fanout.advance():
        pass
    async with press.database.share() as conn:
        assert await deliveries.due(conn, wave, clock(), 1)
        await press.withdraw(notice)
        async with asyncio.timeout(AT_MOST):
            assert await outbox.claim(9) == []
    assert await press.tally(wave) == Tally(waiting=1, gone=1)
    await outbox.claim(9)
    assert await press.tally(wave) == Tally(gone=2)


async def test_a_correction_waits_for_a_message_that_another_is_claiming(
    press: Press, vault: Vault, outbox: Outbox, clock: Watch
) -> None:
    await press.crowd(2)
    notice = await press.release([MARIA, ALES])
    wave = await press.open(notice)
    fanout = FanOut(press.database, vault, clock)
    while await fanout.advance():
        pass
    claimed = await outbox.claim(2)
    await outbox.settle([Outcome(one, Ending.LOST) for one in claimed])
    clock.advance(PATIENCE)
    correction = await press.correct(notice, MARIA)
    while await fanout.advance():
        pass
    async with press.database.share() as conn:
        (held,) = await deliveries.due(conn, wave, clock(), 1)
        (ready,) = [one for one in await outbox.claim(9) if one.wave == correction]
        assert ready.address.chat != vault.open(ADDRESS, held.mark, held.sealed).chat
    assert await press.tally(correction) == Tally(waiting=1, sending=1)


async def test_a_wave_does_not_end_while_another_has_put_something_off(
    press: Press, vault: Vault, outbox: Outbox, others: list[Outbox], clock: Watch
) -> None:
    await press.crowd(2)
    wave = await tell(press, vault)
    first, second = await outbox.claim(1), await others[0].claim(1)
    await outbox.settle([Outcome(first[0], Ending.DELIVERED, message=1)])
    assert await outbox.end_waves() == ()
    later = clock() + timedelta(seconds=30)
    async with press.database.share() as conn:
        change = deliveries.Change(second[0].mark, DeliveryState.QUEUED, later)
        await deliveries.change(conn, [change])
        assert await outbox.end_waves() == ()
    assert await outbox.end_waves() == ()
    async with press.database.read() as conn:
        assert (await waves.get(conn, wave)).ended is None


async def test_a_sender_whose_lease_is_over_sends_nothing_and_says_nothing(
    press: Press, vault: Vault, outbox: Outbox, others: list[Outbox], clock: Watch
) -> None:
    await press.crowd(3)
    wave = await tell(press, vault)
    slow = await outbox.claim(3)
    clock.advance(LEASE / 2)
    assert await outbox.still_to_send(slow) == frozenset()
    assert await others[0].recover() == 0
    clock.advance(LEASE / 2 + timedelta(seconds=1))
    assert await others[0].recover() == 3
    again = {one.mark: one for one in await others[0].claim(3)}
    assert await others[0].still_to_send(list(again.values())) == set(again)
    await outbox.give_back(slow)
    await outbox.settle(
        [
            Outcome(slow[0], Ending.LATER),
            Outcome(slow[1], Ending.FAILED),
            # What has arrived needs no other try.
            Outcome(slow[2], Ending.DELIVERED, message=1),
        ]
    )
    assert await press.tally(wave) == Tally(sending=2, delivered=1)
    assert await others[0].still_to_send(list(again.values())) == set(again) - {slow[2].mark}
    await others[0].settle([Outcome(one, Ending.DELIVERED, message=2) for one in again.values()])
    assert await press.tally(wave) == await by_language(press, wave) == Tally(delivered=3)


async def test_what_is_settled_twice_is_counted_once(
    press: Press, vault: Vault, outbox: Outbox
) -> None:
    await press.crowd(2)
    wave = await tell(press, vault)
    outcomes = [Outcome(one, Ending.DELIVERED, message=1) for one in await outbox.claim(2)]
    for _ in range(2):
        await outbox.settle(outcomes)
    assert await by_language(press, wave) == Tally(delivered=2)


async def test_those_that_settle_at_once_never_wait_for_each_other_in_a_ring(
    press: Press, vault: Vault, others: list[Outbox]
) -> None:
    await press.crowd(120)
    first = await tell(press, vault)
    second = await tell(press, vault, ALES)
    claims = [await one.claim(80) for one in others]

    async def settle(outbox: Outbox, claimed: list[Delivery], *, backwards: bool) -> None:
        ordered = claimed[::-1] if backwards else claimed
        for start in range(0, len(ordered), 8):
            part = ordered[start : start + 8]
            await outbox.settle([Outcome(one, Ending.DELIVERED, message=1) for one in part])

    await asyncio.gather(
        *(
            settle(outbox, claimed, backwards=bool(number % 2))
            for number, (outbox, claimed) in enumerate(zip(others, claims, strict=True))
        )
    )
    told = sum(map(len, claims))
    tallies = [await by_language(press, wave) for wave in (first, second)]
    assert sum(one.delivered for one in tallies) == told


async def test_two_senders_do_not_write_to_one_chat_in_the_same_second(
    press: Press, vault: Vault, others: list[Outbox], clock: Watch
) -> None:
    await press.crowd(1)
    await tell(press, vault)
    (first,) = await others[0].claim(9)
    await press.welcome(8, follows=frozenset({ALES}))
    second = await tell(press, vault, ALES)
    assert [one.address.chat for one in await others[1].claim(9)] == [8]
    await others[0].settle([Outcome(first, Ending.DELIVERED, message=1)])
    assert await others[1].claim(9) == []
    clock.advance(timedelta(seconds=2))
    (later,) = await others[1].claim(9)
    assert later.wave == second


async def test_of_two_that_are_claimed_at_once_the_older_goes_first(
    press: Press, vault: Vault, outbox: Outbox, clock: Watch
) -> None:
    await press.crowd(1)
    first = await tell(press, vault)
    second = await tell(press, vault, ALES)
    for held, other, goes in ((first, second, 0), (second, first, 1)):
        async with press.database.share() as conn:
            assert await deliveries.due(conn, held, clock(), 9)
            claimed = await outbox.claim(9)
        assert [one.wave for one in claimed] == [other] * goes
        await outbox.give_back(claimed)
        clock.advance(timedelta(seconds=1))


async def test_what_is_put_off_keeps_that_it_is_a_second_try(
    press: Press, vault: Vault, others: list[Outbox], clock: Watch
) -> None:
    await press.crowd(1)
    await tell(press, vault)
    (first,) = await others[0].claim(9)
    await others[0].settle([Outcome(first, Ending.LOST)])
    await tell(press, vault, ALES)
    assert len(await others[0].claim(9)) == 1
    clock.advance(PATIENCE)
    assert await others[1].claim(9) == []
    waits = await standing(press, first)
    assert (waits.state, waits.due) == (
        DeliveryState.UNCERTAIN,
        clock() + timedelta(seconds=1),
    )


async def test_that_a_message_was_seen_is_not_lost_to_what_becomes_of_it(
    press: Press, vault: Vault, outbox: Outbox, clock: Watch
) -> None:
    await press.welcome(7, follows=frozenset({MARIA}))
    wave = await tell(press, vault)
    (one,) = await outbox.claim(1)
    async with press.database.share() as conn:
        assert await deliveries.hold(conn, [one.mark])
        seeing = asyncio.create_task(Reminders(press.database, vault, clock).see(ChatId(7), wave))
        await asyncio.sleep(0.2)
        sealed = vault.seal(ADDRESS, one.mark, one.address)
        change = deliveries.Change(one.mark, DeliveryState.DELIVERED, clock(), sealed)
        await deliveries.change(conn, [change])
    await seeing
    told = await outbox.told(ChatId(7), wave)
    assert told is not None
    assert told.seen
    assert (await standing(press, one)).state is DeliveryState.DELIVERED

"""Deliveries, found by their marks."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from db import deliveries
from db.connection import Database
from db.deliveries import Change, Stored
from db.vault import ADDRESS, Vault
from model.deliveries import NOWHERE, Address, DeliveryState, Lane, Mark
from model.notices import WaveId
from model.readers import ChatId, ChatKind
from tests.delivery.press import ALES, MARIA, Press
from tests.watch import Watch


@pytest.fixture
def press(database: Database, vault: Vault, clock: Watch) -> Press:
    return Press(database, vault, clock)


@pytest.fixture
async def wave(press: Press) -> WaveId:
    return await press.open(await press.release([MARIA]))


def made(
    vault: Vault,
    wave: WaveId,
    chat: int,
    state: DeliveryState = DeliveryState.QUEUED,
    lane: Lane = Lane.RELEASES,
) -> Stored:
    address = Address(ChatId(chat), ChatKind.PRIVATE, "en", discreet=False)
    mark = vault.mark(wave, address.chat)
    return Stored(mark, wave, state, lane, vault.seal(ADDRESS, mark, address))


async def add(press: Press, *new: Stored) -> None:
    async with press.database.write() as conn:
        await deliveries.add(conn, [(one, press.clock()) for one in new])


async def states(press: Press, marks: Iterable[Mark]) -> list[DeliveryState]:
    async with press.database.read() as conn:
        found = {one.mark: one.state for one in await deliveries.find(conn, list(marks))}
    return [found[mark] for mark in marks]


async def test_a_delivery_that_exists_is_not_made_again(press: Press, wave: WaveId) -> None:
    first = made(press.vault, wave, 1, DeliveryState.DELIVERED)
    await add(press, first)
    await add(press, made(press.vault, wave, 1), made(press.vault, wave, 2))
    async with press.database.read() as conn:
        assert await deliveries.find(conn, [first.mark]) == [first]
        assert len(await deliveries.chunk(conn, [wave], None, 10)) == 2


async def test_adding_nothing_does_nothing(press: Press, wave: WaveId) -> None:
    await add(press)
    async with press.database.read() as conn:
        assert await deliveries.chunk(conn, [wave], None, 10) == []


async def test_followers_are_served_before_crowds_and_uncertain_ones_again(
    press: Press, wave: WaveId, clock: Watch
) -> None:
    crowd = made(press.vault, wave, 1, lane=Lane.CROWD)
    uncertain = made(press.vault, wave, 2, DeliveryState.UNCERTAIN, Lane.RELEASES)
    follower = made(press.vault, wave, 3, lane=Lane.PERSON)
    delivered = made(press.vault, wave, 4, DeliveryState.DELIVERED, Lane.CORRECTION)
    await add(press, crowd, uncertain, follower, delivered)
    async with press.database.write() as conn:
        assert await deliveries.due(conn, wave, clock(), 10) == [follower, uncertain, crowd]
        assert await deliveries.due(conn, wave, clock(), 2) == [follower, uncertain]
        before = clock() - timedelta(seconds=1)
        assert await deliveries.due(conn, wave, before, 10) == []


async def test_what_waits_longest_is_due_first(press: Press, wave: WaveId, clock: Watch) -> None:
    late = made(press.vault, wave, 1)
    clock.advance(timedelta(hours=1))
    await add(press, late)
    clock.advance(-timedelta(hours=1))
    await add(press, early := made(press.vault, wave, 2))
    async with press.database.write() as conn:
        assert await deliveries.due(conn, wave, clock() + timedelta(hours=2), 5) == [early, late]


async def test_a_leased_delivery_is_not_due_and_comes_back_when_given_back(
    press: Press, wave: WaveId, clock: Watch
) -> None:
    one, other = made(press.vault, wave, 1), made(press.vault, wave, 2, DeliveryState.UNCERTAIN)
    await add(press, one, other)
    until = clock() + timedelta(minutes=2)
    async with press.database.write() as conn:
        await deliveries.lease(conn, [one.mark], DeliveryState.SENDING, until)
        await deliveries.lease(conn, [other.mark], DeliveryState.RETRYING, until)
        assert await deliveries.due(conn, wave, clock(), 10) == []
        assert await deliveries.still_to_send(conn, [one.mark, other.mark], clock()) == {
            one.mark,
            other.mark,
        }
        marks = [one.mark, other.mark]
        await deliveries.give_back(conn, marks, until - timedelta(seconds=1))
        assert await deliveries.due(conn, wave, clock(), 10) == []
        await deliveries.give_back(conn, marks, until)
        assert await deliveries.still_to_send(conn, [one.mark, other.mark], clock()) == frozenset()
    assert await states(press, [one.mark, other.mark]) == [
        DeliveryState.QUEUED,
        DeliveryState.UNCERTAIN,
    ]


async def test_what_editors_stopped_is_not_to_be_sent_any_more(press: Press, clock: Watch) -> None:
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    await add(press, one := made(press.vault, wave, 1, DeliveryState.SENDING))
    await press.stop(notice)
    async with press.database.read() as conn:
        assert await deliveries.still_to_send(conn, [one.mark], clock()) == frozenset()


async def test_what_is_at_an_end_stays_there(press: Press, wave: WaveId, clock: Watch) -> None:
    flying = made(press.vault, wave, 1, DeliveryState.SENDING)
    forgotten = made(press.vault, wave, 2, DeliveryState.GONE)
    retried = made(press.vault, wave, 3, DeliveryState.RETRYING)
    await add(press, flying, forgotten, retried)
    fresh = press.vault.seal(ADDRESS, flying.mark, NOWHERE)
    async with press.database.write() as conn:
        await deliveries.change(
            conn,
            [
                Change(flying.mark, DeliveryState.DELIVERED, clock(), fresh),
                Change(forgotten.mark, DeliveryState.DELIVERED, clock(), b"address"),
                Change(retried.mark, DeliveryState.UNKNOWN, clock()),
            ],
        )
        await deliveries.change(conn, [])
        (stays,) = await deliveries.find(conn, [forgotten.mark])
        assert stays == forgotten
        assert (await deliveries.find(conn, [flying.mark]))[0].sealed == fresh
    assert await states(press, [flying.mark, retried.mark]) == [
        DeliveryState.DELIVERED,
        DeliveryState.UNKNOWN,
    ]


async def test_what_a_dead_sender_held_becomes_uncertain(
    press: Press, wave: WaveId, clock: Watch
) -> None:
    one, other = made(press.vault, wave, 1), made(press.vault, wave, 2)
    await add(press, one, other)
    async with press.database.write() as conn:
        await deliveries.lease(conn, [one.mark], DeliveryState.SENDING, clock())
        later = clock() + timedelta(minutes=2)
        await deliveries.lease(conn, [other.mark], DeliveryState.RETRYING, later)
        assert await deliveries.recover(conn, clock()) == 0
        assert await deliveries.recover(conn, clock() + timedelta(minutes=1)) == 1
    assert await states(press, [one.mark, other.mark]) == [
        DeliveryState.UNCERTAIN,
        DeliveryState.RETRYING,
    ]
    async with press.database.write() as conn:
        assert await deliveries.recover(conn, None) == 1


async def test_what_waits_of_a_withdrawn_wave_ends(press: Press, wave: WaveId) -> None:
    waiting = made(press.vault, wave, 1)
    uncertain = made(press.vault, wave, 2, DeliveryState.UNCERTAIN)
    delivered = made(press.vault, wave, 3, DeliveryState.DELIVERED)
    await add(press, waiting, uncertain, delivered)
    async with press.database.write() as conn:
        await deliveries.drop_waiting(conn, wave)
    assert await states(press, [waiting.mark, uncertain.mark, delivered.mark]) == [
        DeliveryState.GONE,
        DeliveryState.UNKNOWN,
        DeliveryState.DELIVERED,
    ]


async def test_chunks_of_several_waves_come_in_order_of_their_marks(press: Press) -> None:
    notice = await press.release([MARIA], [ALES])
    waves = [await press.open(notice, 0), await press.open(notice, 1)]
    everything = [made(press.vault, wave, chat) for wave in waves for chat in range(1, 6)]
    await add(press, *everything)
    ordered = sorted(everything, key=lambda one: one.mark)
    async with press.database.read() as conn:
        assert await deliveries.chunk(conn, waves, None, 4) == ordered[:4]
        assert await deliveries.chunk(conn, waves, ordered[3].mark, 100) == ordered[4:]


async def test_a_forgotten_chat_still_counts_and_is_named_nowhere(
    press: Press, wave: WaveId
) -> None:
    other = await press.open(await press.release([ALES]))
    waiting, delivered = (
        made(press.vault, wave, 1),
        made(press.vault, other, 1, DeliveryState.DELIVERED),
    )
    stays = made(press.vault, wave, 2)
    await add(press, waiting, delivered, stays)
    async with press.database.write() as conn:
        await deliveries.forget(conn, press.vault, ChatId(1))
        found = await deliveries.of_chat(conn, press.vault, ChatId(1))
        assert {one.state for one in found} == {DeliveryState.GONE, DeliveryState.DELIVERED}
        assert [press.vault.open(ADDRESS, one.mark, one.sealed) for one in found] == [NOWHERE] * 2
        assert await deliveries.find(conn, [stays.mark]) == [stays]
    assert (await press.tally(wave)).audience == 2


async def test_a_moved_chat_is_found_under_its_new_id(press: Press, wave: WaveId) -> None:
    await add(press, made(press.vault, wave, -1))
    async with press.database.write() as conn:
        await deliveries.move(conn, press.vault, ChatId(-1), ChatId(-100))
        assert await deliveries.of_chat(conn, press.vault, ChatId(-1)) == []
        (moved,) = await deliveries.of_chat(conn, press.vault, ChatId(-100))
    assert press.vault.open(ADDRESS, moved.mark, moved.sealed).chat == -100


async def test_a_chat_that_was_served_under_both_ids_is_served_once(
    press: Press, wave: WaveId
) -> None:
    old = made(press.vault, wave, -1)
    new = made(press.vault, wave, -100, DeliveryState.DELIVERED)
    await add(press, old, new)
    async with press.database.write() as conn:
        await deliveries.move(conn, press.vault, ChatId(-1), ChatId(-100))
        assert await deliveries.of_chat(conn, press.vault, ChatId(-100)) == [new]
        (left,) = await deliveries.of_chat(conn, press.vault, ChatId(-1))
    assert left.state is DeliveryState.GONE
    assert press.vault.open(ADDRESS, left.mark, left.sealed) == NOWHERE

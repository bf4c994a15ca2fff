"""Waves, how far they have come and how they stand."""

from datetime import timedelta

import pytest

from db import deliveries, notices, waves
from db.connection import Database
from db.deliveries import Stored
from db.vault import ADDRESS, Vault
from model.deliveries import Address, DeliveryState, Lane
from model.errors import NotFound
from model.notices import NoticeState, Tally, WaveId
from model.readers import ChatId, ChatKind
from tests.delivery.press import ALES, IHAR, MARIA, Press
from tests.watch import Watch


@pytest.fixture
def press(database: Database, vault: Vault, clock: Watch) -> Press:
    return Press(database, vault, clock)


async def add_delivery(press: Press, wave: WaveId, chat: int, state: DeliveryState) -> None:
    address = Address(ChatId(chat), ChatKind.PRIVATE, "en", discreet=False)
    mark = press.vault.mark(wave, address.chat)
    sealed = press.vault.seal(ADDRESS, mark, address)
    async with press.database.write() as conn:
        new = Stored(mark, wave, state, Lane.RELEASES, sealed)
        await deliveries.add(conn, [(new, press.clock())])


async def test_a_wave_tells_of_the_groups_it_was_begun_with(press: Press, clock: Watch) -> None:
    notice = await press.release([MARIA], [ALES], [IHAR])
    first = await press.open(notice, 0, 2)
    second = await press.open(notice, 1)
    async with press.database.read() as conn:
        groups = [g.id for g in (await notices.get(conn, notice)).facts.groups]
        found = await waves.of_notice(conn, notice)
        assert [one.id for one in found] == [first, second]
        assert found[0].groups == {groups[0], groups[2]}
        assert found[1].groups == {groups[1]}
        assert await waves.get(conn, first) == found[0]
        assert found[0].begun == clock.now
        assert not found[0].made


async def test_a_wave_can_tell_of_no_group_at_all(press: Press, clock: Watch) -> None:
    notice = await press.release([MARIA])
    async with press.database.write() as conn:
        wave = await waves.add(conn, notice, [], clock())
        assert (await waves.get(conn, wave)).groups == frozenset()


async def test_a_wave_that_is_not_there_is_not_found(press: Press) -> None:
    async with press.database.read() as conn:
        assert await waves.find(conn, WaveId(7)) is None
        with pytest.raises(NotFound):
            await waves.get(conn, WaveId(7))


async def test_the_oldest_unmade_wave_comes_first_with_its_cursor(press: Press) -> None:
    notice = await press.release([MARIA], [ALES])
    first, second = await press.open(notice, 0), await press.open(notice, 1)
    async with press.database.write() as conn:
        assert await waves.next_unmade(conn) == (await waves.get(conn, first), None)
        await waves.advance(conn, first, b"here", made=False)
        assert await waves.next_unmade(conn) == (await waves.get(conn, first), b"here")
        await waves.advance(conn, first, b"end", made=True)
        assert await waves.next_unmade(conn) == (await waves.get(conn, second), None)
        await waves.advance(conn, second, None, made=True)
        assert await waves.next_unmade(conn) is None


async def test_a_current_wave_says_whether_it_may_go_on(press: Press) -> None:
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    async with press.database.read() as conn:
        (one,) = await waves.current(conn)
    assert (one.wave.id, one.stopped, one.withdrawn) == (wave, False, False)
    await press.stop(notice)
    async with press.database.write() as conn:
        assert (await waves.current(conn))[0].stopped
        await notices.move(conn, notice, NoticeState.WITHDRAWN)
        assert (await waves.current(conn))[0].withdrawn


async def test_an_ended_wave_is_not_current_and_is_unfinished_until_its_notice_is_out(
    press: Press, clock: Watch
) -> None:
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    async with press.database.write() as conn:
        assert await waves.unfinished(conn) == ()
        await waves.end(conn, wave, clock())
        assert await waves.current(conn) == ()
        assert await waves.unfinished(conn) == (wave,)
        await notices.move(conn, notice, NoticeState.OUT)
        assert await waves.unfinished(conn) == ()


async def test_a_tally_counts_every_delivery_once(press: Press) -> None:
    wave = await press.open(await press.release([MARIA]))
    for chat, state in enumerate(DeliveryState, 1):
        await add_delivery(press, wave, chat, state)
    tally = await press.tally(wave)
    assert tally == Tally(
        waiting=1, sending=2, uncertain=1, delivered=1, gone=1, unknown=1, failed=1
    )
    assert tally.audience == len(DeliveryState)


async def test_a_wave_without_deliveries_has_an_empty_tally(press: Press) -> None:
    wave = await press.open(await press.release([MARIA]))
    assert await press.tally(wave) == Tally()


async def test_totals_are_still_told_after_the_purge(press: Press, clock: Watch) -> None:
    wave = await press.open(await press.release([MARIA]))
    await add_delivery(press, wave, 1, DeliveryState.DELIVERED)
    totals = Tally(delivered=120, gone=10, unknown=0, failed=10)
    async with press.database.write() as conn:
        await waves.end(conn, wave, clock())
        clock.advance(timedelta(hours=1))
        assert await waves.purgeable(conn, clock()) == (wave,)
        assert await waves.purgeable(conn, clock() - timedelta(hours=2)) == ()
        assert await waves.unpurged(conn) == (wave,)
        await waves.keep_totals(conn, wave, totals)
        await deliveries.purge(conn, wave)
        assert await waves.unpurged(conn) == ()
        assert await waves.purgeable(conn, clock()) == ()
    assert await press.tally(wave) == totals

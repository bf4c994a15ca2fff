"""A group that becomes a supergroup keeps what it wants, and is told everything once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from db import deliveries, waves
from db.connection import Database
from db.vault import ADDRESS, Vault
from model.deliveries import NOWHERE, Address, Delivery, DeliveryState, Ending, Outcome
from model.notices import NoticeKind, WaveId, WaveKind
from model.people import PersonId
from model.readers import FOLLOWS_AT_MOST, ChatId, ChatKind, Reader
from model.wishes import Rhythm, Wishes, hour_of
from services.fanout import FanOut
from services.moves import Moves
from services.outbox import KEPT, Outbox
from services.readers import Readers
from tests.delivery.press import ALES, IHAR, MARIA, Press
from tests.watch import Watch

GROUP, GROWN = ChatId(-4_100_000_001), ChatId(-1_001_234_567_890)
A_GROUP = ChatKind.GROUP


@pytest.fixture
async def press(database: Database, vault: Vault, clock: Watch) -> Press:
    press = Press(database, vault, clock)
    await press.know(MARIA, ALES, IHAR)
    return press


@pytest.fixture
def readers(database: Database, vault: Vault, clock: Watch) -> Readers:
    return Readers(database, vault, clock)


@pytest.fixture
def moves(database: Database, vault: Vault, clock: Watch) -> Moves:
    return Moves(database, vault, clock)


@pytest.fixture
def outbox(database: Database, vault: Vault, clock: Watch) -> Outbox:
    return Outbox(database, vault, clock)


def started_anew(press: Press) -> FanOut:
    return FanOut(press.database, press.vault, press.clock, chunk=3)


async def make_all(fanout: FanOut) -> None:
    while await fanout.advance():
        pass


async def deliver(press: Press, outbox: Outbox) -> list[Delivery]:
    """Make and deliver all that is due."""
    await make_all(started_anew(press))
    claimed = await outbox.claim(100)
    await outbox.settle([Outcome(one, Ending.DELIVERED, message=70) for one in claimed])
    await outbox.end_waves()
    return claimed


async def told(press: Press, wave: WaveId, chat: ChatId) -> list[tuple[DeliveryState, Address]]:
    mark = press.vault.mark(wave, chat)
    async with press.database.read() as conn:
        found = await deliveries.find(conn, [mark])
    return [(one.state, press.vault.open(ADDRESS, mark, one.sealed)) for one in found]


def group_whose(place: Callable[[ChatId], bytes], *, last: bool, first: int = -1) -> ChatId:
    """Return an id of a group whose turn comes first or last in an order."""
    chats = (ChatId(first - number) for number in range(2000))
    return (max if last else min)(chats, key=place)


def in_wave(press: Press, wave: int, *, last: bool, first: int = -1) -> ChatId:
    """Return an id whose delivery of a wave stands first or last in the order of making."""
    return group_whose(lambda chat: press.vault.mark(WaveId(wave), chat), last=last, first=first)


# --- what is kept ------------------------------------------------------------------------------


async def test_a_group_keeps_everything_when_its_id_changes(
    press: Press, moves: Moves, readers: Readers
) -> None:
    await press.welcome(GROUP, kind=A_GROUP, follows=frozenset({ALES}), language="be")
    wave = await press.open(await press.release([ALES]))
    await make_all(started_anew(press))
    await moves.move(GROUP, GROWN)
    assert await readers.of(GROUP) is None
    assert await readers.of(GROWN) == Reader(GROWN, "be", A_GROUP, follows=frozenset({ALES}))
    assert await told(press, wave, GROUP) == []
    ((state, address),) = await told(press, wave, GROWN)
    assert (state, address.chat, address.freed) == (DeliveryState.QUEUED, GROWN, (ALES,))


async def test_what_was_forgotten_does_not_move_with_a_group(
    press: Press, moves: Moves, readers: Readers, outbox: Outbox
) -> None:
    await press.welcome(GROUP, kind=A_GROUP, releases=True)
    wave = await press.open(await press.release([ALES]))
    await deliver(press, outbox)
    await readers.forget(GROUP)
    await moves.move(GROUP, GROWN)
    assert await told(press, wave, GROWN) == []
    assert await told(press, wave, GROUP) == [(DeliveryState.DELIVERED, NOWHERE)]


async def test_what_both_ids_wanted_is_joined_as_far_as_there_is_room(
    press: Press, moves: Moves, readers: Readers
) -> None:
    numbers = [PersonId(number) for number in range(1, FOLLOWS_AT_MOST + 11)]
    before, since = numbers[:FOLLOWS_AT_MOST], numbers[FOLLOWS_AT_MOST:]
    await press.welcome(GROUP, kind=A_GROUP, follows=frozenset(before), releases=True)
    await press.welcome(GROWN, kind=A_GROUP, follows=frozenset(since), language="uk")
    await moves.move(GROUP, GROWN)
    reader = await readers.of(GROWN)
    assert reader is not None
    assert (reader.language, reader.releases) == ("uk", True)
    assert len(reader.follows) == FOLLOWS_AT_MOST


async def test_a_group_that_nobody_knows_moves_without_a_trace(press: Press, moves: Moves) -> None:
    await press.open(await press.release([ALES]))
    await moves.move(GROUP, GROWN)
    assert await press.readers_left() == 0


# --- while deliveries are made -----------------------------------------------------------------


async def test_a_new_place_that_a_wave_has_passed_already_is_not_passed_over(
    press: Press, moves: Moves
) -> None:
    """Another process, or the same one started anew, looks in the new places from the start."""
    group, grown = in_wave(press, 1, last=True), in_wave(press, 1, last=False, first=-10_000)
    await press.crowd(9)
    await press.welcome(group, kind=A_GROUP, releases=True)
    wave = await press.open(await press.release([MARIA]))
    await started_anew(press).advance()
    await moves.move(group, grown)
    await make_all(started_anew(press))
    assert len(await told(press, wave, grown)) == 1
    assert (await press.tally(wave)).audience == 10


async def test_who_was_told_is_not_told_again_in_the_new_place(
    press: Press, moves: Moves, outbox: Outbox
) -> None:
    group, grown = in_wave(press, 1, last=False), in_wave(press, 1, last=True, first=-10_000)
    await press.crowd(9)
    await press.welcome(group, kind=A_GROUP, releases=True)
    wave = await press.open(await press.release([MARIA]))
    await started_anew(press).advance()
    claimed = await outbox.claim(10)
    await outbox.settle([Outcome(one, Ending.DELIVERED, message=70) for one in claimed])
    await moves.move(group, grown)
    await make_all(started_anew(press))
    ((state, _),) = await told(press, wave, grown)
    assert state is DeliveryState.DELIVERED
    assert (await press.tally(wave)).audience == 10


async def test_a_group_that_moves_while_readers_are_called_together_is_not_missed(
    press: Press, moves: Moves, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.fanout.CALLED", 4)
    group = group_whose(press.vault.locate, last=True)
    grown = group_whose(press.vault.locate, last=False, first=-10_000)
    await press.crowd(9)
    await press.welcome(group, kind=A_GROUP, releases=True)
    wave = await press.open(await press.release([MARIA]))
    fanout = started_anew(press)
    await fanout.advance()
    await moves.move(group, grown)
    await make_all(fanout)
    assert len(await told(press, wave, grown)) == 1


async def test_telegram_may_say_of_one_wave_that_a_group_moved_while_another_is_made(
    press: Press, outbox: Outbox
) -> None:
    group, grown = in_wave(press, 2, last=True), in_wave(press, 2, last=False, first=-10_000)
    await press.welcome(group, kind=A_GROUP, releases=True)
    first = await press.open(await press.release([MARIA]))
    await make_all(started_anew(press))
    claimed = await outbox.claim(10)
    await press.crowd(9)
    second = await press.open(await press.release([ALES]))
    await started_anew(press).advance()
    await outbox.settle([Outcome(one, Ending.MIGRATED, moved_to=grown) for one in claimed])
    await make_all(started_anew(press))
    for wave in (first, second):
        assert [state for state, _ in await told(press, wave, grown)] == [DeliveryState.QUEUED]


@pytest.mark.parametrize("kind", [NoticeKind.CORRECTION, NoticeKind.WITHDRAWAL])
async def test_a_correction_that_is_being_made_follows_a_group(
    press: Press, moves: Moves, outbox: Outbox, kind: NoticeKind
) -> None:
    # The correction looks for those who were told in the order of the first wave.
    group, grown = in_wave(press, 1, last=True), in_wave(press, 1, last=False, first=-10_000)
    await press.crowd(9)
    await press.welcome(group, kind=A_GROUP, releases=True)
    notice = await press.release([MARIA])
    await press.open(notice)
    await deliver(press, outbox)
    back = (
        press.correct(notice, MARIA) if kind is NoticeKind.CORRECTION else press.withdraw(notice)
    )
    wave = await back
    await started_anew(press).advance()
    await moves.move(group, grown)
    await make_all(started_anew(press))
    assert len(await told(press, wave, grown)) == 1
    assert (await press.tally(wave)).audience == 10


async def test_a_late_correction_that_is_being_made_follows_a_group(
    press: Press, moves: Moves, outbox: Outbox, clock: Watch
) -> None:
    group = group_whose(press.vault.locate, last=True)
    grown = group_whose(press.vault.locate, last=False, first=-10_000)
    await press.crowd(9)
    notice = await press.release([MARIA])
    await press.open(notice)
    await deliver(press, outbox)
    await press.welcome(group, kind=A_GROUP, releases=True)
    clock.advance(KEPT + timedelta(hours=1))
    await outbox.purge()
    wave = await press.correct(notice, MARIA)
    fanout = started_anew(press)
    for _ in range(2):
        await fanout.advance()
    await moves.move(group, grown)
    await make_all(fanout)
    ((_, address),) = await told(press, wave, grown)
    assert address.late


async def test_a_digest_that_is_being_made_follows_a_group(
    press: Press, moves: Moves, database: Database, clock: Watch
) -> None:
    group = group_whose(press.vault.locate, last=True)
    grown = group_whose(press.vault.locate, last=False, first=-10_000)
    here = clock().hour
    wishes = Wishes(zone="Etc/UTC", digest=Rhythm.DAILY, hour=here)
    for chat in range(1, 8):
        await press.welcome(chat, wishes=wishes)
    await press.welcome(group, kind=A_GROUP, wishes=wishes)
    async with database.write() as conn:
        wave = await waves.add(conn, None, (), hour_of(clock()), kind=WaveKind.DIGEST)
    fanout = started_anew(press)
    await fanout.advance()
    await moves.move(group, grown)
    await make_all(fanout)
    ((_, address),) = await told(press, wave, grown)
    assert address.since is not None


async def test_what_is_withdrawn_or_reminds_or_has_not_begun_is_not_made_for_a_group_alone(
    press: Press, moves: Moves, database: Database, clock: Watch
) -> None:
    here = clock().hour
    wishes = Wishes(zone="Etc/UTC", digest=Rhythm.DAILY, hour=here, reminders=True)
    await press.welcome(GROUP, kind=A_GROUP, follows=frozenset({MARIA}), wishes=wishes)
    notice = await press.release([MARIA])
    withdrawn = await press.open(notice)
    await press.withdraw(notice)
    hour = hour_of(clock())
    async with database.write() as conn:
        digest = await waves.add(conn, None, (), hour, kind=WaveKind.DIGEST)
        reminder = await waves.add(conn, None, (), hour, kind=WaveKind.REMINDER)
    await moves.move(GROUP, GROWN)
    for wave in (withdrawn, digest, reminder):
        assert await told(press, wave, GROWN) == []
    await make_all(started_anew(press))
    assert len(await told(press, digest, GROWN)) == 1

"""Seen, or reminded of once, if that was asked for."""

from datetime import timedelta

import pytest

from db import deliveries, waves
from db.connection import Database
from db.vault import ADDRESS, Vault
from model.deliveries import Address, Delivery, Ending, Lane, Outcome
from model.notices import EditorId, WaveId, WaveKind
from model.readers import ChatId, ChatKind
from model.wishes import Wishes
from services.fanout import FanOut
from services.guard import Guard
from services.outbox import KEPT, Outbox
from services.readers import Readers
from services.reminders import UNSEEN, Reminders
from tests.delivery.press import ALES, IHAR, MARIA, Press
from tests.watch import Watch

ASKED = Wishes(reminders=True)
MINE = frozenset({MARIA})
HOUR = timedelta(hours=1)


@pytest.fixture
async def press(database: Database, vault: Vault, clock: Watch) -> Press:
    press = Press(database, vault, clock)
    await press.know(MARIA, ALES, IHAR)
    return press


@pytest.fixture
def reminders(database: Database, vault: Vault, clock: Watch) -> Reminders:
    return Reminders(database, vault, clock)


@pytest.fixture
def outbox(database: Database, vault: Vault, clock: Watch) -> Outbox:
    return Outbox(database, vault, clock)


async def send(press: Press) -> list[Delivery]:
    """Make and deliver all that is due."""
    fanout = FanOut(press.database, press.vault, press.clock, chunk=2)
    outbox = Outbox(press.database, press.vault, press.clock)
    while await fanout.advance():
        pass
    claimed = await outbox.claim(100)
    await outbox.settle([Outcome(one, Ending.DELIVERED, message=70) for one in claimed])
    await outbox.end_waves()
    return claimed


async def remind(press: Press, reminders: Reminders, clock: Watch, after: timedelta) -> set[int]:
    """Let time pass, and return who is reminded then."""
    clock.advance(after)
    await reminders.begin()
    return {one.address.chat for one in await send(press)}


async def kept(press: Press, wave: WaveId, chat: int) -> Address:
    mark = press.vault.mark(wave, ChatId(chat))
    async with press.database.read() as conn:
        (one,) = await deliveries.find(conn, [mark])
    return press.vault.open(ADDRESS, mark, one.sealed)


async def test_what_was_seen_is_remembered_in_the_sealed_delivery_alone(
    press: Press, reminders: Reminders
):
    await press.welcome(1, follows=MINE)
    wave = await press.open(await press.tell_of(MARIA))
    await send(press)
    assert (await kept(press, wave, 1)).asks
    await reminders.see(ChatId(1), wave)
    await reminders.see(ChatId(1), wave)
    told = await kept(press, wave, 1)
    assert (told.seen, told.asks, told.message) == (True, False, 70)
    await reminders.see(ChatId(2), wave)


async def test_one_who_asked_is_reminded_once_after_twelve_hours(
    press: Press, reminders: Reminders, clock: Watch
):
    for chat in range(1, 6):
        await press.welcome(chat, follows=MINE, wishes=ASKED)
    await press.welcome(11, follows=MINE)
    await press.welcome(12, releases=True, wishes=ASKED)
    await press.welcome(-13, follows=MINE, kind=ChatKind.GROUP, wishes=ASKED)
    wave = await press.open(await press.release([MARIA]))
    await send(press)
    await reminders.see(ChatId(5), wave)
    assert await remind(press, reminders, clock, UNSEEN - HOUR) == set()
    assert await remind(press, reminders, clock, 2 * HOUR) == {1, 2, 3, 4}
    for _ in range(3):
        assert await remind(press, reminders, clock, HOUR) == set()


async def test_a_reminder_says_which_news_it_is_about_and_comes_last(
    press: Press, reminders: Reminders, clock: Watch
):
    await press.welcome(1, follows=MINE, wishes=ASKED)
    wave = await press.open(await press.tell_of(MARIA, ALES))
    await send(press)
    clock.advance(UNSEEN + HOUR)
    assert await reminders.begin()
    assert not await reminders.begin()
    (one,) = await send(press)
    assert (one.kind, one.lane) == (WaveKind.REMINDER, Lane.DIGEST)
    assert (one.address.reminds, one.address.freed) == (wave, (MARIA,))


async def test_two_news_of_one_hour_make_one_reminder(
    press: Press, reminders: Reminders, clock: Watch
):
    await press.welcome(1, follows=frozenset({MARIA, ALES}), wishes=ASKED)
    for person in (MARIA, ALES):
        await press.open(await press.tell_of(person))
    assert len(await send(press)) == 2
    clock.advance(UNSEEN + HOUR)
    await reminders.begin()
    assert len(await send(press)) == 1
    assert await remind(press, reminders, clock, HOUR) == set()


async def test_no_hour_begins_without_news_to_remind_of(
    press: Press, reminders: Reminders, clock: Watch
):
    await press.welcome(1, follows=MINE, wishes=ASKED)
    assert not await reminders.begin()
    wave = await press.open(await press.tell_of(MARIA))
    await send(press)
    assert not await reminders.begin()
    async with press.database.read() as conn:
        assert await waves.last_begun(conn, WaveKind.REMINDER) is None
        assert await waves.news_told(conn, clock()) == (wave,)


async def test_what_was_withdrawn_is_not_reminded_of(
    press: Press, reminders: Reminders, clock: Watch
):
    await press.welcome(1, follows=MINE, wishes=ASKED)
    wrong = await press.tell_of(MARIA)
    await press.open(wrong)
    await send(press)
    await press.withdraw(wrong)
    clock.advance(UNSEEN + HOUR)
    assert not await reminders.begin()


async def test_what_is_stopped_is_reminded_of_once_it_goes_on(
    press: Press, reminders: Reminders, clock: Watch
):
    await press.welcome(1, follows=MINE, wishes=ASKED)
    notice = await press.tell_of(MARIA)
    await press.open(notice)
    await send(press)
    await press.stop(notice)
    for _ in range(3):
        assert await remind(press, reminders, clock, UNSEEN) == set()
    await press.stop(notice, False)
    assert await remind(press, reminders, clock, HOUR) == {1}
    await press.stop(notice)
    await press.stop(notice, False)
    for _ in range(3):
        assert await remind(press, reminders, clock, UNSEEN) == set()


async def made(press: Press, reminders: Reminders, clock: Watch) -> None:
    """Make the reminders of what was told, and send none of them."""
    clock.advance(UNSEEN + HOUR)
    await reminders.begin()
    fanout = FanOut(press.database, press.vault, clock)
    while await fanout.advance():
        pass


async def test_a_reminder_that_is_made_waits_as_long_as_its_news_is_stopped(
    press: Press, reminders: Reminders, outbox: Outbox, clock: Watch
):
    await press.welcome(1, follows=MINE, wishes=ASKED)
    notice = await press.tell_of(MARIA)
    await press.open(notice)
    await send(press)
    await made(press, reminders, clock)
    claimed = await outbox.claim(10)
    assert await outbox.still_to_send(claimed) == {one.mark for one in claimed}
    await press.stop(notice)
    assert await outbox.still_to_send(claimed) == frozenset()
    await outbox.give_back(claimed)
    assert await outbox.claim(10) == []
    await press.stop(notice, False)
    clock.advance(HOUR)
    assert [one.mark for one in await outbox.claim(10)] == [one.mark for one in claimed]


async def test_a_reminder_that_is_made_of_what_was_taken_back_since_is_not_sent(
    press: Press, reminders: Reminders, outbox: Outbox, clock: Watch
):
    for chat, person in ((1, MARIA), (2, ALES), (3, IHAR)):
        await press.welcome(chat, follows=frozenset({person}), wishes=ASKED)
    wrong, partly = await press.tell_of(MARIA), await press.release([ALES, IHAR])
    for notice in (wrong, partly):
        await press.open(notice)
    await send(press)
    await made(press, reminders, clock)
    claimed = await outbox.claim(10)
    await press.withdraw(wrong)
    await press.correct(partly, ALES)
    (right,) = (one for one in claimed if one.address.chat == 3)
    assert await outbox.still_to_send(claimed) == {right.mark}
    await outbox.give_back(claimed)
    again = [one for one in await outbox.claim(10) if one.kind is WaveKind.REMINDER]
    assert again == [right]
    assert (await press.tally(right.wave)).gone == 2


async def test_nobody_is_reminded_of_what_is_no_longer_kept(
    press: Press, reminders: Reminders, outbox: Outbox, clock: Watch
):
    await press.welcome(1, follows=MINE, wishes=ASKED)
    await press.open(await press.tell_of(MARIA))
    await send(press)
    await made(press, reminders, clock)
    clock.advance(KEPT)
    await outbox.purge()
    assert await outbox.claim(10) == []


async def test_several_waves_of_one_notice_make_one_reminder(
    press: Press, reminders: Reminders, clock: Watch
):
    both = frozenset({MARIA, ALES})
    for chat in (1, 2):
        await press.welcome(chat, follows=both, wishes=ASKED)
    notice = await press.release([MARIA], [ALES])
    first = await press.open(notice, 0)
    await send(press)
    clock.advance(2 * HOUR)
    await press.open(notice, 1)
    await send(press)
    await reminders.see(ChatId(2), first)
    assert await remind(press, reminders, clock, UNSEEN - HOUR) == {1}
    assert await remind(press, reminders, clock, 2 * HOUR) == {2}
    for _ in range(3):
        assert await remind(press, reminders, clock, HOUR) == set()


async def test_a_process_that_ends_between_two_chunks_reminds_nobody_twice(
    press: Press, reminders: Reminders, clock: Watch
):
    for chat in range(1, 8):
        await press.welcome(chat, follows=MINE, wishes=ASKED)
    await press.open(await press.tell_of(MARIA))
    await send(press)
    clock.advance(UNSEEN + HOUR)
    await reminders.begin()
    await FanOut(press.database, press.vault, clock, chunk=2).advance()
    sent = [one.address.chat for _ in range(3) for one in await send(press)]
    assert sorted(sent) == list(range(1, 8))
    assert await remind(press, reminders, clock, HOUR) == set()


async def test_quiet_hours_put_a_reminder_off_and_what_is_seen_until_then_needs_none(
    press: Press, reminders: Reminders, clock: Watch
):
    hour = (clock() + UNSEEN).hour
    quiet = Wishes(zone="Etc/UTC", quiet=(hour, (hour + 3) % 24), reminders=True)
    for chat in (1, 2, 3):
        await press.welcome(chat, follows=MINE, wishes=quiet)
    wave = await press.open(await press.tell_of(MARIA))
    await send(press)
    assert await remind(press, reminders, clock, UNSEEN + HOUR) == set()
    await reminders.see(ChatId(1), wave)
    await press.welcome(2, follows=MINE, wishes=quiet._replace(reminders=False))
    assert await remind(press, reminders, clock, 3 * HOUR) == {3}


async def test_who_is_forgotten_or_has_moved_on_is_not_reminded(
    press: Press, reminders: Reminders, clock: Watch
):
    readers = Readers(press.database, press.vault, clock)
    for chat in (1, 2):
        await press.welcome(chat, follows=MINE, wishes=ASKED)
    await press.open(await press.tell_of(MARIA))
    await send(press)
    await readers.forget(ChatId(1))
    async with press.database.write() as conn:
        await conn.exec_driver_sql("DELETE FROM reader")
    assert await remind(press, reminders, clock, UNSEEN + HOUR) == set()


async def test_what_was_to_be_reminded_of_while_the_bot_was_away_never_is(
    press: Press, reminders: Reminders, clock: Watch
):
    guard = Guard(press.database, press.vault, clock)
    await guard.beat()
    for chat, person in ((1, MARIA), (2, ALES)):
        await press.welcome(chat, follows=frozenset({person}), wishes=ASKED)
        await press.open(await press.tell_of(person))
        await send(press)
        clock.advance(8 * HOUR)
        await guard.beat()
    clock.advance(3 * HOUR)
    assert not await reminders.begin()
    await guard.beat()
    assert await remind(press, reminders, clock, HOUR) == {2}
    assert await remind(press, reminders, clock, HOUR) == set()


async def test_reminders_that_were_begun_before_an_interruption_are_made_if_editors_say_so(
    press: Press, reminders: Reminders, clock: Watch
):
    guard = Guard(press.database, press.vault, clock)
    await guard.beat()
    await press.welcome(1, follows=MINE, wishes=ASKED)
    await press.open(await press.tell_of(MARIA))
    await send(press)
    for _ in range(13):
        clock.advance(HOUR)
        await guard.beat()
    assert await reminders.begin()
    clock.advance(2 * HOUR)
    await guard.beat()
    assert await send(press) == []
    arrears = await guard.arrears()
    assert arrears is not None
    await guard.send(EditorId("alena"), arrears.interruption.id)
    assert [one.address.chat for one in await send(press)] == [1]


def test_a_reminder_fits_into_an_address_with_the_most_follows(vault: Vault):
    persons = tuple(MARIA.__class__(2**63 - n) for n in range(1, 51))
    address = Address(
        ChatId(-(2**52)), ChatKind.PRIVATE, "zh-Hant-TW", True, freed=persons,
        releases=False, reminds=WaveId(2**31), seen=True, silent=True, message=2**31,
    )  # fmt: skip
    assert vault.seal(ADDRESS, b"m", address)

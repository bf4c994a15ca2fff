"""The sender: what is in the outbox reaches everyone, whatever Telegram answers."""

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import timedelta

import pytest

from db.connection import Database
from delivery.letters import Letters
from delivery.pace import Pace
from delivery.sender import AT_FREE_PACE, Sender
from model.deliveries import Delivery, Lane, Mark, Outcome
from model.errors import Misconfigured, Unavailable
from model.notices import NewsItem, Tally, WaveId
from model.readers import ChatId, ChatKind
from services.outbox import Outbox
from services.readers import Readers
from simulator import faults
from simulator.core import Telegram
from simulator.refusals import Refused, bad_request, forbidden
from tests.delivery.postroom import Postroom
from tests.delivery.press import ALES, IHAR, MARIA, Press
from tests.watch import AT_MOST, Watch


@pytest.fixture
def recovers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delivery.sender.RECOVERS", 0.05)


async def running(sender: Sender) -> asyncio.Task[None]:
    task = asyncio.create_task(sender.run())
    await asyncio.sleep(0)
    return task


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_everyone_is_told_once(press: Press, postroom: Postroom) -> None:
    chats = await press.crowd(120)
    wave = await press.open(await press.release([MARIA, ALES]))
    await postroom.deliver(wave)
    assert postroom.told() == dict.fromkeys(chats, 1)
    assert await press.tally(wave) == Tally(delivered=120)
    assert not postroom.telegram.refusals


async def test_a_wave_that_ended_is_reported_once(press: Press, postroom: Postroom) -> None:
    await press.crowd(3)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    postroom.done.clear()
    # The notice is still said to be going out, so the next sender says it again, once.
    sending = await running(postroom.sender())
    async with asyncio.timeout(AT_MOST):
        while not postroom.done:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    await stop(sending)
    assert postroom.done == [wave]


async def test_each_reader_hears_first_of_whom_he_or_she_follows(
    press: Press, postroom: Postroom
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    await press.welcome(2, follows=frozenset({IHAR}), absences=True)
    await press.welcome(3, releases=True)
    await postroom.deliver(await press.open(await press.release([MARIA, ALES])))
    (follower,), (waiting,), (other,) = (postroom.texts(chat) for chat in (1, 2, 3))
    assert follower.startswith(f"<b>\u2068Person {MARIA}\u2069</b> — free.")
    assert waiting.startswith(f"<b>\u2068Person {IHAR}\u2069</b> — not among the names known")
    assert "Person" not in other


async def test_a_discreet_reader_sees_no_name_before_asking(
    press: Press, postroom: Postroom
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}), discreet=True)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    (call,) = postroom.telegram.calls_of("sendMessage")
    assert call.values["text"] == "1 new message"
    assert f'"w:{wave}"' in json.dumps(call.values["reply_markup"])


async def test_paid_broadcasts_say_so(press: Press, postroom: Postroom) -> None:
    await press.crowd(1)
    await postroom.deliver(await press.open(await press.release([MARIA])), paid=True)
    (call,) = postroom.telegram.calls_of("sendMessage")
    assert call.values["allow_paid_broadcast"] is True


async def test_many_different_letters_do_not_fill_the_memory(
    press: Press, postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.letters.RENDERED_AT_MOST", 2)
    for chat, language in enumerate(("en", "be", "ru", "uk"), 1):
        await press.welcome(chat, releases=True, language="en", follows=frozenset({MARIA}))
        await press.welcome(chat + 10, releases=True, discreet=language != "en")
    await press.welcome(20, follows=frozenset({ALES}))
    wave = await press.open(await press.release([MARIA, ALES]))
    await postroom.deliver(wave, claims=3)
    assert (await press.tally(wave)).delivered == 9


# --- what Telegram answers --------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        faults.blocked(),
        faults.deactivated(),
        faults.kicked(),
        faults.chat_not_found(),
        faults.refusal(forbidden("bot is not a member of the channel chat")),
        faults.refusal(bad_request("group chat was deactivated")),
    ],
    ids=lambda fault: fault.name,
)
async def test_who_cannot_be_reached_any_more_is_erased(
    press: Press, postroom: Postroom, telegram: Telegram, fault: faults.Fault
) -> None:
    chats = await press.crowd(3)
    telegram.misbehave(fault, chat=chats[1])
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert await press.tally(wave) == Tally(delivered=2, gone=1)
    assert await press.readers_left() == 2


@pytest.mark.parametrize(
    "refused",
    [
        bad_request("TOPIC_CLOSED"),
        bad_request("not enough rights to send text messages to the chat"),
        forbidden("CHAT_WRITE_FORBIDDEN"),
        bad_request("message is too long"),
    ],
    ids=str,
)
async def test_what_is_refused_for_good_is_counted_and_erases_nobody(
    press: Press, postroom: Postroom, telegram: Telegram, refused: Refused
) -> None:
    for chat in (-1, -2):
        await press.welcome(chat, releases=True, kind=ChatKind.GROUP)
    telegram.misbehave(faults.refusal(refused), chat=-1)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert await press.tally(wave) == Tally(delivered=1, failed=1)
    assert await press.readers_left() == 2


@pytest.mark.parametrize(
    "refused",
    [bad_request("message can't be edited"), bad_request("message to edit not found")],
    ids=str,
)
async def test_a_message_too_old_to_be_mended_is_corrected_by_a_new_one(
    press: Press, postroom: Postroom, telegram: Telegram, refused: Refused
) -> None:
    await press.welcome(1, releases=True)
    notice = await press.release([MARIA])
    await postroom.deliver(await press.open(notice))
    telegram.misbehave(faults.refusal(refused), method="editMessageText")
    correction = await press.correct(notice, MARIA)
    await postroom.deliver(correction)
    assert await press.tally(correction) == Tally(delivered=1)
    assert "CORRECTION" in postroom.texts(1)[-1]


async def test_a_page_of_a_proxy_that_says_403_erases_nobody(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    chats = await press.crowd(5)
    telegram.misbehave(faults.server_error(403), times=5)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert postroom.told() == dict.fromkeys(chats, 1)
    assert await press.readers_left() == 5


async def test_a_group_that_moved_is_told_at_its_new_place_and_takes_its_follows_along(
    press: Press, postroom: Postroom, telegram: Telegram, database: Database, clock: Watch
) -> None:
    await press.welcome(-1, follows=frozenset({MARIA}), kind=ChatKind.GROUP)
    telegram.misbehave(faults.migrated(-1001), chat=-1, times=1)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert postroom.told() == {-1001: 1}
    assert await press.tally(wave) == Tally(delivered=1)
    doors = Readers(database, press.vault, clock)
    moved = await doors.of(ChatId(-1001))
    assert moved is not None
    assert moved.follows == {MARIA}
    assert await doors.of(ChatId(-1)) is None


@pytest.mark.usefixtures("recovers")
async def test_a_group_that_moves_is_told_what_was_claimed_for_it_before(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    await press.welcome(-1, releases=True, kind=ChatKind.GROUP)
    telegram.misbehave(faults.migrated(-1001), chat=-1)
    first = await press.open(await press.release([MARIA]))
    second = await press.open(await press.release([ALES]))
    await postroom.make()
    await postroom.deliver(second, unsettled=1)
    assert postroom.told() == {-1001: 2}
    assert await press.tally(first) == await press.tally(second) == Tally(delivered=1)


async def test_a_flood_wait_of_a_reader_who_is_being_replied_to_holds_up_nobody_else(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    chats = await press.crowd(3)
    postroom.pace.note_reply(chats[0])
    telegram.misbehave(faults.flood(20), chat=chats[0], times=1)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    await postroom.deliver(wave)
    assert postroom.told() == dict.fromkeys(chats, 1)
    assert postroom.pace.lane_opens_in() == 0


async def test_a_flood_wait_of_a_reader_closes_the_lane_for_so_long(
    press: Press, postroom: Postroom, telegram: Telegram, clock: Watch
) -> None:
    await press.crowd(40)
    telegram.misbehave(faults.flood(35_000), times=1)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    started = clock.now
    await postroom.deliver(wave, unsettled=1)
    assert await press.tally(wave) == Tally(delivered=40)
    assert clock.now - started >= timedelta(seconds=35_000)
    assert len(telegram.refusals) == 1


async def test_a_flood_wait_of_a_group_closes_that_group_alone(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    await press.welcome(-1, releases=True, kind=ChatKind.GROUP)
    await press.welcome(-2, releases=True, kind=ChatKind.CHANNEL)
    telegram.misbehave(faults.flood(20), chat=-1, times=1)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave, unsettled=1)
    order = [call.values["chat_id"] for call in telegram.calls_of("sendMessage")]
    assert order == [-2, -1]
    assert postroom.pace.lane_opens_in() == 0


async def test_a_chat_that_is_closed_is_put_off_and_loses_no_try(
    press: Press, postroom: Postroom
) -> None:
    (chat,) = await press.crowd(1)
    wave = await press.open(await press.release([MARIA]))
    postroom.pace.close_chat(chat, 30)
    await postroom.deliver(wave)
    assert await press.tally(wave) == Tally(delivered=1)
    assert len(postroom.telegram.calls) == 1


@pytest.mark.parametrize("fault", [faults.server_error(502), faults.not_reached()])
async def test_what_telegram_did_not_take_is_sent_later(
    press: Press, postroom: Postroom, telegram: Telegram, fault: faults.Fault
) -> None:
    chats = await press.crowd(30)
    telegram.misbehave(fault, times=11)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert postroom.told() == dict.fromkeys(chats, 1)
    assert await press.tally(wave) == Tally(delivered=30)


async def test_trouble_closes_the_lane_for_longer_and_longer(
    press: Press, postroom: Postroom, telegram: Telegram, clock: Watch
) -> None:
    await press.crowd(1)
    telegram.misbehave(faults.server_error(), times=9)
    wave = await press.open(await press.release([MARIA]))
    started = clock.now
    await postroom.deliver(wave)
    # 1 + 2 + 4 + … seconds, three quarters of each on average.
    assert clock.now - started > timedelta(seconds=48)
    assert postroom.told().total() == 1


@pytest.mark.parametrize("fault", [faults.answer_lost(), faults.truncated()])
async def test_a_lost_answer_gets_one_more_try(
    press: Press, postroom: Postroom, telegram: Telegram, fault: faults.Fault
) -> None:
    first, second, third = await press.crowd(3)
    telegram.misbehave(fault, chat=first, times=1)
    telegram.misbehave(fault, chat=second, times=2)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert await press.tally(wave) == Tally(delivered=2, unknown=1)
    assert postroom.told() == {first: 2, second: 2, third: 1}


async def test_a_revoked_token_stops_the_sender_and_loses_nothing(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    chats = await press.crowd(50)
    telegram.misbehave(
        faults.unauthorized(), when=lambda method, values: len(telegram.calls) >= 10
    )
    wave = await press.open(await press.release([MARIA]))
    with pytest.raises(Misconfigured, match="token"):
        await postroom.deliver(wave, unsettled=4)
    tally = await press.tally(wave)
    assert tally.delivered == postroom.told().total() >= 10
    assert tally == Tally(delivered=tally.delivered, waiting=50 - tally.delivered)
    telegram.behave()
    await postroom.deliver(wave)
    assert postroom.told() == dict.fromkeys(chats, 1)


async def test_a_fault_of_ours_fails_one_delivery_and_is_logged(
    press: Press, postroom: Postroom, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = await press.crowd(2)

    async def break_for_the_first(method: str, body: bytes) -> None:
        if str(first).encode() in body:
            raise KeyError("invented")

    postroom.before = break_for_the_first
    wave = await press.open(await press.release([MARIA]))
    with caplog.at_level(logging.ERROR):
        await postroom.deliver(wave)
    assert await press.tally(wave) == Tally(delivered=1, failed=1)
    assert "fault of ours" in caplog.text
    assert str(second) not in caplog.text


# --- stopping, forgetting, correcting ---------------------------------------------------------


async def test_who_is_forgotten_after_the_claim_is_not_sent_to(
    press: Press, postroom: Postroom, database: Database, clock: Watch
) -> None:
    chats = await press.crowd(10)
    doors = Readers(database, press.vault, clock)

    async def forget_the_rest(method: str, body: bytes) -> None:
        postroom.before = None
        for chat in chats:
            if str(chat).encode() not in body:
                await doors.forget(ChatId(chat))

    postroom.before = forget_the_rest
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave, unsettled=1)
    assert postroom.told().total() == 1
    assert await press.tally(wave) == Tally(delivered=1, gone=9)


async def test_a_stop_holds_what_was_claimed_already(
    press: Press, postroom: Postroom, clock: Watch
) -> None:
    chats = await press.crowd(10)
    notice = await press.release([MARIA])
    wave = await press.open(notice)

    async def say_stop(method: str, body: bytes) -> None:
        postroom.before = None
        await press.stop(notice)

    postroom.before = say_stop
    await postroom.make()
    sending = await running(postroom.sender(unsettled=1))
    async with asyncio.timeout(AT_MOST):
        while await press.tally(wave) != Tally(delivered=1, waiting=9):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    clock.advance(timedelta(minutes=1))
    await asyncio.sleep(0.2)
    await stop(sending)
    assert await press.tally(wave) == Tally(delivered=1, waiting=9)
    await press.stop(notice, False)
    await postroom.deliver(wave)
    assert postroom.told() == dict.fromkeys(chats, 1)


async def test_a_correction_mends_the_old_message_and_is_aloud_to_followers_alone(
    press: Press, postroom: Postroom
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    await press.welcome(2, releases=True)
    notice = await press.release([MARIA, ALES])
    await postroom.deliver(await press.open(notice))
    correction = await press.correct(notice, MARIA)
    await postroom.deliver(correction)
    assert await press.tally(correction) == Tally(delivered=2)
    assert "That was wrong" in postroom.texts(1, "editMessageText")[0]
    assert postroom.texts(2, "editMessageText")
    sent = postroom.telegram.calls_of("sendMessage")[2:]
    silent = {c.values["chat_id"]: c.values.get("disable_notification", False) for c in sent}
    assert silent == {1: False, 2: True}
    assert "CORRECTION" in postroom.texts(1)[-1]
    assert not postroom.telegram.refusals


async def test_a_correction_overtakes_what_was_claimed_before_it(
    press: Press, postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await press.welcome(1, releases=True)
    wrong = await press.release([MARIA])
    await postroom.deliver(await press.open(wrong))
    await press.crowd(100)
    wave = await press.open(await press.release([ALES]))
    claim, claimed = postroom.outbox.claim, asyncio.Event()

    async def note_correction(most: int, last: Lane) -> list[Delivery]:
        found = await claim(most, last)
        if any(one.lane is Lane.CORRECTION for one in found):
            claimed.set()
        return found

    async def correct_after_three(method: str, body: bytes) -> None:
        if len(postroom.telegram.calls) == 1 + 3:
            postroom.before = None
            await press.correct(wrong, MARIA)
            await postroom.make()
            await claimed.wait()

    monkeypatch.setattr(postroom.outbox, "claim", note_correction)
    postroom.before = correct_after_three
    await postroom.deliver(wave, unsettled=1, claims=20)
    calls = [(call.method, call.values["chat_id"]) for call in postroom.telegram.calls]
    # A few more went while it was being prepared; at least 19 had been claimed before it.
    mended = calls.index(("editMessageText", 1))
    assert mended < 1 + 4 + 15
    assert calls[mended + 1] == ("sendMessage", 1)


async def test_no_more_corrections_are_claimed_than_go_out_soon(
    press: Press, postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.sender.GRACE", 0.05)
    await press.crowd(60)
    notice = await press.release([MARIA])
    await postroom.deliver(await press.open(notice))
    correction = await press.correct(notice, MARIA)
    await postroom.make()

    async def take_forever(method: str, body: bytes) -> None:
        await asyncio.Event().wait()

    postroom.before = take_forever
    sending = await running(postroom.sender(unsettled=1, claims=5))
    await asyncio.sleep(0.5)
    # The next are claimed while the last are being sent.
    assert (await press.tally(correction)).sending <= 5 + 5
    await stop(sending)


async def test_a_message_that_cannot_be_mended_does_not_hold_up_the_correction(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    await press.welcome(1, releases=True)
    notice = await press.release([MARIA])
    await postroom.deliver(await press.open(notice))
    telegram.misbehave(faults.answer_lost(), method="editMessageText")
    correction = await press.correct(notice, MARIA)
    await postroom.deliver(correction)
    assert await press.tally(correction) == Tally(delivered=1)


async def test_a_flood_wait_while_mending_puts_the_correction_off(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    await press.welcome(1, releases=True)
    notice = await press.release([MARIA], [MARIA])
    await postroom.deliver(await press.open(notice, 0))
    await postroom.deliver(await press.open(notice, 1))
    telegram.misbehave(faults.flood(30), method="editMessageText", times=1)
    correction = await press.correct(notice, MARIA)
    await postroom.deliver(correction)
    assert await press.tally(correction) == Tally(delivered=1)
    assert len(telegram.calls_of("editMessageText")) == 2


async def test_a_lane_that_closes_between_mending_and_telling_puts_the_correction_off(
    press: Press, postroom: Postroom
) -> None:
    await press.welcome(1, releases=True)
    notice = await press.release([MARIA], [MARIA])
    await postroom.deliver(await press.open(notice, 0))
    await postroom.deliver(await press.open(notice, 1))

    async def close(method: str, body: bytes) -> None:
        postroom.before = None
        postroom.pace.close_lane(10)

    postroom.before = close
    correction = await press.correct(notice, MARIA)
    await postroom.deliver(correction)
    assert await press.tally(correction) == Tally(delivered=1)
    assert len(postroom.texts(1, "editMessageText")) == 3


@pytest.mark.parametrize("edits", [1, 2])
async def test_who_is_forgotten_while_old_messages_are_mended_gets_nothing_more(
    press: Press, postroom: Postroom, telegram: Telegram, database: Database, edits: int
) -> None:
    await press.welcome(1, releases=True)
    notice = await press.release([MARIA], [MARIA])
    await postroom.deliver(await press.open(notice, 0))
    await postroom.deliver(await press.open(notice, 1))
    doors = Readers(database, press.vault, press.clock)
    mended = []

    async def forget(method: str, body: bytes) -> None:
        mended.append(method)
        if len(mended) == edits:
            await doors.forget(ChatId(1))

    postroom.before = forget
    correction = await press.correct(notice, MARIA)
    await postroom.deliver(correction)
    assert await press.tally(correction) == Tally(gone=1)
    assert mended == ["editMessageText"] * edits


async def test_a_correction_waits_for_a_database_that_does_not_answer_while_mending(
    press: Press, postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await press.welcome(1, releases=True)
    notice = await press.release([MARIA])
    await postroom.deliver(await press.open(notice))

    async def locked(method: str, body: bytes) -> None:
        async def is_locked(claimed: Sequence[Delivery]) -> frozenset[Mark]:
            monkeypatch.undo()
            raise Unavailable

        postroom.before = None
        monkeypatch.setattr(postroom.outbox, "still_to_send", is_locked)

    postroom.before = locked
    correction = await press.correct(notice, MARIA)
    await postroom.deliver(correction)
    assert await press.tally(correction) == Tally(delivered=1)
    assert len(postroom.texts(1)) == 2


async def test_what_still_waits_no_longer_names_who_was_taken_back(
    press: Press, postroom: Postroom
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    await press.welcome(2, follows=frozenset({MARIA, ALES}))
    await press.welcome(3, releases=True)
    notice = await press.release([MARIA, ALES])
    wave = await press.open(notice)
    await postroom.make()
    await press.correct(notice, MARIA)
    await postroom.deliver(wave)
    assert await press.tally(wave) == Tally(delivered=2, gone=1)
    assert postroom.texts(1) == []
    assert f"Person {MARIA}" not in postroom.texts(2)[0]
    assert f"Person {ALES}" in postroom.texts(2)[0]
    assert await press.readers_left() == 3


async def test_a_withdrawal_in_the_last_moment_holds_what_was_claimed(
    press: Press, postroom: Postroom
) -> None:
    await press.crowd(2)
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    await postroom.make()
    claimed = await postroom.outbox.claim(2)
    await press.withdraw(notice)
    letters = Letters(postroom.news.wave, postroom.outbox.people, lambda _: None)  # type: ignore[arg-type, return-value]
    await letters.prepare(claimed)
    assert [letters.letter(one) for one in claimed] == [None, None]
    assert await press.tally(wave) == Tally(sending=2)


# --- crashing, stopping, waiting --------------------------------------------------------------


async def test_what_a_crash_left_is_sent_by_the_next_sender(
    press: Press, postroom: Postroom
) -> None:
    chats = await press.crowd(5)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    await postroom.outbox.claim(3)
    await postroom.deliver(wave)
    assert postroom.told() == dict.fromkeys(chats, 1)


async def test_a_sender_that_is_stopped_settles_what_is_in_flight_and_gives_back_the_rest(
    press: Press, postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.sender.GRACE", AT_MOST)
    await press.crowd(20)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    flying = asyncio.Barrier(3)

    async def take_long(method: str, body: bytes) -> None:
        await flying.wait()
        await asyncio.sleep(0.2)

    postroom.before = take_long
    sending = await running(postroom.sender(unsettled=2))
    await flying.wait()
    await stop(sending)
    assert await press.tally(wave) == Tally(delivered=2, waiting=18)


async def test_a_request_that_outlasts_the_stop_is_lost_and_not_forgotten(
    press: Press, postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.sender.GRACE", 0.05)
    await press.crowd(1)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    flying = asyncio.Event()

    async def take_forever(method: str, body: bytes) -> None:
        flying.set()
        await asyncio.Event().wait()

    postroom.before = take_forever
    sending = await running(postroom.sender())
    await flying.wait()
    await asyncio.sleep(0.1)
    await stop(sending)
    await asyncio.sleep(0)
    assert await press.tally(wave) == Tally(uncertain=1)


async def test_a_sender_wakes_for_new_deliveries(press: Press, postroom: Postroom) -> None:
    sender = postroom.sender(idles=10 * AT_MOST)
    sending = await running(sender)
    await asyncio.sleep(0.05)
    await press.crowd(1)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    sender.wake()
    async with asyncio.timeout(AT_MOST):
        while (await press.tally(wave)).delivered == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await stop(sending)


@pytest.mark.usefixtures("recovers")
async def test_one_of_several_senders_takes_over_only_what_another_left(
    press: Press, postroom: Postroom, clock: Watch
) -> None:
    await press.crowd(1)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    await postroom.outbox.claim(1)
    sending = await running(postroom.sender(alone=False))
    await asyncio.sleep(0.2)
    assert await press.tally(wave) == Tally(sending=1)
    clock.advance(timedelta(minutes=3))
    async with asyncio.timeout(AT_MOST):
        while (await press.tally(wave)).open:
            clock.advance(timedelta(seconds=1))
            await asyncio.sleep(0.05)
    await stop(sending)
    assert await press.tally(wave) == Tally(delivered=1)


@pytest.mark.usefixtures("recovers")
async def test_what_a_killed_sender_left_does_not_wait_until_all_else_is_sent(
    press: Press, postroom: Postroom, clock: Watch
) -> None:
    chats = await press.crowd(2)
    await press.open(await press.release([MARIA]))
    await postroom.make()
    await postroom.outbox.claim(1)
    sent: set[int] = set()

    async def take_long(method: str, body: bytes) -> None:
        sent.add(json.loads(body)["chat_id"])
        while sent != set(chats):  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    postroom.before = take_long
    sending = await running(postroom.sender(alone=False))
    async with asyncio.timeout(AT_MOST):
        while sent != set(chats):
            clock.advance(timedelta(seconds=1))
            await asyncio.sleep(0.01)
    await stop(sending)


class CutOff(Outbox):
    """An outbox whose database claims, and is gone before it says so."""

    cut_off = False

    async def claim(self, most: int, last: Lane = Lane.DIGEST) -> list[Delivery]:
        claimed = await super().claim(most, last)
        if claimed and not self.cut_off:
            self.cut_off = True
            raise Unavailable
        return claimed


@pytest.mark.usefixtures("recovers")
async def test_what_was_claimed_and_nobody_heard_of_is_sent_when_its_lease_is_over(
    press: Press, postroom: Postroom, database: Database, clock: Watch
) -> None:
    chats = await press.crowd(3)
    wave = await press.open(await press.release([MARIA]))
    postroom.outbox = CutOff(database, press.vault, clock)
    await postroom.deliver(wave)
    assert postroom.told() == dict.fromkeys(chats, 1)


async def test_what_could_not_be_prepared_is_given_back_at_the_end(
    press: Press, postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await press.crowd(3)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    asked = asyncio.Event()

    async def is_locked(_: WaveId) -> NewsItem:
        asked.set()
        raise Unavailable

    monkeypatch.setattr(postroom.news, "wave", is_locked)
    sending = await running(postroom.sender())
    async with asyncio.timeout(AT_MOST):
        await asked.wait()
    await stop(sending)
    assert await press.tally(wave) == Tally(waiting=3)


async def test_what_waited_too_long_at_a_slow_pace_takes_no_turns(
    press: Press, postroom: Postroom, clock: Watch
) -> None:
    await press.crowd(150)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    slow = Pace(1, monotonic=postroom.monotonic, sleep=postroom.sleep)
    started = clock.now
    sending = await running(postroom.sender(pace=slow, load=AT_FREE_PACE))
    async with asyncio.timeout(AT_MOST):
        while (await press.tally(wave)).open:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await stop(sending)
    assert clock.now - started < timedelta(seconds=150 * 1.1)


class Slow(Outbox):
    """An outbox whose database takes its time to settle."""

    unsettled = 0
    most = 0

    async def note_sent(self, method: str, body: bytes) -> None:
        self.unsettled += 1
        self.most = max(self.most, self.unsettled)

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        await asyncio.sleep(0.02)
        await super().settle(outcomes)
        self.unsettled -= len(outcomes)


@pytest.mark.parametrize("settles", [0.001, AT_MOST])
async def test_a_crash_never_repeats_more_than_it_may_however_slow_the_database(
    press: Press, postroom: Postroom, database: Database, clock: Watch, settles: float
) -> None:
    await press.crowd(50)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    postroom.outbox = slow = Slow(database, press.vault, clock)
    postroom.before = slow.note_sent
    sending = await running(postroom.sender(unsettled=8, settles=settles))
    async with asyncio.timeout(AT_MOST):
        # The last wait for their time.
        while (await press.tally(wave)).delivered <= 50 - 8:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await stop(sending)
    assert slow.most == 8


@pytest.mark.parametrize(("answers_take", "open_at_most"), [(0.1, 6), (0.5, 15), (5.0, 16)])
async def test_more_are_in_flight_only_when_telegram_is_slow(
    press: Press, postroom: Postroom, answers_take: float, open_at_most: int
) -> None:
    await press.crowd(30)
    await press.open(await press.release([MARIA]))
    await postroom.make()
    steady = Pace(29, monotonic=postroom.monotonic, sleep=postroom.sleep)
    steady.answered(answers_take)
    flying = 0

    async def take_long(method: str, body: bytes) -> None:
        nonlocal flying
        flying += 1
        await asyncio.Event().wait()

    postroom.before = take_long
    sending = await running(postroom.sender(pace=steady, load=AT_FREE_PACE))
    async with asyncio.timeout(AT_MOST):
        while flying < open_at_most:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert flying == open_at_most
    await stop(sending)


class Shaky(Outbox):
    """An outbox whose database is locked now and then."""

    locked: set[str]

    def _knock(self, what: str) -> None:
        if what in self.locked:
            self.locked.remove(what)
            raise Unavailable

    async def recover(self, *, alone: bool = False) -> int:
        self._knock("recover")
        return await super().recover(alone=alone)

    async def claim(self, most: int, last: Lane = Lane.DIGEST) -> list[Delivery]:
        self._knock("claim")
        return await super().claim(most, last)

    async def still_to_send(self, claimed: Sequence[Delivery]) -> frozenset[Mark]:
        self._knock("still_to_send")
        return await super().still_to_send(claimed)

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        self._knock("settle")
        await super().settle(outcomes)


@pytest.mark.parametrize("what", ["recover", "claim", "still_to_send", "settle"])
async def test_a_database_that_is_locked_for_a_while_delays_and_loses_nothing(
    press: Press,
    postroom: Postroom,
    database: Database,
    clock: Watch,
    what: str,
) -> None:
    chats = await press.crowd(5)
    wave = await press.open(await press.release([MARIA]))
    postroom.outbox = shaky = Shaky(database, press.vault, clock)
    shaky.locked = {what}
    await postroom.deliver(wave)
    assert shaky.locked == set()
    assert postroom.told() == dict.fromkeys(chats, 1)
    assert await press.tally(wave) == Tally(delivered=5)


async def test_the_free_pace_is_kept_with_a_reply_between(
    press: Press, postroom: Postroom, clock: Watch
) -> None:
    await press.crowd(60)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    steady = Pace(29, monotonic=postroom.monotonic, sleep=postroom.sleep)
    started = clock.now
    sending = await running(postroom.sender(pace=steady, unsettled=16))
    async with asyncio.timeout(AT_MOST):
        while (await press.tally(wave)).open:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await stop(sending)
    assert timedelta(seconds=58 / 29) <= clock.now - started

"""Bad answers while news goes out (46–56) and a reader who leaves meanwhile (59).

The verdict is in the name of each test.
"""

import pytest
from telegram import Bot
from telegram.error import BadRequest, Conflict, RetryAfter
from telegram.ext import ExtBot

from db.connection import Database
from db.vault import Vault
from delivery.outcome import judge
from delivery.pace import Pace
from delivery.replies import Replies
from model.deliveries import Ending
from model.errors import Misconfigured
from model.notices import Tally
from model.readers import ChatId, ChatKind
from services.outbox import Outbox
from services.readers import Readers
from simulator import faults
from simulator.core import Telegram
from simulator.phone import Phone
from simulator.refusals import bad_request
from simulator.request import SimulatedRequest
from tests.delivery.postroom import Postroom
from tests.delivery.press import ALES, MARIA, Press
from tests.watch import Watch


@pytest.fixture
async def press(database: Database, vault: Vault, clock: Watch) -> Press:
    press = Press(database, vault, clock)
    await press.know(MARIA, ALES)
    return press


@pytest.fixture
def telegram(clock: Watch) -> Telegram:
    return Telegram(clock=clock, accept_strangers=True)


@pytest.fixture
def postroom(database: Database, vault: Vault, clock: Watch, telegram: Telegram) -> Postroom:
    return Postroom(database, vault, clock, telegram, Outbox(database, vault, clock))


@pytest.fixture
def doors(database: Database, vault: Vault, clock: Watch) -> Readers:
    return Readers(database, vault, clock)


@pytest.mark.parametrize(
    "fault", [faults.blocked(), faults.deactivated(), faults.kicked(), faults.chat_not_found()]
)
async def test_46_47_a_reader_who_cannot_be_reached_any_more_is_erased(
    press: Press, postroom: Postroom, telegram: Telegram, doors: Readers, fault: faults.Fault
) -> None:
    first, second = await press.crowd(2)
    telegram.misbehave(fault, chat=first)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert await press.tally(wave) == Tally(delivered=1, gone=1)
    assert await doors.of(ChatId(first)) is None
    assert await doors.of(ChatId(second)) is not None


async def test_48_a_message_that_was_deleted_cannot_be_mended_but_the_correction_is_told(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    await press.crowd(1)
    notice = await press.release([MARIA, ALES])
    await postroom.deliver(await press.open(notice))
    gone = faults.refusal(bad_request("message to edit not found"))
    telegram.misbehave(gone, method="editMessageText")
    correction = await press.correct(notice, MARIA)
    await postroom.deliver(correction)
    assert await press.tally(correction) == Tally(delivered=1)


async def test_49_a_message_that_is_mended_already_is_left_and_the_correction_is_told(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    await press.crowd(1)
    notice = await press.release([MARIA, ALES])
    await postroom.deliver(await press.open(notice))
    same = faults.refusal(bad_request("message is not modified"))
    telegram.misbehave(same, method="editMessageText")
    correction = await press.correct(notice, MARIA)
    await postroom.deliver(correction)
    assert await press.tally(correction) == Tally(delivered=1)


@pytest.mark.parametrize("seconds", [0, 1, 35_000])
async def test_50_a_flood_wait_is_kept_to_the_second_and_loses_nothing(
    press: Press, postroom: Postroom, telegram: Telegram, clock: Watch, seconds: int
) -> None:
    (chat,) = await press.crowd(1)
    telegram.misbehave(faults.flood(seconds), times=1)
    moments = []

    async def note(method: str, body: bytes) -> None:
        moments.append(clock.now.timestamp())

    postroom.before = note
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert postroom.told() == {chat: 1}
    refused, sent = moments
    assert sent - refused >= seconds


@pytest.mark.parametrize("seconds", [1, 35_000])
async def test_51_a_flood_wait_on_an_answer_to_a_press_stops_nothing_else(
    telegram: Telegram, clock: Watch, seconds: int
) -> None:
    waited: list[float] = []

    async def sleep(duration: float) -> None:
        waited.append(duration)

    pace = Pace(None, sleep=sleep)
    request = SimulatedRequest(telegram)
    bot: ExtBot[None] = ExtBot(
        telegram.token,
        request=request,
        get_updates_request=request,
        rate_limiter=Replies(pace),
    )
    async with bot:
        telegram.misbehave(faults.flood(seconds), method="answerCallbackQuery", times=1)
        # Where it is tried again, Telegram finds no such press: it was taken this time.
        with pytest.raises((RetryAfter, BadRequest)) as failure:
            await bot.answer_callback_query("0")
        assert isinstance(failure.value, RetryAfter) is (seconds == 35_000)
        assert sum(waited) == (0 if seconds == 35_000 else seconds)
        assert (await bot.send_message(5, "x")).text == "x"
    assert await pace.turn()


async def test_52_a_page_of_html_from_a_broken_server_is_no_answer_and_is_tried_again(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    (chat,) = await press.crowd(1)
    telegram.misbehave(faults.server_error(502), times=2)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert postroom.told() == {chat: 1}


@pytest.mark.parametrize("fault", [faults.truncated(), faults.answer_lost()])
async def test_53_54_a_message_that_may_have_arrived_is_sent_once_more_and_then_unknown(
    press: Press, postroom: Postroom, telegram: Telegram, fault: faults.Fault
) -> None:
    (chat,) = await press.crowd(1)
    telegram.misbehave(fault)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert postroom.told() == {chat: 2}
    assert await press.tally(wave) == Tally(unknown=1)


async def test_55_another_bot_that_polls_does_not_stop_what_goes_out(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    telegram.misbehave(faults.conflict(), method="getUpdates")
    chats = await press.crowd(3)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert postroom.told() == dict.fromkeys(chats, 1)
    request = SimulatedRequest(telegram)
    async with Bot(telegram.token, request=request, get_updates_request=request) as bot:
        with pytest.raises(Conflict):
            await bot.get_updates()


async def test_56_a_token_that_is_revoked_in_mid_flight_stops_and_raises_the_alarm(
    press: Press, postroom: Postroom, telegram: Telegram
) -> None:
    await press.crowd(20)
    telegram.misbehave(faults.unauthorized(), when=lambda method, values: len(telegram.calls) >= 5)
    wave = await press.open(await press.release([MARIA]))
    with pytest.raises(Misconfigured, match="VESTKA_TOKEN"):
        await postroom.deliver(wave, unsettled=2)
    tally = await press.tally(wave)
    assert (tally.delivered, tally.waiting) == (5, 15)


async def test_59_who_forgets_during_a_broadcast_is_not_sent_to(
    press: Press, postroom: Postroom, doors: Readers
) -> None:
    chats = await press.crowd(30)
    forgotten: list[int] = []

    async def forget(method: str, body: bytes) -> None:
        if not forgotten:
            forgotten.append(next(chat for chat in chats if str(chat).encode() not in body))
            await doors.forget(ChatId(forgotten[0]))

    postroom.before = forget
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave, unsettled=1)
    assert postroom.told()[forgotten[0]] == 0
    assert await press.tally(wave) == Tally(delivered=29, gone=1)


def test_a_chat_whose_administrators_took_our_rights_fails_and_is_not_erased() -> None:
    body = b'{"ok":false,"description":"Bad Request: not enough rights to send text messages"}'
    assert judge(400, body).ending is Ending.FAILED


async def test_30_a_group_that_became_a_supergroup_in_mid_flight_is_told_once(
    press: Press, postroom: Postroom, telegram: Telegram, doors: Readers
) -> None:
    await press.welcome(-5, releases=True, kind=ChatKind.GROUP)
    telegram.misbehave(faults.migrated(-1005), chat=-5)
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert postroom.told() == {-1005: 1}
    assert await doors.of(ChatId(-5)) is None


async def test_a_phone_that_blocks_while_it_is_written_to_is_erased(
    press: Press, postroom: Postroom, telegram: Telegram, doors: Readers
) -> None:
    phone = Phone(telegram, "Reader")
    await phone.says("/start")
    await press.welcome(phone.id, releases=True)
    await phone.blocks()
    wave = await press.open(await press.release([MARIA]))
    await postroom.deliver(wave)
    assert await doors.of(ChatId(phone.id)) is None

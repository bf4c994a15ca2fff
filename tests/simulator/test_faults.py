"""A bad day can be had on demand, for whom and for what one likes."""

import json
from typing import Any

import pytest

from simulator import faults
from simulator.core import Telegram
from simulator.faults import Answer, Dropped, Fault, Limiter, Limits
from simulator.phone import Phone
from simulator.refusals import Refused
from tests.simulator.conftest import Ask, StandingClock


async def send(telegram: Telegram, chat_id: int) -> Answer:
    return await telegram.call("sendMessage", {"chat_id": chat_id, "text": "x"})


@pytest.mark.parametrize(
    ("fault", "status", "description", "parameters"),
    [
        (faults.flood(35000), 429, "Too Many Requests: retry after 35000", {"retry_after": 35000}),
        (faults.blocked(), 403, "Forbidden: bot was blocked by the user", None),
        (faults.deactivated(), 403, "Forbidden: user is deactivated", None),
        (faults.kicked(), 403, "Forbidden: bot was kicked from the group chat", None),
        (faults.chat_not_found(), 400, "Bad Request: chat not found", None),
        (
            faults.migrated(-100123),
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": -100123},
        ),
        (faults.unauthorized(), 401, "Unauthorized", None),
        (
            faults.conflict(),
            409,
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running",
            None,
        ),
    ],
)
async def test_every_refusal_is_shaped_as_telegrams(
    telegram: Telegram,
    reader: Phone,
    fault: Fault,
    status: int,
    description: str,
    parameters: dict[str, int] | None,
) -> None:
    telegram.misbehave(fault, times=1)
    answer = await send(telegram, reader.id)
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    assert answer == (status, body)
    assert telegram.told(reader) == []
    assert (await send(telegram, reader.id)).status == 200


async def test_a_web_servers_page_is_no_json(telegram: Telegram, reader: Phone) -> None:
    telegram.misbehave(faults.server_error(502))
    answer = await send(telegram, reader.id)
    assert answer.status == 502
    assert isinstance(answer.body, bytes)
    assert answer.body.startswith(b"<html>")
    assert reader.heard == []


async def test_a_truncated_answer_belongs_to_a_message_that_arrived(
    telegram: Telegram, reader: Phone
) -> None:
    telegram.misbehave(faults.truncated())
    answer = await send(telegram, reader.id)
    assert answer.status == 200
    assert isinstance(answer.body, bytes)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)
    assert reader.heard == ["x"]


@pytest.mark.parametrize(
    ("fault", "accepted"), [(faults.not_reached(), False), (faults.answer_lost(), True)]
)
async def test_a_broken_connection_may_hide_a_message_that_arrived(
    telegram: Telegram, reader: Phone, fault: Fault, accepted: bool
) -> None:
    telegram.misbehave(fault)
    with pytest.raises(Dropped) as dropped:
        await send(telegram, reader.id)
    assert dropped.value.accepted is accepted
    assert len(reader.heard) == accepted


async def test_a_fault_strikes_only_where_it_was_told_to(
    telegram: Telegram, reader: Phone, ask: Ask
) -> None:
    other = Phone(telegram, "Jonas")
    await other.says("/start")
    telegram.misbehave(faults.blocked(), chat=reader, method="sendMessage")
    telegram.misbehave(faults.flood(1), when=lambda _, values: values.get("text") == "loud")
    assert (await send(telegram, reader.id)).status == 403
    assert (await send(telegram, other.id)).status == 200
    await ask("sendChatAction", chat_id=reader.id, action="typing")
    loud = await telegram.call("sendMessage", {"chat_id": other.id, "text": "loud"})
    assert loud.status == 429
    telegram.behave()
    assert (await send(telegram, reader.id)).status == 200


async def test_a_wrong_call_is_refused_before_any_fault(telegram: Telegram) -> None:
    telegram.misbehave(faults.server_error())
    assert (await telegram.call("sendMessage", {})).status == 400


async def test_answers_can_be_slow(
    telegram: Telegram, reader: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("asyncio.sleep", sleep)
    telegram.misbehave(faults.slow(7), times=1)
    await send(telegram, reader.id)
    telegram.latency = (0.06, 0.1)
    await send(telegram, reader.id)
    await telegram.call("getUpdates", {})
    assert slept[0] == 7
    assert 0.06 <= slept[1] <= 0.1
    assert len(slept) == 2


# The limiter


def test_a_burst_is_taken_and_then_the_pace_holds() -> None:
    limiter = Limiter(Limits(overall=10, burst=5, chat_burst=100, per_chat=1000))
    for chat_id in range(1, 6):
        limiter.check(chat_id, 0.0)
    with pytest.raises(Refused) as refusal:
        limiter.check(6, 0.0)
    assert refusal.value.parameters == {"retry_after": 1}
    limiter.check(6, 0.1)


def test_one_chat_does_not_close_another() -> None:
    limiter = Limiter(Limits(per_chat=1, chat_burst=1))
    limiter.check(1, 0.0)
    with pytest.raises(Refused):
        limiter.check(1, 0.5)
    limiter.check(2, 0.5)
    limiter.check(1, 1.0)


def test_a_group_takes_twenty_messages_a_minute() -> None:
    limiter = Limiter(Limits(group_per_minute=20))
    for second in range(20):
        limiter.check(-1, second / 10)
    with pytest.raises(Refused) as refusal:
        limiter.check(-1, 2.0)
    assert refusal.value.parameters == {"retry_after": 1}


def test_paid_messages_have_a_pace_of_their_own() -> None:
    limiter = Limiter(Limits(overall=1, burst=1, paid=3))
    limiter.check(1, 0.0)
    for chat_id in (2, 3, 4):
        limiter.check(chat_id, 0.0, paid=True)
    with pytest.raises(Refused):
        limiter.check(5, 0.0, paid=True)


def test_the_limiter_forgets_chats_that_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limiter, "_MANY", 10)
    limiter = Limiter(Limits(overall=1e9, burst=10**9))
    for chat_id in range(1, 1001):
        limiter.check(chat_id, chat_id * 10.0)
    assert len(limiter._empty_at) <= 11


async def test_the_limits_hold_at_the_door(clock: StandingClock) -> None:
    telegram = Telegram(clock=clock, limits=Limits(per_chat=1, chat_burst=1))
    phone = Phone(telegram, "Alesia")
    await phone.says("/start")
    assert (await send(telegram, phone.id)).status == 200
    assert (await send(telegram, phone.id)).status == 429
    clock.advance(seconds=1)
    assert (await send(telegram, phone.id)).status == 200
    assert len(phone.heard) == 2

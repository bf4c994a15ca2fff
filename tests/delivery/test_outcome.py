"""Every cause that Telegram gives, and what it means for a delivery."""

import json
from typing import Any

import pytest

from delivery.outcome import UNTOLD, Verdict, judge, judge_failure
from delivery.transport import Unanswered, Unsent
from model.deliveries import Ending


def refusal(code: int, description: str, **parameters: Any) -> tuple[int, bytes]:
    body = {"ok": False, "error_code": code, "description": description}
    return code, json.dumps(body | ({"parameters": parameters} if parameters else {})).encode()


def test_a_message_that_was_sent_is_delivered() -> None:
    body = b'{"ok":true,"result":{"message_id":77,"date":1,"chat":{"id":5,"type":"private"}}}'
    assert judge(200, body) == Verdict(Ending.DELIVERED, message=77)


@pytest.mark.parametrize(
    "description",
    [
        "Forbidden: bot was blocked by the user",
        "Forbidden: user is deactivated",
        "Forbidden: bot was kicked from the group chat",
        "Forbidden: bot was kicked from the supergroup chat",
        "Forbidden: bot was kicked from the channel chat",
        "Forbidden: bot is not a member of the channel chat",
        "Forbidden: bot can't initiate conversation with a user",
        "Forbidden: the group chat was deleted",
        "Forbidden: something Telegram says tomorrow",
    ],
)
def test_a_chat_that_forbids_us_is_gone(description: str) -> None:
    assert judge(*refusal(403, description)).ending is Ending.GONE


@pytest.mark.parametrize(
    "description",
    [
        "Bad Request: chat not found",
        "Bad Request: user not found",
        "Bad Request: PEER_ID_INVALID",
        "Bad Request: group chat was deactivated",
    ],
)
def test_a_chat_that_does_not_exist_is_gone(description: str) -> None:
    assert judge(*refusal(400, description)).ending is Ending.GONE


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (400, "Bad Request: not enough rights to send text messages to the chat"),
        (400, "Bad Request: have no rights to send a message"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN"),
        (403, "Forbidden: not enough rights to send text messages to the chat"),
        (403, "Forbidden: CHAT_WRITE_FORBIDDEN"),
        (400, "Bad Request: TOPIC_CLOSED"),
        (400, "Bad Request: message can't be edited"),
        (400, "Bad Request: message can't be deleted for everyone"),
        (400, "Bad Request: message to edit not found"),
        (400, "Bad Request: message is not modified"),
        (400, "Bad Request: CHAT_RESTRICTED"),
        (400, "Bad Request: message is too long"),
        (400, "Bad Request: message text is empty"),
        (400, "Bad Request: can't parse entities"),
        (413, "Request Entity Too Large"),
    ],
)
def test_what_is_refused_for_good_has_failed_and_erases_nobody(
    code: int, description: str
) -> None:
    assert judge(*refusal(code, description)).ending is Ending.FAILED


def test_a_group_that_became_a_supergroup_has_moved() -> None:
    status, body = refusal(
        400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100
    )
    assert judge(status, body) == Verdict(Ending.MIGRATED, moved_to=-100)  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", [0, 1, 35_000])
def test_a_flood_wait_is_as_long_as_it_says(seconds: int) -> None:
    verdict = judge(*refusal(429, "Too Many Requests: retry later", retry_after=seconds))
    assert verdict == Verdict(Ending.LATER, retry_after=seconds)


@pytest.mark.parametrize("body", [b'{"ok":false}', b"<html>", b"", b"[]"])
def test_a_flood_wait_that_says_nothing_is_a_short_one(body: bytes) -> None:
    assert judge(429, body) == Verdict(Ending.LATER, retry_after=UNTOLD)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 301, 302])
def test_a_server_in_trouble_is_asked_again_later(status: int) -> None:
    assert judge(status, b"<html><h1>502 Bad Gateway</h1></html>") == Verdict(Ending.LATER)


@pytest.mark.parametrize("status", [400, 403, 407, 413])
@pytest.mark.parametrize("body", [b"<html>403 Forbidden</html>", b"", b'{"ok":true}', b"{}"])
def test_who_refuses_in_other_words_than_telegram_is_no_reader_who_is_gone(
    status: int, body: bytes
) -> None:
    assert judge(status, body) == Verdict(Ending.LATER)


@pytest.mark.parametrize(
    "body", [b'{"ok":true,"result":{"mess', b"", b"<html>", b'{"ok":true,"result":true}', b"\xff"]
)
def test_an_answer_that_cannot_be_read_is_lost(body: bytes) -> None:
    assert judge(200, body) == Verdict(Ending.LOST)


@pytest.mark.parametrize(("code", "text"), [(401, "Unauthorized"), (404, "Not Found")])
def test_a_refused_token_raises_the_alarm_and_keeps_the_delivery(code: int, text: str) -> None:
    verdict = judge(*refusal(code, text))
    assert verdict.ending is Ending.LATER
    assert "VESTKA_TOKEN" in verdict.alarm


def test_what_was_surely_not_sent_is_sent_later_and_all_else_is_lost() -> None:
    assert judge_failure(Unsent("x")).ending is Ending.LATER
    assert judge_failure(Unanswered("x")).ending is Ending.LOST

"""What an answer of Telegram, or the lack of one, means for a delivery."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

import msgspec

from delivery.transport import Unanswered, Unsent
from model.deliveries import Ending
from model.readers import ChatId

UNTOLD = 5.0
"""Seconds to wait after a 429 that does not say how long."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one request."""

    ending: Ending
    message: int = 0
    moved_to: ChatId | None = None
    retry_after: float | None = None
    """Seconds that Telegram asks to wait (429)."""
    alarm: str = ""
    """Why no request at all can succeed, if that is so."""


class _Parameters(msgspec.Struct):
    retry_after: float | None = None
    migrate_to_chat_id: int | None = None


class _Answer(msgspec.Struct):
    ok: Literal[False]
    description: str = ""
    parameters: _Parameters = msgspec.field(default_factory=_Parameters)


class _Sent(msgspec.Struct):
    message_id: int


class _Taken(msgspec.Struct):
    """What is looked at of an answer to what was sent: a broadcast needs no more of it."""

    result: _Sent


# Telegram tells causes apart by words alone. Compared in lower case.
_CANNOT_BE_REACHED = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "chat was deleted",
    "chat was deactivated",
    "group is deactivated",
    "bot was kicked",
    "bot is not a member",
    "have no access to the chat",
)
_NOT_ALLOWED = (
    "rights",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_admin_required",
    "topic_closed",
    "not allowed to send",
)

_ANSWER = msgspec.json.Decoder(_Answer)
_TAKEN = msgspec.json.Decoder(_Taken)
_UNAUTHORIZED = (
    "Telegram refuses the bot's token: nothing is sent until VESTKA_TOKEN (or VESTKA_TOKEN_FILE) "
    "and VESTKA_API_URL are right"
)


def judge(status: int, body: bytes) -> Verdict:
    """Judge the answer to ``sendMessage``."""
    if status == HTTPStatus.OK:
        return _judge_success(body)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        # 404: a malformed token, or another server at this address. A chat that is not found
        # is answered with 400.
        return Verdict(Ending.LATER, alarm=_UNAUTHORIZED)
    answer = _read(body)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = answer.parameters.retry_after if answer else None
        return Verdict(Ending.LATER, retry_after=UNTOLD if wait is None else wait)
    if answer is None or not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        # 5xx, and whatever stands between us and Telegram: it did not take the message. A proxy's
        # page that says 403 must not erase everybody.
        return Verdict(Ending.LATER)
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}:
        return _judge_refusal(status, answer)
    return Verdict(Ending.FAILED)


def judge_failure(exc: Unanswered) -> Verdict:
    """Judge a request that got no answer."""
    return Verdict(Ending.LATER if isinstance(exc, Unsent) else Ending.LOST)


def _judge_success(body: bytes) -> Verdict:
    try:
        return Verdict(Ending.DELIVERED, message=_TAKEN.decode(body).result.message_id)
    except msgspec.MsgspecError:
        # It was carried out, most likely, but nobody can say.
        return Verdict(Ending.LOST)


def _judge_refusal(status: int, answer: _Answer) -> Verdict:
    if answer.parameters.migrate_to_chat_id is not None:
        return Verdict(Ending.MIGRATED, moved_to=ChatId(answer.parameters.migrate_to_chat_id))
    words = answer.description.lower()
    if any(cause in words for cause in _CANNOT_BE_REACHED):
        return Verdict(Ending.GONE)
    if status == HTTPStatus.FORBIDDEN and not any(cause in words for cause in _NOT_ALLOWED):
        return Verdict(Ending.GONE)
    return Verdict(Ending.FAILED)


def _read(body: bytes) -> _Answer | None:
    """Read a refusal of Telegram's; ``None`` if somebody else answered."""
    try:
        return _ANSWER.decode(body)
    except msgspec.MsgspecError:
        return None

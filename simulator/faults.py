"""Misbehaviour on demand: what Telegram and the network do to a bot on a bad day."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from simulator.refusals import Refused, bad_request, forbidden, too_many

Values = dict[str, Any]
CONFLICT = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
HOOKED = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Answer(NamedTuple):
    """What goes back over the wire: a shaped body, or bytes where it is not even JSON."""

    status: int
    body: dict[str, Any] | bytes


class Dropped(Exception):
    """Raised instead of an answer when the connection breaks.

    `accepted` says what the bot cannot know: whether Telegram took the request.
    """

    def __init__(self, *, accepted: bool) -> None:
        super().__init__("the connection broke")
        self.accepted = accepted


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave: `instead` of taking the request, or `after` having taken it."""

    name: str
    instead: Callable[[], Answer] | None = None
    after: Callable[[Answer], Answer] | None = None
    seconds: float = 0.0


def refusal(refused: Refused, name: str = "refusal") -> Fault:
    """Answer with this refusal."""
    return Fault(name, instead=lambda: Answer(refused.status, refused.body()))


def flood(retry_after: int) -> Fault:
    """Answer 429."""
    return refusal(too_many(retry_after), "flood")


def blocked() -> Fault:
    """Answer that the reader blocked the bot."""
    return refusal(forbidden("bot was blocked by the user"), "blocked")


def deactivated() -> Fault:
    """Answer that the account is gone."""
    return refusal(forbidden("user is deactivated"), "deactivated")


def kicked() -> Fault:
    """Answer that the bot was thrown out of the group."""
    return refusal(forbidden("bot was kicked from the group chat"), "kicked")


def chat_not_found() -> Fault:
    """Answer that there is no such chat."""
    return refusal(bad_request("chat not found"), "chat_not_found")


def migrated(to: int) -> Fault:
    """Answer that the group has become a supergroup with another id."""
    why = "group chat was upgraded to a supergroup chat"
    return refusal(bad_request(why, migrate_to_chat_id=to), "migrated")


def unauthorized() -> Fault:
    """Answer that the token is revoked."""
    return refusal(Refused(401, "Unauthorized"), "unauthorized")


def conflict() -> Fault:
    """Answer that another bot is polling with the same token."""
    return refusal(Refused(409, CONFLICT), "conflict")


def server_error(status: int = 502) -> Fault:
    """Answer with a web server's page instead of JSON."""
    page = f"<html><head><title>{status} Bad Gateway</title></head></html>".encode()
    return Fault("server_error", instead=lambda: Answer(status, page))


def truncated() -> Fault:
    """Take the request, and break the JSON of the answer off in the middle."""

    def cut(answer: Answer) -> Answer:
        whole = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        return Answer(answer.status, whole[: len(whole) // 2])

    return Fault("truncated", after=cut)


def not_reached() -> Fault:
    """Break the connection before the request is taken."""

    def drop() -> Answer:
        raise Dropped(accepted=False)

    return Fault("not_reached", instead=drop)


def answer_lost() -> Fault:
    """Take the request, and break the connection before the answer."""

    def drop(_answer: Answer) -> Answer:
        raise Dropped(accepted=True)

    return Fault("answer_lost", after=drop)


def slow(seconds: float) -> Fault:
    """Take the request, and let the answer wait."""
    return Fault("slow", seconds=seconds)


@dataclass(slots=True)
class Rule:
    """When a fault strikes: for a method, a chat, a condition; so many times or for ever."""

    fault: Fault
    method: str | None = None
    chat_id: int | None = None
    when: Callable[[str, Values], bool] | None = None
    times: int | None = None

    def strikes(self, method: str, values: Values) -> bool:
        """Say whether it strikes this request, and count that it did."""
        if self.times == 0:
            return False
        if self.method is not None and self.method != method:
            return False
        if self.chat_id is not None and self.chat_id != values.get("chat_id"):
            return False
        if self.when is not None and not self.when(method, values):
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(frozen=True, slots=True)
class Limits:
    """How many messages are taken: a second in all, a second a chat, a minute a group."""

    overall: float = 30.0
    burst: int = 30
    per_chat: float = 1.0
    chat_burst: int = 3
    group_per_minute: int = 20
    paid: float = 1000.0


class Limiter:
    """Counts messages as leaking buckets, each one number: when it would be empty."""

    _MANY = 100_000  # buckets looked through for empty ones, so that memory stays bounded

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._empty_at: dict[object, float] = {}

    def check(self, chat_id: int, now: float, *, paid: bool = False) -> None:
        """Count one message to a chat at a time in seconds.

        Raises:
            Refused: a limit is reached; the message does not count.
        """
        limits = self.limits
        rate = limits.paid if paid else limits.overall
        burst = int(limits.paid) if paid else limits.burst
        asked = [("paid" if paid else "overall", 1 / rate, burst)]
        if chat_id < 0:
            asked.append((str(chat_id), 60 / limits.group_per_minute, limits.group_per_minute))
        else:
            asked.append((str(chat_id), 1 / limits.per_chat, limits.chat_burst))
        levels = [max(self._empty_at.get(name, now), now) for name, _, _ in asked]
        wait = max(
            level + step - now - step * size
            for level, (_, step, size) in zip(levels, asked, strict=True)
        )
        if wait > 1e-9:
            raise too_many(math.ceil(wait))
        for level, (name, step, _) in zip(levels, asked, strict=True):
            self._empty_at[name] = level + step
        if len(self._empty_at) > self._MANY:
            self._empty_at = {k: v for k, v in self._empty_at.items() if v > now}

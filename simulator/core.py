"""The core of the stand-in: takes Bot API calls one by one and answers as Telegram does."""

import asyncio
import contextlib
import itertools
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from telegram.constants import PollingLimit

from simulator import answers
from simulator.arguments import Upload, Values, read_arguments
from simulator.faults import CONFLICT, HOOKED, Answer, Fault, Limits, Rule
from simulator.methods import METHODS
from simulator.network import Network
from simulator.refusals import Refused, bad_request
from simulator.world import Body, Clock, User

# Shaped like a real one, so that what scrubs tokens from logs has something to scrub.
TOKEN = "5000000001:AAE-stand-in-only-not-a-secret-000x"  # noqa: S105
LONGEST_POLL = 50
_NOBODY: Mapping[str, Upload] = {}


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was taken: what was asked, in the order it was taken."""

    method: str
    values: Values
    result: Any
    text: str | None = None

    @property
    def chat_id(self) -> int | str | None:
        """The chat it was about, if any."""
        return self.values.get("chat_id")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that was refused: a bot without mistakes leaves none behind."""

    method: str
    given: Mapping[str, Any]
    status: int
    description: str


class Telegram(Network):
    """A Telegram with one bot on it.

    `accept_strangers` takes messages to chats nobody opened and forgets them at once, for load;
    `keep_calls` bounds the log of calls; `latency` is how long an answer takes, in seconds.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        token: str = TOKEN,
        username: str = "vestka_bot",
        name: str = "Vestka",
        accept_strangers: bool = False,
        keep_calls: int | None = None,
        latency: tuple[float, float] = (0.0, 0.0),
        limits: Limits | None = None,
        chance: random.Random | None = None,
    ) -> None:
        bot = User(int(token.split(":")[0]), name, username=username, is_bot=True)
        super().__init__(bot, clock, accept_strangers=accept_strangers, limits=limits)
        self.token = token
        self.latency = latency
        self.calls: deque[Call] = deque(maxlen=keep_calls)
        self.refusals: deque[Refusal] = deque(maxlen=keep_calls)
        self.rules: list[Rule] = []
        self._chance = chance or random.Random()  # noqa: S311  # latency, not a secret

    # What the bot does

    async def call(
        self, method: str, given: Mapping[str, Any], files: Mapping[str, Upload] = _NOBODY
    ) -> Answer:
        """Take one Bot API call and answer it.

        Raises:
            Dropped: a fault broke the connection.
        """
        fault: Fault | None = None
        try:
            values = read_arguments(method, _with_files(method, given, files))
            fault = self._struck(method, values)
            if fault and fault.instead:
                answer = fault.instead()
                self.refusals.append(Refusal(method, given, answer.status, fault.name))
                return answer
            if method == "getUpdates":
                result: Any = await self._get_updates(values)
            else:
                result = answers.ANSWERS[method](self, values, files)
                self._log(method, values, result)
            answer = Answer(200, {"ok": True, "result": result})
        except Refused as refused:
            self.refusals.append(Refusal(method, given, refused.status, refused.description))
            answer = Answer(refused.status, refused.body())
        await self._take_time(method, fault)
        return fault.after(answer) if fault and fault.after else answer

    async def post(self, method: str, body: bytes) -> tuple[int, bytes]:
        """Take one call as JSON bytes and answer in bytes, as over HTTP.

        Raises:
            Dropped: a fault broke the connection.
        """
        try:
            given = msgspec.json.decode(body) if body else {}
        except (msgspec.DecodeError, UnicodeDecodeError):
            given = None
        if not isinstance(given, dict):
            answer = bad_request("can't parse the request as JSON").body()
            return 400, msgspec.json.encode(answer)
        return encode(await self.call(method, given))

    def _log(self, method: str, values: Values, result: Any) -> None:
        text = None
        if isinstance(result, dict):
            text = result.get("text", result.get("caption"))
        self.calls.append(Call(method, values, result, text))

    def _struck(self, method: str, values: Values) -> Fault | None:
        return next((rule.fault for rule in self.rules if rule.strikes(method, values)), None)

    async def _take_time(self, method: str, fault: Fault | None) -> None:
        shortest, longest = self.latency
        seconds = fault.seconds if fault else 0.0
        if longest and method != "getUpdates":
            seconds += self._chance.uniform(shortest, longest)
        if seconds:
            await asyncio.sleep(seconds)

    async def _get_updates(self, values: Values) -> list[Body]:
        if self.webhook is not None:
            raise Refused(409, HOOKED)
        self.ask_for(values)
        self._acknowledge(values.get("offset", 0))
        limit = values.get("limit", PollingLimit.MAX_LIMIT)
        if not PollingLimit.MIN_LIMIT <= limit <= PollingLimit.MAX_LIMIT:
            raise bad_request("limit must be between 1 and 100")
        if self._poller and not self._poller.done():
            self._poller.set_exception(Refused(409, CONFLICT))
        seconds = min(max(values.get("timeout", 0), 0), LONGEST_POLL)
        if not self.updates and seconds:
            self._poller = asyncio.get_running_loop().create_future()
            # Waits in real time, whatever the clock says: a frozen clock must not freeze polling.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._poller
        return list(itertools.islice(self.updates, limit))

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            offset = self.updates[offset]["update_id"] if len(self.updates) >= -offset else 0
        while self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()

    # What a bad day does

    def misbehave(
        self,
        fault: Fault,
        *,
        method: str | None = None,
        chat: Any = None,
        times: int | None = None,
        when: Callable[[str, Values], bool] | None = None,
    ) -> Rule:
        """Let a fault strike calls of a method, to a chat (or its id), under a condition."""
        chat_id = getattr(chat, "id", chat)
        rule = Rule(fault, method, chat_id, when, times)
        self.rules.append(rule)
        return rule

    def behave(self) -> None:
        """Take all faults away."""
        self.rules.clear()

    # What tests ask

    def told(self, chat: Any) -> list[str]:
        """List the texts sent to a chat (or its id), as they were when sent, in order."""
        chat_id = getattr(chat, "id", chat)
        return [
            call.text or ""
            for call in self.calls
            if call.method.startswith("send") and call.chat_id == chat_id and call.text is not None
        ]

    def calls_of(self, *methods: str) -> list[Call]:
        """List the taken calls of some methods, in order."""
        return [call for call in self.calls if call.method in methods]


def encode(answer: Answer) -> tuple[int, bytes]:
    """Turn an answer into what goes over the wire."""
    if isinstance(answer.body, bytes):
        return answer.status, answer.body
    return answer.status, msgspec.json.encode(answer.body)


def _with_files(
    method: str, given: Mapping[str, Any], files: Mapping[str, Upload]
) -> Mapping[str, Any]:
    """Let a file that came under a parameter's own name stand for that parameter."""
    if not files:
        return given
    named = files.keys() & METHODS.get(method, {}).keys()
    return {**given, **{name: f"attach://{name}" for name in named}}

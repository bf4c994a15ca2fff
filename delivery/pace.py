"""How fast: so many requests a second in all, replies first, and what a 429 closes."""

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from model.readers import ChatId, ChatKind

FREE = 29.0
"""Requests a second. Telegram takes about 30; its exact limits are not told, and change."""
SECOND = 1.0
MINUTE = 60.0
GROUP_PER_MINUTE = 20
AHEAD = 3
"""How many replies may go before it is their turn; the broadcast waits until it is made up for.
Telegram allows bursts of about five."""
UNPACED = 256
"""How many go together without a rate."""
PATIENCE = 5.0
"""Seconds a reply is kept back after a 429; asked to wait longer, it fails."""
CLOSED_AT_MOST = 10_000
"""Closed chats that are remembered; those that open first are forgotten first."""

Sleep = Callable[[float], Awaitable[None]]


class Pace:
    """The one pace of all that is sent. No rate: as fast as it goes, but closed is closed."""

    def __init__(
        self,
        per_second: float | None = FREE,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._monotonic = monotonic
        self._sleep = sleep
        self._next = -math.inf
        self._lane_opens = -math.inf
        self._chat_opens: dict[int, float] = {}
        self._sent: OrderedDict[int, deque[float]] = OrderedDict()

    @property
    def at_a_time(self) -> int:
        """How many of the broadcast may go together: what is sent in 50 ms."""
        return max(1, int(0.05 / self._gap)) if self._gap else UNPACED

    async def turn(self, count: int = 1) -> bool:
        """Wait until the broadcast may send ``count``; false, at once, if its lane is closed."""
        while True:
            if self.lane_opens_in() > 0:
                return False
            now = self._monotonic()
            if self._next <= now:
                break
            await self._sleep(self._next - now)
        # What a late timer lost is made up for, up to one gap.
        self._next = max(self._next, now - self._gap) + self._gap * count
        return True

    async def reply(self) -> None:
        """Wait until a reply may be sent: before any broadcast, after the replies before it."""
        now = self._monotonic()
        wait = self._next - now - AHEAD * self._gap
        self._next = max(self._next, now) + self._gap
        if wait > 0:
            await self._sleep(wait)

    async def lane_open(self) -> None:
        """Wait until the lane of the broadcast is open."""
        while (wait := self.lane_opens_in()) > 0:
            await self._sleep(wait)

    def lane_opens_in(self) -> float:
        """Return in how many seconds the broadcast may go on; 0 if it may now."""
        return max(0.0, self._lane_opens - self._monotonic())

    def chat_opens_in(self, chat: int) -> float:
        """Return in how many seconds a chat that answered 429 may be written to again."""
        return max(0.0, self._chat_opens.get(chat, -math.inf) - self._monotonic())

    def free_in(self, chat: ChatId, kind: ChatKind) -> float:
        """Return in how many seconds the broadcast may write to this chat; 0 if it may now."""
        now = self._monotonic()
        opens = self._chat_opens.get(chat, -math.inf)
        stamps = self._sent.get(chat)
        if stamps and self._gap:
            opens = max(opens, stamps[-1] + SECOND)
            if kind is not ChatKind.PRIVATE and len(stamps) == GROUP_PER_MINUTE:
                opens = max(opens, stamps[0] + MINUTE)
        return max(0.0, opens - now)

    def note(self, chat: int) -> None:
        """Remember that a chat was just written to."""
        now = self._monotonic()
        self._sent.setdefault(chat, deque(maxlen=GROUP_PER_MINUTE)).append(now)
        self._sent.move_to_end(chat)
        # The least recent stand first: only those of the last minute are kept.
        while now - next(iter(self._sent.values()))[-1] > MINUTE:
            self._sent.popitem(last=False)

    def close_lane(self, seconds: float) -> None:
        """Stop the broadcast for so long."""
        self._lane_opens = max(self._lane_opens, self._monotonic() + seconds)

    def close_chat(self, chat: int, seconds: float) -> None:
        """Write nothing to this chat for so long."""
        now = self._monotonic()
        self._chat_opens[chat] = max(self._chat_opens.get(chat, -math.inf), now + seconds)
        if len(self._chat_opens) > CLOSED_AT_MOST:
            latest = sorted(self._chat_opens.items(), key=lambda one: one[1])
            self._chat_opens = dict(latest[CLOSED_AT_MOST // 2 :])

    async def rest(self, seconds: float) -> None:
        """Wait."""
        await self._sleep(seconds)


class Replies(BaseRateLimiter[None]):
    """Lets everything but the broadcast out, at the pace of all.

    A 429 closes the chat it was about and nothing else.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to end."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Any:
        chat = data.get("chat_id")
        chat = chat if isinstance(chat, int) else None  # an answer to a press closes nothing
        await self._begin(chat)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as exc:
            wait = seconds_of(exc.retry_after)
            if chat is not None:
                self._pace.close_chat(chat, wait)
            if wait > PATIENCE:
                raise
        await self._pace.rest(wait)
        await self._begin(chat)
        return await callback(*args, **kwargs)

    async def _begin(self, chat: int | None) -> None:
        if chat is not None and (wait := self._pace.chat_opens_in(chat)) > 0:
            if wait > PATIENCE:
                raise RetryAfter(math.ceil(wait))
            await self._pace.rest(wait)
        await self._pace.reply()
        if chat is not None and chat < 0:
            # The limit of a group counts replies and news alike.
            self._pace.note(chat)


def seconds_of(wait: int | timedelta) -> float:
    """Return a wait in seconds, in whichever form the library gives it."""
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)

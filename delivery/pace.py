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
TALK = 3.0
"""Seconds after a reply in which a 429 is about that chat, and not about the broadcast."""
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


class Effort:
    """How much of the pace is used: less once Telegram is in trouble, all of it again after a
    while.

    A 429, or answers that take far longer than they used to, take some away, once in a while
    and not for each of those that were in flight together; time gives it back.
    """

    LEAST = 0.1
    AFTER_A_FLOOD = 0.7
    WHEN_SLOW = 0.9
    BACK = 1 / 120
    """What is given back each second: from nothing to all in two minutes."""
    ONCE_IN = 1.0
    """Seconds in which it sinks once."""
    STRAINED = 3.0
    """So many times as long as usual, and ``MARGIN`` seconds more, is too long."""
    MARGIN = 0.2
    LATELY, USUALLY = 1 / 32, 1 / 2048
    """What one answer weighs in the two means: a few dozen make the one, thousands the other."""

    def __init__(self) -> None:
        self._level = 1.0
        self._at = -math.inf
        self._sank = -math.inf
        self._lately: float | None = None
        self._usually = 0.0

    @property
    def lately(self) -> float:
        """How many seconds an answer takes in these days; 0 before the first."""
        return self._lately or 0.0

    def level(self, now: float) -> float:
        """Return the part of the pace to be used, up to 1."""
        if self._level < 1:
            self._level = min(1.0, self._level + self.BACK * (now - self._at))
        self._at = now
        return self._level

    def flooded(self, now: float) -> None:
        """Slow down: Telegram said so."""
        self._sink(now, self.AFTER_A_FLOOD)

    def answered(self, now: float, seconds: float) -> None:
        """Note how long an answer took, and slow down before Telegram has to say so."""
        if self._lately is None:
            self._lately = self._usually = seconds
            return
        self._lately += (seconds - self._lately) * self.LATELY
        self._usually += (seconds - self._usually) * self.USUALLY
        if self._lately > self.STRAINED * self._usually + self.MARGIN:
            self._sink(now, self.WHEN_SLOW)

    def _sink(self, now: float, to: float) -> None:
        if now - self._sank >= self.ONCE_IN:
            self._sank = now
            self._level = max(self.LEAST, self.level(now) * to)


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
        self._effort = Effort()
        self._next = -math.inf
        self._lane_opens = -math.inf
        self._chat_opens: dict[int, float] = {}
        # Of private chats the last second is enough, of the others the last minute.
        self._told: OrderedDict[int, float] = OrderedDict()
        self._told_groups: OrderedDict[int, deque[float]] = OrderedDict()
        self._replied: OrderedDict[int, float] = OrderedDict()

    @property
    def at_a_time(self) -> int:
        """How many of the broadcast may go together: what is sent in 50 ms."""
        return max(1, int(0.05 / self._gap)) if self._gap else UNPACED

    @property
    def under_way(self) -> int:
        """How many are under way at this pace, answers taking as long as they do lately."""
        return math.ceil(self._effort.lately / self._gap) if self._gap else 0

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
        gap = self._gap / self._effort.level(now)
        self._next = max(self._next, now - self._gap) + gap * count
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
        opens = self._chat_opens.get(chat, -math.inf) if self._chat_opens else -math.inf
        if self._gap:
            if kind is ChatKind.PRIVATE:
                opens = max(opens, self._told.get(chat, -math.inf) + SECOND)
            elif stamps := self._told_groups.get(chat):
                opens = max(opens, stamps[-1] + SECOND)
                if len(stamps) == GROUP_PER_MINUTE:
                    opens = max(opens, stamps[0] + MINUTE)
        return max(0.0, opens - self._monotonic())

    def note(self, chat: int, kind: ChatKind) -> None:
        """Remember that the broadcast just wrote to a chat."""
        if not self._gap:
            return
        now = self._monotonic()
        if kind is ChatKind.PRIVATE:
            _stamp(self._told, chat, now, SECOND)
            return
        self._told_groups.setdefault(chat, deque(maxlen=GROUP_PER_MINUTE)).append(now)
        self._told_groups.move_to_end(chat)
        # The least recent stand first: only those of the last minute are kept.
        while now - next(iter(self._told_groups.values()))[-1] > MINUTE:
            self._told_groups.popitem(last=False)

    def note_reply(self, chat: int) -> None:
        """Remember that a reply just went to a chat: the limit of a group counts it."""
        if chat < 0:
            self.note(chat, ChatKind.GROUP)
        _stamp(self._replied, chat, self._monotonic(), TALK)

    def answered(self, seconds: float) -> None:
        """Learn from how long Telegram took to answer a message of the broadcast."""
        self._effort.answered(self._monotonic(), seconds)

    def flooded(self, chat: int, kind: ChatKind, seconds: float) -> None:
        """Stop what a 429 to the broadcast is about, for so long.

        That of a group is its own, and so is that of a reader who is being replied to this
        moment; all others are about the broadcast as a whole, which goes on more slowly.
        """
        now = self._monotonic()
        if kind is not ChatKind.PRIVATE or now - self._replied.get(chat, -math.inf) < TALK:
            self.close_chat(chat, seconds)
        else:
            self._effort.flooded(now)
            self.close_lane(seconds)

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


def _stamp(stamps: OrderedDict[int, float], chat: int, now: float, kept: float) -> None:
    """Note the time, and forget those that are older than what is kept."""
    stamps[chat] = now
    stamps.move_to_end(chat)
    while now - next(iter(stamps.values())) > kept:
        stamps.popitem(last=False)


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
        if chat is not None:
            self._pace.note_reply(chat)


def seconds_of(wait: int | timedelta) -> float:
    """Return a wait in seconds, in whichever form the library gives it."""
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)

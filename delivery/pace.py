"""How fast: so many requests a second in all, replies first, and what a 429 closes."""

import asyncio
import logging
import math
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from model.errors import Unavailable
from model.pace import Slots
from model.readers import ChatId, ChatKind

_log = logging.getLogger(__name__)

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
AFTER_A_FLOOD = 0.7
"""How much of the pace is used after Telegram said that it is too much."""
WHEN_SLOW = 0.9
"""And when answers take too long, before Telegram has to say so."""
CLOSED_AT_MOST = 10_000
"""Closed chats that are remembered; those that open first are forgotten first."""

Sleep = Callable[[float], Awaitable[None]]


T = TypeVar("T")

Change = Callable[[Slots, float], tuple[Slots, T]]
"""Says, of how things are at a time, how they are then, and something more."""
Note = Callable[[Slots, float], Slots]


class Schedule(Protocol):
    """Who keeps the slots: this process for itself, or the database for several."""

    async def change(self, what: Change[T]) -> T:
        """Change them now, and return what the change says.

        Raises:
            Unavailable: the database does not answer; nothing was changed.
        """
        ...

    def note(self, what: Note) -> None:
        """Change them soon, and do not wait for that."""
        ...


class _Own:
    """The slots of one process, by its own clock."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._slots = Slots()

    async def change(self, what: Change[T]) -> T:
        self._slots, told = what(self._slots, self._monotonic())
        return told

    def note(self, what: Note) -> None:
        self._slots = what(self._slots, self._monotonic())


class Strain:
    """Whether answers take far longer than they used to."""

    STRAINED = 3.0
    """So many times as long as usual, and ``MARGIN`` seconds more, is too long."""
    MARGIN = 0.2
    LATELY, USUALLY = 1 / 32, 1 / 2048
    """What one answer weighs in the two means: a few dozen make the one, thousands the other."""

    def __init__(self) -> None:
        self._lately: float | None = None
        self._usually = 0.0

    @property
    def lately(self) -> float:
        """How many seconds an answer takes in these days; 0 before the first."""
        return self._lately or 0.0

    def answered(self, seconds: float) -> bool:
        """Note how long an answer took; say whether they take too long by now."""
        if self._lately is None:
            self._lately = self._usually = seconds
            return False
        self._lately += (seconds - self._lately) * self.LATELY
        self._usually += (seconds - self._usually) * self.USUALLY
        return self._lately > self.STRAINED * self._usually + self.MARGIN


class Pace:
    """The one pace of all that is sent. No rate: as fast as it goes, but closed is closed.

    With a ``schedule`` that several processes share, what they send is at this pace together.
    What a chat or a group was sent is known to each of them by itself.
    """

    def __init__(
        self,
        per_second: float | None = FREE,
        *,
        schedule: Schedule | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._monotonic = monotonic
        self._sleep = sleep
        self._own = _Own(monotonic)
        self._schedule = schedule or self._own
        self._processes = 1
        self._cut_off = False
        self._strain = Strain()
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
        return math.ceil(self._strain.lately / self._gap) if self._gap else 0

    def share(self, of: int) -> None:
        """Let a reply go at one share of so many, should the schedule that is shared be away."""
        self._processes = of

    async def turn(self, count: int = 1) -> bool:
        """Wait until the broadcast may send ``count``; false, at once, if its lane is closed, or
        nobody knows."""

        def take(slots: Slots, now: float) -> tuple[Slots, tuple[float, float]]:
            if slots.lane_opens > now:
                return slots, (slots.lane_opens - now, 0.0)
            taken, wait = slots.take(now, count, self._gap)
            return taken, (0.0, wait)

        while self.lane_opens_in() == 0:
            try:
                closed, wait = await self._schedule.change(take)
            except Unavailable:
                return False
            if closed:
                self._lane_opens = self._monotonic() + closed
            elif wait:
                await self._sleep(wait)
            else:
                return True
        return False

    async def reply(self) -> None:
        """Wait until a reply may be sent: before any broadcast, after the replies before it."""
        gap = self._gap
        # What of the broadcast went together went at once: a reply waits for none of it.
        ahead = max(AHEAD, self.at_a_time) * gap
        try:
            wait = await self._schedule.change(lambda slots, now: slots.reserve(now, gap, ahead))
            self._cut_off = False
        except Unavailable:
            if not self._cut_off:
                _log.warning("the shared pace is away: replies go at a share of it")
            self._cut_off, gap = True, gap * self._processes
            wait = await self._own.change(lambda slots, now: slots.reserve(now, gap, 0))
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
        if self._strain.answered(seconds):
            self._schedule.note(lambda slots, now: slots.sink(now, WHEN_SLOW))

    def flooded(self, chat: int, kind: ChatKind, seconds: float) -> None:
        """Stop what a 429 to the broadcast is about, for so long.

        That of a group is its own, and so is that of a reader who is being replied to this
        moment; all others are about the broadcast as a whole, which goes on more slowly.
        """
        now = self._monotonic()
        if kind is not ChatKind.PRIVATE or now - self._replied.get(chat, -math.inf) < TALK:
            self.close_chat(chat, seconds)
        else:
            self._schedule.note(lambda slots, now: slots.sink(now, AFTER_A_FLOOD))
            self.close_lane(seconds)

    def close_lane(self, seconds: float) -> None:
        """Stop the broadcast for so long."""
        self._lane_opens = max(self._lane_opens, self._monotonic() + seconds)
        self._schedule.note(lambda slots, now: slots.close(now, seconds))

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

"""In which order updates are handled: one at a time per chat, many chats at once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Hashable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

AT_ONCE = 64
IN_HAND = 500


class PerChat(BaseUpdateProcessor):
    """Keeps the order of updates within a chat: /follow then /forget must not change places."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        super().__init__(at_once)
        self._locks: dict[Hashable, asyncio.Lock] = {}
        self._waiting: Counter[Hashable] = Counter()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        line = _line(update)
        self._waiting[line] += 1
        try:
            async with self._locks.setdefault(line, asyncio.Lock()):
                await coroutine
        finally:
            self._waiting[line] -= 1
            if not self._waiting[line]:
                del self._waiting[line], self._locks[line]

    async def initialize(self) -> None:
        """Have nothing to prepare."""

    async def shutdown(self) -> None:
        """Have nothing to close."""


def _line(update: object) -> Hashable:
    """Return where an update queues: in its chat, or, typed elsewhere, in a line of the person's
    own, so that typing keeps no question waiting."""
    if not isinstance(update, Update):
        return 0
    if update.inline_query:
        return "typing", update.inline_query.from_user.id
    return update.effective_chat.id if update.effective_chat else 0


class Backlog(asyncio.Queue[object]):
    """The updates in hand: when there are enough, polling waits, and the rest stay with Telegram.

    python-telegram-bot starts a task for every update it takes out, so a queue that only counts
    what is still inside would never be full: 50 000 updates waiting at a start would all become
    tasks. This one counts until an update is done with.
    """

    def __init__(self, in_hand: int = IN_HAND) -> None:
        super().__init__()
        self._room = asyncio.Semaphore(in_hand)

    async def put(self, item: object) -> None:
        await self._room.acquire()
        await super().put(item)

    def task_done(self) -> None:
        super().task_done()
        self._room.release()

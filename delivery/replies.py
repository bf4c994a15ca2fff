"""Replies: at the one pace, before any broadcast, in the way python-telegram-bot asks for it."""

import math
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from delivery.pace import Pace

PATIENCE = 5.0
"""Seconds a reply is kept back after a 429; asked to wait longer, it fails."""


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

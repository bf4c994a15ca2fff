"""Replies: they wait for the pace, and for a chat that Telegram closed."""

from datetime import timedelta
from typing import Any

import pytest
from telegram.error import RetryAfter

from delivery.replies import Replies, seconds_of
from model.readers import ChatId, ChatKind
from tests.delivery.stopwatch import Stopwatch, at

READER, OTHER, GROUP = ChatId(1), ChatId(2), ChatId(-3)


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


class Callback:
    """A request of the bot, which Telegram answers with 429 so many times."""

    def __init__(self, watch: Stopwatch, *waits: int) -> None:
        self.watch, self.waits, self.times = watch, list(waits), []  # type: ignore[var-annotated]

    async def __call__(self, *_: Any, **__: Any) -> bool:
        self.times.append(self.watch.now - 1000)
        if self.waits:
            raise RetryAfter(self.waits.pop(0))
        return True


async def ask(replies: Replies, callback: Callback, **data: Any) -> Any:
    return await replies.process_request(callback, (), {}, "sendMessage", data, None)


async def test_a_reply_that_is_told_to_wait_a_little_goes_out_then(watch: Stopwatch) -> None:
    replies = Replies(at(watch))
    await replies.initialize()
    callback = Callback(watch, 2)
    assert await ask(replies, callback, chat_id=READER) is True
    assert callback.times == [0, 2]
    await replies.shutdown()


async def test_a_reply_that_is_told_to_wait_no_time_goes_out_at_once(watch: Stopwatch) -> None:
    callback = Callback(watch, 0)
    assert await ask(Replies(at(watch)), callback, chat_id=READER) is True
    assert callback.times == [0, 0]


async def test_a_reply_that_is_told_to_wait_long_fails_and_closes_its_chat_alone(
    watch: Stopwatch,
) -> None:
    free = at(watch)
    replies = Replies(free)
    with pytest.raises(RetryAfter):
        await ask(replies, Callback(watch, 35_000), chat_id=READER)
    silent = Callback(watch)
    with pytest.raises(RetryAfter) as refused:
        await ask(replies, silent, chat_id=READER)
    assert seconds_of(refused.value.retry_after) == 35_000
    assert silent.times == []
    assert await ask(replies, Callback(watch), chat_id=OTHER) is True
    assert await free.turn()


async def test_a_reply_waits_for_a_chat_that_opens_soon(watch: Stopwatch) -> None:
    free = at(watch)
    free.close_chat(READER, 3)
    callback = Callback(watch)
    await ask(Replies(free), callback, chat_id=READER)
    assert callback.times == [3]


async def test_a_flood_of_answers_to_presses_closes_no_chat(watch: Stopwatch) -> None:
    free = at(watch)
    replies = Replies(free)
    with pytest.raises(RetryAfter):
        await ask(replies, Callback(watch, 60), callback_query_id="1")
    callback = Callback(watch, 1)
    assert await ask(replies, callback, chat_id="@channel") is True
    assert callback.times == [0, 1]


async def test_a_reply_in_a_group_counts_for_its_limit(watch: Stopwatch) -> None:
    free = at(watch)
    await ask(Replies(free), Callback(watch), chat_id=GROUP)
    await ask(Replies(free), Callback(watch), chat_id=READER)
    assert free.free_in(GROUP, ChatKind.GROUP) == 1
    assert free.free_in(READER, ChatKind.PRIVATE) == 0


def test_a_wait_is_understood_in_either_form() -> None:
    assert seconds_of(3) == seconds_of(timedelta(seconds=3)) == 3.0

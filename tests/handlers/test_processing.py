"""In which order updates are handled."""

import asyncio
from datetime import UTC, datetime

import pytest
from telegram import Chat, InlineQuery, Message, Update, User

from handlers.processing import Backlog, PerChat

NOON = datetime(2025, 12, 13, 12, tzinfo=UTC)


def update(number, chat):
    return Update(number, message=Message(number, NOON, Chat(chat, "private")))


async def test_updates_of_one_chat_keep_their_order():
    processor, done = PerChat(), []
    first_may_end = asyncio.Event()

    async def slow():
        await first_may_end.wait()
        done.append("first")

    async def quick():
        done.append("second")

    async with processor:
        first = asyncio.create_task(processor.process_update(update(1, 7), slow()))
        second = asyncio.create_task(processor.process_update(update(2, 7), quick()))
        await asyncio.sleep(0.01)
        assert done == []
        first_may_end.set()
        await asyncio.gather(first, second)
    assert done == ["first", "second"]


async def test_one_chat_does_not_wait_for_another():
    processor, done = PerChat(), []
    never = asyncio.Event()

    async def quick():
        done.append("other")

    stuck = asyncio.create_task(processor.process_update(update(1, 7), never.wait()))
    await asyncio.sleep(0)
    await processor.process_update(update(2, 8), quick())
    assert done == ["other"]
    never.set()
    await stuck


async def test_typing_in_another_chat_keeps_no_question_waiting():
    processor, done = PerChat(), []
    never = asyncio.Event()
    person = User(7, "Alesia", is_bot=False)
    typed = Update(1, inline_query=InlineQuery("1", person, "Ластаўка", ""))

    async def quick():
        done.append("asked")

    stuck = asyncio.create_task(processor.process_update(typed, never.wait()))
    await asyncio.sleep(0)
    await processor.process_update(update(2, 7), quick())
    assert done == ["asked"]
    never.set()
    await stuck


async def test_a_chat_whose_handler_failed_is_served_again():
    processor, done = PerChat(), []

    async def fail():
        raise RuntimeError

    async def quick():
        done.append("served")

    with pytest.raises(RuntimeError):
        await processor.process_update(update(1, 7), fail())
    await processor.process_update(update(2, 7), quick())
    assert done == ["served"]


async def test_nothing_is_kept_of_chats_that_are_done():
    processor = PerChat()
    for number in range(100):
        await processor.process_update(update(number, number), asyncio.sleep(0))
    assert not processor._locks
    assert not processor._waiting


async def test_something_that_is_no_update_is_handled_too():
    done = []

    async def quick():
        done.append("served")

    await PerChat().process_update("not an update", quick())
    assert done == ["served"]


async def test_polling_waits_while_enough_is_in_hand():
    backlog = Backlog(in_hand=2)
    await backlog.put(1)
    await backlog.put(2)
    assert await backlog.get() == 1
    third = asyncio.create_task(backlog.put(3))
    await asyncio.sleep(0)
    # Taken out, but not done with: there is still no room.
    assert not third.done()
    backlog.task_done()
    await third
    assert backlog.qsize() == 2

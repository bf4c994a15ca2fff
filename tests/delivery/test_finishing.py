"""A transaction that has begun is finished."""

import asyncio

import pytest

from delivery.finishing import finish


async def test_what_is_finished_returns_what_it_has() -> None:
    async def answer() -> int:
        return 42

    assert await finish(answer()) == 42


async def test_who_is_cancelled_finishes_first() -> None:
    done = []

    async def write() -> None:
        await asyncio.sleep(0.01)
        done.append(True)

    task = asyncio.create_task(finish(write()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == [True]

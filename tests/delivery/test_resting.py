"""Who rests is woken, or gets up, or is stopped."""

import asyncio

import pytest

from delivery.resting import rest


async def test_who_is_woken_does_not_rest_to_the_end() -> None:
    woken = asyncio.Event()
    resting = asyncio.create_task(rest(woken, 3600))
    await asyncio.sleep(0)
    woken.set()
    await resting


async def test_whom_nobody_wakes_gets_up() -> None:
    await rest(asyncio.Event(), 0.001)


@pytest.mark.parametrize("turns", range(5))
async def test_who_is_stopped_while_being_woken_is_stopped(turns: int) -> None:
    woken = asyncio.Event()
    stopped = False

    async def loop() -> None:
        nonlocal stopped
        try:
            while True:
                woken.clear()
                await rest(woken, 3600)
        except asyncio.CancelledError:
            stopped = True
            raise

    task = asyncio.create_task(loop())
    await asyncio.sleep(0.001)
    woken.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=0.5)
    assert stopped

"""Resting: a loop with nothing to do waits until it is woken, and not longer than it must."""

import asyncio
from contextlib import suppress


async def rest(woken: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, or so many seconds have passed.

    Who is cancelled while resting is cancelled. Before Python 3.12, `asyncio.wait_for` forgets
    it if the event is set in the same turn of the loop: what was to stop would go on for ever.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await woken.wait()

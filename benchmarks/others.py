"""Loops that send as others do, without a queue that outlasts a crash, to be compared with.

    python benchmarks/others.py WHICH ADDRESS TOKEN SECONDS

Imports nothing of ours: aiogram wants other versions of what we stand on, so it has an
environment of its own (`make bench` makes it).
"""

import asyncio
import itertools
import json
import math
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

TEXT = "<b>Invented Name</b> — free.\n" + "What a release says, in one of seven languages. " * 12
MARKUP = {"inline_keyboard": [[{"text": "The whole list", "callback_data": "w:1"}]]}
WARM_UP = 0.2
"""Part of the time that is not counted."""
MANY = 384
"""Requests in flight, where more are not slower: with fewer the wait for answers is measured, and
not the work."""
LONG = 60.0
"""Seconds python-telegram-bot waits for everything. By itself it gives up after a few, and most is
never sent."""

Send = Callable[[int], Awaitable[object]]


async def measure(send: Send, in_flight: int, seconds: float) -> dict[str, float]:
    """Send for so long, and return messages a second, processor µs each, and megabytes."""
    chats = itertools.count(5_000_000_000)
    sent = 0

    async def work() -> None:
        nonlocal sent
        while time.perf_counter() < over:
            await send(next(chats))
            sent += 1

    over = time.perf_counter() + seconds
    workers = [asyncio.create_task(work()) for _ in range(in_flight)]
    await asyncio.sleep(seconds * WARM_UP)
    before, processor, begun = sent, time.process_time(), time.perf_counter()
    await asyncio.sleep(max(0.0, over - time.perf_counter()))
    counted = max(1, sent - before)
    took, worked = time.perf_counter() - begun, time.process_time() - processor
    _, slow = await asyncio.wait(workers, timeout=30)
    for worker in slow:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    return {
        "rate": counted / took,
        "processor": worked / counted * 1e6,
        "memory": memory(),
    }


def memory() -> float:
    """Return how many megabytes this process had at most."""
    # Not getrusage(): that begins with what the process had that started this one.
    for entry in Path("/proc/self/status").read_text().splitlines():
        if entry.startswith("VmHWM:"):
            return int(entry.split()[1]) / 1024
    return math.nan


async def by_aiohttp(address: str, token: str, seconds: float) -> dict[str, float]:
    """Post with aiohttp and nothing else: the ceiling."""
    import aiohttp

    url = f"{address}/bot{token}/sendMessage"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=MANY)) as session:

        async def send(chat: int) -> None:
            arguments = {"chat_id": chat, "text": TEXT, "parse_mode": "HTML"}
            body = json.dumps(arguments | {"reply_markup": MARKUP}).encode()
            kind = {"Content-Type": "application/json"}
            async with session.post(url, data=body, headers=kind) as answer:
                await answer.read()

        return await measure(send, MANY, seconds)


async def by_aiogram(address: str, token: str, seconds: float) -> dict[str, float]:
    """Send with aiogram 3."""
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import InlineKeyboardMarkup

    session = AiohttpSession(api=TelegramAPIServer.from_base(address), limit=MANY)
    markup = InlineKeyboardMarkup.model_validate(MARKUP)
    async with Bot(token, session=session) as bot:

        def send(chat: int) -> Awaitable[object]:
            sent: Awaitable[object] = bot.send_message(
                chat, TEXT, parse_mode="HTML", reply_markup=markup
            )
            return sent

        return await measure(send, MANY, seconds)


async def by_library(
    address: str, token: str, seconds: float, *, in_flight: int, tuned: bool
) -> dict[str, float]:
    """Send with python-telegram-bot and the client that it brings."""
    from telegram import Bot, InlineKeyboardMarkup
    from telegram.request import HTTPXRequest

    markup = InlineKeyboardMarkup.de_json(MARKUP, None)
    request = HTTPXRequest(connection_pool_size=in_flight) if tuned else None
    async with Bot(token, base_url=f"{address}/bot", request=request) as bot:

        def send(chat: int) -> Awaitable[object]:
            return bot.send_message(
                chat,
                TEXT,
                parse_mode="HTML",
                reply_markup=markup,
                pool_timeout=LONG,
                read_timeout=LONG,
                connect_timeout=LONG,
            )

        return await measure(send, in_flight, seconds)


def main(which: str, address: str, token: str, seconds: float) -> None:
    """Measure one loop; print what was measured as JSON."""
    if which == "aiohttp":
        measured = asyncio.run(by_aiohttp(address, token, seconds))
    elif which == "aiogram":
        measured = asyncio.run(by_aiogram(address, token, seconds))
    else:
        best = which == "library at its best"
        measured = asyncio.run(
            by_library(address, token, seconds, in_flight=24 if best else 128, tuned=best)
        )
    print(json.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))

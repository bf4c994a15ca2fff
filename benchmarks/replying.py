"""The whole bot, in a process that benchmarks start: asked while it sends.

python -m benchmarks.replying FOLDER ADDRESS TOKEN RATE SECONDS
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.request import RequestData

from benchmarks.release import KEYS, PERSONS
from benchmarks.sending import fill
from bot import app, memory
from bot.app import Vestka
from bot.clock import now
from bot.garbage import rare_collections
from bot.settings import Settings
from db import keyring
from delivery.pace import FREE
from delivery.request import AiohttpRequest
from services.fanout import FanOut


class Noting(AiohttpRequest):
    """A request that notes when an answer to a person goes out."""

    def __init__(self) -> None:
        super().__init__()
        self.went: dict[int, float] = {}

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *a: Any, **k: Any
    ) -> tuple[int, bytes]:
        if request_data is not None and url.endswith("/sendMessage"):
            self.went.setdefault(int(str(request_data.parameters["chat_id"])), time.perf_counter())
        return await super().do_request(url, method, request_data, *a, **k)


async def answers(folder: str, api: str, token: str, rate: float, seconds: float) -> list[float]:
    """Ask ten times a second while news goes out at this rate (0: none); return milliseconds
    from update in to reply out."""
    settings = Settings(
        _env_file=None,
        token=token,
        api_url=api,
        database_url=f"sqlite+aiosqlite:///{folder}/state/vestka.db",
        key_file=Path(folder) / "keyring.json",
        pace=rate or FREE,
        paid_broadcast=rate > FREE,
    )
    keyring.save(KEYS, settings.key_file)
    await memory.prepare(settings)
    request = Noting()
    async with memory.recall(settings) as remembered:
        await fill(remembered.database, remembered.vault, int(rate * (seconds + 5)) + 1)
        fanout = FanOut(remembered.database, remembered.vault, now)
        while rate and await fanout.advance():
            pass
        vestka = app.build(settings, remembered, clock=now, request=request)
        async with vestka.broadcast, vestka.application as application:
            await application.start()
            # Without those that make deliveries: when idle, nothing is to be sent.
            loops = [asyncio.create_task(vestka.sending())] if rate else []
            with rare_collections():
                times = await _asked(vestka, request, seconds)
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await application.stop()
    return times


async def _asked(vestka: Vestka, request: Noting, seconds: float) -> list[float]:
    application, asked = vestka.application, dict[int, float]()
    begun = time.perf_counter()
    for number in range(int(seconds * 10)):
        await asyncio.sleep(max(0.0, begun + number / 10 - time.perf_counter()))
        chat = 7_000_000_000 + number
        person = {"id": chat, "is_bot": False, "first_name": "A", "language_code": "en"}
        message = {
            "message_id": 1,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "A"},
            "from": person,
            "text": f"Invented Name {number % len(PERSONS) + 1}",
        }
        update = Update.de_json({"update_id": number + 1, "message": message}, application.bot)
        asked[chat] = time.perf_counter()
        await application.update_queue.put(update)
    await asyncio.sleep(1)
    settled = [chat for chat in asked if chat in request.went and chat % 1_000_000_000 >= 20]
    return [1000 * (request.went[chat] - asked[chat]) for chat in settled]


def main(folder: str, api: str, token: str, rate: str, seconds: str) -> None:
    """Ask, and print how long each answer took as JSON."""
    print(json.dumps(asyncio.run(answers(folder, api, token, float(rate), float(seconds)))))


if __name__ == "__main__":
    main(*sys.argv[1:])

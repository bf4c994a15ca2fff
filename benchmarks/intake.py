"""How soon a question is answered when Telegram is polled, and when it brings updates.

    python -m benchmarks.intake

`vestka run` in a process of its own, over HTTP on this machine; Telegram's distance is not in it.
"""

import asyncio
import os
import random
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.answers import invented
from bot import memory
from bot.app import make_services
from bot.clock import now
from bot.settings import Settings
from db import keyring
from simulator.core import TOKEN, Telegram
from simulator.http import create_app, serve
from simulator.phone import Phone
from views.callbacks import Verb, data

PEOPLE, READERS = 1_000, 60
SINGLY, EACH = 300, 5
"""Questions one after another, and how many each reader then asks at once."""
PATIENCE = 120.0
SECRET = "invented-secret-of-thirty-two-characters"


async def measure(folder: Path, names: Sequence[str], more: Mapping[str, str]) -> tuple[str, ...]:
    """Start the bot with these settings, ask, and return the cells of the table."""
    telegram = Telegram(clock=now, keep_calls=0)
    async with serve(create_app(telegram)) as address, _running(folder, address, more):
        readers = [Phone(telegram, f"Reader {n}", language="be") for n in range(READERS)]
        for reader in readers:
            await _answered(telegram, reader, "/start")
            await reader.presses(data(Verb.DISCREET, 0))
        times = [
            await _answered(telegram, readers[number % READERS], names[number % PEOPLE])
            for number in range(SINGLY)
        ]
        before = sum(len(reader.heard) for reader in readers)
        begun = time.perf_counter()
        for number in range(EACH):
            for reader in readers:
                await reader.says(names[number])
        while sum(len(reader.heard) for reader in readers) < before + READERS * EACH:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        rate = READERS * EACH / (time.perf_counter() - begun)
        telegram.bring_to(None)
    cuts = statistics.quantiles(times, n=100)
    return f"{cuts[49]:.1f}", f"{cuts[94]:.1f}", f"{rate:.0f}"


async def _answered(telegram: Telegram, reader: Phone, text: str) -> float:
    """Ask, and return after how many milliseconds the answer was there."""
    happened, count = asyncio.Event(), len(reader.heard)
    enough = telegram.watch(lambda _: happened.set())
    begun = time.perf_counter()
    await reader.says(text)
    async with asyncio.timeout(PATIENCE):
        while len(reader.heard) == count:
            happened.clear()
            await happened.wait()
    took = time.perf_counter() - begun
    enough()
    # A reader pauses before the next question; what the bot still has to note down is done.
    await asyncio.sleep(0.01)
    return 1000 * took


@asynccontextmanager
async def _running(folder: Path, address: str, more: Mapping[str, str]) -> AsyncIterator[None]:
    chosen = {
        "VESTKA_TOKEN": TOKEN,
        "VESTKA_API_URL": address,
        "VESTKA_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/state/vestka.db",
        "VESTKA_KEY_FILE": f"{folder}/keyring.json",
        "VESTKA_PACE": "1000",
        "VESTKA_PAID_BROADCAST": "1",
        "VESTKA_LOG": "warning",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith("VESTKA_")}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=folder, env={**others, **chosen, **more}
    )
    try:
        yield
    finally:
        child.terminate()
        await child.wait()


async def _list_people(folder: Path) -> list[str]:
    entries = list(invented(PEOPLE, random.Random(2025)))
    settings = Settings(
        _env_file=None,
        token=TOKEN,
        database_url=f"sqlite+aiosqlite:///{folder}/state/vestka.db",
        key_file=folder / "keyring.json",
    )
    keyring.save(keyring.new(), settings.key_file)
    await memory.prepare(settings)
    async with memory.recall(settings) as remembered:
        services = make_services(settings, remembered, now, changed=lambda _: None)
        await services.people.apply(entries)
    return [entry.names[0].text for entry in entries]


async def compare(console: Console) -> None:
    """Measure both and print a table."""
    table = Table("updates are", "p50 ms", "p95 ms", "questions a second, asked at once")
    for brought in (False, True):
        with tempfile.TemporaryDirectory(prefix="vestka-bench-") as place:
            folder = Path(place)
            names = await _list_people(folder)
            more = _hooked(folder) if brought else {}
            cells = await measure(folder, names, more)
            table.add_row("brought" if brought else "asked for", *cells)
    console.print(table)


def _hooked(folder: Path) -> Mapping[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "secret").write_text(SECRET)
    return {
        "VESTKA_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
        "VESTKA_WEBHOOK_SECRET_FILE": str(folder / "secret"),
        "VESTKA_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
    }


if __name__ == "__main__":
    asyncio.run(compare(Console()))

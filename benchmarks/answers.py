"""How fast a question is answered: update in → reply out, in the stand-in, without a network."""

import asyncio
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot import app, memory
from bot.clock import now
from bot.settings import Settings
from db import keyring
from exchange.people import Entry
from handlers.gate import ALLOWED_UPDATES
from model.people import Name
from simulator.core import TOKEN, Telegram
from simulator.phone import Phone
from simulator.request import SimulatedRequest, drain

PEOPLE = 10_000
QUESTIONS = 1_000
BAR = 50.0
"""Milliseconds within which 95 of 100 questions are answered."""

_FIRST = [
    "Алесь",
    "Алеся",
    "Андрэй",
    "Ганна",
    "Дзмітрый",
    "Ігар",
    "Кацярына",
    "Марына",
    "Мікола",
    "Наста",
    "Павел",
    "Сяргей",
]
_SYLLABLES = [
    "ба",
    "ва",
    "ру",
    "кі",
    "лю",
    "мя",
    "но",
    "са",
    "ту",
    "ша",
    "жы",
    "це",
    "ко",
    "да",
    "хо",
    "ня",
]
_ENDS = ("віч", "скі", "ька", "ёнак", "нік", "іцкі")


def invented(count: int, chance: random.Random) -> Iterator[Entry]:
    """Invent people."""
    for number in range(count):
        stem = "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 3)))).capitalize()
        name = f"{chance.choice(_FIRST)} {stem}{chance.choice(_ENDS)}"
        yield Entry(
            number + 1, f"p-{number}", (Name(name, "be"),), born=chance.randint(1950, 2004)
        )


def asked(entries: Sequence[Entry], chance: random.Random) -> Iterator[str]:
    """Ask for them: as listed, the other way round, with a slip, and for nobody."""
    for number in itertools.count():
        first, last = chance.choice(entries).names[0].text.split()
        at = chance.randrange(1, len(last) - 1)
        yield (
            f"{first} {last}",
            f"Што з {last} {first}?",
            f"{first} {last[:at]}{last[at + 1 :]}",
            f"Нехта Невядомы{number}",
        )[number % 4]


async def measure(console: Console) -> float:
    """Measure, print a table, and return the 95th percentile in milliseconds."""
    chance = random.Random(2025)
    entries = list(invented(PEOPLE, chance))
    with tempfile.TemporaryDirectory(prefix="vestka-bench-") as folder:
        settings = Settings(
            _env_file=None,
            token=TOKEN,
            api_url="http://127.0.0.1:9",
            database_url=f"sqlite+aiosqlite:///{folder}/state/vestka.db",
            key_file=Path(folder) / "keyring.json",
            pace=1000,
            paid_broadcast=True,
        )
        keyring.save(keyring.new(), settings.key_file)
        await memory.prepare(settings)
        async with memory.recall(settings) as remembered:
            telegram = Telegram(clock=now, keep_calls=0)
            telegram.allowed_updates = frozenset(ALLOWED_UPDATES)
            vestka = app.build(
                settings,
                remembered,
                clock=now,
                request=SimulatedRequest(telegram),
                updates=SimulatedRequest(telegram),
                post=telegram.post,
            )
            with console.status(f"Listing {PEOPLE} invented people …"):
                await vestka.services.people.apply(entries)
            async with vestka.application:
                telegram.arrived = partial(drain, vestka.application, telegram)
                times = await _ask(telegram, asked(entries, chance))
    return _tell(console, times)


async def _ask(telegram: Telegram, questions: Iterator[str]) -> list[float]:
    times = []
    # One chat may ask twenty times a minute: many people ask.
    for question in itertools.islice(questions, QUESTIONS):
        phone = Phone(telegram, "Asking", language="be")
        begun = time.perf_counter()
        await phone.says(question)
        times.append(1000 * (time.perf_counter() - begun))
        if not phone.heard:
            # All strangers together are let in at a pace.
            times.pop()
            await asyncio.sleep(0.05)
    return times


def _tell(console: Console, times: Sequence[float]) -> float:
    cuts = statistics.quantiles(times, n=100)
    p95 = cuts[94]
    table = Table("answers", "p50", "p95", "p99", "bar", title=f"{PEOPLE} people, milliseconds")
    table.add_row(
        str(len(times)), f"{cuts[49]:.1f}", f"{p95:.1f}", f"{cuts[98]:.1f}", f"p95 ≤ {BAR:.0f}"
    )
    console.print(table)
    return p95


def main() -> None:
    """Measure and say whether the bar is held."""
    if asyncio.run(measure(Console())) > BAR:
        raise SystemExit("slower than the bar")


if __name__ == "__main__":
    main()

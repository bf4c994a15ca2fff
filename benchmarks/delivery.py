"""How fast news goes out, at which pace, and how soon a question is answered meanwhile.

    python -m benchmarks.delivery [READERS] [SECONDS]

One table, all in one run, against the stand-in for Telegram behind HTTP, in a process of its own
and 60 to 100 ms away. So is every line of the table; memory and processor time are the sender's.
What is compared are ratios: how fast the machine is, and what else it does, changes all of them.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import others
from db.upkeep import migrate
from delivery.pace import FREE

READERS, SECONDS = 100_000, 15.0
LATENCY = ("0.06", "0.1")
"""Seconds an answer takes, from and to."""
PAID = 1000.0
BENCH = Path(__file__).parents[1] / "build" / "bench" / "bin" / "python"
"""Where `make bench` puts aiogram."""


@dataclass(slots=True)
class Bar:
    """What is to be reached, and whether it was."""

    words: str
    held: bool


@dataclass(slots=True)
class Report:
    """What was measured, printed as it comes."""

    bars: list[Bar] = field(default_factory=list)

    def bar(self, words: str, *, held: bool) -> None:
        self.bars.append(Bar(words, held))

    def close(self) -> bool:
        print("\nBars")
        for bar in self.bars:
            print(f"  {'held  ' if bar.held else 'MISSED'}  {bar.words}")
        return all(bar.held for bar in self.bars)


@contextmanager
def telegram(*options: str) -> Iterator[tuple[str, str]]:
    """Run the stand-in; give its address and the token."""
    command = [sys.executable, "-m", "simulator", "--port", "0", "--strangers"]
    server = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        api = server.stdout.readline().strip()
        yield api, server.stdout.readline().removeprefix("token: ").strip()
    finally:
        server.terminate()
        server.wait()


def line(*arguments: object, python: str = sys.executable, within: float = 1800) -> Any:
    """Measure one line in a process of its own, which ends by itself or is ended."""
    command = [python, *map(str, arguments)]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=within, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def ours(what: str, *arguments: object) -> Any:
    return line("-m", f"benchmarks.{what}", *arguments)


def compare(report: Report, count: int, seconds: float) -> None:
    """Measure what goes out without a pace, beside what others do."""
    away = ("--latency", *LATENCY)
    with tempfile.TemporaryDirectory() as folder, telegram(*away) as (api, token):
        url = _new(folder, count)
        own = ours("sending", "sent", url, api, token, 0, seconds)
    print(f"A release to {count} readers; answers take {LATENCY[0]} to {LATENCY[1]} s\n")
    print(f"{'':<44} {'a second':>9} {'µs each':>8} {'MB':>5} {'Vestka is':>10}")
    _print("Vestka, durable queue, sent and settled", own, own)
    path = Path(others.__file__)
    names = {
        "aiohttp alone, nothing durable": "aiohttp",
        "aiogram 3, nothing durable": "aiogram",
        "python-telegram-bot's client at its best": "library at its best",
        "python-telegram-bot's client as it comes": "library",
    }
    rates: dict[str, float] = {}
    for name, which in names.items():
        python = str(BENCH) if which == "aiogram" else sys.executable
        if not Path(python).exists():
            print(f"{name:<44} not installed: make bench puts it into {BENCH.parents[1]}")
            continue
        with telegram(*away) as (api, token):
            other = line(path, which, api, token, seconds, python=python)
        rates[which] = other["rate"]
        _print(name, other, own)
    made = f"made beforehand: {own['made']:.0f} a second, {own['making']:.0f} µs each"
    print(f"{'':<44} {made}")
    report.bar("everybody was told", held=own["delivered"] == 1)
    report.bar("2 000 a second", held=own["rate"] >= 2000)
    report.bar("300 µs of processor each", held=own["processor"] <= 300)
    report.bar("100 MB", held=own["memory"] <= 100)
    wanted = {"aiohttp": 0.8, "aiogram": 1.5, "library at its best": 3.0, "library": 15.0}
    for which, times in wanted.items():
        held = which in rates and own["rate"] >= times * rates[which]
        report.bar(f"{times:g} times {which}", held=held)


def _print(name: str, measured: dict[str, float], own: dict[str, float]) -> None:
    print(
        f"{name:<44} {measured['rate']:>9.0f} {measured['processor']:>8.0f} "
        f"{measured['memory']:>5.0f} {own['rate'] / measured['rate']:>9.2f}×",
        flush=True,
    )


def paces(report: Report, seconds: float) -> None:
    """Measure how the paces are held."""
    print(f"\n{'':<44} {'a second':>9} {'429':>8}")
    limits = {PAID: (), FREE: ("--limit", "30", "5")}
    for rate, limit in limits.items():
        with (
            tempfile.TemporaryDirectory() as folder,
            telegram("--latency", *LATENCY, *limit) as (api, token),
        ):
            url = _new(folder, int(rate * (seconds + 5)))
            found = ours("sending", "sent", url, api, token, rate, seconds)
        name = f"at {rate:.0f} a second" + (", 30 with bursts of 5 are taken" if limit else "")
        print(f"{name:<44} {found['steady']:>9.2f} {found['floods']:>8.0f}", flush=True)
        if limit:
            held = round(found["steady"], 1) >= 29 and not found["floods"]
            report.bar("29 a second and no 429 at the free pace", held=held)
        else:
            off = abs(found["steady"] / rate - 1)
            report.bar(f"the paid pace held within 3 % ({off:.1%})", held=off <= 0.03)


def replies(report: Report, seconds: float) -> None:
    """Measure how soon questions are answered while news goes out."""
    print(f"\n{'a question is answered in ms':<44} {'p50':>9} {'p95':>8}")
    idle = 0.0
    for name, rate, more in (
        ("idle", 0.0, 0.0),
        ("at the free pace", FREE, 2.0),
        ("at 500 a second", 500.0, 10.0),
        ("at 1 000 a second", PAID, 20.0),
    ):
        with (
            tempfile.TemporaryDirectory() as folder,
            telegram("--latency", *LATENCY) as (api, token),
        ):
            cuts = statistics.quantiles(ours("replying", folder, api, token, rate, seconds), n=100)
        print(f"{name:<44} {cuts[49]:>9.1f} {cuts[94]:>8.1f}", flush=True)
        if not rate:
            idle = cuts[94]
        else:
            report.bar(
                f"answers {name}: p95 at most {more:.0f} ms above idle",
                held=cuts[94] <= idle + more,
            )


def _new(folder: str, count: int) -> str:
    """Make a database with so many readers."""
    url = f"sqlite+aiosqlite:///{Path(folder) / 'benchmark.db'}"
    asyncio.run(migrate(url))
    ours("sending", "made", url, count)
    return url


def main(count: int = READERS, seconds: float = SECONDS) -> bool:
    """Print the table; say whether the bars are met."""
    report = Report()
    compare(report, count, seconds)
    paces(report, seconds)
    replies(report, seconds)
    return report.close()


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)

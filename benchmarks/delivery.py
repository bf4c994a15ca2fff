"""How fast news goes out, at which pace, and how soon a question is answered meanwhile.

    python -m benchmarks.delivery [READERS] [SECONDS]

One table, all in one run, against the stand-in for Telegram behind HTTP, in a process of its own
and 60 to 100 ms away. So is every line of the table; memory and processor time are the sender's.
What is compared are ratios: how fast the machine is, and what else it does, changes all of them.
"""

import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from telegram import Update
from telegram.request import RequestData

from benchmarks import others
from bot import app, memory
from bot.app import Vestka
from bot.garbage import rare_collections
from bot.settings import Settings
from db import keyring, notices, people, releases, waves
from db.connection import Database, open_database
from db.keyring import Keyring
from db.many import Many
from db.tables import metadata, reader
from db.vault import READER, Vault
from delivery.letters import Letters
from delivery.pace import FREE, Pace
from delivery.sender import Sender
from delivery.transport import AiohttpRequest, Broadcast
from locales import LANGUAGES, speak
from model.notices import GroupFacts, NoticeKind, NoticeState, PersonFacts, Snapshot, WaveId
from model.people import Name, Person, PersonId
from model.readers import ChatId, Reader
from services.fanout import FanOut
from services.news import News
from services.outbox import Outbox

READERS, SECONDS = 100_000, 15.0
PERSONS = 123
LATENCY = ("0.06", "0.1")
"""Seconds an answer takes, from and to."""
KEYS = Keyring(1, {1: bytes(range(32))})
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


# --- what is sent -------------------------------------------------------------------------------


def clock() -> datetime:
    return datetime.now(UTC)


_FILL = Many(reader.insert(), ("locator", "sealed"))


async def fill(database: Database, vault: Vault, count: int) -> WaveId:
    """Make readers, of whom every third follows one of the freed, and open a release."""
    chance = random.Random(count)
    persons = [PersonId(n) for n in range(1, PERSONS + 1)]
    rows = []
    for chat in range(5_000_000_000, 5_000_000_000 + count):
        follows = frozenset({chance.choice(persons)}) if chat % 3 == 0 else frozenset()
        one = Reader(ChatId(chat), chance.choice(_LANGUAGES), follows=follows, releases=True)
        locator = vault.locate(one.chat)
        rows.append({"locator": locator, "sealed": vault.seal(READER, locator, one)})
    async with database.write() as conn:
        for person in persons:
            names = (Name(f"Invented Name {person}", "en"),)
            await people.add(conn, Person(person, f"ref-{person}", names), [person])
        await _FILL.run(conn, rows)
        release = await releases.add(conn, "benchmark")
        group = await releases.add_group(conn, release, "LT", "Vilnius")
        facts = tuple(PersonFacts(p, {"en": f"Invented Name {p}"}) for p in persons)
        groups = (GroupFacts(group, "LT", "Vilnius", (), facts),)
        notice = await notices.add(conn, NoticeKind.RELEASE, release, None, clock())
        await notices.freeze(
            conn,
            notice,
            None,
            Snapshot(NoticeKind.RELEASE, release, "2025-12-13", (), (), groups, list_closed=True),
        )
        await notices.move(conn, notice, NoticeState.GOING_OUT)
        return await waves.add(conn, notice, [group], clock())


def _spoken() -> list[str]:
    """Return the languages whose catalogue is there."""
    there = []
    for language in LANGUAGES:
        try:
            speak(language)
        except FileNotFoundError:
            continue
        there.append(language)
    return there


_LANGUAGES = _spoken()


class Posts:
    """Posts, and notes when, and what was answered with 429."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        self.times: list[float] = []
        self.floods = 0

    async def __call__(self, method: str, body: bytes) -> tuple[int, bytes]:
        self.times.append(time.perf_counter())
        status, answer = await self._broadcast.post(method, body)
        self.floods += status == 429
        return status, answer


# --- one line each, in a process of its own -----------------------------------------------------


async def made(url: str, count: int) -> None:
    """Fill a database."""
    database = open_database(url)
    await fill(database, Vault(KEYS), count)
    await database.close()


async def vestka(
    url: str, api: str, token: str, rate: float | None, seconds: float
) -> dict[str, float]:
    """Make the deliveries of a release, send them, and settle them.

    At a rate for so many seconds, and otherwise to the last.
    """
    database, vault = open_database(url), Vault(KEYS)
    outbox, fanout = Outbox(database, vault, clock), FanOut(database, vault, clock)
    begun, worked = time.perf_counter(), time.process_time()
    while await fanout.advance():
        pass
    making, working = time.perf_counter() - begun, time.process_time() - worked
    async with database.read() as conn:
        (wave,) = await waves.unpurged(conn)
    count = (await outbox.tally(wave)).audience
    ended = asyncio.Event()

    async def done(_: WaveId) -> None:
        ended.set()

    free = rate is not None and rate <= FREE
    async with Broadcast(api, token, connections=others.MANY) as broadcast:
        posts = Posts(broadcast)
        sender = Sender(
            outbox,
            Letters(News(database).wave, outbox.people, speak),
            posts if rate else broadcast.post,
            Pace(rate),
            clock,
            done=done,
            random=random.random,
            claims=50 if free else 500,
            in_flight=16 if free else others.MANY,
            settles=0.05 if free else 0.01 if rate else 0.025,
        )
        with rare_collections():
            begun, worked = time.perf_counter(), time.process_time()
            sending = asyncio.create_task(sender.run())
            if rate is None:
                while (await outbox.tally(wave)).open:  # noqa: ASYNC110
                    await asyncio.sleep(0.25)
            else:
                await asyncio.wait([sending, asyncio.create_task(ended.wait())], timeout=seconds)
            took, worked = time.perf_counter() - begun, time.process_time() - worked
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    tally = await outbox.tally(wave)
    await database.close()
    # The first second is for connections to be made.
    times = [at for at in posts.times if at - begun > 1]
    return {
        "delivered": tally.delivered / count,
        "made": count / making,
        "making": working / count * 1e6,
        "rate": tally.delivered / took,
        "steady": (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0,
        "floods": posts.floods,
        "processor": worked / max(1, tally.delivered) * 1e6,
        "memory": others.memory(),
    }


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
        fanout = FanOut(remembered.database, remembered.vault, clock)
        while rate and await fanout.advance():
            pass
        vestka = app.build(settings, remembered, clock=clock, request=request)
        async with vestka.broadcast, vestka.application as application:
            await application.start()
            # Without those that make deliveries: when idle, nothing is to be sent.
            loops = [asyncio.create_task(loop()) for loop in vestka.loops[: 1 if rate else 0]]
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
            "text": f"Invented Name {number % PERSONS + 1}",
        }
        update = Update.de_json({"update_id": number + 1, "message": message}, application.bot)
        asked[chat] = time.perf_counter()
        await application.update_queue.put(update)
    await asyncio.sleep(1)
    settled = [chat for chat in asked if chat in request.went and chat % 1_000_000_000 >= 20]
    return [1000 * (request.went[chat] - asked[chat]) for chat in settled]


# --- the table ----------------------------------------------------------------------------------


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
    return line("-m", "benchmarks.delivery", what, *arguments)


def compare(report: Report, count: int, seconds: float) -> None:
    """Measure what goes out without a pace, beside what others do."""
    away = ("--latency", *LATENCY)
    with tempfile.TemporaryDirectory() as folder, telegram(*away) as (api, token):
        url = _new(folder, count)
        own = ours("vestka", url, api, token, 0, seconds)
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
            found = ours("vestka", url, api, token, rate, seconds)
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
            cuts = statistics.quantiles(ours("answers", folder, api, token, rate, seconds), n=100)
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
    path = Path(folder) / "benchmark.db"
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    url = f"sqlite+aiosqlite:///{path}"
    ours("made", url, count)
    return url


def main(count: int = READERS, seconds: float = SECONDS) -> bool:
    """Print the table; say whether the bars are met."""
    report = Report()
    compare(report, count, seconds)
    paces(report, seconds)
    replies(report, seconds)
    return report.close()


def _one(what: str, *arguments: str) -> object:
    if what == "made":
        return asyncio.run(made(arguments[0], int(arguments[1])))
    run: dict[str, Callable[..., Any]] = {"vestka": vestka, "answers": answers}
    place, api, token, rate, seconds = arguments
    paced = float(rate) or (None if what == "vestka" else 0.0)
    return asyncio.run(run[what](place, api, token, paced, float(seconds)))


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].isdigit():
        print(json.dumps(_one(*sys.argv[1:])))
    else:
        given = [int(given) for given in sys.argv[1:]]
        sys.exit(0 if main(*given) else 1)

"""How fast news goes out: made, sent and settled, pace off, through the durable queue.

    python -m benchmarks.delivery [READERS]

The stand-in for Telegram is a process of its own; memory and time are those of the sender's.
"""

import asyncio
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine

from bot.garbage import rare_collections
from db import notices, people, readers, releases, waves
from db.connection import Database, open_database
from db.keyring import new
from db.tables import metadata
from db.vault import READER, Vault
from delivery.fanout import FanOutLoop
from delivery.letters import Letters
from delivery.pace import Pace
from delivery.sender import Sender
from delivery.transport import Broadcast
from locales import LANGUAGES, speak
from model.notices import GroupFacts, NoticeKind, NoticeState, PersonFacts, Snapshot, Wave, WaveId
from model.people import Name, Person, PersonId
from model.readers import ChatId, Reader
from services.fanout import FanOut
from services.news import News
from services.outbox import Outbox

PERSONS = 123
LATENCIES = ((0.0, 0.0), (0.06, 0.1))
"""Seconds an answer takes, from and to."""
BAR = 1000
"""Messages a second."""
MEMORY = 150
"""Megabytes."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One release to all readers."""

    readers: int
    latency: tuple[float, float]
    made: float
    """Deliveries made a second."""
    whole: float
    """Messages a second, from the opening of the group until the wave has ended."""
    processor: float
    """Microseconds of processor time a message."""
    memory: float
    """Megabytes at most."""


async def fill(database: Database, vault: Vault, count: int) -> WaveId:
    """Make readers, of whom every third follows one of the freed, and open a release."""
    chance = random.Random(count)
    persons = [PersonId(n) for n in range(1, PERSONS + 1)]
    async with database.write() as conn:
        for person in persons:
            names = (Name(f"Invented Name {person}", "en"),)
            await people.add(conn, Person(person, f"ref-{person}", names), [person])
        for chat in range(5_000_000_000, 5_000_000_000 + count):
            follows = frozenset({chance.choice(persons)}) if chat % 3 == 0 else frozenset()
            reader = Reader(
                ChatId(chat), chance.choice(_LANGUAGES), follows=follows, releases=True
            )
            locator = vault.locate(reader.chat)
            await readers.put(conn, locator, vault.seal(READER, locator, reader))
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


async def send_all(folder: Path, api: str, token: str, count: int) -> tuple[float, float, float]:
    """Send a release; return seconds of making, of everything, and of processor time."""
    path = folder / "benchmark.db"
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    database = open_database(f"sqlite+aiosqlite:///{path}")
    vault = Vault(new())
    wave = await fill(database, vault, count)
    outbox = Outbox(database, vault, clock)
    ended = asyncio.Event()

    async def done(_: WaveId) -> None:
        ended.set()

    async with Broadcast(api, token, connections=256) as broadcast:
        sender = Sender(
            outbox,
            Letters(News(database).wave, outbox.people, speak),
            broadcast.post,
            Pace(None),
            clock,
            done=done,
            random=random.random,
            claims=200,
            in_flight=256,
            settles=0.025,
            idles=0.05,
        )
        with rare_collections():
            processor, started = time.process_time(), time.perf_counter()
            loops = [
                asyncio.create_task(FanOutLoop(FanOut(database, vault, clock), sender.wake).run()),
                asyncio.create_task(sender.run()),
            ]
            while not (await _wave(database, wave)).made:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            made = time.perf_counter() - started
            await ended.wait()
            whole, processor = time.perf_counter() - started, time.process_time() - processor
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    assert (await outbox.tally(wave)).delivered == count
    await database.close()
    return made, whole, processor


def measure(count: int, latency: tuple[float, float]) -> Measure:
    """Measure one release to ``count`` readers; answers take ``latency`` seconds."""
    least, most = latency
    command = [sys.executable, "-m", "simulator", "--port", "0", "--strangers"]
    server = subprocess.Popen(
        [*command, "--latency", str(least), str(most)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        api = server.stdout.readline().strip()
        token = server.stdout.readline().removeprefix("token: ").strip()
        with tempfile.TemporaryDirectory() as folder:
            made, whole, processor = asyncio.run(send_all(Path(folder), api, token, count))
    finally:
        server.terminate()
        server.wait()
    return Measure(
        readers=count,
        latency=latency,
        made=count / made,
        whole=count / whole,
        processor=processor / count * 1e6,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def clock() -> datetime:
    return datetime.now(UTC)


async def _wave(database: Database, wave: WaveId) -> Wave:
    async with database.read() as conn:
        return await waves.get(conn, wave)


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


def main(readers: int = 10_000) -> bool:
    """Print what was measured, one line for each latency; say whether the bars are met."""
    print(f"A release to {readers} readers, pace off, durable queue ({len(_LANGUAGES)} languages)")
    print(f"{'latency ms':>10} {'made/s':>8} {'sent and settled/s':>20} {'µs each':>8} {'MB':>6}")
    good = True
    for latency in LATENCIES:
        found = measure(readers, latency)
        millis = f"{latency[0] * 1000:.0f}–{latency[1] * 1000:.0f}"
        print(
            f"{millis:>10} {found.made:>8.0f} {found.whole:>20.0f} "
            f"{found.processor:>8.0f} {found.memory:>6.0f}"
        )
        good = good and found.whole >= BAR and found.memory <= MEMORY
    print(f"bar: {BAR}/s and {MEMORY} MB: {'met' if good else 'MISSED'}")
    return good


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)

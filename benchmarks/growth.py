"""How the fan-out grows: the deliveries of a notice to 10 000, 100 000 and 1 000 000 readers.

    python -m benchmarks.growth [READERS …]

Each size is measured in a process of its own, so that its memory is its own; the readers are put
there by another. Needs 3 GB of disk. Where other programs run beside, processor time is what
counts: a pause is how much of it the event loop spent before replies had their turn.
"""

import asyncio
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine

from benchmarks.release import KEYS, PERSONS, announce
from bot.clock import now
from bot.garbage import rare_collections
from db.connection import open_database
from db.tables import metadata
from db.vault import READER, Vault
from locales import LANGUAGES
from model.readers import ChatId, Reader
from services.fanout import FanOut

SIZES = (10_000, 100_000, 1_000_000)
SECONDS = 60.0
"""For a million."""
MEMORY = 300
"""Megabytes."""
UNEVEN = 1.2
"""How much longer a reader may take among a million than among ten thousand."""
PAUSE = 0.02
"""Seconds."""

_LANGUAGES = tuple(LANGUAGES)
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Measure:
    """How one fan-out went."""

    readers: int
    seconds: float
    processor: float
    """Seconds of processor time."""
    memory: float
    """Megabytes at most."""
    pause: float
    """Seconds of processor time between two turns of the event loop, at most."""


def fill(path: Path, count: int) -> None:
    """Put readers into a new database: every third follows one of the freed."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA page_size = 8192")
        metadata.create_all(connection)
    engine.dispose()
    vault, chance = Vault(KEYS), random.Random(count)
    chats = range(5_000_000_000, 5_000_000_000 + count)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = OFF")
        rows: list[tuple[bytes, bytes]] = []
        for locator, chat in sorted((vault.locate(ChatId(chat)), chat) for chat in chats):
            follows = frozenset({chance.choice(PERSONS)} if chat % 3 == 0 else ())
            language = chance.choice(_LANGUAGES)
            reader = Reader(ChatId(chat), language, follows=follows, releases=True)
            rows.append((locator, vault.seal(READER, locator, reader)))
            if len(rows) == _BATCH or chat == chats[-1]:
                _put(connection, rows)
        _put(connection, rows)


def _put(connection: sqlite3.Connection, rows: list[tuple[bytes, bytes]]) -> None:
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO reader (locator, sealed) VALUES (?, ?)", rows)
    connection.execute("COMMIT")
    rows.clear()


async def make_all(path: Path) -> Measure:
    """Make the deliveries of a release to all readers there are."""
    database = open_database(f"sqlite+aiosqlite:///{path}")
    vault = Vault(KEYS)
    wave = await announce(database)
    fanout = FanOut(database, vault, now)
    watching = asyncio.create_task(_watch(pauses := [0.0]))
    begun, processor = time.perf_counter(), time.process_time()
    with rare_collections():
        while await fanout.advance():
            pass
    seconds, processor = time.perf_counter() - begun, time.process_time() - processor
    watching.cancel()
    async with database.read() as conn:
        made = (
            await conn.exec_driver_sql(f"SELECT count(*) FROM delivery WHERE wave = {wave}")
        ).scalar_one()
    await database.close()
    # Kilobytes on Linux.
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measure(made, seconds, processor, memory, max(pauses))


async def _watch(pauses: list[float]) -> None:
    """Note how long the event loop was at work without letting others in."""
    before = time.thread_time()
    while True:
        await asyncio.sleep(0.001)
        after = time.thread_time()
        pauses[0] = max(pauses[0], after - before)
        before = after


def measure(count: int) -> Measure:
    """Fill a database and measure, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "growth.db"
        _in_a_process(f"growth.fill(Path({str(path)!r}), {count})")
        answer = _in_a_process(
            f"print(json.dumps(asdict(asyncio.run(growth.make_all(Path({str(path)!r}))))))"
        )
    return Measure(**json.loads(answer))


def _in_a_process(what: str) -> str:
    program = (
        "import asyncio, json; from dataclasses import asdict; from pathlib import Path; "
        f"from benchmarks import growth; {what}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def main() -> int:
    """Measure every size and print a table; the exit code says whether the bars were held."""
    begun = time.process_time()
    for _ in range(1_000_000):
        pass
    print(f"a million empty loops now take {(time.process_time() - begun) * 1000:.0f} ms")
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    print(f"{'readers':>10} {'seconds':>8} {'CPU s':>7} {'µs each':>8} {'CPU µs':>7} "
          f"{'MB':>5} {'pause ms':>9}")  # fmt: skip
    found: list[Measure] = []
    for size in sizes:
        one = measure(size)
        found.append(one)
        print(
            f"{one.readers:>10} {one.seconds:>8.1f} {one.processor:>7.1f} "
            f"{one.seconds / one.readers * 1e6:>8.1f} {one.processor / one.readers * 1e6:>7.1f} "
            f"{one.memory:>5.0f} {one.pause * 1000:>9.1f}",
            flush=True,
        )
    least, most = found[0], found[-1]
    uneven = (most.processor / most.readers) / (least.processor / least.readers)
    print(f"a reader among the most takes {uneven:.2f} × the time of one among the fewest")
    good = (
        [one.readers for one in found] == sizes
        and all(one.seconds <= max(1.0, one.readers * SECONDS / 1e6) for one in found)
        and all(one.memory <= MEMORY and one.pause <= PAUSE for one in found)
        and uneven <= UNEVEN
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

"""A sender and nothing else, in a process that benchmarks start: makes, sends and settles.

    python -m benchmarks.sending made URL READERS
    python -m benchmarks.sending sent URL ADDRESS TOKEN RATE SECONDS

Imports what sending takes, so that its memory is the sender's; `vestka run`, with all its doors
and the house to keep, begins with some 40 MB more, also where it only sends.
"""

import asyncio
import json
import random
import sys
import time

from benchmarks import others
from benchmarks.release import KEYS, PERSONS, announce
from bot.clock import now
from bot.garbage import rare_collections
from db import waves
from db.connection import Database, open_database
from db.many import Many
from db.tables import reader
from db.vault import READER, Vault
from delivery.letters import Letters
from delivery.pace import FREE, Pace
from delivery.sender import AT_FREE_PACE, AT_PAID_PACE, Load, Sender
from delivery.transport import Broadcast
from locales import LANGUAGES, speak
from model.notices import WaveId
from model.readers import ChatId, Reader
from services.fanout import FanOut
from services.news import News
from services.outbox import Outbox

UNPACED = Load(claims=400, unsettled=2 * others.MANY, settles=0.05, in_flight=others.MANY * 5 // 4)
"""Without a pace, as many are in flight as with what is compared, some wait for a connection, and
the others are being settled."""

_FILL = Many(reader.insert(), ("locator", "sealed"))


async def fill(database: Database, vault: Vault, count: int) -> WaveId:
    """Make readers, of whom every third follows one of the freed, and open a release."""
    chance = random.Random(count)
    rows = []
    for chat in range(5_000_000_000, 5_000_000_000 + count):
        follows = frozenset({chance.choice(PERSONS)}) if chat % 3 == 0 else frozenset()
        one = Reader(ChatId(chat), chance.choice(_LANGUAGES), follows=follows, releases=True)
        locator = vault.locate(one.chat)
        rows.append({"locator": locator, "sealed": vault.seal(READER, locator, one)})
    async with database.write() as conn:
        await _FILL.run(conn, rows)
    return await announce(database)


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


async def made(url: str, count: int) -> None:
    """Fill a database that has its tables."""
    database = open_database(url)
    await fill(database, Vault(KEYS), count)
    await database.close()


async def sent(
    url: str, api: str, token: str, rate: float | None, seconds: float
) -> dict[str, float]:
    """Make the deliveries of a release, send them, and settle them.

    At a rate for so many seconds, and otherwise to the last.
    """
    database, vault = open_database(url), Vault(KEYS)
    outbox, fanout = Outbox(database, vault, now), FanOut(database, vault, now)
    with rare_collections():
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

    async with Broadcast(api, token, connections=others.MANY) as broadcast:
        posts = Posts(broadcast)
        sender = Sender(
            outbox,
            Letters(News(database).wave, outbox.people, speak),
            posts if rate else broadcast.post,
            Pace(rate),
            now,
            done=done,
            random=random.random,
            load=(AT_FREE_PACE if rate <= FREE else AT_PAID_PACE) if rate else UNPACED,
        )
        with rare_collections():
            begun, worked = time.perf_counter(), time.process_time()
            sending = asyncio.create_task(sender.run())
            await asyncio.wait(
                [sending, asyncio.create_task(ended.wait())],
                timeout=seconds if rate else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
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


def main(what: str, *arguments: str) -> None:
    """Do one of the two, and print what was measured as JSON."""
    if what == "made":
        url, count = arguments
        print(json.dumps(asyncio.run(made(url, int(count)))))
    else:
        url, api, token, rate, seconds = arguments
        measured = sent(url, api, token, float(rate) or None, float(seconds))
        print(json.dumps(asyncio.run(measured)))


if __name__ == "__main__":
    main(*sys.argv[1:])

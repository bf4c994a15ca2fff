"""Reach everyone, once: kill −9 at every step of fan-out and sender misses nobody.

A message is repeated only where a kill came between its sending and the settling of it, and the
sums add up at any time. What was sent is what the server says, not what we believe.
"""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import kills
from db import deliveries
from db.connection import Database
from db.vault import Vault
from delivery.sender import AT_PAID_PACE
from model.deliveries import DeliveryState
from model.notices import Tally, WaveId
from model.readers import ChatId
from simulator.core import TOKEN, Telegram
from simulator.http import create_app, serve
from tests.delivery.press import ALES, IHAR, MARIA, Press
from tests.promises.sending import KEYRING, POINTS, UNSETTLED
from tests.watch import AT_MOST

READERS = 300
AT_RANDOM = "at random"
KILLED = -signal.SIGKILL


class Victim:
    """The process that is killed, and comes back."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def start(self, point: str = "nowhere", countdown: int = 1) -> int:
        """Start it anew and return its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{point} {countdown}\n".encode())
        return await self._read()

    async def ended(self) -> int:
        """Wait for its end and return the exit code; negative is the signal that killed it."""
        return await self._read()

    async def _read(self) -> int:
        assert self._process.stdout is not None
        return int(await self._process.stdout.readline())


@asynccontextmanager
async def victim_of(database: Path, api: str) -> AsyncIterator[Victim]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", "-m", "tests.promises.sending", str(database), api, TOKEN),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Victim(process)
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
    finally:
        if process.returncode is None:
            # With its fork: the test has failed before that had ended.
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def unsettled(press: Press, wave: WaveId, chats: range) -> set[int]:
    """Return the chats whose deliveries the database takes to be in flight."""
    marks = {press.vault.mark(wave, ChatId(chat)): chat for chat in chats}
    async with press.database.read() as conn:
        found = await deliveries.chunk(conn, [wave], None, READERS)
    flying = {DeliveryState.SENDING, DeliveryState.RETRYING}
    return {marks[one.mark] for one in found if one.state in flying}


async def killed(victim: Victim, chance: random.Random, point: str) -> bool:
    """Run the victim until it is killed at that point, or has sent all before it came to it."""
    # A wave ends but once; everything else happens again and again.
    pid = await victim.start(point, 1 if point == POINTS[-1] else chance.randint(1, 4))
    if point == AT_RANDOM:
        await asyncio.sleep(chance.uniform(0.05, 0.3))
        with suppress(ProcessLookupError):  # all was sent by then
            os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(AT_MOST):
        code = await victim.ended()
    assert code in {KILLED, 0}
    return code == KILLED


@pytest.mark.parametrize("seed", [1, 2])
async def test_kills_at_every_step_and_at_any_moment_miss_nobody(
    database: Database, state: Path, seed: int
) -> None:
    chance = random.Random(seed)
    telegram = Telegram(clock=lambda: datetime.now(UTC), accept_strangers=True, latency=(0, 0.01))
    press = Press(database, Vault(KEYRING), lambda: datetime.now(UTC))
    await press.know(MARIA, ALES, IHAR)
    chats = await press.crowd(READERS)
    points = [*POINTS, *POINTS, *[AT_RANDOM] * 6]
    chance.shuffle(points)
    async with (
        serve(create_app(telegram), 0) as api,
        victim_of(state / "vestka.db", api) as victim,
    ):
        while points:
            notice = await press.release([MARIA, ALES])
            wave = await press.open(notice)
            telegram.calls.clear()
            excused: Counter[int] = Counter()
            kills = 0
            # How far a process comes before it is killed is for the machine to say: what is
            # left of the points when all was sent waits for the next release.
            while points and await killed(victim, chance, points[-1]):
                points.pop()
                kills += 1
                excused.update(await unsettled(press, wave, chats))
                assert (await press.tally(wave)).audience <= READERS
            await victim.start()
            assert await victim.ended() == 0
            assert await press.tally(wave) == Tally(delivered=READERS)
            sent = Counter(call.values["chat_id"] for call in telegram.calls_of("sendMessage"))
            assert set(sent) == set(chats), "somebody was missed"
            repeated = Counter({chat: count - 1 for chat, count in sent.items() if count > 1})
            assert repeated <= excused, "a message was repeated that no kill had left in flight"
            assert repeated.total() <= kills * UNSETTLED
            await press.close(notice)
    assert not telegram.refusals


async def test_kills_on_a_bad_day_miss_nobody(database_url: str) -> None:
    plan = kills.Plan(
        database_url, readers=200, kills=4, pace=200.0, latency=(0.0, 0.02), floods=1
    )
    found = await kills.measure(plan)
    assert not found.broken
    assert found.kills == 4
    assert max(found.repeats) <= AT_PAID_PACE.unsettled

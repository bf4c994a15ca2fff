"""Reach everyone, once: a release goes out on a bad day, and who sends it is killed at random.

    python -m benchmarks.kills [--readers N] [--kills N] [--pace N] [--senders N] [--database URL]

2 % have blocked the bot, 1 % are groups with a new id, of 2 % the first answer is lost after the
message was taken (of some the second, too), 1 % meet a server error, 0.5 % may not be written to,
and there are floods. What was sent is what the server says, not what we believe. Several senders
share one pace, and one of them makes the deliveries; they need an empty PostgreSQL database.
Without ``--database`` it is SQLite in a folder of its own.
"""

import argparse
import asyncio
import logging
import math
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import select

from benchmarks import senders
from benchmarks.release import KEYS
from benchmarks.senders import PAID, Sending
from bot.clock import now
from db import deliveries, notices, people, readers, releases, waves
from db.connection import Database, open_database
from db.tables import delivery
from db.upkeep import migrate
from db.vault import READER, Vault
from model.deliveries import DeliveryState
from model.notices import (
    GroupFacts,
    NoticeKind,
    NoticeState,
    PersonFacts,
    Snapshot,
    Tally,
    WaveId,
)
from model.people import Name, Person, PersonId
from model.readers import ChatId, ChatKind, Reader
from services.outbox import LEASE
from simulator import faults
from simulator.core import TOKEN, Telegram
from simulator.faults import Fault, Values
from simulator.http import create_app, serve
from simulator.refusals import bad_request

FREE_REPEATS, PAID_REPEATS = 6, 150
"""How many may be repeated a kill, in the mean; none of them may be one that was settled."""
SHORT_LEASE = timedelta(seconds=10)
"""Of several senders: what one that was killed had in hand waits for that."""
LATENCY = (0.06, 0.1)
FLOOD = 1.0
"""Seconds."""
PATIENCE = 3.0
"""Seconds after which a process is killed that has not come as far as it should: it may be
waiting for a flood to end."""
_PERSON = PersonId(1)
_FIRST = 5_000_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be tried."""

    url: str
    readers: int = 20_000
    kills: int = 200
    pace: float | None = 1000.0
    senders: int = 1
    lease: timedelta = LEASE
    latency: tuple[float, float] = LATENCY
    floods: int = 10
    seed: int = 2025


class Day:
    """What becomes of each chat on this day, the same in every run."""

    def __init__(self, plan: Plan) -> None:
        self._tries: Counter[int] = Counter()
        self._requests = 0
        self._flood_each = plan.readers // (plan.floods + 1) + 1
        self._flooded_until = -math.inf
        self.chats = {_chat(number): number for number in range(plan.readers)}
        """The number of each reader, by the chat as it is at first, and as it is at last."""
        self.moved = {
            chat: chat - 1_000_000_000_000
            for chat, number in self.chats.items()
            if self.moves(number)
        }
        self.chats |= {new: self.chats[old] for old, new in self.moved.items()}

    @staticmethod
    def blocks(number: int) -> bool:
        return number % 200 in range(4)

    @staticmethod
    def moves(number: int) -> bool:
        return number % 200 in range(4, 6)

    @staticmethod
    def loses(number: int) -> int:
        """How many answers are lost."""
        return (number % 200 in range(6, 10)) + (number % 400 == 9)

    @staticmethod
    def errs(number: int) -> bool:
        return number % 200 in range(10, 12)

    @staticmethod
    def refuses(number: int) -> bool:
        return number % 200 == 12

    def spoil(self, telegram: Telegram) -> None:
        """Let the day be as it is."""
        rights = bad_request("not enough rights to send text messages to the chat")
        rules: list[tuple[Fault, Callable[[int], bool]]] = [
            (faults.flood(math.ceil(FLOOD)), lambda _: self._is_flooded()),
            (faults.blocked(), self.blocks),
            (faults.refusal(rights), self.refuses),
            (faults.server_error(), lambda number: self._tried(number, self.errs(number))),
            (faults.answer_lost(), lambda number: self._tried(number, self.loses(number))),
        ]
        for fault, strikes in rules:
            telegram.misbehave(fault, when=self._when(strikes))
        for old, new in self.moved.items():
            telegram.misbehave(faults.migrated(new), chat=old)

    def _when(self, strikes: Callable[[int], bool]) -> Callable[[str, Values], bool]:
        return lambda _method, values: strikes(self.chats[values["chat_id"]])

    def _tried(self, number: int, times: int) -> bool:
        """Say whether this reader met a fault fewer times so far, and count that it did."""
        if self._tries[number] >= times:
            return False
        self._tries[number] += 1
        return True

    def _is_flooded(self) -> bool:
        self._requests += 1
        if self._requests % self._flood_each == 0:
            self._flooded_until = time.monotonic() + FLOOD
        return time.monotonic() < self._flooded_until


@dataclass(slots=True)
class Findings:
    """How it went."""

    plan: Plan
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0
    kills: int = 0
    repeats: list[int] = field(default_factory=list)
    """Messages that were repeated for each kill, all of them unsettled when it came."""
    after_lost: int = 0
    """Messages that were repeated because their answer had been lost."""
    broken: list[str] = field(default_factory=list)
    """The promises that were."""

    @property
    def bar(self) -> int:
        """How many repeats of one kill are allowed at this pace."""
        paid = self.plan.pace is None or self.plan.pace > PAID
        return PAID_REPEATS if paid else FREE_REPEATS


def _chat(number: int) -> int:
    return -(_FIRST + number) if Day.moves(number) else _FIRST + number


async def fill(database: Database, vault: Vault, day: Day) -> WaveId:
    """Make readers, and open a release."""
    async with database.write() as conn:
        await people.add(conn, Person(_PERSON, "ref", (Name("Invented Name", "en"),)), [1])
        for chat in day.chats.keys() - day.moved.values():
            kind = ChatKind.GROUP if chat < 0 else ChatKind.PRIVATE
            reader = Reader(ChatId(chat), "en", kind, releases=True)
            locator = vault.locate(reader.chat)
            await readers.put(conn, locator, vault.seal(READER, locator, reader))
        release = await releases.add(conn, "kills")
        group = await releases.add_group(conn, release, "LT", "Vilnius")
        facts = (PersonFacts(_PERSON, {"en": "Invented Name"}),)
        groups = (GroupFacts(group, "LT", "Vilnius", (), facts),)
        what = NoticeKind.RELEASE
        notice = await notices.add(conn, what, release, None, now())
        snapshot = Snapshot(what, release, "2025-12-13", (), (), groups, list_closed=True)
        await notices.freeze(conn, notice, None, snapshot)
        await notices.move(conn, notice, NoticeState.GOING_OUT)
        return await waves.add(conn, notice, [group], now())


class Trial:
    """One broadcast, from the opening of the group until everything is at its end."""

    def __init__(self, plan: Plan, database: Database, telegram: Telegram, day: Day) -> None:
        self._plan = plan
        self._database = database
        self._vault = Vault(KEYS)
        self._telegram = telegram
        self._day = day
        self._chance = random.Random(plan.seed)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([senders.__name__])
        self._marks: dict[bytes, int] = {}
        self._unsettled: dict[int, list[tuple[int, int]]] = defaultdict(list)
        """By reader: the kills that found a message to him or her unsettled, each with how many
        messages the server had taken by then."""

    async def run(self) -> Findings:
        """Kill and restart until all kills are done; then let it come to its end, and look."""
        found = Findings(self._plan)
        wave = await fill(self._database, self._vault, self._day)
        self._marks = {
            self._vault.mark(wave, ChatId(chat)): number
            for chat, number in self._day.chats.items()
        }
        async with serve(create_app(self._telegram), 0) as api:
            alone = self._plan.senders == 1
            how = Sending(self._plan.url, api, TOKEN, self._plan.pace, alone, self._plan.lease)
            running = [self._start(how) for _ in range(self._plan.senders)]
            started = time.monotonic()
            try:
                while found.kills < self._plan.kills and await self._comes_far_enough(found, wave):
                    victim = running.pop(self._chance.randrange(len(running)))
                    await _kill(victim)
                    await self._note_unsettled(found.kills)
                    found.kills += 1
                    running.append(self._start(how))
                while not await self._is_over(wave):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
                found.seconds = time.monotonic() - started
            finally:
                for one in running:
                    await _kill(one)
        async with self._database.read() as conn:
            found.tally = (await waves.tallies(conn, [wave]))[wave]
            states = {
                self._marks[mark]: state
                for mark, state in await conn.execute(select(delivery.c.mark, delivery.c.state))
            }
        self._judge(found, states)
        return found

    def _start(self, how: Sending) -> BaseProcess:
        process = self._context.Process(target=senders.send, args=(how,), daemon=True)
        process.start()
        return process

    async def _comes_far_enough(self, found: Findings, wave: WaveId) -> bool:
        """Wait for the next kill: they are spread over the whole broadcast. False if that is over,
        so that every kill that is counted hit a broadcast that ran."""
        taken = len(self._telegram.calls)
        # Near the end those are waited for whose answers were lost: some seconds before it, all
        # others were told.
        left = max(0.0, 0.96 * self._plan.readers - taken) / (self._plan.kills - found.kills + 1)
        goal = taken + self._chance.uniform(0, 2 * left)
        give_up = time.monotonic() + PATIENCE
        while len(self._telegram.calls) < goal and time.monotonic() < give_up:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        await asyncio.sleep(self._chance.uniform(0, 0.02))
        return not await self._is_over(wave)

    async def _is_over(self, wave: WaveId) -> bool:
        async with self._database.read() as conn:
            return (await waves.get(conn, wave)).ended is not None

    async def _note_unsettled(self, kill: int) -> None:
        in_flight = delivery.c.state.in_(deliveries.IN_FLIGHT)
        async with self._database.read() as conn:
            marks = (await conn.execute(select(delivery.c.mark).where(in_flight))).scalars().all()
        for mark in marks:
            self._unsettled[self._marks[mark]].append((kill, len(self._telegram.calls)))

    def _judge(self, found: Findings, states: dict[int, str]) -> None:
        """Compare what the server took with what was promised, and with what we believe."""
        day, promise = self._day, found.broken.append
        taken: dict[int, list[int]] = defaultdict(list)
        for place, call in enumerate(self._telegram.calls):
            taken[day.chats[call.values["chat_id"]]].append(place)
        everybody = range(self._plan.readers)
        blocked = {one for one in everybody if day.blocks(one)}
        refused = {one for one in everybody if day.refuses(one)}
        missed = set(everybody) - set(taken) - blocked - refused
        if missed:
            promise(f"{len(missed)} were missed")
        per_kill: Counter[int] = Counter()
        for number, places in taken.items():
            lost = day.loses(number)
            kills = list(self._unsettled[number])
            for earlier, place in pairwise(places):
                before = [kill for kill in kills if kill[1] <= place]
                if lost:
                    # It would have been repeated without any kill.
                    lost -= 1
                    found.after_lost += 1
                elif before:
                    # The first kill after the message was taken left it unsettled; later ones
                    # found it so. What was in the socket then was taken a moment later.
                    cause = next((kill for kill in before if kill[1] >= earlier), before[-1])
                    kills.remove(cause)
                    per_kill[cause[0]] += 1
                else:
                    promise(f"reader {number} was told twice for no cause")
        found.repeats = [per_kill[kill] for kill in range(found.kills)]
        tally = found.tally
        ended = tally.delivered + tally.gone + tally.unknown + tally.failed
        if tally.open or ended != self._plan.readers or len(states) != self._plan.readers:
            promise(f"the sums do not add up: {tally}")
        if found.kills < self._plan.kills:
            promise(f"it was over after {found.kills} kills")
        for number, state in states.items():
            uncertain = day.loses(number) + len(self._unsettled[number])
            believed = {
                DeliveryState.DELIVERED: number in taken,
                DeliveryState.GONE: number in blocked,
                DeliveryState.FAILED: number in refused,
                DeliveryState.UNKNOWN: uncertain >= (1 if number in refused else 2),
            }
            if not believed.get(DeliveryState(state)):
                promise(f"reader {number} is said to be {state}")


async def _kill(process: BaseProcess) -> None:
    process.kill()
    await asyncio.to_thread(process.join)


async def measure(plan: Plan) -> Findings:
    """Try it; the database must have all tables and nothing in them."""
    telegram = Telegram(
        clock=lambda: datetime.now(UTC), accept_strangers=True, latency=plan.latency
    )
    day = Day(plan)
    day.spoil(telegram)
    database = open_database(plan.url)
    try:
        return await Trial(plan, database, telegram, day).run()
    finally:
        await database.close()


def show(found: Findings) -> None:
    """Print a table."""
    plan, tally = found.plan, found.tally
    total = sum(found.repeats)
    each, most = total / max(1, found.kills), max(found.repeats, default=0)
    pace = "none" if plan.pace is None else f"{plan.pace:g}/s"
    print(f"{plan.readers} readers, pace {pace}, {plan.senders} sender(s)")
    print(f"  kills          {found.kills}, in {found.seconds:.0f} s "
          f"({plan.readers / found.seconds:.0f} messages a second)")  # fmt: skip
    print(f"  delivered      {tally.delivered}")
    print(f"  gone           {tally.gone}")
    print(f"  unknown        {tally.unknown}")
    print(f"  failed         {tally.failed}")
    print(f"  repeats        {total}: {each:.1f} a kill (bar {found.bar}), {most} for one; "
          f"{found.after_lost} more after lost answers")  # fmt: skip
    for promise in found.broken[:20]:
        print(f"  BROKEN         {promise}")
    print(f"  {'PROMISES BROKEN' if found.broken else 'nobody was missed, the sums add up'}")


def main() -> int:
    """Try what is asked for; the exit code says whether every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills")
    parser.add_argument("--readers", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pace", type=float, default=1000.0, help="messages a second; 0: none")
    parser.add_argument("--senders", type=int, default=1)
    parser.add_argument("--database", default="", help="URL of an empty database")
    asked = parser.parse_args()
    # It would say of each lost answer that there was none.
    logging.getLogger("uvicorn.error").addFilter(lambda said: "without" not in said.getMessage())
    if asked.senders > 1 and not asked.database:
        parser.error("several senders need --database postgresql+psycopg://…")
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite+aiosqlite:///{Path(folder) / 'kills.db'}"
        asyncio.run(migrate(url))
        lease = LEASE if asked.senders == 1 else SHORT_LEASE
        plan = Plan(url, asked.readers, asked.kills, asked.pace or None, asked.senders, lease)
        found = asyncio.run(measure(plan))
    show(found)
    return 1 if found.broken or sum(found.repeats) > found.bar * found.kills else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())

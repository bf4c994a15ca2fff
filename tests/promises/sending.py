"""A process that fans out and sends, and is killed for it: see test_kill.

It reads fault points and countdowns from its standard input, and forks for each: the fork kills
itself with SIGKILL when it passes that point for the so-manieth time, or runs until everything
is at its end. What is imported once need not be imported for each.
"""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from db.connection import open_database
from db.keyring import Keyring
from db.vault import Vault
from delivery.fanout import FanOutLoop
from delivery.letters import Letters
from delivery.pace import Pace
from delivery.sender import Load, Post, Sender
from delivery.transport import Broadcast
from locales import speak
from model.deliveries import Delivery, Lane, Mark, Outcome
from model.notices import WaveId
from services.fanout import FanOut
from services.news import News
from services.outbox import Outbox

KEYRING = Keyring(1, {1: bytes(range(32))})
CLAIMED = 10
UNSETTLED = 4
POINTS = (
    "before chunk",
    "after chunk",
    "before claim",
    "after claim",
    "before check",
    "after check",
    "before post",
    "after post",
    "before settle",
    "after settle",
    "before end",
)


class Fuse:
    """Burns down at one point of the program."""

    def __init__(self, point: str, countdown: int) -> None:
        self._point = point
        self._countdown = countdown

    def at(self, point: str) -> None:
        if point == self._point:
            self._countdown -= 1
            if self._countdown <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


class FusedOutbox(Outbox):
    fuse: Fuse

    async def claim(self, most: int, last: Lane = Lane.DIGEST) -> list[Delivery]:
        self.fuse.at("before claim")
        claimed = await super().claim(most, last)
        if claimed:
            self.fuse.at("after claim")
        return claimed

    async def still_to_send(self, claimed: Sequence[Delivery]) -> frozenset[Mark]:
        self.fuse.at("before check")
        wanted = await super().still_to_send(claimed)
        self.fuse.at("after check")
        return wanted

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        self.fuse.at("before settle")
        await super().settle(outcomes)
        self.fuse.at("after settle")

    async def end_waves(self) -> tuple[WaveId, ...]:
        self.fuse.at("before end")
        return await super().end_waves()


class FusedFanOut(FanOut):
    fuse: Fuse

    async def advance(self) -> bool:
        self.fuse.at("before chunk")
        advanced = await super().advance()
        self.fuse.at("after chunk")
        return advanced


def fused(post: Post, fuse: Fuse) -> Post:
    async def send(method: str, body: bytes) -> tuple[int, bytes]:
        fuse.at("before post")
        answer = await post(method, body)
        fuse.at("after post")
        return answer

    return send


async def send_all(path: str, api: str, token: str, point: str, countdown: int) -> None:
    """Fan out and send until everything is at its end."""
    database = open_database(f"sqlite+aiosqlite:///{path}")
    vault = Vault(KEYRING)
    fuse = Fuse(point, countdown)

    def clock() -> datetime:
        return datetime.now(UTC)

    outbox = FusedOutbox(database, vault, clock)
    fanout = FusedFanOut(database, vault, clock, chunk=20)
    outbox.fuse = fanout.fuse = fuse
    over = asyncio.Event()

    async def done(_wave: WaveId) -> None:
        over.set()

    async with Broadcast(api, token, connections=UNSETTLED) as broadcast:
        sender = Sender(
            outbox,
            Letters(News(database).wave, outbox.people, speak),
            fused(broadcast.post, fuse),
            Pace(None),
            clock,
            done=done,
            random=random.random,
            load=Load(claims=CLAIMED, unsettled=UNSETTLED, settles=0.01),
            idles=0.05,
        )
        loops = [
            asyncio.create_task(FanOutLoop(fanout, sender.wake).run()),
            asyncio.create_task(sender.run()),
        ]
        await over.wait()
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    await database.close()


def main(path: str, api: str, token: str) -> None:
    """Fork for each line of standard input; say the fork's id, and how it ended."""
    for line in sys.stdin:
        point, _, countdown = line.strip().rpartition(" ")
        child = os.fork()
        if child == 0:
            asyncio.run(send_all(path, api, token, point, int(countdown)))
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])

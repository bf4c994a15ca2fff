"""A process that makes deliveries and sends them until it is killed: see ``benchmarks.kills``."""

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.release import KEYS
from bot.clock import now
from db import lock
from db.connection import Database, open_database
from db.vault import Vault
from delivery.fanout import FanOutLoop
from delivery.letters import Letters
from delivery.pace import Pace
from delivery.sender import AT_FREE_PACE, AT_PAID_PACE, Sender
from delivery.transport import Broadcast
from locales import speak
from model.notices import WaveId
from services.fanout import FanOut
from services.news import News
from services.outbox import Outbox
from services.schedule import Schedule

PAID = 30.0
"""Messages a second above which the settings of the paid broadcast apply."""
AGAIN = 0.5
"""Seconds between two tries to make deliveries where another process does."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How one process sends."""

    url: str
    api: str
    token: str
    pace: float | None
    """Messages a second, of all processes together; none: as fast as it goes."""
    alone: bool
    lease: timedelta


def send(how: Sending) -> None:
    """Send for ever, with the settings that the bot has at such a pace."""
    asyncio.run(_send(how))


async def _send(how: Sending) -> None:
    database = open_database(how.url)
    vault = Vault(KEYS)
    outbox = Outbox(database, vault, now, lease=how.lease, alone=how.alone)
    paid = how.pace is None or how.pace > PAID
    schedule = Schedule(database)
    async with Broadcast(how.api, how.token) as broadcast:
        sender = Sender(
            outbox,
            Letters(News(database).wave, outbox.people, speak),
            broadcast.post,
            Pace(how.pace, schedule=None if how.alone else schedule),
            now,
            done=_done,
            random=random.random,
            load=AT_PAID_PACE if paid else AT_FREE_PACE,
            alone=how.alone,
        )
        fanout = FanOutLoop(FanOut(database, vault, now), sender.wake)
        if how.alone:
            await asyncio.gather(fanout.run(), sender.run())
        else:
            await asyncio.gather(_keep_house(database, fanout), sender.run(), schedule.run())


async def _keep_house(database: Database, fanout: FanOutLoop) -> None:
    """Make deliveries for as long as no other process does."""
    while True:
        async with lock.hold_house(database) as session:
            if session is not None:
                await fanout.run()
        await asyncio.sleep(AGAIN)


async def _done(_: WaveId) -> None:
    """Do nothing: the end of the wave is seen in the database."""

"""The postroom: the sender with all it needs, run until nothing more can be done."""

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from db.connection import Database
from db.vault import Vault
from delivery.digests import Composer
from delivery.letters import Letters
from delivery.pace import Pace
from delivery.sender import Load, Sender
from delivery.transport import Unanswered, Unsent
from locales import speak
from model.notices import WaveId
from services.digests import Digests
from services.fanout import FanOut
from services.news import News
from services.outbox import Outbox
from services.overview import Overview
from services.search import Search
from simulator.core import Telegram
from simulator.faults import Dropped
from tests.watch import AT_MOST, Watch


class Postroom:
    """Runs fan-out and sender on a clock that stands still unless it is moved."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Watch,
        telegram: Telegram,
        outbox: Outbox,
    ) -> None:
        self.clock = clock
        self.telegram = telegram
        self.outbox = outbox
        self.fanout = FanOut(database, vault, clock)
        self.news = News(database)
        search = Search(database)
        self.digests = Digests(database, clock, search, Overview(database, search, clock))
        self.composer = Composer(self.digests, speak, clock)
        self.pace = Pace(None, monotonic=self.monotonic, sleep=self.sleep)
        self.done: list[WaveId] = []
        self.before: Callable[[str, bytes], Awaitable[None]] | None = None
        """What happens just before each request."""

    def monotonic(self) -> float:
        return self.clock.now.timestamp()

    async def sleep(self, seconds: float) -> None:
        # Never less than asked for: a clock that counts microseconds would not get there.
        self.clock.advance(timedelta(milliseconds=math.ceil(seconds * 1000)))
        await asyncio.sleep(0)

    async def post(self, method: str, body: bytes) -> tuple[int, bytes]:
        if self.before is not None:
            await self.before(method, body)
        try:
            return await self.telegram.post(method, body)
        except Dropped as exc:
            raise (Unanswered("no answer") if exc.accepted else Unsent("no connection")) from None

    async def note_done(self, wave: WaveId) -> None:
        self.done.append(wave)

    def sender(
        self, *, claims: int = 50, unsettled: int = 16, settles: float = 0.001, **settings: Any
    ) -> Sender:
        """Make a sender; each is one that was started anew."""
        options: dict[str, Any] = {
            "done": self.note_done,
            "random": lambda: 0.5,
            "load": Load(claims=claims, unsettled=unsettled, settles=settles),
            "idles": 0.02,
            **settings,
        }
        pace = options.pop("pace", self.pace)
        paid = options.pop("paid", False)
        compose = self.composer.compose
        letters = Letters(self.news.wave, self.outbox.people, speak, compose=compose, paid=paid)
        return Sender(self.outbox, letters, self.post, pace, self.clock, **options)

    async def make(self) -> None:
        """Make all deliveries."""
        while await self.fanout.advance():
            pass

    async def deliver(self, wave: WaveId, *, within: float = AT_MOST, **settings: Any) -> None:
        """Make and send until every delivery of the wave is at its end; time passes meanwhile."""
        await self.make()
        sending = asyncio.create_task(self.sender(**settings).run())
        try:
            async with asyncio.timeout(within):
                while not sending.done() and (await self.outbox.tally(wave)).open:
                    self.clock.advance(timedelta(seconds=1))
                    await asyncio.sleep(0.01)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        if not sending.cancelled():
            sending.result()

    def told(self) -> Counter[int]:
        """Count the messages each chat got."""
        return Counter(call.values["chat_id"] for call in self.telegram.calls_of("sendMessage"))

    def texts(self, chat: int, method: str = "sendMessage") -> list[str]:
        """Return what a chat was sent, in order."""
        calls = self.telegram.calls_of(method)
        return [call.values["text"] for call in calls if call.values["chat_id"] == chat]

"""The sender: claims deliveries, sends them at the pace, and settles what became of them."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from delivery.finishing import finish
from delivery.letters import Letters
from delivery.outcome import Verdict, judge, judge_failure
from delivery.pace import Pace
from delivery.resting import rest
from delivery.transport import CONNECTIONS, Unanswered
from model.clock import Clock
from model.deliveries import Delivery, Ending, Lane, Outcome
from model.errors import Misconfigured, Unavailable
from model.notices import WaveId
from services.outbox import Outbox

_log = logging.getLogger(__name__)

Post = Callable[[str, bytes], Awaitable[tuple[int, bytes]]]
"""Sends a method and its arguments as JSON; returns the status and the body of the answer."""

IDLE = 1.0
"""Seconds between looks into an empty outbox: other processes write into it, too."""
SHORT = 0.05
"""Seconds between such looks while requests are in flight: some may come back into it."""
RECOVERS = 20.0
"""Seconds between looks at what was left behind, by others or by our own mishaps."""
GRACE = 5.0
"""Seconds that requests in flight are given when the sender is stopped."""
TROUBLES = 3
"""Failures in a row after which it is not the one chat that is in trouble, but Telegram or the
network: the lane is closed for a second, and twice as long after each further failure."""
CLOSED_AT_MOST = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much a sender takes upon itself."""

    claims: int
    """How many are claimed at a time. What was claimed and not yet sent is not repeated."""
    unsettled: int
    """How many at most are sent and not settled, answered or not: these a crash repeats."""
    settles: float
    """Seconds until what was answered is settled; at once, when there is no more room."""
    when_slow: int = 0
    """How many may be unsettled instead, if answers take so long that the pace is not to be held
    with fewer."""
    in_flight: int = CONNECTIONS
    """How many at most are under way; more would wait for a connection."""


AT_FREE_PACE = Load(claims=50, unsettled=6, settles=0.05, when_slow=16)
"""Six are enough for 29 a second as long as answers take up to 0.2 seconds, 16 up to 0.5."""
AT_PAID_PACE = Load(claims=250, unsettled=150, settles=0.01)
"""Never more: what is repeated is paid for twice."""


class Sender:
    """Sends what is in the outbox, until it is cancelled.

    What is sent takes up room until it is settled: a database that is slow slows down the
    sending, and a crash repeats no more for it. Claiming, sending, settling and recovering are
    loops: none waits for what the others write.
    """

    def __init__(
        self,
        outbox: Outbox,
        letters: Letters,
        post: Post,
        pace: Pace,
        clock: Clock,
        *,
        done: Callable[[WaveId], Awaitable[None]],
        random: Callable[[], float],
        load: Load = AT_FREE_PACE,
        idles: float = IDLE,
        alone: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox = outbox
        self._letters = letters
        self._post = post
        self._pace = pace
        self._clock = clock
        self._done = done
        self._random = random
        self._load = load
        self._at_a_time = min(pace.at_a_time, load.unsettled)
        # To look at each by itself, as soon as one is settled, would cost more than to wait for
        # a few.
        self._few = max(1, min(self._at_a_time, load.unsettled // 8))
        self._idles = idles
        self._alone = alone
        self._monotonic = monotonic
        self._room = asyncio.Event()
        self._pressed = asyncio.Event()
        self._awake = asyncio.Event()
        self._claimed: list[Delivery] = []
        # A correction overtakes what was claimed before it.
        self._urgent: deque[Delivery] = deque()
        self._unsent: deque[Delivery] = deque()
        self._low = asyncio.Event()
        self._low.set()
        # There is something to send, or a reason to stop.
        self._stirred = asyncio.Event()
        self._flying: dict[asyncio.Task[None], Delivery] = {}
        self._outcomes: list[Outcome] = []
        self._settling: list[Outcome] = []
        self._ended: set[WaveId] = set()
        self._troubles = 0
        self._alarm = ""

    def wake(self) -> None:
        """Look into the outbox now."""
        self._awake.set()

    async def run(self) -> None:
        """Send until cancelled; what is in flight then is waited for and settled.

        Raises:
            Misconfigured: Telegram refuses the token; the deliveries stay in the queue.
        """
        await self._recover()
        loops = [
            asyncio.create_task(loop)
            for loop in (
                self._claim_on(),
                self._send_on(),
                self._settle_on(),
                self._recover_on(),
            )
        ]
        try:
            ended, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
            ended.pop().result()
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await self._wind_up()

    async def _recover(self) -> None:
        while True:
            with suppress(Unavailable):
                await finish(self._outbox.recover(alone=self._alone))
                return
            await asyncio.sleep(self._idles)

    async def _claim_on(self) -> None:
        """Claim the next when few are left, so that sending does not pause meanwhile."""
        while True:
            await self._pace.lane_open()
            try:
                self._awake.clear()
                if await finish(self._claim()) or not self._low.is_set():
                    await rest(self._low, self._idles)
                else:
                    await self._rest()
            except Unavailable:
                # The database is locked for longer than usual. Leases outlast that.
                await asyncio.sleep(self._idles)

    async def _claim(self) -> bool:
        """Claim and prepare; what could not be prepared is, before more is claimed. As long as
        much is unsent, only corrections are claimed; as long as many of these are, nothing."""
        lane = Lane.DIGEST if self._low.is_set() else Lane.CORRECTION
        if not self._claimed and len(self._urgent) < self._load.claims:
            self._claimed = await self._outbox.claim(self._load.claims, lane)
        if not self._claimed:
            return False
        await self._letters.prepare(self._claimed)
        for one in self._claimed:
            self._queue_of(one).append(one)
        self._claimed = []
        self._count_unsent()
        return True

    def _queue_of(self, one: Delivery) -> deque[Delivery]:
        return self._urgent if one.lane is Lane.CORRECTION else self._unsent

    def _count_unsent(self) -> None:
        """Say to the loops whether there is something to send, and room to claim more."""
        if self._urgent or self._unsent:
            self._stirred.set()
        else:
            self._stirred.clear()
        if len(self._urgent) + len(self._unsent) < self._load.claims:
            self._low.set()
        else:
            self._low.clear()

    async def _send_on(self) -> None:
        while not self._alarm:
            await self._stirred.wait()
            try:
                await self._send_some()
            except Unavailable:
                await asyncio.sleep(self._idles)
            self._count_unsent()
        raise Misconfigured(self._alarm)

    async def _send_some(self) -> None:
        """Send what may go together, or give all back if the lane is closed."""
        self._count_room()
        await self._room.wait()
        some = self._pick(min(self._at_a_time, self._room_left()))
        if not some:
            return
        if not await self._pace.turn(len(some)):
            await self._give_back()
            return
        # Since they were claimed, readers may have gone and editors may have said stop. From
        # here to the socket nothing waits.
        wanted = await finish(self._outbox.still_to_send(some))
        unwanted = []
        for one in some:
            self._queue_of(one).popleft()
            if one.mark in wanted:
                self._pace.note(one.address.chat, one.address.kind)
                self._flying[task := asyncio.create_task(self._send(one))] = one
                task.add_done_callback(self._landed)
            else:
                unwanted.append(one)
        if unwanted:
            await finish(self._outbox.give_back(unwanted))
            # The rest may be stopped, too, or have waited as long: not one turn for each of them.
            await self._give_back()

    def _pick(self, most: int) -> list[Delivery]:
        """Return the next, which stay where they are; what may not go yet is put off."""
        some: list[Delivery] = []
        for queue in (self._urgent, self._unsent):
            free: list[Delivery] = []
            while queue and len(some) + len(free) < most:
                one = queue.popleft()
                wait = self._pace.free_in(one.address.chat, one.address.kind)
                if wait > 0:
                    self._put_off(one, wait)
                else:
                    free.append(one)
            queue.extendleft(reversed(free))
            some += free
        return some

    def _room_left(self) -> int:
        """Return how many more may be sent before some are settled."""
        most = max(self._load.unsettled, min(self._load.when_slow, self._pace.under_way))
        flying = len(self._flying)
        unsettled = flying + len(self._outcomes) + len(self._settling)
        return min(most - unsettled, self._load.in_flight - flying)

    def _count_room(self) -> None:
        """Say whether a few more may be sent, or have to wait for what is not settled yet."""
        if self._room_left() >= self._few:
            self._room.set()
            return
        self._room.clear()
        if len(self._outcomes) >= self._few:
            self._pressed.set()

    def _landed(self, task: asyncio.Task[None]) -> None:
        one = self._flying.pop(task)
        if not task.cancelled() and (exc := task.exception()) is not None:
            # A fault of ours in one delivery must not hold up all others.
            _log.error("a delivery failed by a fault of ours", exc_info=exc)
            self._outcomes.append(Outcome(one, Ending.FAILED))
        self._count_room()

    async def _send(self, one: Delivery) -> None:
        letter = self._letters.letter(one)
        mended = [self._letters.mended(mend) for mend in one.mends]
        for edit in mended:
            if not await self._pace.turn():
                self._put_off(one, self._pace.lane_opens_in())
                return
            if not await self._is_still_to_send(one):
                return
            verdict = await self._request("editMessageText", edit)
            if verdict.ending is Ending.LATER:
                self._conclude(one, verdict)
                return
        if mended and not await self._is_still_to_send(one):
            return
        if letter is None:
            self._outcomes.append(Outcome(one, Ending.MOOT))
        else:
            self._conclude(one, await self._request("sendMessage", letter))

    async def _is_still_to_send(self, one: Delivery) -> bool:
        """Look again, since mending old messages took its time; put it off if not."""
        try:
            wanted = await finish(self._outbox.still_to_send([one]))
        except Unavailable:
            wanted = frozenset()
        if one.mark in wanted:
            return True
        self._put_off(one, self._idles)
        return False

    async def _request(self, method: str, arguments: bytes) -> Verdict:
        begun = self._monotonic()
        try:
            status, body = await self._post(method, arguments)
        except Unanswered as exc:
            return judge_failure(exc)
        self._pace.answered(self._monotonic() - begun)
        return judge(status, body)

    def _conclude(self, one: Delivery, verdict: Verdict) -> None:
        if verdict.ending is not Ending.LATER:
            self._troubles = 0
            self._outcomes.append(
                Outcome(one, verdict.ending, verdict.message, moved_to=verdict.moved_to)
            )
            return
        wait = 0.0
        if verdict.alarm:
            self._alarm = verdict.alarm
            self._stirred.set()
        elif verdict.retry_after is None:
            wait = self._back_off()
        else:
            wait = verdict.retry_after
            self._pace.flooded(one.address.chat, one.address.kind, wait)
        self._put_off(one, wait)

    def _back_off(self) -> float:
        """Return for how many seconds a delivery is put off that Telegram did not take."""
        if self._pace.lane_opens_in() == 0:
            # Whatever else was in flight when the trouble began does not count again.
            self._troubles += 1
            if self._troubles >= TROUBLES:
                most = min(CLOSED_AT_MOST, 2.0 ** (self._troubles - TROUBLES))
                self._pace.close_lane(most * (0.5 + self._random() / 2))
        return self._pace.lane_opens_in() + 1 + self._random()

    def _put_off(self, one: Delivery, seconds: float) -> None:
        not_before = self._clock() + timedelta(seconds=seconds)
        self._outcomes.append(Outcome(one, Ending.LATER, not_before=not_before))

    async def _rest(self) -> None:
        """Wait until there is something to do; when nothing is under way, end waves first."""
        wait = self._idles
        if self._urgent or self._unsent or self._flying or self._outcomes:
            wait = min(SHORT, wait)
        else:
            await finish(self._end_waves())
        await rest(self._awake, wait)

    async def _end_waves(self) -> None:
        for wave in await self._outbox.end_waves():
            if wave not in self._ended:
                await self._done(wave)
                self._ended.add(wave)

    async def _give_back(self) -> None:
        unsent = [*self._urgent, *self._unsent]
        if unsent:
            await finish(self._outbox.give_back(unsent))
            # More may have been claimed meanwhile.
            for one in unsent:
                self._queue_of(one).popleft()

    async def _settle_on(self) -> None:
        while True:
            await rest(self._pressed, self._load.settles)
            self._pressed.clear()
            with suppress(Unavailable):
                await finish(self._settle())

    async def _settle(self) -> None:
        if not self._outcomes:
            return
        self._settling, self._outcomes = self._outcomes, []
        try:
            await self._outbox.settle(self._settling)
        except Unavailable:
            self._outcomes = self._settling + self._outcomes
            raise
        finally:
            self._settling = []
        self._count_room()

    async def _recover_on(self) -> None:
        """Find again what was left behind, however much there is to send: a sender was killed,
        a claim is not known of since its answer was lost, a chat moved meanwhile."""
        while True:
            await asyncio.sleep(RECOVERS)
            with suppress(Unavailable):
                await finish(self._outbox.recover())

    async def _wind_up(self) -> None:
        if self._flying:
            await asyncio.wait(self._flying, timeout=GRACE)
        for task, one in list(self._flying.items()):
            task.cancel()
            self._outcomes.append(Outcome(one, Ending.LOST))
        # What cannot be written now is found and recovered at the next start.
        for one in self._claimed:
            self._queue_of(one).append(one)
        with suppress(Unavailable):
            await self._settle()
            await self._give_back()

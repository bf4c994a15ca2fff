"""The sender: claims deliveries, sends them at the pace, and settles what became of them."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from telegram.error import NetworkError

from delivery.finishing import finish
from delivery.letters import Letters
from delivery.outcome import Verdict, judge, judge_failure
from delivery.pace import Pace
from delivery.resting import rest
from model.clock import Clock
from model.deliveries import Delivery, Ending, Outcome
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
GRACE = 5.0
"""Seconds that requests in flight are given when the sender is stopped."""
TROUBLES = 3
"""Failures in a row after which it is not the one chat that is in trouble, but Telegram or the
network: the lane is closed for a second, and twice as long after each further failure."""
CLOSED_AT_MOST = 60.0


class Sender:
    """Sends what is in the outbox, until it is cancelled.

    At the free pace 50 are claimed at a time, 16 are in flight and settled each 50 ms; with paid
    broadcasts 1000, 256 and 10 ms. They are settled early, so that a crash repeats little: what
    was claimed and not yet sent is not repeated. Claiming, sending and settling are three loops:
    none waits for what the others write.
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
        claims: int = 50,
        in_flight: int = 16,
        settles: float = 0.05,
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
        self._claims = claims
        self._at_a_time = min(pace.at_a_time, in_flight)
        # To look at each by itself, as soon as one request has landed, would cost more than to
        # wait for a few.
        self._few = max(1, min(self._at_a_time, in_flight // 8))
        self._settles = settles
        self._idles = idles
        self._alone = alone
        self._monotonic = monotonic
        self._in_flight = in_flight
        self._room = asyncio.Event()
        self._room.set()
        self._awake = asyncio.Event()
        self._claimed: list[Delivery] = []
        self._unsent: deque[Delivery] = deque()
        self._low = asyncio.Event()
        # There is something to send, or a reason to stop.
        self._stirred = asyncio.Event()
        self._flying: dict[asyncio.Task[None], Delivery] = {}
        self._outcomes: list[Outcome] = []
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
            for loop in (self._claim_on(), self._send_on(), self._settle_on())
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
                if await finish(self._claim()):
                    await self._low.wait()
                else:
                    await self._rest()
            except Unavailable:
                # The database is locked for longer than usual. Leases outlast that.
                await asyncio.sleep(self._idles)

    async def _claim(self) -> bool:
        """Claim and prepare; what could not be prepared is, before more is claimed."""
        self._claimed = self._claimed or await self._outbox.claim(self._claims)
        if not self._claimed:
            return False
        await self._letters.prepare(self._claimed)
        self._unsent.extend(self._claimed)
        self._claimed = []
        self._count_unsent()
        return True

    def _count_unsent(self) -> None:
        """Say to the loops whether there is something to send, and room to claim more."""
        if self._unsent:
            self._stirred.set()
        else:
            self._stirred.clear()
        if len(self._unsent) < self._claims:
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
        await self._room.wait()
        some = self._pick(min(self._at_a_time, self._in_flight - len(self._flying)))
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
            self._unsent.popleft()
            if one.mark in wanted:
                self._pace.note(one.address.chat, one.address.kind)
                self._flying[task := asyncio.create_task(self._send(one))] = one
                task.add_done_callback(self._landed)
            else:
                unwanted.append(one)
        self._count_room()
        if unwanted:
            await finish(self._outbox.give_back(unwanted))

    def _pick(self, most: int) -> list[Delivery]:
        """Return the next, which stay where they are; what may not go yet is put off."""
        some: list[Delivery] = []
        while self._unsent and len(some) < most:
            one = self._unsent.popleft()
            wait = self._pace.free_in(one.address.chat, one.address.kind)
            if wait > 0:
                self._put_off(one, wait)
            else:
                some.append(one)
        self._unsent.extendleft(reversed(some))
        return some

    def _count_room(self) -> None:
        """Say whether a few more may be in flight."""
        if self._in_flight - len(self._flying) >= self._few:
            self._room.set()
        else:
            self._room.clear()

    def _landed(self, task: asyncio.Task[None]) -> None:
        one = self._flying.pop(task)
        self._count_room()
        if not task.cancelled() and (exc := task.exception()) is not None:
            # A fault of ours in one delivery must not hold up all others.
            _log.error("a delivery failed by a fault of ours", exc_info=exc)
            self._outcomes.append(Outcome(one, Ending.FAILED))

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
        except NetworkError as exc:
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
        if self._unsent or self._flying or self._outcomes:
            wait = min(SHORT, wait)
        else:
            await finish(self._end_waves())
            if not self._alone:
                await finish(self._outbox.recover())
        await rest(self._awake, wait)

    async def _end_waves(self) -> None:
        for wave in await self._outbox.end_waves():
            if wave not in self._ended:
                await self._done(wave)
                self._ended.add(wave)

    async def _give_back(self) -> None:
        unsent = list(self._unsent)
        if unsent:
            await finish(self._outbox.give_back(unsent))
            # More may have been claimed meanwhile.
            for _ in unsent:
                self._unsent.popleft()

    async def _settle_on(self) -> None:
        while True:
            await asyncio.sleep(self._settles)
            with suppress(Unavailable):
                await finish(self._settle())

    async def _settle(self) -> None:
        if not self._outcomes:
            return
        outcomes, self._outcomes = self._outcomes, []
        try:
            await self._outbox.settle(outcomes)
        except Unavailable:
            self._outcomes = outcomes + self._outcomes
            raise

    async def _wind_up(self) -> None:
        if self._flying:
            await asyncio.wait(self._flying, timeout=GRACE)
        for task, one in list(self._flying.items()):
            task.cancel()
            self._outcomes.append(Outcome(one, Ending.LOST))
        # What cannot be written now is found and recovered at the next start.
        self._unsent.extend(self._claimed)
        with suppress(Unavailable):
            await self._settle()
            await self._give_back()

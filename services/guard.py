"""The guard: after an interruption nothing that was due is sent before an editor says so."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from db import audit, interruptions, notices, waves
from db.connection import Connection, Database
from db.vault import Vault
from model.clock import Clock
from model.errors import NeedsAnotherEditor, WrongState
from model.interruptions import (
    TOO_LONG,
    Arrears,
    Cause,
    Decision,
    Interruption,
    InterruptionId,
    Pulse,
    Waiting,
)
from model.notices import EditorId, Tally, WaveId

TELL_AGAIN = timedelta(minutes=5)
"""How long a process has to tell editors before another does."""


class Guard:
    """Keeps the pulse of the bot, and what waits after it stood still.

    Whoever claims deliveries or makes them looks at the pulse first, so that nothing gets out
    between an interruption and the next beat. Several processes have one pulse: the bot was
    away only if all of them were.

    What was on its way waits until editors say what becomes of it. What the clock begins is
    never late: what fell due while the bot was away is left out, and as long as editors have
    not decided, nothing begins. Of a digest the next one covers the time; a monthly note may
    come on the next two days; a reminder is not worth asking editors. A digest on waking comes
    with the next hour that begins: it tells what is known then. A database that was put back is
    asked about even if nothing was on its way: what editors took back since is not in it.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._monotonic = monotonic
        self._beaten: float | None = None

    async def beat(self) -> None:
        """Note that the bot is alive; if it was away for too long, or its clock jumped, let all
        that is on its way wait."""
        now = self._clock()
        async with self._database.read() as conn:
            pulse = await interruptions.pulse(conn)
        fresh = pulse is not None and interruptions.write_pulse(pulse) == (
            interruptions.write_pulse(Pulse(now))
        )
        if not fresh:
            async with self._database.write() as conn:
                # Read again: another process may have beaten, and asked, meanwhile.
                pulse = await interruptions.pulse(conn)
                if pulse is not None and (pulse.restored or abs(now - pulse.at) > TOO_LONG):
                    await self._interrupt(conn, pulse, now)
                    await interruptions.come_back(conn, now)
                await interruptions.beat(conn, now)
        self._beaten = self._monotonic()

    async def restored(self) -> None:
        """Say that the database was put back from a copy by other means than ours."""
        now = self._clock()
        async with self._database.write() as conn:
            pulse = await interruptions.pulse(conn)
            await interruptions.put_back(conn, now if pulse is None else pulse.at)
            await audit.record(conn, self._vault, now, audit.OPERATOR, "restored", "database")

    async def arrears(self) -> Arrears | None:
        """Return what waits for editors, if anything does."""
        async with self._database.read() as conn:
            pending = await interruptions.undecided(conn)
            return None if pending is None else await _arrears(conn, pending)

    async def take_to_tell(self) -> Arrears | None:
        """Return what editors must be told, to one process at a time, until one of them heard."""
        if await self.arrears() is None:
            return None
        async with self._database.write() as conn:
            pending = await interruptions.take_to_tell(conn, self._clock(), TELL_AGAIN)
            return None if pending is None else await _arrears(conn, pending)

    async def told(self, number: InterruptionId) -> None:
        """Note that an editor has heard of an interruption."""
        async with self._database.write() as conn:
            await interruptions.told(conn, number)

    async def send(self, editor: EditorId, number: InterruptionId) -> Arrears:
        """Say that what waits is sent; it goes on when as many editors as needed have said so.

        Raises:
            NeedsAnotherEditor: this editor has said so before.
            WrongState: it is decided, or more has come to wait since.
        """
        async with self._database.write() as conn:
            pending = await self._undecided(conn, number)
            if editor in pending.said:
                raise NeedsAnotherEditor
            await interruptions.say(conn, pending, editor)
            await self._record(conn, editor, "send", number)
            if len(pending.said) + 1 >= pending.needed:
                await interruptions.decide(conn, number, Decision.SEND)
            return await _arrears(conn, await interruptions.get(conn, number))

    async def drop(self, editor: EditorId, number: InterruptionId) -> Arrears:
        """Say that what waits is not sent. One editor is enough, as for stopping.

        Raises:
            WrongState: it is decided, or more has come to wait since.
        """
        async with self._database.write() as conn:
            await self._undecided(conn, number)
            await self._record(conn, editor, "drop", number)
            await interruptions.decide(conn, number, Decision.DROP)
            return await _arrears(conn, await interruptions.get(conn, number))

    async def _interrupt(self, conn: Connection, pulse: Pulse, now: datetime) -> None:
        waiting = set(await interruptions.on_their_way(conn))
        begun, cause = pulse.at, self._cause(pulse, now)
        before = await interruptions.undecided(conn)
        if before is not None:
            begun = min(begun, before.begun)
            cause = Cause.RESTORED if before.cause is Cause.RESTORED else cause
        if not waiting and cause is not Cause.RESTORED:
            return
        number = await interruptions.add(conn, cause, begun, now, waiting)
        if before is not None:
            await interruptions.remove(conn, before.id)
        await self._record(conn, audit.ITSELF, cause.value, number)

    def _cause(self, pulse: Pulse, now: datetime) -> Cause:
        if pulse.restored:
            return Cause.RESTORED
        # This process ran on, or the clock shows less than it did: it is the clock.
        ran_on = (
            self._beaten is not None
            and self._monotonic() - self._beaten < TOO_LONG.total_seconds()
        )
        return Cause.CLOCK if ran_on or now < pulse.at else Cause.AWAY

    async def _undecided(self, conn: Connection, number: InterruptionId) -> Interruption:
        pending = await interruptions.undecided(conn)
        if pending is None or pending.id != number:
            raise WrongState("this is decided")
        return pending

    async def _record(
        self, conn: Connection, actor: str, action: str, number: InterruptionId
    ) -> None:
        subject = f"interruption {number}"
        await audit.record(conn, self._vault, self._clock(), actor, action, subject)


async def _arrears(conn: Connection, of: Interruption) -> Arrears:
    waiting: list[Waiting] = []
    numbers = await interruptions.waves(conn, of.id)
    standing = await waves.tallies(conn, numbers)
    for number in numbers:
        wave = await waves.get(conn, number)
        known = None if wave.notice is None else await notices.get(conn, wave.notice)
        waiting.append(
            Waiting(
                wave=WaveId(number),
                notice=wave.notice,
                kind=None if known is None else known.kind,
                messages=standing.get(number, Tally()).open,
                made=wave.made,
            )
        )
    return Arrears(of, tuple(waiting))

"""The pulse of the bot, and what waits for editors since it was interrupted."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Row, delete, exists, insert, or_, select, update

from db import meta
from db.connection import Connection
from db.tables import interrupted_wave, interruption, notice, wave
from db.tables import meta as kept
from model.interruptions import (
    TOO_LONG,
    Cause,
    Decision,
    Interruption,
    InterruptionId,
    Pulse,
)
from model.notices import EditorId, NoticeState, WaveId

PULSE = "pulse"
"""Where ``meta`` keeps the minute in which the bot was last alive."""
BACK = "back"
"""And the minute in which it was back from its last interruption."""

# Sorts before every minute there is: what was put back is never steady.
_RESTORED = "0000 "
_MINUTE = "%Y-%m-%dT%H:%M"


async def pulse(conn: Connection) -> Pulse | None:
    """Return when the bot was last alive; ``None`` if it never ran."""
    written = await meta.get(conn, PULSE)
    return None if written is None else read_pulse(written)


async def beat(conn: Connection, now: datetime) -> None:
    """Note that the bot is alive."""
    await meta.put(conn, PULSE, write_pulse(Pulse(now)))


async def come_back(conn: Connection, now: datetime) -> None:
    """Note that the bot is back from an interruption."""
    await meta.put(conn, BACK, write_pulse(Pulse(now)))


async def back(conn: Connection) -> datetime | None:
    """Return when the bot was back from its last interruption; ``None`` if there was none."""
    written = await meta.get(conn, BACK)
    return None if written is None else read_pulse(written).at


async def put_back(conn: Connection, to: datetime) -> None:
    """Note that the database was put back to that moment."""
    await meta.put(conn, PULSE, write_pulse(Pulse(to, restored=True)))


def write_pulse(of: Pulse) -> str:
    """Write a pulse as ``meta`` keeps it: no finer than a minute."""
    return (_RESTORED if of.restored else "") + of.at.astimezone(UTC).strftime(_MINUTE)


def read_pulse(written: str) -> Pulse:
    """Read a pulse as ``meta`` keeps it."""
    at = datetime.strptime(written.removeprefix(_RESTORED), _MINUTE).replace(tzinfo=UTC)
    return Pulse(at, written.startswith(_RESTORED))


def unsteady(now: datetime) -> ColumnElement[bool]:
    """Say in a query whether the bot was away for too long, and nobody has looked yet what that
    means: then nothing is sent."""
    earliest, latest = (write_pulse(Pulse(now + by)) for by in (-TOO_LONG, TOO_LONG))
    return exists().where(kept.c.key == PULSE, or_(kept.c.value < earliest, kept.c.value > latest))


async def is_steady(conn: Connection, now: datetime) -> bool:
    """Say whether the bot has been alive all the time, as far as it knows."""
    return not await conn.scalar(select(unsteady(now)))


async def may_begin(conn: Connection, now: datetime, hour: datetime) -> bool:
    """Say whether the clock may begin what is due in an hour: the bot has been there since
    before it began, and no editor is asked what becomes of what was due earlier."""
    if not await is_steady(conn, now) or await undecided(conn) is not None:
        return False
    since = await back(conn)
    return since is None or since <= hour


def may_go(of: ColumnElement[int]) -> ColumnElement[bool]:
    """Say in a query whether a wave was never interrupted, or editors let it go on."""
    return ~exists().where(
        interrupted_wave.c.wave == of,
        interruption.c.id == interrupted_wave.c.interruption,
        interruption.c.decision.is_distinct_from(Decision.SEND),
    )


def is_dropped(of: ColumnElement[int]) -> ColumnElement[bool]:
    """Say in a query whether editors said that a wave is not sent any more."""
    return exists().where(
        interrupted_wave.c.wave == of,
        interruption.c.id == interrupted_wave.c.interruption,
        interruption.c.decision == Decision.DROP,
    )


async def get(conn: Connection, number: InterruptionId) -> Interruption:
    """Return an interruption that there is."""
    rows = await conn.execute(select(interruption).where(interruption.c.id == number))
    return _read(rows.one())


async def undecided(conn: Connection) -> Interruption | None:
    """Return the interruption about which editors have not decided. There is one at most."""
    row = (
        await conn.execute(select(interruption).where(interruption.c.decision.is_(None)))
    ).one_or_none()
    return None if row is None else _read(row)


async def waves(conn: Connection, of: InterruptionId) -> tuple[WaveId, ...]:
    """Return the waves that wait, or waited, since an interruption."""
    rows = await conn.execute(
        select(interrupted_wave.c.wave)
        .where(interrupted_wave.c.interruption == of)
        .order_by(interrupted_wave.c.wave)
    )
    return tuple(WaveId(number) for number in rows.scalars())


async def on_their_way(conn: Connection) -> tuple[WaveId, ...]:
    """Return the waves that have not ended, but for those that were withdrawn or dropped."""
    rows = await conn.execute(
        select(wave.c.id)
        .outerjoin(notice, notice.c.id == wave.c.notice)
        .outerjoin(interrupted_wave, interrupted_wave.c.wave == wave.c.id)
        .outerjoin(interruption, interruption.c.id == interrupted_wave.c.interruption)
        .where(
            wave.c.ended.is_(None),
            notice.c.state.is_distinct_from(NoticeState.WITHDRAWN),
            interruption.c.decision.is_distinct_from(Decision.DROP),
        )
        .order_by(wave.c.id)
    )
    return tuple(WaveId(number) for number in rows.scalars())


async def add(
    conn: Connection,
    cause: Cause,
    begun: datetime,
    ended: datetime,
    waiting: Collection[WaveId],
) -> InterruptionId:
    """Let waves wait, whatever was decided about them before."""
    result = await conn.execute(
        insert(interruption)
        .values(cause=cause, begun=begun, ended=ended)
        .returning(interruption.c.id)
    )
    number = InterruptionId(result.scalar_one())
    await conn.execute(delete(interrupted_wave).where(interrupted_wave.c.wave.in_(waiting)))
    if waiting:
        await conn.execute(
            insert(interrupted_wave),
            [{"wave": one, "interruption": number} for one in sorted(waiting)],
        )
    return number


async def remove(conn: Connection, number: InterruptionId) -> None:
    """Forget an interruption that nothing waits for any more: another took its waves over, but
    for those that ended or were withdrawn meanwhile."""
    await conn.execute(delete(interrupted_wave).where(interrupted_wave.c.interruption == number))
    await conn.execute(delete(interruption).where(interruption.c.id == number))


async def say(conn: Connection, of: Interruption, editor: EditorId) -> None:
    """Note that an editor wants what waits to be sent."""
    said = " ".join(sorted(of.said | {editor}))
    await conn.execute(update(interruption).where(interruption.c.id == of.id).values(said=said))


async def decide(conn: Connection, number: InterruptionId, decision: Decision) -> None:
    """Note what was decided, and make no more of what is not to be sent."""
    await conn.execute(
        update(interruption).where(interruption.c.id == number).values(decision=decision)
    )
    if decision is Decision.DROP:
        await conn.execute(
            update(wave).where(wave.c.id.in_(await waves(conn, number))).values(made=True)
        )


async def take_to_tell(conn: Connection, now: datetime, rest: timedelta) -> Interruption | None:
    """Return an undecided interruption of which no editor has heard, if nobody else has tried to
    tell of it for so long."""
    row = (
        await conn.execute(
            update(interruption)
            .where(
                interruption.c.decision.is_(None),
                interruption.c.told.is_(False),
                or_(
                    interruption.c.tried.is_(None),
                    # Tried in what is the future by now: the clock was put back.
                    ~interruption.c.tried.between(now - rest, now),
                ),
            )
            .values(tried=now)
            .returning(*interruption.c)
        )
    ).one_or_none()
    return None if row is None else _read(row)


async def told(conn: Connection, number: InterruptionId) -> None:
    """Note that an editor has heard of an interruption."""
    await conn.execute(update(interruption).where(interruption.c.id == number).values(told=True))


def _read(row: Row[*tuple[object, ...]]) -> Interruption:
    return Interruption(
        id=InterruptionId(row.id),
        cause=Cause(row.cause),
        begun=row.begun,
        ended=row.ended,
        decision=None if row.decision is None else Decision(row.decision),
        said=frozenset(EditorId(one) for one in row.said.split()),
    )

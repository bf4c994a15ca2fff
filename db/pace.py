"""The one pace of several processes, by PostgreSQL's clock: clocks of hosts differ."""

from sqlalchemy import Double, cast, extract, func, select, update
from sqlalchemy.dialects import postgresql

from db.connection import Connection
from db.tables import pace
from model.pace import Slots

JUMP = 1.0
"""Seconds by which the clock was set back, not just read a moment earlier."""


async def take(conn: Connection) -> tuple[Slots, float]:
    """Return the slots, and the time; nobody else changes them before this transaction ends."""
    row = (await conn.execute(_TAKE)).one_or_none()
    if row is None:
        await conn.execute(_BEGIN)
        row = (await conn.execute(_TAKE)).one()
    slots = Slots(row.next, row.lane_opens, row.level, row.sank)
    if row.now < row.at - JUMP:
        return slots.moved(row.now - row.at), row.now
    # Read before whoever had it gave it back.
    return slots, max(row.now, row.at)


async def put(conn: Connection, slots: Slots, now: float) -> None:
    """Keep slots that were taken and changed."""
    await conn.execute(
        update(pace).values(
            next=slots.next,
            lane_opens=slots.lane_opens,
            level=slots.level,
            sank=slots.sank,
            at=now,
        )
    )


_NOW = cast(extract("epoch", func.clock_timestamp()), Double)
_TAKE = select(pace, _NOW.label("now")).where(pace.c.id == 1).with_for_update()
_FIRST = Slots()
_BEGIN = (
    postgresql.insert(pace)
    .values(
        id=1,
        next=_FIRST.next,
        lane_opens=_FIRST.lane_opens,
        level=_FIRST.level,
        sank=_FIRST.sank,
        at=_NOW,
    )
    .on_conflict_do_nothing()
)

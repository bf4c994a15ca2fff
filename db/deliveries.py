"""Deliveries, found by their marks; the addresses in them stay sealed here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    delete,
    func,
    literal_column,
    null,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from db import interruptions, waves
from db.connection import Connection
from db.listed import listed
from db.many import Many
from db.tables import delivery, notice, wave
from db.vault import ADDRESS, Vault
from model.deliveries import ENDS, NOWHERE, DeliveryState, Lane, Mark
from model.notices import NoticeState, WaveId
from model.readers import ChatId

TO_SEND = (DeliveryState.QUEUED, DeliveryState.UNCERTAIN)
IN_FLIGHT = (DeliveryState.SENDING, DeliveryState.RETRYING)


class Stored(NamedTuple):
    """A delivery as it is kept. A tuple: a million are made at once."""

    mark: Mark
    wave: WaveId
    state: DeliveryState
    lane: Lane
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """How a delivery stands by now."""

    state: DeliveryState
    due: datetime
    """Or when it came to its end."""


class Held(NamedTuple):
    """How a delivery stands that nobody else can change."""

    state: DeliveryState
    lease: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a try did to a delivery; ``sealed`` is given where the address changed."""

    mark: Mark
    state: DeliveryState
    due: datetime
    sealed: bytes | None = None


async def add(conn: Connection, new: Sequence[tuple[Stored, datetime]]) -> None:
    """Add deliveries, each with the hour it is due; one that is there already stays as it is."""
    await _ADD[conn.dialect.name].run(
        conn,
        [
            {
                "mark": one.mark,
                "wave": one.wave,
                "state": one.state.value,
                "lane": one.lane.value,
                "due": due,
                "sealed": one.sealed,
            }
            for one, due in new
        ],
    )


async def due(
    conn: Connection, of: WaveId, now: datetime, limit: int, last: Lane = Lane.DIGEST
) -> list[Stored]:
    """Return deliveries of a wave that are to be sent, in their order: by lane down to the
    ``last``, then by age.

    Other processes pass over these rows until this transaction ends.
    """
    found: list[Stored] = []
    for state in TO_SEND:
        sought = {"wave": of, "state": state, "last": last, "now": now, "most": limit}
        found += _read(await conn.execute(_DUE, sought))
    return sorted(found, key=lambda one: one.lane)[:limit]


async def lease(
    conn: Connection, marks: Collection[Mark], state: DeliveryState, until: datetime
) -> None:
    """Take deliveries for a sender until then."""
    await conn.execute(_LEASE, {"marks": marks, "_state": state, "_lease": until})


async def still_to_send(
    conn: Connection, marks: Collection[Mark], now: datetime
) -> frozenset[Mark]:
    """Return those that were not forgotten, stopped, withdrawn or recovered since they were
    taken; none, if the bot was interrupted meanwhile."""
    # No finer than a minute is the pulse: put together once a minute.
    wanted = _still_to_send(now.replace(second=0, microsecond=0))
    return frozenset((await conn.execute(wanted, {"marks": marks})).scalars())


async def give_back(conn: Connection, marks: Collection[Mark], until: datetime | None) -> None:
    """Put deliveries that were taken ``until`` then and not sent back into the queue. What
    somebody else has taken since stays as it is."""
    for taken, before in zip(IN_FLIGHT, TO_SEND, strict=True):
        await conn.execute(
            update(delivery)
            .where(_MARKED, delivery.c.state == taken, delivery.c.lease == until)
            .values(state=before, lease=None),
            {"marks": marks},
        )


async def standing(conn: Connection, marks: Collection[Mark]) -> Mapping[Mark, Standing]:
    """Return how these deliveries stand, as far as there are any."""
    rows = await conn.execute(_STAND, {"marks": marks})
    return {mark: Standing(_STATES[state], due) for mark, state, due in rows}


async def hold(conn: Connection, marks: Collection[Mark]) -> Mapping[Mark, Held]:
    """Return how these deliveries stand until this transaction ends."""
    rows = await conn.execute(_HOLD, {"marks": marks})
    return {mark: Held(_STATES[state], lease) for mark, state, lease in rows}


async def free(conn: Connection, marks: Collection[Mark]) -> frozenset[Mark]:
    """Return which of these wait to be sent, and are not being claimed elsewhere this moment:
    nobody can claim them before this transaction ends."""
    return frozenset((await conn.execute(_FREE, {"marks": marks})).scalars())


async def change(conn: Connection, changes: Iterable[Change]) -> None:
    """Write what became of tries. What is at an end already (forgotten meanwhile) stays so."""
    # Always in the order of the marks, so that two senders never wait for each other.
    ordered = sorted(changes, key=lambda one: one.mark)
    moved = [_values(one) for one in ordered if one.sealed is None]
    resealed = [
        _values(one) | {"_sealed": one.sealed} for one in ordered if one.sealed is not None
    ]
    await _CHANGE.run(conn, moved)
    await _RESEAL.run(conn, resealed)


async def find(conn: Connection, marks: Collection[Mark]) -> list[Stored]:
    """Return the deliveries with these marks, as far as there are any."""
    return _read(await conn.execute(_FIND, {"marks": marks}))


async def take(conn: Connection, marks: Collection[Mark]) -> list[Stored]:
    """Return the deliveries with these marks as they are until this transaction ends."""
    return _read(await conn.execute(_TAKE, {"marks": marks}))


async def chunk(
    conn: Connection, of: Collection[WaveId], after: bytes | None, limit: int
) -> list[Stored]:
    """Return the next deliveries of these waves, by mark."""
    rows = await conn.execute(
        _STORED.where(delivery.c.wave.in_(of), delivery.c.mark > (after or b""))
        .order_by(delivery.c.mark)
        .limit(limit)
    )
    return _read(rows)


async def arrived(
    conn: Connection,
    of: Collection[WaveId],
    after: datetime | None,
    until: datetime,
    cursor: bytes | None,
    limit: int,
) -> list[Stored]:
    """Return the next deliveries of these waves to followers of a person that arrived after one
    moment and not after another, by mark."""
    rows = await conn.execute(
        _STORED.where(
            delivery.c.wave.in_(of),
            delivery.c.state == DeliveryState.DELIVERED,
            delivery.c.lane == Lane.PERSON,
            delivery.c.due <= until,
            delivery.c.mark > (cursor or b""),
            true() if after is None else delivery.c.due > after,
        )
        .order_by(delivery.c.mark)
        .limit(limit)
    )
    return _read(rows)


async def reseal(conn: Connection, mark: Mark, sealed: bytes) -> None:
    """Put another address into a delivery, however it stands."""
    await conn.execute(update(delivery).where(delivery.c.mark == mark).values(sealed=sealed))


async def recover(conn: Connection, before: datetime | None) -> int:
    """Make uncertain what was taken by a sender that is gone; return how many.

    Only what was to be settled ``before`` then; all that is taken, if that is ``None``.
    """
    late = true() if before is None else delivery.c.lease < before
    # Of waves that have not ended: to look at all that is kept takes long, and each second.
    current = delivery.c.wave.in_(select(wave.c.id).where(wave.c.ended.is_(None)))
    result = await conn.execute(
        update(delivery)
        .where(_nobody_holds(current, delivery.c.state.in_(IN_FLIGHT), late))
        .values(state=DeliveryState.UNCERTAIN, lease=None)
    )
    return result.rowcount


async def drop_waiting(conn: Connection, of: WaveId) -> None:
    """End what still waits of a wave that was withdrawn."""
    for waits, ends in zip(TO_SEND, (DeliveryState.GONE, DeliveryState.UNKNOWN), strict=True):
        await conn.execute(
            update(delivery)
            .where(_nobody_holds(delivery.c.wave == of, delivery.c.state == waits))
            .values(state=ends)
        )


def _nobody_holds(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Choose deliveries, but for those that another transaction holds: to wait for one while
    holding others may be to wait for ever, and there is a next time."""
    chosen = select(delivery.c.mark).where(*which).with_for_update(skip_locked=True)
    return delivery.c.mark.in_(chosen.scalar_subquery())


async def purge(conn: Connection, of: WaveId) -> None:
    """Delete all deliveries of a wave."""
    await conn.execute(delete(delivery).where(delivery.c.wave == of))


async def of_chat(conn: Connection, vault: Vault, chat: ChatId) -> list[Stored]:
    """Return all deliveries to a chat that are still kept."""
    return await find(conn, await _marks_of(conn, vault, chat))


async def _marks_of(conn: Connection, vault: Vault, chat: ChatId) -> list[Mark]:
    return [vault.mark(one, chat) for one in await waves.unpurged(conn)]


async def forget(conn: Connection, vault: Vault, chat: ChatId) -> None:
    """End what waits for a chat and take its address out of all its deliveries.

    The rows stay until they are purged, so that the sums still add up.
    """
    for one in await take(conn, await _marks_of(conn, vault, chat)):
        await _empty(conn, vault, one)


async def move(conn: Connection, vault: Vault, old: ChatId, new: ChatId) -> None:
    """Let the deliveries of a chat that got a new id be found, and sent, under the new one."""
    for one in await take(conn, await _marks_of(conn, vault, old)):
        address = vault.open(ADDRESS, one.mark, one.sealed)
        if address == NOWHERE:
            continue  # forgotten: nothing ties it to any chat again
        mark = vault.mark(one.wave, new)
        if await find(conn, [mark]):
            # Told under the new id already.
            await _empty(conn, vault, one)
            continue
        await conn.execute(
            update(delivery)
            .where(delivery.c.mark == one.mark)
            .values(
                mark=mark,
                sealed=vault.seal(ADDRESS, mark, replace(address, chat=new)),
            )
        )


async def _empty(conn: Connection, vault: Vault, one: Stored) -> None:
    await conn.execute(
        update(delivery)
        .where(delivery.c.mark == one.mark)
        .values(
            state=one.state if one.state in ENDS else DeliveryState.GONE,
            lease=None,
            sealed=vault.seal(ADDRESS, one.mark, NOWHERE),
        )
    )


_MARKED = listed(delivery.c.mark, "marks")
_STORED = select(
    delivery.c.mark, delivery.c.wave, delivery.c.state, delivery.c.lane, delivery.c.sealed
)
_FIND = _STORED.where(_MARKED)
# In the order of the marks, so that two who hold several never wait for each other.
_TAKE = _FIND.order_by(delivery.c.mark).with_for_update()
_STAND = select(delivery.c.mark, delivery.c.state, delivery.c.due).where(_MARKED)
_HOLD = (
    select(delivery.c.mark, delivery.c.state, delivery.c.lease)
    .where(_MARKED)
    .order_by(delivery.c.mark)
    .with_for_update()
)
_FREE = (
    select(delivery.c.mark)
    .where(_MARKED, delivery.c.state.in_(TO_SEND))
    .with_for_update(read=True, skip_locked=True)
)
_DUE = (
    _STORED.where(
        delivery.c.wave == bindparam("wave"),
        delivery.c.state == bindparam("state"),
        delivery.c.lane <= bindparam("last"),
        delivery.c.due <= bindparam("now"),
    )
    .order_by(delivery.c.lane, delivery.c.due, delivery.c.mark)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(delivery).where(_MARKED).values(state=bindparam("_state"), lease=bindparam("_lease"))
)
_STILL_TO_SEND = (
    select(delivery.c.mark)
    .join(wave, wave.c.id == delivery.c.wave)
    .outerjoin(notice, notice.c.id == wave.c.notice)
    .where(
        _MARKED,
        delivery.c.state.in_(IN_FLIGHT),
        notice.c.stopped.is_not(True),
        func.coalesce(notice.c.state, "") != NoticeState.WITHDRAWN,
        interruptions.may_go(delivery.c.wave),
    )
)
_UPDATE = (
    update(delivery)
    .where(
        delivery.c.mark == bindparam("_mark"),
        delivery.c.state.not_in([literal_column(f"'{end}'") for end in ENDS]),
    )
    .values(state=bindparam("_state"), due=bindparam("_due"), lease=null())
)
_CHANGE = Many(_UPDATE)
_RESEAL = Many(_UPDATE.values(sealed=bindparam("_sealed")))
_COLUMNS = ("mark", "wave", "state", "lane", "due", "sealed")
_ADD = {
    dialect: Many(insert(delivery).on_conflict_do_nothing(), _COLUMNS)
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


@lru_cache(maxsize=1)
def _still_to_send(minute: datetime) -> Select[Any]:
    return _STILL_TO_SEND.where(~interruptions.unsteady(minute))


def _values(one: Change) -> dict[str, object]:
    return {"_mark": one.mark, "_state": one.state.value, "_due": one.due}


def _read(rows: Iterable[Sequence[Any]]) -> list[Stored]:
    return [
        Stored(mark, of, _STATES[state], _LANES[lane], sealed)
        for mark, of, state, lane, sealed in rows
    ]


# Looked up: making a value of an enumeration anew takes longer than all else here.
_STATES = {state.value: state for state in DeliveryState}
_LANES = {lane.value: lane for lane in Lane}

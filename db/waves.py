"""Waves: one going out of a notice each, how far it has come, and how it stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, delete, func, insert, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from db import interruptions
from db.connection import Connection
from db.tables import delivery, interrupted_wave, notice, wave, wave_group, wave_language
from model.deliveries import ENDS, DeliveryState
from model.errors import NotFound
from model.notices import NoticeId, NoticeState, Tally, Wave, WaveId, WaveKind
from model.releases import GroupId

_PARTS = {
    DeliveryState.QUEUED: "waiting",
    DeliveryState.SENDING: "sending",
    DeliveryState.RETRYING: "sending",
    DeliveryState.UNCERTAIN: "uncertain",
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.GONE: "gone",
    DeliveryState.UNKNOWN: "unknown",
    DeliveryState.FAILED: "failed",
}

_ENDS = {end: _PARTS[end] for end in ENDS}


@dataclass(frozen=True, slots=True)
class Current:
    """A wave that has not ended, and whether it may go on."""

    wave: Wave
    withdrawn: bool
    """Or editors said after an interruption that it is not sent."""
    stopped: bool
    """Or it was interrupted, and editors have not said that it goes on."""


async def add(
    conn: Connection,
    of: NoticeId | None,
    groups: Collection[GroupId],
    begun: datetime,
    *,
    kind: WaveKind = WaveKind.NEWS,
    made: bool = False,
) -> WaveId:
    """Begin a wave that tells of these groups; ``made`` if its deliveries are added with it."""
    row = insert(wave).values(notice=of, begun=begun, kind=kind, made=made)
    result = await conn.execute(row.returning(wave.c.id))
    number = WaveId(result.scalar_one())
    if groups:
        await conn.execute(
            insert(wave_group), [{"wave": number, "group": group} for group in groups]
        )
    return number


async def of_notice(conn: Connection, of: NoticeId) -> tuple[Wave, ...]:
    """Return the waves of a notice, oldest first."""
    rows = await conn.execute(select(wave).where(wave.c.notice == of).order_by(wave.c.id))
    return await _waves(conn, rows.all())


async def find(conn: Connection, number: WaveId) -> Wave | None:
    """Return a wave."""
    rows = await conn.execute(select(wave).where(wave.c.id == number))
    found = await _waves(conn, rows.all())
    return found[0] if found else None


async def get(conn: Connection, number: WaveId) -> Wave:
    """Return a wave.

    Raises:
        NotFound: there is none.
    """
    found = await find(conn, number)
    if found is None:
        raise NotFound
    return found


async def current(conn: Connection) -> tuple[Current, ...]:
    """Return the waves that have not ended, oldest first."""
    rows = (
        await conn.execute(
            select(
                wave,
                notice.c.state.label("life"),
                notice.c.stopped,
                interruptions.is_dropped(wave.c.id).label("dropped"),
                (~interruptions.may_go(wave.c.id)).label("interrupted"),
            )
            .outerjoin(notice, notice.c.id == wave.c.notice)
            .where(wave.c.ended.is_(None))
            .order_by(wave.c.id)
        )
    ).all()
    return tuple(
        Current(
            wave=one,
            withdrawn=row.life == NoticeState.WITHDRAWN or row.dropped,
            stopped=bool(row.stopped or row.interrupted),
        )
        for one, row in zip(await _waves(conn, rows), rows, strict=True)
    )


async def next_unmade(conn: Connection) -> tuple[Wave, bytes | None] | None:
    """Return the oldest wave whose deliveries are not all made, and how far that has come.

    No other process can take it before this transaction ends.
    """
    row = (await conn.execute(_NEXT_UNMADE)).first()
    if row is None:
        return None
    return (await _waves(conn, [row]))[0], row.cursor


async def unmade(conn: Connection) -> tuple[tuple[Wave, bytes | None], ...]:
    """Return all waves whose deliveries are not all made, oldest first, and how far each has
    come."""
    rows = (
        await conn.execute(select(wave).where(wave.c.made.is_(False)).order_by(wave.c.id))
    ).all()
    return tuple(zip(await _waves(conn, rows), (row.cursor for row in rows), strict=True))


async def is_begun(conn: Connection, kind: WaveKind, hour: datetime) -> bool:
    """Say whether the wave of this kind and hour is there."""
    row = select(wave.c.id).where(wave.c.kind == kind, wave.c.begun == hour)
    return await conn.scalar(row) is not None


async def gone_out(
    conn: Connection, kind: WaveKind, first: datetime, before: datetime
) -> tuple[datetime, ...]:
    """Return when waves of this kind began that told readers, latest first."""
    rows = await conn.scalars(
        select(wave.c.begun)
        .where(
            wave.c.kind == kind,
            wave.c.begun >= first,
            wave.c.begun < before,
            wave.c.cursor.is_not(None),
        )
        .order_by(wave.c.begun.desc())
    )
    return tuple(rows)


async def news_between(conn: Connection, after: datetime, until: datetime) -> tuple[Wave, ...]:
    """Return the waves of news that began in this time, oldest first."""
    rows = await conn.execute(
        select(wave)
        .where(wave.c.kind == WaveKind.NEWS, wave.c.begun > after, wave.c.begun <= until)
        .order_by(wave.c.id)
    )
    return await _waves(conn, rows.all())


async def digests_since(conn: Connection, begun: datetime) -> tuple[WaveId, ...]:
    """Return the waves of digests that began then or later, and whose deliveries are there."""
    rows = await conn.scalars(
        select(wave.c.id)
        .where(
            wave.c.kind.in_((WaveKind.DIGEST, WaveKind.WAKING)),
            wave.c.begun >= begun,
            wave.c.audience.is_(None),
        )
        .order_by(wave.c.id)
    )
    return tuple(map(WaveId, rows))


async def forget_hours(conn: Connection, before: datetime) -> None:
    """Forget the waves of the clock's that began before then, and whose deliveries are purged."""
    await conn.execute(
        delete(wave).where(
            wave.c.kind.in_((WaveKind.DIGEST, WaveKind.UNCHANGED, WaveKind.REMINDER)),
            wave.c.begun < before,
            wave.c.audience.is_not(None),
            wave.c.id.not_in(select(interrupted_wave.c.wave)),
        )
    )


async def news_told(conn: Connection, until: datetime) -> tuple[WaveId, ...]:
    """Return the waves of news that began by then, stand as they were told or are corrected in
    part, and whose deliveries are still there; of what is stopped, too, because it may go on."""
    rows = await conn.scalars(
        select(wave.c.id)
        .join(notice, notice.c.id == wave.c.notice)
        .where(
            wave.c.kind == WaveKind.NEWS,
            wave.c.begun <= until,
            wave.c.audience.is_(None),
            notice.c.corrects.is_(None),
            notice.c.state != NoticeState.WITHDRAWN,
        )
        .order_by(wave.c.id)
    )
    return tuple(map(WaveId, rows))


async def kept(conn: Connection, kind: WaveKind, *, before: WaveId) -> tuple[WaveId, ...]:
    """Return the waves of a kind before another whose deliveries are still there."""
    rows = await conn.scalars(
        select(wave.c.id).where(wave.c.kind == kind, wave.c.id < before, wave.c.audience.is_(None))
    )
    return tuple(map(WaveId, rows))


async def last_begun(
    conn: Connection, kind: WaveKind, *, before: WaveId | None = None
) -> datetime | None:
    """Return when the last wave of a kind began, of those before another if one is given."""
    last: datetime | None = await conn.scalar(
        select(func.max(wave.c.begun)).where(
            wave.c.kind == kind, true() if before is None else wave.c.id < before
        )
    )
    return last


async def advance(conn: Connection, number: WaveId, cursor: bytes | None, *, made: bool) -> None:
    """Note how far the making of deliveries has come."""
    await conn.execute(update(wave).where(wave.c.id == number).values(cursor=cursor, made=made))


async def end(conn: Connection, number: WaveId, at: datetime) -> None:
    """Note that every delivery of the wave is at its end."""
    await conn.execute(update(wave).where(wave.c.id == number).values(ended=at))


async def unpurged(conn: Connection) -> tuple[WaveId, ...]:
    """Return the waves whose deliveries are still there, oldest first."""
    rows = await conn.execute(
        select(wave.c.id).where(wave.c.audience.is_(None)).order_by(wave.c.id)
    )
    return tuple(WaveId(number) for number in rows.scalars())


async def purgeable(conn: Connection, before: datetime) -> tuple[WaveId, ...]:
    """Return the waves that ended before then and whose deliveries are still there."""
    rows = await conn.execute(
        select(wave.c.id)
        .where(wave.c.audience.is_(None), wave.c.ended < before)
        .order_by(wave.c.id)
    )
    return tuple(WaveId(number) for number in rows.scalars())


async def keep_totals(conn: Connection, number: WaveId, totals: Tally) -> None:
    """Keep how a wave ended; its deliveries can be purged then."""
    await conn.execute(
        update(wave)
        .where(wave.c.id == number)
        .values(
            audience=totals.audience,
            delivered=totals.delivered,
            gone=totals.gone,
            unknown=totals.unknown,
            failed=totals.failed,
        )
    )


async def count(
    conn: Connection, ended: Mapping[tuple[WaveId, str], Mapping[DeliveryState, int]]
) -> None:
    """Add how deliveries ended to the sums of each wave and language."""
    if not ended:
        return
    await conn.execute(
        _COUNT[conn.dialect.name],
        [
            {"wave": number, "language": language}
            | {name: sums.get(state, 0) for state, name in _ENDS.items()}
            # Always in one order, so that two senders never wait for each other.
            for (number, language), sums in sorted(ended.items())
        ],
    )


async def by_language(
    conn: Connection, numbers: Collection[WaveId]
) -> Mapping[WaveId, Mapping[str, Tally]]:
    """Return how the deliveries of each wave ended so far, by language."""
    found: dict[WaveId, dict[str, Tally]] = {}
    rows = await conn.execute(
        select(wave_language)
        .where(wave_language.c.wave.in_(numbers))
        .order_by(wave_language.c.wave, wave_language.c.language)
    )
    for row in rows:
        found.setdefault(WaveId(row.wave), {})[row.language] = _ended(row)
    return found


async def keep_languages(conn: Connection, number: WaveId, totals: Mapping[str, Tally]) -> None:
    """Keep other sums by language in place of those there are."""
    for language, sums in totals.items():
        await conn.execute(
            update(wave_language)
            .where(wave_language.c.wave == number, wave_language.c.language == language)
            .values({name: getattr(sums, name) for name in _ENDS.values()})
        )


async def unfinished(conn: Connection) -> tuple[WaveId, ...]:
    """Return the waves that have ended while their notice is still said to be going out."""
    rows = await conn.execute(
        select(wave.c.id)
        .join(notice, notice.c.id == wave.c.notice)
        .where(wave.c.ended.is_not(None), notice.c.state == NoticeState.GOING_OUT)
        .order_by(wave.c.id)
    )
    return tuple(WaveId(number) for number in rows.scalars())


async def tallies(conn: Connection, numbers: Collection[WaveId]) -> Mapping[WaveId, Tally]:
    """Count how the deliveries of each wave stand, or how they ended, if they were purged."""
    found: dict[WaveId, Tally] = {}
    kept = await conn.execute(select(wave).where(wave.c.id.in_(numbers)))
    for row in kept:
        found[WaveId(row.id)] = Tally() if row.audience is None else _ended(row)
    counted: dict[WaveId, dict[str, int]] = {}
    rows = await conn.execute(
        select(delivery.c.wave, delivery.c.state, func.count())
        .where(delivery.c.wave.in_(numbers))
        .group_by(delivery.c.wave, delivery.c.state)
    )
    for number, state, count in rows:
        parts = counted.setdefault(WaveId(number), {})
        part = _PARTS[DeliveryState(state)]
        parts[part] = parts.get(part, 0) + count
    return found | {number: Tally(**parts) for number, parts in counted.items()}


def _ended(row: Row[*tuple[object, ...]]) -> Tally:
    return Tally(**{name: getattr(row, name) for name in _ENDS.values()})


async def _waves(conn: Connection, rows: Collection[Row[*tuple[object, ...]]]) -> tuple[Wave, ...]:
    groups: dict[int, set[GroupId]] = {row.id: set() for row in rows}
    of_these = await conn.execute(_GROUPS, {"waves": list(groups)})
    for row in of_these:
        groups[row.wave].add(GroupId(row.group))
    return tuple(
        Wave(
            id=WaveId(row.id),
            notice=None if row.notice is None else NoticeId(row.notice),
            groups=frozenset(groups[row.id]),
            begun=row.begun,
            kind=WaveKind(row.kind),
            made=row.made,
            ended=row.ended,
            purged=row.audience is not None,
        )
        for row in rows
    )


# Put together once: each time anew took a sixth of a settling, and a tenth of a fan-out.
_NEXT_UNMADE = (
    select(wave)
    .where(wave.c.made.is_(False), interruptions.may_go(wave.c.id))
    .order_by(wave.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_GROUPS = select(wave_group).where(wave_group.c.wave.in_(bindparam("waves", expanding=True)))
_COUNT = {
    dialect: more.on_conflict_do_update(
        index_elements=[wave_language.c.wave, wave_language.c.language],
        set_={name: wave_language.c[name] + more.excluded[name] for name in _ENDS.values()},
    )
    for dialect, more in (
        ("sqlite", sqlite.insert(wave_language)),
        ("postgresql", postgresql.insert(wave_language)),
    )
}

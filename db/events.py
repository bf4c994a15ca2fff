"""Events: what happened to people. Proposed, published, retracted; never overwritten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    case,
    func,
    insert,
    literal,
    null,
    select,
    true,
    union_all,
    update,
)

from db import dates, places, sources
from db.batches import batches
from db.connection import Connection
from db.tables import event, event_note, event_source, person, source
from model.custody import FREEING, HOLDING, SILENT, chronicle
from model.dates import Precision
from model.people import (
    Confidence,
    Event,
    EventId,
    EventKind,
    EventState,
    Manner,
    PersonId,
    Place,
    Source,
    Visibility,
)


async def of(
    conn: Connection, persons: Collection[PersonId], *, hidden: bool = False
) -> Mapping[PersonId, tuple[Event, ...]]:
    """Return the published events of each person who has any, oldest first.

    Of persons whom readers may not know of there are none, unless ``hidden`` asks for them.
    """
    wanted = select(event).where(event.c.state == EventState.PUBLISHED)
    if not hidden:
        wanted = wanted.join(person, person.c.id == event.c.person).where(
            person.c.visibility == Visibility.PUBLIC
        )
    found: dict[PersonId, list[Event]] = {}
    for ids in batches(persons):
        for happened in await _load(conn, wanted.where(event.c.person.in_(ids))):
            found.setdefault(happened.person, []).append(happened)
    return {one: chronicle(history) for one, history in found.items()}


@dataclass(frozen=True, slots=True)
class Count:
    """How many of some persons are held."""

    held: int
    """Those of whom nothing else is told."""
    doubtful: tuple[PersonId, ...]
    """Those who were freed as well, and may have been held again."""
    last: PersonId | None
    """The last of these persons; ``None`` when nobody comes after them."""


async def count_held(conn: Connection, after: PersonId | None, limit: int) -> Count:
    """Count who is held of the next ``limit`` public persons in the order of their ids."""
    first = after or 0
    last = await conn.scalar(
        select(person.c.id)
        .where(person.c.visibility == Visibility.PUBLIC, person.c.id > first)
        .order_by(person.c.id)
        .offset(limit - 1)
        .limit(1)
    )
    short = (
        _in_short()
        .where(event.c.person > first, true() if last is None else event.c.person <= last)
        .subquery()
    )
    each = (
        select(short)
        .join(person, person.c.id == short.c.person)
        .where(person.c.visibility == Visibility.PUBLIC)
        .cte("each")
    )
    told, held = each.c, each.c.held & ~each.c.dead
    # One who was never arrested again is free if any release is later than all that holds.
    free = told.freed_on.is_not(None) & (told.arrests <= 1)
    free &= told.held_on.is_(None) | (told.freed_on > told.held_on)
    rows = await conn.execute(
        union_all(
            select(null().label("person"), func.count().label("number")).where(held & ~told.freed),
            select(told.person, literal(1)).where(held & told.freed & ~free),
        )
    )
    number, doubtful = 0, []
    for row in rows:
        if row.person is None:
            number = row.number
        else:
            doubtful.append(PersonId(row.person))
    return Count(number, tuple(doubtful), last)


def _in_short() -> Select[Any]:
    """Put what the published events say of each person into one row."""
    kind = event.c.kind
    return (
        select(
            event.c.person,
            _any(kind.in_(HOLDING)).label("held"),
            _any(kind.in_(FREEING)).label("freed"),
            _any(kind == EventKind.DIED).label("dead"),
            # An arrest "again" counts for two.
            func.sum(
                case(
                    (kind == EventKind.DETAINED, 1), (kind == EventKind.DETAINED_AGAIN, 2), else_=0
                )
            ).label("arrests"),
            func.max(case((kind.in_(FREEING), event.c.on_value))).label("freed_on"),
            # A sentence passed on the free does not bring them back.
            func.max(case((kind.in_(HOLDING - {EventKind.SENTENCED}), event.c.on_value))).label(
                "held_on"
            ),
        )
        .where(event.c.state == EventState.PUBLISHED)
        .group_by(event.c.person)
    )


def _any(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return func.max(case((condition, 1), else_=0)) == 1


async def freed_last(conn: Connection, limit: int) -> tuple[PersonId, ...]:
    """Return the public persons of the latest releases, and as many who were taken abroad last.

    Some of them may have been arrested again.
    """
    found: dict[PersonId, None] = {}
    for kind in (EventKind.RELEASED, EventKind.TAKEN_ABROAD):
        rows = await conn.scalars(
            select(event.c.person)
            .join(person, person.c.id == event.c.person)
            .where(
                event.c.kind == kind,
                event.c.state == EventState.PUBLISHED,
                event.c.on_value.is_not(None),
                person.c.visibility == Visibility.PUBLIC,
            )
            # As the index has them: on the day of a release hundreds come at once.
            .order_by(event.c.on_value.desc(), event.c.person.desc())
            .limit(limit)
        )
        found |= dict.fromkeys(map(PersonId, rows))
    return tuple(found)


async def freed_alone(conn: Connection, first: date, last: date) -> tuple[PersonId, ...]:
    """Return the public persons who, as is published, were freed on one of these days and not
    in a release of many: no news of a release tells of them."""
    rows = await conn.scalars(
        select(event.c.person)
        .join(person, person.c.id == event.c.person)
        .where(
            event.c.kind.in_(FREEING),
            event.c.state == EventState.PUBLISHED,
            event.c.release.is_(None),
            event.c.on_precision == Precision.DAY,
            event.c.on_value.between(first, last),
            person.c.visibility == Visibility.PUBLIC,
        )
        .order_by(event.c.on_value.desc(), event.c.person)
    )
    return tuple(dict.fromkeys(map(PersonId, rows)))


async def silent_longest(conn: Connection, limit: int) -> tuple[PersonId, ...]:
    """Return public persons who are held and were never freed, those first of whom nothing was
    heard in public for longest."""
    kind = event.c.kind
    heard = func.max(case((kind.not_in(SILENT), event.c.on_value)))
    rows = await conn.scalars(
        select(event.c.person)
        .join(person, person.c.id == event.c.person)
        .where(event.c.state == EventState.PUBLISHED, person.c.visibility == Visibility.PUBLIC)
        .group_by(event.c.person)
        .having(
            _any(kind.in_(HOLDING)),
            ~_any(kind.in_(FREEING | {EventKind.DIED})),
            heard.is_not(None),
        )
        .order_by(heard, event.c.person)
        .limit(limit)
    )
    return tuple(map(PersonId, rows))


async def add(conn: Connection, happened: Event, state: EventState) -> None:
    """Write down something that happened, with its place, sources and notes."""
    await _add(conn, [happened], state)


async def propose(conn: Connection, *happened: Event) -> None:
    """Write down events that no reader sees until they are published."""
    await _add(conn, happened, EventState.PROPOSED)


async def publish(conn: Connection, *happened: EventId) -> None:
    """Make known what was proposed."""
    await _turn(conn, event.c.id, happened, EventState.PROPOSED, EventState.PUBLISHED)


async def retract(conn: Connection, release: int, persons: Collection[PersonId]) -> None:
    """Take back what was published of these persons in a release."""
    of_it = event.c.release == release
    await _turn(
        conn, event.c.person, persons, EventState.PUBLISHED, EventState.RETRACTED, where=of_it
    )


async def withdraw(conn: Connection, *happened: EventId) -> None:
    """Take back single events; they stay written down as retracted."""
    await _turn(conn, event.c.id, happened, EventState.PUBLISHED, EventState.RETRACTED)


async def _add(conn: Connection, happened: Sequence[Event], state: EventState) -> None:
    # On the day of a release hundreds come at once, from one place and the same sources; nobody
    # can begin to follow anyone before all are written.
    where = {_key(each.place): each.place for each in happened if each.place is not None}
    number_of = {key: await places.keep(conn, place) for key, place in where.items()}
    named = dict.fromkeys(source for each in happened for source in each.sources)
    kept = {given: await sources.keep(conn, given) for given in named}
    rows: list[Mapping[str, object]] = [
        {
            "id": each.id,
            "person": each.person,
            "kind": each.kind,
            "state": state,
            "confidence": each.confidence,
            **dates.write(each.on),
            "place": None if each.place is None else number_of[_key(each.place)],
            "manner": each.manner,
            "months": each.months,
            "release": each.release,
        }
        for each in happened
    ]
    said_by: list[Mapping[str, object]] = [
        {"event": each.id, "source": number}
        for each in happened
        for number in sorted({kept[source] for source in each.sources})
    ]
    notes: list[Mapping[str, object]] = [
        {"event": each.id, "language": language, "text": text}
        for each in happened
        for language, text in each.notes.items()
    ]
    for table, new in ((event, rows), (event_source, said_by), (event_note, notes)):
        for batch in batches(new):
            await conn.execute(insert(table), batch)


def _key(place: Place) -> tuple[object, ...]:
    return place.country, *sorted(place.names.items())


async def _turn(
    conn: Connection,
    column: ColumnElement[int],
    values: Collection[int],
    before: EventState,
    after: EventState,
    where: ColumnElement[bool] | None = None,
) -> None:
    for some in batches(values):
        await conn.execute(
            update(event)
            .where(column.in_(some), event.c.state == before, true() if where is None else where)
            .values(state=after)
        )


async def _load(conn: Connection, wanted: Select[Any]) -> list[Event]:
    happened = (await conn.execute(wanted)).all()
    said_by: dict[int, list[Source]] = {}
    notes: dict[int, dict[str, str]] = {}
    for ids in batches([row.id for row in happened]):
        for row in await conn.execute(
            select(event_source.c.event, source)
            .join(source, source.c.id == event_source.c.source)
            .where(event_source.c.event.in_(ids))
            .order_by(source.c.id)
        ):
            said_by.setdefault(row.event, []).append(Source(row.name, row.url, row.published))
        for row in await conn.execute(select(event_note).where(event_note.c.event.in_(ids))):
            notes.setdefault(row.event, {})[row.language] = row.text
    where: dict[int, Place] = {}
    for numbers in batches({row.place for row in happened if row.place is not None}):
        where.update(await places.get_many(conn, numbers))
    return [
        _event(row, where.get(row.place), said_by.get(row.id, []), notes.get(row.id, {}))
        for row in happened
    ]


def _event(
    row: Row[Any], where: Place | None, said_by: list[Source], notes: Mapping[str, str]
) -> Event:
    return Event(
        id=EventId(row.id),
        person=PersonId(row.person),
        kind=EventKind(row.kind),
        on=dates.read(row.on_value, row.on_precision),
        sources=tuple(said_by),
        place=where,
        manner=None if row.manner is None else Manner(row.manner),
        months=row.months,
        confidence=Confidence(row.confidence),
        notes=notes,
        release=row.release,
    )

"""Events: what happened to people. Proposed, published, retracted; never overwritten."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from db import places, sources
from db.batches import batches
from db.connection import Connection
from db.tables import event, event_note, event_source, person, source
from model.custody import chronicle
from model.dates import PartialDate, Precision
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


async def add(conn: Connection, happened: Event, state: EventState) -> None:
    """Write down something that happened, with its place, sources and notes."""
    await _add(conn, [happened], state)


async def propose(conn: Connection, *happened: Event) -> None:
    """Write down events that no reader sees until they are published."""
    await _add(conn, happened, EventState.PROPOSED)


async def publish(conn: Connection, release: int, persons: Collection[PersonId]) -> None:
    """Make what was proposed of these persons in a release known."""
    await _turn(conn, release, persons, EventState.PROPOSED, EventState.PUBLISHED)


async def retract(conn: Connection, release: int, persons: Collection[PersonId]) -> None:
    """Take back what was published of these persons in a release."""
    await _turn(conn, release, persons, EventState.PUBLISHED, EventState.RETRACTED)


async def withdraw(conn: Connection, happened: EventId) -> None:
    """Take back one event; it stays written down as retracted."""
    await conn.execute(
        update(event).where(event.c.id == happened).values(state=EventState.RETRACTED)
    )


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
            "on_value": each.on.value if each.on else None,
            "on_precision": each.on.precision if each.on else None,
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
    release: int,
    persons: Collection[PersonId],
    before: EventState,
    after: EventState,
) -> None:
    for ids in batches(persons):
        await conn.execute(
            update(event)
            .where(event.c.release == release, event.c.state == before, event.c.person.in_(ids))
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
        on=None
        if row.on_value is None
        else PartialDate(row.on_value, Precision(row.on_precision)),
        sources=tuple(said_by),
        place=where,
        manner=None if row.manner is None else Manner(row.manner),
        months=row.months,
        confidence=Confidence(row.confidence),
        notes=notes,
        release=row.release,
    )

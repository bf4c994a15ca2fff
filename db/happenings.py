"""What editors write down of what happened to people, until it is frozen in a notice."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from db import dates, people, sources
from db.connection import Connection
from db.tables import happening, happening_candidate, happening_source, source
from model.happenings import Happening
from model.notices import NoticeId
from model.people import Confidence, EventKind, Manner, Person, PersonId, Source
from model.releases import LineId, LineState


async def add(conn: Connection, to: NoticeId, new: Iterable[Happening]) -> None:
    """Write down what happened, each with its candidates and sources; it gets its number here."""
    for one in new:
        row = insert(happening).values(notice=to, **_values(one))
        number = LineId((await conn.execute(row.returning(happening.c.id))).scalar_one())
        if one.candidates:
            await conn.execute(
                insert(happening_candidate),
                [
                    {"happening": number, "position": rank, "person": person}
                    for rank, person in enumerate(one.candidates)
                ],
            )
        await _say_who(conn, number, one.sources)


async def change(conn: Connection, changed: Happening) -> None:
    """Write down what is known by now; the candidates stay as they are."""
    await conn.execute(
        update(happening).where(happening.c.id == changed.id).values(_values(changed))
    )
    await conn.execute(delete(happening_source).where(happening_source.c.happening == changed.id))
    await _say_who(conn, changed.id, changed.sources)


async def settle(
    conn: Connection, number: LineId, state: LineState, person: PersonId | None
) -> None:
    """Say how a line stands, and who it is."""
    await conn.execute(
        update(happening).where(happening.c.id == number).values(state=state, person=person)
    )


async def remove(conn: Connection, number: LineId) -> None:
    """Cross out one thing that happened."""
    for table in (happening_source, happening_candidate):
        await conn.execute(delete(table).where(table.c.happening == number))
    await conn.execute(delete(happening).where(happening.c.id == number))


async def notice_of(conn: Connection, number: LineId) -> NoticeId | None:
    """Return the notice in which something is written down."""
    found = await conn.scalar(select(happening.c.notice).where(happening.c.id == number))
    return None if found is None else NoticeId(found)


async def of(conn: Connection, notice: NoticeId) -> tuple[Happening, ...]:
    """Return what is written down for a notice, in the order it was written."""
    rows = (
        await conn.execute(
            select(happening).where(happening.c.notice == notice).order_by(happening.c.id)
        )
    ).all()
    numbers = [row.id for row in rows]
    candidates: dict[int, list[PersonId]] = {}
    for number, person in await conn.execute(
        select(happening_candidate.c.happening, happening_candidate.c.person)
        .where(happening_candidate.c.happening.in_(numbers))
        .order_by(happening_candidate.c.happening, happening_candidate.c.position)
    ):
        candidates.setdefault(number, []).append(PersonId(person))
    said_by: dict[int, list[Source]] = {}
    for row in await conn.execute(
        select(happening_source.c.happening, source)
        .join(source, source.c.id == happening_source.c.source)
        .where(happening_source.c.happening.in_(numbers))
        .order_by(source.c.id)
    ):
        said_by.setdefault(row.happening, []).append(Source(row.name, row.url, row.published))
    known = await people.get_many(
        conn, [PersonId(row.person) for row in rows if row.person is not None]
    )
    return tuple(
        _happening(
            row,
            None if row.person is None else known[PersonId(row.person)],
            candidates.get(row.id, ()),
            said_by.get(row.id, ()),
        )
        for row in rows
    )


async def _say_who(conn: Connection, number: LineId, said_by: Iterable[Source]) -> None:
    kept = sorted({await sources.keep(conn, one) for one in said_by})
    if kept:
        rows = [{"happening": number, "source": one} for one in kept]
        await conn.execute(insert(happening_source), rows)


def _values(one: Happening) -> dict[str, object]:
    return {
        "text": one.text,
        "state": one.state,
        "person": one.person.id if one.person else None,
        "kind": one.kind,
        **dates.write(one.on),
        "country": one.country,
        "place": one.place,
        "manner": one.manner,
        "months": one.months,
        "confidence": one.confidence,
    }


def _happening(
    row: Row[Any], person: Person | None, candidates: Sequence[PersonId], said_by: Sequence[Source]
) -> Happening:
    return Happening(
        id=LineId(row.id),
        text=row.text,
        state=LineState(row.state),
        person=person,
        candidates=tuple(candidates),
        kind=None if row.kind is None else EventKind(row.kind),
        on=dates.read(row.on_value, row.on_precision),
        country=row.country,
        place=row.place,
        manner=None if row.manner is None else Manner(row.manner),
        months=row.months,
        confidence=Confidence(row.confidence),
        sources=tuple(said_by),
    )

"""Releases: the facts an editor gives, and the list of names as it was pasted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from db import dates, people, sources
from db.connection import Connection
from db.tables import (
    release,
    release_candidate,
    release_count,
    release_group,
    release_line,
    release_source,
    source,
)
from model.dates import PartialDate
from model.people import PersonId, Source
from model.releases import (
    Count,
    Group,
    GroupId,
    Line,
    LineId,
    LineState,
    Release,
    ReleaseId,
)


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of a list, and whom it may mean."""

    text: str
    state: LineState
    person: PersonId | None = None
    candidates: tuple[PersonId, ...] = ()


async def add(conn: Connection, ref: str) -> ReleaseId:
    """Begin a release of which nothing is known yet."""
    row = insert(release).values(ref=ref, list_closed=False).returning(release.c.id)
    return ReleaseId((await conn.execute(row)).scalar_one())


async def date(conn: Connection, of: ReleaseId, on: PartialDate) -> None:
    """Give a release its date, in place of the one it had."""
    await conn.execute(
        update(release)
        .where(release.c.id == of)
        .values(on_value=on.value, on_precision=on.precision)
    )


async def close_list(conn: Connection, of: ReleaseId, closed: bool) -> None:
    """Say whether more names are expected."""
    await conn.execute(update(release).where(release.c.id == of).values(list_closed=closed))


async def add_source(conn: Connection, of: ReleaseId, given: Source) -> None:
    """Note who tells of a release; once is enough."""
    number = await sources.keep(conn, given)
    known = select(release_source).where(
        release_source.c.release == of, release_source.c.source == number
    )
    if (await conn.execute(known)).first() is None:
        await conn.execute(insert(release_source).values(release=of, source=number))


async def add_count(conn: Connection, of: ReleaseId, group: GroupId | None, count: Count) -> None:
    """Note a number, in place of what the same source said of the same people before."""
    number = await sources.keep(conn, count.source)
    await conn.execute(
        delete(release_count).where(
            release_count.c.release == of,
            release_count.c.group.is_(None) if group is None else release_count.c.group == group,
            release_count.c.source == number,
        )
    )
    await conn.execute(
        insert(release_count).values(
            release=of, group=group, number=count.number, at_least=count.at_least, source=number
        )
    )


async def add_group(conn: Connection, of: ReleaseId, country: str, place: str) -> GroupId:
    """Return the group of those brought to a place; make it if there is none."""
    same = select(release_group.c.id).where(
        release_group.c.release == of,
        release_group.c.country == country,
        release_group.c.place == place,
    )
    known = (await conn.execute(same)).scalar()
    if known is not None:
        return GroupId(known)
    size = select(func.count()).where(release_group.c.release == of)
    position = (await conn.execute(size)).scalar_one()
    row = insert(release_group).values(release=of, position=position, country=country, place=place)
    return GroupId((await conn.execute(row.returning(release_group.c.id))).scalar_one())


async def add_lines(conn: Connection, to: GroupId, lines: Sequence[NewLine]) -> None:
    """Add lines at the end of the list of a group."""
    size = select(func.count()).where(release_line.c.group == to)
    position = (await conn.execute(size)).scalar_one()
    for place, line in enumerate(lines, position):
        row = insert(release_line).values(
            group=to, position=place, text=line.text, state=line.state, person=line.person
        )
        number = (await conn.execute(row.returning(release_line.c.id))).scalar_one()
        if line.candidates:
            await conn.execute(
                insert(release_candidate),
                [
                    {"line": number, "position": rank, "person": person}
                    for rank, person in enumerate(line.candidates)
                ],
            )


async def settle(
    conn: Connection, line: LineId, state: LineState, person: PersonId | None
) -> None:
    """Say how a line stands, and who it is."""
    await conn.execute(
        update(release_line).where(release_line.c.id == line).values(state=state, person=person)
    )


async def get(conn: Connection, number: ReleaseId) -> Release:
    """Return a release with everything that belongs to it."""
    row = (await conn.execute(select(release).where(release.c.id == number))).one()
    counts = await _counts(conn, number)
    lines = await _lines(conn, number)
    groups = await conn.execute(
        select(release_group)
        .where(release_group.c.release == number)
        .order_by(release_group.c.position)
    )
    return Release(
        id=number,
        ref=row.ref,
        on=dates.read(row.on_value, row.on_precision),
        counts=tuple(counts.get(None, ())),
        sources=await _sources(conn, number),
        groups=tuple(
            Group(
                id=GroupId(group.id),
                country=group.country,
                place=group.place,
                counts=tuple(counts.get(GroupId(group.id), ())),
                lines=tuple(lines.get(GroupId(group.id), ())),
            )
            for group in groups
        ),
        list_closed=row.list_closed,
    )


async def _sources(conn: Connection, of: ReleaseId) -> tuple[Source, ...]:
    rows = await conn.execute(
        select(source)
        .join(release_source, release_source.c.source == source.c.id)
        .where(release_source.c.release == of)
        .order_by(source.c.id)
    )
    return tuple(_source(row) for row in rows)


async def _counts(conn: Connection, of: ReleaseId) -> dict[GroupId | None, list[Count]]:
    found: dict[GroupId | None, list[Count]] = {}
    rows = await conn.execute(
        select(
            release_count.c.group,
            release_count.c.number,
            release_count.c.at_least,
            source.c.name,
            source.c.url,
            source.c.published,
        )
        .join(source, source.c.id == release_count.c.source)
        .where(release_count.c.release == of)
        .order_by(release_count.c.id)
    )
    for row in rows:
        group = None if row.group is None else GroupId(row.group)
        found.setdefault(group, []).append(Count(row.number, _source(row), row.at_least))
    return found


async def _lines(conn: Connection, of: ReleaseId) -> dict[GroupId, list[Line]]:
    rows = (
        await conn.execute(
            select(release_line)
            .join(release_group, release_group.c.id == release_line.c.group)
            .where(release_group.c.release == of)
            .order_by(release_group.c.position, release_line.c.position)
        )
    ).all()
    candidates: dict[int, list[PersonId]] = {}
    for number, person in await conn.execute(
        select(release_candidate.c.line, release_candidate.c.person)
        .join(release_line, release_line.c.id == release_candidate.c.line)
        .join(release_group, release_group.c.id == release_line.c.group)
        .where(release_group.c.release == of)
        .order_by(release_candidate.c.line, release_candidate.c.position)
    ):
        candidates.setdefault(number, []).append(PersonId(person))
    known = await people.get_many(
        conn, [PersonId(row.person) for row in rows if row.person is not None]
    )
    found: dict[GroupId, list[Line]] = {}
    for row in rows:
        line = Line(
            id=LineId(row.id),
            group=GroupId(row.group),
            text=row.text,
            state=LineState(row.state),
            person=None if row.person is None else known[PersonId(row.person)],
            candidates=tuple(candidates.get(row.id, ())),
        )
        found.setdefault(line.group, []).append(line)
    return found


def _source(row: Row[*tuple[Any, ...]]) -> Source:
    return Source(row.name, row.url, row.published)

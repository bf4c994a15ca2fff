"""Filing: the keys that find people, and who bears them.

Readers find nobody who is hidden: with ``hidden=False`` the same statement is run whatever is
held.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import invert, itemgetter
from typing import Any

from sqlalchemy import (
    ARRAY,
    Integer,
    bindparam,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.schema import CreateIndex, DropIndex

from db.batches import batches
from db.connection import Connection, fetch
from db.tables import BY_KEY, bearer, filing, name, person
from model.people import Gender, Person, PersonId, Visibility


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody who may be meant: no more than it takes to weigh the names."""

    person: PersonId
    ref: str
    forms: tuple[str, ...]
    gender: Gender | None
    born: int | None


MOST_OF_ONE_KEY = 1000
"""Bearers of one key to count; among so many of a common surname the others tell who is meant."""


# Made once: making a statement anew took longer than running it. Each key is looked up by itself
# (CROSS JOIN keeps SQLite to this order), and none for long.
_FILED_IN = {
    "sqlite": """
SELECT asker.key AS asker, filed.person
FROM json_each(:keys) AS asker CROSS JOIN json_each(asker.value) AS asked
CROSS JOIN bearer AS filed
WHERE filed.key = asked.value AND filed.person <= coalesce(
    (
        SELECT person FROM bearer WHERE key = asked.value
        ORDER BY person LIMIT 1 OFFSET :most - 1
    ),
    9223372036854775807
)
""",
    # An index of lists knows no order: beyond the second limit those are taken who come first.
    "postgresql": """
SELECT asked.asker, filed.person
FROM unnest(:askers, :keys) AS asked(asker, key) CROSS JOIN LATERAL (
    SELECT person FROM (
        SELECT person FROM filing WHERE keys @> ARRAY[asked.key] LIMIT 10 * :most
    ) AS first_met
    ORDER BY person LIMIT :most
) AS filed
""",
}
# The last limit leaves nobody out: it tells PostgreSQL that they are few, and not to read the
# whole table of persons for them.
_BEARING = """
SELECT best.asker, person.id, person.ref, person.gender, person.born, name.text
FROM (
    SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY asker ORDER BY borne DESC, person) AS place
        FROM (
            SELECT asker, person, count(*) AS borne FROM (FILED) AS filed GROUP BY asker, person
        ) AS counted
    ) AS placed
    WHERE place <= :limit
    LIMIT :limit_of_all
) AS best
CROSS JOIN person CROSS JOIN name
WHERE person.id = best.person AND name.person = best.person
ORDER BY best.asker, best.borne DESC, person.id, name.position
"""
_BEARING_IN_SQLITE = _BEARING.replace("FILED", _FILED_IN["sqlite"])
_BEARING_IN_POSTGRESQL = text(_BEARING.replace("FILED", _FILED_IN["postgresql"])).bindparams(
    bindparam("askers", type_=ARRAY(Integer)), bindparam("keys", type_=ARRAY(Integer))
)


async def bearing(
    conn: Connection, asked: Iterable[Collection[int]], *, hidden: bool, limit: int
) -> tuple[tuple[Bearer, ...], ...]:
    """Return, for each collection of keys, the persons who bear most of them, at most ``limit``.

    With ``hidden`` those are among them whom readers may not know of.
    """
    found: list[tuple[Bearer, ...]] = []
    for chunk in batches(asked):
        filed = [[*keys, *map(invert, keys)] if hidden else [*keys] for keys in chunk]
        limits = {"most": MOST_OF_ONE_KEY, "limit": limit, "limit_of_all": limit * len(chunk)}
        rows: Iterable[Sequence[Any]]
        if conn.dialect.name == "sqlite":
            rows = await fetch(conn, _BEARING_IN_SQLITE, {"keys": json.dumps(filed), **limits})
        else:
            rows = await conn.execute(_BEARING_IN_POSTGRESQL, {**_flat(filed), **limits})
        bearers = {asker: tuple(_bearers(each)) for asker, each in groupby(rows, itemgetter(0))}
        found += [bearers.get(asker, ()) for asker in range(len(chunk))]
    return tuple(found)


def _flat(filed: Sequence[Sequence[int]]) -> dict[str, list[int]]:
    """Return what PostgreSQL takes instead of lists of unequal length."""
    return {
        "askers": [asker for asker, keys in enumerate(filed) for _ in keys],
        "keys": [key for keys in filed for key in keys],
    }


def _bearers(rows: Iterable[Sequence[Any]]) -> Iterator[Bearer]:
    for number, forms in groupby(rows, key=itemgetter(1)):
        (_, _, ref, gender, born, first), *others = forms
        texts = (first, *(form[5] for form in others))
        yield Bearer(PersonId(number), ref, texts, Gender(gender) if gender else None, born)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody to be filed: no more than it takes."""

    id: PersonId
    visibility: Visibility
    names: tuple[str, ...]


async def to_file(conn: Connection, after: PersonId | None, limit: int) -> tuple[Named, ...]:
    """Return the next persons in the order of their ids, without those merged into others."""
    some = select(person.c.id, person.c.visibility).where(person.c.merged_into.is_(None))
    if after is not None:
        some = some.where(person.c.id > after)
    these = some.order_by(person.c.id).limit(limit).subquery()
    rows = await conn.execute(
        select(these, name.c.text)
        .join_from(these, name, name.c.person == these.c.id)
        .order_by(these.c.id, name.c.position)
    )
    return tuple(
        Named(PersonId(number), Visibility(visibility), tuple([row[2] for row in forms]))
        for (number, visibility), forms in groupby(rows.all(), key=lambda row: (row[0], row[1]))
    )


AT_ONCE = 10_000
"""Persons to file in one go. The keys are hashes: each time the whole index is touched, so that of
a million people a few large batches are far sooner filed than many small ones."""


async def add(conn: Connection, persons: Iterable[tuple[Person, Iterable[int]]]) -> None:
    """File persons who never were."""
    await _file(conn, {one.id: _keys(one, keys) for one, keys in persons})


async def put(conn: Connection, persons: Iterable[tuple[Person | Named, Iterable[int]]]) -> None:
    """Replace the keys that find persons; who is filed so already is not touched."""
    new: _Filed = {}
    for batch in batches(persons):
        wanted = {one.id: _keys(one, keys) for one, keys in batch}
        filed = await _filed(conn, wanted)
        await _unfile(conn, {n: keys for n, keys in filed.items() if keys != wanted[n]})
        new |= {n: keys for n, keys in wanted.items() if keys != filed.get(n)}
    await _file(conn, new)


async def show(conn: Connection, ids: Iterable[PersonId], visibility: Visibility) -> None:
    """Let readers find these persons from now on, or only editors."""
    shown = visibility is Visibility.PUBLIC
    filed = await _filed(conn, ids)
    moved = {n: keys for n, keys in filed.items() if any((key >= 0) is not shown for key in keys)}
    await _unfile(conn, moved)
    await _file(conn, {n: sorted(map(invert, keys)) for n, keys in moved.items()})


async def remove(conn: Connection, ids: Iterable[PersonId]) -> None:
    """Take away the keys of these persons: nobody finds them."""
    await _unfile(conn, await _filed(conn, ids))


async def begin_anew(conn: Connection) -> None:
    """Take away the keys of everybody: nobody is found until all are filed again."""
    await conn.execute(delete(bearer))
    await conn.execute(delete(filing))
    if conn.dialect.name == "postgresql":
        # Its pages would be written once for every few hundred people.
        await conn.execute(DropIndex(BY_KEY, if_exists=True))


async def end_anew(conn: Connection) -> None:
    """Let people be found again when all are filed; of a million that takes two minutes."""
    if conn.dialect.name == "postgresql":
        await conn.execute(CreateIndex(BY_KEY, if_not_exists=True))


_Filed = dict[PersonId, list[int]]
"""The keys under which persons are filed: sorted, and inverted if no reader may find them."""


def _keys(one: Person | Named, keys: Iterable[int]) -> list[int]:
    shown = one.visibility is Visibility.PUBLIC
    return sorted(set(keys) if shown else set(map(invert, keys)))


async def _filed(conn: Connection, ids: Iterable[PersonId]) -> _Filed:
    found: _Filed = {}
    for chunk in batches(ids):
        rows = await conn.execute(select(filing).where(filing.c.person.in_(chunk)))
        found |= {PersonId(number): keys for number, keys in rows.all()}
    return found


async def _file(conn: Connection, new: _Filed) -> None:
    if new:
        rows = [{"person": number, "keys": keys} for number, keys in new.items()]
        await conn.execute(insert(filing), rows)
        await _by_key(conn, "INSERT INTO bearer (key, person) VALUES (?, ?)", new)


async def _unfile(conn: Connection, filed: _Filed) -> None:
    for chunk in batches(filed):
        await conn.execute(delete(filing).where(filing.c.person.in_(chunk)))
    await _by_key(conn, "DELETE FROM bearer WHERE key = ? AND person = ?", filed)


async def _by_key(conn: Connection, statement: str, filed: _Filed) -> None:
    """Do the same to what SQLite keeps by key."""
    # In the order of the table: each page is written once.
    rows = sorted((key, number) for number, keys in filed.items() for key in keys)
    if rows and conn.dialect.name == "sqlite":
        # Thirty rows a person: to look at each value of each again took SQLAlchemy longer than
        # it takes to write them.
        await conn.exec_driver_sql(statement, rows)

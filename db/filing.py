"""Filing: the keys that find people, and who bears them.

Readers find nobody who is hidden: with ``hidden=False`` the same statement is run whatever is
held.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import groupby
from operator import invert
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Integer,
    TextClause,
    bindparam,
    delete,
    insert,
    select,
    text,
)

from db.batches import batches
from db.connection import Connection
from db.tables import bearer, filing, name, person
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
FROM json_each(:keys) AS asked CROSS JOIN bearer AS filed
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
FROM unnest(:keys) AS asked(key) CROSS JOIN LATERAL (
    SELECT asked.key, person FROM (
        SELECT person FROM filing WHERE keys @> ARRAY[asked.key] LIMIT 10 * :most
    ) AS first_met
    ORDER BY person LIMIT :most
) AS filed
""",
}
_FILED_UNDER = "SELECT filed.key, filed.person FROM_FILED"
_BEARING = """
SELECT person.id, person.ref, person.gender, person.born, name.text
FROM (
    SELECT filed.person, count(*) AS borne FROM_FILED
    GROUP BY filed.person
    ORDER BY borne DESC, filed.person
    LIMIT :limit
) AS best
CROSS JOIN person CROSS JOIN name
WHERE person.id = best.person AND name.person = best.person
ORDER BY best.borne DESC, person.id, name.position
"""


def _in_both(statement: str) -> Mapping[str, TextClause]:
    """Write a statement in the dialect of either database, by its name."""
    keys = bindparam("keys", type_=JSON().with_variant(ARRAY(Integer), "postgresql"))
    return {
        dialect: text(statement.replace("FROM_FILED", filed)).bindparams(keys)
        for dialect, filed in _FILED_IN.items()
    }


_FILED_UNDER_IN, _BEARING_IN = _in_both(_FILED_UNDER), _in_both(_BEARING)


async def bearing(
    conn: Connection, keys: Collection[int], *, hidden: bool, limit: int
) -> tuple[Bearer, ...]:
    """Return the persons who bear most of the keys, at most ``limit`` of them.

    With ``hidden`` those are among them whom readers may not know of.
    """
    rows = await conn.execute(
        _BEARING_IN[conn.dialect.name],
        {**_looked_up(keys, hidden=hidden), "limit": limit},
    )
    return tuple(_bearers(rows.all()))


def _looked_up(keys: Iterable[int], *, hidden: bool) -> dict[str, Any]:
    filed = sorted(keys)
    return {
        "keys": [*filed, *map(invert, filed)] if hidden else filed,
        "most": MOST_OF_ONE_KEY,
    }


def _bearers(rows: Iterable[Sequence[Any]]) -> Iterator[Bearer]:
    for number, forms in groupby(rows, key=lambda row: row[0]):
        (_, ref, gender, born, first), *others = forms
        texts = (first, *(form[4] for form in others))
        yield Bearer(PersonId(number), ref, texts, Gender(gender) if gender else None, born)


async def bearing_each(
    conn: Connection, asked: Sequence[Collection[int]], *, hidden: bool, limit: int
) -> tuple[tuple[Bearer, ...], ...]:
    """Return what :func:`bearing` would for each of many, in few statements."""
    filed: dict[int, list[int]] = {}
    for chunk in batches({key for keys in asked for key in keys}):
        rows = await conn.execute(
            _FILED_UNDER_IN[conn.dialect.name], _looked_up(chunk, hidden=hidden)
        )
        for key, number in rows.all():
            filed.setdefault(key if key >= 0 else ~key, []).append(number)
    best = [_bearing_most(filed, keys, limit) for keys in asked]
    found: dict[int, Bearer] = {}
    for chunk in batches({number for numbers in best for number in numbers}):
        rows = await conn.execute(
            select(person.c.id, person.c.ref, person.c.gender, person.c.born, name.c.text)
            .join(name, name.c.person == person.c.id)
            .where(person.c.id.in_(chunk))
            .order_by(person.c.id, name.c.position)
        )
        found.update((bearer.person, bearer) for bearer in _bearers(rows.all()))
    return tuple(tuple(found[number] for number in numbers) for numbers in best)


def _bearing_most(
    filed: Mapping[int, Sequence[int]], keys: Collection[int], limit: int
) -> list[int]:
    borne = Counter(number for key in keys for number in filed.get(key, ()))
    return nsmallest(limit, borne, key=lambda number: (-borne[number], number))


async def add(conn: Connection, persons: Iterable[tuple[Person, Iterable[int]]]) -> None:
    """File persons who never were."""
    await _file(conn, {one.id: _keys(one, keys) for one, keys in persons})


async def put(conn: Connection, persons: Iterable[tuple[Person, Iterable[int]]]) -> None:
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


async def clear(conn: Connection) -> None:
    """Take away the keys of everybody: nobody is found until he or she is filed again."""
    await conn.execute(delete(bearer))
    await conn.execute(delete(filing))


_Filed = dict[PersonId, list[int]]
"""The keys under which persons are filed: sorted, and inverted if no reader may find them."""


def _keys(one: Person, keys: Iterable[int]) -> list[int]:
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

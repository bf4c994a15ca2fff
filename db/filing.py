"""Filing: the keys that find people, and who bears them.

Readers find nobody who is hidden: with ``hidden=False`` the same statement is run whatever is
held.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, TextClause, bindparam, delete, insert, select, text

from db.batches import batches
from db.connection import Connection
from db.tables import filing, name, name_key, person
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
_FILED = """
FROM EACH_PUBLIC AS side CROSS JOIN EACH_KEY AS asked CROSS JOIN name_key AS filed
WHERE filed.public = side.value AND filed.key = asked.value AND filed.person <= coalesce(
    (
        SELECT person FROM name_key
        WHERE public = side.value AND key = asked.value
        ORDER BY person LIMIT 1 OFFSET :most - 1
    ),
    9223372036854775807
)
"""
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
    whole = statement.replace("FROM_FILED", _FILED)
    in_sqlite = whole.replace("EACH_PUBLIC", "json_each(:public)")
    in_sqlite = in_sqlite.replace("EACH_KEY", "json_each(:keys)")
    each = "unnest(CAST(:public AS boolean[])) AS side(value)"
    in_postgresql = whole.replace("EACH_PUBLIC AS side", each)
    each = "unnest(CAST(:keys AS bigint[])) AS asked(value)"
    in_postgresql = in_postgresql.replace("EACH_KEY AS asked", each)
    lists = (bindparam("public", type_=JSON), bindparam("keys", type_=JSON))
    return {"sqlite": text(in_sqlite).bindparams(*lists), "postgresql": text(in_postgresql)}


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
    return {
        "public": [True, False] if hidden else [True],
        "keys": sorted(keys),
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
            filed.setdefault(key, []).append(number)
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
    for batch in batches(persons):
        await _file(conn, {one.id: _filing(one, keys) for one, keys in batch})


async def put(conn: Connection, persons: Iterable[tuple[Person, Iterable[int]]]) -> None:
    """Replace the keys that find persons; who is filed so already is not touched."""
    new: dict[PersonId, _Filing] = {}
    for batch in batches(persons):
        wanted = {one.id: _filing(one, keys) for one, keys in batch}
        filed = await _filings(conn, wanted)
        await _unfile(conn, {n: each for n, each in filed.items() if each != wanted[n]})
        new |= {n: each for n, each in wanted.items() if each != filed.get(n)}
    await _file(conn, new)


async def show(conn: Connection, ids: Iterable[PersonId], visibility: Visibility) -> None:
    """Let readers find these persons from now on, or only editors."""
    shown = visibility is Visibility.PUBLIC
    filed = await _filings(conn, ids)
    moved = {n: each for n, each in filed.items() if each.public is not shown}
    await _unfile(conn, moved)
    await _file(conn, {n: replace(each, public=shown) for n, each in moved.items()})


async def remove(conn: Connection, ids: Iterable[PersonId]) -> None:
    """Take away the keys of these persons: nobody finds them."""
    await _unfile(conn, await _filings(conn, ids))


async def clear(conn: Connection) -> None:
    """Take away the keys of everybody: nobody is found until he or she is filed again."""
    await conn.execute(delete(name_key))
    await conn.execute(delete(filing))


_KEY = 6
"""Bytes of a key."""


@dataclass(frozen=True, slots=True)
class _Filing:
    """Under which keys a person is filed, one after the other, and whether for readers, too."""

    public: bool
    keys: bytes

    def rows(self, number: int) -> Iterator[dict[str, Any]]:
        for at in range(0, len(self.keys), _KEY):
            key = int.from_bytes(self.keys[at : at + _KEY], "big")
            yield {"_public": self.public, "_key": key, "_person": number}


def _filing(one: Person, keys: Iterable[int]) -> _Filing:
    packed = b"".join(key.to_bytes(_KEY, "big") for key in sorted(set(keys)))
    return _Filing(one.visibility is Visibility.PUBLIC, packed)


async def _filings(conn: Connection, ids: Iterable[PersonId]) -> dict[PersonId, _Filing]:
    found: dict[PersonId, _Filing] = {}
    for chunk in batches(ids):
        rows = await conn.execute(select(filing).where(filing.c.person.in_(chunk)))
        found |= {PersonId(number): _Filing(shown, keys) for number, shown, keys in rows.all()}
    return found


_FILE = insert(name_key).values(
    public=bindparam("_public"), key=bindparam("_key"), person=bindparam("_person")
)
_UNFILE = delete(name_key).where(
    name_key.c.public == bindparam("_public"),
    name_key.c.key == bindparam("_key"),
    name_key.c.person == bindparam("_person"),
)


async def _file(conn: Connection, new: Mapping[PersonId, _Filing]) -> None:
    if not new:
        return
    rows = [row for number, each in new.items() for row in each.rows(number)]
    # In the order of the table: each page is written once.
    rows.sort(key=itemgetter("_key"))
    if rows:
        await conn.execute(_FILE, rows)
    values = [{"person": n, "public": each.public, "keys": each.keys} for n, each in new.items()]
    await conn.execute(insert(filing), values)


async def _unfile(conn: Connection, filed: Mapping[PersonId, _Filing]) -> None:
    rows = [row for number, each in filed.items() for row in each.rows(number)]
    if rows:
        await conn.execute(_UNFILE, rows)
    for chunk in batches(filed):
        await conn.execute(delete(filing).where(filing.c.person.in_(chunk)))

"""People: who they are, what they are called, and who may know of them.

Readers learn of nobody who is hidden: what they ask goes through :func:`public` and, with
``hidden=False``, through :func:`bearing`, which run the same statement whatever is held.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Row,
    Table,
    TextClause,
    bindparam,
    delete,
    func,
    insert,
    null,
    select,
    text,
    true,
    union_all,
    update,
)

from db.batches import batches
from db.connection import Connection
from db.tables import (
    event,
    filing,
    name,
    name_key,
    person,
    person_about,
    person_ref_alias,
)
from model.people import Gender, Name, NameKind, Person, PersonId, Visibility

_NAMED = person.alias("named")
"""The person an id was given to; :data:`person` is whom he or she was merged into."""

_MERGED = person.c.id == func.coalesce(_NAMED.c.merged_into, _NAMED.c.id)


async def public(conn: Connection, ids: Collection[PersonId]) -> Mapping[PersonId, Person]:
    """Return the persons readers may know of, by the id asked for.

    The id of somebody merged gives the person he or she was merged into.
    """
    return await _by_id(conn, ids, person.c.visibility == Visibility.PUBLIC)


async def get_many(conn: Connection, ids: Collection[PersonId]) -> Mapping[PersonId, Person]:
    """Return persons by the id asked for, hidden ones too. For editors."""
    return await _by_id(conn, ids, true())


async def get(conn: Connection, one: PersonId) -> Person | None:
    """Return a person, hidden or not, or ``None``. For editors."""
    return (await get_many(conn, [one])).get(one)


async def merged(conn: Connection, ids: Collection[PersonId]) -> Mapping[PersonId, PersonId]:
    """Return whom those of the persons who were merged are part of now."""
    found: dict[PersonId, PersonId] = {}
    for chunk in batches(ids):
        rows = await conn.execute(
            select(person.c.id, person.c.merged_into).where(
                person.c.id.in_(chunk), person.c.merged_into.is_not(None)
            )
        )
        found.update((PersonId(old), PersonId(new)) for old, new in rows)
    return found


async def by_ref(conn: Connection, refs: Collection[str]) -> Mapping[str, Person]:
    """Return persons by the reference asked for, present or former; hidden ones too."""
    ids: dict[str, PersonId] = {}
    for chunk in batches(refs):
        for ref, number in await conn.execute(
            select(person_ref_alias.c.ref, person_ref_alias.c.person).where(
                person_ref_alias.c.ref.in_(chunk)
            )
        ):
            ids[ref] = PersonId(number)
        for ref, number in await conn.execute(
            select(person.c.ref, person.c.id).where(person.c.ref.in_(chunk))
        ):
            ids[ref] = PersonId(number)
    known = await get_many(conn, set(ids.values()))
    return {ref: known[number] for ref, number in ids.items()}


async def chunk(
    conn: Connection, after: PersonId | None, limit: int, *, hidden: bool
) -> tuple[Person, ...]:
    """Return the next persons in the order of their ids, without those merged into others."""
    wanted = select(person.c.id).where(person.c.merged_into.is_(None)).order_by(person.c.id)
    if after is not None:
        wanted = wanted.where(person.c.id > after)
    if not hidden:
        wanted = wanted.where(person.c.visibility == Visibility.PUBLIC)
    ids = [PersonId(number) for number in await conn.scalars(wanted.limit(limit))]
    known = await get_many(conn, ids)
    return tuple(known[number] for number in ids)


async def count(conn: Connection) -> int:
    """Return how many persons there are, hidden ones too, without those merged into others."""
    everybody = select(func.count()).select_from(person).where(person.c.merged_into.is_(None))
    return (await conn.execute(everybody)).scalar_one()


async def add(conn: Connection, new: Person, keys: Iterable[int]) -> None:
    """Write down a person with the keys that find him or her."""
    await add_many(conn, [(new, keys)])


async def add_many(conn: Connection, new: Iterable[tuple[Person, Iterable[int]]]) -> None:
    """Write down many persons, each with the keys that find him or her."""
    for batch in batches(new):
        await conn.execute(
            insert(person),
            [
                {
                    "id": one.id,
                    "ref": one.ref,
                    "gender": one.gender,
                    "born": one.born,
                    "recognised_by": one.recognised_by,
                    "visibility": one.visibility,
                }
                for one, _ in batch
            ],
        )
        await _write_names(conn, [one for one, _ in batch])
        await _file(conn, {one.id: _filing(one, keys) for one, keys in batch})


async def change(conn: Connection, changed: Person, keys: Iterable[int]) -> None:
    """Replace all that is known of who a person is; a former reference still finds him or her."""
    before = (
        await conn.execute(select(person.c.ref).where(person.c.id == changed.id))
    ).scalar_one()
    if before != changed.ref:
        await conn.execute(insert(person_ref_alias).values(ref=before, person=changed.id))
    await conn.execute(
        update(person)
        .where(person.c.id == changed.id)
        .values(
            ref=changed.ref,
            gender=changed.gender,
            born=changed.born,
            recognised_by=changed.recognised_by,
            visibility=changed.visibility,
        )
    )
    await conn.execute(delete(name).where(name.c.person == changed.id))
    await conn.execute(delete(person_about).where(person_about.c.person == changed.id))
    await _write_names(conn, [changed])
    await put_keys(conn, changed, keys)


async def publish(conn: Connection, ids: Collection[PersonId]) -> None:
    """Let readers know of these persons, and find them."""
    await _show(conn, ids, Visibility.PUBLIC)


async def hide(conn: Connection, ids: Collection[PersonId]) -> None:
    """Let no reader know of these persons any more."""
    await _show(conn, ids, Visibility.HIDDEN)


async def merge(conn: Connection, one: PersonId, into: Person, keys: Iterable[int]) -> None:
    """Make a person part of another: the id and reference still answer, the events move over.

    ``into`` is the other with the names of both, ``keys`` find it.
    """
    await conn.execute(
        update(person)
        .where((person.c.id == one) | (person.c.merged_into == one))
        .values(merged_into=into.id)
    )
    await conn.execute(update(event).where(event.c.person == one).values(person=into.id))
    await _unfile(conn, await _filings(conn, [one]))
    await change(conn, into, keys)


async def put_keys(conn: Connection, one: Person, keys: Iterable[int]) -> None:
    """Replace the keys that find a person."""
    await file(conn, [(one, keys)])


async def unfile(conn: Connection) -> None:
    """Take away the keys of everybody: nobody is found until he or she is filed again."""
    await conn.execute(delete(name_key))
    await conn.execute(delete(filing))


async def file(conn: Connection, persons: Iterable[tuple[Person, Iterable[int]]]) -> None:
    """Replace the keys that find many persons; who is filed so already is not touched."""
    new: dict[PersonId, _Filing] = {}
    for batch in batches(persons):
        wanted = {one.id: _filing(one, keys) for one, keys in batch}
        filed = await _filings(conn, wanted)
        await _unfile(conn, {n: each for n, each in filed.items() if each != wanted[n]})
        new |= {n: each for n, each in wanted.items() if each != filed.get(n)}
    await _file(conn, new)


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
        yield Bearer(PersonId(number), ref, texts, _gender(gender), born)


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


async def _show(conn: Connection, ids: Collection[PersonId], visibility: Visibility) -> None:
    shown = visibility is Visibility.PUBLIC
    for chunk in batches(ids):
        await conn.execute(
            update(person).where(person.c.id.in_(chunk)).values(visibility=visibility)
        )
        filed = await _filings(conn, chunk)
        moved = {n: each for n, each in filed.items() if each.public is not shown}
        await _unfile(conn, moved)
        await _file(conn, {n: replace(each, public=shown) for n, each in moved.items()})


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


async def _write_names(conn: Connection, persons: Iterable[Person]) -> None:
    names: list[dict[str, Any]] = []
    about: list[dict[str, Any]] = []
    for one in persons:
        names += [
            {
                "person": one.id,
                "position": position,
                "language": form.language,
                "kind": form.kind,
                "text": form.text,
            }
            for position, form in enumerate(one.names)
        ]
        about += [
            {"person": one.id, "language": language, "text": text}
            for language, text in one.about.items()
        ]
    await _insert(conn, name, names)
    await _insert(conn, person_about, about)


async def _insert(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        await conn.execute(insert(table), rows)


async def _by_id(
    conn: Connection, ids: Collection[PersonId], allowed: ColumnElement[bool]
) -> Mapping[PersonId, Person]:
    asked: dict[PersonId, Row[Any]] = {}
    for chunk in batches(ids):
        rows = await conn.execute(
            select(_NAMED.c.id.label("asked"), person)
            .join_from(_NAMED, person, _MERGED)
            .where(_NAMED.c.id.in_(chunk), allowed)
        )
        asked.update((PersonId(row.asked), row) for row in rows)
    names: dict[int, list[Name]] = {}
    about: dict[int, dict[str, str]] = {}
    for chunk in batches({row.id for row in asked.values()}):
        of_names = select(
            name.c.person, name.c.position, name.c.language, name.c.kind, name.c.text
        )
        of_words = select(
            person_about.c.person, null(), person_about.c.language, null(), person_about.c.text
        )
        words = union_all(
            of_names.where(name.c.person.in_(chunk)),
            of_words.where(person_about.c.person.in_(chunk)),
        ).subquery()
        for row in await conn.execute(select(words).order_by(words.c.person, words.c.position)):
            if row.kind is None:
                about.setdefault(row.person, {})[row.language] = row.text
            else:
                form = Name(row.text, row.language, NameKind(row.kind))
                names.setdefault(row.person, []).append(form)
    return {
        number: Person(
            id=PersonId(row.id),
            ref=row.ref,
            names=tuple(names[row.id]),
            gender=_gender(row.gender),
            born=row.born,
            about=about.get(row.id, {}),
            recognised_by=row.recognised_by,
            visibility=Visibility(row.visibility),
        )
        for number, row in asked.items()
    }


def _gender(stored: str | None) -> Gender | None:
    return None if stored is None else Gender(stored)

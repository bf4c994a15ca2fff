"""People: who they are, what they are called, and who may know of them.

Readers learn of nobody who is hidden: what they ask goes through :func:`public` and, with
``hidden=False``, through :mod:`db.filing`, which run the same statement whatever is held.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    delete,
    func,
    insert,
    null,
    select,
    true,
    union_all,
    update,
)

from db import filing
from db.batches import batches
from db.connection import Connection
from db.tables import event, name, person, person_about, person_ref_alias
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


async def with_birthdays(conn: Connection, days: Collection[str]) -> tuple[PersonId, ...]:
    """Return the public persons whose birthday is one of these days."""
    rows = await conn.scalars(
        select(person.c.id)
        .where(person.c.birthday.in_(days), person.c.visibility == Visibility.PUBLIC)
        .order_by(person.c.id)
    )
    return tuple(map(PersonId, rows))


async def add(conn: Connection, new: Person, keys: Iterable[int]) -> None:
    """Write down a person with the keys that find him or her."""
    await add_many(conn, [(new, keys)])


async def add_many(conn: Connection, new: Iterable[tuple[Person, Iterable[int]]]) -> None:
    """Write down many persons, each with the keys that find him or her."""
    for many in batches(new, filing.AT_ONCE):
        for batch in batches(one for one, _ in many):
            await conn.execute(
                insert(person),
                [
                    {
                        "id": one.id,
                        "ref": one.ref,
                        "gender": one.gender,
                        "born": one.born,
                        "birthday": one.birthday,
                        "recognised_by": one.recognised_by,
                        "visibility": one.visibility,
                    }
                    for one in batch
                ],
            )
            await _write_names(conn, batch)
        await filing.add(conn, many)


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
            birthday=changed.birthday,
            recognised_by=changed.recognised_by,
            visibility=changed.visibility,
        )
    )
    await conn.execute(delete(name).where(name.c.person == changed.id))
    await conn.execute(delete(person_about).where(person_about.c.person == changed.id))
    await _write_names(conn, [changed])
    await filing.put(conn, [(changed, keys)])


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
    await filing.remove(conn, [one])
    await change(conn, into, keys)


async def _show(conn: Connection, ids: Collection[PersonId], visibility: Visibility) -> None:
    for chunk in batches(ids):
        await conn.execute(
            update(person).where(person.c.id.in_(chunk)).values(visibility=visibility)
        )
        await filing.show(conn, chunk, visibility)


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
            gender=Gender(row.gender) if row.gender else None,
            born=row.born,
            birthday=row.birthday,
            about=about.get(row.id, {}),
            recognised_by=row.recognised_by,
            visibility=Visibility(row.visibility),
        )
        for number, row in asked.items()
    }

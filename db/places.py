"""Places: prisons, towns and crossings, each kept once."""

import hashlib
from collections.abc import Collection, Mapping

from sqlalchemy import insert, select

from db import rows
from db.connection import Connection
from db.tables import place, place_name
from model.people import Place


async def keep(conn: Connection, given: Place) -> int:
    """Return the number of a place; write it down if it is new, with names it did not have."""
    ref = _ref(given)
    known: int | None = (await conn.execute(select(place.c.id).where(place.c.ref == ref))).scalar()
    if known is None:
        row = insert(place).values(ref=ref, country=given.country)
        known = int((await conn.execute(row.returning(place.c.id))).scalar_one())
    for language, text in given.names.items():
        await rows.put(conn, place_name, {"place": known, "language": language, "text": text})
    return known


async def get_many(conn: Connection, numbers: Collection[int]) -> Mapping[int, Place]:
    """Return the places of these numbers."""
    names: dict[int, dict[str, str]] = {}
    countries: dict[int, str] = {}
    for row in await conn.execute(
        select(place.c.id, place.c.country, place_name.c.language, place_name.c.text)
        .outerjoin(place_name, place_name.c.place == place.c.id)
        .where(place.c.id.in_(numbers))
    ):
        countries[row.id] = row.country
        if row.language is not None:
            names.setdefault(row.id, {})[row.language] = row.text
    return {number: Place(country, names.get(number, {})) for number, country in countries.items()}


def _ref(given: Place) -> str:
    """Name a place as the lists do, by its English or else its first name."""
    name = given.names.get("en") or next((given.names[x] for x in sorted(given.names)), "")
    ref = f"{given.country}/{name.casefold()}"
    # The column holds 64 characters; the address of a prison may be longer.
    return ref if len(ref) <= 64 else hashlib.sha256(ref.encode()).hexdigest()

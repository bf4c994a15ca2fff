"""The index of names: where questions find the people who bear them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Self

from db import filing, meta, people
from db.connection import Connection, Database
from model.people import Person, PersonId
from names import ALGORITHM, keys_of
from services.spelling import Spell, Spelt, names_of, spelling

_ALGORITHM = "names.algorithm"
_REBUILT = "names.rebuilt"
"""Where ``meta`` keeps how far a rebuild has come: algorithm, last person, how many so far."""
_BATCH = 1000
"""Persons filed in one transaction: a fraction of a second."""
_BATCH_ALONE = filing.AT_ONCE
"""The same while nobody can be found anyway."""
_PAUSE = 0.12
"""Seconds between two transactions, for others who wait to write: SQLite lets them look at most
every 0.1 seconds whether they may. With 0.02 a reader's ``/forget`` took up to five, or failed."""


class NameIndex:
    """Everybody is filed by one version of the algorithm; another one finds nobody there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_current(self) -> bool:
        """Say whether everybody is filed under the keys that questions look for today."""
        async with self._database.read() as conn:
            return await meta.get(conn, _ALGORITHM) == str(ALGORITHM)

    async def rebuild(self, progress: Callable[[int, int], None] = lambda done, of: None) -> int:
        """File everybody anew, and return how many that were; ``progress`` is told how many were
        so far, and of how many.

        It works beside a running bot, and goes on where it was broken off.
        """
        async with self._database.read() as conn:
            everybody = await people.count(conn)
            done, last = await _broken_off(conn)
            alone = await meta.get(conn, _ALGORITHM) != str(ALGORITHM)
        if alone and last is None:
            async with self._database.write() as conn:
                await filing.begin_anew(conn)
                await meta.put(conn, _REBUILT, f"{ALGORITHM} 0 0")
        size = _BATCH_ALONE if alone else _BATCH
        async with (
            spelling(everybody) as spell,
            _Ahead(self._database, spell, last, size) as ahead,
        ):
            while True:
                progress(done, everybody)
                spelt = await ahead.next()
                async with self._database.write() as conn:
                    persons = await filing.to_file(conn, last, size)
                    if not persons:
                        await filing.end_anew(conn)
                        await meta.put(conn, _ALGORITHM, str(ALGORITHM))
                        await meta.drop(conn, _REBUILT)
                        return done
                    # Whoever was renamed meanwhile is not among those who were spelt.
                    keys = [spelt.get(one.names) or keys_of(one.names) for one in persons]
                    await filing.put(conn, zip(persons, keys, strict=True))
                    done, last = done + len(persons), persons[-1].id
                    await meta.put(conn, _REBUILT, f"{ALGORITHM} {last} {done}")
                await asyncio.sleep(_PAUSE)


class _Ahead:
    """Has the keys of the next made while those before are written down."""

    def __init__(self, database: Database, spell: Spell, last: PersonId | None, size: int) -> None:
        self._database = database
        self._spell = spell
        self._last = last
        self._size = size

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._spelt.cancel()
        await asyncio.gather(self._spelt, return_exceptions=True)

    async def next(self) -> Spelt:
        """Return the keys of the next so many, as they were called when they were read."""
        spelt = await self._spelt
        await self._begin()
        return spelt

    async def _begin(self) -> None:
        async with self._database.read() as conn:
            persons = await filing.to_file(conn, self._last, self._size)
        self._last = persons[-1].id if persons else self._last
        self._spelt = asyncio.ensure_future(self._spell([one.names for one in persons]))


async def _broken_off(conn: Connection) -> tuple[int, PersonId | None]:
    """Return how many a rebuild has filed that was not finished, and the last of them."""
    kept = await meta.get(conn, _REBUILT)
    algorithm, last, done = map(int, (kept or "0 0 0").split())
    return (done, PersonId(last)) if algorithm == ALGORITHM else (0, None)


def with_keys(persons: Sequence[Person], spelt: Spelt) -> Sequence[tuple[Person, frozenset[int]]]:
    """Put to each person the keys that were made before; who has none gets them now."""
    return [(one, spelt.get(names_of(one)) or keys_of_person(one)) for one in persons]


def keys_of_person(person: Person) -> frozenset[int]:
    """Return the keys under which a person is filed; they belong beside any change of names."""
    return keys_of(names_of(person))

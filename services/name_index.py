"""The index of names: where questions find the people who bear them."""

from collections.abc import Callable

from db import meta, people
from db.connection import Database
from model.people import Person
from names import ALGORITHM, keys_of

_ALGORITHM = "names.algorithm"
_BATCH = 500
"""Persons filed in one transaction."""


class NameIndex:
    """Everybody is filed by one version of the algorithm; another one finds nobody there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_current(self) -> bool:
        """Say whether everybody is filed under the keys that questions look for today."""
        async with self._database.read() as conn:
            return await meta.get(conn, _ALGORITHM) == str(ALGORITHM)

    async def rebuild(self, progress: Callable[[int], None] = lambda _: None) -> int:
        """File everybody anew, and return how many that were; ``progress`` is told the same.

        It may be broken off and begun again.
        """
        done, last = 0, None
        while True:
            async with self._database.write() as conn:
                persons = await people.chunk(conn, last, _BATCH, hidden=True)
                for person in persons:
                    await people.put_keys(conn, person, keys_of_person(person))
                if not persons:
                    await meta.put(conn, _ALGORITHM, str(ALGORITHM))
                    return done
            done, last = done + len(persons), persons[-1].id
            progress(done)


def keys_of_person(person: Person) -> frozenset[int]:
    """Return the keys under which a person is filed; they belong beside any change of names."""
    return keys_of(name.text for name in person.names)

"""The sample world: public figures of one real release, to learn and to show Vestka with."""

from collections.abc import Callable
from datetime import date

from db import events, people, releases
from db.connection import Connection, Database
from exchange.sample import Sample
from model.dates import PartialDate
from model.people import EventId, PersonId
from model.releases import ReleaseId
from services.name_index import keys_of_person


class SampleWorld:
    """Fills an empty database with the sample, as it is known or as it was on an earlier day."""

    def __init__(self, database: Database, random: Callable[[int], int]) -> None:
        self._database = database
        self._random = random

    async def load(self, sample: Sample, *, as_of: date | None = None) -> None:
        """Write down what was known on the morning of a day; without one, everything."""
        async with self._database.write() as conn:
            release = None
            if _was_known(PartialDate.parse(sample.release.on), as_of):
                release = await _write_release(conn, sample)
            for given in sample.people:
                person = given.person(PersonId(self._random(63)))
                await people.add(conn, person, keys_of_person(person))
                for happened in given.events:
                    if _was_known(happened.date, as_of):
                        number = EventId(self._random(63))
                        event = sample.event(happened, number, person.id, release)
                        await events.add(conn, event, happened.state)


def _was_known(on: PartialDate | None, as_of: date | None) -> bool:
    return on is None or as_of is None or on.last < as_of


async def _write_release(conn: Connection, sample: Sample) -> ReleaseId:
    given = sample.release
    number = await releases.add(conn, given.ref)
    await releases.date(conn, number, PartialDate.parse(given.on))
    for total in given.total:
        count = sample.count(total)
        await releases.add_source(conn, number, count.source)
        await releases.add_count(conn, number, None, count)
    for taken in given.taken_to:
        group = await releases.add_group(conn, number, taken.country, taken.place)
        for each in taken.counts:
            count = sample.count(each)
            await releases.add_source(conn, number, count.source)
            await releases.add_count(conn, number, group, count)
    return number

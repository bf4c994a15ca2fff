"""A release of invented people, for whatever is measured of telling it to many."""

from datetime import UTC, datetime

from db import notices, people, releases, waves
from db.connection import Database
from db.keyring import Keyring
from model.notices import GroupFacts, NoticeKind, NoticeState, PersonFacts, Snapshot, WaveId
from model.people import Name, Person, PersonId

KEYS = Keyring(1, {1: bytes(range(32))})
PERSONS = tuple(PersonId(number) for number in range(1, 124))


async def announce(database: Database) -> WaveId:
    """List the people, and let their release out."""
    begun = datetime.now(UTC)
    async with database.write() as conn:
        for person in PERSONS:
            names = (Name(f"Invented Name {person}", "en"),)
            await people.add(conn, Person(person, f"ref-{person}", names), [person])
        release = await releases.add(conn, "benchmark")
        group = await releases.add_group(conn, release, "LT", "Vilnius")
        facts = tuple(PersonFacts(p, {"en": f"Invented Name {p}"}) for p in PERSONS)
        groups = (GroupFacts(group, "LT", "Vilnius", (), facts),)
        notice = await notices.add(conn, NoticeKind.RELEASE, release, None, begun)
        await notices.freeze(
            conn,
            notice,
            None,
            Snapshot(NoticeKind.RELEASE, release, "2025-12-13", (), (), groups, list_closed=True),
        )
        await notices.move(conn, notice, NoticeState.GOING_OUT)
        return await waves.add(conn, notice, [group], begun)

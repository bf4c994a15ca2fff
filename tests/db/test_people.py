"""People as the database knows them; whoever is hidden is nowhere."""

from dataclasses import replace

import pytest

from db import events, people
from db.connection import Database
from model.people import (
    Event,
    EventId,
    EventKind,
    EventState,
    Name,
    NameKind,
    PersonId,
    Source,
    Visibility,
)
from tests.db.listing import ALENA, BARYS, HIDDEN, bearers, list_all


@pytest.fixture
async def listed(database: Database) -> Database:
    await list_all(database)
    return database


async def test_what_is_written_is_read(listed: Database) -> None:
    async with listed.read() as conn:
        assert await people.get(conn, ALENA.id) == ALENA
        assert await people.get_many(conn, [ALENA.id, HIDDEN.id]) == {
            ALENA.id: ALENA,
            HIDDEN.id: HIDDEN,
        }
        assert await people.get(conn, PersonId(1)) is None


async def test_readers_meet_nobody_who_is_hidden(listed: Database) -> None:
    async with listed.read() as conn:
        assert await people.public(conn, [ALENA.id, HIDDEN.id]) == {ALENA.id: ALENA}
        assert await bearers(conn, [1, 2, 3, 4], hidden=False, limit=9) == [
            ALENA.id,
            BARYS.id,
        ]
        assert await people.chunk(conn, None, 9, hidden=False) == (BARYS, ALENA)


async def test_editors_meet_everybody(listed: Database) -> None:
    async with listed.read() as conn:
        assert await bearers(conn, [1, 2, 3, 4], hidden=True, limit=2) == [
            HIDDEN.id,
            ALENA.id,
        ]
        assert await people.chunk(conn, None, 2, hidden=True) == (BARYS, HIDDEN)
        assert await people.chunk(conn, HIDDEN.id, 2, hidden=True) == (ALENA,)


async def test_who_is_published_is_found_and_who_is_hidden_is_not(listed: Database) -> None:
    async with listed.write() as conn:
        await people.publish(conn, [HIDDEN.id])
        await people.hide(conn, [ALENA.id])
    async with listed.read() as conn:
        assert await bearers(conn, [1], hidden=False, limit=9) == [HIDDEN.id]
        assert list(await people.public(conn, [ALENA.id, HIDDEN.id])) == [HIDDEN.id]


async def test_a_change_replaces_names_and_keys(listed: Database) -> None:
    changed = replace(ALENA, names=(Name("Алена Рачная", "be"),), about={}, born=None)
    async with listed.write() as conn:
        await people.change(conn, changed, [7])
    async with listed.read() as conn:
        assert await people.get(conn, ALENA.id) == changed
        assert await bearers(conn, [1, 2], hidden=False, limit=9) == []
        assert await bearers(conn, [7], hidden=False, limit=9) == [ALENA.id]


async def test_who_is_hidden_by_a_change_is_not_found(listed: Database) -> None:
    async with listed.write() as conn:
        await people.change(conn, replace(ALENA, visibility=Visibility.HIDDEN), [1, 2])
    async with listed.read() as conn:
        assert await bearers(conn, [1, 2], hidden=False, limit=9) == []


async def test_a_former_reference_still_finds_the_person(listed: Database) -> None:
    async with listed.write() as conn:
        await people.change(conn, replace(BARYS, ref="palavy"), [3])
    async with listed.read() as conn:
        known = await people.by_ref(conn, ["barys", "palavy", "nobody"])
    assert set(known) == {"barys", "palavy"}
    assert known["barys"] == known["palavy"] == replace(BARYS, ref="palavy")


async def test_the_merged_answer_as_the_one_they_are_part_of(listed: Database) -> None:
    both = replace(ALENA, names=(*ALENA.names, Name("Палявы", kind=NameKind.ALIAS)))
    arrest = Event(EventId(1), BARYS.id, EventKind.DETAINED, None, (Source("Radio"),))
    async with listed.write() as conn:
        await events.add(conn, arrest, EventState.PUBLISHED)
        await people.merge(conn, HIDDEN.id, BARYS, [3, 4])
        await people.merge(conn, BARYS.id, both, [1, 2, 3, 4])
    async with listed.read() as conn:
        assert await people.public(conn, [BARYS.id, HIDDEN.id]) == {
            BARYS.id: both,
            HIDDEN.id: both,
        }
        assert await people.merged(conn, [ALENA.id, BARYS.id, HIDDEN.id]) == {
            BARYS.id: ALENA.id,
            HIDDEN.id: ALENA.id,
        }
        assert (await people.by_ref(conn, ["barys"]))["barys"] == both
        assert await bearers(conn, [4], hidden=True, limit=9) == [ALENA.id]
        assert await people.chunk(conn, None, 9, hidden=True) == (both,)
        assert await events.of(conn, [BARYS.id]) == {}
        assert await events.of(conn, [ALENA.id]) == {ALENA.id: (replace(arrest, person=ALENA.id),)}

"""Who bears the keys of a question; whoever is hidden bears none for readers."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event as listening
from sqlalchemy import text

from db import batches, filing, people
from db.connection import Database
from model.people import Gender, PersonId
from tests.db.listing import ALENA, BARYS, bearers, list_all


@pytest.fixture
async def listed(database: Database) -> Database:
    await list_all(database)
    return database


async def test_who_bears_a_key_is_weighed_by_every_form_of_the_name(listed: Database) -> None:
    async with listed.read() as conn:
        (found,) = await filing.bearing(conn, [[1]], hidden=False, limit=9)
    forms = ("Алена Лясная", "Alena Lasnaja", "Лена")
    assert found == (filing.Bearer(ALENA.id, ALENA.ref, forms, Gender.FEMALE, 1990),)


async def test_nobody_bears_no_keys(listed: Database) -> None:
    async with listed.read() as conn:
        assert await bearers(conn, [], hidden=True, limit=9) == []


async def test_keys_can_be_taken_away(listed: Database) -> None:
    async with listed.write() as conn:
        await filing.remove(conn, [ALENA.id])
    async with listed.read() as conn:
        assert await bearers(conn, [1, 2], hidden=False, limit=9) == []


async def test_many_are_looked_up_at_once_as_each_would_be(
    listed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "SIZE", 2)
    asked = [[1, 3], [], [4, 99], [3], list(range(1, 1200))]
    async with listed.read() as conn:
        for hidden in (False, True):
            for limit in (1, 9):
                found = await filing.bearing(conn, asked, hidden=hidden, limit=limit)
                for keys, each in zip(asked, found, strict=True):
                    assert await filing.bearing(conn, [keys], hidden=hidden, limit=limit) == (
                        each,
                    )
                assert [len(each) for each in found] == (
                    [min(limit, number) for number in ([2, 0, 1, 2, 2], [3, 0, 2, 3, 3])[hidden]]
                )


async def test_of_a_key_that_very_many_bear_only_some_are_counted(
    listed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever bears a rarer key as well is found all the same."""
    monkeypatch.setattr(filing, "MOST_OF_ONE_KEY", 2)
    async with listed.write() as conn:
        for number in (20, 21):
            await people.add(conn, replace(BARYS, id=PersonId(number), ref=f"b-{number}"), [3, 21])
    async with listed.read() as conn:
        assert await bearers(conn, [3], hidden=False) == [BARYS.id, 20]
        assert await bearers(conn, [3, 2], hidden=False) == [BARYS.id, 20, ALENA.id]
        assert await bearers(conn, [3, 21], hidden=False) == [20, BARYS.id, 21]


async def test_nothing_reads_the_whole_list_to_find_somebody(database: Database) -> None:
    """However many PostgreSQL believes to bear a key."""
    crowd = [
        (replace(BARYS, id=PersonId(number), ref=f"b-{number}"), [number % 100])
        for number in range(20_000)
    ]
    async with database.write() as conn:
        await people.add_many(conn, crowd)
        await conn.execute(text("ANALYZE"))
    looked_up: list[tuple[str, Any]] = []

    def note(*given: Any) -> None:
        looked_up.append((given[2], given[3]))

    engine = database.engine.sync_engine
    async with database.read() as conn:
        listening.listen(engine, "before_cursor_execute", note)
        await bearers(conn, list(range(9)), hidden=False)
        listening.remove(engine, "before_cursor_execute", note)
        ((statement, values),) = looked_up
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        if not database.is_sqlite:
            assert await conn.scalar(text("SHOW jit")) == "off"
        plan = str((await conn.exec_driver_sql(f"{explain} {statement}", values)).all())
    assert "SEARCH person" in plan if database.is_sqlite else "Index Scan" in plan
    assert "SCAN person" not in plan
    assert "Seq Scan" not in plan

"""Migrations up and down with data, damage, and what has expired."""

import math
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Table, func, insert, inspect, select, text, update

from db import events, interruptions, meta, tables, upkeep, waves
from db.connection import Database, open_database
from db.tables import metadata
from db.vault import Vault
from model.deliveries import DeliveryState
from model.errors import Misconfigured
from model.interruptions import Cause
from model.notices import WaveId
from model.readers import ChatId, ChatKind
from services.editors import Editors
from services.readers import Readers
from tests.watch import Watch


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    database = open_database(empty_url, for_upkeep=True)
    yield database
    await database.close()


async def differences(database: Database) -> list[Any]:
    def compare(connection: Connection) -> list[Any]:
        # Alembic takes SQLite's '' for another default than ''; the words are compared below.
        options = {
            "compare_type": True,
            "compare_server_default": connection.dialect.name != "sqlite",
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))

    async with database.read() as conn:
        return await conn.run_sync(compare)


async def go(database: Database, revision: str, *, down: bool = False) -> None:
    """Migrate up or down to a revision."""

    def run(connection: Connection) -> None:
        config = upkeep.configure()
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)

    async with database.write() as conn:
        await conn.run_sync(run)


async def names(database: Database) -> set[str]:
    async with database.read() as conn:
        return set(await conn.run_sync(lambda connection: inspect(connection).get_table_names()))


def value(column: Column[Any]) -> Any:
    """Make up a value for a column; every row refers to the other rows made so."""
    if column.foreign_keys:
        return value(next(iter(column.foreign_keys)).column)
    made: dict[type, Any] = {
        int: 1,
        float: 0.5,
        str: "x",
        bytes: b"sixteen bytes it" + b"s" * ((getattr(column.type, "length", 0) or 16) - 16),
        bool: True,
        date: date(2025, 12, 13),
        datetime: datetime(2025, 12, 13, 12, 0, 0, 123456, tzinfo=UTC),
    }
    if isinstance(column.type, tables.Numbers):
        return [-1, 2**31 - 1]
    is_instant = isinstance(column.type, tables.Instant)
    return made[datetime if is_instant else column.type.python_type]


async def there(database: Database) -> dict[Table, list[Column[Any]]]:
    """Return the tables that there are by now, and their columns."""

    def look(connection: Connection) -> dict[str, set[str]]:
        inspector = inspect(connection)
        return {
            name: {column["name"] for column in inspector.get_columns(name)}
            for name in inspector.get_table_names()
        }

    async with database.read() as conn:
        found = await conn.run_sync(look)
    return {
        table: [column for column in table.columns if column.name in found[table.name]]
        for table in metadata.sorted_tables
        if table.name in found
    }


def row(columns: list[Column[Any]]) -> dict[str, Any]:
    return {column.name: value(column) for column in columns}


async def fill(database: Database) -> None:
    """Put one row into every table there is."""
    found = await there(database)
    async with database.write() as conn:
        for table, columns in found.items():
            await conn.execute(insert(table).values(row(columns)))


class Beginning:
    """Everything that is remembered is remembered as it was put in, and gone when undone."""

    revision = "0001"

    async def before(self, database: Database) -> None:
        assert await names(database) <= {"alembic_version"}

    async def after(self, database: Database) -> None:
        await fill(database)
        beginning = await there(database)
        async with database.read() as conn:
            for table, columns in beginning.items():
                found = (await conn.execute(select(*columns))).mappings().all()
                assert [dict(one) for one in found] == [row(columns)], table.name

    async def undone(self, database: Database) -> None:
        assert await names(database) <= {"alembic_version"}


class WaitingForNames:
    """A message that belongs to no news is gone when undone; what belongs to news stays."""

    revision = "0002"

    async def before(self, database: Database) -> None:
        noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
        async with database.write() as conn:
            await conn.execute(insert(tables.release).values(id=1, ref="a", list_closed=False))
            await conn.execute(
                insert(tables.notice).values(
                    id=1, kind="release", state="out", release=1, created_at=noon
                )
            )
            await conn.execute(insert(tables.release_group).values(id=1, release=1, position=0))
            await conn.execute(insert(tables.wave).values(id=1, notice=1, begun=noon))
            await conn.execute(insert(tables.wave_group).values(wave=1, group=1))
            await self._deliver(conn, 1)

    async def after(self, database: Database) -> None:
        noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
        async with database.write() as conn:
            await conn.execute(insert(tables.wave).values(id=2, notice=None, begun=noon))
            await self._deliver(conn, 2)
            await conn.execute(insert(tables.other_name).values(pair=b"p" * 16))
        assert await self._waves(database) == [(1, 1), (2, 2)]

    async def undone(self, database: Database) -> None:
        assert "other_name" not in await names(database)
        assert await self._waves(database) == [(1, 1)]
        async with database.read() as conn:
            assert await conn.scalar(select(tables.wave_group.c.wave)) == 1

    async def _deliver(self, conn: Any, wave: int) -> None:
        due = datetime(2025, 12, 13, tzinfo=UTC)
        mark = bytes([wave]) * 16
        row = {"mark": mark, "wave": wave, "state": "queued", "lane": 1, "sealed": b""}
        await conn.execute(insert(tables.delivery).values(**row, due=due))

    async def _waves(self, database: Database) -> list[tuple[int, int]]:
        """Return the waves, and those of their deliveries."""
        async with database.read() as conn:
            rows = await conn.execute(
                select(tables.wave.c.id, tables.delivery.c.wave)
                .join(tables.delivery, tables.delivery.c.wave == tables.wave.c.id)
                .order_by(tables.wave.c.id)
            )
            return [(one, other) for one, other in rows]


class Overviews:
    """What happened stays as it is, whichever way it is looked up."""

    revision = "0003"

    async def before(self, database: Database) -> None:
        async with database.write() as conn:
            await conn.execute(
                insert(tables.person).values(id=1, ref="a", recognised_by="", visibility="public")
            )
            await conn.execute(
                insert(tables.event).values(
                    id=2, person=1, kind="detained", state="published", confidence="confirmed"
                )
            )

    async def after(self, database: Database) -> None:
        async with database.read() as conn:
            counted = await events.count_held(conn, None, 10)
        assert counted == events.Count(1, (), None)

    async def undone(self, database: Database) -> None:
        await self.after(database)


class Filing:
    """Whoever is filed the old way is found by nobody until the names are filed anew."""

    revision = "0004"
    file = "INSERT INTO name_key (public, key, person) VALUES (true, :key, 1)"

    async def before(self, database: Database) -> None:
        async with database.write() as conn:
            await conn.execute(
                insert(tables.person).values(id=1, ref="a", recognised_by="", visibility="public")
            )
            await conn.execute(text(self.file), {"key": 7})
            await meta.put(conn, "names.algorithm", "1")

    async def after(self, database: Database) -> None:
        async with database.write() as conn:
            assert await conn.scalar(text("SELECT key FROM name_key")) is None
            assert await meta.get(conn, "names.algorithm") is None
            await conn.execute(text(self.file), {"key": 8})
            await conn.execute(text("INSERT INTO filing VALUES (1, true, '8')"))

    async def undone(self, database: Database) -> None:
        assert "filing" not in await names(database)
        async with database.read() as conn:
            assert await conn.scalar(text("SELECT key FROM name_key")) == 8


class Bearers:
    """The same again, whichever way one goes."""

    revision = "0005"

    async def before(self, database: Database) -> None:
        await Filing().before(database)
        async with database.write() as conn:
            await conn.execute(text("INSERT INTO filing VALUES (1, true, '8')"))

    async def after(self, database: Database) -> None:
        assert "name_key" not in await names(database)
        async with database.write() as conn:
            assert (await conn.execute(select(tables.filing))).all() == []
            assert await meta.get(conn, "names.algorithm") is None
            await conn.execute(insert(tables.filing).values(person=1, keys=[-8, 7]))
            await conn.execute(insert(tables.bearer).values(key=7, person=1))
            await meta.put(conn, "names.algorithm", "5")

    async def undone(self, database: Database) -> None:
        assert "bearer" not in await names(database)
        async with database.read() as conn:
            for table in ("filing", "name_key"):
                assert (await conn.execute(text(f"SELECT * FROM {table}"))).all() == []
            assert await meta.get(conn, "names.algorithm") is None


class KindsOfWaves:
    """News is news, what belongs to none tells of a name; no other kind outlives the undoing."""

    revision = "0007"

    async def before(self, database: Database) -> None:
        noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
        async with database.write() as conn:
            await conn.execute(insert(tables.release).values(id=1, ref="a", list_closed=False))
            await conn.execute(
                insert(tables.notice).values(
                    id=1, kind="release", state="out", release=1, created_at=noon
                )
            )
            for number, notice in ((1, 1), (2, None)):
                await conn.execute(
                    insert(tables.wave).values(id=number, notice=notice, begun=noon)
                )

    async def after(self, database: Database) -> None:
        noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
        async with database.write() as conn:
            rows = await conn.execute(select(tables.wave.c.kind).order_by(tables.wave.c.id))
            assert list(rows.scalars()) == ["news", "found"]
            digest = {"id": 3, "kind": "digest", "begun": noon}
            await conn.execute(insert(tables.wave).values(digest))
            await conn.execute(
                insert(tables.delivery).values(
                    mark=b"m" * 16, wave=3, state="queued", lane=4, due=noon, sealed=b""
                )
            )

    async def undone(self, database: Database) -> None:
        async with database.read() as conn:
            rows = await conn.execute(select(tables.wave.c.id).order_by(tables.wave.c.id))
            assert list(rows.scalars()) == [1, 2]
            assert await conn.scalar(select(tables.delivery.c.mark)) is None


class Interruptions:
    """What was interrupted waits; undone, it goes on."""

    revision = "0009"

    async def before(self, database: Database) -> None:
        noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
        async with database.write() as conn:
            await conn.execute(insert(tables.wave).values(id=1, kind="found", begun=noon))

    async def after(self, database: Database) -> None:
        noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
        async with database.write() as conn:
            await interruptions.add(conn, Cause.AWAY, noon, noon, [WaveId(1)])
            assert (await interruptions.undecided(conn)) is not None

    async def undone(self, database: Database) -> None:
        assert not {"interruption", "interrupted_wave"} & await names(database)
        async with database.read() as conn:
            assert await conn.scalar(select(tables.wave.c.id)) == 1


class Sheets:
    """What is added to a list that is told already is drafted apart."""

    revision = "0011"

    async def before(self, database: Database) -> None:
        noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
        async with database.write() as conn:
            await conn.execute(insert(tables.release).values(id=1, ref="a", list_closed=False))
            await conn.execute(
                insert(tables.notice).values(
                    id=1, kind="release", state="out", release=1, created_at=noon
                )
            )

    async def after(self, database: Database) -> None:
        async with database.write() as conn:
            assert list(await conn.scalars(select(tables.notice.c.sheet))) == [None]
            await conn.execute(update(tables.notice).values(sheet=1))

    async def undone(self, database: Database) -> None:
        async with database.read() as conn:
            (row,) = (await conn.execute(text("SELECT * FROM notice"))).all()
        assert (row.id, row.release) == (1, 1)
        assert "sheet" not in row._fields


class NewsOfPeople:
    """What is told of people and no release is gone when undone; what it published stays."""

    revision = "0012"

    async def before(self, database: Database) -> None:
        noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
        async with database.write() as conn:
            await conn.execute(insert(tables.release).values(id=1, ref="a", list_closed=False))
            await conn.execute(insert(tables.release_group).values(id=7, release=1, position=0))
            await self._tell(conn, 1, 1, noon)
            await conn.execute(insert(tables.wave_group).values(wave=1, group=7))

    async def after(self, database: Database) -> None:
        noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
        async with database.write() as conn:
            await self._tell(conn, 2, None, noon)
            await conn.execute(insert(tables.wave_group).values(wave=2, group=0))
            due = datetime(2025, 12, 13, tzinfo=UTC)
            row = {"mark": b"m" * 16, "wave": 2, "state": "queued", "lane": 1, "sealed": b""}
            await conn.execute(insert(tables.delivery).values(**row, due=due))
            await conn.execute(
                insert(tables.happening).values(
                    id=1, notice=2, text="Ales", state="unknown", confidence="confirmed"
                )
            )
            said = {"notice": 2, "editor": "a", "say": "approve", "group": 0, "digest": b""}
            await conn.execute(insert(tables.approval).values(**said, at=noon))
        assert await self._groups(database) == [(1, 7), (2, 0)]

    async def undone(self, database: Database) -> None:
        assert "happening" not in await names(database)
        assert await self._groups(database) == [(1, 7)]

    async def _tell(self, conn: Any, number: int, release: int | None, at: datetime) -> None:
        row = {"id": number, "kind": "events", "state": "out", "release": release}
        await conn.execute(insert(tables.notice).values(**row, created_at=at))
        await conn.execute(insert(tables.wave).values(id=number, notice=number, begun=at))

    async def _groups(self, database: Database) -> list[tuple[int, int]]:
        async with database.read() as conn:
            rows = await conn.execute(select(tables.wave_group).order_by(tables.wave_group.c.wave))
            return [(row.wave, row.group) for row in rows]


class Languages:
    """How deliveries ended is counted by language; undone, nothing is left of that."""

    revision = "0014"

    async def before(self, database: Database) -> None:
        noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
        async with database.write() as conn:
            await conn.execute(insert(tables.wave).values(id=1, kind="found", begun=noon))

    async def after(self, database: Database) -> None:
        async with database.write() as conn:
            await waves.count(conn, {(WaveId(1), "be"): {DeliveryState.DELIVERED: 2}})

    async def undone(self, database: Database) -> None:
        assert "wave_language" not in await names(database)
        async with database.read() as conn:
            assert await conn.scalar(select(tables.wave.c.id)) == 1


class Birthdays:
    """Everybody is who he or she was; a birthday is not known of anybody yet."""

    revision = "0015"

    async def before(self, database: Database) -> None:
        async with database.write() as conn:
            values = {"id": 1, "ref": "a", "recognised_by": "", "visibility": "public"}
            await conn.execute(insert(tables.person).values(values))
            await conn.execute(
                insert(tables.person_about).values(person=1, language="en", text="teacher")
            )

    async def after(self, database: Database) -> None:
        async with database.write() as conn:
            assert await conn.scalar(select(tables.person.c.birthday)) == ""
            await conn.execute(update(tables.person).values(birthday="05-17"))

    async def undone(self, database: Database) -> None:
        async with database.read() as conn:
            assert await conn.scalar(select(tables.person.c.ref)) == "a"
            assert await conn.scalar(select(tables.person_about.c.text)) == "teacher"


class OnePace:
    """Several processes have one pace, of which nothing is known yet."""

    revision = "0016"

    async def before(self, database: Database) -> None:
        assert "pace" not in await names(database)

    async def after(self, database: Database) -> None:
        async with database.write() as conn:
            assert await conn.scalar(select(func.count()).select_from(tables.pace)) == 0
            values = {
                "id": 1,
                "next": -math.inf,
                "lane_opens": 0.5,
                "level": 1,
                "sank": 0,
                "at": 2,
            }
            await conn.execute(insert(tables.pace).values(values))

    async def undone(self, database: Database) -> None:
        assert "pace" not in await names(database)


# One for every migration; each puts in data before, looks at it after, and again when undone.
STEPS = {
    step.revision: step
    for step in (
        Beginning,
        WaitingForNames,
        Overviews,
        Filing,
        Bearers,
        KindsOfWaves,
        Interruptions,
        Sheets,
        NewsOfPeople,
        Languages,
        Birthdays,
        OnePace,
    )
}


def revisions() -> list[str]:
    scripts = ScriptDirectory.from_config(upkeep.configure())
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def test_every_migration_has_a_test_with_data() -> None:
    assert list(STEPS) == revisions()


@pytest.mark.parametrize("revision", revisions())
async def test_a_migration_keeps_data_up_and_down(empty: Database, revision: str) -> None:
    step, at = STEPS[revision](), revisions().index(revision)
    before = revisions()[at - 1] if at else "base"
    if at:
        await go(empty, before)
    await step.before(empty)
    await go(empty, revision)
    await step.after(empty)
    await go(empty, before, down=True)
    await step.undone(empty)
    await go(empty, "head")
    assert await differences(empty) == []


async def test_migrating_makes_what_the_tables_say(empty_url: str, empty: Database) -> None:
    await upkeep.migrate(empty_url)
    assert await differences(empty) == []


async def test_the_tests_use_the_same_tables(database: Database) -> None:
    assert await differences(database) == []


async def test_migrating_says_in_sqlite_what_the_tables_say(tmp_path: Path) -> None:
    """Alembic does not compare checks, nor tables without row numbers: the words tell."""

    async def words(database: Database) -> dict[str, list[str]]:
        async with database.read() as conn:
            rows = await conn.execute(text("SELECT name, sql FROM sqlite_master WHERE sql <> ''"))
            return {
                # A table that was made anew has its name in quotes.
                name: sorted(
                    line.strip(" \t,") for line in sql.replace(f'"{name}"', name).splitlines()
                )
                for name, sql in rows
                if name != "alembic_version"
            }

    migrated = open_database(f"sqlite+aiosqlite:///{tmp_path / 'migrated.db'}")
    created = open_database(f"sqlite+aiosqlite:///{tmp_path / 'created.db'}")
    await upkeep.migrate(str(migrated.engine.url))
    async with created.write() as conn:
        await conn.run_sync(metadata.create_all)
    assert await words(migrated) == await words(created)
    await migrated.close()
    await created.close()


async def test_migrating_twice_changes_nothing(empty_url: str, empty: Database) -> None:
    await upkeep.migrate(empty_url)
    await fill(empty)
    await upkeep.migrate(empty_url)
    async with empty.read() as conn:
        assert await conn.scalar(select(func.count()).select_from(tables.reader)) == 1


async def test_a_new_database_needs_a_migration_until_it_had_one(
    empty_url: str, empty: Database
) -> None:
    assert await upkeep.schema_version(empty) is None
    assert await upkeep.needs_migration(empty)
    await upkeep.migrate(empty_url)
    assert await upkeep.schema_version(empty) == revisions()[-1]
    assert not await upkeep.needs_migration(empty)


async def test_a_newer_database_is_left_alone(empty_url: str, empty: Database) -> None:
    await upkeep.migrate(empty_url)
    async with empty.write() as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Misconfigured, match="newer"):
        await upkeep.migrate(empty_url)
    with pytest.raises(Misconfigured, match="newer"):
        await upkeep.needs_migration(empty)
    assert await upkeep.schema_version(empty) == "9999"


async def test_a_migration_that_would_lose_a_reference_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'vestka.db'}"
    await upkeep.migrate(url)
    lax = open_database(url, for_upkeep=True)
    async with lax.write() as conn:
        await conn.execute(text("INSERT INTO wave (notice, begun) VALUES (7, '2025-12-13')"))
    with pytest.raises(Misconfigured, match="a row of wave refers to a row of notice"):
        await upkeep.migrate(url)
    assert await upkeep.find_damage(lax) == (
        "a row of wave refers to a row of notice that is missing",
    )
    await lax.close()


async def test_a_whole_database_has_no_damage(database: Database) -> None:
    assert await upkeep.find_damage(database) == ()


@pytest.mark.parametrize(
    ("at", "damage"),
    [(b"nowhere", "missing from index"), (b"SQLite format 3", "not a database")],
)
async def test_damage_in_the_file_is_found(tmp_path: Path, at: bytes, damage: str) -> None:
    path = tmp_path / "vestka.db"
    url = f"sqlite+aiosqlite:///{path}"
    await upkeep.migrate(url)
    database = open_database(url)
    async with database.write() as conn:
        await conn.execute(insert(tables.place).values(ref="nowhere"))
    await database.close()
    spoilt = bytearray(path.read_bytes())
    # The place is written in the table and in the index of its refs: here one of them is changed.
    spoilt[spoilt.rindex(at)] ^= 1
    path.write_bytes(spoilt)
    database = open_database(url)
    found = await upkeep.find_damage(database)
    assert damage in found[0]
    await database.close()


async def test_what_has_expired_is_purged(database: Database, vault: Vault, clock: Watch) -> None:
    await Editors(database, vault, clock).invite("Hanna", days=3)
    readers = Readers(database, vault, clock)
    await readers.want_releases(ChatId(1), ChatKind.PRIVATE, True, language="be")
    await readers.depart(ChatId(1))

    async def counts() -> tuple[int | None, int | None]:
        async with database.read() as conn:
            return (
                await conn.scalar(select(func.count()).select_from(tables.invite)),
                await conn.scalar(select(func.count()).select_from(tables.return_slip)),
            )

    clock.advance(timedelta(days=2))
    await upkeep.purge(database, clock)
    assert await counts() == (1, 1)
    clock.advance(timedelta(days=1))
    await upkeep.purge(database, clock)
    assert await counts() == (0, 1)
    clock.advance(timedelta(days=362))
    await upkeep.purge(database, clock)
    assert await counts() == (0, 1)
    clock.advance(timedelta(days=1))
    await upkeep.purge(database, clock)
    assert await counts() == (0, 0)


async def test_rows_are_counted(database: Database, vault: Vault, clock: Watch) -> None:
    await Editors(database, vault, clock).invite("Hanna")
    rows = await upkeep.count_rows(database)
    assert rows["invite"] == 1
    assert rows["reader"] == 0
    assert rows.keys() == tables.metadata.tables.keys()

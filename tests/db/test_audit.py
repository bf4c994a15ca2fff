"""The audit: whatever is altered in it, dropped or put in another order is found."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, insert, select, update

from db import audit, meta, tables
from db.audit import AuditBroken, Head
from db.connection import Database
from db.keyring import Keyring
from db.vault import Vault
from tests.watch import Watch


@pytest.fixture
async def five(database: Database, vault: Vault, clock: Watch) -> Head:
    """Write down five acts."""
    for act in ("invite", "enrol", "submit", "approve", "safe"):
        clock.advance(timedelta(minutes=1))
        async with database.write() as conn:
            await audit.record(conn, vault, clock(), "HANNA", act, f"notice 7: {act}")
    async with database.read() as conn:
        return await audit.verify(conn, vault)


async def broken_at(database: Database, vault: Vault) -> int:
    async with database.read() as conn:
        with pytest.raises(AuditBroken, match="the audit was altered") as caught:
            await audit.verify(conn, vault)
    return caught.value.number


async def test_an_empty_audit_is_whole(database: Database, vault: Vault) -> None:
    async with database.read() as conn:
        assert await audit.verify(conn, vault) == Head(0, bytes(32))


async def test_an_untouched_audit_is_whole(five: Head) -> None:
    assert five.number == 5
    assert len(five.digest) == 32


async def test_what_was_done_is_written_down(database: Database, five: Head) -> None:
    async with database.read() as conn:
        row = (await conn.execute(select(tables.audit).where(tables.audit.c.number == 3))).one()
    assert row.actor == "HANNA"
    assert row.action == "submit"
    assert row.subject == "notice 7: submit"
    assert row.at == datetime(2025, 12, 13, 12, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "lie",
    [
        {"actor": "MARYNA"},
        {"action": "withdraw"},
        {"subject": "notice 8: approve"},
        {"at": datetime(2025, 12, 13, 12, 4, 0, 1, tzinfo=UTC)},
        {"digest": bytes(32)},
        {"number": 9},
    ],
)
async def test_an_altered_entry_is_found(
    database: Database, vault: Vault, five: Head, lie: dict[str, object]
) -> None:
    async with database.write() as conn:
        await conn.execute(update(tables.audit).where(tables.audit.c.number == 4).values(**lie))
    assert await broken_at(database, vault) == 4


@pytest.mark.parametrize(("dropped", "found"), [(1, 1), (3, 3), (5, 5)])
async def test_a_dropped_entry_is_found(
    database: Database, vault: Vault, five: Head, dropped: int, found: int
) -> None:
    async with database.write() as conn:
        await conn.execute(delete(tables.audit).where(tables.audit.c.number == dropped))
    assert await broken_at(database, vault) == found


async def test_an_entry_dropped_at_the_end_is_found_even_after_new_ones(
    database: Database, vault: Vault, clock: Watch, five: Head
) -> None:
    async with database.write() as conn:
        await conn.execute(delete(tables.audit).where(tables.audit.c.number == 5))
    async with database.write() as conn:
        await audit.record(conn, vault, clock(), audit.OPERATOR, "invite", "editor")
    assert await broken_at(database, vault) == 5


async def test_dropping_everything_is_found(database: Database, vault: Vault, five: Head) -> None:
    async with database.write() as conn:
        await conn.execute(delete(tables.audit))
    assert await broken_at(database, vault) == 1


async def test_two_entries_put_the_other_way_round_are_found(
    database: Database, vault: Vault, five: Head
) -> None:
    number = tables.audit.c.number
    async with database.write() as conn:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            await conn.execute(update(tables.audit).where(number == old).values(number=new))
    assert await broken_at(database, vault) == 2


async def test_an_added_entry_is_found(
    database: Database, vault: Vault, clock: Watch, five: Head
) -> None:
    async with database.write() as conn:
        await conn.execute(
            insert(tables.audit).values(
                number=6, at=clock(), actor="HANNA", action="safe", subject="", digest=bytes(32)
            )
        )
    assert await broken_at(database, vault) == 6


async def test_who_does_not_have_the_key_cannot_write_a_chain(
    database: Database, vault: Vault, clock: Watch
) -> None:
    async with database.write() as conn:
        forger = Vault(Keyring(1, {1: bytes(32)}))
        await audit.record(conn, forger, clock(), "HANNA", "approve", "notice 7")
    assert await broken_at(database, vault) == 1


async def test_going_back_to_an_earlier_day_shows_in_a_head_noted_elsewhere(
    database: Database, vault: Vault, clock: Watch, five: Head
) -> None:
    async with database.write() as conn:
        earlier = await meta.get(conn, "audit.head")
        assert earlier is not None
        await audit.record(conn, vault, clock(), "HANNA", "stop", "notice 7")
        noted = await audit.verify(conn, vault)
    async with database.write() as conn:
        await conn.execute(delete(tables.audit).where(tables.audit.c.number == 6))
        await meta.put(conn, "audit.head", earlier)
    async with database.read() as conn:
        assert await audit.verify(conn, vault) == five != noted


async def test_a_chain_longer_than_one_look_is_checked_to_the_end(
    database: Database, vault: Vault, five: Head, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_CHUNK", 2)
    async with database.read() as conn:
        assert await audit.verify(conn, vault) == five
    async with database.write() as conn:
        await conn.execute(
            update(tables.audit).where(tables.audit.c.number == 5).values(actor="MARYNA")
        )
    assert await broken_at(database, vault) == 5


async def test_the_zone_of_the_clock_does_not_matter(database: Database, vault: Vault) -> None:
    vilnius = datetime(2025, 12, 13, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    async with database.write() as conn:
        await audit.record(conn, vault, vilnius, "HANNA", "submit", "notice 7")
        assert (await audit.verify(conn, vault)).number == 1

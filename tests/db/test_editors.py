"""Editors, invitations and cards, as the database sees them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from db import editors, tables
from db.connection import Database
from model.notices import EditorId, NoticeId
from model.readers import Locator

NOON = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
HANNA, MARYNA = EditorId("HANNA"), EditorId("MARYNA")
HERE, THERE = Locator(b"h" * 16), Locator(b"t" * 16)


@pytest.fixture
async def two(database: Database) -> None:
    async with database.write() as conn:
        await editors.put(conn, MARYNA, THERE, b"maryna")
        await editors.put(conn, HANNA, HERE, b"hanna")


@pytest.fixture
async def notices(database: Database) -> tuple[NoticeId, NoticeId]:
    async with database.write() as conn:
        await conn.execute(
            insert(tables.release).values(
                id=1, ref="a", on_value=date(2025, 12, 13), on_precision="day", list_closed=False
            )
        )
        for number in (1, 2):
            await conn.execute(
                insert(tables.notice).values(
                    id=number, kind="release", state="draft", release=1, created_at=NOON
                )
            )
    return NoticeId(1), NoticeId(2)


async def test_an_editor_is_found_by_place(database: Database, two: None) -> None:
    async with database.read() as conn:
        assert await editors.find(conn, HERE) == (HANNA, b"hanna")
        assert await editors.find(conn, Locator(b"x" * 16)) is None


async def test_all_editors_are_listed(database: Database, two: None) -> None:
    async with database.read() as conn:
        assert await editors.every(conn) == [(HANNA, b"hanna"), (MARYNA, b"maryna")]


async def test_a_record_replaces_the_one_before_it(database: Database, two: None) -> None:
    async with database.write() as conn:
        await editors.put(conn, HANNA, HERE, b"hanna again")
        assert await editors.find(conn, HERE) == (HANNA, b"hanna again")


async def test_an_invitation_is_taken_once_and_in_time(database: Database) -> None:
    async with database.write() as conn:
        await editors.put_invite(conn, HERE, b"hanna", NOON)
        assert await editors.take_invite(conn, THERE, NOON - timedelta(hours=1)) is None
        assert await editors.take_invite(conn, HERE, NOON) is None
        assert await editors.take_invite(conn, HERE, NOON - timedelta(seconds=1)) == b"hanna"
        assert await editors.take_invite(conn, HERE, NOON - timedelta(seconds=1)) is None


async def test_only_expired_invitations_are_purged(database: Database) -> None:
    async with database.write() as conn:
        await editors.put_invite(conn, HERE, b"old", NOON)
        await editors.put_invite(conn, THERE, b"new", NOON + timedelta(seconds=1))
        await editors.purge_invites(conn, NOON)
        assert await editors.take_invite(conn, HERE, NOON - timedelta(days=1)) is None
        assert await editors.take_invite(conn, THERE, NOON) == b"new"


async def test_a_card_is_where_it_was_seen_last(
    database: Database, two: None, notices: tuple[NoticeId, NoticeId]
) -> None:
    one, other = notices
    async with database.write() as conn:
        await editors.put_card(conn, one, MARYNA, b"7")
        await editors.put_card(conn, one, HANNA, b"8")
        await editors.put_card(conn, other, HANNA, b"9")
        await editors.put_card(conn, one, HANNA, b"10")
        assert await editors.cards(conn, one) == [(HANNA, b"10"), (MARYNA, b"7")]
        assert await editors.cards_of(conn, HANNA) == [(one, b"10"), (other, b"9")]


async def test_an_editor_leaves_with_all_cards(
    database: Database, two: None, notices: tuple[NoticeId, NoticeId]
) -> None:
    one, _ = notices
    async with database.write() as conn:
        await editors.put_card(conn, one, MARYNA, b"7")
        await editors.put_card(conn, one, HANNA, b"8")
        assert await editors.remove(conn, HANNA)
        assert await editors.cards(conn, one) == [(MARYNA, b"7")]
        assert await editors.find(conn, HERE) is None
        assert not await editors.remove(conn, HANNA)

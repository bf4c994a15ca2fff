"""Readers, as the database sees them."""

from db import readers
from db.connection import Database
from model.readers import Locator


def at(number: int) -> Locator:
    return Locator(number.to_bytes(16, "big"))


async def test_nobody_is_there_at_first(database: Database) -> None:
    async with database.read() as conn:
        assert await readers.find(conn, at(1)) is None
        assert await readers.count(conn) == 0
        assert await readers.chunk(conn, None, 10) == []


async def test_a_record_replaces_the_one_before_it(database: Database) -> None:
    async with database.write() as conn:
        await readers.put(conn, at(1), b"before")
        await readers.put(conn, at(2), b"another")
        await readers.put(conn, at(1), b"after")
        assert await readers.find(conn, at(1)) == b"after"
        assert await readers.find(conn, at(2)) == b"another"
        assert await readers.count(conn) == 2


async def test_several_records_are_found_as_far_as_they_are_there(database: Database) -> None:
    async with database.write() as conn:
        await readers.put(conn, at(1), b"one")
        await readers.put(conn, at(2), b"two")
        await readers.put(conn, at(3), b"three")
        found = await readers.find_many(conn, [at(1), at(3), at(4)])
    assert found == {at(1): b"one", at(3): b"three"}


async def test_a_record_is_removed_and_may_be_removed_again(database: Database) -> None:
    async with database.write() as conn:
        await readers.put(conn, at(1), b"one")
        await readers.put(conn, at(2), b"two")
        await readers.remove(conn, at(1))
        await readers.remove(conn, at(1))
        assert await readers.chunk(conn, None, 10) == [(at(2), b"two")]


async def test_chunks_go_through_all_in_the_order_of_their_places(database: Database) -> None:
    places = [at(number) for number in (0xFF << 120, 3, 0x80 << 120, 1, 2)]
    async with database.write() as conn:
        for place in places:
            await readers.put(conn, place, bytes(place))
    seen, after = [], None
    async with database.read() as conn:
        while chunk := await readers.chunk(conn, after, 2):
            seen += chunk
            after = chunk[-1][0]
    assert seen == [(place, bytes(place)) for place in sorted(places)]

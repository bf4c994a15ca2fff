"""Each place is kept once, with all names it was given."""

from db import places
from db.connection import Database
from model.people import Place


async def test_a_place_is_kept_once_and_learns_its_names(database: Database) -> None:
    async with database.write() as conn:
        first = await places.keep(conn, Place("LT", {"en": "Vilnius"}))
        again = await places.keep(conn, Place("LT", {"en": "Vilnius", "be": "Вільня"}))
        known = await places.get_many(conn, [first])
    assert first == again
    assert known == {first: Place("LT", {"en": "Vilnius", "be": "Вільня"})}


async def test_a_country_alone_is_a_place(database: Database) -> None:
    async with database.write() as conn:
        number = await places.keep(conn, Place("UA"))
        assert await places.keep(conn, Place("UA", {"be": "Кіеў"})) != number
        assert await places.get_many(conn, [number]) == {number: Place("UA")}


async def test_an_address_of_any_length_is_a_place(database: Database) -> None:
    far = Place("BY", {"en": "Penal colony No. 0, " + "Very Long Street " * 20})
    async with database.write() as conn:
        number = await places.keep(conn, far)
        assert await places.keep(conn, far) == number
        assert await places.get_many(conn, [number]) == {number: far}

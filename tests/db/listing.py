"""People whom the tests of lists and of the index share: two for all, and one who is hidden."""

from db import filing, people
from db.connection import Connection, Database
from model.people import Gender, Name, NameKind, Person, PersonId, Visibility

ALENA = Person(
    PersonId(2**62 + 1),
    "alena",
    (Name("Алена Лясная", "be"), Name("Alena Lasnaja", "en"), Name("Лена", kind=NameKind.ALIAS)),
    Gender.FEMALE,
    1990,
    {"be": "настаўніца", "en": "teacher"},
    "Viasna",
)
BARYS = Person(PersonId(5), "barys", (Name("Барыс Палявы", "be"),), Gender.MALE)
HIDDEN = Person(
    PersonId(9), "hidden", (Name("Ганна Лугавая", "be"),), visibility=Visibility.HIDDEN
)


async def bearers(
    conn: Connection, keys: list[int], *, hidden: bool, limit: int = 9
) -> list[PersonId]:
    (found,) = await filing.bearing(conn, [keys], hidden=hidden, limit=limit)
    return [bearer.person for bearer in found]


async def list_all(database: Database) -> None:
    async with database.write() as conn:
        await people.add(conn, ALENA, [1, 2, 3])
        await people.add_many(conn, [(BARYS, [3, 4]), (HIDDEN, [1, 2, 3, 4])])

"""Each line of a list is one person surely, one of a few, or nobody we know."""

import pytest

from db import people
from db.connection import Database
from model.people import Gender, Name, Person, PersonId, Visibility
from model.releases import LineState
from services.matching import Matching
from services.name_index import keys_of_person

ALENA = Person(
    PersonId(11),
    "alena",
    (Name("Алена Верабейчык", "be"), Name("Елена Воробейчик", "ru")),
    Gender.FEMALE,
    1990,
)
BARYS = Person(PersonId(12), "barys", (Name("Барыс Палявы", "be"),), Gender.MALE)
NAMESAKE = Person(PersonId(13), "barys-2", (Name("Барыс Палявы", "be"),), Gender.MALE, 1971)
HIDDEN = Person(
    PersonId(14),
    "hidden",
    (Name("Ганна Лугавая", "be"),),
    Gender.FEMALE,
    visibility=Visibility.HIDDEN,
)


@pytest.fixture
async def matching(database: Database) -> Matching:
    everybody = [ALENA, BARYS, NAMESAKE, HIDDEN]
    async with database.write() as conn:
        await people.add_many(conn, [(one, keys_of_person(one)) for one in everybody])
    return Matching(database)


async def test_lines_of_a_list_are_matched(matching: Matching) -> None:
    lines = ["1. Воробейчик Елена", "Барыс Палявы", "Ганна Лугавая", "Zzyx Qwrtp"]
    sure, choose, hidden, unknown = await matching.match(lines)
    assert (sure.state, sure.person, sure.text) == (LineState.SURE, ALENA, lines[0])
    assert (choose.state, choose.person) == (LineState.CHOOSE, None)
    assert set(choose.candidates) == {BARYS.id, NAMESAKE.id}
    assert (hidden.state, hidden.person) == (LineState.SURE, HIDDEN)
    assert (unknown.state, unknown.candidates) == (LineState.UNKNOWN, ())


async def test_a_year_of_birth_that_is_anothers_leaves_the_choice_to_an_editor(
    matching: Matching,
) -> None:
    right, wrong = await matching.match(["Алена Верабейчык, 1990", "Алена Верабейчык (1955)"])
    assert right.state is LineState.SURE
    assert (wrong.state, wrong.candidates) == (LineState.CHOOSE, (ALENA.id,))

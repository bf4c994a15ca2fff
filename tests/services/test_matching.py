"""Each line of a list is one person surely, one of a few, or nobody we know."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as listening

from db import people
from db.connection import Database
from exchange.lists import PastedName
from model.people import Gender, Name, Person, PersonId, Visibility
from model.releases import LineState, Reason
from names import Doubt
from services.matching import MOST_TO_CHOOSE, Match, Matching, read_list
from services.name_index import keys_of_person
from tests.watch import Watch

SURE, CHOOSE, UNKNOWN = LineState.SURE, LineState.CHOOSE, LineState.UNKNOWN
ALENA = Person(
    PersonId(11),
    "alena",
    (Name("Алена Верабейчык", "be"), Name("Елена Воробейчик", "ru")),
    Gender.FEMALE,
    1990,
)
BARYS = Person(PersonId(12), "barys", (Name("Барыс Палявы", "be"),), Gender.MALE, 1980)
NAMESAKE = Person(PersonId(13), "barys-2", (Name("Барыс Палявы", "be"),), Gender.MALE, 1971)
HIDDEN = Person(
    PersonId(14),
    "hidden",
    (Name("Ганна Лугавая", "be"),),
    Gender.FEMALE,
    visibility=Visibility.HIDDEN,
)


@pytest.fixture
async def matching(database: Database, clock: Watch) -> Matching:
    everybody = [ALENA, BARYS, NAMESAKE, HIDDEN]
    async with database.write() as conn:
        await people.add_many(conn, [(one, keys_of_person(one)) for one in everybody])
    return Matching(database, clock)


@pytest.fixture
async def statements(database: Database) -> AsyncIterator[list[str]]:
    """Note every statement."""
    noted: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        noted.append(statement)

    listening.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield noted
    listening.remove(database.engine.sync_engine, "before_cursor_execute", note)


def refs(match: Match) -> list[str]:
    return [person.ref for person in match.candidates]


def states(matches: Sequence[Match]) -> list[LineState]:
    return [match.state for match in matches]


async def test_lines_of_a_list_are_matched(matching: Matching) -> None:
    lines = ["1. Воробейчик Елена", "Барыс Палявы", "Ганна Лугавая", "Zzyx Qwrtp"]
    sure, choose, hidden, unknown = await matching.match(lines)
    assert (sure.state, sure.person, sure.text, sure.reasons) == (SURE, ALENA, lines[0], ())
    assert (choose.state, choose.person, set(refs(choose))) == (CHOOSE, None, {"barys", "barys-2"})
    assert choose.reasons == (Reason.NAMESAKES,)
    assert (hidden.state, hidden.person) == (SURE, HIDDEN)
    assert (unknown.state, unknown.candidates) == (UNKNOWN, ())
    assert unknown.reasons == (Reason.NOBODY,)


async def test_no_lines_are_no_matches(matching: Matching) -> None:
    assert await matching.match([]) == ()


async def test_another_spelling_is_told(matching: Matching) -> None:
    (match,) = await matching.match(["Alena Verabejčyk"])
    assert match.state is SURE
    assert ("alena", "алена") in [(a.casefold(), b.casefold()) for a, b in match.why]


async def test_every_doubt_of_a_decision_is_a_reason() -> None:
    assert {Reason(doubt.value) for doubt in Doubt} < set(Reason)


@pytest.mark.parametrize(
    ("line", "reasons"),
    [
        ("Алена Верабейчык (1955)", (Reason.YEAR,)),
        ("Верабейчык Алена Барыс", (Reason.UNEXPLAINED,)),
        ("Верабейчык", (Reason.PART,)),
        ("А. Верабейчык", (Reason.PART,)),
        ("Верабейчук", (Reason.PART,)),
        ("Алена Верабдйчык", (Reason.SPELLING,)),
    ],
)
async def test_why_a_line_is_not_sure(
    matching: Matching, line: str, reasons: tuple[Reason, ...]
) -> None:
    (match,) = await matching.match([line])
    assert (match.state, refs(match), match.reasons) == (CHOOSE, ["alena"], reasons)
    assert matching.explain(line, [ALENA]) == match


@pytest.mark.parametrize(
    ("listed", "line", "other"),
    [
        ("Віктар Кучук", "Кучук Віктар", "Кучук Виктория"),
        ("Яўгенія Шаўчук", "Шаўчук Яўгенія", "Шаўчук Яўгеній"),
    ],
)
async def test_a_man_in_another_case_may_be_a_woman(
    matching: Matching, database: Database, listed: str, line: str, other: str
) -> None:
    person = Person(PersonId(15), "one", (Name(listed, "be"),))
    async with database.write() as conn:
        await people.add(conn, person, keys_of_person(person))
    sure, choose = await matching.match([line, other])
    assert (sure.state, choose.state, refs(choose)) == (SURE, CHOOSE, ["one"])
    assert Reason.SEX in choose.reasons


async def test_candidates_that_fit_no_more_explain_nothing(matching: Matching) -> None:
    assert matching.explain("Алена Верабейчык", [BARYS]).reasons == (Reason.NOBODY,)


@pytest.mark.parametrize("line", ["Женщины и мужчины", "В Литву вывезены", "()", "— 5", "\u2800"])
async def test_a_line_without_a_name_is_nobody(matching: Matching, line: str) -> None:
    (match,) = await matching.match([line])
    assert (match.state, match.candidates) == (UNKNOWN, ())
    assert match.reasons in {(Reason.NO_NAME,), (Reason.NOBODY,)}


async def test_a_year_of_birth_tells_namesakes_apart(matching: Matching) -> None:
    matches = await matching.match(["Барыс Палявы (1971)", "Палявы Барыс 1980 г.р."])
    assert [(match.state, refs(match)) for match in matches] == [
        (SURE, ["barys-2"]),
        (SURE, ["barys"]),
    ]


@pytest.mark.parametrize(
    ("line", "standing", "person"),
    [
        ("Барыс Палявы, 54 гады", SURE, "barys-2"),
        ("Барыс Палявы, 53 гады", SURE, "barys-2"),
        ("Палявы Барыс (45)", SURE, "barys"),
        ("Палявы Барыс (45), 1971", SURE, "barys-2"),
        ("Барыс Палявы, 30 лет", CHOOSE, "barys"),
        ("Алена Верабейчык, 35 гадоў", SURE, "alena"),
        ("Алена Верабейчык, 60 гадоў", CHOOSE, "alena"),
        ("Ганна Лугавая, 60 гадоў", SURE, "hidden"),
    ],
)
async def test_an_age_is_as_good_as_a_year(
    matching: Matching, line: str, standing: LineState, person: str
) -> None:
    (match,) = await matching.match([line])
    assert (match.state, refs(match)[0]) == (standing, person)


async def test_an_age_that_fits_two_tells_nothing(matching: Matching, database: Database) -> None:
    third = replace(BARYS, id=PersonId(15), ref="barys-3", born=1979)
    async with database.write() as conn:
        await people.add(conn, third, keys_of_person(third))
    (match,) = await matching.match(["Барыс Палявы, 45 гадоў"])
    assert (match.state, len(match.candidates)) == (CHOOSE, 3)


async def test_an_age_is_told_by_the_day_of_the_list(matching: Matching, clock: Watch) -> None:
    clock.advance(timedelta(days=3 * 366))
    (match,) = await matching.match(["Алена Верабейчык, 35 гадоў"])
    assert (match.state, match.reasons) == (CHOOSE, (Reason.YEAR,))


async def test_nobody_is_given_to_two_lines(matching: Matching) -> None:
    matches = await matching.match(["Алена Верабейчык", "Барыс Палявы", "Воробейчик Елена"])
    assert states(matches) == [CHOOSE, CHOOSE, CHOOSE]
    assert [refs(match) for match in matches[::2]] == [["alena"], ["alena"]]
    assert [(match.reasons, match.others) for match in matches] == [
        ((Reason.SAME,), (2,)),
        ((Reason.NAMESAKES,), ()),
        ((Reason.SAME,), (0,)),
    ]


async def test_the_same_words_twice_are_told(matching: Matching) -> None:
    matches = await matching.match(
        ["1. Алена Верабейчык", "ВЕРАБЕЙЧЫК Алена", "Zzyx Qwrtp", "Qwrtp Zzyx", "Zzyx Qwrtp, 1980"]
    )
    assert states(matches) == [CHOOSE, CHOOSE, UNKNOWN, UNKNOWN, UNKNOWN]
    assert [match.others for match in matches] == [(1,), (0,), (3,), (2,), ()]
    assert [match.reasons[-1] for match in matches[:4]] == [Reason.COPY] * 4


async def test_another_year_keeps_a_sure_line_sure(matching: Matching) -> None:
    right, wrong = await matching.match(["Алена Верабейчык (1990)", "Алена Верабейчык (1955)"])
    assert (right.state, right.person, right.reasons) == (SURE, ALENA, ())
    assert (wrong.state, refs(wrong)) == (CHOOSE, ["alena"])
    assert (wrong.reasons, wrong.others) == ((Reason.YEAR, Reason.SAME), (0,))


async def test_more_namesakes_than_can_be_offered(matching: Matching, database: Database) -> None:
    many = [replace(BARYS, id=PersonId(n), ref=f"b{n}") for n in range(100, 100 + MOST_TO_CHOOSE)]
    async with database.write() as conn:
        await people.add_many(conn, [(one, keys_of_person(one)) for one in many])
    (match,) = await matching.match(["Барыс Палявы"])
    assert len(match.candidates) == MOST_TO_CHOOSE
    assert match.reasons == (Reason.NAMESAKES, Reason.MANY)
    assert matching.explain("Барыс Палявы", match.candidates).reasons == match.reasons


async def test_a_long_list_takes_few_statements(matching: Matching, statements: list[str]) -> None:
    lines = [f"{n}. {a} {b}" for n in range(400) for a, b in [("Алена", "Вераб"), ("Ян", "Ліс")]]
    matches = await matching.match([*lines, "х" * 4000, "Алена Рачная " * 300])
    assert len(matches) == 802
    assert not any(match.state is SURE for match in matches)
    assert len(statements) < len(lines) / 4


async def test_a_line_with_several_names_is_several_lines() -> None:
    pasted = read_list("UA:\n1. Алена Верабейчык (1990); Барыс Палявы\n2. Ганна Лугавая\n")
    assert [group.names for group in pasted.groups] == [
        (
            PastedName("Алена Верабейчык (1990)", "Алена Верабейчык (1990)"),
            PastedName("Барыс Палявы", "Барыс Палявы"),
            PastedName("Ганна Лугавая", "2. Ганна Лугавая"),
        )
    ]

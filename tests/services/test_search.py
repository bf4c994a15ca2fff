"""A question gets one card, a choice, or nobody; hidden people are nowhere."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy import event as listening

from db import events, filing, people, tables
from db.connection import Database
from db.tables import name, person
from model.custody import NOTHING_KNOWN, Status
from model.dates import PartialDate
from model.errors import NotFound
from model.people import (
    Event,
    EventId,
    EventKind,
    EventState,
    Gender,
    Name,
    NameKind,
    Person,
    PersonId,
    Place,
    Source,
    Visibility,
)
from model.questions import Intent, Unclear
from names import MOST_CANDIDATES
from services.name_index import keys_of_person
from services.search import Answer, AnswerKind, Search
from tests.watch import Watch

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
ARREST = Event(
    EventId(1),
    ALENA.id,
    EventKind.DETAINED,
    PartialDate.parse("2020-09-07"),
    (Source("Radio"),),
)


@pytest.fixture
async def search(database: Database, clock: Watch) -> Search:
    everybody = [ALENA, BARYS, NAMESAKE, HIDDEN]
    async with database.write() as conn:
        await people.add_many(conn, [(one, keys_of_person(one)) for one in everybody])
        await events.add(conn, ARREST, EventState.PUBLISHED)
    return Search(database)


@pytest.fixture
async def asked_of(database: Database) -> AsyncIterator[list[tuple[str, Any]]]:
    """Note every statement with its values."""
    noted: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        noted.append((statement, values))

    listening.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield noted
    listening.remove(database.engine.sync_engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "question", ["Алена Верабейчык", "воробейчик елена", "Что с Еленой Воробейчик?"]
)
async def test_one_person_is_found(search: Search, question: str) -> None:
    answer = await search.ask(question)
    assert answer.kind is AnswerKind.ONE
    (card,) = answer.cards
    assert card.person == ALENA
    assert card.custody.status is Status.DETAINED
    assert card.events == (ARREST,)


async def test_who_is_found_in_another_spelling_is_told_why(search: Search) -> None:
    answer = await search.ask("Alena Verabejčyk")
    assert answer.kind is AnswerKind.ONE
    assert ("alena", "алена") in [(a.casefold(), b.casefold()) for a, b in answer.why]


async def test_what_is_asked_for_is_known(search: Search) -> None:
    answer = await search.ask("когда освободили Елену Воробейчик")
    assert answer.intent is Intent.WHEN


async def test_namesakes_are_a_choice(search: Search) -> None:
    answer = await search.ask("Барыс Палявы")
    assert (answer.kind, answer.why, answer.more) == (AnswerKind.CHOICE, (), False)
    assert [card.person for card in answer.cards] == [BARYS, NAMESAKE]


async def test_more_namesakes_than_can_be_shown(search: Search, database: Database) -> None:
    more = [replace(BARYS, id=PersonId(n), ref=f"barys-{n}") for n in range(100, 110)]
    async with database.write() as conn:
        await people.add_many(conn, [(one, keys_of_person(one)) for one in more])
    answer = await search.ask("Барыс Палявы")
    assert (answer.kind, len(answer.cards), answer.more) == (AnswerKind.CHOICE, 5, True)


async def test_a_text_without_a_name_is_unclear(search: Search) -> None:
    for question in ("", "???", "12 12", "\u2800"):
        answer = await search.ask(question)
        assert (answer.kind, answer.cards) == (AnswerKind.UNCLEAR, ())


async def test_hostile_texts_are_only_texts(search: Search) -> None:
    for question in ("' OR 1=1 --", "%", "AND* NEAR( ^", "\\", "Палявы\x00\ud83d", "а" * 4096):
        answer = await search.ask(question)
        assert answer.kind in {AnswerKind.NOBODY, AnswerKind.UNCLEAR, AnswerKind.CHOICE}


async def test_who_is_hidden_is_asked_for_like_a_stranger(
    search: Search, database: Database, asked_of: list[tuple[str, Any]]
) -> None:
    hidden = await search.ask("Ганна Лугавая")
    statements = list(asked_of)
    async with database.write() as conn:
        await filing.remove(conn, [HIDDEN.id])
    asked_of.clear()
    stranger = await search.ask("Ганна Лугавая")
    assert hidden == stranger
    assert hidden.kind is AnswerKind.NOBODY
    assert asked_of == statements


@pytest.mark.parametrize(
    "question", ["Alena Verabejčyk", "Барыс Палявы", "Ганна Лугавая", "Што з Zzyx?", "", "?"]
)
async def test_who_is_found_is_whose_card_would_be_given(search: Search, question: str) -> None:
    found, answer = await search.find(question), await search.ask(question)
    assert found.refs == tuple(card.person.ref for card in answer.cards)
    assert (found.sure, found.why) == (answer.kind is AnswerKind.ONE, answer.why)


async def test_who_is_found_costs_no_cards(
    search: Search, asked_of: list[tuple[str, Any]]
) -> None:
    assert (await search.find("Алена Верабейчык")).refs == ("alena",)
    assert len([statement for statement, _ in asked_of if "SELECT" in statement]) == 1


async def test_a_card_is_given_by_its_id(search: Search) -> None:
    card = await search.card(BARYS.id)
    assert (card.person, card.custody, card.events) == (BARYS, NOTHING_KNOWN, ())


@pytest.mark.parametrize("person", [HIDDEN.id, PersonId(404)])
async def test_hidden_or_not_there_is_all_one(search: Search, person: PersonId) -> None:
    with pytest.raises(NotFound):
        await search.card(person)


async def test_cards_come_as_asked_for_without_the_hidden(search: Search) -> None:
    cards = await search.cards([NAMESAKE.id, HIDDEN.id, ALENA.id])
    assert [card.person for card in cards] == [NAMESAKE, ALENA]


async def test_the_merged_answer_as_the_one_they_are_part_of(
    search: Search, database: Database
) -> None:
    async with database.write() as conn:
        await people.merge(conn, NAMESAKE.id, BARYS, keys_of_person(BARYS))
    assert (await search.card(NAMESAKE.id)).person == BARYS
    assert (await search.ask("Барыс Палявы")).kind is AnswerKind.ONE


async def test_an_unpublished_event_is_in_no_card(search: Search, database: Database) -> None:
    freed = replace(ARREST, id=EventId(2), kind=EventKind.RELEASED)
    async with database.write() as conn:
        await events.propose(conn, freed)
    assert (await search.card(ALENA.id)).events == (ARREST,)


async def test_the_work_is_bounded_however_many_bear_a_name(
    search: Search, database: Database, asked_of: list[tuple[str, Any]]
) -> None:
    many = [
        replace(
            BARYS,
            id=PersonId(n),
            ref=f"barys-{n}",
            names=(Name("Барыс Палявы", kind=NameKind.ALIAS),),
        )
        for n in range(1000, 1000 + 2 * MOST_CANDIDATES)
    ]
    async with database.write() as conn:
        await people.add_many(conn, [(one, keys_of_person(one)) for one in many])
    asked_of.clear()
    answer = await search.ask("Барыс Палявы")
    assert (answer.kind, answer.more) == (AnswerKind.CHOICE, True)
    assert len(asked_of) <= 12


async def put(database: Database, person: Person, place: Place | None = None) -> None:
    """List somebody who was arrested in a place."""
    arrest = replace(ARREST, id=EventId(person.id + 1000), person=person.id, place=place)
    async with database.write() as conn:
        await people.add(conn, person, keys_of_person(person))
        await events.add(conn, arrest, EventState.PUBLISHED)


def a_barys(number: int, born: int | None = None, *aliases: str) -> Person:
    names = (Name("Барыс Палявы", "be"), *(Name(text, kind=NameKind.ALIAS) for text in aliases))
    return replace(BARYS, id=PersonId(number), ref=f"b-{number}", names=names, born=born)


BREST, GOMEL = Place("BY", {"be": "Брэст"}), Place("BY", {"en": "Gomel"})


@pytest.fixture
async def seven(search: Search, database: Database) -> Search:
    """List six more of one name: two of Brest, four of Gomel."""
    for number, (born, place) in enumerate(
        [(1961, BREST), (1980, BREST), (1985, GOMEL), (None, GOMEL), (1990, GOMEL)], 101
    ):
        await put(database, a_barys(number, born), place)
    await put(database, a_barys(106, 1991, "Барыс Пятровіч Палявы"), GOMEL)
    return search


def found(answer: Answer) -> set[int]:
    return {card.person.id for card in answer.cards}


async def test_a_seventh_namesake_is_not_hidden(seven: Search) -> None:
    answer = await seven.ask("Барыс Палявы")
    assert (answer.kind, len(answer.cards), answer.more) == (AnswerKind.CHOICE, 5, True)


@pytest.mark.parametrize("place", ["Брэст", "из Бреста", "from Brest", "у Брэсце"])
async def test_a_place_narrows_the_choice(seven: Search, place: str) -> None:
    answer = await seven.ask(f"Барыс Палявы {place}")
    assert (answer.kind, found(answer), answer.more) == (AnswerKind.CHOICE, {101, 102}, False)


async def test_a_place_where_one_was_may_mean_somebody_whose_place_is_not_known(
    search: Search, database: Database
) -> None:
    await put(database, a_barys(101), BREST)
    await put(database, a_barys(102), GOMEL)
    answer = await search.ask("Барыс Палявы Брэст")
    assert (answer.kind, found(answer)) == (AnswerKind.CHOICE, {101, BARYS.id, NAMESAKE.id})


async def test_a_place_tells_who_is_meant_if_everybodys_is_known(
    search: Search, database: Database
) -> None:
    for number, place in ((201, BREST), (202, GOMEL)):
        names = (Name("Янка Верабей", "be"),)
        await put(database, replace(a_barys(number), names=names), place)
    answer = await search.ask("Янка Верабей, Гомель")
    assert (answer.kind, found(answer)) == (AnswerKind.ONE, {202})


async def test_a_place_where_nobody_was_leaves_the_choice_as_it_is(seven: Search) -> None:
    answer = await seven.ask("Барыс Палявы Вильнюс")
    assert (answer.kind, len(answer.cards), answer.more) == (AnswerKind.CHOICE, 5, True)


async def test_a_year_of_birth_and_a_patronymic_narrow_the_choice(seven: Search) -> None:
    assert 102 in found(await seven.ask("Барыс Палявы 1980"))
    assert len(found(await seven.ask("Барыс Палявы 1980"))) == 3  # two have no year
    by_father = await seven.ask("Барыс Пятровіч Палявы")
    assert (by_father.kind, found(by_father)) == (AnswerKind.ONE, {106})


async def test_where_year_and_place_disagree_both_are_offered(seven: Search) -> None:
    answer = await seven.ask("Барыс Палявы 1990 Брэст")
    assert answer.kind is AnswerKind.CHOICE
    assert 105 in found(answer)
    agreed = await seven.ask("Барыс Палявы 1990 Гомель")
    assert 105 in found(agreed)
    assert not found(agreed) & {101, 102}


async def test_everybody_of_a_choice_comes_with_the_spelling_that_was_found(
    search: Search,
) -> None:
    answer = await search.ask("Boris Palavy")
    for one in (BARYS.id, NAMESAKE.id):
        assert answer.whys[one] == (("Boris", "Барыс"), ("Palavy", "Палявы"))
    same = await search.ask("Барыс Палявы")
    assert same.whys[BARYS.id] == (("Барыс", "Барыс"), ("Палявы", "Палявы"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("?", Unclear.NAMELESS),
        ("Я", Unclear.LETTER),
        ("Гомель", Unclear.PLACE),
        ("Зоська", Unclear.GIVEN),
        ("Палявы і Верабейчык", Unclear.SEVERAL),
    ],
)
async def test_who_cannot_be_looked_for_is_told_why(
    search: Search, text: str, reason: Unclear
) -> None:
    assert (await search.ask(text)).unclear is reason


GIVEN = ("Алена", "Елена", "Ганна", "Анна", "Барыс", "Борис", "Alena")
SURNAMES = ("Лясная", "Лесная", "Лясны", "Ляснова", "Палявы", "Полевой", "Lasnaja", "Палявая")
forms = st.builds("{} {}".format, st.sampled_from(GIVEN), st.sampled_from(SURNAMES))
crowds = st.lists(
    st.tuples(
        st.lists(forms, min_size=1, max_size=2, unique=True),
        st.sampled_from(Visibility),
        st.sampled_from([None, 1970, 1990]),
    ),
    min_size=1,
    max_size=8,
)
questions = st.one_of(
    forms,
    st.sampled_from(SURNAMES),
    st.builds("Что с {}?".format, forms),
    st.builds("{} 1990".format, forms),
    st.builds(lambda form: form[:-2], forms),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(crowd=crowds, others=st.lists(questions, max_size=4))
async def test_who_is_hidden_changes_no_answer(
    database: Database,
    crowd: list[tuple[list[str], Visibility, int | None]],
    others: list[str],
) -> None:
    """Whatever is asked is answered as if they were not there."""
    everybody = [
        Person(
            PersonId(number),
            f"ref-{number}",
            tuple(Name(form, "be") for form in forms),
            born=born,
            visibility=visibility,
        )
        for number, (forms, visibility, born) in enumerate(crowd, 1)
    ]
    hidden = [one.id for one in everybody if one.visibility is Visibility.HIDDEN]
    asked = [*(form for forms, _, _ in crowd for form in forms), *others]
    async with database.write() as conn:
        for table in (tables.filing, tables.bearer, name, person):
            await conn.execute(delete(table))
        await people.add_many(conn, [(one, keys_of_person(one)) for one in everybody])
    search = Search(database)
    with_them = [(await search.ask(text), await search.find(text)) for text in asked]
    async with database.write() as conn:
        await filing.remove(conn, hidden)
        for column in (name.c.person, person.c.id):
            await conn.execute(delete(column.table).where(column.in_(hidden)))
    without = [(await search.ask(text), await search.find(text)) for text in asked]
    assert with_them == without
    assert not {card.person.id for answer, _ in with_them for card in answer.cards} & set(hidden)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Колькі яшчэ сядзіць?", AnswerKind.HELD),
        ("Сколько политзаключённых в Беларуси?", AnswerKind.HELD),
        ("Кого освободили последним?", AnswerKind.FREED),
        ("Сколько лет дали Елене Воробейчик?", AnswerKind.ONE),
        ("Сколько лет дали Зоське Гняздоўскай?", AnswerKind.NOBODY),
        ("Калі яе выпусцяць?", AnswerKind.UNCLEAR),
    ],
)
async def test_what_is_asked_of_the_whole_list_needs_no_name(
    search: Search, text: str, kind: AnswerKind
) -> None:
    answer = await search.ask(text)
    assert answer.kind is kind
    assert (answer.unclear is None) == (kind in {AnswerKind.ONE, AnswerKind.NOBODY})

"""A question gets an answer."""

from datetime import timedelta

import pytest

from db.connection import Database
from handlers.context import Services
from model.people import EventKind, Person
from model.readers import ChatId
from services.recollection import NOTHING
from simulator.core import Telegram
from simulator.phone import Phone
from tests.watch import Watch
from tests.world import list_person


async def test_a_name_is_answered_with_a_card(reader: Phone, lastauka: Person):
    await reader.says("Алеся Ластаўка")
    assert "Alesia Lastauka" in reader.heard[-1]
    assert "Tell me news" in reader.buttons


async def test_who_asks_too(reader: Phone, lastauka: Person):
    await reader.says("Алеся Ластаўка")
    await reader.says("/who Алеся Ластаўка")
    assert reader.heard[0] == reader.heard[1]


async def test_who_without_a_name_is_answered_with_help(reader: Phone):
    await reader.says("/who")
    assert reader.heard[-1].startswith("Write a first name and a surname, in any language.")


async def test_namesakes_are_a_choice_that_stays(reader: Phone, namesakes: tuple[Person, Person]):
    await reader.says("Андрэй Верабейчык")
    choice = reader.last
    assert len(reader.buttons) == 3
    assert reader.buttons[-1] == "Somebody else"
    await reader.presses(reader.buttons[0])
    assert "Tell me news" in reader.buttons
    assert choice.id in reader.chat.messages
    assert reader.last is not choice


async def test_the_timeline_turns_the_card_and_turns_back(reader: Phone, lastauka: Person):
    await reader.says("Алеся Ластаўка")
    card = reader.heard[-1]
    await reader.presses("What happened when")
    assert reader.heard[-1] != card
    assert "Alesia Lastauka" in reader.heard[-1]
    await reader.presses("‹ Back")
    assert reader.heard == [card]


async def test_an_unlisted_person_is_answered_like_one_who_does_not_exist(
    reader: Phone, unlisted: Person, telegram: Telegram
):
    await reader.says("Зоська Гняздоўская")
    await reader.says("Зоська Гнездзюлькіна")
    assert reader.heard[0] == reader.heard[1]


async def test_in_a_group_everybody_asks_with_who(reader: Phone, other: Phone, lastauka: Person):
    group = await reader.creates_group("Families", members=[other])
    await reader.adds_bot(group)
    await other.says("/who Алеся Ластаўка", where=group)
    assert "Alesia Lastauka" in str(other.newest(group).body["text"])
    await other.says("/who", where=group)
    assert other.newest(group).body["text"] == (
        "Write the name after the command: /who first name and surname"
    )


async def test_a_text_too_long_to_be_a_name_is_answered_with_help(reader: Phone):
    await reader.says("Ластаўка " * 60)
    assert reader.heard[-1].startswith("Write a first name and a surname, in any language.")


# --- why, and what was asked for ---------------------------------------------------------------

WHY = "Found under: Ласточка → Lastauka; Олеся → Alesia"
FREED = ((EventKind.DETAINED, "2020"), (EventKind.RELEASED, "2025-12-01"))


def read(phone: Phone) -> str:
    return phone.heard[-1].replace("\u2068", "").replace("\u2069", "")


async def test_another_spelling_is_explained(reader: Phone, lastauka: Person):
    await reader.says("Ласточка Олеся")
    assert WHY in read(reader)


async def test_the_way_to_the_timeline_and_back_keeps_the_explanation(
    reader: Phone, lastauka: Person
):
    await reader.says("Ласточка Олеся")
    await reader.presses("What happened when")
    await reader.presses("‹ Back")
    assert WHY in read(reader)


async def test_who_hides_texts_is_told_the_same(discreet: Phone, lastauka: Person):
    await discreet.says("Где сидит Ласточка Олеся?")
    await discreet.presses("Show")
    assert WHY in read(discreet)
    assert "\n\nWhere: Gomel, Belarus.\nAlesia Lastauka — in prison." in read(discreet)


async def test_whoever_is_chosen_is_explained(reader: Phone, namesakes: tuple[Person, Person]):
    await reader.says("Где Воробейчик Андрей?")
    await reader.presses(reader.buttons[1])
    assert "Found under: Воробейчик → Verabeichyk; Андрей → Andrei" in read(reader)
    assert "\n\nWhere: Gomel, Belarus.\n" in read(reader)


async def test_a_choice_that_was_hidden_says_that_there_are_more(
    discreet: Phone, database: Database
):
    for number in range(1, 8):
        await list_person(database, number, [("Андрэй Верабейчык", "be")], born=1960 + number)
    await discreet.says("Андрэй Верабейчык")
    await discreet.presses("Show")
    assert "There are more people by that name." in read(discreet)


async def test_the_explanation_is_gone_after_ten_minutes(
    reader: Phone, lastauka: Person, clock: Watch
):
    await reader.says("Ласточка Олеся")
    clock.advance(timedelta(minutes=10))
    await reader.presses("What happened when")
    await reader.presses("‹ Back")
    assert "Found under" not in read(reader)
    assert "Alesia Lastauka" in read(reader)


@pytest.mark.parametrize("leave", ["/forget", "/travelling"])
async def test_leaving_puts_the_question_out_of_mind(
    reader: Phone, lastauka: Person, services: Services, leave: str
):
    await reader.says("Ласточка Олеся")
    asked = ChatId(reader.id)
    assert services.recollection.of(asked, lastauka.id).why
    await reader.says(leave)
    if leave == "/travelling":
        await reader.presses_data("D", reader.last)
    assert services.recollection.of(asked, lastauka.id) == NOTHING


async def test_nobody_else_is_told_how_it_was_spelt(reader: Phone, other: Phone, lastauka: Person):
    await reader.says("Ласточка Олеся")
    await other.says("Alesia Lastauka")
    assert "Found under" not in read(other)


# --- without a name ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("???", "There is no name in this. Please write a first name and a surname."),
        ("Что с ним?", "There is no name in this. Please write a first name and a surname."),
        ("Л", "One letter is too little. Please write the surname in full."),
        ("Гомель", "This is a place. Please write the name of the person."),
        ("Алеся", "Many people have this first name. Please add the surname."),
        ("Ластаўка і Верабейчык", "Please write one name at a time."),
    ],
)
async def test_what_names_nobody_is_refused_with_what_it_lacks(
    reader: Phone, lastauka: Person, text: str, said: str
):
    await reader.says(text)
    assert reader.heard == [said]
    assert reader.buttons == []


async def test_who_asks_how_many_is_told_how_many(reader: Phone, lastauka: Person):
    await reader.says("Колькі палітвязняў яшчэ сядзіць?")
    assert reader.heard[-1].startswith("1 person on our whole list is held")
    assert "The list is incomplete" in reader.heard[-1]


async def test_who_asks_for_the_latest_is_told_who_that_was(
    reader: Phone, lastauka: Person, database: Database
):
    await reader.says("Каго вызвалілі апошнім?")
    assert reader.heard[-1] == "No release is known to us."
    freed = await list_person(database, 7, [("Янка Верабей", "be")], history=FREED)
    await reader.says("Каго вызвалілі апошнім?")
    assert "1. Янка Верабей: December 1, 2025" in read(reader)
    await reader.presses("1. Янка Верабей")
    assert freed.names[0].text in read(reader)
    assert "Tell me news" in reader.buttons


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Сколько политзаключённых ещё сидит?", "1 person on our whole list is held"),
        ("Кого освободили последним?", "Released last"),
    ],
)
async def test_who_hides_texts_opens_these_answers_too(
    discreet: Phone, lastauka: Person, database: Database, text: str, said: str
):
    await list_person(database, 7, [("Янка Верабей", "be")], history=FREED)
    await discreet.says(text)
    assert discreet.heard[-1] == "1 new message"
    await discreet.presses("Show")
    assert discreet.heard[-1].startswith(said)

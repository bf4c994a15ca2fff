"""A question gets an answer."""

from model.people import Person
from simulator.core import Telegram
from simulator.phone import Phone


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
    assert len(reader.buttons) == 2
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

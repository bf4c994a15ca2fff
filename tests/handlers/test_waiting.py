"""Waiting for a name, as a reader meets it."""

from handlers.context import Services
from model.people import Person
from model.readers import WAITING_AT_MOST, ChatId
from simulator.phone import Phone

ZOSKA = "Зоська Гняздоўская"


async def wait(phone: Phone, name: str = ZOSKA) -> None:
    await phone.says("Нехта Невядомы")
    await phone.presses("Wait for this name")
    await phone.says(name, reply_to=phone.last)


async def names(services: Services, phone: Phone) -> tuple[str, ...]:
    reader = await services.readers.of(ChatId(phone.id))
    return () if reader is None else reader.waiting


async def test_the_prompt_says_what_becomes_of_the_name_and_forces_a_reply(reader: Phone):
    await reader.says("Нехта Невядомы")
    await reader.presses("Wait for this name")
    assert "The name is then stored, encrypted" in reader.heard[-1]
    assert reader.last.wants_reply


async def test_a_reply_to_the_prompt_is_waited_for_and_said_plainly(
    reader: Phone, services: Services
):
    await wait(reader)
    assert reader.heard[-1].startswith("You will be told when a person of that name is put on")
    assert ZOSKA not in reader.heard[-1]
    assert await names(services, reader) == (ZOSKA,)


async def test_the_same_is_said_whether_the_name_is_new_hidden_or_waited_for_by_others(
    reader: Phone, other: Phone, unlisted: Person
):
    await wait(other)
    await wait(reader)
    first = reader.heard[-1]
    await wait(reader)
    await wait(reader, "Юрась Небывалы")
    assert {first, other.heard[-1], *reader.heard[-1:]} == {first}


async def test_asking_for_a_name_is_not_waiting_for_it(reader: Phone, services: Services):
    await reader.says(ZOSKA)
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_who_is_listed_is_shown_instead(reader: Phone, lastauka: Person, services: Services):
    await wait(reader, "Alesia Lastauka")
    assert "Alesia Lastauka" in reader.heard[-1]
    assert "Tell me news" in reader.buttons
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_namesakes_are_offered_instead(
    reader: Phone, namesakes: tuple[Person, Person], services: Services
):
    await wait(reader, "Андрэй Верабейчык")
    assert reader.heard[-1].startswith("Several people may be meant.")
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_one_word_is_refused_kindly(reader: Phone, services: Services):
    await wait(reader, "Зоська")
    assert reader.heard[-1] == "Please write the first name and the surname, and nothing else."
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_the_limit_is_said(reader: Phone, services: Services):
    for word in ("Адзін", "Другі", "Трэці", "Чацвёрты", "Пяты"):
        await wait(reader, f"{word} Небывалы")
    await wait(reader, "Шосты Небывалы")
    assert reader.heard[-1].startswith("You can wait for 5 names at most")
    assert len(await names(services, reader)) == WAITING_AT_MOST


async def test_following_lists_the_name_and_lets_it_go(reader: Phone, services: Services):
    await wait(reader)
    await reader.says("/following")
    assert f"• {ZOSKA}" in reader.heard[-1].replace("⁨", "").replace("⁩", "")
    await reader.presses(f"✕ {ZOSKA}")
    assert ZOSKA not in reader.heard[-1]
    assert await names(services, reader) == ()


async def test_no_button_carries_the_name(reader: Phone):
    await wait(reader)
    await reader.says("/following")
    carried = [
        str(button)
        for row in reader.last.body["reply_markup"]["inline_keyboard"]
        for button in row
        if "Зоська" in button["callback_data"]
    ]
    assert carried == []


async def test_mydata_shows_it_and_forget_erases_it(reader: Phone, services: Services):
    await wait(reader)
    await reader.says("/mydata")
    assert ZOSKA in reader.heard[-1]
    await reader.says("/forget")
    await reader.says("/mydata")
    assert reader.heard[-1] == "Nothing is stored about this chat."


async def test_a_command_in_a_reply_is_a_command(reader: Phone, services: Services):
    await wait(reader)
    await reader.says("Нехта Невядомы")
    await reader.presses("Wait for this name")
    await reader.says("/forget", reply_to=reader.last)
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_a_discreet_reader_sees_the_promise_behind_a_button(
    discreet: Phone, services: Services
):
    await discreet.says("Нехта Невядомы")
    await discreet.presses("Show")
    await discreet.presses("Wait for this name")
    question = await discreet.says(ZOSKA, reply_to=discreet.last)
    assert discreet.heard[-1] == "1 new message"
    await discreet.presses("Show")
    assert "You will be told when a person of that name is put on our list" in discreet.heard[-1]
    assert ZOSKA in discreet.heard[-1].replace("⁨", "").replace("⁩", "")
    assert question in discreet.messages


async def test_in_a_group_it_is_said_to_work_privately(reader: Phone, services: Services):
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    await reader.says(f"/who {ZOSKA}", where=group)
    await reader.presses("Wait for this name", reader.newest(group))
    assert reader.alert == "This works only in a private chat with the bot."
    assert await services.readers.of(ChatId(group.id)) is None

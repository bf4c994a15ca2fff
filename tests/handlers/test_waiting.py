"""Waiting for a name, as a reader meets it."""

from db.connection import Database
from db.vault import Vault
from handlers.context import Services
from model.codes import code_of
from model.people import Person
from model.readers import WAITING_AT_MOST, ChatId
from simulator.core import Telegram
from simulator.phone import Phone
from tests.world import list_person
from views.callbacks import Verb

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
    assert "What you write is then stored, encrypted" in reader.heard[-1]
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
    assert reader.heard[-1].startswith("Is it this person?")
    assert "Alesia Lastauka" in reader.heard[-1]
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_namesakes_are_offered_instead(
    reader: Phone, namesakes: tuple[Person, Person], services: Services
):
    await wait(reader, "Андрэй Верабейчык")
    assert reader.heard[-1].startswith("Several people may be meant.")
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_somebody_else_of_that_name_is_waited_for_by_the_year(
    reader: Phone, services: Services, database: Database
):
    await list_person(database, 701, [(ZOSKA, "be")], born=1971)
    await wait(reader)
    await reader.presses("Somebody else")
    await reader.says(f"{ZOSKA} 1982", reply_to=reader.last)
    assert reader.heard[-1].startswith("You will be told")
    assert await names(services, reader) == (f"{ZOSKA} 1982",)


async def test_a_question_is_not_waited_for(reader: Phone, services: Services):
    await wait(reader, "Колькі людзей у турмах")
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
    await reader.presses_data(Verb.WAIT, reader.newest(group))
    assert reader.alert == "This works only in a private chat with the bot."
    assert await services.readers.of(ChatId(group.id)) is None


# --- what editors decide ----------------------------------------------------------------------


async def list_zoska(database: Database) -> Person:
    return await list_person(
        database, 77, [(ZOSKA, "be"), ("Zoska Hniazdouskaya", "en")], born=1990
    )


def plain(text: str) -> str:
    return text.replace("⁨", "").replace("⁩", "")


async def test_an_editor_sees_the_name_and_the_person_and_not_who_waits(
    reader: Phone, editor: Phone, database: Database, telegram: Telegram
):
    await wait(reader)
    await list_zoska(database)
    telegram.calls.clear()
    await editor.says("/waiting")
    assert f"Waited for: {ZOSKA}" in plain(editor.heard[-1])
    assert "On our list: Zoska Hniazdouskaya, year of birth: 1990" in plain(editor.heard[-1])
    for call in telegram.calls:
        assert str(reader.id) not in repr(call.values)
        assert "Зоська" not in repr(call.values.get("reply_markup"))
    await editor.presses("Zoska Hniazdouskaya")
    assert "Viasna" in editor.heard[-1]


async def test_one_editor_says_that_it_is_the_same_and_is_asked_nothing_more(
    reader: Phone, editor: Phone, database: Database, services: Services
):
    await wait(reader)
    person = await list_zoska(database)
    await editor.says("/waiting")
    await editor.presses("Same name: tell them")
    assert editor.heard[-1] == "Nobody on our list bears a name that is waited for."
    assert await names(services, reader) == ()
    (one,) = await services.outbox.claim(10)
    assert (one.address.chat, one.address.found) == (reader.id, (person.id,))


async def test_another_name_is_still_waited_for_and_not_asked_again(
    reader: Phone, editor: Phone, database: Database, services: Services
):
    await wait(reader)
    await list_zoska(database)
    await editor.says("/waiting")
    await editor.presses("Another name")
    await editor.says("/waiting")
    assert editor.heard[-1] == "Nobody on our list bears a name that is waited for."
    assert await names(services, reader) == (ZOSKA,)
    assert await services.outbox.claim(10) == []


async def test_later_decides_nothing(
    reader: Phone, editor: Phone, database: Database, services: Services, telegram: Telegram
):
    await wait(reader)
    await list_zoska(database)
    await editor.says("/waiting")
    await editor.presses("Later")
    assert f"Waited for: {ZOSKA}" in plain(editor.heard[-1])
    assert await names(services, reader) == (ZOSKA,)
    telegram.refusals.clear()  # it looks as before


async def test_a_second_press_says_that_it_is_settled(
    reader: Phone, editor: Phone, second_editor: Phone, database: Database, services: Services
):
    await wait(reader)
    await list_zoska(database)
    for phone in (editor, second_editor):
        await phone.says("/waiting")
    for phone in (editor, second_editor):
        await phone.presses("Same name: tell them")
    assert second_editor.alert is not None
    assert second_editor.alert.startswith("There is nothing here, or not any more.")
    assert len(await services.outbox.claim(10)) == 1


async def test_to_a_reader_the_doors_of_editors_do_not_exist(
    reader: Phone, other: Phone, database: Database, services: Services, vault: Vault
):
    await wait(reader)
    person = await list_zoska(database)
    await other.says("/waiting")
    await reader.says("/nosuchcommand")
    assert other.heard[-1] == reader.heard[-1]
    code, blind = code_of(person.id), vault.blind(ZOSKA)
    for verb in ("S", "X", "Z"):
        await other.presses_data(f"{verb}:{blind}:{code}", other.last)
        assert other.alert is not None
        assert other.alert.startswith("There is nothing here, or not any more.")
    assert await names(services, reader) == (ZOSKA,)


async def test_only_who_was_told_can_open_what_was_told(
    reader: Phone, other: Phone, editor: Phone, database: Database, services: Services
):
    await wait(reader)
    await list_zoska(database)
    await editor.says("/waiting")
    await editor.presses("Same name: tell them")
    (one,) = await services.outbox.claim(10)
    await reader.presses_data(f"A:{one.wave}", reader.last)
    assert plain(reader.heard[-1]).startswith(
        "A person of the name you wait for is now on our list:\nZoska Hniazdouskaya"
    )
    await reader.presses("Zoska Hniazdouskaya")
    assert "Tell me news" in reader.buttons
    await other.says("/start")
    answers = set()
    for data in (f"A:{one.wave}", "A:999", f"w:{one.wave}", "w:999"):
        await other.presses_data(data, other.last)
        answers.add(other.alert)
    assert len(answers) == 1

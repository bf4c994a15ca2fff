"""The first minute: the greeting, the choice, and links."""

from datetime import timedelta

from db.connection import Database
from handlers.context import Services
from model.codes import code_of
from model.people import Person
from model.readers import ChatId
from simulator.core import Telegram
from simulator.phone import Phone
from tests.watch import Watch


async def test_the_first_screen_greets_and_asks_one_thing(reader: Phone):
    await reader.says("/start")
    assert "Write a first name and a surname" in reader.heard[-1]
    assert "Hide the texts of messages?" in reader.heard[-1]
    assert reader.buttons == ["Yes, hide", "No", "Before travelling", "Language"]


async def test_a_greeting_is_the_same_for_who_was_here_before(reader: Phone, lastauka: Person):
    await reader.says("/start")
    await reader.says("Алеся Ластаўка")
    await reader.presses("Tell me news")
    await reader.says("/start")
    assert reader.telegram.told(reader)[0] == reader.telegram.told(reader)[-1]


async def test_after_forget_a_start_is_answered_as_to_a_stranger(
    discreet: Phone, other: Phone, telegram: Telegram
):
    await discreet.says("/forget")
    await discreet.says("/start")
    await other.says("/start")
    sent = [call.values for call in telegram.calls_of("sendMessage")]
    sent[-2].pop("chat_id")
    sent[-1].pop("chat_id")
    assert sent[-2] == sent[-1]


async def test_no_means_that_texts_are_shown(reader: Phone, lastauka: Person, services: Services):
    await reader.says("/start")
    await reader.presses("No")
    assert reader.heard[-1].startswith("Texts are not hidden.")
    await reader.says("Алеся Ластаўка")
    assert "Alesia Lastauka" in reader.heard[-1]


async def test_a_link_with_a_code_leads_to_the_card(reader: Phone, lastauka: Person):
    await reader.opens_link(f"https://t.me/vestka_bot?start={code_of(lastauka.id)}")
    assert "Alesia Lastauka" in reader.heard[-1]


async def test_a_link_to_somebody_unlisted_is_a_link_to_nobody(
    reader: Phone, unlisted: Person, telegram: Telegram
):
    await reader.says(f"/start {code_of(unlisted.id)}")
    await reader.says("/start AAAAAAAAAAE")
    assert telegram.told(reader)[0] == telegram.told(reader)[1]


async def test_a_link_with_something_else_is_a_plain_start(reader: Phone):
    await reader.says("/start hello")
    assert reader.heard[-1].startswith("Good day.")


async def test_help_says_what_can_be_written(reader: Phone):
    await reader.says("/help")
    assert "/travelling" in reader.heard[-1]


async def test_an_unknown_command_is_answered_with_help(reader: Phone):
    await reader.says("/folow")
    await reader.says("/help")
    assert reader.heard[0] == reader.heard[1]


async def test_a_discreet_reader_deletes_the_question_with_a_button(
    discreet: Phone, lastauka: Person
):
    question = await discreet.says("Алеся Ластаўка")
    await discreet.presses("Delete my question")
    assert question.id not in discreet.chat.messages
    assert discreet.toast == "Your question is deleted."


async def test_a_question_too_old_to_be_deleted_is_left_to_the_reader(
    discreet: Phone, lastauka: Person, clock: Watch, telegram: Telegram
):
    question = await discreet.says("Алеся Ластаўка")
    clock.advance(timedelta(hours=49))
    await discreet.presses("Delete my question")
    assert question.id in discreet.chat.messages
    assert discreet.alert is not None
    assert "by hand" in discreet.alert
    telegram.refusals.clear()


async def test_who_only_asks_leaves_nothing(
    reader: Phone, lastauka: Person, services: Services, database: Database
):
    await reader.says("/start")
    await reader.says("Алеся Ластаўка")
    await reader.says("/who Nobody Atall")
    await reader.says("/following")
    await reader.says("/news")
    await reader.says("/mydata")
    assert reader.heard[-1] == "Nothing is stored about this chat."
    assert await services.readers.of(ChatId(reader.id)) is None

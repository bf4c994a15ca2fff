"""Being shown what is stored, being forgotten, and coming back."""

import re

import pytest

from db.connection import Database
from handlers.context import Services
from model.people import Person
from model.readers import ChatId
from simulator.core import Telegram
from simulator.phone import Phone

CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


async def test_privacy_is_honest_about_a_running_server(reader: Phone):
    await reader.says("/privacy")
    assert "can read who is told about whom" in reader.heard[-1]
    assert "/forget" in reader.heard[-1]


async def test_mydata_shows_everything(reader: Phone, lastauka: Person):
    await reader.says("Алеся Ластаўка")
    await reader.presses("Tell me news")
    await reader.says("/mydata")
    shown = reader.heard[-1]
    for part in (
        "The number of this chat.",
        "The kind of chat: private.",
        "Language: English.",
        "Texts are hidden: no.",
        "All releases: no.",
        "Also when somebody chosen is not among the names known: no.",
        "Alesia Lastauka",
    ):
        assert part in shown
    assert str(reader.id) not in shown


async def test_mydata_is_hidden_from_who_looks_over_a_discreet_shoulder(
    discreet: Phone, lastauka: Person
):
    await discreet.says("Алеся Ластаўка")
    await discreet.presses("Show")
    await discreet.presses("Tell me news")
    await discreet.says("/mydata")
    assert discreet.heard[-1] == "1 new message"
    await discreet.presses("Show")
    assert "Alesia Lastauka" in discreet.heard[-1]
    assert "For a minute, messages to hide again: 1." in discreet.heard[-1]


async def test_an_editor_is_shown_that_too(editor: Phone):
    await editor.says("/mydata")
    assert "You are an editor; name:" in editor.heard[-1]


@pytest.mark.parametrize("leave", ["/forget", "/travelling"])
async def test_an_editor_leaves_like_everybody_else(editor: Phone, leave: str):
    await editor.says(leave)
    if leave == "/travelling":
        await editor.presses_data("D", editor.last)
    assert "Nothing is stored about this chat now." in editor.heard[-1]
    await editor.says("/mydata")
    assert editor.heard[-1] == "Nothing is stored about this chat."


async def test_forget_erases_and_says_the_same_to_who_was_never_here(
    reader: Phone, other: Phone, lastauka: Person, services: Services
):
    await reader.says("Алеся Ластаўка")
    await reader.presses("Tell me news")
    await reader.says("/forget")
    await other.says("/forget")
    assert reader.heard[-1] == other.heard[-1]
    assert "by hand" in reader.heard[-1]
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_before_travelling_gives_a_code_that_brings_everything_back(
    reader: Phone, other: Phone, lastauka: Person, services: Services
):
    await reader.says("Алеся Ластаўка")
    await reader.presses("Tell me news")
    await reader.says("/travelling")
    await reader.presses("Forget this chat and give me the code")
    found = CODE.search(reader.heard[-1])
    assert found is not None
    assert await services.readers.of(ChatId(reader.id)) is None
    # From another account: the phone may be another one.
    typed = await other.says(f"/return {found[0].lower()}")
    assert typed.id not in other.chat.messages
    assert other.heard[-1] == "What you had chosen is in place: /following"
    await other.says("/following")
    assert "Alesia Lastauka" in other.heard[-1]


async def test_a_return_code_works_once(reader: Phone, telegram: Telegram):
    await reader.says("/releases")
    await reader.says("/travelling")
    await reader.presses("Forget this chat and give me the code")
    found = CODE.search(reader.heard[-1])
    assert found is not None
    await reader.says(f"/return {found[0]}")
    await reader.says(f"/return {found[0]}")
    assert reader.heard[-1].startswith("This code does not work")


async def test_a_wrong_code_and_no_code_are_answered_alike(reader: Phone):
    for words in ("/return", "/return AAAA-BBBB-CCCC-DDDD", "/return ünsinn"):
        await reader.says(words)
    assert len(set(reader.heard)) == 1


async def test_the_message_with_the_code_can_be_deleted(reader: Phone):
    await reader.says("/releases")
    await reader.says("/start")
    await reader.presses("Before travelling")
    await reader.presses("Forget this chat and give me the code")
    message = reader.last
    await reader.presses("Written down: delete this message")
    assert message.id not in reader.chat.messages


async def test_who_has_nothing_to_leave_gets_no_code(reader: Phone):
    await reader.says("/travelling")
    await reader.presses("Forget this chat and give me the code")
    assert reader.heard[-1].startswith("Nothing is stored about this chat now.")


async def test_not_now_goes_back_to_the_first_screen(reader: Phone):
    await reader.says("/travelling")
    await reader.presses("Not now")
    assert reader.heard[-1].startswith("Good day.")


async def test_a_group_does_not_travel(reader: Phone, telegram: Telegram):
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    for words in ("/travelling", "/return AAAA-BBBB-CCCC-DDDD"):
        await reader.says(words, where=group)
        assert telegram.told(group)[-1] == "This works only in a private chat with the bot."
    await reader.presses_data("D", reader.newest(group))
    assert reader.alert is not None


async def test_blocking_the_bot_erases_at_once(
    reader: Phone, services: Services, database: Database
):
    await reader.says("/releases")
    await reader.blocks()
    assert await services.readers.of(ChatId(reader.id)) is None
    await reader.unblocks()
    assert await services.readers.of(ChatId(reader.id)) is None

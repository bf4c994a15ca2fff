"""Who asked for it sees "1 new message", and nothing else, until it is pressed.

T4: a phone that is looked at, or lies on a table, shows no name and no word of what the bot is
about.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from db.connection import Database, open_database
from db.vault import Vault
from handlers.context import BotApplication, Services
from locales import LANGUAGES
from model.people import PersonId
from model.readers import ChatId, Spot
from services.foldings import Foldings
from simulator import faults
from simulator.core import Call, Telegram
from simulator.phone import Phone
from tests.discretion import PRISON
from tests.doors import DOORS, Visit
from tests.newsroom import PEOPLE, Newsroom
from tests.watch import Watch
from views import callbacks
from views.callbacks import Verb

NAMES = [word for be, en, _ in PEOPLE.values() for word in (*be.split(), *en.split())]


@pytest.fixture
def newsroom(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> Newsroom:
    return Newsroom(database, vault, clock, random)


@pytest.fixture
async def listed(newsroom: Newsroom) -> PersonId:
    """Somebody listed, whose release has been told."""
    known = await newsroom.lists()
    await newsroom.opened()
    return known["maria"]


def shown(call: Call) -> str:
    """Return all that a call puts on a screen."""
    keyboard = call.values.get("reply_markup", {}).get("inline_keyboard", [])
    labels = [button["text"] for row in keyboard for button in row]
    offered = [call.values.get("results", ""), call.values.get("button", "")]
    return "\n".join([str(call.values.get("text", "")), *labels, *map(repr, offered)])


def gives_away(text: str) -> list[str]:
    return [name for name in NAMES if name in text] + PRISON.findall(text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_message_says_a_name_or_what_it_is_about_before_a_press(
    language: str,
    application: BotApplication,
    telegram: Telegram,
    listed: PersonId,
    clock: Watch,
):
    for knock in DOORS.values():
        phone = Phone(telegram, "Marta", language=language)
        visit = Visit(phone, listed, "Марыя Калеснікава", PersonId(77), "Зоська Гняздоўская")
        await visit.arrive()
        await phone.presses("d:1")
        telegram.calls.clear()
        await knock(visit)
        # What is pressed for is edited in. What is sent lights up on the locked screen, and an
        # answer to a press floats over the chat.
        seen = [call for call in telegram.calls if call.chat_id in {phone.id, None}]
        for call in seen:
            assert call.method == "editMessageText" or gives_away(shown(call)) == []
        # Time for the gate to let in the next.
        clock.advance(timedelta(seconds=10))
    telegram.refusals.clear()


async def test_the_content_comes_when_it_is_pressed(
    discreet: Phone, telegram: Telegram, listed: PersonId
):
    await discreet.says("Марыя Калеснікава")
    assert discreet.heard[-1] == "1 new message"
    await discreet.presses("Show")
    assert "Maria Kalesnikava" in discreet.heard[-1]


async def test_news_behind_a_button_opens_in_place(discreet: Phone, listed: PersonId):
    await discreet.says("/news")
    assert discreet.heard[-1] == "1 new message"
    await discreet.presses("Show")
    before = len(discreet.messages)
    await discreet.presses("B:1")
    assert "123" in discreet.heard[-1]
    await discreet.presses("b:1:0")
    assert "Maria Kalesnikava" in discreet.heard[-1]
    await discreet.presses("‹ Back")
    await discreet.presses("b:1:0")
    await discreet.presses("‹ Back")
    assert len(discreet.messages) == before


async def test_what_was_opened_is_due_to_be_folded_after_a_minute_even_after_a_restart(
    discreet: Phone,
    listed: PersonId,
    services: Services,
    clock: Watch,
    database_url: str,
    vault: Vault,
):
    await discreet.says("Марыя Калеснікава")
    await discreet.presses("Show")
    opened = discreet.last.id
    assert await services.foldings.due() == ()
    clock.advance(timedelta(seconds=61))
    reborn = open_database(database_url)
    (spot,) = await Foldings(reborn, vault, clock).due()
    await reborn.close()
    card = callbacks.person(Verb.CARD, listed)
    assert spot == Spot(ChatId(discreet.id), opened, "en", card)


async def test_turning_a_page_gives_another_minute(
    discreet: Phone, listed: PersonId, services: Services, clock: Watch
):
    await discreet.says("Марыя Калеснікава")
    await discreet.presses("Show")
    clock.advance(timedelta(seconds=50))
    await discreet.presses("What happened when")
    clock.advance(timedelta(seconds=50))
    assert await services.foldings.due() == ()


async def test_the_folding_is_noted_before_the_content_is_shown(
    discreet: Phone, listed: PersonId, services: Services, telegram: Telegram, clock: Watch
):
    """A crash between the two must not leave a name on the screen for good."""
    await discreet.says("Марыя Калеснікава")
    noted: list[Any] = []

    def look(method: str, _values: object) -> bool:
        if method == "editMessageText":
            noted.append(asyncio.get_running_loop().create_task(services.foldings.next_due()))
        return False

    telegram.misbehave(faults.slow(0), when=look)
    await discreet.presses("Show")
    assert await noted[0] is not None


async def test_a_button_of_a_message_too_old_to_be_changed_shows_no_name_before_another_press(
    discreet: Phone, listed: PersonId, telegram: Telegram
):
    """What cannot be edited is sent anew, and what is sent lights up on the locked screen."""
    card = callbacks.person(Verb.CARD, listed)
    old = {"message_id": 7, "date": 0, "chat": discreet.chat.body()}
    press = {"id": "1", "from": discreet.user.body(), "chat_instance": "1", "data": card}
    telegram.push_raw({"update_id": 900_000_077, "callback_query": press | {"message": old}})
    await telegram.settle()
    assert discreet.heard[-1] == "1 new message"
    await discreet.presses("Show")
    assert "Maria Kalesnikava" in discreet.heard[-1]
    telegram.refusals.clear()


async def test_the_title_of_a_channel_does_not_light_up_on_the_phone_of_its_administrator(
    discreet: Phone, telegram: Telegram
):
    channel = await discreet.creates_channel("Political prisoners", username="ours")
    await discreet.adds_bot(channel)
    assert "/manage" in discreet.heard[-1]
    assert gives_away(discreet.heard[-1]) == []


async def test_a_second_phone_of_nobody_known_sees_everything_at_once(
    reader: Phone, listed: PersonId
):
    """Hiding is a choice: who has not made it gets the answer."""
    await reader.says("Марыя Калеснікава")
    assert "Maria Kalesnikava" in reader.heard[-1]

"""Bad inputs 22 to 27: commands that are not quite commands."""

import pytest

from handlers.context import Services
from model.readers import ChatId
from simulator.core import Telegram
from simulator.phone import Phone

START = "Good day."
HELP = "Write a first name and a surname, in any language."


async def test_22_a_link_of_64_characters_is_a_plain_start(reader: Phone):
    await reader.says("/start " + "A" * 64)
    assert reader.heard[-1].startswith(START)


@pytest.mark.parametrize("payload", ["====", "e_", "e_%00", "_-_-_-_-_-_-_-", "AAAAAAAAAA=", "я"])
async def test_23_a_link_with_garbage_leads_to_no_error(
    reader: Phone, payload: str, telegram: Telegram
):
    await reader.says(f"/start {payload}")
    assert len(reader.heard) == 1
    assert not telegram.refusals


async def test_24_a_command_for_another_bot_is_not_obeyed(
    reader: Phone, services: Services, telegram: Telegram
):
    await reader.says("/releases@otherbot")
    assert reader.heard[-1].startswith(HELP)
    group = await reader.creates_group("Families")
    await reader.adds_bot(group, as_administrator=True)
    before = len(telegram.told(group))
    await reader.says("/releases@otherbot", where=group)
    assert len(telegram.told(group)) == before
    assert await services.readers.of(ChatId(reader.id)) is None
    assert await services.readers.of(ChatId(group.id)) is None


async def test_25_a_command_in_capitals_is_obeyed(reader: Phone):
    await reader.says("/START")
    assert reader.heard[-1].startswith(START)


async def test_25_a_command_in_cyrillic_is_answered_with_help(reader: Phone):
    await reader.says("/старт")
    assert reader.heard[-1].startswith(HELP)


async def test_26_an_edited_message_with_a_command_is_ignored(
    reader: Phone, telegram: Telegram, services: Services
):
    said = await reader.says("/help")
    before = len(reader.heard)
    body = said.body | {"text": "/releases", "edit_date": said.body["date"] + 1}
    telegram.push_raw({"update_id": 900_000_001, "edited_message": body})
    await telegram.settle()
    assert len(reader.heard) == before
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_27_a_forwarded_command_is_obeyed_like_a_typed_one(reader: Phone, other: Phone):
    origin = {"type": "user", "sender_user": other.user.body(), "date": 1_765_000_000}
    await reader.sends(
        text="/help",
        entities=[{"type": "bot_command", "offset": 0, "length": 5}],
        forward_origin=origin,
    )
    assert reader.heard[-1].startswith(HELP)

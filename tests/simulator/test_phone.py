"""What people do on their phones reaches the bot as Telegram would bring it."""

from typing import Any

import pytest

from simulator.core import Telegram
from simulator.phone import CannotDo, Phone
from tests.simulator.conftest import Ask


def take(telegram: Telegram, kind: str) -> dict[str, Any]:
    """Take the next update, which must be of this kind."""
    update = telegram.take_update()
    assert update is not None
    assert kind in update
    content: dict[str, Any] = update[kind]
    return content


async def test_a_message_says_who_writes_and_in_which_language(
    reader: Phone, telegram: Telegram
) -> None:
    await reader.says("🕊 /who Марыя")
    message = take(telegram, "message")
    assert message["from"] == {
        "id": reader.id,
        "is_bot": False,
        "first_name": "Alesia",
        "language_code": "be",
    }
    assert message["chat"] == {"id": reader.id, "type": "private", "first_name": "Alesia"}
    assert message["entities"] == [{"type": "bot_command", "offset": 3, "length": 4}]


async def test_a_phone_may_tell_no_language(telegram: Telegram) -> None:
    await Phone(telegram, "Nobody", language=None).says("hi")
    assert "language_code" not in take(telegram, "message")["from"]


async def test_a_long_text_arrives_in_pieces_cut_at_lines(
    reader: Phone, telegram: Telegram
) -> None:
    await reader.says("\n".join(["x" * 1000] * 5))
    pieces = [take(telegram, "message")["text"] for _ in range(2)]
    assert [len(piece) for piece in pieces] == [4004, 1000]
    await reader.says("y" * 5000)
    assert [len(take(telegram, "message")["text"]) for _ in range(2)] == [4096, 904]


async def test_a_link_to_the_bot_starts_it_with_its_code(
    reader: Phone, telegram: Telegram
) -> None:
    await reader.opens_link("https://t.me/vestka_bot?start=abc_-1")
    assert take(telegram, "message")["text"] == "/start abc_-1"
    await reader.opens_link("tg://resolve?domain=vestka_bot&start=x")
    assert take(telegram, "message")["text"] == "/start x"
    await reader.opens_link("t.me/vestka_bot")
    assert take(telegram, "message")["text"] == "/start"
    with pytest.raises(CannotDo):
        await reader.opens_link("https://t.me/another_bot?start=x")


async def test_buttons_that_are_links_open_or_start(
    reader: Phone, telegram: Telegram, ask: Ask
) -> None:
    rows = [
        [{"text": "Source", "url": "https://example.org/a"}],
        [{"text": "Deep", "url": "https://t.me/vestka_bot?start=q"}],
        [{"text": "Copy", "copy_text": {"text": "K7Q2"}}],
    ]
    markup = {"inline_keyboard": rows}
    await ask("sendMessage", chat_id=reader.id, text="x", reply_markup=markup)
    assert reader.buttons == ["Source", "Deep", "Copy"]
    await reader.presses("Source")
    assert reader.opened == "https://example.org/a"
    assert not telegram.updates
    await reader.presses("Copy")
    assert reader.opened == "K7Q2"
    await reader.presses("Deep")
    assert take(telegram, "message")["text"] == "/start q"
    with pytest.raises(CannotDo):
        await reader.presses("Nothing")


async def test_a_button_is_found_by_its_data_too(
    reader: Phone, telegram: Telegram, ask: Ask
) -> None:
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "v1:yes"}]]}
    await ask("sendMessage", chat_id=reader.id, text="x", reply_markup=markup)
    await reader.presses("v1:yes")
    await reader.presses_data("v1:forged", reader.last)
    assert [take(telegram, "callback_query")["data"] for _ in range(2)] == ["v1:yes", "v1:forged"]


async def test_blocking_and_unblocking_is_told_once_each(
    reader: Phone, telegram: Telegram
) -> None:
    await reader.blocks()
    await reader.blocks()
    change = take(telegram, "my_chat_member")
    assert change["from"]["id"] == reader.id
    assert change["old_chat_member"]["status"] == "member"
    assert change["new_chat_member"]["status"] == "kicked"
    assert change["new_chat_member"]["user"]["is_bot"]
    with pytest.raises(CannotDo):
        await reader.says("hello?")
    await reader.unblocks()
    assert take(telegram, "my_chat_member")["new_chat_member"]["status"] == "member"
    assert not telegram.updates


async def test_a_link_takes_the_blocking_back(reader: Phone, telegram: Telegram) -> None:
    await reader.blocks()
    await reader.opens_link("https://t.me/vestka_bot?start=x")
    kinds = [list(update)[1] for update in telegram.updates]
    assert kinds == ["my_chat_member", "my_chat_member", "message"]


async def test_a_closed_account_writes_nothing(reader: Phone) -> None:
    reader.closes_account()
    with pytest.raises(CannotDo):
        await reader.says("hello?")


async def test_an_edit_of_ones_own_is_told_as_such(
    reader: Phone, telegram: Telegram, ask: Ask
) -> None:
    message = await reader.says("one")
    telegram.updates.clear()
    await reader.edits(message, "/forget")
    edited = take(telegram, "edited_message")
    assert edited["text"] == "/forget"
    assert edited["edit_date"]
    await ask("sendMessage", chat_id=reader.id, text="x")
    with pytest.raises(CannotDo):
        await reader.edits(reader.last, "mine")


async def test_a_deletion_is_not_told(reader: Phone, telegram: Telegram) -> None:
    message = await reader.says("one")
    telegram.updates.clear()
    await reader.deletes(message)
    await reader.deletes(message)
    assert not telegram.updates
    assert message not in reader.messages


async def test_a_file_without_words_is_only_a_file(reader: Phone, telegram: Telegram) -> None:
    await reader.sends_file("names.csv", b"a")
    await reader.sends_file("names.csv", b"a", caption="names")
    assert "caption" not in take(telegram, "message")
    assert "caption_entities" not in take(telegram, "message")


async def test_somebody_may_have_the_id_one_needs(telegram: Telegram) -> None:
    first = Phone(telegram, "Alesia", user_id=5_200_000_001)
    second = Phone(telegram, "Jonas", username="jonas")
    largest = Phone(telegram, "Largest", user_id=2**52 - 1)
    assert len({first.id, second.id, largest.id}) == 3
    await largest.says("hi")
    assert take(telegram, "message")["chat"]["id"] == 4503599627370495


async def test_anything_else_can_be_sent(reader: Phone, telegram: Telegram) -> None:
    await reader.sends(location={"latitude": 54.7, "longitude": 25.3})
    assert take(telegram, "message")["location"]["latitude"] == 54.7


async def test_odd_updates_can_be_put_in_the_queue(telegram: Telegram, ask: Ask) -> None:
    telegram.push_raw({"update_id": 5, "telepathy": {}})
    assert await ask("getUpdates") == [{"update_id": 5, "telepathy": {}}]


async def test_an_answer_quotes_one_level(reader: Phone, telegram: Telegram, ask: Ask) -> None:
    first = await reader.says("one")
    reply = {"message_id": first.id}
    await ask("sendMessage", chat_id=reader.id, text="two", reply_parameters=reply)
    telegram.updates.clear()
    await reader.says("three", reply_to=reader.last)
    replied = take(telegram, "message")["reply_to_message"]
    assert replied["text"] == "two"
    assert "reply_to_message" not in replied


async def test_the_bot_reads_in_a_group_only_what_is_meant_for_it(
    reader: Phone, telegram: Telegram, ask: Ask
) -> None:
    group = await reader.creates_group("Families")
    await reader.says("before it came", where=group)
    await reader.adds_bot(group)
    assert take(telegram, "my_chat_member")["new_chat_member"]["status"] == "member"
    assert take(telegram, "message")["new_chat_members"][0]["is_bot"]
    sent = await ask("sendMessage", chat_id=group.id, text="Hello")
    assert sent["chat"] == {"id": group.id, "type": "group", "title": "Families"}
    await reader.says("among us", where=group)
    await reader.says("/follow@other_bot", where=group)
    assert not telegram.updates
    await reader.says("/follow", where=group)
    await reader.says("/follow@vestka_bot", where=group)
    await reader.says("hey @vestka_bot", where=group)
    await reader.says("yes", reply_to=reader.newest(group), where=group)
    assert len(telegram.updates) == 4
    await reader.promotes_bot(group)
    await reader.says("among us", where=group)
    assert len(telegram.updates) == 6
    telegram.updates.clear()
    telegram.reads_groups = True
    await reader.says("/follow@other_bot", where=group)
    assert len(telegram.updates) == 1


async def test_only_members_write_in_a_group(reader: Phone, telegram: Telegram) -> None:
    other = Phone(telegram, "Jonas")
    group = await reader.creates_group("Families")
    with pytest.raises(CannotDo):
        await other.says("hello", where=group)
    await other.joins(group)
    await other.says("hello", where=group)


async def test_a_group_that_becomes_a_supergroup_gets_another_id(
    reader: Phone, telegram: Telegram
) -> None:
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    telegram.updates.clear()
    new = await reader.upgrades(group)
    assert new.id < -1_000_000_000_000
    assert take(telegram, "message")["migrate_to_chat_id"] == new.id
    assert take(telegram, "message")["migrate_from_chat_id"] == group.id
    answer = await telegram.call("sendMessage", {"chat_id": group.id, "text": "x"})
    assert isinstance(answer.body, dict)
    assert answer.body["parameters"] == {"migrate_to_chat_id": new.id}
    answer = await telegram.call("sendMessage", {"chat_id": new.id, "text": "x"})
    assert answer.status == 200
    with pytest.raises(CannotDo):
        await reader.says("hello", where=group)


async def test_a_channel_speaks_in_its_own_name(reader: Phone, telegram: Telegram) -> None:
    other = Phone(telegram, "Jonas")
    channel = await reader.creates_channel("News", members=[other])
    await reader.adds_bot(channel)
    telegram.updates.clear()
    await reader.posts(channel, "/follow")
    post = take(telegram, "channel_post")
    assert post["sender_chat"]["title"] == "News"
    assert "from" not in post
    with pytest.raises(CannotDo):
        await other.posts(channel, "me too")
    await reader.promotes(channel, other)
    await other.posts(channel, "me too")


async def test_supergroups_number_their_messages_for_themselves(
    reader: Phone, telegram: Telegram
) -> None:
    group = await reader.creates_group("Families")
    supergroup = await reader.upgrades(group)
    before = (await reader.says("a")).id
    assert (await reader.says("b", where=supergroup)).id == 2
    assert (await reader.says("c")).id == before + 1


async def test_there_is_no_newest_message_before_the_first(telegram: Telegram) -> None:
    with pytest.raises(CannotDo):
        _ = Phone(telegram, "Silent").last

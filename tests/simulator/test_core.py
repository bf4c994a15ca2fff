"""The core takes what Telegram takes and refuses what Telegram refuses."""

import asyncio
import contextlib
from typing import Any

import pytest

from simulator.answers import ANSWERS
from simulator.arguments import Upload
from simulator.core import Telegram
from simulator.methods import METHODS
from simulator.phone import Phone
from tests.simulator.conftest import Ask, StandingClock
from tests.watch import AT_MOST

WHO = {"text": "Who?", "callback_data": "who"}


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


def test_every_method_of_the_table_has_an_answer() -> None:
    assert ANSWERS.keys() | {"getUpdates"} == METHODS.keys()


async def test_a_text_arrives(reader: Phone, ask: Ask, clock: StandingClock) -> None:
    sent = await ask(
        "sendMessage", chat_id=reader.id, text="<b>Dobry</b> dzień", parse_mode="HTML"
    )
    assert sent == {
        "message_id": 2,
        "from": {
            "id": 5000000001,
            "is_bot": True,
            "first_name": "Vestka",
            "username": "vestka_bot",
        },
        "chat": {"id": reader.id, "type": "private", "first_name": "Alesia"},
        "date": int(clock().timestamp()),
        "text": "Dobry dzień",
        "entities": [{"type": "bold", "offset": 0, "length": 5}],
    }
    assert reader.heard == ["Dobry dzień"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "message text is empty"),
        ({"text": ""}, "message text is empty"),
        ({"text": " \n\t"}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "🕊" * 2049}, "message is too long"),
        ({"text": "<b>x", "parse_mode": "html"}, "can't parse entities: Can't find end tag"),
        ({"text": "x", "parse_mode": "Fancy"}, "unsupported parse_mode"),
        ({"text": 5}, 'parameter "text" must be of type String'),
        ({"text": "\ud83d"}, "strings must be encoded in UTF-8"),
        ({"text": "x", "colour": "red"}, 'parameter "colour" is not known to sendMessage'),
        ({"text": "x", "business_connection_id": "1"}, "is not simulated"),
        ({"text": "x", "disable_notification": "maybe"}, "must be of type Boolean"),
        ({"text": "x", "disable_notification": 1}, "must be of type Boolean"),
        ({"text": "x", "reply_markup": "{"}, "must be of type InlineKeyboardMarkup or"),
        ({"text": "x", "reply_markup": []}, "must be of type InlineKeyboardMarkup or"),
        ({"text": "x", "entities": {}}, "must be of type MessageEntity[]"),
        ({"text": "x", "entities": [{"type": "loud", "offset": 0, "length": 1}]}, "MessageEntity"),
        ({"text": "x", "entities": [{"type": "bold", "offset": 0}]}, "offset and length expected"),
        (
            {"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
            "ENTITY_BOUNDS_INVALID",
        ),
        (
            {
                "text": "x",
                "parse_mode": "HTML",
                "entities": [{"type": "bold", "offset": 0, "length": 1}],
            },
            "can't use parse_mode together with entities",
        ),
        ({"text": "x", "reply_parameters": {}}, None),
        ({"text": "x", "reply_parameters": {"quote": "x"}}, 'field "quote" is not known here'),
        ({"text": "x", "reply_parameters": {"message_id": True}}, "of a wrong type"),
        ({"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        (
            {"text": "x", "reply_parameters": {"allow_sending_without_reply": True}},
            "message identifier is not specified",
        ),
        (
            {"text": "x", "reply_parameters": {"message_id": 1, "chat_id": 5}},
            "replies to other chats",
        ),
        ({"text": "x", "link_preview_options": {"small": True}}, 'field "small" is not known'),
        ({"text": "x", "message_thread_id": 5}, "message thread not found"),
    ],
)
async def test_what_is_wrong_with_a_text_is_said(
    reader: Phone, telegram: Telegram, given: dict[str, Any], why: str | None
) -> None:
    answer = await telegram.call("sendMessage", {"chat_id": reader.id, **given})
    assert isinstance(answer.body, dict)
    if why is None:
        assert answer.status == 200
        return
    assert answer.status == 400
    assert why in answer.body["description"]
    assert reader.heard == []
    assert telegram.refusals[-1].description == answer.body["description"]


@pytest.mark.parametrize("text", ["a" * 4096, "🕊" * 2048, "  " + "я" * 4096 + "  "])
async def test_the_longest_text_fits(reader: Phone, ask: Ask, text: str) -> None:
    await ask("sendMessage", chat_id=reader.id, text=text)
    assert reader.heard == [text.strip()]


async def test_tags_do_not_count_in_the_length(reader: Phone, ask: Ask) -> None:
    await ask("sendMessage", chat_id=reader.id, text=f"<b>{'a' * 4096}</b>", parse_mode="HTML")
    assert len(reader.heard[0]) == 4096


@pytest.mark.parametrize(
    "markup",
    [
        keyboard({"text": "x", "callback_data": "я" * 32}),
        keyboard({"text": "x", "url": "https://example.org"}),
        keyboard({"text": "x", "copy_text": {"text": "code"}}),
        keyboard({"text": "x", "callback_data": "1", "style": "danger"}),
        {"inline_keyboard": []},
        {"force_reply": True, "input_field_placeholder": "…"},
        {"remove_keyboard": True, "selective": False},
        {"keyboard": [["a", {"text": "b"}]], "resize_keyboard": True},
    ],
)
async def test_keyboards_telegram_knows_are_taken(
    reader: Phone, ask: Ask, markup: dict[str, Any]
) -> None:
    await ask("sendMessage", chat_id=reader.id, text="x", reply_markup=markup)
    assert reader.heard == ["x"]


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        (keyboard({"text": "x", "callback_data": "я" * 33}), "BUTTON_DATA_INVALID"),
        (keyboard({"text": "x", "callback_data": ""}), "BUTTON_DATA_INVALID"),
        (keyboard({"text": "x", "callback_data": 5}), "of a wrong type"),
        (keyboard({"text": "x"}), "Text buttons are unallowed in the inline keyboard"),
        (keyboard({"text": "", "callback_data": "x"}), 'Field "text" must be'),
        (keyboard({"callback_data": "x"}), 'Field "text" must be'),
        (keyboard({"text": "x", "url": "javascript:alert(1)"}), "Wrong HTTP URL"),
        (keyboard({"text": "x", "url": "https://a.b", "callback_data": "1"}), "exactly one"),
        (keyboard({"text": "x", "callback": "1"}), 'Field "callback" is not known'),
        (keyboard({"text": "x", "callback_data": "1", "style": "pink"}), "unknown style"),
        (keyboard({"text": "x", "copy_text": {"text": ""}}), "BUTTON_COPY_TEXT_INVALID"),
        (keyboard(*[WHO] * 9), "reply markup is too long"),
        ({"inline_keyboard": [[WHO] * 8] * 13}, "reply markup is too long"),
        ({"inline_keyboard": [WHO]}, "an Array of Array expected"),
        ({"inline_keyboard": [["who"]]}, "Object expected"),
        ({"inline_keyboard": [], "selective": True}, "an Array of Array expected"),
        ({"keyboard": ["a"]}, "an Array of Array expected"),
        ({"keyboard": [[{}]]}, "text expected"),
        ({"force_reply": False}, "must be True"),
        ({"force_reply": True, "loud": True}, 'Field "loud" is wrong'),
        ({"buttons": []}, "can't parse reply markup JSON object"),
    ],
)
async def test_keyboards_telegram_does_not_know_are_refused(
    reader: Phone, refused: Ask, markup: dict[str, Any], why: str
) -> None:
    assert why in await refused("sendMessage", chat_id=reader.id, text="x", reply_markup=markup)
    assert reader.heard == []


@pytest.mark.parametrize(
    ("method", "given", "description"),
    [
        ("sendMesage", {}, "Not Found"),
        ("sendMessage", {"text": "x"}, "Bad Request: chat_id is empty"),
        ("sendMessage", {"chat_id": "", "text": "x"}, "Bad Request: chat_id is empty"),
        ("sendMessage", {"chat_id": 0, "text": "x"}, "Bad Request: chat_id is empty"),
        ("sendMessage", {"chat_id": 404, "text": "x"}, "Bad Request: chat not found"),
        ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "Bad Request: chat not found"),
        ("sendMessage", {"chat_id": 1.5, "text": "x"}, 'Bad Request: parameter "chat_id" must'),
        ("deleteMessages", {"chat_id": 1}, "Bad Request: message identifiers are not specified"),
        ("deleteMessages", {"chat_id": 1, "message_ids": ["1"]}, "Bad Request: parameter"),
        ("sendDocument", {"chat_id": 1}, "Bad Request: there is no document in the request"),
        ("getFile", {"file_id": "nothing"}, "Bad Request: invalid file_id"),
        ("getMe", {"loud": True}, 'Bad Request: parameter "loud" is not known to getMe'),
    ],
)
async def test_calls_that_make_no_sense_are_refused(
    refused: Ask, method: str, given: dict[str, Any], description: str
) -> None:
    assert (await refused(method, **given)).startswith(description)


async def test_a_bot_cannot_write_first(telegram: Telegram, refused: Ask) -> None:
    silent = Phone(telegram, "Silent")
    answer = await refused("sendMessage", chat_id=silent.id, text="x")
    assert answer == "Forbidden: bot can't initiate conversation with a user"


async def test_nobody_reaches_who_blocked_the_bot(reader: Phone, refused: Ask) -> None:
    await reader.blocks()
    answer = await refused("sendMessage", chat_id=reader.id, text="x")
    assert answer == "Forbidden: bot was blocked by the user"


async def test_nobody_reaches_a_closed_account(reader: Phone, refused: Ask) -> None:
    reader.closes_account()
    answer = await refused("sendMessage", chat_id=reader.id, text="x")
    assert answer == "Forbidden: user is deactivated"


async def test_an_answer_shows_what_it_answers_one_level_deep(reader: Phone, ask: Ask) -> None:
    question = await reader.says("one")
    first = await ask(
        "sendMessage", chat_id=reader.id, text="two", reply_parameters={"message_id": question.id}
    )
    second = await ask(
        "sendMessage",
        chat_id=reader.id,
        text="three",
        reply_parameters={"message_id": first["message_id"]},
    )
    assert first["reply_to_message"]["text"] == "one"
    assert second["reply_to_message"]["text"] == "two"
    assert "reply_to_message" not in second["reply_to_message"]


async def test_an_answer_to_nothing_may_be_let_through(reader: Phone, ask: Ask) -> None:
    reply = {"message_id": 99, "allow_sending_without_reply": True}
    sent = await ask("sendMessage", chat_id=reader.id, text="x", reply_parameters=reply)
    assert "reply_to_message" not in sent


async def test_what_is_silent_and_protected_is_known(reader: Phone, ask: Ask) -> None:
    sent = await ask(
        "sendMessage", chat_id=reader.id, text="x", disable_notification=True, protect_content=True
    )
    assert reader.last.silent
    assert sent["has_protected_content"]


async def test_entities_can_come_beside_the_text(reader: Phone, ask: Ask) -> None:
    bold = {"type": "bold", "offset": 2, "length": 4}
    sent = await ask("sendMessage", chat_id=reader.id, text="  🕊 x ", entities=[bold])
    assert (sent["text"], sent["entities"]) == ("🕊 x", [{**bold, "offset": 0}])


async def test_what_is_null_counts_as_left_out(reader: Phone, ask: Ask) -> None:
    await ask("sendMessage", chat_id=reader.id, text="x", parse_mode=None, reply_markup=None)
    assert reader.heard == ["x"]


async def test_a_preview_of_a_link_can_be_turned_off_and_on_again(
    reader: Phone, ask: Ask, refused: Ask
) -> None:
    text = {"chat_id": reader.id, "text": "https://example.org"}
    off = {"link_preview_options": {"is_disabled": True}}
    sent = await ask("sendMessage", **text, **off)
    assert sent["link_preview_options"] == {"is_disabled": True}
    edit = {**text, "message_id": sent["message_id"]}
    assert "not modified" in await refused("editMessageText", **edit, **off)
    shown = {"link_preview_options": {"prefer_small_media": True}}
    assert (await ask("editMessageText", **edit, **shown))["link_preview_options"] == {
        "prefer_small_media": True
    }


async def test_a_topic_is_a_place_in_a_supergroup(reader: Phone, ask: Ask) -> None:
    group = await reader.upgrades(await reader.creates_group("Families"))
    await reader.adds_bot(group)
    sent = await ask("sendMessage", chat_id=group.id, text="x", message_thread_id=7)
    assert sent["message_thread_id"] == 7


# Editing


async def test_an_edit_changes_text_and_takes_buttons_away(reader: Phone, ask: Ask) -> None:
    sent = await ask("sendMessage", chat_id=reader.id, text="a", reply_markup=keyboard(WHO))
    edited = await ask(
        "editMessageText", chat_id=reader.id, message_id=sent["message_id"], text="b"
    )
    assert edited["text"] == "b"
    assert edited["edit_date"]
    assert "reply_markup" not in edited
    assert reader.heard == ["b"]
    assert reader.buttons == []


async def test_buttons_change_without_the_text(reader: Phone, ask: Ask) -> None:
    sent = await ask("sendMessage", chat_id=reader.id, text="a", reply_markup=keyboard(WHO))
    other = keyboard({"text": "Other", "callback_data": "o"})
    await ask(
        "editMessageReplyMarkup",
        chat_id=reader.id,
        message_id=sent["message_id"],
        reply_markup=other,
    )
    assert reader.buttons == ["Other"]
    await ask("editMessageReplyMarkup", chat_id=reader.id, message_id=sent["message_id"])
    assert reader.buttons == []
    assert reader.heard == ["a"]


async def test_an_edit_that_changes_nothing_is_refused(
    reader: Phone, ask: Ask, refused: Ask
) -> None:
    given = {"chat_id": reader.id, "text": "<b>a</b>", "parse_mode": "HTML"}
    sent = await ask("sendMessage", **given, reply_markup=keyboard(WHO))
    same = {**given, "message_id": sent["message_id"], "reply_markup": keyboard(WHO)}
    assert "message is not modified" in await refused("editMessageText", **same)
    await ask("editMessageText", **(same | {"text": "<i>a</i>"}))


async def test_only_the_bots_own_messages_can_be_edited(
    reader: Phone, ask: Ask, refused: Ask
) -> None:
    question = await reader.says("mine")
    edit = {"chat_id": reader.id, "text": "yours"}
    answer = await refused("editMessageText", **edit, message_id=question.id)
    assert answer == "Bad Request: message can't be edited"
    answer = await refused("editMessageText", **edit, message_id=99)
    assert answer == "Bad Request: message to edit not found"
    answer = await refused("editMessageText", **edit)
    assert answer == "Bad Request: message identifier is not specified"
    answer = await refused("editMessageText", text="x", message_id=1)
    assert answer == "Bad Request: chat_id is empty"


async def test_an_edit_takes_only_inline_buttons(reader: Phone, ask: Ask, refused: Ask) -> None:
    sent = await ask("sendMessage", chat_id=reader.id, text="a")
    answer = await refused(
        "editMessageText",
        chat_id=reader.id,
        message_id=sent["message_id"],
        text="b",
        reply_markup={"force_reply": True},
    )
    assert answer == "Bad Request: inline keyboard expected"


async def test_old_messages_can_still_be_edited(
    reader: Phone, ask: Ask, clock: StandingClock
) -> None:
    sent = await ask("sendMessage", chat_id=reader.id, text="a")
    clock.advance(days=300)
    await ask("editMessageText", chat_id=reader.id, message_id=sent["message_id"], text="b")
    assert reader.heard == ["b"]


# Deleting


async def test_a_message_can_be_deleted_for_two_days(
    reader: Phone, ask: Ask, refused: Ask, clock: StandingClock
) -> None:
    mine = await reader.says("mine")
    sent = await ask("sendMessage", chat_id=reader.id, text="a")
    late = await ask("sendMessage", chat_id=reader.id, text="b")
    clock.advance(hours=47)
    await ask("deleteMessage", chat_id=reader.id, message_id=sent["message_id"])
    await ask("deleteMessage", chat_id=reader.id, message_id=mine.id)
    clock.advance(hours=1)
    answer = await refused("deleteMessage", chat_id=reader.id, message_id=late["message_id"])
    assert answer == "Bad Request: message can't be deleted for everyone"
    answer = await refused("deleteMessage", chat_id=reader.id, message_id=sent["message_id"])
    assert answer == "Bad Request: message to delete not found"
    assert reader.heard == ["b"]


async def test_many_messages_are_deleted_at_once_and_missing_ones_passed_over(
    reader: Phone, ask: Ask, refused: Ask
) -> None:
    ids = [(await ask("sendMessage", chat_id=reader.id, text="x"))["message_id"] for _ in "abc"]
    await ask("deleteMessages", chat_id=reader.id, message_ids=[*ids[:2], ids[0], 9999])
    assert len(reader.heard) == 1
    for wrong in ([], list(range(1, 102))):
        assert "1-100" in await refused("deleteMessages", chat_id=reader.id, message_ids=wrong)


async def test_in_a_group_only_an_administrator_deletes_others_messages(
    reader: Phone, ask: Ask, refused: Ask
) -> None:
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    message = await reader.says("hello", where=group)
    delete = {"chat_id": group.id, "message_id": message.id}
    assert await refused("deleteMessage", **delete) == "Bad Request: message can't be deleted"
    await reader.promotes_bot(group)
    await ask("deleteMessage", **delete)
    assert message.id not in group.messages


# Files


async def test_a_sent_file_can_be_downloaded(reader: Phone, ask: Ask, telegram: Telegram) -> None:
    message = await reader.sends_file("names.csv", b"a;b", caption="/release")
    assert message.body["document"]["mime_type"] == "text/csv"
    assert message.body["caption_entities"][0]["type"] == "bot_command"
    file = await ask("getFile", file_id=message.body["document"]["file_id"])
    assert file["file_path"] == "documents/file_0.csv"
    found = telegram.find_file(file["file_path"])
    assert found is not None
    assert found.content == b"a;b"


async def test_a_file_above_the_limit_cannot_be_had(reader: Phone, refused: Ask) -> None:
    message = await reader.sends_file("huge.xlsx.exe", b"PK", size=20_000_001)
    file_id = message.body["document"]["file_id"]
    assert await refused("getFile", file_id=file_id) == "Bad Request: file is too big"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 300, "no.ext/..", ".bashrc"])
async def test_a_files_name_never_becomes_its_path(reader: Phone, ask: Ask, name: str) -> None:
    message = await reader.sends_file(name, b"x")
    file = await ask("getFile", file_id=message.body["document"]["file_id"])
    assert message.body["document"]["file_name"] == name
    assert ".." not in file["file_path"]


async def test_a_caption_has_its_own_limit(reader: Phone, ask: Ask, refused: Ask) -> None:
    file_id = (await reader.sends_file("a.txt", b"a")).body["document"]["file_id"]
    given = {"chat_id": reader.id, "document": file_id}
    sent = await ask("sendDocument", **given, caption="a" * 1024)
    assert sent["caption"] == "a" * 1024
    too_long = await refused("sendDocument", **given, caption="🕊" * 513)
    assert too_long == "Bad Request: message caption is too long"
    edited = await ask(
        "editMessageCaption", chat_id=reader.id, message_id=sent["message_id"], caption="b"
    )
    assert edited["document"] == sent["document"]
    answer = await refused(
        "editMessageText", chat_id=reader.id, message_id=sent["message_id"], text="x"
    )
    assert answer == "Bad Request: there is no text in the message to edit"


async def test_a_text_has_no_caption_to_edit(reader: Phone, ask: Ask, refused: Ask) -> None:
    sent = await ask("sendMessage", chat_id=reader.id, text="a")
    edit = {"chat_id": reader.id, "message_id": sent["message_id"], "caption": "x"}
    answer = await refused("editMessageCaption", **edit)
    assert answer == "Bad Request: there is no caption in the message to edit"


async def test_a_file_nobody_has_cannot_be_sent(reader: Phone, refused: Ask) -> None:
    answer = await refused("sendDocument", chat_id=reader.id, document="https://example.org/a")
    assert answer == "Bad Request: wrong file identifier/HTTP URL specified"


@pytest.mark.parametrize(
    ("content", "status", "why"),
    [
        (b"", 400, "Bad Request: file must be non-empty"),
        (b"x" * 11, 413, "Request Entity Too Large"),
    ],
)
async def test_a_file_to_send_is_neither_empty_nor_too_large(
    reader: Phone,
    telegram: Telegram,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    status: int,
    why: str,
) -> None:
    monkeypatch.setattr("simulator.answers.LARGEST_UPLOAD", 10)
    files = {"document": Upload("a.txt", content, "text/plain")}
    answer = await telegram.call("sendDocument", {"chat_id": reader.id}, files)
    assert isinstance(answer.body, dict)
    assert (answer.status, answer.body["description"]) == (status, why)


# Pressing


async def pressed(reader: Phone, telegram: Telegram, ask: Ask) -> dict[str, Any]:
    """Let the reader press a button; returns the callback query."""
    await ask("sendMessage", chat_id=reader.id, text="a", reply_markup=keyboard(WHO))
    await reader.presses("Who?")
    update = telegram.take_update()
    assert update is not None
    query: dict[str, Any] = update["callback_query"]
    return query


async def test_a_press_brings_the_message_with_its_buttons(
    reader: Phone, telegram: Telegram, ask: Ask
) -> None:
    query = await pressed(reader, telegram, ask)
    assert query["data"] == "who"
    assert query["from"]["language_code"] == "be"
    assert query["message"]["reply_markup"] == keyboard(WHO)


async def test_a_press_is_answered_once(
    reader: Phone, telegram: Telegram, ask: Ask, refused: Ask
) -> None:
    query = await pressed(reader, telegram, ask)
    await ask("answerCallbackQuery", callback_query_id=query["id"], text="Done")
    assert (reader.toast, reader.alert) == ("Done", None)
    answer = await refused("answerCallbackQuery", callback_query_id=query["id"])
    assert "query is too old" in answer


async def test_an_alert_is_told_from_a_toast(reader: Phone, telegram: Telegram, ask: Ask) -> None:
    query = await pressed(reader, telegram, ask)
    await ask("answerCallbackQuery", callback_query_id=query["id"], text="Wait", show_alert=True)
    assert (reader.toast, reader.alert) == (None, "Wait")


async def test_an_answer_that_comes_late_or_is_too_long_is_refused(
    reader: Phone, telegram: Telegram, refused: Ask, ask: Ask, clock: StandingClock
) -> None:
    query = await pressed(reader, telegram, ask)
    answer = {"callback_query_id": query["id"]}
    assert "TOO_LONG" in await refused("answerCallbackQuery", **answer, text="a" * 201)
    clock.advance(seconds=61)
    assert "query is too old" in await refused("answerCallbackQuery", **answer)


async def test_a_press_on_a_deleted_message_brings_only_its_number(
    reader: Phone, telegram: Telegram, ask: Ask
) -> None:
    await ask("sendMessage", chat_id=reader.id, text="a", reply_markup=keyboard(WHO))
    message = reader.last
    await ask("deleteMessage", chat_id=reader.id, message_id=message.id)
    await reader.presses("Who?", on=message)
    update = telegram.take_update()
    assert update is not None
    assert update["callback_query"]["message"] == {
        "chat": {"id": reader.id, "type": "private", "first_name": "Alesia"},
        "message_id": message.id,
        "date": 0,
    }


# What the bot says of itself


@pytest.mark.parametrize(
    ("method", "given", "why"),
    [
        ("setMyName", {"name": "a" * 65}, "name is too long"),
        ("setMyDescription", {"description": "a" * 513}, "description is too long"),
        (
            "setMyShortDescription",
            {"short_description": "a" * 121},
            "short description is too long",
        ),
        ("setMyName", {"name": "a", "language_code": "deu"}, "invalid language code"),
        ("getMyName", {"language_code": "DE"}, "invalid language code"),
        ("setMyCommands", {"commands": [{"command": "Who", "description": "x"}]}, "INVALID"),
        ("setMyCommands", {"commands": [{"command": "who", "description": ""}]}, "INVALID"),
        ("setMyCommands", {"commands": [{"command": "a" * 33, "description": "x"}]}, "INVALID"),
        (
            "setMyCommands",
            {"commands": [{"command": "who", "description": "a" * 257}]},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        ("setMyCommands", {"commands": [{"command": "who"}]}, "can't parse BotCommand"),
        (
            "setMyCommands",
            {"commands": [{"command": "who", "description": "x"}] * 101},
            "BOT_COMMANDS_TOO_MUCH",
        ),
        ("setMyCommands", {"commands": [], "language_code": "be-tarask"}, "invalid language"),
        ("setMyCommands", {"commands": [], "scope": {"type": "moon"}}, "unsupported type"),
        ("setMyCommands", {"commands": [], "scope": {"type": "chat"}}, "needs other fields"),
        ("setChatMenuButton", {"menu_button": {"type": "web_app"}}, "is not simulated"),
    ],
)
async def test_what_the_bot_says_of_itself_has_limits(
    refused: Ask, method: str, given: dict[str, Any], why: str
) -> None:
    assert why in await refused(method, **given)


async def test_a_language_without_its_own_name_shows_the_general_one(ask: Ask) -> None:
    await ask("setMyName", name="Вестка", language_code="be")
    assert await ask("getMyName", language_code="be") == {"name": "Вестка"}
    assert await ask("getMyName", language_code="de") == {"name": "Vestka"}
    await ask("setMyName", name="", language_code="be")
    assert await ask("getMyName", language_code="be") == {"name": "Vestka"}
    await ask("setMyDescription", description="News")
    assert await ask("getMyDescription") == {"description": "News"}
    await ask("setMyShortDescription", short_description="Short")
    assert await ask("getMyShortDescription", language_code="lt") == {"short_description": "Short"}


async def test_the_menu_is_that_of_the_narrowest_scope(reader: Phone, ask: Ask) -> None:
    def named(name: str) -> list[dict[str, str]]:
        return [{"command": name, "description": name}]

    assert reader.menu == []
    await ask("setMyCommands", commands=named("plain"))
    assert reader.menu == ["plain"]
    await ask("setMyCommands", commands=named("belarusian"), language_code="be")
    assert reader.menu == ["belarusian"]
    await ask("setMyCommands", commands=named("here"), scope={"type": "all_private_chats"})
    assert reader.menu == ["here"]
    chat = {"type": "chat", "chat_id": reader.id}
    await ask("setMyCommands", commands=named("only_you"), scope=chat)
    assert reader.menu == ["only_you"]
    assert await ask("getMyCommands", scope=chat) == named("only_you")
    await ask("deleteMyCommands", scope=chat)
    assert reader.menu == ["here"]


async def test_the_menu_of_a_group_depends_on_who_looks(
    reader: Phone, telegram: Telegram, ask: Ask
) -> None:
    other = Phone(telegram, "Jonas")
    group = await reader.creates_group("Families", members=[other])
    commands = [{"command": "manage", "description": "x"}]
    await ask("setMyCommands", commands=commands, scope={"type": "all_chat_administrators"})
    assert telegram.profile.menu(group, reader.user) == commands
    assert telegram.profile.menu(group, other.user) == []


# Chats and members


async def test_members_are_told_with_their_status(
    reader: Phone, telegram: Telegram, ask: Ask, refused: Ask
) -> None:
    other = Phone(telegram, "Jonas")
    stranger = Phone(telegram, "Stranger")
    group = await reader.creates_group("Families", members=[other])
    await reader.adds_bot(group, as_administrator=True)
    statuses = {
        user_id: (await ask("getChatMember", chat_id=group.id, user_id=user_id))["status"]
        for user_id in (reader.id, other.id, stranger.id, telegram.bot.id)
    }
    assert list(statuses.values()) == ["creator", "member", "left", "administrator"]
    administrators = await ask("getChatAdministrators", chat_id=group.id)
    assert [each["user"]["id"] for each in administrators] == [reader.id, telegram.bot.id]
    assert await ask("getChatMemberCount", chat_id=group.id) == 3
    assert (await ask("getChat", chat_id=group.id))["title"] == "Families"
    answer = await refused("getChatMember", chat_id=group.id, user_id=1)
    assert answer == "Bad Request: user not found"
    answer = await refused("getChatAdministrators", chat_id=reader.id)
    assert answer == "Bad Request: there are no administrators in the private chat"


async def test_a_group_the_bot_is_not_in_is_shut(reader: Phone, ask: Ask, refused: Ask) -> None:
    group = await reader.creates_group("Families")
    send = {"chat_id": group.id, "text": "x"}
    answer = await refused("sendMessage", **send)
    assert answer == "Forbidden: bot is not a member of the group chat"
    await reader.adds_bot(group)
    await ask("sendMessage", **send)
    await reader.removes_bot(group)
    answer = await refused("sendMessage", **send)
    assert answer == "Forbidden: bot was kicked from the group chat"


async def test_the_bot_can_leave_a_group_but_not_a_person(
    reader: Phone, telegram: Telegram, ask: Ask, refused: Ask
) -> None:
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    await ask("leaveChat", chat_id=group.id)
    assert telegram.updates[-1]["my_chat_member"]["new_chat_member"]["status"] == "left"
    answer = await refused("leaveChat", chat_id=reader.id)
    assert answer == "Bad Request: chat member status can't be changed in private chats"


async def test_a_channel_is_found_by_its_name_and_has_no_sender(reader: Phone, ask: Ask) -> None:
    channel = await reader.creates_channel("News", username="vestka_news")
    await reader.adds_bot(channel)
    post = await ask("sendMessage", chat_id="@vestka_news", text="x")
    assert "from" not in post
    assert post["sender_chat"]["title"] == "News"


async def test_a_bot_without_rights_does_not_post(
    reader: Phone, telegram: Telegram, refused: Ask
) -> None:
    channel = await reader.creates_channel("News")
    await reader.adds_bot(channel)
    telegram.change_membership(channel, telegram.bot, "member", reader.user)  # type: ignore[arg-type]
    answer = await refused("sendMessage", chat_id=channel.id, text="x")
    assert answer == "Bad Request: need administrator rights in the channel chat"


async def test_only_known_actions_are_shown_as_busy(reader: Phone, ask: Ask, refused: Ask) -> None:
    await ask("sendChatAction", chat_id=reader.id, action="typing")
    answer = await refused("sendChatAction", chat_id=reader.id, action="sleeping")
    assert answer == "Bad Request: wrong parameter action in request"
    channel = await reader.creates_channel("News")
    await reader.adds_bot(channel)
    answer = await refused("sendChatAction", chat_id=channel.id, action="typing")
    assert answer == "Bad Request: chat actions are not supported in channels"


# Polling


async def test_updates_stay_until_they_are_acknowledged(reader: Phone, ask: Ask) -> None:
    for word in ("one", "two", "three"):
        await reader.says(word)
    first, second = await ask("getUpdates", limit=2)
    assert [first["message"]["text"], second["message"]["text"]] == ["one", "two"]
    assert (await ask("getUpdates"))[0] == first
    (last,) = await ask("getUpdates", offset=second["update_id"] + 1)
    assert last["message"]["text"] == "three"
    assert await ask("getUpdates", offset=-1) == [last]
    assert await ask("getUpdates", offset=last["update_id"] + 1) == []


async def test_a_long_poll_ends_with_the_next_message(reader: Phone, ask: Ask) -> None:
    poll = asyncio.create_task(ask("getUpdates", timeout=30))
    await asyncio.sleep(0)
    await reader.says("hello")
    (update,) = await asyncio.wait_for(poll, AT_MOST)
    assert update["message"]["text"] == "hello"


async def test_a_long_poll_ends_empty_when_nothing_comes(ask: Ask) -> None:
    assert await asyncio.wait_for(ask("getUpdates", timeout=1), AT_MOST) == []


async def test_a_second_poller_ends_the_first(ask: Ask, refused: Ask) -> None:
    first = asyncio.create_task(refused("getUpdates", timeout=30))
    await asyncio.sleep(0)
    assert await ask("getUpdates") == []
    assert (await first).startswith("Conflict: terminated by other getUpdates request")


async def test_a_poller_that_gave_up_is_in_nobodys_way(reader: Phone, ask: Ask) -> None:
    poll = asyncio.create_task(ask("getUpdates", timeout=30))
    await asyncio.sleep(0)
    poll.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await poll
    await reader.says("hello")
    assert len(await ask("getUpdates")) == 1


async def test_only_the_kinds_asked_for_arrive(reader: Phone, ask: Ask) -> None:
    await ask("getUpdates", allowed_updates=["message"])
    message = await reader.says("one")
    await reader.edits(message, "two")
    assert [list(each)[1] for each in await ask("getUpdates")] == ["message"]
    await ask("getUpdates", allowed_updates=[])
    await reader.edits(message, "three")
    assert [list(each)[1] for each in await ask("getUpdates")] == ["message", "edited_message"]


@pytest.mark.parametrize("limit", [0, 101])
async def test_a_poll_asks_for_one_to_a_hundred(refused: Ask, limit: int) -> None:
    assert "between 1 and 100" in await refused("getUpdates", limit=limit)


async def test_pending_updates_can_be_counted_and_dropped(reader: Phone, ask: Ask) -> None:
    await reader.says("one")
    assert (await ask("getWebhookInfo"))["pending_update_count"] == 1
    await ask("deleteWebhook")
    assert (await ask("getWebhookInfo"))["pending_update_count"] == 1
    await ask("deleteWebhook", drop_pending_updates=True)
    assert (await ask("getWebhookInfo"))["pending_update_count"] == 0


# The log and the strangers


async def test_the_log_says_who_was_told_what_in_order(
    reader: Phone, telegram: Telegram, ask: Ask, refused: Ask
) -> None:
    await ask("getMe")
    await ask("sendMessage", chat_id=reader.id, text="<b>one</b>", parse_mode="HTML")
    await refused("sendMessage", chat_id=404, text="two")
    await ask("sendMessage", chat_id=str(reader.id), text="three")
    assert telegram.told(reader) == ["one", "three"]
    assert [call.method for call in telegram.calls] == ["getMe", "sendMessage", "sendMessage"]
    assert [call.text for call in telegram.calls_of("sendMessage")] == ["one", "three"]
    assert [each.status for each in telegram.refusals] == [400]


async def test_strangers_are_taken_for_load_and_nothing_of_them_is_kept(
    clock: StandingClock,
) -> None:
    telegram = Telegram(clock=clock, accept_strangers=True, keep_calls=0)
    for chat_id in (7, -7, -1_000_000_000_007):
        given = {"chat_id": chat_id, "text": "x"}
        sent = await telegram.call("sendMessage", given)
        assert isinstance(sent.body, dict)
        number = sent.body["result"]["message_id"]
        edit = await telegram.call("editMessageText", {**given, "message_id": number, "text": "y"})
        delete = await telegram.call("deleteMessage", {"chat_id": chat_id, "message_id": number})
        assert (sent.status, edit.status, delete.status) == (200, 200, 200)
    assert telegram.world.chats == {}
    assert not telegram.calls

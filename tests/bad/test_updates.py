"""Bad inputs 28 to 45: updates of every odd kind. Nothing breaks, nobody is answered twice."""

from typing import Any

import pytest

from handlers.context import Services
from model.people import Person
from model.readers import ChatId
from simulator.core import Telegram
from simulator.phone import Phone

ONLY_TEXT = "Only text is read here."
NOTHING = "There is nothing here, or not any more. Write a first name and a surname."

SOMEBODY = {"id": 41, "is_bot": False, "first_name": "X"}
FILE = {"file_id": "f", "file_unique_id": "u"}
PICTURE = FILE | {"width": 1, "height": 1}


async def test_28_a_message_without_a_person_crashes_nothing(reader: Phone, telegram: Telegram):
    group = await reader.creates_group("Families")
    channel = await reader.creates_channel("News")
    await reader.adds_bot(group)
    before = len(telegram.told(group))
    body = {"message_id": 70, "date": 1_765_000_000, "sender_chat": channel.body()}
    words = {"text": "/who", "entities": [{"type": "bot_command", "offset": 0, "length": 4}]}
    telegram.push("message", body | {"chat": group.body()} | words)
    telegram.push("message", body | {"chat": group.body(), "text": "hello"})
    telegram.push_raw(
        {"update_id": 900_000_028, "channel_post": body | {"chat": channel.body(), "text": "x"}}
    )
    await telegram.settle()
    assert len(telegram.told(group)) == before + 1
    # Nobody who can be asked about: nobody decides.
    follow = {"text": "/releases", "entities": [{"type": "bot_command", "offset": 0, "length": 9}]}
    telegram.push("message", body | {"chat": group.body(), "message_id": 71} | follow)
    await telegram.settle()
    assert telegram.told(group)[-1].startswith("Only administrators")


async def test_29_in_a_topic_the_answer_comes_in_the_topic(reader: Phone, telegram: Telegram):
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    group = await reader.upgrades(group)
    await reader.sends(
        text="/who",
        entities=[{"type": "bot_command", "offset": 0, "length": 4}],
        message_thread_id=5,
        is_topic_message=True,
        where=group,
    )
    sent = [call for call in telegram.calls_of("sendMessage") if call.chat_id == group.id]
    assert sent[-1].values["message_thread_id"] == 5


async def test_30_a_group_that_moves_is_followed(
    reader: Phone, telegram: Telegram, services: Services
):
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    await reader.says("/releases", where=group)
    new = await reader.upgrades(group)
    # Telegram tells it twice: in the old group and in the new one.
    known = await services.readers.of(ChatId(new.id))
    assert known is not None
    assert known.chat == new.id
    assert known.releases


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\u200b", "\u2800", "х", "x" * 256, "🕊" * 128, "\x00\x07", "\u202eякывакснелаК",
        "\u2068" * 50, "a" + "\u0301" * 200, "<b>&amp;<script>", "%s %(x)s {name} {0.__class__}",
        "' OR 1=1 --", "%", "_", "\\", '"AND* NEAR( ^', "и " * 128, "٢٠٢٠", "/start", "\ud83d",
        "@vestka_bot @vestka_bot", "мария" * 51,
    ],
    ids=ascii,
)  # fmt: skip
async def test_31_whatever_is_typed_in_another_chat_gets_one_calm_answer(
    reader: Phone, telegram: Telegram, text: str, lastauka: Person, services: Services
):
    await reader.types(text)
    assert reader.offer is not None
    assert reader.offer.results == ()
    assert await services.readers.of(ChatId(reader.id)) is None
    assert not telegram.calls_of("sendMessage")


@pytest.mark.parametrize(
    "more",
    [
        {"offset": "x" * 64}, {"offset": "-1"}, {"query": "x" * 5_000}, {"chat_type": "moon"},
        {"location": {"longitude": 0.0, "latitude": 0.0}},
        {"from": SOMEBODY | {"language_code": "../../etc"}}, {"from": SOMEBODY | {"is_bot": True}},
        {"from": SOMEBODY | {"id": 2**52 - 1, "first_name": ""}},
    ],
    ids=ascii,
)  # fmt: skip
async def test_31_an_odd_inline_query_is_answered_all_the_same(
    reader: Phone, telegram: Telegram, more: dict[str, Any]
):
    waiting = telegram.open_inline_query(reader.user, "", lambda _offer: None)
    query = {"id": waiting.id, "from": reader.user.body(), "query": "?", "offset": ""}
    telegram.push("inline_query", query | more)
    await telegram.settle()
    (answer,) = telegram.calls_of("answerInlineQuery")
    assert answer.values["results"] == []


async def test_31_an_answer_chosen_is_not_asked_for_and_not_listened_to(
    reader: Phone, telegram: Telegram
):
    chosen = {"result_id": "AAAAAAAAAAE", "from": reader.user.body(), "query": "Ластаўка"}
    telegram.push("chosen_inline_result", chosen)
    assert telegram.take_update() is None
    telegram.push_raw({"update_id": 900_000_031, "chosen_inline_result": chosen})
    await telegram.settle()
    assert not telegram.calls_of("sendMessage", "answerInlineQuery")


@pytest.mark.parametrize(
    "content",
    [
        {"poll": {
            "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
            "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
            "allows_revoting": False, "members_only": False,
        }},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"game": {"title": "g", "description": "d", "photo": [PICTURE]}},
        {"giveaway": {"chats": [], "winners_selection_date": 0, "winner_count": 1}},
        {"paid_media": {"star_count": 1, "paid_media": []}},
        {"story": {"chat": {"id": 41, "type": "private"}, "id": 1}},
        {"checklist": {"title": "c", "tasks": []}},
        {"contact": {"phone_number": "1", "first_name": "X"}},
        {"location": {"longitude": 0.0, "latitude": 0.0}},
        {"voice": FILE | {"duration": 1}},
        {"sticker": PICTURE | {"is_animated": False, "is_video": False, "type": "regular"}},
        {"photo": [PICTURE], "caption": "Ластаўка"},
        {"video_note": FILE | {"length": 1, "duration": 1}},
        {"something_new": {"a": 1}},
    ],
    ids=lambda content: next(iter(content)),
)  # fmt: skip
async def test_32_what_is_no_text_is_declined_politely(reader: Phone, content: dict[str, Any]):
    await reader.sends(**content)
    assert [heard[: len(ONLY_TEXT)] for heard in reader.heard] == [ONLY_TEXT]


async def test_33_an_album_of_ten_is_declined_once(reader: Phone):
    for _ in range(10):
        await reader.sends(photo=[PICTURE], media_group_id="777")
    assert len(reader.heard) == 1
    await reader.sends(photo=[PICTURE], media_group_id="778")
    assert len(reader.heard) == 2


async def test_34_a_file_too_large_is_declined_and_not_fetched(reader: Phone, telegram: Telegram):
    await reader.sends_file("list.csv", b"x", size=20 * 2**20 + 1)
    assert reader.heard[-1].startswith(ONLY_TEXT)
    assert not telegram.calls_of("getFile")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "x" * 300, "noextension", "list.xlsx.exe", "", "\u202etxt.exe"]
)
async def test_35_a_file_of_any_name_is_declined_and_not_fetched(
    reader: Phone, telegram: Telegram, name: str
):
    await reader.sends_file(name, b"a;b")
    assert reader.heard[-1].startswith(ONLY_TEXT)
    assert not telegram.calls_of("getFile")


async def test_36_a_file_that_lies_about_its_kind_is_declined_and_not_fetched(
    reader: Phone, telegram: Telegram
):
    await reader.sends_file("list.csv", b"PK\x03\x04", mime="text/csv")
    assert reader.heard[-1].startswith(ONLY_TEXT)
    assert not telegram.calls_of("getFile")


async def test_37_a_press_on_a_message_too_old_is_answered_with_a_new_one(
    reader: Phone, lastauka: Person
):
    await reader.says("Алеся Ластаўка")
    card = reader.last
    await reader.deletes(card)
    await reader.presses_data("F", card)
    assert len(reader.heard) == 1
    assert "No single person is chosen." in reader.heard[-1]


async def test_37_a_press_without_any_message_crashes_nothing(reader: Phone, telegram: Telegram):
    query = telegram.open_query(reader.user)
    press = {"id": query.id, "from": reader.user.body(), "chat_instance": "1", "data": "F"}
    telegram.push("callback_query", press)
    telegram.push("callback_query", press | {"inline_message_id": "abc"})
    await telegram.settle()
    assert not telegram.calls_of("sendMessage", "editMessageText")


@pytest.mark.parametrize(
    "data",
    [
        "", "x" * 65, "v9:c:AAAAAAAAAAE", "c", "c:", "c:0", "c:AAAAAAAAAAA", "c:-1",
        "c:gAAAAAAAAAA", "c:__________8", "c:letters", "c:AAAAAAAAAAE:extra", "f:AAAAAAAAAAE",
        "l:!", "t:AAAAAAAAAAE", "o:AAAAAAAAAAE", "o:AAA", "o:", "w:-1", "w:0", "w:a",
        "w:9223372036854775808", "p:1", "p:1:-1", "p:1:2:3", "r:2", "r:", "a:yes", "d:",
        "g:../../etc", "g:",
        "x:0x10", "x:99999999999999999999", "K", "J:AAAAAAAAAAE", "+:AAAAAAAAAAE", "-:AAAAAAAAAAE",
        "R:1", "j", "G:be", "\x00", "🕊", "N:extra:extra", ":::", "c:\ud83d",
    ],
    ids=ascii,
)  # fmt: skip
async def test_38_a_button_nobody_made_gets_one_calm_answer(
    reader: Phone, data: str, services: Services
):
    await reader.says("/start")
    await reader.presses_data(data, reader.last)
    assert len(reader.heard) == 1
    assert reader.alert == NOTHING or reader.heard[0].startswith(
        ("The latest", "There is no news")
    )
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_38_a_button_without_data_gets_one_calm_answer(reader: Phone, telegram: Telegram):
    await reader.says("/start")
    query = telegram.open_query(reader.user)
    press = {"id": query.id, "from": reader.user.body(), "chat_instance": "1"}
    telegram.push("callback_query", press | {"message": reader.last.body, "game_short_name": "g"})
    await telegram.settle()
    (answer,) = telegram.calls_of("answerCallbackQuery")
    assert answer.values["text"] == NOTHING


async def test_38_another_readers_button_acts_for_who_presses_it(
    reader: Phone, other: Phone, lastauka: Person, services: Services
):
    await reader.says("Алеся Ластаўка")
    follow = reader.last.body["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await other.says("/start")
    await other.presses_data(follow, other.last)
    assert await services.readers.of(ChatId(reader.id)) is None
    assert await services.readers.of(ChatId(other.id)) is not None


async def test_39_the_same_press_twice_does_it_once(
    reader: Phone, services: Services, telegram: Telegram
):
    await reader.says("/following")
    for _ in range(2):
        await reader.presses_data("r:1", reader.last)
    assert "All releases: yes" in reader.heard[-1]
    # The second finds the message as it should be: Telegram says so, the reader hears nothing.
    assert [each.description for each in telegram.refusals] != []
    assert reader.alert is None
    telegram.refusals.clear()


async def test_40_the_same_update_twice_is_answered_once(reader: Phone, telegram: Telegram):
    said = await reader.says("/help")
    update = {"update_id": 900_000_040, "message": said.body}
    telegram.push_raw(update)
    telegram.push_raw(update)
    await telegram.settle()
    assert len(reader.heard) == 2


async def test_41_updates_out_of_order_are_each_answered(reader: Phone, telegram: Telegram):
    said = await reader.says("/help")
    for number in (900_000_043, 900_000_041, 900_000_042):
        telegram.push_raw({"update_id": number, "message": said.body})
    await telegram.settle()
    assert len(reader.heard) == 4


async def test_42_an_update_of_an_unknown_kind_is_ignored(reader: Phone, telegram: Telegram):
    telegram.push_raw({"update_id": 900_000_042, "mind_read": {"from": reader.user.body()}})
    telegram.push_raw({"update_id": 900_000_043})
    await telegram.settle()
    assert not telegram.calls_of("sendMessage", "answerInlineQuery")


@pytest.mark.parametrize(
    "language", ["xx", "zh-hans", "pt-br", "iw", "x" * 50, "../../etc", "", "en_US", None]
)
async def test_43_an_odd_language_is_answered_in_the_usual_one(
    application: object, telegram: Telegram, language: str | None
):
    phone = Phone(telegram, "Alesia", language=language)
    await phone.says("/start")
    assert phone.heard[-1].startswith("Good day.")


async def test_43_a_variant_of_a_language_is_that_language(
    telegram: Telegram, services: Services, application: object
):
    phone = Phone(telegram, "Alesia", language="be-tarask")
    await phone.says("/language")
    assert phone.heard[-1] == services.languages.speak("be").gettext("Which language?")


async def test_44_the_largest_and_the_most_negative_numbers_are_kept_whole(
    telegram: Telegram, services: Services, application: object
):
    phone = Phone(telegram, "Alesia", language="en", user_id=2**52 - 1)
    await phone.says("/releases")
    known = await services.readers.of(ChatId(2**52 - 1))
    assert known is not None
    assert known.chat == 2**52 - 1
    await services.moves.move(known.chat, ChatId(-1_002_147_483_647))
    known = await services.readers.of(ChatId(-1_002_147_483_647))
    assert known is not None
    assert known.chat == -1_002_147_483_647


@pytest.mark.parametrize("name", ["", "\u202ealesia", "🕊🕊", "<b>", "{0}", "x" * 64])
async def test_45_a_person_of_any_name_is_answered_alike(
    application: object, telegram: Telegram, name: str
):
    phone = Phone(telegram, name, language="en")
    await phone.says("/start")
    assert phone.heard[-1].startswith("Good day. Write a first name")

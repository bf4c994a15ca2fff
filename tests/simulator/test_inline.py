"""The bot's name typed in any chat: the query, the offer, and the message it becomes."""

from typing import Any

import pytest

from simulator.live import shown
from simulator.phone import CannotDo, Phone, text_of
from tests.simulator.conftest import Ask, StandingClock

ARTICLE: dict[str, Any] = {
    "type": "article",
    "id": "r1",
    "title": "Алеся Ластаўка",
    "description": "year of birth: 1990",
    "input_message_content": {"message_text": "<b>Алеся</b> Ластаўка", "parse_mode": "HTML"},
    "reply_markup": {"inline_keyboard": [[{"text": "More", "url": "https://t.me/vestka_bot"}]]},
}
BUTTON = {"text": "Ask in private", "start_parameter": "ask"}


async def typed(phone: Phone, text: str = "Ластаўка", **more: Any) -> dict[str, Any]:
    """Type something and take the update that the bot gets."""
    phone.telegram.updates.clear()
    await phone.types(text, **more)
    update = phone.telegram.take_update()
    assert update is not None
    return dict(update["inline_query"])


async def test_the_bot_is_told_who_types_what_and_in_what_kind_of_chat(reader: Phone) -> None:
    query = await typed(reader)
    assert query["from"]["id"] == reader.id
    assert (query["query"], query["offset"], query["chat_type"]) == ("Ластаўка", "", "sender")
    group = await reader.creates_group("Friends")
    assert (await typed(reader, where=group))["chat_type"] == "group"


async def test_nothing_is_typed_to_a_bot_that_botfather_was_not_told_of(
    reader: Phone, ask: Ask
) -> None:
    assert (await ask("getMe"))["supports_inline_queries"] is True
    reader.telegram.inline = False
    assert (await ask("getMe"))["supports_inline_queries"] is False
    with pytest.raises(CannotDo):
        await reader.types("Ластаўка")


async def test_a_bot_that_did_not_ask_for_it_is_not_told(reader: Phone) -> None:
    reader.telegram.allowed_updates = frozenset({"message"})
    await reader.types("Ластаўка")
    assert reader.telegram.take_update() is None


async def test_telegram_sends_no_more_than_256_characters(reader: Phone) -> None:
    with pytest.raises(CannotDo):
        await reader.types("x" * 257)


async def test_what_is_offered_is_sent_to_a_chat_the_bot_is_not_in(
    reader: Phone, ask: Ask
) -> None:
    friends = await reader.creates_group("Friends")
    query = await typed(reader, where=friends)
    await ask("answerInlineQuery", inline_query_id=query["id"], results=[ARTICLE], button=BUTTON)
    assert reader.offer is not None
    assert [each.title for each in reader.offer.results] == ["Алеся Ластаўка"]
    assert reader.offer.button == BUTTON
    message = await reader.shares("Алеся Ластаўка", where=friends)
    assert text_of(message) == "Алеся Ластаўка"
    assert message.body["entities"] == [{"type": "bold", "offset": 0, "length": 5}]
    assert message.body["via_bot"]["username"] == "vestka_bot"
    assert message.body["from"]["id"] == reader.id
    assert not message.by_bot
    # It is not there, so it hears nothing of it.
    assert reader.telegram.take_update() is None
    assert shown(message)["via"] == "vestka_bot"


async def test_the_bot_reads_what_is_sent_through_it_where_it_is(reader: Phone, ask: Ask) -> None:
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    for place in (None, group):
        query = await typed(reader, where=place)
        await ask("answerInlineQuery", inline_query_id=query["id"], results=[ARTICLE])
        await reader.shares("r1", where=place)
        update = reader.telegram.take_update()
        assert update is not None
        assert update["message"]["via_bot"]["id"] == reader.telegram.bot.id


async def test_a_press_under_it_tells_the_message_but_not_the_chat(
    reader: Phone, ask: Ask
) -> None:
    friends = await reader.creates_group("Friends")
    query = await typed(reader, where=friends)
    keyboard = {"inline_keyboard": [[{"text": "Press", "callback_data": "p"}]]}
    article = ARTICLE | {"reply_markup": keyboard}
    await ask("answerInlineQuery", inline_query_id=query["id"], results=[article])
    await reader.presses("Press", on=await reader.shares("r1", where=friends))
    update = reader.telegram.take_update()
    assert update is not None
    assert "message" not in update["callback_query"]
    assert update["callback_query"]["inline_message_id"]


async def test_what_is_not_offered_cannot_be_sent(reader: Phone) -> None:
    with pytest.raises(CannotDo):
        await reader.shares("r1")


async def test_a_query_is_answered_once(reader: Phone, ask: Ask, refused: Ask) -> None:
    query = await typed(reader)
    await ask("answerInlineQuery", inline_query_id=query["id"], results=[])
    assert reader.offer is not None
    assert reader.offer.results == ()
    again = await refused("answerInlineQuery", inline_query_id=query["id"], results=[])
    assert "query ID is invalid" in again


async def test_a_query_is_answered_in_time(
    reader: Phone, refused: Ask, clock: StandingClock
) -> None:
    query = await typed(reader)
    clock.advance(seconds=11)
    late = await refused("answerInlineQuery", inline_query_id=query["id"], results=[])
    assert "query is too old" in late


def with_content(**more: Any) -> dict[str, Any]:
    return {"input_message_content": {"message_text": "x"} | more}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"results": [ARTICLE | {"id": str(n)} for n in range(51)]}, "RESULTS_TOO_MUCH"),
        ({"results": [ARTICLE, ARTICLE]}, "RESULT_ID_DUPLICATE"),
        ({"results": [ARTICLE | {"id": ""}]}, "RESULT_ID_INVALID"),
        ({"results": [ARTICLE | {"id": "ы" * 33}]}, "RESULT_ID_INVALID"),
        ({"results": [ARTICLE | {"type": "photo"}]}, "not simulated"),
        ({"results": [ARTICLE | {"title": " "}]}, "ARTICLE_TITLE_EMPTY"),
        ({"results": [ARTICLE | {"title": 7}]}, "wrong type"),
        ({"results": [ARTICLE | {"hide_url": True}]}, "not known here"),
        ({"results": [{"type": "article", "id": "1", "title": "x"}]}, "content expected"),
        ({"results": [ARTICLE | with_content(message_text="")]}, "message text is empty"),
        ({"results": [ARTICLE | with_content(message_text="x" * 4097)]}, "too long"),
        (
            {"results": [ARTICLE | with_content(message_text="<b>", parse_mode="HTML")]},
            "can't parse entities",
        ),
        (
            {"results": [ARTICLE | {"reply_markup": {"force_reply": True}}]},
            "inline keyboard expected",
        ),
        ({"results": [], "button": {"start_parameter": "x"}}, "text expected"),
        ({"results": [], "button": {"text": "x"}}, "START_PARAM_INVALID"),
        ({"results": [], "button": BUTTON | {"start_parameter": "a b"}}, "START_PARAM_INVALID"),
        ({"results": [], "button": BUTTON | {"start_parameter": "x" * 65}}, "START_PARAM_INVALID"),
        ({"results": [], "button": BUTTON | {"web_app": {}}}, "not simulated"),
        ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "cache_time": -1}, "CACHE_TIME_INVALID"),
    ],
)
async def test_an_offer_telegram_would_not_take_is_refused(
    reader: Phone, refused: Ask, given: dict[str, Any], why: str
) -> None:
    query = await typed(reader)
    assert why in await refused("answerInlineQuery", inline_query_id=query["id"], **given)

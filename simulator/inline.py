"""What the bot offers in any chat to who types its name there: what shape Telegram accepts."""

import re
from dataclasses import dataclass
from typing import Any

from telegram.constants import InlineQueryLimit, InlineQueryResultLimit

from simulator.arguments import Values
from simulator.keyboards import check_markup
from simulator.refusals import bad_request
from simulator.texts import check_fields, read_text
from simulator.world import Body

_ARTICLE = {
    "type": str,
    "id": str,
    "title": str,
    "input_message_content": dict,
    "reply_markup": dict,
    "url": str,
    "description": str,
    "thumbnail_url": str,
    "thumbnail_width": int,
    "thumbnail_height": int,
}
_CONTENT = {
    "message_text": str,
    "parse_mode": str,
    "entities": list,
    "link_preview_options": dict,
}
_BUTTON = {"text": str, "start_parameter": str}
_START = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Result:
    """One of what is offered: how it looks in the list, and the message it becomes."""

    id: str
    title: str
    description: str
    content: Body


@dataclass(frozen=True, slots=True)
class Offer:
    """The answer to what somebody typed after the bot's name."""

    results: tuple[Result, ...]
    button: Body | None
    """Its text, and what /start carries when it is pressed."""


def read_offer(values: Values) -> Offer:
    """Read what the bot offers.

    Raises:
        Refused: Telegram would not take it.
    """
    if len(values["results"]) > InlineQueryLimit.RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    if len(values.get("next_offset", "").encode()) > InlineQueryLimit.MAX_OFFSET_LENGTH:
        raise bad_request("NEXT_OFFSET_INVALID")
    if values.get("cache_time", 0) < 0:
        raise bad_request("CACHE_TIME_INVALID")
    results = tuple(map(_read_result, values["results"]))
    if len({result.id for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    button = values.get("button")
    return Offer(results, None if button is None else _read_button(button))


def _read_result(given: dict[str, Any]) -> Result:
    if given.get("type") != "article":
        raise bad_request("results other than articles are not simulated")
    check_fields(given, _ARTICLE)
    number = given.get("id", "")
    smallest, longest = InlineQueryResultLimit.MIN_ID_LENGTH, InlineQueryResultLimit.MAX_ID_LENGTH
    if not smallest <= len(number.encode()) <= longest:
        raise bad_request("RESULT_ID_INVALID")
    if not given.get("title", "").strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    if "input_message_content" not in given:
        raise bad_request("can't parse inline query result: message content expected")
    content = read_text(check_fields(given["input_message_content"], _CONTENT), "message_text")
    if markup := given.get("reply_markup"):
        content["reply_markup"] = check_markup(markup, inline_only=True)
    return Result(number, given["title"], given.get("description", ""), content)


def _read_button(button: Values) -> Body:
    if not button.get("text") or not isinstance(button["text"], str):
        raise bad_request("can't parse inline query results button: text expected")
    if "web_app" in button:
        raise bad_request("buttons with web apps are not simulated")
    check_fields(button, _BUTTON)
    if not _START.fullmatch(button.get("start_parameter", "")):
        raise bad_request("START_PARAM_INVALID")
    return button

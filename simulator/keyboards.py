"""Buttons under messages: what shape Telegram accepts."""

from collections.abc import Callable
from typing import Any

from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit

from simulator.refusals import Refused, bad_request

Markup = dict[str, Any]

_INLINE_ACTIONS: dict[str, Any] = {
    "url": str,
    "callback_data": str,
    "switch_inline_query": str,
    "switch_inline_query_current_chat": str,
    "copy_text": dict,
}
_STYLES = {"danger", "success", "primary"}
_URL_SCHEMES = ("http://", "https://", "tg://")
_REPLY_OPTIONS = {
    "is_persistent": bool,
    "resize_keyboard": bool,
    "one_time_keyboard": bool,
    "selective": bool,
    "input_field_placeholder": str,
}


def check_markup(markup: Markup, *, inline_only: bool = False) -> Markup:
    """Return the markup as a message will show it: rows without buttons are left out.

    Raises:
        Refused: it is none of the four kinds, or a button is not as it must be.
    """
    if "inline_keyboard" in markup:
        return _check_inline(markup)
    if inline_only:
        raise bad_request("inline keyboard expected")
    for kind, check in _OTHERS.items():
        if kind in markup:
            check(markup)
            return markup
    raise bad_request("can't parse reply markup JSON object")


def _check_inline(markup: Markup) -> Markup:
    rows = markup["inline_keyboard"]
    if len(markup) > 1 or not _is_rows(rows):
        raise bad_request("can't parse inline keyboard: an Array of Array expected")
    for row in rows:
        if len(row) > InlineKeyboardMarkupLimit.BUTTONS_PER_ROW:
            raise bad_request("reply markup is too long")
        for button in row:
            if not isinstance(button, dict):
                raise _button("Object expected")
            _check_button(button)
    if sum(map(len, rows)) > InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": [row for row in rows if row]}


def _check_button(button: Markup) -> None:
    if unknown := button.keys() - _INLINE_ACTIONS.keys() - {"text", "style"}:
        raise _button(f'Field "{min(unknown)}" is not known')
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _button('Field "text" must be of type String and not empty')
    if button.get("style", "primary") not in _STYLES:
        raise _button("unknown style")
    actions = button.keys() & _INLINE_ACTIONS.keys()
    if not actions:
        raise _button("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _button("exactly one optional field must be used")
    (action,) = actions
    value = button[action]
    if not isinstance(value, _INLINE_ACTIONS[action]):
        raise _button(f'Field "{action}" is of a wrong type')
    if action == "callback_data":
        smallest = InlineKeyboardButtonLimit.MIN_CALLBACK_DATA
        if not smallest <= len(value.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    elif action == "url" and not value.startswith(_URL_SCHEMES):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    elif action == "copy_text":
        _check_copied(value)


def _check_copied(value: dict[str, Any]) -> None:
    longest = InlineKeyboardButtonLimit.MAX_COPY_TEXT
    text = value.get("text")
    if len(value) != 1 or not isinstance(text, str) or not 1 <= len(text) <= longest:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_reply_keyboard(markup: Markup) -> None:
    if not _is_rows(markup["keyboard"]):
        raise bad_request("can't parse reply keyboard: an Array of Array expected")
    for row in markup["keyboard"]:
        for button in row:
            text = button.get("text") if isinstance(button, dict) else button
            if not isinstance(text, str) or not text:
                raise bad_request("can't parse keyboard button: text expected")
    _check_options(markup, "keyboard")


def _check_switch(kind: str, markup: Markup) -> None:
    if markup[kind] is not True:
        raise bad_request(f'can\'t parse reply markup: Field "{kind}" must be True')
    _check_options(markup, kind)


def _check_options(markup: Markup, kind: str) -> None:
    for name in markup.keys() - {kind}:
        if not isinstance(markup[name], _REPLY_OPTIONS.get(name, ())):
            raise bad_request(f'can\'t parse reply markup: Field "{name}" is wrong')


_OTHERS: dict[str, Callable[[Markup], None]] = {
    "keyboard": _check_reply_keyboard,
    "remove_keyboard": lambda markup: _check_switch("remove_keyboard", markup),
    "force_reply": lambda markup: _check_switch("force_reply", markup),
}


def _is_rows(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, list) for row in rows)


def _button(why: str) -> Refused:
    return bad_request(f"can't parse inline keyboard button: {why}")

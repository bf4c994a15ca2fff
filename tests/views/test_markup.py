"""Buttons, as the library is given them and as they are written down."""

import msgspec

from views.markup import markup
from views.screen import Button

ROWS = [[Button("Show", callback_data="w:1")], [Button("Share", url="https://t.example/")]]
WRITTEN = {
    "inline_keyboard": [
        [{"text": "Show", "callback_data": "w:1"}],
        [{"text": "Share", "url": "https://t.example/"}],
    ]
}


def test_the_library_sends_what_a_broadcast_writes() -> None:
    keyboard = markup(ROWS)
    assert keyboard is not None
    assert keyboard.to_dict() == WRITTEN
    assert msgspec.to_builtins({"inline_keyboard": ROWS}) == WRITTEN


def test_without_buttons_there_is_no_keyboard() -> None:
    assert markup(()) is None

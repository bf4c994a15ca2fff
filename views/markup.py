"""Buttons as python-telegram-bot takes them."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from views.screen import Keyboard


def markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """Turn the buttons of a screen into what the library sends; nothing, if there are none."""
    rows = [
        [
            InlineKeyboardButton(
                button.text,
                callback_data=button.callback_data or None,
                url=button.url or None,
            )
            for button in row
        ]
        for row in keyboard
    ]
    return InlineKeyboardMarkup(rows) if rows else None

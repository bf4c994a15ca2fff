"""One message as people see it: its text and the buttons under it."""

from dataclasses import dataclass

from telegram import InlineKeyboardMarkup


@dataclass(frozen=True, slots=True)
class Screen:
    """``text`` is Telegram HTML, at most 4096 UTF-16 units once parsed."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None

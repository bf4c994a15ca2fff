"""One message as people see it: its text and the buttons under it."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct


class Button(Struct, frozen=True, omit_defaults=True):
    """A button, in the words of the Bot API: it carries something, or leads to an address."""

    text: str
    callback_data: str = ""
    url: str = ""


Keyboard = Sequence[Sequence[Button]]
"""Rows of buttons."""


@dataclass(frozen=True, slots=True)
class Screen:
    """``text`` is Telegram HTML, at most 4096 UTF-16 units once parsed."""

    text: str
    keyboard: Keyboard = ()

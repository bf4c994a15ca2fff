"""Readers: chats that follow something. In clear only in memory, for the length of a task."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from model.people import PersonId

ChatId = NewType("ChatId", int)
Locator = NewType("Locator", bytes)
"""Keyed hash of a chat id, 16 bytes: finds a row, says nothing about the chat."""


class ChatKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Reader:
    """All that is remembered about a chat. Every field is in ``/mydata``."""

    chat: ChatId
    language: str
    kind: ChatKind = ChatKind.PRIVATE
    discreet: bool = False
    follows: frozenset[PersonId] = frozenset()
    releases: bool = False
    """Wants all release news."""
    absences: bool = False
    """Wants to hear, too, that a followed person is not among the known names."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A message in a chat, and the language it is in."""

    chat: ChatId
    message: int
    language: str
    shows: str = ""
    """What the button must carry that shows its text again."""


FOLLOWS_AT_MOST = 50

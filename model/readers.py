"""Readers: chats that follow something. In clear only in memory, for the length of a task."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from model.people import PersonId
from model.wishes import NO_WISHES, Wishes

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
    waiting: tuple[str, ...] = ()
    """Names not listed yet, as the reader wrote them: wants to hear when somebody bears one."""
    wishes: Wishes = NO_WISHES


@dataclass(frozen=True, slots=True)
class Spot:
    """A message in a chat, and the language it is in."""

    chat: ChatId
    message: int
    language: str
    shows: str = ""
    """What the button must carry that shows its text again."""


FOLLOWS_AT_MOST = 50
WAITING_AT_MOST = 5
NAME_AT_MOST = 80
"""Characters of a name that is waited for."""
_NAMES_AT_MOST = 400
"""Bytes of all such names together, some 200 Cyrillic letters: what one record has left beside
the most follows and every wish."""


def holds(waiting: Sequence[str]) -> bool:
    """Say whether one record holds these names, whatever else is in it."""
    size = sum(len(name.encode()) for name in waiting)
    return len(waiting) <= WAITING_AT_MOST and size <= _NAMES_AT_MOST


def tag_of(name: str) -> str:
    """Return what a button carries that means a name the reader waits for: never the name."""
    return hashlib.sha256(name.encode()).hexdigest()[:8]

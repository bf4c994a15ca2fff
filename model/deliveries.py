"""Deliveries: one notice to one reader, until it is at an end."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType

from model.notices import WaveId
from model.people import PersonId
from model.readers import ChatId, ChatKind

Mark = NewType("Mark", bytes)
"""Keyed hash of wave and chat together, 16 bytes: two notices to one reader share nothing."""


class DeliveryState(StrEnum):
    """Stored; never rename a value. Ends are ``DELIVERED``, ``GONE``, ``UNKNOWN``, ``FAILED``."""

    QUEUED = "queued"
    SENDING = "sending"
    """Claimed by a sender; its lease says until when."""
    UNCERTAIN = "uncertain"
    """The answer was lost: it may have arrived. One more try is due."""
    RETRYING = "retrying"
    """Claimed for that one more try."""
    DELIVERED = "delivered"
    GONE = "gone"
    """Blocked, deactivated, kicked, forgotten, or taken back before it was sent."""
    UNKNOWN = "unknown"
    """The answer was lost twice."""
    FAILED = "failed"
    """Refused for good."""


class Lane(IntEnum):
    """Who is served first. Stored; never renumber."""

    CORRECTION = 0
    PERSON = 1
    RELEASES = 2
    CROWD = 3
    """Groups and channels."""


@dataclass(frozen=True, slots=True)
class Address:
    """What is sealed in a delivery: where it goes and what it says there."""

    chat: ChatId
    kind: ChatKind
    language: str
    discreet: bool
    freed: tuple[PersonId, ...] = ()
    """Followed persons whom the notice names."""
    absent: tuple[PersonId, ...] = ()
    """Followed persons whom it does not name, if the reader wants to hear that."""
    silent: bool = False
    message: int = 0
    """The message that was sent; 0 until it is delivered."""
    edits: tuple[int, ...] = ()
    """Messages of the corrected notice that are mended in place."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery; ``tries`` counts this one."""

    mark: Mark
    wave: WaveId
    lane: Lane
    address: Address
    again: bool = False
    """The answer to the first try was lost."""


class Ending(StrEnum):
    """What became of one try."""

    DELIVERED = "delivered"
    GONE = "gone"
    FAILED = "failed"
    LOST = "lost"
    """No answer: it may have arrived."""
    MIGRATED = "migrated"
    LATER = "later"
    """Surely not sent (refused connection, 429, 5xx): try again at ``not_before``."""


@dataclass(frozen=True, slots=True)
class Outcome:
    mark: Mark
    ending: Ending
    message: int = 0
    not_before: datetime | None = None
    moved_to: ChatId | None = None

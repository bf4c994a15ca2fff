"""Deliveries: one notice to one reader, until it is at an end."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType

from model.notices import WaveId, WaveKind
from model.people import PersonId
from model.readers import ChatId, ChatKind

Mark = NewType("Mark", bytes)
"""Keyed hash of wave and chat together, 16 bytes: two notices to one reader share nothing."""


NO_WAVE = WaveId(0)


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
    """Blocked, deactivated, kicked, forgotten, taken back before it was sent, or left to a
    digest by a reader who wants that by now."""
    UNKNOWN = "unknown"
    """The answer was lost twice."""
    FAILED = "failed"
    """Refused for good."""


ENDS = (
    DeliveryState.DELIVERED,
    DeliveryState.GONE,
    DeliveryState.UNKNOWN,
    DeliveryState.FAILED,
)


class Lane(IntEnum):
    """Who is served first. Stored; never renumber."""

    CORRECTION = 0
    """It overtakes everything."""
    PERSON = 1
    RELEASES = 2
    CROWD = 3
    """Groups and channels."""
    DIGEST = 4
    """Digests, and notes that nothing has changed."""


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
    found: tuple[PersonId, ...] = ()
    """Persons whose name the reader waited for. Then nothing else is told."""
    releases: bool = True
    """Wants the news whoever is named in it."""
    since: datetime | None = None
    """Of a digest: what is older was told before. Then ``freed`` are all who are followed."""
    late: bool = False
    """It corrects news of which it is not known any more who got it."""
    reminds: WaveId = NO_WAVE
    """Of a reminder: the wave that told of ``freed`` and is not seen yet."""
    seen: bool = False
    """The reader said so, or unfolded it."""
    silent: bool = False
    message: int = 0
    """The message that was sent; 0 until it is delivered."""

    @property
    def asks(self) -> bool:
        """Whether a button asks if it was seen: it tells one person of somebody followed."""
        return self.kind is ChatKind.PRIVATE and bool(self.freed) and not self.seen


NOWHERE = Address(ChatId(0), ChatKind.PRIVATE, "", discreet=True)
"""What is sealed instead, once a reader is forgotten: the row still counts, and names nobody."""


@dataclass(frozen=True, slots=True)
class Mend:
    """A message of a corrected notice, to be edited in place."""

    wave: WaveId
    told: Address


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery."""

    mark: Mark
    wave: WaveId
    lane: Lane
    address: Address
    kind: WaveKind = WaveKind.NEWS
    """What its wave is."""
    again: bool = False
    """The answer to the first try was lost."""
    mends: tuple[Mend, ...] = ()
    until: datetime | None = None
    """When the lease is over; another sender may take it then."""


class Ending(StrEnum):
    """What became of one try."""

    DELIVERED = "delivered"
    GONE = "gone"
    """The chat cannot be reached any more: the reader is erased."""
    MOOT = "moot"
    """Nothing is left to say: all of it was taken back before it was sent."""
    FAILED = "failed"
    LOST = "lost"
    """No answer: it may have arrived."""
    MIGRATED = "migrated"
    LATER = "later"
    """Surely not sent (refused connection, 429, 5xx): try again at ``not_before``."""


@dataclass(frozen=True, slots=True)
class Outcome:
    delivery: Delivery
    ending: Ending
    message: int = 0
    """The message that was sent, if it was."""
    not_before: datetime | None = None
    moved_to: ChatId | None = None

"""Interruptions: the bot was away, its clock jumped, or it was put back to a copy; and what was
due then waits for an editor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from model.notices import EditorId, NoticeId, NoticeKind, WaveId

InterruptionId = NewType("InterruptionId", int)

TOO_LONG = timedelta(hours=1)
"""For how long the bot may be away, or how far its clock may jump, before an editor is asked."""


class Cause(StrEnum):
    """Stored; never rename a value."""

    AWAY = "away"
    CLOCK = "clock"
    """The clock jumped while the bot ran, or the machine slept."""
    RESTORED = "restored"
    """The database was put back from a copy: what waits in it may have been sent already."""


class Decision(StrEnum):
    """What editors said of what waits. Stored; never rename a value."""

    SEND = "send"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Pulse:
    """When the bot was last known to be alive, to the minute."""

    at: datetime
    restored: bool = False
    """The database was put back to that moment."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """``decision`` is ``None`` as long as what was due waits."""

    id: InterruptionId
    cause: Cause
    begun: datetime
    ended: datetime
    decision: Decision | None = None
    said: frozenset[EditorId] = frozenset()
    """The editors who said that it is sent."""

    @property
    def needed(self) -> int:
        """How many editors must say that it is sent.

        As many as let a stopped notice go on: one. All of it was decided before. After a copy
        was put back nobody knows what was sent, stopped or withdrawn since: then it is like
        saying anew that a group is safe.
        """
        return 2 if self.cause is Cause.RESTORED else 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wave that waits, and how many messages of it."""

    wave: WaveId
    notice: NoticeId | None
    kind: NoticeKind | None
    messages: int
    made: bool
    """Else there are more: not all have been counted."""


@dataclass(frozen=True, slots=True)
class Arrears:
    """What waits for editors, and why."""

    interruption: Interruption
    waits: tuple[Waiting, ...]

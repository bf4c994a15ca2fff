"""Releases: operations that free many at once."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from model.dates import PartialDate
from model.people import Person, PersonId, Source

ReleaseId = NewType("ReleaseId", int)
GroupId = NewType("GroupId", int)
LineId = NewType("LineId", int)


@dataclass(frozen=True, slots=True)
class Count:
    """How many, and who says so. Sources may disagree: there can be several of one thing."""

    number: int
    source: Source
    at_least: bool = False


class LineState(StrEnum):
    """How a line of an editor's list stands to the people we know."""

    SURE = "sure"
    CHOOSE = "choose"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    """An editor said who it is."""
    LEFT_OUT = "left_out"


SETTLED = frozenset({LineState.SURE, LineState.SETTLED, LineState.LEFT_OUT})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list as it was pasted, and who it is."""

    id: LineId
    group: GroupId
    text: str
    state: LineState
    person: Person | None = None
    candidates: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """People of one release who were brought to the same place."""

    id: GroupId
    country: str = ""
    place: str = ""
    counts: tuple[Count, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    id: ReleaseId
    ref: str
    on: PartialDate
    counts: tuple[Count, ...]
    sources: tuple[Source, ...]
    groups: tuple[Group, ...]
    list_closed: bool = False

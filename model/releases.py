"""Releases: operations that free many at once."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from model.dates import PartialDate
from model.people import Person, PersonId, Source

ReleaseId = NewType("ReleaseId", int)
GroupId = NewType("GroupId", int)
LineId = NewType("LineId", int)

WHOLE = GroupId(0)
"""In place of a group: what is said of a notice, or told by it, as a whole."""


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


OPEN = frozenset({LineState.CHOOSE, LineState.UNKNOWN})
"""Lines an editor must settle before the notice can be submitted."""


class Reason(StrEnum):
    """Why a line of a list does not surely mean somebody."""

    NOBODY = "nobody"
    """Nobody who is listed is called so."""
    NO_NAME = "no_name"
    """There seems to be no name in it."""
    NAMESAKES = "namesakes"
    """Several people fit."""
    MANY = "many"
    """As many fit as can be offered; there may be more."""
    YEAR = "year"
    """The birth year, or the age, is another's."""
    SEX = "sex"
    """A woman's name is written, or a man's in another case, or the other way round."""
    UNEXPLAINED = "unexplained"
    """There is more in the line than this name."""
    PART = "part"
    """Only a part of the name is written."""
    SPELLING = "spelling"
    """The name is spelt only nearly so."""
    COPY = "copy"
    """The same words stand in another line."""
    SAME = "same"
    """Another line means the same person."""


class Missing(StrEnum):
    """A fact without which nothing can be told."""

    DATE = "date"
    SOURCE = "source"
    NAME = "name"
    """Nobody is named."""
    ONCE = "once"
    """Two lines mean the same person."""


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
    on: PartialDate | None
    """``None`` while the draft has no date."""
    counts: tuple[Count, ...]
    sources: tuple[Source, ...]
    groups: tuple[Group, ...]
    list_closed: bool = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines of the list, group by group."""
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def unsettled(self) -> tuple[Line, ...]:
        """The lines of which it is not known yet who they are."""
        return tuple(line for line in self.lines if line.state in OPEN)

    @property
    def named_twice(self) -> tuple[Person, ...]:
        """Persons whom more than one line means, in the order of the list."""
        known = [line.person for line in self.lines if line.person is not None]
        times = Counter(person.id for person in known)
        return tuple({p.id: p for p in known if times[p.id] > 1}.values())

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What must be mended before the notice can be submitted."""
        return tuple(
            what
            for what, lacking in (
                (Missing.DATE, self.on is None),
                (Missing.SOURCE, not self.sources),
                (Missing.NAME, not any(line.person for line in self.lines)),
                (Missing.ONCE, bool(self.named_twice)),
            )
            if lacking
        )

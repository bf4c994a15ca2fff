"""Notices: something to be told to many, and its life."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from model.dates import PartialDate
from model.people import Gender, PersonId
from model.releases import Count, GroupId, ReleaseId

NoticeId = NewType("NoticeId", int)
WaveId = NewType("WaveId", int)
EditorId = NewType("EditorId", str)
"""Random and opaque; says nothing about who the editor is."""


class NoticeKind(StrEnum):
    RELEASE = "release"
    CORRECTION = "correction"
    """One or more persons of a release notice were not released."""
    WITHDRAWAL = "withdrawal"
    """A release notice was wrong as a whole."""


class NoticeState(StrEnum):
    """The life of a notice, in this order. Stored; never rename a value."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    HELD = "held"
    GOING_OUT = "going_out"
    OUT = "out"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class Say(StrEnum):
    """What an editor says of a notice."""

    APPROVE = "approve"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One freed person as frozen at submit: names by language tag."""

    id: PersonId
    names: Mapping[str, str]
    gender: Gender | None = None

    def name_in(self, languages: Sequence[str]) -> str:
        """Return the name in the first of ``languages`` that has one, else any."""
        for language in (*languages, "en", "be"):
            if language in self.names:
                return self.names[language]
        return next(iter(self.names.values()))


@dataclass(frozen=True, slots=True)
class GroupFacts:
    id: GroupId
    country: str
    place: str
    counts: tuple[Count, ...]
    persons: tuple[PersonFacts, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The facts of a notice, frozen at submit. Preview and delivery render this and no more.

    For a correction or withdrawal ``groups`` holds the persons it takes back.
    """

    kind: NoticeKind
    release: ReleaseId
    on: str
    """The date of the release, as ``str(PartialDate)``."""
    counts: tuple[Count, ...]
    sources: tuple[str, ...]
    """Names of sources, each followed by its address if it has one: ``name|url``."""
    groups: tuple[GroupFacts, ...]
    list_closed: bool
    texts: Mapping[str, str] = field(default_factory=dict)
    """The editors' own words on top, by language."""

    @property
    def date(self) -> PartialDate:
        return PartialDate.parse(self.on)

    def persons(self, groups: frozenset[GroupId]) -> tuple[PersonFacts, ...]:
        """Return the persons of these groups, in the order of the list."""
        return tuple(p for group in self.groups if group.id in groups for p in group.persons)


@dataclass(frozen=True, slots=True)
class Saying:
    editor: EditorId
    say: Say
    group: GroupId | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    id: NoticeId
    kind: NoticeKind
    state: NoticeState
    release: ReleaseId
    author: EditorId | None
    """``None``: an operator, by command line."""
    corrects: NoticeId | None = None
    snapshot: Snapshot | None = None
    digest: bytes = b""
    stopped: bool = False
    sayings: tuple[Saying, ...] = ()
    opened: frozenset[GroupId] = frozenset()
    taken_back: frozenset[PersonId] = frozenset()
    """Persons whom a later correction took out of this notice."""


@dataclass(frozen=True, slots=True)
class Wave:
    """One going out of a notice: the groups that were opened together."""

    id: WaveId
    notice: NoticeId
    groups: frozenset[GroupId]
    begun: datetime
    made: bool = False
    """All deliveries exist; the audience is known."""
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How the deliveries of a wave stand. The six parts always add up to ``audience``."""

    waiting: int = 0
    sending: int = 0
    uncertain: int = 0
    delivered: int = 0
    gone: int = 0
    unknown: int = 0
    failed: int = 0

    @property
    def audience(self) -> int:
        return (
            self.waiting + self.sending + self.uncertain
            + self.delivered + self.gone + self.unknown + self.failed
        )  # fmt: skip

    @property
    def open(self) -> int:
        """How many are not at an end yet."""
        return self.waiting + self.sending + self.uncertain

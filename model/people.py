"""The people Vestka speaks of, and what happened to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType

from model.dates import PartialDate

PersonId = NewType("PersonId", int)
"""Random, 63 bits, never reused: a sealed follow cannot be checked by the database."""
EventId = NewType("EventId", int)
SourceId = NewType("SourceId", int)


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Visibility(StrEnum):
    """Whether readers may learn that a person is listed. Stored; never rename a value."""

    PUBLIC = "public"
    HIDDEN = "hidden"


class NameKind(StrEnum):
    OFFICIAL = "official"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class Name:
    """One written form of a name; ``language`` is a BCP 47 tag, empty when unknown."""

    text: str
    language: str = ""
    kind: NameKind = NameKind.OFFICIAL


@dataclass(frozen=True, slots=True)
class Person:
    id: PersonId
    ref: str
    names: tuple[Name, ...]
    gender: Gender | None = None
    born: int | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    recognised_by: str = ""
    visibility: Visibility = Visibility.PUBLIC
    birthday: str = ""
    """Month and day, ``05-17``; empty when it is not known."""

    def name_in(self, languages: Sequence[str]) -> str:
        """Return the official name in the first of ``languages`` that has one, else any."""
        official = {n.language: n.text for n in self.names if n.kind is NameKind.OFFICIAL}
        for language in (*languages, "en", "be"):
            if language in official:
                return official[language]
        return self.names[0].text


class EventKind(StrEnum):
    """What happened to a person. The values are stored; never rename one."""

    DETAINED = "detained"
    CHARGED = "charged"
    SENTENCED = "sentenced"
    IMPRISONED = "imprisoned"
    """Confirmed as still held."""
    TRANSFERRED = "transferred"
    HOSPITALISED = "hospitalised"
    PUNISHMENT_CELL = "punishment_cell"
    NO_CONTACT = "no_contact"
    CONTACT = "contact"
    """A letter, call or visit came through."""
    HOUSE_ARREST = "house_arrest"
    RELEASED = "released"
    TAKEN_ABROAD = "taken_abroad"
    MOVED_ON = "moved_on"
    REFUSED_TO_LEAVE = "refused_to_leave"
    DETAINED_AGAIN = "detained_again"
    DIED = "died"


class Manner(StrEnum):
    """How somebody was released, as far as it is known."""

    TERM_ENDED = "term_ended"
    PARDON = "pardon"
    """As the authorities call it; some wrote no petition."""
    EXCHANGE = "exchange"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    CONFIRMED = "confirmed"
    REPORTED = "reported"


class EventState(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    url: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A prison, town or crossing; ``country`` is an ISO 3166 code; ``names`` by language."""

    country: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; ``on`` is ``None`` when no source gives a date."""

    id: EventId
    person: PersonId
    kind: EventKind
    on: PartialDate | None
    sources: tuple[Source, ...]
    place: Place | None = None
    manner: Manner | None = None
    months: int | None = None
    """Length of a sentence."""
    confidence: Confidence = Confidence.CONFIRMED
    notes: Mapping[str, str] = field(default_factory=dict)
    release: int | None = None

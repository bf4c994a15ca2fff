"""The sample: one real release as a file, with its people, events and sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import msgspec

from model.dates import PartialDate
from model.errors import BadInput
from model.people import (
    Event,
    EventId,
    EventKind,
    EventState,
    Gender,
    Name,
    NameKind,
    Person,
    PersonId,
    Place,
    Source,
)
from model.releases import Count


@dataclass(frozen=True, slots=True)
class SampleCount:
    number: int
    source: str


@dataclass(frozen=True, slots=True)
class SampleGroup:
    country: str
    counts: tuple[SampleCount, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class SampleRelease:
    ref: str
    on: str
    total: tuple[SampleCount, ...]
    taken_to: tuple[SampleGroup, ...]


@dataclass(frozen=True, slots=True)
class SampleEvent:
    kind: EventKind
    sources: tuple[str, ...]
    on: str = ""
    state: EventState = EventState.PUBLISHED
    country: str = ""
    place: Mapping[str, str] = field(default_factory=dict)
    months: int | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    release: str = ""

    @property
    def date(self) -> PartialDate | None:
        """When it happened, as far as it is known."""
        return PartialDate.parse(self.on) if self.on else None


@dataclass(frozen=True, slots=True)
class SamplePerson:
    ref: str
    gender: Gender
    names: Mapping[str, str]
    about: Mapping[str, str]
    events: tuple[SampleEvent, ...]
    aliases: tuple[str, ...] = ()

    def person(self, number: PersonId) -> Person:
        """Return the person as everyone may know of him or her."""
        official = tuple(Name(text, language) for language, text in self.names.items())
        aliases = tuple(Name(text, kind=NameKind.ALIAS) for text in self.aliases)
        return Person(number, self.ref, official + aliases, self.gender, about=self.about)


@dataclass(frozen=True, slots=True)
class Sample:
    about: str
    as_known_on: date
    sources: Mapping[str, Source]
    release: SampleRelease
    people: tuple[SamplePerson, ...]

    def count(self, given: SampleCount) -> Count:
        """Return a number with who says so."""
        return Count(given.number, self.sources[given.source])

    def event(
        self, given: SampleEvent, number: EventId, person: PersonId, release: int | None
    ) -> Event:
        """Return an event of a person."""
        where = Place(given.country, given.place) if given.country or given.place else None
        return Event(
            id=number,
            person=person,
            kind=given.kind,
            on=given.date,
            sources=tuple(self.sources[source] for source in given.sources),
            place=where,
            months=given.months,
            notes=given.notes,
            release=release if given.release else None,
        )


def read(data: bytes) -> Sample:
    """Read the sample.

    Raises:
        BadInput: it is not one; the reason says where.
    """
    try:
        sample = msgspec.json.decode(data, type=Sample)
        dates = [
            sample.release.on,
            *(event.on for person in sample.people for event in person.events),
        ]
        for on in filter(None, dates):
            PartialDate.parse(on)
    except ValueError as exc:
        raise BadInput(f"not a sample: {exc}") from exc
    if unknown := _named(sample) - set(sample.sources):
        raise BadInput(f"not a sample: no source {', '.join(sorted(unknown))}")
    return sample


def _named(sample: Sample) -> set[str]:
    counts = [
        *sample.release.total,
        *(c for group in sample.release.taken_to for c in group.counts),
    ]
    events = [event for person in sample.people for event in person.events]
    return {count.source for count in counts} | {
        name for event in events for name in event.sources
    }

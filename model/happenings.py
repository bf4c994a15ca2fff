"""What happened to people, as editors write it down for one notice."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from model.dates import PartialDate
from model.people import Confidence, EventKind, Manner, Person, PersonId, Place, Source
from model.releases import OPEN, WHOLE, Line, LineId, LineState


class Lack(StrEnum):
    """Why something that happened cannot be told yet."""

    PERSON = "person"
    """It is not settled who it is."""
    KIND = "kind"
    """What happened is not said."""
    DATE = "date"
    SOURCE = "source"
    """There is no link to who says so."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to one person, as far as it is written down.

    The ``id`` is that of the line with the name. To whom two things happened has two lines with
    the same text, which mean the same person.
    """

    id: LineId
    text: str
    """The name as it was written."""
    state: LineState
    person: Person | None = None
    candidates: tuple[PersonId, ...] = ()
    kind: EventKind | None = None
    on: PartialDate | None = None
    country: str = ""
    place: str = ""
    manner: Manner | None = None
    months: int | None = None
    confidence: Confidence = Confidence.CONFIRMED
    sources: tuple[Source, ...] = ()

    @property
    def line(self) -> Line:
        """The name, and whom it means."""
        return Line(self.id, WHOLE, self.text, self.state, self.person, self.candidates)

    @property
    def somewhere(self) -> Place | None:
        """The place, as far as it is known."""
        if not (self.country or self.place):
            return None
        return Place(self.country, {"": self.place} if self.place else {})

    @property
    def what(self) -> tuple[object, ...]:
        """What tells it from anything else that happened to the same person."""
        return self.kind, self.on, self.country, self.place

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """What must be mended before it can be told."""
        return tuple(
            lack
            for lack, lacking in (
                (Lack.PERSON, self.state in OPEN),
                (Lack.KIND, self.kind is None),
                (Lack.DATE, self.on is None),
                (Lack.SOURCE, not any(source.url for source in self.sources)),
            )
            if lacking
        )


def lines_of(happenings: Iterable[Happening]) -> tuple[Line, ...]:
    """Return the names, each once, and whom they mean."""
    first: dict[str, Line] = {}
    for one in happenings:
        first.setdefault(one.text, one.line)
    return tuple(first.values())

"""Cards: what is told of one person."""

from dataclasses import dataclass

from model.custody import Custody
from model.people import Event, Person


@dataclass(frozen=True, slots=True)
class Card:
    """A person, what the published events add up to, and these events, oldest first."""

    person: Person
    custody: Custody
    events: tuple[Event, ...] = ()

"""What happened to people, as the message of a notice says it: a person at a time."""

from collections.abc import Iterable, Sequence

from locales import Tongue
from model.custody import Status, custody_of
from model.notices import EventFacts, PersonFacts
from model.people import Confidence, Event
from views import card, text

_NAME = 64

_AT_ONCE = frozenset({Status.FREE, Status.ABROAD, Status.DIED})
"""What is said in a whole sentence first: nobody is to look for it among the dates."""


def told_of(t: Tongue, told: Iterable[EventFacts], person: PersonFacts) -> list[str]:
    """Say what is told of one person: who it is, and what happened when, says who."""
    events = [one.event for one in told if one.person == person.id]
    return [_who(t, person, events), *(f"• {card.line_of(t, event)}" for event in events)]


def _who(t: Tongue, person: PersonFacts, events: Sequence[Event]) -> str:
    name = text.bold(text.name(person.name_in(t.spellings), _NAME))
    status = custody_of(events).status
    # Of what is only reported no sentence makes a fact.
    sure = all(event.confidence is Confidence.CONFIRMED for event in events)
    return card.state(t, status, person.gender, name) if sure and status in _AT_ONCE else name

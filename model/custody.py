"""What the published events of a person add up to. Always derived, never stored."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import takewhile

from model.dates import PartialDate
from model.people import Event, EventKind


class Status(StrEnum):
    UNKNOWN = "unknown"
    DETAINED = "detained"
    IMPRISONED = "imprisoned"
    HOUSE_ARREST = "house_arrest"
    FREE = "free"
    ABROAD = "abroad"
    """Free, and taken out of the country."""
    DIED = "died"


HELD = frozenset({Status.DETAINED, Status.IMPRISONED, Status.HOUSE_ARREST})

FREED = frozenset({Status.FREE, Status.ABROAD})

_SAYS = {
    EventKind.DETAINED: Status.DETAINED,
    EventKind.SENTENCED: Status.IMPRISONED,
    EventKind.IMPRISONED: Status.IMPRISONED,
    EventKind.TRANSFERRED: Status.IMPRISONED,
    EventKind.PUNISHMENT_CELL: Status.IMPRISONED,
    EventKind.HOUSE_ARREST: Status.HOUSE_ARREST,
    EventKind.RELEASED: Status.FREE,
    EventKind.TAKEN_ABROAD: Status.ABROAD,
    EventKind.MOVED_ON: Status.ABROAD,
    EventKind.DETAINED_AGAIN: Status.DETAINED,
    EventKind.DIED: Status.DIED,
}
"""The kinds that say where a person is. A charge, a hospital, a letter or a refusal to leave
happens to the held and to the free alike."""

HOLDING = frozenset(kind for kind, status in _SAYS.items() if status in HELD)
FREEING = frozenset(kind for kind, status in _SAYS.items() if status in FREED)

_ORDER = {kind: place for place, kind in enumerate(EventKind)}
"""On one day things happen in the order the kinds are listed in: nobody is taken abroad
before being released, and who is detained again was released before."""

_ARRESTS = frozenset({EventKind.DETAINED, EventKind.DETAINED_AGAIN})
SILENT = frozenset({EventKind.NO_CONTACT, EventKind.IMPRISONED})
"""Saying that somebody is still held, or that nothing comes through, is no news of the person."""
_OF_THE_DEAD = frozenset(
    {EventKind.CHARGED, EventKind.SENTENCED, EventKind.NO_CONTACT, EventKind.DIED}
)
"""What may be said of a person who has died; every other kind shows somebody alive."""


@dataclass(frozen=True, slots=True)
class Custody:
    """Where a person is, as far as the published events tell.

    ``decided_by`` is the event that says so (``None``: nothing known), ``contradicted_by`` are
    published events that say otherwise about the same time. ``since`` is when the present
    status began (of a prisoner: the arrest; ``None`` when no event tells), ``as_of`` when it
    was last confirmed, ``last_news`` the last day on which anything was heard of the person in
    public. ``located_by`` is the event that tells the place. ``sentences`` are what sources
    give; more than one when they disagree.
    """

    status: Status
    since: PartialDate | None = None
    as_of: PartialDate | None = None
    last_news: PartialDate | None = None
    no_contact: Event | None = None
    decided_by: Event | None = None
    located_by: Event | None = None
    contradicted_by: tuple[Event, ...] = ()
    sentences: tuple[Event, ...] = ()

    def days_without_news(self, today: date) -> int | None:
        """Count the days since the last public news of somebody held; ``None`` if not held."""
        if self.status not in HELD or self.last_news is None:
            return None
        return max(0, (today - self.last_news.last).days)


NOTHING_KNOWN = Custody(Status.UNKNOWN)


def custody_of(events: Iterable[Event]) -> Custody:
    """Derive custody from the published events of one person, in any order.

    A death is final. A release counts until an event says, or may say, that the person was held
    after it: where dates are too coarse to tell, a false "free" is the worse error.
    """
    history = list(chronicle(events))
    deaths = [e for e in history if e.kind is EventKind.DIED]
    if deaths:
        return _dead(history, deaths)
    held = [e for e in history if _says(e) in HELD]
    freed = [e for e in history if _says(e) in FREED]
    standing = [e for e in freed if not _superseded(e, held)]
    if standing:
        return _free(history, standing)
    if held:
        return _held(history, held, freed)
    return Custody(
        Status.UNKNOWN, last_news=_last_news(history), no_contact=_out_of_contact(history)
    )


def chronicle(events: Iterable[Event]) -> tuple[Event, ...]:
    """Put events in the order they happened, as far as it is known; first those without date."""
    return tuple(sorted(events, key=_when))


def _says(event: Event) -> Status | None:
    return _SAYS.get(event.kind)


def _when(event: Event) -> tuple[date, date, int, int]:
    """Order events by the last day they may mean; those without a date come first."""
    if event.on is None:
        return date.min, date.min, _ORDER[event.kind], event.id
    return event.on.last, event.on.first, _ORDER[event.kind], event.id


def _before(one: Event, other: Event) -> bool:
    """Say whether one event was surely before the other; without a date it counts as early."""
    if one.on is None or other.on is None:
        return one.on is None and other.on is not None
    return one.on.last < other.on.first


def _overlap(one: Event, other: Event) -> bool:
    """Say whether both may have happened on one day."""
    return one.on is None or other.on is None or one.on.overlaps(other.on)


def _superseded(release: Event, held: list[Event]) -> bool:
    """Say whether the person was, or may have been, held after this release."""
    return any(_takes_back(event, release, held) for event in held)


def _takes_back(event: Event, release: Event, held: list[Event]) -> bool:
    if event.kind is EventKind.SENTENCED and release.on is not None:
        return False  # in absentia: a sentence passed on the free does not bring them back
    if _before(release, event):
        return True
    if event.kind is EventKind.HOUSE_ARREST:
        return event.on is not None and event.on == release.on  # let go into house arrest
    return _is_again(event, held) and _overlap(event, release)


def _is_again(event: Event, held: list[Event]) -> bool:
    """Say whether this is an arrest of somebody who had been arrested before."""
    return event.kind is EventKind.DETAINED_AGAIN or (
        event.kind is EventKind.DETAINED
        and any(e.kind in _ARRESTS and _before(e, event) for e in held)
    )


def _dead(history: list[Event], deaths: list[Event]) -> Custody:
    death = deaths[-1]
    return Custody(
        Status.DIED,
        since=death.on,
        as_of=death.on,
        last_news=_last_news(history),
        decided_by=death,
        located_by=death if death.place is not None else None,
        contradicted_by=tuple(
            event
            for event in history
            if (event.kind not in _OF_THE_DEAD and death.on is not None and _before(death, event))
            or (event.kind is EventKind.DIED and not _overlap(event, death))
        ),
        sentences=_sentences(history),
    )


def _free(history: list[Event], releases: list[Event]) -> Custody:
    """Add up a history whose ``releases`` nothing takes back."""
    abroad = [e for e in releases if _says(e) is Status.ABROAD]
    first = next((e for e in releases if e.on is not None), releases[-1])
    decisive = abroad[-1] if abroad else first
    located = _located(abroad)
    return Custody(
        Status.ABROAD if abroad else Status.FREE,
        since=first.on,
        as_of=_latest(releases),
        last_news=_last_news(history),
        decided_by=decisive,
        located_by=located,
        contradicted_by=tuple(
            event
            for event in history
            if _says_still_held(event, releases)
            or (
                event.kind is EventKind.RELEASED
                and event in releases
                and not _overlap(event, first)
            )
            or (
                abroad
                and event.kind is EventKind.REFUSED_TO_LEAVE
                and not _before(event, abroad[0])
            )
            or (located is not None and _tells_another_country(event, located))
        ),
        sentences=_sentences(history),
    )


def _says_still_held(event: Event, releases: list[Event]) -> bool:
    """Say whether a confirmation as held may be later than a release."""
    return event.kind is EventKind.IMPRISONED and any(
        event.on is not None
        and release.on is not None
        and event.on.overlaps(release.on)
        and event.on.last >= release.on.last
        for release in releases
    )


def _tells_another_country(event: Event, located: Event) -> bool:
    return (
        event.kind is located.kind
        and event.place is not None
        and located.place is not None
        and event.place.country != located.place.country
        and _overlap(event, located)
    )


def _held(history: list[Event], held: list[Event], freed: list[Event]) -> Custody:
    """Add up the history of somebody who is held; every one of ``freed`` is taken back."""
    arrests = [e for e in held if e.kind in _ARRESTS]
    # An "again" without a date still follows the first arrest.
    arrest = max(
        arrests,
        key=lambda e: (e.kind is EventKind.DETAINED_AGAIN and e.on is None, _when(e)),
        default=None,
    )
    present = [e for e in history if _is_of_spell(e, arrest, alone=len(arrests) == 1)]
    spell = [e for e in present if e in held]
    spell.sort(key=lambda e: _when(replace(e, on=e.on or (arrest.on if arrest else None))))
    decisive = spell[-1]
    contradictions = _not_settled(freed, arrest, arrests)
    return Custody(
        _SAYS[decisive.kind],
        since=_begun(spell, arrest),
        as_of=_latest(e for e in present if e not in freed and e.kind is not EventKind.NO_CONTACT),
        last_news=_last_news(history),
        no_contact=_out_of_contact(present),
        decided_by=decisive,
        located_by=_located(spell),
        contradicted_by=contradictions,
        sentences=_sentences(present),
    )


def _is_of_spell(event: Event, arrest: Event | None, *, alone: bool) -> bool:
    return arrest is None or not _before(event, arrest) or (event.on is None and alone)


def _begun(spell: list[Event], arrest: Event | None) -> PartialDate | None:
    """Return since when: a report that somebody is held does not tell when that began."""
    if spell[-1].kind is EventKind.HOUSE_ARREST:
        run = list(takewhile(lambda e: e.kind is EventKind.HOUSE_ARREST, reversed(spell)))
        return run[-1].on
    return arrest.on if arrest else None


def _not_settled(
    freed: list[Event], arrest: Event | None, arrests: list[Event]
) -> tuple[Event, ...]:
    """Return the releases that cannot be true, or need not be, if the person is held now.

    Those surely before the last arrest can. Of those whose dates are too coarse to tell, the
    first can, where an arrest "again" has no other release before it.
    """
    if arrest is None:
        return tuple(freed)
    past = [e for e in freed if e.on is not None and _before(e, arrest)]
    doubtful = [e for e in freed if e not in past]
    earlier = [e for e in arrests if _before(e, arrest)]
    explained = any(not earlier or not _before(e, earlier[-1]) for e in past)
    if arrest.kind is EventKind.DETAINED_AGAIN and not explained:
        may_precede = [e for e in doubtful if _overlap(e, arrest)]
        first = may_precede[0].on if may_precede else None
        doubtful = [e for e in doubtful if e not in may_precede or e.on != first]
    return tuple(doubtful)


def _located(spell: list[Event]) -> Event | None:
    """Return the event that tells the place; who is moved without a word where is nowhere."""
    for event in reversed(spell):
        if event.place is not None:
            return event
        if event.kind in {EventKind.TRANSFERRED, EventKind.HOUSE_ARREST, EventKind.MOVED_ON}:
            return None
    return None


def _latest(events: Iterable[Event]) -> PartialDate | None:
    """Return the latest date, never later than is known: ``2025`` may be January."""
    dates = (event.on for event in events if event.on is not None)
    return max(dates, key=lambda on: (on.first, -on.last.toordinal()), default=None)


def _last_news(history: list[Event]) -> PartialDate | None:
    """Return the date after which nothing was heard: ``2025`` may be December."""
    dates = (e.on for e in history if e.on is not None and e.kind not in SILENT)
    return max(dates, key=lambda on: (on.last, on.first), default=None)


def _out_of_contact(history: list[Event]) -> Event | None:
    """Return the last report that nothing comes through, unless something did since."""
    reports = [e for e in history if e.kind is EventKind.NO_CONTACT]
    came_through = [e for e in history if e.kind is EventKind.CONTACT]
    if not reports or any(not _precedes(e, reports[-1]) for e in came_through):
        return None
    return reports[-1]


def _precedes(contact: Event, silence: Event) -> bool:
    """Say whether a letter came before the silence began."""
    if contact.on is None or silence.on is None:
        return contact.on is None and silence.on is not None
    return contact.on.first < silence.on.first


def _sentences(history: list[Event]) -> tuple[Event, ...]:
    """Return the latest sentence, with those of the same time that differ from it."""
    passed = [e for e in history if e.kind is EventKind.SENTENCED and e.months is not None]
    by_length = {e.months: e for e in passed if _overlap(e, passed[-1])}
    return tuple(by_length.values())

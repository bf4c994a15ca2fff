"""What the published events of a person add up to. Always derived, never stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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

_SETS = {
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

_ORDER = {kind: place for place, kind in enumerate(EventKind)}
"""On one day things happen in the order the kinds are listed in: nobody is taken abroad
before being released, and who is detained again was released before."""

_ARRESTS = frozenset({EventKind.DETAINED, EventKind.DETAINED_AGAIN})
_SILENT = frozenset({EventKind.NO_CONTACT, EventKind.IMPRISONED})
"""Saying that somebody is still held, or that nothing comes through, is no news of the person."""


@dataclass(frozen=True, slots=True)
class Custody:
    """Where a person is, as far as the published events tell.

    ``decided_by`` is the event that says so (``None``: nothing known); ``contradicted_by`` are
    published events that say otherwise about the same time. ``since`` is when the present
    status began, ``as_of`` when it was last confirmed, ``last_news`` the last day on which
    anything was heard of the person in public. ``term_months`` are the sentences that sources
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
    """Derive custody from the published events of one person, in any order."""
    history = sorted(events, key=_when)
    telling = _telling(history)
    heard = _latest(event.on for event in history if event.kind not in _SILENT)
    silence = _out_of_contact(history)
    if not telling:
        return Custody(Status.UNKNOWN, last_news=heard, no_contact=silence)
    decisive = _decisive(telling)
    status = _SETS[decisive.kind]
    contradictions = _contradictions(history, telling, decisive)
    spell = _spell([e for e in telling if e not in contradictions], decisive)
    begun = history.index(spell[0])
    return Custody(
        status=status,
        since=spell[0].on,
        as_of=_latest(e.on for e in history[begun:] if e not in contradictions),
        last_news=heard,
        no_contact=silence if status in HELD else None,
        decided_by=decisive,
        located_by=next((e for e in reversed(spell) if e.place is not None), None),
        contradicted_by=contradictions,
        sentences=_sentences(history),
    )


def _when(event: Event) -> tuple[date, date, int]:
    if event.on is None:
        return date.min, date.min, _ORDER[event.kind]
    return event.on.last, event.on.first, _ORDER[event.kind]


def _latest(dates: Iterable[PartialDate | None]) -> PartialDate | None:
    return max((on for on in dates if on is not None), key=lambda on: on.last, default=None)


def _telling(history: list[Event]) -> list[Event]:
    """Keep the events that say where the person is; a sentence passed on a free person
    (in absentia) does not bring him or her back to prison."""
    telling: list[Event] = []
    for event in history:
        absent = event.kind is EventKind.SENTENCED and telling and _side(telling[-1]) in FREED
        if event.kind in _SETS and not absent:
            telling.append(event)
    return telling


def _decisive(telling: list[Event]) -> Event:
    """Return the event that says where the person is now.

    A death is final. Who is detained again in the month of a release of which only the month
    is known was not freed afterwards: a false "free" is the worse error.
    """
    for event in reversed(telling):
        if event.kind is EventKind.DIED:
            return event
    last = telling[-1]
    if _side(last) in FREED:
        for event in reversed(telling):
            if event.kind is EventKind.DETAINED_AGAIN and _overlap(event, last):
                return event
    return last


def _side(event: Event) -> Status:
    return _SETS[event.kind]


def _overlap(one: Event, other: Event) -> bool:
    return one.on is None or other.on is None or one.on.overlaps(other.on)


def _contradictions(
    history: list[Event], telling: list[Event], decisive: Event
) -> tuple[Event, ...]:
    """Return the events that cannot be true together with the decisive one."""
    if decisive.kind is EventKind.DIED:
        end = decisive.on
        return tuple(
            e for e in history if end is not None and e.on is not None and e.on.first > end.last
        )
    if _side(decisive) in FREED:
        return tuple(e for e in telling if e.kind is EventKind.IMPRISONED and e.on == decisive.on)
    before = telling[: telling.index(decisive)]
    if decisive.kind in _ARRESTS:
        return ()
    since_arrest = list(before)
    for place, event in enumerate(before):
        if event.kind in _ARRESTS:
            since_arrest = before[place:]
    return tuple(e for e in since_arrest if _side(e) in FREED)


def _spell(telling: list[Event], decisive: Event) -> list[Event]:
    """Return the events of the present spell: held, free, or dead, up to the decisive one."""
    run: list[Event] = []
    for event in telling[: telling.index(decisive) + 1]:
        if run and (_kind_of_spell(event) != _kind_of_spell(run[-1]) or event.kind in _ARRESTS):
            run = []
        run.append(event)
    return run


def _kind_of_spell(event: Event) -> str:
    side = _side(event)
    return "held" if side in HELD else "free" if side in FREED else "dead"


def _out_of_contact(history: list[Event]) -> Event | None:
    """Return the last report that nothing comes through, unless something did later."""
    for event in reversed(history):
        if event.kind is EventKind.CONTACT:
            return None
        if event.kind is EventKind.NO_CONTACT:
            return event
    return None


def _sentences(history: list[Event]) -> tuple[Event, ...]:
    """Return the latest sentence, with those of the same time that differ from it."""
    passed = [e for e in history if e.kind is EventKind.SENTENCED and e.months is not None]
    if not passed:
        return ()
    latest = passed[-1]
    by_length = {e.months: e for e in passed if _overlap(e, latest)}
    return tuple(by_length.values())

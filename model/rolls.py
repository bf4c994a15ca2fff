"""The whole list of a release: its notice, and what was added to it later."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from model.notices import (
    LISTING,
    GroupFacts,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    Snapshot,
)
from model.people import PersonId
from model.releases import Count

_GIVEN_UP = frozenset({NoticeState.DISCARDED, NoticeState.WITHDRAWN})
_CLOSES = frozenset({NoticeState.SUBMITTED, NoticeState.GOING_OUT, NoticeState.OUT})
_ENDED = frozenset({NoticeState.OUT, NoticeState.CORRECTED})
TOLD = frozenset({NoticeState.GOING_OUT, NoticeState.OUT, NoticeState.CORRECTED})


@dataclass(frozen=True, slots=True)
class Roll:
    """All notices that make up one release, the release itself first."""

    parts: tuple[Notice, ...]

    @property
    def main(self) -> Notice:
        """The notice of the release itself."""
        return self.parts[0]

    def without(self, one: NoticeId) -> "Roll":
        """Return what the list is without one of its parts."""
        return Roll(tuple(part for part in self.parts if part.id != one))

    @property
    def listed(self) -> frozenset[PersonId]:
        """All who are on the list and not taken back, whether or not they may be told yet."""
        return frozenset(
            person.id
            for part in self._listing()
            if part.state is not NoticeState.WITHDRAWN
            for person in part.facts.persons(part.facts.every_group)
            if person.id not in part.taken_back
        )

    @property
    def told(self) -> frozenset[PersonId]:
        """All who are named to readers and not taken back."""
        return frozenset(
            person.id
            for part in self._listing()
            for person in part.facts.persons(part.opened)
            if person.id not in part.taken_back
        )

    @property
    def additions(self) -> tuple[Notice, ...]:
        """What was, or is to be, added later and was not given up."""
        return tuple(
            one
            for one in self.parts
            if one.kind is NoticeKind.ADDITION and one.state not in _GIVEN_UP
        )

    @property
    def closing(self) -> Notice | None:
        """What closes the list, or is to close it."""
        return next(
            (one for one in self.parts if one.kind is NoticeKind.CLOSING and one.state in _CLOSES),
            None,
        )

    @property
    def is_open(self) -> bool:
        """Whether names can be added: some are told, and nothing says that no more will come."""
        return self.main.state in TOLD and not self.main.facts.list_closed and self.closing is None

    @property
    def may_be_closed(self) -> bool:
        """Whether it can be said that no more names will come: all is told, nothing is added."""
        return (
            self.is_open
            and self.main.state is not NoticeState.GOING_OUT
            and all(one.state in _ENDED for one in self.additions)
        )

    @property
    def facts(self) -> Snapshot:
        """The whole list as readers may see it now: one group a place, nobody twice.

        Who was taken back stays in it, as in the notice itself.
        """
        snapshot = self.main.facts
        groups: dict[tuple[str, str], GroupFacts] = {}
        seen: set[PersonId] = set()
        counts: tuple[Count, ...] = ()
        sources: dict[str, None] = {}
        for part in self._opened():
            counts = _newer(counts, part.facts.counts)
            sources |= dict.fromkeys(part.facts.sources)
            wrong = part.taken_back & self.told
            for group in part.facts.groups:
                if group.id not in part.opened:
                    continue
                persons = tuple(p for p in group.persons if p.id not in seen | wrong)
                seen.update(person.id for person in persons)
                where = group.country, group.place
                before = groups.get(where, replace(group, persons=(), counts=()))
                groups[where] = replace(
                    before,
                    persons=before.persons + persons,
                    counts=_newer(before.counts, group.counts),
                )
        return replace(
            snapshot,
            counts=counts,
            sources=tuple(sources),
            groups=tuple(groups.values()),
            list_closed=(snapshot.list_closed and not self.main.unopened) or self._is_closed,
        )

    @property
    def standing(self) -> Snapshot:
        """The whole list without those who were taken back."""
        facts = self.facts
        return replace(
            facts,
            groups=tuple(
                replace(group, persons=tuple(p for p in group.persons if p.id in self.told))
                for group in facts.groups
            ),
        )

    @property
    def taken_back(self) -> frozenset[PersonId]:
        """All who were named to readers and should not have been."""
        wrong = frozenset(one for part in self._opened() for one in part.taken_back)
        return wrong - self.told

    @property
    def _is_closed(self) -> bool:
        return any(one.kind is NoticeKind.CLOSING and one.state in TOLD for one in self.parts)

    def _listing(self) -> Iterable[Notice]:
        return (
            one
            for one in self.parts
            if one.kind in LISTING
            and one.snapshot is not None
            and one.state is not NoticeState.DISCARDED
        )

    def _opened(self) -> Iterable[Notice]:
        return (one for one in self._listing() if one.opened)


def _newer(before: tuple[Count, ...], later: tuple[Count, ...]) -> tuple[Count, ...]:
    """Put what sources said later in place of what they said before."""
    said = {count.source: count for count in (*before, *later)}
    return tuple(said.values())

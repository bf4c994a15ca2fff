"""The list of people: reading files into it, writing it out, keeping it findable."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from db import audit, events, people
from db.batches import SIZE, batches
from db.connection import Connection, Database
from db.vault import Vault
from exchange.people import Entry, Told
from model.cards import Card
from model.clock import Clock
from model.custody import FREED, HELD, Status, custody_of
from model.people import Event, EventId, EventState, NameKind, Person, PersonId
from services.name_index import with_keys
from services.spelling import Names, Spelt, names_of, spelling

_STEP = 100
"""Persons between two words about progress."""


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody we know, of whom a file says more: who that is then, and what is new."""

    person: Person
    happened: tuple[Told, ...] = ()
    odd: bool = False
    """The file would bring the free, or the dead, back to prison: look twice."""


@dataclass(frozen=True, slots=True)
class Differences:
    """What a file would change."""

    new: tuple[Entry, ...] = ()
    changed: tuple[Change, ...] = ()
    same: int = 0

    @property
    def odd(self) -> tuple[Change, ...]:
        """Changes that look like a mistake."""
        return tuple(change for change in self.changed if change.odd)


class People:
    """Changes the public truth as a whole. Nobody is told: notices are the editors'."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, random: Callable[[int], int]
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._random = random

    async def differences(self, entries: Iterable[Entry]) -> Differences:
        """Say what a file would change; nothing is written."""
        async with self._database.read() as conn:
            return await _compare(conn, entries)

    async def apply(
        self,
        entries: Iterable[Entry],
        actor: str = audit.OPERATOR,
        progress: Callable[[int, int], None] = lambda done, of: None,
    ) -> Differences:
        """Write down what a file says, all of it or nothing, and return what that changed;
        ``progress`` is told of how many the keys are made, and of how many; then how many of the
        new are written down.
        """
        entries = tuple(entries)
        async with self._database.read() as conn:
            found = await _compare(conn, entries)
        # Before anybody has to wait for us to have written.
        spelt = await _spell(found, progress)
        async with self._database.write() as conn:
            found = await _compare(conn, entries)
            new = [(entry, self._new(entry)) for entry in found.new]
            filed = with_keys([one for _, one in new], spelt)
            await people.add_many(conn, _counted(filed, progress))
            for entry, person in new:
                await self._tell(conn, person, entry.told)
            for change in found.changed:
                ((person, keys),) = with_keys([change.person], spelt)
                await people.change(conn, person, keys)
                await self._tell(conn, change.person, change.happened)
            await audit.record(
                conn,
                self._vault,
                self._clock(),
                actor,
                "import people",
                f"{len(found.new)} new, {len(found.changed)} changed, {found.same} same",
            )
        return found

    async def export(self) -> AsyncIterator[Card]:
        """Yield everybody whom readers may know of, as one moment of the list."""
        async with self._database.read() as conn:
            last: PersonId | None = None
            while persons := await people.chunk(conn, last, 500, hidden=False):
                histories = await events.of(conn, [person.id for person in persons])
                for person in persons:
                    history = histories.get(person.id, ())
                    yield Card(person, custody_of(history), history)
                last = persons[-1].id

    def _new(self, entry: Entry) -> Person:
        return Person(
            id=PersonId(self._random(63)),
            ref=entry.ref,
            names=entry.names,
            gender=entry.gender,
            born=entry.born,
            about=entry.about,
            recognised_by=entry.recognised_by,
            birthday=entry.birthday,
        )

    async def _tell(self, conn: Connection, person: Person, told: Sequence[Told]) -> None:
        for each in told:
            happened = _event(EventId(self._random(63)), person.id, each)
            await events.add(conn, happened, EventState.PUBLISHED)


async def _spell(found: Differences, progress: Callable[[int, int], None]) -> Spelt:
    called = [names_of(entry) for entry in found.new]
    called += [names_of(change.person) for change in found.changed]
    spelt: dict[Names, frozenset[int]] = {}
    async with spelling(len(called)) as spell:
        for done, some in enumerate(batches(called)):
            progress(done * SIZE, len(called))
            spelt.update(await spell(some))
    return spelt


def _counted(
    filed: Sequence[tuple[Person, frozenset[int]]], progress: Callable[[int, int], None]
) -> Iterator[tuple[Person, frozenset[int]]]:
    for done, one in enumerate(filed):
        if done % _STEP == 0:
            progress(done, len(filed))
        yield one


async def _compare(conn: Connection, entries: Iterable[Entry]) -> Differences:
    new: list[Entry] = []
    changed: list[Change] = []
    same = 0
    for batch in batches(entries):
        known = await people.by_ref(conn, [entry.ref for entry in batch])
        ids = [person.id for person in known.values()]
        histories = await events.of(conn, ids, hidden=True)
        for entry in batch:
            before = known.get(entry.ref)
            if before is None:
                new.append(entry)
                continue
            history = histories.get(before.id, ())
            change = _change(before, history, entry)
            if change is None:
                same += 1
            else:
                changed.append(change)
    return Differences(tuple(new), tuple(changed), same)


def _change(before: Person, history: Sequence[Event], entry: Entry) -> Change | None:
    after = _filled(before, entry)
    happened = tuple(told for told in entry.told if not _is_known(told, history))
    if after == before and not happened:
        return None
    once = custody_of(history).status
    now = custody_of(
        [*history, *(_event(EventId(-n), before.id, told) for n, told in enumerate(happened, 1))]
    ).status
    odd = (once in FREED and now in HELD) or (once is Status.DIED and bool(happened))
    return Change(after, happened, odd)


def _is_known(told: Told, history: Sequence[Event]) -> bool:
    return any(
        (event.kind, event.on, event.months) == (told.kind, told.on, told.months)
        for event in history
    )


def _filled(before: Person, entry: Entry) -> Person:
    """Add to a person what a file says; what it leaves out stays."""
    official = {n.language: n for n in entry.names if n.kind is NameKind.OFFICIAL}
    names = [
        official.pop(n.language, n) if n.kind is NameKind.OFFICIAL else n for n in before.names
    ]
    known = {n.text for n in names}
    aliases = [n for n in entry.names if n.kind is NameKind.ALIAS and n.text not in known]
    return replace(
        before,
        names=(*names, *official.values(), *aliases),
        gender=entry.gender or before.gender,
        born=entry.born or before.born,
        about={**before.about, **entry.about},
        recognised_by=entry.recognised_by or before.recognised_by,
        birthday=entry.birthday or before.birthday,
    )


def _event(number: EventId, person: PersonId, told: Told) -> Event:
    return Event(
        id=number,
        person=person,
        kind=told.kind,
        on=told.on,
        sources=(told.source,),
        place=told.place,
        months=told.months,
    )

"""Waiting: names that are not on the list yet, and readers who want to hear when they are."""

import hashlib
import re
import unicodedata
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from db import audit, deliveries, meta, people, readers, waiting, waves
from db.batches import batches
from db.connection import Connection, Database
from db.deliveries import Stored
from db.vault import ADDRESS, READER, Vault
from model.cards import Card
from model.clock import Clock
from model.deliveries import Address, DeliveryState, Lane
from model.errors import NotAName, NotFound, TooManyNames
from model.notices import EditorId, WaveKind
from model.people import PersonId
from model.readers import (
    NAME_AT_MOST,
    WAITING_AT_MOST,
    ChatId,
    Locator,
    Reader,
    holds,
    tag_of,
)
from model.waiting import Pair
from model.wishes import hour_of
from names import ALGORITHM
from names.question import read
from services.fanout import CHUNK, with_pauses
from services.readers import find, keep
from services.search import Answer, AnswerKind, Search
from services.wishes import when

ANYHOW = timedelta(days=1)
"""When the names are matched again although the list did not change: a return code may have
brought some back."""

_NOTED = "waiting.noted"
_BETWEEN = frozenset(" -–.'’ʼ`´")
"""What a name may hold beside letters."""


_NAME_AND_YEAR = re.compile(r"(.*?)(?:[ ,]+\(?([0-9]{4})\)?)?")

_Pairs = tuple[tuple[str, PersonId], ...]


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found when the names were last matched with the list. Holds no name."""

    at: datetime
    standing: str
    """How the list stood."""
    pairs: _Pairs
    """Names, as what stands for them, and who may bear them."""


class Waiting:
    """A name is waited for in a private chat, inside the sealed record of its reader: nothing
    else tells that anybody waits for it.

    Nobody is told of somebody before an editor has said that it is the same name.
    """

    def __init__(self, database: Database, vault: Vault, clock: Clock, search: Search) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._search = search
        self._last = _Look(datetime.min.replace(tzinfo=UTC), "", ())

    async def wait(self, chat: ChatId, text: str, *, language: str) -> tuple[Card, ...]:
        """Wait for a name, unless somebody listed may be meant, who is returned instead. Hidden
        persons make no difference, and neither does who else waits.

        Raises:
            NotAName: it is not a first name and a surname, and perhaps a year of birth.
            TooManyNames: one record holds no more.
        """
        name = _whole(text)
        answer = await self._search.ask(name)
        if not answer.cards and answer.kind is not AnswerKind.NOBODY:
            raise NotAName
        if listed := _may_be_meant(name, answer):
            return listed
        async with self._database.write() as conn:
            reader = await find(conn, self._vault, chat) or Reader(chat, language)
            names = tuple(dict.fromkeys((*reader.waiting, name)))
            if not holds(names):
                raise TooManyNames(WAITING_AT_MOST)
            await keep(conn, self._vault, replace(reader, waiting=names))
        return ()

    async def let_go(self, chat: ChatId, tag: str) -> None:
        """Wait no more for the name with this tag, whether or not the chat did."""
        async with self._database.write() as conn:
            reader = await find(conn, self._vault, chat)
            if reader is not None:
                kept = tuple(name for name in reader.waiting if tag_of(name) != tag)
                await keep(conn, self._vault, replace(reader, waiting=kept))

    async def look(self, *, rest: timedelta = timedelta(0)) -> bool:
        """Match the names with the list, if it changed and the last time was ``rest`` ago; say
        whether editors have something to decide that :meth:`noted` does not know of."""
        now = self._clock()
        async with self._database.read() as conn:
            written = await audit.latest(conn)
            noted = await meta.get(conn, _NOTED)
        # Whatever changes the list is in the audit.
        standing = f"{written.number}/{ALGORITHM}"
        changed = self._last.standing != standing
        if now - self._last.at >= (rest if changed else ANYHOW):
            self._last = _Look(now, standing, await self._match())
        return bool(self._last.pairs) and _digest(self._last.pairs) != noted

    async def noted(self) -> None:
        """Remember that editors were told of what is to be decided."""
        pairs = await self._pairs()
        async with self._database.write() as conn:
            await meta.put(conn, _NOTED, _digest(pairs))

    async def next_pair(self, after: tuple[str, PersonId] | None = None) -> Pair | None:
        """Return what is to be decided next, or first again; ``None`` when there is nothing."""
        pairs = await self._pairs()
        later = [pair for pair in pairs if after is not None and pair > after]
        names = await self._names() if pairs else {}
        for blind, person in (*later, *(pair for pair in pairs if pair not in later)):
            cards = await self._search.cards([person]) if blind in names else ()
            if cards:
                return Pair(blind, names[blind], cards[0])
        return None

    async def tell(self, editor: EditorId, blind: str, person: PersonId) -> None:
        """Tell everybody who waits for a name, once, that this person is on the list. They wait
        for it no more: that and their deliveries are one transaction.

        Raises:
            NotFound: nobody waits for it any more, or this is no pair to decide on.
        """
        await self._require(blind, person)
        waits = [
            self._vault.locate(reader.chat)
            async for reader in self._everybody()
            if any(self._vault.blind(name) == blind for name in reader.waiting)
        ]
        now = self._clock()
        async with self._database.write() as conn:
            listed = (await people.public(conn, [person])).get(person)
            told = [one async for one in self._reread(conn, waits, blind)]
            if listed is None or not told:
                raise NotFound
            wave = await waves.add(conn, None, (), now, kind=WaveKind.FOUND, made=True)
            await deliveries.add(
                conn,
                [
                    (
                        Stored(mark, wave, DeliveryState.QUEUED, Lane.PERSON, sealed),
                        hour_of(when(reader, Lane.PERSON, now).due),
                    )
                    for reader in told
                    for mark in [self._vault.mark(wave, reader.chat)]
                    for sealed in [self._vault.seal(ADDRESS, mark, _address(reader, listed.id))]
                ],
            )
            for reader in told:
                await keep(conn, self._vault, reader)
            await self._record(conn, editor, "same name", blind, person)
        self._settle(blind)

    async def refuse(self, editor: EditorId, blind: str, person: PersonId) -> None:
        """Remember that a name is not this person's: it is not asked again.

        Raises:
            NotFound: this is no pair to decide on.
        """
        await self._require(blind, person)
        async with self._database.write() as conn:
            await waiting.refuse(conn, self._vault.pair(blind, person))
            await self._record(conn, editor, "other name", blind, person)
        self._settle(blind, person)

    async def _pairs(self) -> _Pairs:
        """Return what is to be decided, as it was found last."""
        if not self._last.standing:
            await self.look()
        return self._last.pairs

    async def _require(self, blind: str, person: PersonId) -> None:
        if (blind, person) not in await self._pairs():
            raise NotFound

    async def _match(self) -> _Pairs:
        """Return who on the list may bear which names, without what was refused."""
        pairs: dict[bytes, tuple[str, PersonId]] = {}
        for blind, name in (await self._names()).items():
            for card in _may_be_meant(name, await self._search.ask(name)):
                pairs[self._vault.pair(blind, card.person.id)] = (blind, card.person.id)
        async with self._database.read() as conn:
            refused = await waiting.refused(conn, pairs.keys())
        return tuple(sorted(pair for key, pair in pairs.items() if key not in refused))

    async def _names(self) -> dict[str, str]:
        """Return all names that are waited for, by what stands for them."""
        return {
            self._vault.blind(name): name
            async for reader in self._everybody()
            for name in reader.waiting
        }

    async def _everybody(self) -> AsyncIterator[Reader]:
        last: Locator | None = None
        while True:
            async with self._database.read() as conn:
                chunk = await readers.chunk(conn, last, CHUNK)
            async for locator, sealed in with_pauses(chunk):
                yield self._vault.open(READER, locator, sealed)
            if len(chunk) < CHUNK:
                return
            last = chunk[-1][0]

    async def _reread(
        self, conn: Connection, waits: Sequence[Locator], blind: str
    ) -> AsyncIterator[Reader]:
        """Yield those who still wait for a name, as they are once they wait no more."""
        for chunk in batches(waits):
            for locator, sealed in (await readers.find_many(conn, chunk)).items():
                reader = self._vault.open(READER, locator, sealed)
                kept = tuple(n for n in reader.waiting if self._vault.blind(n) != blind)
                if kept != reader.waiting:
                    yield replace(reader, waiting=kept)

    async def _record(
        self, conn: Connection, editor: EditorId, action: str, blind: str, person: PersonId
    ) -> None:
        # Not the person: that somebody waits for such a name is nobody's to read here.
        subject = f"pair {self._vault.pair(blind, person).hex()}"
        await audit.record(conn, self._vault, self._clock(), editor, action, subject)

    def _settle(self, blind: str, person: PersonId | None = None) -> None:
        """Ask no more about a name, or about a name and a person."""
        pairs = tuple(
            pair for pair in self._last.pairs if pair[0] != blind or person not in (None, pair[1])
        )
        self._last = replace(self._last, pairs=pairs)


def _address(reader: Reader, person: PersonId) -> Address:
    return Address(
        chat=reader.chat,
        kind=reader.kind,
        language=reader.language,
        discreet=reader.discreet,
        found=(person,),
        releases=False,
    )


def _digest(pairs: _Pairs) -> str:
    return hashlib.sha256(repr(pairs).encode()).hexdigest()


def _whole(text: str) -> str:
    """Return a name as it is kept, with the year of birth if that was written after it.

    Raises:
        NotAName: there is too little of it, or something else with it.
    """
    tidy = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(tidy) > NAME_AT_MOST:
        raise NotAName
    found = _NAME_AND_YEAR.fullmatch(tidy)
    name, year = found.groups() if found else ("", None)
    words = [word for word in name.split() if sum(map(str.isalpha, word)) > 1]
    if len(words) < 2 or not all(map(_may_be_in_a_name, name)):
        raise NotAName
    if year is None:
        return name
    if read(year).born is None:
        raise NotAName
    return f"{name} {year}"


def _may_be_meant(name: str, answer: Answer) -> tuple[Card, ...]:
    """Return who on the list may bear a name: not who is known to be of another year."""
    born = read(name).born
    return tuple(card for card in answer.cards if born is None or card.person.born in (None, born))


def _may_be_in_a_name(character: str) -> bool:
    # A stress mark is none of the letters, but stands on one.
    return (
        character.isalpha()
        or character in _BETWEEN
        or unicodedata.category(character).startswith("M")
    )

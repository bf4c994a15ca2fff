"""Readers: what a chat wants to hear, and being shown and forgotten."""

from dataclasses import replace
from datetime import datetime, timedelta

from db import deliveries, editors, foldings, people, readers, slips
from db.connection import Connection, Database
from db.vault import ADDRESS, CARD, EDITOR, FOLDING, READER, SLIP, Vault, card_row
from model import tickets
from model.clock import Clock
from model.deliveries import NOWHERE
from model.disclosures import Disclosure, Held
from model.editors import Editor
from model.errors import NotFound, TooManyFollows, TooManyNames
from model.people import Person, PersonId
from model.readers import (
    FOLLOWS_AT_MOST,
    WAITING_AT_MOST,
    ChatId,
    ChatKind,
    Reader,
    holds,
)
from model.wishes import NO_WISHES
from services.editors import dismiss

_SLIP = "slip"
_SLIPS_LAST = timedelta(days=365)


class Readers:
    """Each method is about one chat, and does and says the same whatever it followed before."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def of(self, chat: ChatId) -> Reader | None:
        """Return what is remembered about a chat."""
        async with self._database.read() as conn:
            return await find(conn, self._vault, chat)

    async def choose_language(self, chat: ChatId, kind: ChatKind, language: str) -> None:
        """Speak this language to the chat from now on."""
        async with self._database.write() as conn:
            reader = await self._find_or_make(conn, chat, kind, language)
            await self._put(conn, replace(reader, language=language))

    async def choose_discretion(
        self, chat: ChatId, kind: ChatKind, language: str, discreet: bool
    ) -> None:
        """Hide the texts of messages from now on, or show them."""
        async with self._database.write() as conn:
            reader = await self._find_or_make(conn, chat, kind, language)
            await self._put(conn, replace(reader, discreet=discreet))

    async def want_releases(
        self, chat: ChatId, kind: ChatKind, wanted: bool, *, language: str
    ) -> None:
        """Send the chat all release news, or stop."""
        async with self._database.write() as conn:
            reader = await self._find_or_make(conn, chat, kind, language)
            await self._put(conn, replace(reader, releases=wanted))

    async def want_absences(self, chat: ChatId, wanted: bool) -> None:
        """Say it, too, when a followed person is not among those named, or stop. Nothing happens
        to a chat of which nothing is remembered."""
        async with self._database.write() as conn:
            reader = await find(conn, self._vault, chat)
            if reader is not None:
                await self._put(conn, replace(reader, absences=wanted))

    async def follow(
        self, chat: ChatId, kind: ChatKind, person: PersonId, *, language: str
    ) -> None:
        """Make the chat follow a person; if it does already, the same work is done.

        Raises:
            NotFound: there is no such person, as far as readers may know.
            TooManyFollows: one record holds no more.
        """
        async with self._database.write() as conn:
            found = await people.public(conn, [person])
            if person not in found:
                raise NotFound
            reader = await self._find_or_make(conn, chat, kind, language)
            follows = reader.follows | {found[person].id}
            if len(follows) > FOLLOWS_AT_MOST:
                raise TooManyFollows(FOLLOWS_AT_MOST)
            await self._put(conn, replace(reader, follows=follows))

    async def unfollow(self, chat: ChatId, person: PersonId) -> None:
        """Let a person go, whether or not the chat followed him or her."""
        async with self._database.write() as conn:
            reader = await find(conn, self._vault, chat)
            if reader is None:
                return
            # Followed by another id, perhaps, before two entries of one person were merged.
            found = await people.public(conn, reader.follows | {person})
            same = {one for one in found if person in found and found[one].id == found[person].id}
            await self._put(conn, replace(reader, follows=reader.follows - same - {person}))

    async def following(self, chat: ChatId) -> tuple[Person, ...]:
        """Return whom the chat follows and readers may know of, in order of ``ref``."""
        async with self._database.read() as conn:
            return await _following(conn, await find(conn, self._vault, chat))

    async def disclose(self, chat: ChatId) -> Disclosure:
        """Return everything stored about the chat that can be found from it. What was left
        behind a return code cannot: only the code finds and opens that."""
        async with self._database.read() as conn:
            reader = await find(conn, self._vault, chat)
            editor, cards = await self._enrolment(conn, chat)
            return Disclosure(
                reader=reader,
                following=await _following(conn, reader),
                deliveries=await self._held(conn, chat),
                unfolded=tuple(
                    self._vault.open(FOLDING, locator, sealed).message
                    for locator, sealed in await foldings.of(conn, self._vault.locate_spots(chat))
                ),
                editor=editor,
                cards=cards,
            )

    async def forget(self, chat: ChatId) -> None:
        """Erase the reader, his or her address from all that was or was to be sent, and the
        editor, if it is one's.

        Raises:
            Unavailable: it is forgotten, but still readable in a file; call again.
        """
        async with self._database.write() as conn:
            await erase(conn, self._vault, chat, self._clock())
        await self._database.settle()

    async def depart(self, chat: ChatId) -> str:
        """Forget the chat, and leave what it wanted behind a code, for a year. Return the code,
        in groups of four: it is the only way back, and nothing ties it to the chat.

        Raises:
            NotFound: nothing is remembered about the chat.
            Unavailable: it is forgotten, but still readable in a file; call again.
        """
        code = self._vault.draw_code()
        locator = self._vault.locate_code(_SLIP, code)
        expires_on = (self._clock() + _SLIPS_LAST).date()
        async with self._database.write() as conn:
            reader = await find(conn, self._vault, chat)
            if reader is None:
                raise NotFound
            left = replace(reader, chat=NOWHERE.chat, language="")
            sealed = self._vault.seal(SLIP, locator, left, code=code)
            await slips.put(conn, locator, sealed, expires_on)
            await erase(conn, self._vault, chat, self._clock())
        await self._database.settle()
        return tickets.show(code)

    async def come_back(
        self, chat: ChatId, code: str, *, language: str, kind: ChatKind = ChatKind.PRIVATE
    ) -> None:
        """Take what was left behind a code, once, and give it to the chat.

        Raises:
            NotFound: the code is wrong, was used, or expired. Nobody is told which.
            TooManyFollows: with whom the chat follows already, they are too many for one record.
            TooManyNames: the same of the names it waits for.
        """
        code = tickets.read(code)
        locator = self._vault.locate_code(_SLIP, code)
        async with self._database.write() as conn:
            sealed = await slips.take(conn, locator, self._clock().date())
            if sealed is None:
                raise NotFound
            left = self._vault.open(SLIP, locator, sealed, code=code)
            reader = joined(await self._find_or_make(conn, chat, kind, language), left)
            if len(reader.follows) > FOLLOWS_AT_MOST:
                raise TooManyFollows(FOLLOWS_AT_MOST)
            if not holds(reader.waiting):
                raise TooManyNames(WAITING_AT_MOST)
            await self._put(conn, reader)
        await self._database.settle()

    async def _held(self, conn: Connection, chat: ChatId) -> tuple[Held, ...]:
        kept = [
            Held(one.state, self._vault.open(ADDRESS, one.mark, one.sealed))
            for one in await deliveries.of_chat(conn, self._vault, chat)
        ]
        # What was forgotten is still counted, but holds nothing that could be told.
        return tuple(held for held in kept if held.address != NOWHERE)

    async def _enrolment(
        self, conn: Connection, chat: ChatId
    ) -> tuple[Editor | None, tuple[int, ...]]:
        enrolled = await editors.find(conn, self._vault.locate_editor(chat))
        if enrolled is None:
            return None, ()
        number, record = enrolled
        return self._vault.open(EDITOR, number.encode(), record), tuple(
            self._vault.open(CARD, card_row(notice, number), sealed).message
            for notice, sealed in await editors.cards_of(conn, number)
        )

    async def _find_or_make(
        self, conn: Connection, chat: ChatId, kind: ChatKind, language: str
    ) -> Reader:
        return await find(conn, self._vault, chat) or Reader(chat, language, kind)

    async def _put(self, conn: Connection, reader: Reader) -> None:
        await keep(conn, self._vault, reader)


async def find(conn: Connection, vault: Vault, chat: ChatId) -> Reader | None:
    """Return what is remembered about a chat, inside another use case's transaction."""
    locator = vault.locate(chat)
    sealed = await readers.find(conn, locator)
    return None if sealed is None else vault.open(READER, locator, sealed)


async def erase(conn: Connection, vault: Vault, chat: ChatId, at: datetime) -> None:
    """Forget a chat inside a transaction: whoever writes from it is an editor no more, either.
    Only ``Database.settle`` takes it off the disk."""
    enrolled = await editors.find(conn, vault.locate_editor(chat))
    if enrolled is not None:
        await dismiss(conn, vault, enrolled[0], enrolled[0], at)
    await readers.remove(conn, vault.locate(chat))
    await deliveries.forget(conn, vault, chat)
    await foldings.remove_of(conn, vault.locate_spots(chat))


async def keep(conn: Connection, vault: Vault, reader: Reader) -> None:
    """Remember this about a chat, inside another use case's transaction."""
    locator = vault.locate(reader.chat)
    await readers.put(conn, locator, vault.seal(READER, locator, reader))


def joined(reader: Reader, other: Reader) -> Reader:
    """Return a reader who wants what two wanted."""
    return replace(
        reader,
        discreet=reader.discreet or other.discreet,
        follows=reader.follows | other.follows,
        releases=reader.releases or other.releases,
        absences=reader.absences or other.absences,
        waiting=tuple(dict.fromkeys((*reader.waiting, *other.waiting))),
        wishes=other.wishes if reader.wishes == NO_WISHES else reader.wishes,
    )


async def _following(conn: Connection, reader: Reader | None) -> tuple[Person, ...]:
    if reader is None:
        return ()
    found = await people.public(conn, reader.follows)
    # Two follows may have become one person.
    persons = {person.id: person for person in found.values()}
    return tuple(sorted(persons.values(), key=lambda person: person.ref))

"""Waiting: names that are not on the list yet, and readers who want to hear when they are."""

import unicodedata
from dataclasses import replace

from db.connection import Database
from db.vault import Vault
from model.errors import NotAName, TooManyNames
from model.readers import NAME_AT_MOST, WAITING_AT_MOST, ChatId, Reader, holds, tag_of
from services.readers import find, keep
from services.search import AnswerKind, Search

_BETWEEN = frozenset(" -–.'’ʼ`´")
"""What a name may hold beside letters."""


class Waiting:
    """A name is waited for in a private chat, inside the sealed record of its reader: nothing
    else tells that anybody waits for it."""

    def __init__(self, database: Database, vault: Vault, search: Search) -> None:
        self._database = database
        self._vault = vault
        self._search = search

    async def wait(self, chat: ChatId, text: str, *, language: str) -> bool:
        """Wait for a name, and say that; false if somebody listed may be meant, who is to be
        shown instead. Hidden persons make no difference, and neither does who else waits.

        Raises:
            NotAName: it is not a first name and a surname, and nothing else.
            TooManyNames: one record holds no more.
        """
        name = _whole(text)
        if (await self._search.ask(name)).kind is not AnswerKind.NOBODY:
            return False
        async with self._database.write() as conn:
            reader = await find(conn, self._vault, chat) or Reader(chat, language)
            waiting = tuple(dict.fromkeys((*reader.waiting, name)))
            if not holds(waiting):
                raise TooManyNames(WAITING_AT_MOST)
            await keep(conn, self._vault, replace(reader, waiting=waiting))
        return True

    async def let_go(self, chat: ChatId, tag: str) -> None:
        """Wait no more for the name with this tag, whether or not the chat did."""
        async with self._database.write() as conn:
            reader = await find(conn, self._vault, chat)
            if reader is not None:
                kept = tuple(name for name in reader.waiting if tag_of(name) != tag)
                await keep(conn, self._vault, replace(reader, waiting=kept))


def _whole(text: str) -> str:
    """Return a name as it is kept.

    Raises:
        NotAName: there is too little of it, or something else with it.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    words = [word for word in name.split() if sum(map(str.isalpha, word)) > 1]
    if len(words) < 2 or len(name) > NAME_AT_MOST or not all(map(_may_be_in_a_name, name)):
        raise NotAName
    return name


def _may_be_in_a_name(character: str) -> bool:
    # A stress mark is none of the letters, but stands on one.
    return (
        character.isalpha()
        or character in _BETWEEN
        or unicodedata.category(character).startswith("M")
    )

"""Waiting for a name: kept in the sealed record, alike for everybody."""

import pytest

from db.connection import Database
from db.vault import Vault
from model.errors import NotAName, TooManyNames
from model.people import Person, Visibility
from model.readers import ChatId, ChatKind, Reader, tag_of
from services.readers import Readers
from services.search import Search
from services.waiting import Waiting
from tests.watch import Watch

HANNA, MARYNA = ChatId(52_000_000_001), ChatId(52_000_000_002)
ZOSKA = "Зоська Гняздоўская"


@pytest.fixture
def waiting(database: Database, vault: Vault) -> Waiting:
    return Waiting(database, vault, Search(database))


@pytest.fixture
def readers(database: Database, vault: Vault, clock: Watch) -> Readers:
    return Readers(database, vault, clock)


async def names(readers: Readers, chat: ChatId) -> tuple[str, ...]:
    reader = await readers.of(chat)
    return () if reader is None else reader.waiting


async def test_a_name_is_kept_as_it_was_written_with_single_spaces(
    waiting: Waiting, readers: Readers
) -> None:
    assert await waiting.wait(HANNA, "  Зоська \n Гняздоўская ", language="be")
    assert await readers.of(HANNA) == Reader(HANNA, "be", waiting=(ZOSKA,))


async def test_waiting_twice_is_waiting_once(waiting: Waiting, readers: Readers) -> None:
    for _ in range(2):
        assert await waiting.wait(HANNA, ZOSKA, language="be")
    assert await names(readers, HANNA) == (ZOSKA,)


async def test_who_is_listed_is_not_waited_for(
    waiting: Waiting, readers: Readers, lastauka: Person, namesakes: tuple[Person, Person]
) -> None:
    assert not await waiting.wait(HANNA, "Alesia Lastauka", language="be")
    assert not await waiting.wait(HANNA, "Андрэй Верабейчык", language="be")
    assert await readers.of(HANNA) is None


async def test_who_is_hidden_is_waited_for_like_a_stranger(
    waiting: Waiting, readers: Readers, unlisted: Person
) -> None:
    assert unlisted.visibility is Visibility.HIDDEN
    assert await waiting.wait(HANNA, ZOSKA, language="be")
    assert await names(readers, HANNA) == (ZOSKA,)


@pytest.mark.parametrize(
    "name",
    [
        "Зоська",
        "Зоська Г.",
        "З. Г.",
        "",
        "?",
        "Зоська Гняздоўская +375 29 1234567",
        "Зоська Гняздоўская, дзе яна?",
        "https://example.org Зоська Гняздоўская",
        "Зоська Гняздоўская 🙂",
        f"Зоська {'Г' * 80}",
    ],
)
async def test_what_is_no_first_name_and_surname_is_refused(
    waiting: Waiting, readers: Readers, name: str
) -> None:
    with pytest.raises(NotAName):
        await waiting.wait(HANNA, name, language="be")
    assert await readers.of(HANNA) is None


@pytest.mark.parametrize(
    "name",
    [
        "Зо́ська Гняздо́ўская",
        "Дар'я Дунін-Марцінкевіч",
        "Žofija Hniazdoŭskaja",
        "Zofia Maria Gniazdowska",
        f"Зоська {'Г' * 73}",
    ],
)
async def test_names_of_every_kind_are_kept(waiting: Waiting, readers: Readers, name: str) -> None:
    assert await waiting.wait(HANNA, name, language="be")
    assert len(await names(readers, HANNA)) == 1


async def test_five_names_fit_and_fewer_if_they_are_long(
    waiting: Waiting, readers: Readers
) -> None:
    for word in ("Адзін", "Другі", "Трэці", "Чацвёрты", "Пяты"):
        await waiting.wait(HANNA, f"{word} Гняздоўскі-Небывалы", language="be")
    with pytest.raises(TooManyNames):
        await waiting.wait(HANNA, "Шосты Гняздоўскі-Небывалы", language="be")
    assert len(await names(readers, HANNA)) == 5
    for word in ("Адзін", "Другі"):
        await waiting.wait(MARYNA, f"{word} {'Ъ' * 74}", language="be")
    with pytest.raises(TooManyNames):
        await waiting.wait(MARYNA, f"Трэці {'Ъ' * 74}", language="be")
    assert len(await names(readers, MARYNA)) == 2


async def test_a_name_is_let_go_by_its_tag(waiting: Waiting, readers: Readers) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    await waiting.wait(HANNA, "Юрась Небывалы", language="be")
    await waiting.let_go(HANNA, tag_of(ZOSKA))
    await waiting.let_go(HANNA, tag_of(ZOSKA))
    assert await names(readers, HANNA) == ("Юрась Небывалы",)


async def test_who_waits_for_nothing_lets_go_without_a_trace(
    waiting: Waiting, readers: Readers
) -> None:
    await waiting.let_go(HANNA, tag_of(ZOSKA))
    assert await readers.of(HANNA) is None


async def test_waiting_keeps_what_else_is_remembered(
    waiting: Waiting, readers: Readers, lastauka: Person
) -> None:
    await readers.follow(HANNA, ChatKind.PRIVATE, lastauka.id, language="pl")
    await waiting.wait(HANNA, ZOSKA, language="be")
    assert await readers.of(HANNA) == Reader(
        HANNA, "pl", follows=frozenset({lastauka.id}), waiting=(ZOSKA,)
    )


async def test_forgetting_forgets_the_names(waiting: Waiting, readers: Readers) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    await readers.forget(HANNA)
    assert await readers.of(HANNA) is None


async def test_a_return_code_brings_the_names_back(waiting: Waiting, readers: Readers) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    code = await readers.depart(HANNA)
    await waiting.wait(MARYNA, "Юрась Небывалы", language="be")
    await readers.come_back(MARYNA, code, language="be")
    assert await names(readers, MARYNA) == ("Юрась Небывалы", ZOSKA)


async def test_a_return_code_is_not_used_up_when_the_names_are_too_many(
    waiting: Waiting, readers: Readers
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    code = await readers.depart(HANNA)
    words = ("Адзін", "Другі", "Трэці", "Чацвёрты", "Пяты")
    for word in words:
        await waiting.wait(MARYNA, f"{word} Небывалы", language="be")
    with pytest.raises(TooManyNames):
        await readers.come_back(MARYNA, code, language="be")
    await waiting.let_go(MARYNA, tag_of("Пяты Небывалы"))
    await readers.come_back(MARYNA, code, language="be")
    assert ZOSKA in await names(readers, MARYNA)

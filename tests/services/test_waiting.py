"""Waiting for a name: kept in the sealed record, alike for everybody."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from db import audit, people, tables
from db.connection import Database
from db.keyring import Keyring
from db.vault import Vault
from model.deliveries import Address, Ending, Outcome
from model.errors import NotAName, NotFound, TooManyNames, Unavailable
from model.notices import Tally
from model.people import Person, Visibility
from model.readers import ChatId, ChatKind, Reader, tag_of
from model.waiting import Pair
from services.news import News
from services.outbox import KEPT, Outbox
from services.readers import Readers
from services.search import Search
from services.waiting import Waiting
from tests.newsroom import ALENA, BARYS
from tests.watch import Watch
from tests.world import list_person

HANNA, MARYNA, VERA = (ChatId(52_000_000_001 + n) for n in range(3))
VAULT = Vault(Keyring(1, {1: bytes(range(32))}))
NOON = Watch()()
ZOSKA = "Зоська Гняздоўская"


@pytest.fixture
def waiting(database: Database, vault: Vault, clock: Watch) -> Waiting:
    return Waiting(database, vault, clock, Search(database))


@pytest.fixture
def readers(database: Database, vault: Vault, clock: Watch) -> Readers:
    return Readers(database, vault, clock)


async def names(readers: Readers, chat: ChatId) -> tuple[str, ...]:
    reader = await readers.of(chat)
    return () if reader is None else reader.waiting


async def test_a_name_is_kept_as_it_was_written_with_single_spaces(
    waiting: Waiting, readers: Readers
) -> None:
    assert not await waiting.wait(HANNA, "  Зоська \n Гняздоўская ", language="be")
    assert await readers.of(HANNA) == Reader(HANNA, "be", waiting=(ZOSKA,))


async def test_waiting_twice_is_waiting_once(waiting: Waiting, readers: Readers) -> None:
    for _ in range(2):
        assert not await waiting.wait(HANNA, ZOSKA, language="be")
    assert await names(readers, HANNA) == (ZOSKA,)


async def test_who_is_listed_is_not_waited_for(
    waiting: Waiting, readers: Readers, lastauka: Person, namesakes: tuple[Person, Person]
) -> None:
    for name, bearers in (("Alesia Lastauka", (lastauka,)), ("Андрэй Верабейчык", namesakes)):
        listed = await waiting.wait(HANNA, name, language="be")
        assert {card.person.id for card in listed} == {person.id for person in bearers}
    assert await readers.of(HANNA) is None


async def test_who_is_hidden_is_waited_for_like_a_stranger(
    waiting: Waiting, readers: Readers, unlisted: Person
) -> None:
    assert unlisted.visibility is Visibility.HIDDEN
    assert not await waiting.wait(HANNA, ZOSKA, language="be")
    assert await names(readers, HANNA) == (ZOSKA,)


async def test_a_namesake_of_somebody_listed_is_waited_for_by_the_year_of_birth(
    waiting: Waiting, readers: Readers, database: Database
) -> None:
    listed = await list_person(database, 701, [("Зоська Гняздоўская", "be")], born=1971)
    for same in (ZOSKA, f"{ZOSKA} 1971"):
        (shown,) = await waiting.wait(HANNA, same, language="be")
        assert shown.person.id == listed.id
    for year in (" 1982", ", 1982", " (1982)"):
        assert not await waiting.wait(HANNA, ZOSKA + year, language="be")
    assert await names(readers, HANNA) == (f"{ZOSKA} 1982",)
    assert not await waiting.look()
    for number, born in ((702, 1982), (703, 1990), (704, None)):
        await list_person(database, number, [("Zoska Hniazdouskaja", "en")], born=born)
        async with database.write() as conn:
            await audit.record(conn, VAULT, NOON, audit.OPERATOR, "import", "people")
    assert await waiting.look()
    asked, after = set(), None
    while (pair := await waiting.next_pair(after)) and pair.card.person.id not in asked:
        asked.add(pair.card.person.id)
        after = (pair.blind, pair.card.person.id)
    assert asked == {702, 704}


@pytest.mark.parametrize(
    "name",
    [
        "Зоська",
        "Зоська Г.",
        "З. Г.",
        "",
        "?",
        "Зоська Гняздоўская +375 29 1234567",
        "Зоська Гняздоўская 1234",
        "Зоська 1982",
        "Зоська Гняздоўская 1982, дзе яна?",
        "Зоська Гняздоўская, дзе яна?",
        "https://example.org Зоська Гняздоўская",
        "Зоська Гняздоўская 🙂",
        f"Зоська {'Г' * 80}",
        # To look for a year in so many took minutes.
        "," * 200_000,
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
        "Зоська Гняздоўская 1982",
    ],
)
async def test_names_of_every_kind_are_kept(waiting: Waiting, readers: Readers, name: str) -> None:
    assert not await waiting.wait(HANNA, name, language="be")
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


# --- what editors decide ----------------------------------------------------------------------


@pytest.fixture
def outbox(database: Database, vault: Vault, clock: Watch) -> Outbox:
    return Outbox(database, vault, clock)


async def list_zoska(database: Database, number: int = 77, name: str = ZOSKA) -> Person:
    """Put somebody on the list, as the operator does: it is in the audit."""
    person = await list_person(database, number, [(name, "be")], born=1990)
    await change_list(database)
    return person


async def change_list(database: Database) -> None:
    async with database.write() as conn:
        await audit.record(conn, VAULT, NOON, audit.OPERATOR, "import people", "1 new")


async def the_pair(waiting: Waiting) -> Pair:
    await waiting.look()
    pair = await waiting.next_pair()
    assert pair is not None
    return pair


async def claimed(outbox: Outbox) -> dict[int, Address]:
    return {one.address.chat: one.address for one in await outbox.claim(100)}


async def told(waiting: Waiting) -> Pair:
    """Let an editor say that the name is the same."""
    pair = await the_pair(waiting)
    await waiting.tell(ALENA, pair.blind, pair.card.person.id)
    return pair


async def test_nothing_is_to_be_decided_before_somebody_is_listed(
    waiting: Waiting, lastauka: Person
) -> None:
    assert not await waiting.look()
    assert await waiting.next_pair() is None
    await waiting.wait(HANNA, ZOSKA, language="be")
    assert not await waiting.look()
    assert await waiting.next_pair() is None


async def test_somebody_new_on_the_list_is_laid_beside_the_name_in_any_spelling(
    waiting: Waiting, database: Database
) -> None:
    await waiting.wait(HANNA, "Zoska Hniazdouskaja", language="be")
    person = await list_zoska(database)
    assert await waiting.look()
    pair = await waiting.next_pair()
    assert pair is not None
    assert (pair.name, pair.card.person) == ("Zoska Hniazdouskaja", person)
    assert "Zoska" not in repr(pair)


async def test_who_is_published_is_laid_beside_the_name_and_not_before(
    waiting: Waiting, database: Database, unlisted: Person
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    await change_list(database)
    assert not await waiting.look()
    async with database.write() as conn:
        await people.publish(conn, [unlisted.id])
    await change_list(database)
    assert await waiting.look()


async def test_whoever_waits_for_the_name_is_told_and_waits_no_more(
    waiting: Waiting, readers: Readers, database: Database, outbox: Outbox
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    await waiting.wait(HANNA, "Юрась Небывалы", language="be")
    await waiting.wait(MARYNA, "зоська  гняздоўская", language="pl")
    await readers.choose_discretion(MARYNA, ChatKind.PRIVATE, "pl", discreet=True)
    await waiting.wait(VERA, "Іншы Небывалы", language="be")
    person = await list_zoska(database)
    await told(waiting)
    assert await names(readers, HANNA) == ("Юрась Небывалы",)
    assert await names(readers, MARYNA) == ()
    assert await names(readers, VERA) == ("Іншы Небывалы",)
    sent = await claimed(outbox)
    assert sent.keys() == {HANNA, MARYNA}
    assert sent[HANNA] == Address(
        HANNA, ChatKind.PRIVATE, "be", discreet=False, found=(person.id,), releases=False
    )
    assert (sent[MARYNA].language, sent[MARYNA].discreet) == ("pl", True)


async def test_nobody_is_told_twice(
    waiting: Waiting, database: Database, outbox: Outbox, vault: Vault, clock: Watch
) -> None:
    """Pressed twice, by two editors, in two processes."""
    await waiting.wait(HANNA, ZOSKA, language="be")
    await list_zoska(database)
    beside = Waiting(database, vault, clock, Search(database))
    await the_pair(beside)
    pair = await told(waiting)
    for editors in (waiting, beside):
        with pytest.raises(NotFound):
            await editors.tell(BARYS, pair.blind, pair.card.person.id)
    assert await waiting.next_pair() is None
    assert len(await claimed(outbox)) == 1


async def test_a_telling_that_is_broken_off_has_told_nobody_and_can_be_done_again(
    waiting: Waiting,
    readers: Readers,
    database: Database,
    outbox: Outbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    await list_zoska(database)
    pair = await the_pair(waiting)

    async def broken(*_given: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", broken)
        with pytest.raises(Unavailable):
            await waiting.tell(ALENA, pair.blind, pair.card.person.id)
    assert await names(readers, HANNA) == (ZOSKA,)
    assert await claimed(outbox) == {}
    await waiting.tell(ALENA, pair.blind, pair.card.person.id)
    assert (await claimed(outbox)).keys() == {HANNA}


async def test_who_was_forgotten_or_let_go_meanwhile_is_not_told(
    waiting: Waiting, readers: Readers, database: Database, outbox: Outbox
) -> None:
    for chat in (HANNA, MARYNA, VERA):
        await waiting.wait(chat, ZOSKA, language="be")
    await list_zoska(database)
    pair = await the_pair(waiting)
    await readers.forget(HANNA)
    await waiting.let_go(MARYNA, tag_of(ZOSKA))
    await waiting.tell(ALENA, pair.blind, pair.card.person.id)
    await readers.forget(VERA)
    assert await claimed(outbox) == {}


async def test_who_lets_go_in_the_last_moment_is_not_told(
    waiting: Waiting, database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking through the records and the transaction that tells."""
    for chat in (HANNA, MARYNA):
        await waiting.wait(chat, ZOSKA, language="be")
    await list_zoska(database)
    pair = await the_pair(waiting)
    look_through = waiting._everybody

    async def everybody() -> AsyncIterator[Reader]:
        async for reader in look_through():
            yield reader
        await waiting.let_go(MARYNA, tag_of(ZOSKA))

    monkeypatch.setattr(waiting, "_everybody", everybody)
    await waiting.tell(ALENA, pair.blind, pair.card.person.id)
    assert (await claimed(outbox)).keys() == {HANNA}


async def test_when_nobody_waits_any_more_that_is_said(
    waiting: Waiting, readers: Readers, database: Database
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    await list_zoska(database)
    pair = await the_pair(waiting)
    await readers.forget(HANNA)
    with pytest.raises(NotFound):
        await waiting.tell(ALENA, pair.blind, pair.card.person.id)
    assert await waiting.next_pair() is None


async def test_who_was_hidden_meanwhile_is_told_to_nobody(
    waiting: Waiting, readers: Readers, database: Database
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    person = await list_zoska(database)
    pair = await the_pair(waiting)
    async with database.write() as conn:
        await people.hide(conn, [person.id])
    assert await waiting.next_pair() is None
    with pytest.raises(NotFound):
        await waiting.tell(ALENA, pair.blind, person.id)
    assert await names(readers, HANNA) == (ZOSKA,)


async def test_what_is_no_pair_cannot_be_told_or_refused(
    waiting: Waiting, database: Database, lastauka: Person, vault: Vault
) -> None:
    """An editor's buttons can be made up."""
    await waiting.wait(HANNA, ZOSKA, language="be")
    for decide in (waiting.tell, waiting.refuse):
        with pytest.raises(NotFound):
            await decide(ALENA, vault.blind(ZOSKA), lastauka.id)


async def test_another_person_is_not_asked_again_and_the_name_is_still_waited_for(
    waiting: Waiting, readers: Readers, database: Database
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    await list_zoska(database)
    pair = await the_pair(waiting)
    await waiting.refuse(ALENA, pair.blind, pair.card.person.id)
    assert await waiting.next_pair() is None
    await change_list(database)
    assert not await waiting.look()
    assert await waiting.next_pair() is None
    assert await names(readers, HANNA) == (ZOSKA,)
    second = await list_zoska(database, 78)
    assert (await the_pair(waiting)).card.person == second
    assert pair.card.person != second


async def test_pairs_are_asked_in_turn_and_begin_again(
    waiting: Waiting, database: Database
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    await waiting.wait(HANNA, "Юрась Небывалы", language="be")
    await list_zoska(database)
    await list_zoska(database, 78, "Юрась Небывалы")
    first = await the_pair(waiting)
    second = await waiting.next_pair((first.blind, first.card.person.id))
    assert second is not None
    assert {first.name, second.name} == {ZOSKA, "Юрась Небывалы"}
    assert await waiting.next_pair((second.blind, second.card.person.id)) == first


async def test_editors_are_not_told_twice_of_the_same(
    waiting: Waiting, database: Database, vault: Vault, clock: Watch
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    await list_zoska(database)
    assert await waiting.look()
    assert await waiting.look()
    await waiting.noted()
    assert not await waiting.look()
    assert not await Waiting(database, vault, clock, Search(database)).look()
    await list_zoska(database, 78)
    assert await waiting.look()


async def test_the_names_rest_for_an_hour_whatever_changes(
    waiting: Waiting, database: Database, clock: Watch
) -> None:
    hour = timedelta(hours=1)
    await waiting.wait(HANNA, ZOSKA, language="be")
    assert not await waiting.look(rest=hour)
    await list_zoska(database)
    assert not await waiting.look(rest=hour)
    clock.advance(hour)
    assert await waiting.look(rest=hour)


async def test_what_a_return_code_brings_back_is_looked_at_after_a_day(
    waiting: Waiting, readers: Readers, database: Database, clock: Watch
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    code = await readers.depart(HANNA)
    await list_zoska(database)
    assert not await waiting.look()
    await readers.come_back(HANNA, code, language="be")
    assert not await waiting.look()
    clock.advance(timedelta(days=1))
    assert await waiting.look()


async def test_more_readers_than_one_chunk_are_looked_through(
    waiting: Waiting, database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.waiting.CHUNK", 2)
    for number in range(5):
        await waiting.wait(ChatId(HANNA + number), ZOSKA, language="be")
    await list_zoska(database)
    await told(waiting)
    assert len(await claimed(outbox)) == 5


async def test_the_audit_holds_who_decided_and_neither_name_nor_person(
    waiting: Waiting, database: Database, vault: Vault
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    await waiting.wait(HANNA, "Юрась Небывалы", language="be")
    await list_zoska(database)
    await list_zoska(database, 78, "Юрась Небывалы")
    first = await told(waiting)
    second = await the_pair(waiting)
    await waiting.refuse(BARYS, second.blind, second.card.person.id)
    async with database.read() as conn:
        rows = (await conn.execute(tables.audit.select())).all()
        await audit.verify(conn, vault)
    decided = [(row.actor, row.action, row.subject) for row in rows[-2:]]
    assert decided == [
        (editor, action, f"pair {vault.pair(one.blind, one.card.person.id).hex()}")
        for editor, action, one in ((ALENA, "same name", first), (BARYS, "other name", second))
    ]


async def test_what_was_told_is_disclosed_sent_counted_and_purged_like_news(
    waiting: Waiting, readers: Readers, database: Database, outbox: Outbox, clock: Watch
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    person = await list_zoska(database)
    await told(waiting)
    (held,) = (await readers.disclose(HANNA)).deliveries
    assert held.address.found == (person.id,)
    (one,) = await outbox.claim(10)
    assert await outbox.still_to_send([one]) == {one.mark}
    await outbox.settle([Outcome(one, Ending.DELIVERED, message=7)])
    assert await outbox.end_waves() == ()
    assert await outbox.tally(one.wave) == Tally(delivered=1)
    assert (await outbox.told(HANNA, one.wave)) is not None
    clock.advance(KEPT + timedelta(hours=1))
    await outbox.purge()
    assert await outbox.told(HANNA, one.wave) is None
    assert (await readers.disclose(HANNA)).deliveries == ()


async def test_it_is_no_news(waiting: Waiting, database: Database, outbox: Outbox) -> None:
    await waiting.wait(HANNA, ZOSKA, language="be")
    await list_zoska(database)
    await told(waiting)
    (one,) = await outbox.claim(10)
    news = News(database)
    assert await news.latest() == ()
    with pytest.raises(NotFound):
        await news.wave(one.wave)

"""Following, being shown and forgotten: alike for everybody, and without a trace."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert

from db import deliveries, people, tables, waves
from db import foldings as folded
from db import readers as stored
from db.connection import Database
from db.deliveries import Stored
from db.vault import ADDRESS, Vault
from model.deliveries import NOWHERE, Address, DeliveryState, Lane
from model.disclosures import Disclosure, Held
from model.errors import NotFound, TooManyFollows
from model.notices import NoticeId, WaveId
from model.people import Name, Person, PersonId, Visibility
from model.readers import FOLLOWS_AT_MOST, ChatId, ChatKind, Reader
from services.editors import Editors
from services.foldings import Foldings
from services.readers import Readers
from tests.watch import Watch

HANNA, MARYNA = ChatId(52_000_000_001), ChatId(52_000_000_002)
ROOM = ChatId(-4_100_000_001)
PRIVATE = ChatKind.PRIVATE
ALES, VOLHA, HIDDEN = PersonId(7), PersonId(8), PersonId(9)


@pytest.fixture
def readers(database: Database, vault: Vault, clock: Watch) -> Readers:
    return Readers(database, vault, clock)


def person(number: PersonId, visibility: Visibility = Visibility.PUBLIC) -> Person:
    return Person(number, f"ref-{number}", (Name(f"Name {number}", "en"),), visibility=visibility)


@pytest.fixture
async def known(database: Database) -> None:
    await list_persons(database)


async def list_persons(database: Database) -> None:
    """List two persons, and hide a third."""
    async with database.write() as conn:
        await people.add(conn, person(ALES), [])
        await people.add(conn, person(VOLHA), [])
        await people.add(conn, person(HIDDEN, Visibility.HIDDEN), [])


@pytest.fixture
async def news(database: Database) -> WaveId:
    return await go_out(database)


async def go_out(database: Database) -> WaveId:
    """Let a notice go out."""
    noon = datetime(2025, 12, 13, 12, 0, tzinfo=UTC)
    async with database.write() as conn:
        await conn.execute(insert(tables.release).values(id=1, ref="a", list_closed=False))
        await conn.execute(
            insert(tables.notice).values(
                id=1, kind="release", state="going_out", release=1, created_at=noon
            )
        )
        return await waves.add(conn, NoticeId(1), [], noon)


async def send(
    database: Database, vault: Vault, wave: WaveId, chat: ChatId, state: DeliveryState
) -> Address:
    """Put a delivery to the chat into the queue, or further."""
    address = Address(chat, PRIVATE, "be", discreet=False, freed=(ALES,), message=5)
    mark = vault.mark(wave, chat)
    sealed = vault.seal(ADDRESS, mark, address)
    async with database.write() as conn:
        new = Stored(mark, wave, state, Lane.PERSON, sealed)
        await deliveries.add(conn, [(new, datetime(2025, 12, 13, tzinfo=UTC))])
    return address


async def kept(database: Database, vault: Vault, chat: ChatId) -> list[Held]:
    async with database.read() as conn:
        found = await deliveries.of_chat(conn, vault, chat)
    return [Held(one.state, vault.open(ADDRESS, one.mark, one.sealed)) for one in found]


async def count(database: Database) -> int:
    async with database.read() as conn:
        return await stored.count(conn)


# --- what a chat wants ------------------------------------------------------------------------


async def test_nothing_is_remembered_of_who_only_asks(
    readers: Readers, database: Database, known: None
) -> None:
    assert await readers.of(HANNA) is None
    assert await readers.following(HANNA) == ()
    assert await readers.disclose(HANNA) == Disclosure(None)
    await readers.unfollow(HANNA, ALES)
    await readers.want_absences(HANNA, True)
    await readers.forget(HANNA)
    assert await count(database) == 0


async def test_following_makes_a_reader(readers: Readers, known: None) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    assert await readers.of(HANNA) == Reader(HANNA, "be", PRIVATE, follows=frozenset({ALES}))
    assert await readers.of(MARYNA) is None


async def test_a_language_is_taken_from_the_first_meeting_only(
    readers: Readers, known: None
) -> None:
    await readers.want_releases(HANNA, PRIVATE, True, language="be")
    await readers.follow(HANNA, PRIVATE, ALES, language="de")
    await readers.choose_discretion(HANNA, PRIVATE, "de", True)
    reader = await readers.of(HANNA)
    assert reader == Reader(
        HANNA, "be", PRIVATE, discreet=True, follows=frozenset({ALES}), releases=True
    )


async def test_a_language_is_chosen(readers: Readers) -> None:
    await readers.choose_language(ROOM, ChatKind.GROUP, "lt")
    await readers.choose_language(ROOM, ChatKind.GROUP, "uk")
    assert await readers.of(ROOM) == Reader(ROOM, "uk", ChatKind.GROUP)


async def test_discretion_is_chosen_and_given_up(readers: Readers) -> None:
    await readers.choose_discretion(HANNA, PRIVATE, "be", True)
    assert await readers.of(HANNA) == Reader(HANNA, "be", discreet=True)
    await readers.choose_discretion(HANNA, PRIVATE, "be", False)
    assert await readers.of(HANNA) == Reader(HANNA, "be")


async def test_release_news_are_wanted_and_given_up(readers: Readers) -> None:
    await readers.want_releases(HANNA, PRIVATE, True, language="be")
    assert await readers.of(HANNA) == Reader(HANNA, "be", releases=True)
    await readers.want_releases(HANNA, PRIVATE, False, language="be")
    assert await readers.of(HANNA) == Reader(HANNA, "be")


async def test_a_reader_wants_to_hear_of_absences(readers: Readers, known: None) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    await readers.want_absences(HANNA, True)
    reader = await readers.of(HANNA)
    assert reader is not None
    assert reader.absences
    assert reader.follows == {ALES}


async def test_a_person_who_is_hidden_is_like_one_who_does_not_exist(
    readers: Readers, database: Database, known: None
) -> None:
    for unknown in (HIDDEN, PersonId(404)):
        with pytest.raises(NotFound) as caught:
            await readers.follow(HANNA, PRIVATE, unknown, language="be")
        assert str(caught.value) == ""
    assert await count(database) == 0


async def test_following_twice_is_following_once_and_the_same_work(
    readers: Readers, database: Database, known: None
) -> None:
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    await readers.choose_language(HANNA, PRIVATE, "be")
    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    first, statements[:] = list(statements), []
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    assert statements == first
    assert [person.id for person in await readers.following(HANNA)] == [ALES]


async def test_a_record_holds_no_more_than_so_many(
    readers: Readers, database: Database, known: None
) -> None:
    many = [person(PersonId(2**62 + n)) for n in range(FOLLOWS_AT_MOST)]
    async with database.write() as conn:
        for one in many:
            await people.add(conn, one, [])
    for one in many:
        await readers.follow(HANNA, PRIVATE, one.id, language="be")
    await readers.follow(HANNA, PRIVATE, many[0].id, language="be")
    with pytest.raises(TooManyFollows):
        await readers.follow(HANNA, PRIVATE, ALES, language="be")
    assert len(await readers.following(HANNA)) == FOLLOWS_AT_MOST


async def test_a_person_is_let_go(readers: Readers, known: None) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    await readers.follow(HANNA, PRIVATE, VOLHA, language="be")
    await readers.unfollow(HANNA, ALES)
    await readers.unfollow(HANNA, ALES)
    await readers.unfollow(HANNA, PersonId(404))
    assert [person.id for person in await readers.following(HANNA)] == [VOLHA]


async def test_a_person_hidden_later_is_not_shown_and_can_be_let_go(
    readers: Readers, database: Database, known: None
) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    async with database.write() as conn:
        await people.hide(conn, [ALES])
    assert await readers.following(HANNA) == ()
    await readers.unfollow(HANNA, ALES)
    reader = await readers.of(HANNA)
    assert reader is not None
    assert reader.follows == frozenset()


async def test_two_who_turn_out_to_be_one_are_followed_and_let_go_as_one(
    readers: Readers, database: Database, known: None
) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    await readers.follow(HANNA, PRIVATE, VOLHA, language="be")
    async with database.write() as conn:
        await people.merge(conn, ALES, person(VOLHA), [])
    assert [person.id for person in await readers.following(HANNA)] == [VOLHA]
    await readers.unfollow(HANNA, VOLHA)
    assert await readers.following(HANNA) == ()
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    reader = await readers.of(HANNA)
    assert reader is not None
    assert reader.follows == {VOLHA}


# --- being told everything, and forgotten -----------------------------------------------------


async def test_everything_that_is_stored_is_disclosed(
    readers: Readers, database: Database, vault: Vault, clock: Watch, known: None, news: WaveId
) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    address = await send(database, vault, news, HANNA, DeliveryState.DELIVERED)
    await send(database, vault, news, MARYNA, DeliveryState.QUEUED)
    await Foldings(database, vault, clock).unfolded(HANNA, 11, "be")
    await Foldings(database, vault, clock).unfolded(MARYNA, 12, "be")
    editors = Editors(database, vault, clock)
    editor = await editors.enrol(HANNA, await editors.invite("Hanna"), "be")
    await editors.remember_card(editor, NoticeId(1), 13)
    assert await readers.disclose(HANNA) == Disclosure(
        reader=Reader(HANNA, "be", follows=frozenset({ALES})),
        following=(person(ALES),),
        deliveries=(Held(DeliveryState.DELIVERED, address),),
        unfolded=(11,),
        editor=editor,
        cards=(13,),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DeliveryState.QUEUED, DeliveryState.GONE),
        (DeliveryState.SENDING, DeliveryState.GONE),
        (DeliveryState.UNCERTAIN, DeliveryState.GONE),
        (DeliveryState.DELIVERED, DeliveryState.DELIVERED),
    ],
)
async def test_who_is_forgotten_is_sent_nothing_and_still_counted(
    readers: Readers,
    database: Database,
    vault: Vault,
    clock: Watch,
    known: None,
    news: WaveId,
    before: DeliveryState,
    after: DeliveryState,
) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    await send(database, vault, news, HANNA, before)
    others = await send(database, vault, news, MARYNA, before)
    await Foldings(database, vault, clock).unfolded(HANNA, 11, "be")
    await readers.forget(HANNA)
    assert await kept(database, vault, HANNA) == [Held(after, NOWHERE)]
    assert await kept(database, vault, MARYNA) == [Held(before, others)]
    assert await Foldings(database, vault, clock).next_due() is None
    assert await readers.disclose(HANNA) == Disclosure(None)


@pytest.mark.parametrize("leaves", ["forget", "depart"])
async def test_an_editor_who_is_forgotten_is_an_editor_no_more(
    readers: Readers, database: Database, vault: Vault, clock: Watch, news: WaveId, leaves: str
) -> None:
    """Nothing is stored about the chat then, as it is told."""
    editors = Editors(database, vault, clock)
    editor = await editors.enrol(HANNA, await editors.invite("Hanna"), "be")
    await editors.remember_card(editor, NoticeId(1), 13)
    await readers.want_releases(HANNA, PRIVATE, True, language="be")
    await getattr(readers, leaves)(HANNA)
    assert await readers.disclose(HANNA) == Disclosure(None)
    assert await editors.every() == ()


async def test_forgetting_leaves_no_byte_in_any_file(
    sqlite: Database, vault: Vault, clock: Watch, state: Path
) -> None:
    def everything() -> bytes:
        return b"".join(file.read_bytes() for file in state.rglob("*") if file.is_file())

    await list_persons(sqlite)
    readers, foldings = Readers(sqlite, vault, clock), Foldings(sqlite, vault, clock)
    await readers.follow(MARYNA, PRIVATE, VOLHA, language="be")
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    await send(sqlite, vault, await go_out(sqlite), HANNA, DeliveryState.DELIVERED)
    await foldings.unfolded(HANNA, 11, "be")
    async with sqlite.read() as conn:
        record = await stored.find(conn, vault.locate(HANNA))
        (delivery,) = await deliveries.of_chat(conn, vault, HANNA)
        ((_, unfolded),) = await folded.of(conn, vault.locate_spots(HANNA))
        others = await stored.find(conn, vault.locate(MARYNA))
    assert record is not None
    assert others is not None
    await sqlite.settle()
    traces = [vault.locate(HANNA), vault.locate_spots(HANNA), record, delivery.sealed, unfolded]
    assert all(trace in everything() for trace in [*traces, others])

    await readers.forget(HANNA)
    files = everything()
    assert others in files
    for trace in traces:
        assert not any(trace[i : i + 8] in files for i in range(0, len(trace) - 7, 8))
    for number in (b"%d" % HANNA, b"%x" % HANNA, HANNA.to_bytes(5, "big")):
        assert number not in files
        assert number[::-1] not in files


# --- before a journey -------------------------------------------------------------------------


async def test_a_return_code_brings_back_what_was_wanted(
    readers: Readers, database: Database, known: None
) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    await readers.want_absences(HANNA, True)
    await readers.choose_discretion(HANNA, PRIVATE, "be", True)
    code = await readers.depart(HANNA)
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert await count(database) == 0
    assert await readers.disclose(HANNA) == Disclosure(None)

    await readers.come_back(MARYNA, f" {code.lower().replace('-', ' ')}", language="pl")
    assert await readers.of(MARYNA) == Reader(
        MARYNA, "pl", PRIVATE, discreet=True, follows=frozenset({ALES}), absences=True
    )


async def test_a_return_code_works_once(readers: Readers, known: None) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    code = await readers.depart(HANNA)
    await readers.come_back(HANNA, code, language="be")
    with pytest.raises(NotFound):
        await readers.come_back(MARYNA, code, language="be")
    assert await readers.of(MARYNA) is None


async def test_a_return_code_expires_after_a_year(
    readers: Readers, clock: Watch, known: None
) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    code = await readers.depart(HANNA)
    clock.advance(timedelta(days=366))
    with pytest.raises(NotFound):
        await readers.come_back(HANNA, code, language="be")


@pytest.mark.parametrize("code", ["", "hello", "0000-0000-0000-0000", "U" * 16, "0" * 17])
async def test_a_wrong_code_is_like_any_unknown_one(readers: Readers, code: str) -> None:
    with pytest.raises(NotFound) as caught:
        await readers.come_back(HANNA, code, language="be")
    assert str(caught.value) == ""
    assert await readers.of(HANNA) is None


async def test_what_was_left_joins_what_is_followed_now(readers: Readers, known: None) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    code = await readers.depart(HANNA)
    await readers.follow(HANNA, PRIVATE, VOLHA, language="pl")
    await readers.want_releases(HANNA, PRIVATE, True, language="pl")
    await readers.come_back(HANNA, code, language="de")
    assert await readers.of(HANNA) == Reader(
        HANNA, "pl", PRIVATE, follows=frozenset({ALES, VOLHA}), releases=True
    )


async def test_a_code_is_not_used_up_when_there_is_no_room(
    readers: Readers, database: Database, known: None
) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    code = await readers.depart(HANNA)
    async with database.write() as conn:
        for number in range(100, 100 + FOLLOWS_AT_MOST):
            await people.add(conn, person(PersonId(number)), [])
    for number in range(100, 100 + FOLLOWS_AT_MOST):
        await readers.follow(HANNA, PRIVATE, PersonId(number), language="be")
    with pytest.raises(TooManyFollows):
        await readers.come_back(HANNA, code, language="be")
    await readers.unfollow(HANNA, PersonId(100))
    await readers.come_back(HANNA, code, language="be")
    assert ALES in {person.id for person in await readers.following(HANNA)}


async def test_who_is_not_known_leaves_nothing_behind(readers: Readers) -> None:
    with pytest.raises(NotFound):
        await readers.depart(HANNA)


async def test_nothing_but_the_day_of_expiry_tells_of_a_journey(
    readers: Readers, database: Database, vault: Vault, known: None
) -> None:
    await readers.follow(HANNA, PRIVATE, ALES, language="be")
    code = await readers.depart(HANNA)
    async with database.read() as conn:
        rows = (await conn.execute(tables.return_slip.select())).all()
    assert [row.expires_on for row in rows] == [date(2026, 12, 13)]
    assert rows[0].locator == vault.locate_code("slip", code.replace("-", ""))
    assert rows[0].locator != vault.locate(HANNA)

"""The fan-out: who is told what, in chunks that may be interrupted."""

from datetime import UTC, datetime, timedelta

import pytest

from db import deliveries, waves
from db.connection import Database
from db.tables import delivery
from db.vault import ADDRESS, Vault
from model.deliveries import Address, Ending, Lane, Outcome
from model.errors import NotFound
from model.notices import EditorId, WaveId
from model.people import EventKind, PersonId
from model.readers import ChatId, ChatKind
from services.fanout import FanOut, mistake_of
from services.guard import Guard
from services.moves import Moves
from services.outbox import Outbox
from services.readers import erase
from tests.delivery.press import ALES, IHAR, MARIA, NINA, Press
from tests.watch import Watch


@pytest.fixture
async def press(database: Database, vault: Vault, clock: Watch) -> Press:
    press = Press(database, vault, clock)
    await press.know(MARIA, ALES, IHAR, NINA)
    return press


@pytest.fixture
def fanout(database: Database, vault: Vault, clock: Watch) -> FanOut:
    return FanOut(database, vault, clock, chunk=3)


@pytest.fixture
def outbox(database: Database, vault: Vault, clock: Watch) -> Outbox:
    return Outbox(database, vault, clock)


async def make_all(fanout: FanOut) -> int:
    chunks = 0
    while await fanout.advance():
        chunks += 1
    return chunks


async def made(press: Press, wave: WaveId) -> dict[int, tuple[Lane, Address]]:
    async with press.database.read() as conn:
        found = await deliveries.chunk(conn, [wave], None, 1000)
    opened = [(one.lane, press.vault.open(ADDRESS, one.mark, one.sealed)) for one in found]
    return {address.chat: (lane, address) for lane, address in opened}


async def deliver(press: Press, outbox: Outbox) -> None:
    claimed = await outbox.claim(100)
    await outbox.settle(
        [Outcome(one, Ending.DELIVERED, message=7000 + n) for n, one in enumerate(claimed)]
    )


async def test_followers_of_the_freed_come_first_then_followers_of_releases_then_crowds(
    press: Press, fanout: FanOut
) -> None:
    await press.welcome(1, follows=frozenset({MARIA, IHAR}))
    await press.welcome(2, releases=True, language="uk", discreet=True)
    await press.welcome(-3, releases=True, kind=ChatKind.GROUP)
    await press.welcome(-4, follows=frozenset({ALES}), kind=ChatKind.CHANNEL)
    await press.welcome(5, follows=frozenset({IHAR}))
    await press.welcome(6)
    wave = await press.open(await press.release([MARIA, ALES]))
    await make_all(fanout)
    assert await made(press, wave) == {
        1: (
            Lane.PERSON,
            Address(
                ChatId(1), ChatKind.PRIVATE, "en", discreet=False, freed=(MARIA,), releases=False
            ),
        ),
        2: (Lane.RELEASES, Address(ChatId(2), ChatKind.PRIVATE, "uk", discreet=True)),
        -3: (Lane.CROWD, Address(ChatId(-3), ChatKind.GROUP, "en", discreet=False)),
        -4: (
            Lane.CROWD,
            Address(
                ChatId(-4), ChatKind.CHANNEL, "en", discreet=False, freed=(ALES,), releases=False
            ),
        ),
    }


async def test_only_the_opened_groups_concern_anybody(press: Press, fanout: FanOut) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    await press.welcome(2, follows=frozenset({ALES}))
    notice = await press.release([MARIA], [ALES])
    first = await press.open(notice, 0)
    await make_all(fanout)
    assert set(await made(press, first)) == {1}
    second = await press.open(notice, 1)
    await make_all(fanout)
    assert set(await made(press, second)) == {2}


async def test_who_wants_to_hear_it_is_told_of_followed_people_who_are_not_named(
    press: Press, fanout: FanOut
) -> None:
    await press.happen(IHAR, EventKind.DETAINED)
    await press.happen(NINA, EventKind.RELEASED)
    await press.welcome(1, follows=frozenset({IHAR, NINA}), absences=True)
    await press.welcome(2, follows=frozenset({IHAR}))
    await press.welcome(3, follows=frozenset({NINA}), absences=True)
    await press.welcome(4, follows=frozenset({MARIA, IHAR}), absences=True)
    wave = await press.open(await press.release([MARIA]))
    await make_all(fanout)
    found = await made(press, wave)
    assert {chat: (lane, a.freed, a.absent) for chat, (lane, a) in found.items()} == {
        1: (Lane.PERSON, (), (IHAR,)),
        4: (Lane.PERSON, (MARIA,), (IHAR,)),
    }


async def test_somebody_named_in_a_group_opened_before_is_not_said_to_be_missing(
    press: Press, fanout: FanOut
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}), absences=True)
    notice = await press.release([MARIA], [ALES])
    await press.open(notice, 0)
    await make_all(fanout)
    second = await press.open(notice, 1)
    await make_all(fanout)
    assert await made(press, second) == {}


async def test_nobody_is_told_of_people_readers_may_not_know_of(
    press: Press, fanout: FanOut
) -> None:
    unlisted = PersonId(999)
    await press.welcome(1, follows=frozenset({unlisted}), absences=True)
    wave = await press.open(await press.release([MARIA]))
    await make_all(fanout)
    assert await made(press, wave) == {}


async def test_who_was_taken_back_meanwhile_is_told_to_nobody(
    press: Press, fanout: FanOut
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    await press.welcome(2, follows=frozenset({MARIA, ALES}))
    notice = await press.release([MARIA, ALES])
    wave = await press.open(notice)
    await press.correct(notice, MARIA)
    await make_all(fanout)
    assert {chat: a.freed for chat, (_, a) in (await made(press, wave)).items()} == {2: (ALES,)}


@pytest.mark.parametrize("count", [0, 2, 3, 4, 9])
async def test_every_reader_gets_one_delivery_however_many_there_are(
    press: Press, fanout: FanOut, count: int
) -> None:
    await press.crowd(count)
    wave = await press.open(await press.release([MARIA]))
    chunks = await make_all(fanout)
    assert chunks == count // 3 + 1
    assert (await press.tally(wave)).waiting == count
    async with press.database.read() as conn:
        assert (await waves.get(conn, wave)).made


async def test_a_chunk_that_was_made_before_a_crash_is_not_made_twice(
    press: Press, fanout: FanOut
) -> None:
    await press.crowd(5)
    wave = await press.open(await press.release([MARIA]))
    await fanout.advance()
    async with press.database.write() as conn:
        await waves.advance(conn, wave, None, made=False)
    await make_all(fanout)
    assert (await press.tally(wave)).audience == 5


async def test_the_time_of_a_delivery_is_stored_by_the_hour(
    press: Press, fanout: FanOut, clock: Watch
) -> None:
    clock.now = datetime(2025, 12, 13, 14, 47, 31, 5, tzinfo=UTC)
    await press.crowd(1)
    await press.open(await press.release([MARIA]))
    await make_all(fanout)
    async with press.database.read() as conn:
        (due,) = (
            await conn.execute(delivery.select().with_only_columns(delivery.c.due))
        ).scalars()
    assert due == datetime(2025, 12, 13, 14, 0, tzinfo=UTC)


async def test_a_withdrawn_release_reaches_nobody_else(press: Press, fanout: FanOut) -> None:
    await press.crowd(5)
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    await fanout.advance()
    withdrawal = await press.withdraw(notice)
    await make_all(fanout)
    assert (await press.tally(wave)).audience == 3
    assert (await press.tally(withdrawal)).audience == 0


async def test_a_correction_goes_to_exactly_those_who_may_have_been_told(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.crowd(4)
    notice = await press.release([MARIA, ALES])
    wave = await press.open(notice)
    await make_all(fanout)
    claimed = await outbox.claim(3)
    await outbox.settle(
        [
            Outcome(claimed[0], Ending.DELIVERED, message=8),
            Outcome(claimed[1], Ending.LOST),
            Outcome(claimed[2], Ending.GONE),
        ]
    )
    correction = await press.correct(notice, MARIA)
    await make_all(fanout)
    told = {one.address.chat for one in claimed[:2]}
    assert set(await made(press, correction)) == told
    assert {lane for lane, _ in (await made(press, correction)).values()} == {Lane.CORRECTION}
    assert (await press.tally(wave)).audience == 4


async def test_a_correction_leaves_those_alone_who_were_told_of_other_groups(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    await press.welcome(2, follows=frozenset({ALES}))
    notice = await press.release([MARIA], [ALES])
    await press.open(notice, 0)
    await press.open(notice, 1)
    await make_all(fanout)
    await deliver(press, outbox)
    correction = await press.correct(notice, ALES)
    await make_all(fanout)
    assert set(await made(press, correction)) == {2}
    withdrawal = await press.withdraw(notice)
    await make_all(fanout)
    assert set(await made(press, withdrawal)) == {1, 2}


async def test_those_hear_of_a_correction_first_who_follow_somebody_concerned(
    press: Press, fanout: FanOut, outbox: Outbox, vault: Vault
) -> None:
    chats = await press.crowd(9)
    notice = await press.release([MARIA, ALES])
    # Of the wave of the correction, which is the second, their marks come last.
    marked = sorted(range(1, 300), key=lambda chat: vault.mark(WaveId(2), ChatId(chat)))
    last = [chat for chat in marked if chat not in chats][-3:]
    for chat, person in zip(last, (MARIA, MARIA, ALES), strict=True):
        await press.welcome(chat, follows=frozenset({person}))
    await press.open(notice)
    await make_all(fanout)
    await deliver(press, outbox)
    await press.correct(notice, MARIA)
    await make_all(fanout)
    first = await outbox.claim(2)
    assert {one.address.chat for one in first} == set(last[:2])
    assert all(not one.address.silent for one in first)
    assert len(await outbox.claim(99)) == 10


async def test_who_was_told_and_then_forgotten_gets_no_correction(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.welcome(1, releases=True)
    notice = await press.release([MARIA])
    await press.open(notice)
    await make_all(fanout)
    await deliver(press, outbox)
    async with press.database.write() as conn:
        await deliveries.forget(conn, press.vault, ChatId(1))
    correction = await press.correct(notice, MARIA)
    await make_all(fanout)
    assert await made(press, correction) == {}


async def test_a_release_takes_nothing_back(press: Press) -> None:
    wave = await press.open(await press.release([MARIA]))
    async with press.database.read() as conn:
        with pytest.raises(NotFound):
            await mistake_of(conn, wave)


async def test_a_chat_in_flight_when_the_correction_is_made_gets_it_too(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.crowd(1)
    notice = await press.release([MARIA])
    wave = await press.open(notice)
    await make_all(fanout)
    await outbox.claim(1)
    correction = await press.correct(notice, MARIA)
    await make_all(fanout)
    assert (await press.tally(wave)).sending == 1
    assert (await press.tally(correction)).waiting == 1


async def test_others_have_their_turn_while_a_large_chunk_is_made(
    press: Press, database: Database, vault: Vault, clock: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.fanout.STEP", 2)
    await press.crowd(9)
    wave = await press.open(await press.release([MARIA]))
    assert await make_all(FanOut(database, vault, clock, chunk=10)) == 1
    assert (await press.tally(wave)).waiting == 9


# --- news of people ---------------------------------------------------------------------------


async def test_what_happened_to_people_is_told_to_those_who_follow_them_and_nobody_else(
    press: Press, fanout: FanOut
) -> None:
    await press.welcome(1, follows=frozenset({MARIA, ALES, NINA}), releases=True)
    await press.welcome(2, releases=True, absences=True)
    await press.welcome(3, follows=frozenset({IHAR}), absences=True)
    await press.welcome(-4, follows=frozenset({ALES}), kind=ChatKind.CHANNEL)
    wave = await press.open(await press.tell_of(MARIA, ALES))
    await make_all(fanout)
    told = await made(press, wave)
    assert {chat: (lane, address.freed) for chat, (lane, address) in told.items()} == {
        1: (Lane.PERSON, (MARIA, ALES)),
        -4: (Lane.CROWD, (ALES,)),
    }
    assert not any(address.releases or address.absent for _, address in told.values())


@pytest.mark.parametrize("of", ["people", "release"])
async def test_somebody_merged_is_told_of_once_whichever_entry_is_followed_or_named(
    press: Press, fanout: FanOut, of: str
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    await press.welcome(2, follows=frozenset({NINA}), absences=True)
    await press.welcome(3, follows=frozenset({MARIA, NINA}))
    named = [MARIA, NINA]
    notice = await (press.tell_of(*named) if of == "people" else press.release(named))
    await press.merge(MARIA, NINA)
    wave = await press.open(notice)
    await make_all(fanout)
    told = await made(press, wave)
    assert {
        chat: (address.freed, address.absent) for chat, (_, address) in told.items()
    } == dict.fromkeys((1, 2, 3), ((MARIA, NINA), ()))


async def test_a_correction_of_news_of_people_reaches_those_who_were_told(
    press: Press, fanout: FanOut, outbox: Outbox
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    await press.welcome(2, follows=frozenset({ALES}))
    notice = await press.tell_of(MARIA, ALES)
    await press.open(notice)
    await make_all(fanout)
    await deliver(press, outbox)
    await press.welcome(3, follows=frozenset({MARIA}))
    await press.correct(notice, MARIA)
    await make_all(fanout)
    claimed = {one.address.chat: one for one in await outbox.claim(10)}
    assert claimed.keys() == {1, 2}
    assert not claimed[ChatId(1)].address.silent
    assert claimed[ChatId(2)].address.silent
    assert [mend.told.message for mend in claimed[ChatId(1)].mends] == [7000]


# --- the order of making -----------------------------------------------------------------------


async def test_a_group_that_moves_while_deliveries_are_made_is_not_missed(
    press: Press, fanout: FanOut, database: Database, vault: Vault, clock: Watch
) -> None:
    await press.crowd(9)
    # Its turn comes last, under the id it has at first.
    group = max(range(-99, -1), key=lambda chat: vault.mark(WaveId(1), ChatId(chat)))
    await press.welcome(group, releases=True, kind=ChatKind.GROUP)
    wave = await press.open(await press.release([MARIA]))
    await fanout.advance()
    await Moves(database, vault, clock).move(ChatId(group), ChatId(-1_000_000_000_042))
    await make_all(fanout)
    marks = [vault.mark(wave, ChatId(chat)) for chat in (group, -1_000_000_000_042)]
    async with database.read() as conn:
        found = await deliveries.find(conn, marks)
    assert [one.mark for one in found] == marks[1:]
    assert (await press.tally(wave)).audience == 10


async def test_who_leaves_while_deliveries_are_made_is_not_written_down(
    press: Press, fanout: FanOut, database: Database, vault: Vault, clock: Watch
) -> None:
    chats = await press.crowd(10)
    wave = await press.open(await press.release([MARIA]))
    await fanout.advance()
    last = max(chats, key=lambda chat: vault.mark(wave, ChatId(chat)))
    async with database.write() as conn:
        await erase(conn, vault, ChatId(last), clock())
    await make_all(fanout)
    assert (await press.tally(wave)).audience == 9


async def test_deliveries_are_made_in_the_order_in_which_they_are_kept(
    press: Press, fanout: FanOut, database: Database, vault: Vault
) -> None:
    chats = await press.crowd(10)
    wave = await press.open(await press.release([MARIA]))
    await fanout.advance()
    async with database.read() as conn:
        made = {one.mark for one in await deliveries.chunk(conn, [wave], None, 99)}
    assert made == set(sorted(vault.mark(wave, ChatId(chat)) for chat in chats)[:3])


async def test_readers_are_called_together_in_parts(
    press: Press, fanout: FanOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.fanout.CALLED", 4)
    await press.crowd(9)
    wave = await press.open(await press.release([MARIA]))
    for _ in range(2):
        assert await fanout.advance()
        assert (await press.tally(wave)).audience == 0
    await make_all(fanout)
    assert (await press.tally(wave)).audience == 9


async def test_another_wave_that_comes_first_has_an_order_of_its_own(
    press: Press, fanout: FanOut, database: Database, vault: Vault, clock: Watch
) -> None:
    """What waits for editors after an interruption makes room for what is approved then."""
    guard = Guard(database, vault, clock)
    await guard.beat()
    await press.crowd(7)
    first = await press.open(await press.release([MARIA]))
    await fanout.advance()
    clock.advance(timedelta(hours=2))
    await guard.beat()
    second = await press.open(await press.release([ALES]))
    await make_all(fanout)
    arrears = await guard.arrears()
    assert arrears is not None
    await guard.send(EditorId("alena"), arrears.interruption.id)
    await make_all(fanout)
    assert [(await press.tally(wave)).audience for wave in (first, second)] == [7, 7]

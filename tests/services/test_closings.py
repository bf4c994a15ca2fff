"""The list is closed: who was told that somebody is not on it hears so, once; nobody else."""

from collections.abc import Callable, Collection
from datetime import timedelta

import pytest

from db import notices, readers, waves
from db.connection import Database
from db.vault import READER, Vault
from model.deliveries import Address, Ending, Lane, Outcome
from model.errors import NeedsAnotherEditor, WrongState
from model.notices import NoticeId, NoticeKind, NoticeState, WaveId
from model.people import PersonId
from model.readers import ChatId, ChatKind, Reader
from services.fanout import FanOut
from services.moves import Moves
from services.outbox import Outbox
from tests.newsroom import ALENA, BARYS, VERA, Newsroom
from tests.watch import Watch

SHORT = """\
13.12.2025
123 https://racyja.com/by/palityka
Літва, Вільня:
Алесь Бяляцкі
"""
MORE = "https://viasna.example/more\nМарыя Калеснікава"


class Office(Newsroom):
    """Editors, and what brings their news to readers."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.fanout = FanOut(self.database, self.vault, self.clock, chunk=2)
        self.outbox = Outbox(self.database, self.vault, self.clock)

    async def welcome(
        self,
        chat: int,
        *follows: PersonId,
        kind: ChatKind = ChatKind.PRIVATE,
        releases: bool = False,
        absences: bool = True,
    ) -> None:
        reader = Reader(
            ChatId(chat), "be", kind, follows=frozenset(follows), releases=releases,
            absences=absences,
        )  # fmt: skip
        locator = self.vault.locate(reader.chat)
        async with self.database.write() as conn:
            await readers.put(conn, locator, self.vault.seal(READER, locator, reader))

    async def delivers(self, but: Collection[int] = ()) -> dict[int, Address]:
        """Send all that is due; return what each chat is told. ``but``: chats that are gone."""
        while await self.fanout.advance():
            pass
        told: dict[int, Address] = {}
        while claimed := await self.outbox.claim(100):
            told |= {one.address.chat: one.address for one in claimed}
            await self.outbox.settle(
                [
                    Outcome(one, Ending.GONE)
                    if one.address.chat in but
                    else Outcome(one, Ending.DELIVERED, message=7000 + number)
                    for number, one in enumerate(claimed)
                ]
            )
        for wave in await self.outbox.end_waves():
            await self.notices.done(wave)
        return told

    async def out(self, text: str = SHORT, but: Collection[int] = ()) -> NoticeId:
        notice = await self.opened(text)
        await self.delivers(but)
        return notice

    async def adds(self, notice: NoticeId) -> NoticeId:
        """Take an addition all the way."""
        more = await self.releases.add(ALENA, notice, MORE)
        await self.releases.submit(ALENA, more)
        await self.notices.approve(BARYS, more)
        await self.notices.safe(ALENA, more)
        await self.notices.safe(BARYS, more)
        return more

    async def closes(self, notice: NoticeId) -> NoticeId:
        closing = await self.notices.close(ALENA, notice)
        await self.notices.approve(BARYS, closing)
        return closing

    async def state(self, notice: NoticeId) -> NoticeState:
        return (await self.notices.dossier(notice)).notice.state

    async def purges(self, clock: Watch) -> None:
        clock.advance(timedelta(hours=73))
        await self.outbox.purge()


@pytest.fixture
def office(database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]) -> Office:
    return Office(database, vault, clock, random)


@pytest.fixture
async def known(office: Office) -> dict[str, PersonId]:
    return dict(await office.lists())


async def test_who_was_told_that_somebody_is_not_on_the_list_is_told_that_it_is_closed(
    office: Office, known: dict[str, PersonId]
) -> None:
    marfa, maria, ales = known["marfa"], known["maria"], known["ales"]
    await office.welcome(1, marfa, maria)
    await office.welcome(2, maria)
    await office.welcome(3, marfa, ales)
    await office.welcome(4, marfa, absences=False, releases=True)
    await office.welcome(5, marfa)
    await office.welcome(-6, marfa, kind=ChatKind.GROUP)
    notice = await office.out(but=[5])
    await office.welcome(5, marfa)
    await office.welcome(7, marfa)
    await office.adds(notice)
    await office.delivers()
    closing = await office.closes(notice)
    told = await office.delivers()
    assert {chat: (a.absent, a.freed, a.releases) for chat, a in told.items()} == {
        1: ((marfa,), (), False),
        3: ((marfa,), (), False),
        -6: ((marfa,), (), False),
    }
    assert await office.state(closing) is NoticeState.OUT
    dossier = await office.notices.dossier(notice)
    assert dossier.release.list_closed
    assert [one.kind for one in dossier.others] == [NoticeKind.ADDITION, NoticeKind.CLOSING]
    (item,) = await office.news.latest()
    assert item.list_closed


async def test_a_reader_whom_two_waves_told_is_told_once_of_all_who_are_missing(
    office: Office, known: dict[str, PersonId]
) -> None:
    marfa, viktar = known["marfa"], known["viktar"]
    await office.welcome(1, marfa, viktar)
    notice = await office.held(SHORT + "Украіна:\nМарыя Калеснікава")
    for group in await office.groups(notice):
        await office.notices.safe(ALENA, notice, [group])
        await office.notices.safe(BARYS, notice, [group])
        await office.delivers()
        await office.welcome(1, marfa)
    closing = await office.closes(notice)
    told = await office.delivers()
    assert told[1].absent == tuple(sorted([marfa, viktar]))
    assert (await office.notices.dossier(closing)).waves[0][1].audience == 1


async def test_what_never_arrived_is_not_counted_among_what_a_reader_was_told(
    office: Office, known: dict[str, PersonId]
) -> None:
    marfa, viktar = known["marfa"], known["viktar"]
    await office.welcome(1, marfa, viktar)
    notice = await office.held(SHORT + "Украіна:\nМарыя Калеснікава")
    first, second = await office.groups(notice)
    await office.notices.safe(ALENA, notice, [first])
    await office.notices.safe(BARYS, notice, [first])
    while await office.fanout.advance():
        pass
    await office.outbox.settle(
        [Outcome(one, Ending.FAILED) for one in await office.outbox.claim(9)]
    )
    await office.welcome(1, marfa)
    await office.notices.safe(ALENA, notice, [second])
    await office.notices.safe(BARYS, notice, [second])
    await office.delivers()
    await office.closes(notice)
    assert {chat: a.absent for chat, a in (await office.delivers()).items()} == {1: (marfa,)}


async def test_whoever_wants_to_hear_nothing_of_it_by_now_is_told_nothing(
    office: Office, known: dict[str, PersonId]
) -> None:
    await office.welcome(1, known["marfa"])
    notice = await office.out()
    await office.closes(notice)
    while await office.fanout.advance():
        pass
    await office.welcome(1, known["marfa"], absences=False)
    assert all(not address.absent for address in (await office.delivers()).values())


async def test_when_it_is_not_known_any_more_who_was_told_those_are_told_who_want_to_hear_it(
    office: Office, known: dict[str, PersonId], clock: Watch
) -> None:
    marfa = known["marfa"]
    await office.welcome(1, marfa)
    notice = await office.out()
    assert (await office.notices.dossier(notice)).reachable
    await office.purges(clock)
    await office.welcome(2, marfa)
    await office.welcome(3, marfa, absences=False)
    await office.welcome(4, known["ales"])
    closing = await office.notices.close(ALENA, notice)
    assert not (await office.notices.dossier(closing)).reachable
    await office.notices.approve(BARYS, closing)
    told = await office.delivers()
    assert {chat: a.absent for chat, a in told.items()} == {1: (marfa,), 2: (marfa,)}


async def test_a_group_that_moves_while_a_closing_is_made_hears_of_it(
    office: Office, known: dict[str, PersonId], clock: Watch, database: Database, vault: Vault
) -> None:
    marfa, told = known["marfa"], WaveId(1)
    for chat in range(1, 8):
        await office.welcome(chat, marfa)
    chats = sorted(map(ChatId, range(-99, -1)), key=lambda chat: vault.mark(told, chat))
    group, grown, strange = chats[-1], chats[0], chats[-2]
    await office.welcome(group, marfa, kind=ChatKind.GROUP)
    notice = await office.out()
    await office.welcome(strange, marfa, kind=ChatKind.GROUP)
    closing = await office.closes(notice)
    await office.fanout.advance()
    moves = Moves(database, vault, clock)
    await moves.move(group, grown)
    # It was told nothing, and is told nothing under the other id.
    await moves.move(strange, ChatId(-1_000_000_000_042))
    assert (await office.delivers())[grown].absent == (marfa,)
    assert (await office.notices.dossier(closing)).waves[0][1].audience == 8


async def test_a_group_that_moves_hears_of_a_late_closing_too(
    office: Office, known: dict[str, PersonId], clock: Watch, database: Database, vault: Vault
) -> None:
    marfa = known["marfa"]
    notice = await office.out()
    await office.purges(clock)
    for chat in range(1, 8):
        await office.welcome(chat, marfa)
    chats = sorted(map(ChatId, range(-99, -1)), key=vault.locate)
    group, grown = chats[-1], chats[0]
    await office.welcome(group, marfa, kind=ChatKind.GROUP)
    await office.closes(notice)
    for _ in range(2):
        await office.fanout.advance()
    await Moves(database, vault, clock).move(group, grown)
    assert (await office.delivers())[grown].absent == (marfa,)


async def test_another_editor_approves_that_the_list_is_closed(
    office: Office, known: dict[str, PersonId]
) -> None:
    notice = await office.out()
    closing = await office.notices.close(ALENA, notice)
    with pytest.raises(NeedsAnotherEditor):
        await office.notices.approve(ALENA, closing)
    with pytest.raises(WrongState):
        await office.notices.close(VERA, notice)
    with pytest.raises(WrongState):
        await office.releases.add(ALENA, notice, MORE)
    await office.releases.discard(BARYS, closing)
    assert await office.notices.close(VERA, notice) != closing


async def test_a_list_is_closed_only_when_all_of_it_is_told_and_nothing_is_to_come(
    office: Office, known: dict[str, PersonId]
) -> None:
    notice = await office.opened(SHORT)
    with pytest.raises(WrongState):
        await office.notices.close(ALENA, notice)
    await office.delivers()
    more = await office.releases.add(ALENA, notice, MORE)
    with pytest.raises(WrongState):
        await office.notices.close(ALENA, notice)
    with pytest.raises(WrongState):
        await office.notices.close(ALENA, more)
    await office.releases.discard(ALENA, more)
    withdrawal = await office.notices.withdraw(ALENA, notice)
    with pytest.raises(WrongState):
        await office.notices.close(ALENA, notice)
    await office.releases.discard(ALENA, withdrawal)
    await office.closes(notice)
    with pytest.raises(WrongState):
        await office.releases.add(ALENA, notice, MORE)


async def test_what_was_being_added_when_the_list_was_closed_cannot_be_submitted(
    office: Office, known: dict[str, PersonId]
) -> None:
    """Nothing can be drafted beside a closing; two databases might still disagree for a moment."""
    notice = await office.out()
    closing = await office.notices.close(ALENA, notice)
    async with office.database.write() as conn:
        await notices.move(conn, closing, NoticeState.DISCARDED)
    more = await office.releases.add(ALENA, notice, MORE)
    async with office.database.write() as conn:
        await notices.move(conn, closing, NoticeState.SUBMITTED)
    with pytest.raises(WrongState):
        await office.releases.submit(ALENA, more)


# --- taken back -------------------------------------------------------------------------------


async def test_a_list_that_was_closed_too_early_is_open_again_and_all_who_were_told_hear_it(
    office: Office, known: dict[str, PersonId]
) -> None:
    marfa = known["marfa"]
    await office.welcome(1, marfa)
    await office.welcome(2, known["ales"])
    notice = await office.out()
    closing = await office.closes(notice)
    await office.delivers()
    await office.welcome(3, marfa)
    with pytest.raises(WrongState):
        await office.notices.correct(ALENA, closing, [marfa])
    back = await office.notices.withdraw(ALENA, closing)
    await office.notices.approve(BARYS, back)
    while await office.fanout.advance():
        pass
    (one,) = await office.outbox.claim(9)
    assert one.address.chat == 1
    assert (one.address.absent, one.address.silent, one.lane) == ((marfa,), False, Lane.CORRECTION)
    assert [mend.told.absent for mend in one.mends] == [(marfa,)]
    assert await office.state(closing) is NoticeState.WITHDRAWN
    assert not (await office.notices.dossier(notice)).release.list_closed
    item = await office.news.wave(one.mends[0].wave)
    assert (item.withdrawn, item.wrong) == (True, NoticeKind.CLOSING)
    assert await office.releases.add(ALENA, notice, MORE)


async def test_a_closing_taken_back_late_is_told_to_those_who_want_to_hear_it(
    office: Office, known: dict[str, PersonId], clock: Watch
) -> None:
    marfa = known["marfa"]
    await office.welcome(1, marfa)
    notice = await office.out()
    closing = await office.closes(notice)
    await office.delivers()
    await office.purges(clock)
    await office.welcome(2, marfa)
    await office.welcome(3, known["ales"], releases=True)
    back = await office.notices.withdraw(ALENA, closing)
    assert not (await office.notices.dossier(back)).reachable
    await office.notices.approve(BARYS, back)
    told = await office.delivers()
    assert {chat: (a.absent, a.late, a.silent) for chat, a in told.items()} == {
        1: ((marfa,), True, False),
        2: ((marfa,), True, False),
    }


async def test_with_a_release_falls_all_that_was_said_of_its_list(
    office: Office, known: dict[str, PersonId]
) -> None:
    maria, marfa, ales = known["maria"], known["marfa"], known["ales"]
    await office.welcome(1, maria)
    await office.welcome(2, marfa)
    await office.welcome(3, ales)
    await office.welcome(4, releases=True)
    notice = await office.out()
    more = await office.adds(notice)
    await office.delivers()
    closing = await office.closes(notice)
    await office.delivers()
    await office.welcome(5, maria, ales)
    back = await office.notices.withdraw(ALENA, notice)
    office.changes.clear()
    await office.notices.approve(BARYS, back)
    assert {notice, more, closing, back} <= set(office.changes)
    for one in (notice, more, closing):
        assert await office.state(one) is NoticeState.WITHDRAWN
    told = await office.delivers()
    assert {chat: (a.freed, a.silent) for chat, a in told.items()} == {
        1: ((maria,), False),
        2: ((), True),
        3: ((ales,), False),
        4: ((), True),
    }
    for person in (maria, ales):
        assert len(await office.kinds(person)) == 1
    async with office.database.read() as conn:
        (wave,) = await waves.of_notice(conn, more)
    item = await office.news.wave(wave.id)
    assert (item.withdrawn, item.wrong) == (True, NoticeKind.RELEASE)
    assert item.corrected is not None


async def test_what_is_not_said_yet_is_given_up_with_the_release(
    office: Office, known: dict[str, PersonId]
) -> None:
    notice = await office.out()
    more = await office.releases.add(ALENA, notice, MORE)
    back = await office.notices.withdraw(ALENA, notice)
    await office.notices.approve(BARYS, back)
    assert await office.state(more) is NoticeState.DISCARDED


async def test_an_addition_can_be_taken_back_as_a_whole(
    office: Office, known: dict[str, PersonId]
) -> None:
    maria = known["maria"]
    await office.welcome(1, maria, releases=True)
    await office.welcome(2, known["ales"], releases=True)
    notice = await office.out()
    more = await office.adds(notice)
    await office.delivers()
    back = await office.notices.withdraw(ALENA, more)
    await office.notices.approve(BARYS, back)
    told = await office.delivers()
    assert {chat: (a.freed, a.silent) for chat, a in told.items()} == {1: ((maria,), False)}
    assert await office.state(notice) is NoticeState.OUT
    (item,) = [one for one in await office.news.latest() if one.whole]
    assert maria in item.taken_back
    facts = (await office.notices.dossier(back)).notice.facts
    assert facts.takes_back is NoticeKind.ADDITION


# --- late -------------------------------------------------------------------------------------


@pytest.mark.parametrize("withdrawn", [False, True])
async def test_after_three_days_those_are_told_of_a_mistake_who_would_be_told_such_news_now(
    office: Office, known: dict[str, PersonId], clock: Watch, withdrawn: bool
) -> None:
    ales = known["ales"]
    await office.welcome(1, ales)
    notice = await office.out()
    await office.purges(clock)
    await office.welcome(2, ales, known["maria"])
    await office.welcome(3, releases=True)
    await office.welcome(4, known["maria"])
    if withdrawn:
        back = await office.notices.withdraw(ALENA, notice)
    else:
        back = await office.notices.correct(ALENA, notice, [ales])
    assert not (await office.notices.dossier(back)).reachable
    await office.notices.approve(BARYS, back)
    told = await office.delivers()
    assert {chat: (a.freed, a.late, a.silent) for chat, a in told.items()} == {
        1: ((ales,), True, False),
        2: ((ales,), True, False),
        3: ((), True, True),
    }


async def test_where_only_a_part_is_too_old_the_rest_still_reaches_exactly_those_it_reached(
    office: Office, known: dict[str, PersonId], clock: Watch
) -> None:
    ales, maria = known["ales"], known["maria"]
    await office.welcome(1, releases=True)
    await office.welcome(2, maria)
    notice = await office.held(SHORT + "Украіна:\nМарыя Калеснікава")
    first, second = await office.groups(notice)
    for group in (first, second):
        await office.notices.safe(ALENA, notice, [group])
        await office.notices.safe(BARYS, notice, [group])
        await office.delivers()
        if group == first:
            await office.purges(clock)
    await office.welcome(3, maria)
    back = await office.notices.correct(ALENA, notice, [ales, maria])
    await office.notices.approve(BARYS, back)
    while await office.fanout.advance():
        pass
    claimed = {one.address.chat: one for one in await office.outbox.claim(9)}
    assert {chat: (one.address.late, len(one.mends)) for chat, one in claimed.items()} == {
        1: (False, 1),
        2: (False, 1),
        3: (True, 0),
    }

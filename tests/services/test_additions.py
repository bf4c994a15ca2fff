"""More names of a release: told to those they concern, once, as long as the list is open."""

from collections.abc import Callable

import pytest

from db import deliveries, readers, releases
from db.connection import Database
from db.vault import ADDRESS, READER, Vault
from model.deliveries import Address, Lane
from model.errors import NotFound, Unsettled, WrongState
from model.notices import NoticeId, NoticeKind, NoticeState, WaveId
from model.people import EventKind
from model.readers import ChatId, ChatKind, Reader
from model.releases import LineState
from services.fanout import FanOut
from tests.newsroom import ALENA, BARYS, LIST, Newsroom
from tests.watch import Watch

MORE = """\
125 https://racyja.com/by/palityka
https://viasna.example/more
Украіна:
Марыя Калеснікава
Марфа Рабкова
"""


@pytest.fixture
def newsroom(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> Newsroom:
    return Newsroom(database, vault, clock, random)


@pytest.fixture
def fanout(database: Database, vault: Vault, clock: Watch) -> FanOut:
    return FanOut(database, vault, clock)


async def out(newsroom: Newsroom, text: str = LIST) -> NoticeId:
    notice = await newsroom.opened(text)
    await newsroom.ends(notice)
    return notice


async def tell(newsroom: Newsroom, notice: NoticeId) -> WaveId:
    """Bring a drafted addition to where it is going out."""
    await newsroom.releases.submit(ALENA, notice)
    await newsroom.notices.approve(BARYS, notice)
    await newsroom.notices.safe(ALENA, notice)
    await newsroom.notices.safe(BARYS, notice)
    return (await newsroom.notices.dossier(notice)).waves[-1][0].id


async def welcome(newsroom: Newsroom, chat: int, **wishes: object) -> None:
    reader = Reader(ChatId(chat), "be", **wishes)  # type: ignore[arg-type]  # as a test says it
    locator = newsroom.vault.locate(reader.chat)
    async with newsroom.database.write() as conn:
        await readers.put(conn, locator, newsroom.vault.seal(READER, locator, reader))


async def made(
    newsroom: Newsroom, fanout: FanOut, wave: WaveId
) -> dict[int, tuple[Lane, Address]]:
    while await fanout.advance():
        pass
    async with newsroom.database.read() as conn:
        found = await deliveries.chunk(conn, [wave], None, 1000)
    opened = [(one.lane, newsroom.vault.open(ADDRESS, one.mark, one.sealed)) for one in found]
    return {address.chat: (lane, address) for lane, address in opened}


async def test_what_is_added_is_a_notice_of_its_own_on_the_same_release(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await out(newsroom)
    before = await newsroom.notices.dossier(notice)
    more = await newsroom.releases.add(ALENA, notice, MORE)
    dossier = await newsroom.notices.dossier(more)
    assert (dossier.notice.kind, dossier.notice.state) == (
        NoticeKind.ADDITION,
        NoticeState.DRAFT,
    )
    assert dossier.notice.release == before.notice.release
    assert [line.person and line.person.id for line in dossier.lines] == [None, known["marfa"]]
    assert dossier.listed == 1
    after = await newsroom.notices.dossier(notice)
    assert after.release == before.release
    assert [one.id for one in after.others] == [more]
    assert after.notice.state is NoticeState.OUT


async def test_more_can_be_added_while_the_release_is_still_going_out(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.held()
    _lithuania, ukraine = await newsroom.groups(notice)
    await newsroom.notices.safe(ALENA, notice, [ukraine])
    await newsroom.notices.safe(BARYS, notice, [ukraine])
    more = await newsroom.releases.add(ALENA, notice, MORE + "Алесь Бяляцкі")
    # Who stands on the list, though held, is not added to it.
    dossier = await newsroom.notices.dossier(more)
    assert dossier.listed == 2
    assert more != notice


async def test_a_second_reply_adds_to_the_same_draft(newsroom: Newsroom):
    await newsroom.lists()
    notice = await out(newsroom)
    more = await newsroom.releases.add(ALENA, notice, "Марфа Рабкова")
    assert await newsroom.releases.add(BARYS, notice, "https://viasna.example/more") == more
    assert await newsroom.releases.add(BARYS, more, "Ніна Невядомая") == more
    assert [line.state for line in (await newsroom.notices.dossier(more)).lines] == [
        LineState.SURE,
        LineState.UNKNOWN,
    ]
    assert (await newsroom.releases.preview(more)).kind is NoticeKind.ADDITION


async def test_an_addition_needs_a_source_of_its_own(newsroom: Newsroom):
    await newsroom.lists()
    more = await newsroom.releases.add(ALENA, await out(newsroom), "Марфа Рабкова")
    with pytest.raises(Unsettled):
        await newsroom.releases.submit(ALENA, more)


async def test_an_addition_is_approved_held_and_said_to_be_safe_like_a_release(
    newsroom: Newsroom,
):
    known = await newsroom.lists()
    more = await newsroom.releases.add(ALENA, await out(newsroom), MORE)
    await newsroom.releases.submit(ALENA, more)
    await newsroom.notices.approve(BARYS, more)
    assert (await newsroom.notices.dossier(more)).notice.state is NoticeState.HELD
    assert await newsroom.notices.safe(ALENA, more) == frozenset()
    assert await newsroom.kinds(known["marfa"]) == [EventKind.IMPRISONED]
    (item,) = await newsroom.news.latest()
    assert known["marfa"] not in {person.id for person in item.known}
    assert await newsroom.notices.safe(BARYS, more)
    assert await newsroom.kinds(known["marfa"]) == [
        EventKind.IMPRISONED,
        EventKind.RELEASED,
        EventKind.TAKEN_ABROAD,
    ]


async def test_only_those_are_told_whom_somebody_added_concerns(
    newsroom: Newsroom, fanout: FanOut
):
    known = await newsroom.lists()
    marfa, maria = known["marfa"], known["maria"]
    await welcome(newsroom, 1, follows=frozenset({marfa, maria}), releases=True)
    await welcome(newsroom, 2, follows=frozenset({maria}), releases=True, absences=True)
    await welcome(newsroom, -3, follows=frozenset({marfa}), kind=ChatKind.GROUP)
    notice = await out(newsroom)
    wave = await tell(newsroom, await newsroom.releases.add(ALENA, notice, MORE))
    found = await made(newsroom, fanout, wave)
    assert {chat: (lane, a.freed, a.absent) for chat, (lane, a) in found.items()} == {
        1: (Lane.PERSON, (marfa,), ()),
        -3: (Lane.CROWD, (marfa,), ()),
    }
    assert not found[1][1].releases, "if it is taken back before it is sent, nothing is left"


async def test_somebody_added_twice_at_once_is_told_once(newsroom: Newsroom, fanout: FanOut):
    known = await newsroom.lists()
    await welcome(newsroom, 1, follows=frozenset({known["marfa"]}))
    notice = await out(newsroom)
    first = await newsroom.releases.add(ALENA, notice, MORE)
    await newsroom.releases.submit(ALENA, first)
    line = "https://viasna.example/more\nМарфа Рабкова"
    second = await newsroom.releases.add(ALENA, notice, line)
    assert second != first
    # Whoever insists that it is somebody else gets no second message either.
    (asked,) = (await newsroom.notices.dossier(second)).lines
    assert asked.state is LineState.LEFT_OUT
    await newsroom.releases.reopen(ALENA, asked.id)
    await newsroom.releases.settle(ALENA, asked.id, known["marfa"])
    (asked,) = (await newsroom.notices.dossier(second)).lines
    assert asked.state is LineState.LEFT_OUT
    await newsroom.releases.discard(ALENA, second)
    assert [one.id for one in (await newsroom.notices.dossier(notice)).others] == [first, second]


async def test_who_is_named_in_an_addition_is_not_told_again_when_a_held_group_opens(
    newsroom: Newsroom, fanout: FanOut
):
    """Two lists frozen apart may name the same person; the first that is opened tells."""
    known = await newsroom.lists()
    marfa = known["marfa"]
    await welcome(newsroom, 1, follows=frozenset({marfa}), releases=True, absences=True)
    notice = await out(newsroom)
    first = await newsroom.releases.add(ALENA, notice, MORE)
    await newsroom.releases.submit(ALENA, first)
    await newsroom.notices.approve(BARYS, first)
    second = await newsroom.releases.add(
        ALENA, notice, "https://a.example\nМарфа Рабкова\nНехта Новы"
    )
    lines = (await newsroom.notices.dossier(second)).lines
    await newsroom.releases.add_person(ALENA, lines[1].id)
    async with newsroom.database.write() as conn:
        await releases.settle(conn, lines[0].id, LineState.SETTLED, marfa)
    await tell(newsroom, second)
    wave = (await newsroom.notices.dossier(first)).waves
    assert wave == ()
    await newsroom.notices.safe(ALENA, first)
    await newsroom.notices.safe(BARYS, first)
    last = (await newsroom.notices.dossier(first)).waves[-1][0].id
    assert await made(newsroom, fanout, last) == {}
    assert await newsroom.kinds(marfa) == [EventKind.IMPRISONED, EventKind.RELEASED]


async def test_the_news_of_a_release_is_its_whole_list(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await out(newsroom)
    wave = await tell(newsroom, await newsroom.releases.add(ALENA, notice, MORE))
    (item,) = await newsroom.news.latest()
    assert [[p.id for p in group.persons] for group in item.snapshot.groups] == [
        [known["ales"]],
        [known["maria"], known["viktar"], known["marfa"]],
    ]
    assert [count.number for count in item.snapshot.counts] == [125]
    assert len(item.snapshot.sources) == 2
    assert (item.wave, item.whole) == (wave, True)
    first = (await newsroom.notices.dossier(notice)).waves[0][0].id
    assert await newsroom.news.release(wave) == await newsroom.news.release(first) == item
    told = await newsroom.news.wave(wave)
    assert [person.id for person in told.known] == [known["marfa"]]
    assert not told.whole


async def test_there_is_no_whole_list_of_what_was_never_told(newsroom: Newsroom):
    with pytest.raises(NotFound):
        await newsroom.news.release(WaveId(1))


async def test_who_was_taken_back_can_be_added_and_told_when_it_comes_true(
    newsroom: Newsroom, fanout: FanOut
):
    known = await newsroom.lists()
    maria = known["maria"]
    await welcome(newsroom, 1, follows=frozenset({maria}))
    notice = await out(newsroom)
    back = await newsroom.notices.correct(ALENA, notice, [maria])
    await newsroom.notices.approve(BARYS, back)
    (item,) = [one for one in await newsroom.news.latest() if one.whole]
    assert maria in item.taken_back
    wave = await tell(newsroom, await newsroom.releases.add(ALENA, notice, MORE))
    found = await made(newsroom, fanout, wave)
    assert found[1][1].freed == (maria,)
    item = await newsroom.news.release(wave)
    assert maria in {person.id for person in item.known}
    assert maria not in item.taken_back


async def test_nothing_is_added_to_a_closed_list(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.releases.draft(ALENA, LIST)
    await newsroom.releases.close_list(ALENA, notice, True)
    await newsroom.releases.submit(ALENA, notice)
    await newsroom.notices.approve(BARYS, notice)
    await newsroom.notices.safe(ALENA, notice)
    await newsroom.notices.safe(BARYS, notice)
    with pytest.raises(WrongState):
        await newsroom.releases.add(ALENA, notice, MORE)


async def test_an_addition_cannot_say_that_the_list_is_closed(newsroom: Newsroom):
    await newsroom.lists()
    more = await newsroom.releases.add(ALENA, await out(newsroom), MORE)
    with pytest.raises(WrongState):
        await newsroom.releases.close_list(ALENA, more, True)


async def test_nothing_more_is_opened_of_a_release_that_somebody_doubts(newsroom: Newsroom):
    await newsroom.lists()
    notice = await out(newsroom)
    more = await newsroom.releases.add(ALENA, notice, MORE)
    await newsroom.releases.submit(ALENA, more)
    await newsroom.notices.approve(BARYS, more)
    await newsroom.notices.withdraw(ALENA, notice)
    with pytest.raises(WrongState):
        await newsroom.notices.safe(BARYS, more)

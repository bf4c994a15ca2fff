"""Approved by others, held, let out when two say it is safe, taken back aloud."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from db import people, waves
from db.connection import Database
from db.vault import Vault
from model.custody import Status
from model.errors import NeedsAnotherEditor, NotFound, WrongState
from model.notices import LastKnown, NoticeId, NoticeKind, NoticeState, Say, Tally, WaveId
from model.people import EventKind, PersonId
from model.releases import GroupId
from tests.newsroom import ALENA, BARYS, LIST, VERA, Newsroom
from tests.watch import Watch


@pytest.fixture
def newsroom(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> Newsroom:
    return Newsroom(database, vault, clock, random)


async def state(newsroom: Newsroom, notice: NoticeId) -> NoticeState:
    return (await newsroom.notices.dossier(notice)).notice.state


async def test_another_editor_approves_and_the_notice_is_held(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.submitted()
    with pytest.raises(NeedsAnotherEditor):
        await newsroom.notices.approve(ALENA, notice)
    await newsroom.notices.approve(BARYS, notice)
    assert await state(newsroom, notice) is NoticeState.HELD
    assert await newsroom.kinds(known["maria"]) == [EventKind.IMPRISONED]
    with pytest.raises(WrongState):
        await newsroom.notices.approve(VERA, notice)


async def test_as_many_editors_approve_as_the_operator_wants(newsroom: Newsroom):
    newsroom.approvals_needed = 2
    newsroom.__post_init__()
    await newsroom.lists()
    notice = await newsroom.submitted()
    await newsroom.notices.approve(BARYS, notice)
    with pytest.raises(NeedsAnotherEditor):
        await newsroom.notices.approve(BARYS, notice)
    assert await state(newsroom, notice) is NoticeState.SUBMITTED
    await newsroom.notices.approve(VERA, notice)
    assert await state(newsroom, notice) is NoticeState.HELD


async def test_an_operators_notice_needs_an_editor_all_the_same(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.releases.draft(None, LIST)
    await newsroom.releases.submit(None, notice)
    assert await state(newsroom, notice) is NoticeState.SUBMITTED
    await newsroom.notices.approve(ALENA, notice)
    assert await state(newsroom, notice) is NoticeState.HELD


async def test_who_helped_with_a_draft_may_approve_what_another_submitted(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.releases.draft(ALENA, LIST)
    await newsroom.releases.add(BARYS, notice, "Марфа Рабкова")
    await newsroom.releases.submit(BARYS, notice)
    with pytest.raises(NeedsAnotherEditor):
        await newsroom.notices.approve(BARYS, notice)
    await newsroom.notices.approve(ALENA, notice)
    assert await state(newsroom, notice) is NoticeState.HELD


async def test_nobody_approves_what_he_or_she_did_not_see(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.submitted()
    seen = (await newsroom.notices.dossier(notice)).notice.seal
    await newsroom.releases.write(ALENA, notice, "be", "Усе на волі!")
    await newsroom.releases.submit(ALENA, notice)
    with pytest.raises(WrongState):
        await newsroom.notices.approve(BARYS, notice, seen=seen)
    seen = (await newsroom.notices.dossier(notice)).notice.seal
    await newsroom.notices.approve(BARYS, notice, seen=seen)
    with pytest.raises(WrongState):
        await newsroom.notices.safe(BARYS, notice, seen="00000000")


async def test_two_editors_open_a_group_and_the_rest_stays_held(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.held()
    lithuania, ukraine = await newsroom.groups(notice)
    assert await newsroom.notices.safe(ALENA, notice, [ukraine]) == frozenset()
    with pytest.raises(NeedsAnotherEditor):
        await newsroom.notices.safe(ALENA, notice, [ukraine])
    assert await state(newsroom, notice) is NoticeState.HELD
    assert await newsroom.news.latest() == ()
    assert await newsroom.notices.safe(BARYS, notice, [ukraine]) == {ukraine}
    dossier = await newsroom.notices.dossier(notice)
    assert dossier.notice.state is NoticeState.GOING_OUT
    assert dossier.notice.opened == {ukraine}
    assert [(wave.groups, tally) for wave, tally in dossier.waves] == [
        (frozenset({ukraine}), Tally())
    ]
    assert await newsroom.kinds(known["maria"]) == [
        EventKind.IMPRISONED,
        EventKind.RELEASED,
        EventKind.TAKEN_ABROAD,
    ]
    assert await newsroom.kinds(known["ales"]) == [EventKind.IMPRISONED]
    with pytest.raises(WrongState):
        await newsroom.notices.safe(VERA, notice, [ukraine])
    await newsroom.notices.safe(VERA, notice)
    assert await newsroom.notices.safe(ALENA, notice) == {lithuania}
    assert await newsroom.kinds(known["ales"]) != [EventKind.IMPRISONED]


async def test_groups_safe_by_one_press_go_out_in_one_wave(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.held()
    groups = await newsroom.groups(notice)
    await newsroom.notices.safe(ALENA, notice, [groups[0]])
    await newsroom.notices.safe(BARYS, notice, [groups[1]])
    assert await newsroom.notices.safe(VERA, notice) == set(groups)
    ((wave, _),) = (await newsroom.notices.dossier(notice)).waves
    assert wave.groups == set(groups)


async def test_a_group_of_another_notice_opens_nothing(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.held()
    with pytest.raises(WrongState):
        await newsroom.notices.safe(ALENA, notice, [GroupId(99)])


async def test_a_new_person_becomes_known_when_the_group_is_safe(newsroom: Newsroom):
    notice = await newsroom.releases.draft(ALENA, "2025-12-13\n1 https://hrw.org\nМінск:\nЯнка")
    (line,) = (await newsroom.notices.dossier(notice)).release.lines
    person = await newsroom.releases.add_person(ALENA, line.id)
    await newsroom.releases.submit(ALENA, notice)
    await newsroom.notices.approve(BARYS, notice)
    async with newsroom.database.read() as conn:
        assert await people.public(conn, [person]) == {}
    await newsroom.notices.safe(ALENA, notice)
    await newsroom.notices.safe(BARYS, notice)
    async with newsroom.database.read() as conn:
        assert set(await people.public(conn, [person])) == {person}
    # Nobody was taken abroad: the place has no country, so it is where the release was.
    assert await newsroom.kinds(person) == [EventKind.RELEASED]


@pytest.mark.parametrize("heading", ["BY, Жодзіна:", ""])
async def test_who_is_released_at_home_was_not_taken_abroad(newsroom: Newsroom, heading: str):
    known = await newsroom.lists("marfa")
    await newsroom.opened(f"2025-12-13\nhttps://hrw.org\n{heading}\nМарфа Рабкова")
    assert await newsroom.kinds(known["marfa"]) == [EventKind.IMPRISONED, EventKind.RELEASED]


async def test_a_stopped_notice_opens_nothing(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.held()
    await newsroom.notices.safe(ALENA, notice)
    with pytest.raises(WrongState):
        await newsroom.notices.resume(ALENA, notice)
    await newsroom.notices.stop(VERA, notice)
    with pytest.raises(WrongState):
        await newsroom.notices.stop(VERA, notice)
    with pytest.raises(WrongState):
        await newsroom.notices.safe(BARYS, notice)
    await newsroom.notices.resume(VERA, notice)
    assert len(await newsroom.notices.safe(BARYS, notice)) == 2


async def test_a_draft_cannot_be_stopped(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.releases.draft(ALENA, LIST)
    with pytest.raises(WrongState):
        await newsroom.notices.stop(None, notice)


async def test_of_two_devices_pressing_at_once_one_wins(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.submitted()
    ended = await asyncio.gather(
        newsroom.notices.approve(BARYS, notice),
        newsroom.notices.approve(VERA, notice),
        return_exceptions=True,
    )
    assert [type(end) for end in ended if end is not None] == [WrongState]
    await newsroom.notices.safe(ALENA, notice)
    opened = await asyncio.gather(
        newsroom.notices.safe(BARYS, notice),
        newsroom.notices.safe(VERA, notice),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in opened) == ["WrongState", "frozenset"]
    assert len((await newsroom.notices.dossier(notice)).waves) == 1


async def test_a_notice_is_out_when_all_its_groups_are_and_every_wave_ended(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.held()
    groups = await newsroom.groups(notice)
    for editor in (ALENA, BARYS):
        await newsroom.notices.safe(editor, notice, groups[:1])
    await newsroom.ends(notice)
    assert await state(newsroom, notice) is NoticeState.GOING_OUT
    for editor in (ALENA, BARYS):
        await newsroom.notices.safe(editor, notice, groups[1:])
    (first, second) = (wave.id for wave, _ in (await newsroom.notices.dossier(notice)).waves)
    await newsroom.notices.done(first)
    assert await state(newsroom, notice) is NoticeState.GOING_OUT
    await newsroom.ends(notice)
    assert await state(newsroom, notice) is NoticeState.OUT
    changes = len(newsroom.changes)
    await newsroom.notices.done(second)
    await newsroom.notices.done(WaveId(99))
    assert len(newsroom.changes) == changes
    assert [n.id for n in await newsroom.notices.ended_notices(5)] == [notice]


async def test_a_correction_takes_a_person_back_when_another_editor_approves(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.opened()
    await newsroom.ends(notice)
    correction = await newsroom.notices.correct(ALENA, notice, [known["maria"]])
    with pytest.raises(NeedsAnotherEditor):
        await newsroom.notices.approve(ALENA, correction)
    assert EventKind.RELEASED in await newsroom.kinds(known["maria"])
    newsroom.changes.clear()
    await newsroom.notices.approve(BARYS, correction)
    assert newsroom.changes == [correction, notice]
    assert await newsroom.kinds(known["maria"]) == [EventKind.IMPRISONED]
    assert EventKind.RELEASED in await newsroom.kinds(known["viktar"])
    dossier = await newsroom.notices.dossier(notice)
    assert dossier.notice.state is NoticeState.CORRECTED
    assert dossier.notice.taken_back == {known["maria"]}
    (told,) = dossier.others
    assert (told.id, told.state, told.kind) == (
        correction,
        NoticeState.GOING_OUT,
        NoticeKind.CORRECTION,
    )
    ((wave, _),) = (await newsroom.notices.dossier(correction)).waves
    assert wave.groups == told.facts.every_group
    (person,) = told.facts.persons(wave.groups)
    assert person.id == known["maria"]
    assert person.last == LastKnown(
        Status.IMPRISONED, "2020-09", "BY", {"be": "Гомель"}, "HRW|https://www.hrw.org/"
    )
    await newsroom.ends(correction)
    assert await state(newsroom, correction) is NoticeState.OUT


async def test_of_somebody_new_nothing_was_known_before(newsroom: Newsroom):
    notice = await newsroom.releases.draft(ALENA, "2025-12-13\nhttps://hrw.org\nЯнка")
    (line,) = (await newsroom.notices.dossier(notice)).release.lines
    person = await newsroom.releases.add_person(ALENA, line.id)
    await newsroom.releases.submit(ALENA, notice)
    await newsroom.notices.approve(BARYS, notice)
    await newsroom.notices.safe(ALENA, notice)
    await newsroom.notices.safe(BARYS, notice)
    correction = await newsroom.notices.correct(ALENA, notice, [person])
    facts = (await newsroom.notices.dossier(correction)).notice.facts
    (told,) = facts.persons(facts.every_group)
    assert told.last == LastKnown(Status.UNKNOWN)


async def test_a_correction_while_a_notice_goes_out_lets_the_rest_go_on(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.opened()
    first = await newsroom.notices.correct(ALENA, notice, [known["maria"]])
    await newsroom.notices.approve(BARYS, first)
    assert await state(newsroom, notice) is NoticeState.GOING_OUT
    with pytest.raises(NotFound):
        await newsroom.notices.correct(ALENA, notice, [known["maria"]])
    await newsroom.ends(notice)
    assert await state(newsroom, notice) is NoticeState.CORRECTED
    second = await newsroom.notices.correct(VERA, notice, [known["viktar"]])
    await newsroom.notices.approve(BARYS, second)
    assert (await newsroom.notices.dossier(notice)).notice.taken_back == {
        known["maria"],
        known["viktar"],
    }


async def test_of_two_corrections_of_the_same_person_readers_are_told_one(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.opened()
    first = await newsroom.notices.correct(ALENA, notice, [known["maria"]])
    second = await newsroom.notices.correct(BARYS, notice, [known["maria"]])
    third = await newsroom.notices.correct(VERA, notice, [known["maria"], known["ales"]])
    await newsroom.notices.approve(BARYS, first)
    with pytest.raises(WrongState):
        await newsroom.notices.approve(ALENA, second)
    assert (await newsroom.notices.dossier(notice)).notice.taken_back == {known["maria"]}
    await newsroom.releases.discard(ALENA, second)
    await newsroom.notices.approve(ALENA, third)
    assert (await newsroom.notices.dossier(notice)).notice.taken_back == {
        known["maria"],
        known["ales"],
    }


async def test_nobody_more_is_told_to_be_free_while_an_editor_wants_it_withdrawn(
    newsroom: Newsroom,
):
    """A group opened meanwhile would stay free for ever: the withdrawal does not know of it."""
    known = await newsroom.lists()
    notice = await newsroom.held()
    vilnius, ukraine = await newsroom.groups(notice)
    for editor in (ALENA, BARYS):
        await newsroom.notices.safe(editor, notice, [vilnius])
    mistaken = await newsroom.notices.withdraw(ALENA, notice)
    assert (await newsroom.notices.dossier(notice)).doubted
    with pytest.raises(WrongState):
        await newsroom.notices.safe(ALENA, notice, [ukraine])
    await newsroom.releases.discard(BARYS, mistaken)
    await newsroom.notices.safe(ALENA, notice, [ukraine])
    withdrawal = await newsroom.notices.withdraw(VERA, notice)
    with pytest.raises(WrongState):
        await newsroom.notices.safe(BARYS, notice, [ukraine])
    await newsroom.notices.approve(BARYS, withdrawal)
    assert await state(newsroom, notice) is NoticeState.WITHDRAWN
    for person in known.values():
        assert await newsroom.kinds(person) == [EventKind.IMPRISONED]


@pytest.mark.parametrize("number", [1, 99])
async def test_only_who_was_told_of_is_corrected(newsroom: Newsroom, number: int):
    known = await newsroom.lists()
    notice = await newsroom.held()
    groups = await newsroom.groups(notice)
    with pytest.raises(WrongState):
        await newsroom.notices.correct(ALENA, notice, [known["maria"]])
    for editor in (ALENA, BARYS):
        await newsroom.notices.safe(editor, notice, groups[:1])
    with pytest.raises(NotFound):
        await newsroom.notices.correct(ALENA, notice, [known["maria"]])
    with pytest.raises(NotFound):
        await newsroom.notices.correct(ALENA, notice, [PersonId(number)])


async def test_a_withdrawal_takes_everybody_back(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.opened()
    pending = await newsroom.notices.correct(ALENA, notice, [known["maria"]])
    withdrawal = await newsroom.notices.withdraw(ALENA, notice)
    await newsroom.notices.approve(BARYS, withdrawal)
    assert await state(newsroom, notice) is NoticeState.WITHDRAWN
    for ref in ("ales", "maria", "viktar"):
        assert await newsroom.kinds(known[ref]) == [EventKind.IMPRISONED]
    with pytest.raises(WrongState):
        await newsroom.notices.approve(BARYS, pending)
    with pytest.raises(WrongState):
        await newsroom.notices.withdraw(ALENA, withdrawal)
    with pytest.raises(WrongState):
        await newsroom.notices.safe(ALENA, withdrawal)
    await newsroom.ends(notice)
    assert await state(newsroom, notice) is NoticeState.WITHDRAWN


async def test_the_card_shows_who_said_what(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.held()
    (first, _) = await newsroom.groups(notice)
    await newsroom.notices.safe(VERA, notice, [first])
    known = (await newsroom.notices.dossier(notice)).notice
    assert known.said(Say.APPROVE) == {BARYS}
    assert known.said(Say.SAFE, first) == {VERA}
    assert [n.id for n in await newsroom.notices.open_notices()] == [notice]


async def test_after_three_days_the_card_says_that_nobody_can_be_told_any_more(
    newsroom: Newsroom,
):
    await newsroom.lists()
    notice = await newsroom.opened()
    newsroom.clock.advance(timedelta(hours=100))
    assert (await newsroom.notices.dossier(notice)).reachable
    await newsroom.ends(notice)
    assert (await newsroom.notices.dossier(notice)).reachable
    newsroom.clock.advance(timedelta(hours=72))
    assert not (await newsroom.notices.dossier(notice)).reachable


async def test_readers_see_what_is_out_and_nothing_else(newsroom: Newsroom):
    known = await newsroom.lists()
    await newsroom.held()
    notice = await newsroom.opened()
    withdrawn = await newsroom.opened("2024-07\nhttps://hrw.org\nМарфа Рабкова")
    (newer, older) = await newsroom.news.latest(5)
    assert (older.snapshot.on, newer.snapshot.on) == ("2025-12-13", "2024-07")
    assert older.groups == older.opened == frozenset(await newsroom.groups(notice))
    newsroom.clock.advance(timedelta(hours=1))
    withdrawal = await newsroom.notices.withdraw(ALENA, withdrawn)
    await newsroom.notices.approve(BARYS, withdrawal)
    correction = await newsroom.notices.correct(ALENA, notice, [known["maria"]])
    await newsroom.notices.approve(BARYS, correction)
    latest = await newsroom.news.latest()
    assert [item.snapshot.kind for item in latest] == [
        NoticeKind.CORRECTION,
        NoticeKind.WITHDRAWAL,
        NoticeKind.RELEASE,
    ]
    assert latest[2].corrected == newsroom.clock()
    assert [p.id for p in latest[2].known] == [known["ales"], known["viktar"]]
    assert (await newsroom.news.wave(newer.wave)).withdrawn


async def test_a_wave_tells_of_its_own_groups_and_counts_the_open_ones(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.held()
    (first, second) = await newsroom.groups(notice)
    for group in (first, second):
        for editor in (ALENA, BARYS):
            await newsroom.notices.safe(editor, notice, [group])
    async with newsroom.database.read() as conn:
        early, late = [wave.id for wave in await waves.of_notice(conn, notice)]
    item = await newsroom.news.wave(early)
    assert item.groups == item.opened == {first}
    assert len(item.known) == 1
    item = await newsroom.news.wave(late)
    assert (set(item.groups), set(item.opened)) == ({second}, {first, second})
    assert len(item.known) == 3
    with pytest.raises(NotFound):
        await newsroom.news.wave(WaveId(99))

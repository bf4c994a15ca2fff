"""From a pasted list to facts that are frozen."""

from collections.abc import Callable

import pytest

import services.releases
from db import audit
from db.connection import Database
from db.vault import Vault
from model.errors import BadInput, NotFound, Unreadable, Unsettled, WrongState
from model.notices import NoticeId, NoticeState, Say
from model.people import PersonId, Source, Visibility
from model.releases import Count, LineId, LineState, Missing, Reason
from services.drafting import WORDS_AT_MOST
from tests.newsroom import ALENA, BARYS, LIST, Newsroom
from tests.watch import Watch


@pytest.fixture
def newsroom(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> Newsroom:
    return Newsroom(database, vault, clock, random)


async def test_a_list_of_known_people_is_matched_at_once(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.releases.draft(ALENA, LIST)
    dossier = await newsroom.notices.dossier(notice)
    lithuania, ukraine = dossier.release.groups
    racyja = Source("racyja.com", "https://racyja.com/by/palityka")
    assert dossier.notice.state is NoticeState.DRAFT
    assert dossier.notice.author == ALENA
    assert str(dossier.release.on) == "2025-12-13"
    assert dossier.release.counts == (Count(123, racyja),)
    assert (lithuania.country, lithuania.place) == ("LT", "Вільня")
    assert [line.state for line in dossier.release.lines] == [LineState.SURE] * 3
    assert [line.person.id for line in ukraine.lines if line.person] == [
        known["maria"],
        known["viktar"],
    ]
    assert dossier.release.missing == ()
    assert newsroom.changes == [notice]


async def test_an_empty_list_is_refused(newsroom: Newsroom):
    with pytest.raises(BadInput):
        await newsroom.releases.draft(ALENA, " \n\n")


async def test_what_is_missing_is_named_and_stops_the_notice(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.releases.draft(ALENA, "Марыя Калеснікава\nЯнка Выдуманы")
    with pytest.raises(Unsettled) as refused:
        await newsroom.releases.submit(ALENA, notice)
    assert refused.value.lines == 1
    assert refused.value.missing == (Missing.DATE, Missing.SOURCE)
    with pytest.raises(Unsettled):
        await newsroom.releases.preview(notice)


async def test_a_list_grows_by_replies(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.releases.draft(
        None, "12.12.2025\n100 HRW\nUA:\n90 HRW\nМарыя Калеснікава"
    )
    await newsroom.releases.add(
        BARYS, notice, "13.12.2025\n114 HRW\nUkraine:\n91 HRW\nМарыя Калеснікава\nВіктар Бабарыка"
    )
    release = (await newsroom.notices.dossier(notice)).release
    (group,) = release.groups
    assert str(release.on) == "2025-12-13"
    assert [count.number for count in release.counts] == [114]
    assert [count.number for count in group.counts] == [91]
    assert [line.text for line in group.lines] == ["Марыя Калеснікава", "Віктар Бабарыка"]


async def test_a_release_has_only_so_many_names(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(services.releases, "LINES_AT_MOST", 2)
    notice = await newsroom.releases.draft(ALENA, "LT:\nЯнка Выдуманы\nАнна Выдуманая")
    with pytest.raises(BadInput):
        await newsroom.releases.add(ALENA, notice, "UA:\nМарыя Калеснікава")


async def test_nothing_can_be_done_with_a_notice_that_is_not_there(newsroom: Newsroom):
    nowhere, noline = NoticeId(99), LineId(99)
    for deed in (
        newsroom.releases.add(ALENA, nowhere, LIST),
        newsroom.releases.submit(ALENA, nowhere),
        newsroom.releases.preview(nowhere),
        newsroom.releases.discard(ALENA, nowhere),
        newsroom.releases.settle(ALENA, noline, None),
    ):
        with pytest.raises(NotFound):
            await deed


async def two_marias(newsroom: Newsroom) -> tuple[NoticeId, LineId, tuple[PersonId, ...]]:
    known = await newsroom.lists()
    other = await newsroom.hides("other", "Марыя Калеснікава", 2001)
    notice = await newsroom.releases.draft(ALENA, f"{LIST}\nЯнка Выдуманы")
    release = (await newsroom.notices.dossier(notice)).release
    (line, _) = release.unsettled
    assert set(line.candidates) == {known["maria"], other}
    return notice, line.id, line.candidates


async def test_namesakes_are_shown_and_settled(newsroom: Newsroom):
    notice, line, candidates = await two_marias(newsroom)
    assert set((await newsroom.notices.dossier(notice)).candidates) == set(candidates)
    with pytest.raises(NotFound):
        await newsroom.releases.settle(ALENA, line, PersonId(3))
    await newsroom.releases.settle(ALENA, line, candidates[1])
    with pytest.raises(WrongState):
        await newsroom.releases.settle(BARYS, line, candidates[0])
    settled = next(
        one for one in (await newsroom.notices.dossier(notice)).release.lines if one.id == line
    )
    assert settled.state is LineState.SETTLED
    assert settled.person
    assert settled.person.id == candidates[1]


async def test_a_line_settled_wrongly_is_asked_again(newsroom: Newsroom):
    notice, line, candidates = await two_marias(newsroom)
    await newsroom.releases.settle(ALENA, line, candidates[1])
    await newsroom.releases.reopen(ALENA, line)
    with pytest.raises(WrongState):
        await newsroom.releases.reopen(ALENA, line)
    await newsroom.releases.settle(ALENA, line, None)
    (unknown,) = (await newsroom.notices.dossier(notice)).release.unsettled
    await newsroom.releases.settle(ALENA, unknown.id, None)
    await newsroom.releases.reopen(ALENA, unknown.id)
    (again,) = (await newsroom.notices.dossier(notice)).release.unsettled
    assert (again.id, again.state) == (unknown.id, LineState.UNKNOWN)


async def test_a_new_person_is_hidden_until_the_group_is_safe(newsroom: Newsroom):
    notice = await newsroom.releases.draft(ALENA, "2025-12\n12 HRW\n1. Янка Выдуманы, 1980")
    (line,) = (await newsroom.notices.dossier(notice)).release.lines
    person = await newsroom.releases.add_person(BARYS, line.id)
    (line,) = (await newsroom.notices.dossier(notice)).release.lines
    assert line.person
    assert line.person.id == person
    assert line.person.visibility is Visibility.HIDDEN
    assert (line.person.names[0].text, line.person.born) == ("Янка Выдуманы", 1980)
    assert await newsroom.kinds(person) == []
    again = await newsroom.releases.draft(ALENA, "Янка Выдуманы")
    (line,) = (await newsroom.notices.dossier(again)).release.lines
    assert line.candidates == (person,)


async def test_what_is_submitted_is_frozen(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.releases.draft(ALENA, f"{LIST}\nМінск:")
    await newsroom.releases.write(ALENA, notice, "be", " Чакаем усіх. ")
    await newsroom.releases.close_list(ALENA, notice, True)
    before = await newsroom.releases.preview(notice)
    await newsroom.releases.submit(BARYS, notice)
    submitted = (await newsroom.notices.dossier(notice)).notice
    assert submitted.state is NoticeState.SUBMITTED
    assert submitted.author == BARYS
    assert submitted.facts == before == await newsroom.releases.preview(notice)
    assert before.texts == {"be": "Чакаем усіх."}
    assert before.list_closed
    assert [(g.country, g.abroad) for g in before.groups] == [("LT", True), ("UA", True)]
    assert [p.id for p in before.persons(before.every_group)] == [
        known["ales"],
        known["maria"],
        known["viktar"],
    ]
    with pytest.raises(WrongState):
        await newsroom.releases.submit(ALENA, notice)


async def test_the_same_facts_have_the_same_digest(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.submitted()
    first = (await newsroom.notices.dossier(notice)).notice.digest
    await newsroom.releases.write(ALENA, notice, "be", "Чакаем.")
    await newsroom.releases.submit(ALENA, notice)
    second = (await newsroom.notices.dossier(notice)).notice.digest
    await newsroom.releases.write(ALENA, notice, "be", "")
    await newsroom.releases.submit(ALENA, notice)
    third = (await newsroom.notices.dossier(notice)).notice.digest
    assert first == third != second


async def test_any_change_voids_the_approvals(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.held()
    await newsroom.notices.safe(ALENA, notice)
    await newsroom.releases.write(BARYS, notice, "be", "Чакаем.")
    changed = (await newsroom.notices.dossier(notice)).notice
    assert changed.state is NoticeState.DRAFT
    assert changed.sayings == ()
    await newsroom.releases.write(BARYS, notice, "be", "")
    await newsroom.releases.submit(ALENA, notice)
    again = (await newsroom.notices.dossier(notice)).notice
    assert again.said(Say.APPROVE) == frozenset()


async def test_what_has_been_said_is_not_changed(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.opened()
    (line, *_) = (await newsroom.notices.dossier(notice)).release.lines
    for deed in (
        newsroom.releases.reopen(ALENA, line.id),
        newsroom.releases.write(ALENA, notice, "be", "Чакаем."),
        newsroom.releases.close_list(ALENA, notice, True),
        newsroom.releases.discard(ALENA, notice),
    ):
        with pytest.raises(WrongState):
            await deed
    correction = await newsroom.notices.correct(ALENA, notice, [known["maria"]])
    with pytest.raises(WrongState):
        await newsroom.releases.add(ALENA, correction, LIST)


@pytest.mark.parametrize(
    ("language", "text"), [("xx", "Hello"), ("be", "х" * (WORDS_AT_MOST + 1))]
)
async def test_words_in_no_language_or_without_end_are_refused(
    newsroom: Newsroom, language: str, text: str
):
    await newsroom.lists()
    notice = await newsroom.releases.draft(ALENA, LIST)
    with pytest.raises(BadInput):
        await newsroom.releases.write(ALENA, notice, language, text)


async def test_a_discarded_notice_is_at_its_end(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.held()
    await newsroom.releases.discard(BARYS, notice)
    assert await newsroom.notices.open_notices() == ()
    with pytest.raises(WrongState):
        await newsroom.releases.submit(ALENA, notice)


async def test_all_that_editors_do_is_in_the_audit(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.releases.draft(None, LIST)
    await newsroom.releases.add(BARYS, notice, "Марфа Рабкова")
    await newsroom.releases.submit(ALENA, notice)
    await newsroom.releases.discard(BARYS, notice)
    async with newsroom.database.read() as conn:
        assert (await audit.verify(conn, newsroom.vault)).number == 4


@pytest.mark.parametrize("text", ["2025-12-15", "13.12.2052", "2026"])
async def test_nobody_was_released_on_a_day_that_is_to_come(newsroom: Newsroom, text: str):
    tomorrow = await newsroom.releases.draft(ALENA, "2025-12-14")
    with pytest.raises(Unreadable):
        await newsroom.releases.draft(ALENA, text)
    with pytest.raises(Unreadable):
        await newsroom.releases.add(ALENA, tomorrow, text)


async def states_of(newsroom: Newsroom, notice: NoticeId) -> list[LineState]:
    release = (await newsroom.notices.dossier(notice)).release
    return [line.state for line in release.lines]


@pytest.mark.parametrize(
    "second", ["Калеснікава Марыя", "Марыя Калеснікава", "UA:\nMaria Kalesnikava"]
)
async def test_nobody_is_given_to_two_lines_of_one_list(newsroom: Newsroom, second: str):
    await newsroom.lists()
    notice = await newsroom.releases.draft(ALENA, f"LT:\nМарыя Калеснікава\n{second}")
    assert await states_of(newsroom, notice) == [LineState.CHOOSE, LineState.CHOOSE]
    await newsroom.releases.add(ALENA, notice, f"LT:\nМарыя Калеснікава\n{second}")
    assert len(await states_of(newsroom, notice)) == 2


async def test_nobody_is_given_to_a_line_that_is_added(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.releases.draft(ALENA, LIST)
    await newsroom.releases.add(
        ALENA, notice, "LT:\nMaria Kalesnikava\nMarfa Rabkova\nЯнка Выдуманы"
    )
    whole = await newsroom.notices.dossier(notice)
    ales, maria, viktar, maria_again, marfa, janka = whole.release.lines
    assert (maria_again.state, maria_again.candidates) == (LineState.CHOOSE, (known["maria"],))
    assert [line.state for line in (ales, marfa, maria, viktar)] == [LineState.SURE] * 4
    assert newsroom.releases.reasons(whole, maria_again.id) == ()
    assert newsroom.releases.reasons(whole, maria.id) == ()
    assert newsroom.releases.reasons(whole, janka.id) == (Reason.NOBODY,)


async def test_a_list_is_tried_without_keeping_it(newsroom: Newsroom):
    await newsroom.lists()
    matched = await newsroom.releases.match(f"{LIST}3. Янка Выдуманы; Марфа Рабкова")
    assert [(line.written, match.state) for line, match in matched] == [
        ("Алесь Бяляцкі", LineState.SURE),
        ("Марыя Калеснікава", LineState.SURE),
        ("Віктар Бабарыка", LineState.SURE),
        ("Янка Выдуманы", LineState.UNKNOWN),
        ("Марфа Рабкова", LineState.SURE),
    ]
    assert await newsroom.notices.open_notices() == ()
    assert newsroom.changes == []


@pytest.mark.parametrize("text", ["", "UA:\n", "13.12.2025\nhttps://example.org/news"])
async def test_a_list_without_names_cannot_be_tried(newsroom: Newsroom, text: str):
    with pytest.raises(BadInput):
        await newsroom.releases.match(text)

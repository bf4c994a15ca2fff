"""News of people: written down in a few lines, settled, frozen, held, told, taken back."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from db import events, people
from db.connection import Database
from db.vault import Vault
from model.custody import Status
from model.dates import PartialDate
from model.errors import NeedsAnotherEditor, NotFound, Unreadable, Unsettled, WrongState
from model.happenings import Happening, Lack
from model.notices import EventFacts, LastKnown, NoticeId, NoticeKind, NoticeState
from model.people import Confidence, EventId, EventKind, Manner, Name, PersonId, Source
from model.releases import WHOLE, LineId, LineState
from names import keys_of
from services.happenings import HAPPENINGS_AT_MOST
from tests.newsroom import ALENA, BARYS, LIST, VERA, Newsroom
from tests.watch import Watch

TRANSFER = """\
Марыя Калеснікава
пераведзена
12.11.2025
Гомель
Радыё Рацыя https://racyja.com/1
"""


@pytest.fixture
def newsroom(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> Newsroom:
    return Newsroom(database, vault, clock, random)


async def written(newsroom: Newsroom, notice: NoticeId) -> tuple[Happening, ...]:
    return (await newsroom.notices.dossier(notice)).happenings


async def held(newsroom: Newsroom, text: str = TRANSFER) -> NoticeId:
    notice = await newsroom.happenings.draft(ALENA, text)
    await newsroom.happenings.submit(ALENA, notice)
    await newsroom.notices.approve(BARYS, notice)
    return notice


async def opened(newsroom: Newsroom, text: str = TRANSFER) -> NoticeId:
    notice = await held(newsroom, text)
    await newsroom.notices.safe(ALENA, notice)
    await newsroom.notices.safe(BARYS, notice)
    return notice


async def test_a_few_lines_become_a_draft_in_which_nothing_is_missing(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.happenings.draft(ALENA, TRANSFER)
    dossier = await newsroom.notices.dossier(notice)
    (one,) = dossier.happenings
    assert one.person is not None
    assert one.person.id == known["maria"]
    assert (one.state, one.kind, one.place) == (LineState.SURE, EventKind.TRANSFERRED, "Гомель")
    assert one.sources == (Source("Радыё Рацыя", "https://racyja.com/1"),)
    assert (dossier.missing, dossier.unsettled, dossier.on) == ((), (), "2025-11-12")
    assert dossier.notice.of is None
    with pytest.raises(WrongState):
        assert dossier.release.lines
    with pytest.raises(WrongState):
        assert dossier.notice.release


async def test_a_name_alone_begins_and_the_rest_is_asked_for(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.happenings.draft(ALENA, "Марыя Калеснікава")
    (one,) = await written(newsroom, notice)
    assert one.lacks == (Lack.KIND, Lack.DATE, Lack.SOURCE)
    assert (await newsroom.notices.dossier(notice)).on == ""
    with pytest.raises(Unsettled):
        await newsroom.happenings.preview(notice)
    await newsroom.happenings.tell(ALENA, one.id, kind=EventKind.RELEASED)
    await newsroom.happenings.tell(ALENA, one.id, manner=Manner.PARDON)
    await newsroom.happenings.tell(ALENA, one.id, on=PartialDate.parse("2025-11"))
    await newsroom.happenings.tell(ALENA, one.id, doubtful=True)
    with pytest.raises(Unsettled) as missing:
        await newsroom.happenings.submit(ALENA, notice)
    assert missing.value.missing == ("source",)
    await newsroom.happenings.add(ALENA, notice, "https://racyja.com/1")
    (one,) = await written(newsroom, notice)
    assert (one.kind, one.manner) == (EventKind.RELEASED, Manner.PARDON)
    assert one.confidence is Confidence.REPORTED
    await newsroom.happenings.submit(ALENA, notice)


async def test_who_was_not_released_was_released_in_no_manner(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.happenings.draft(ALENA, "Марыя Калеснікава\nпамілавана")
    (one,) = await written(newsroom, notice)
    assert one.manner is Manner.PARDON
    await newsroom.happenings.tell(ALENA, one.id, kind=EventKind.TRANSFERRED)
    await newsroom.happenings.tell(ALENA, one.id, manner=Manner.PARDON)
    (one,) = await written(newsroom, notice)
    assert one.manner is None


async def test_what_names_nobody_takes_the_place_of_what_was_said(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.happenings.draft(ALENA, TRANSFER)
    await newsroom.happenings.add(
        ALENA, notice, "sentenced: 2 years\n2025-10-01\nBelarus\nhttps://hrw.org/2"
    )
    (one,) = await written(newsroom, notice)
    assert (one.kind, one.months, one.country, one.place) == (EventKind.SENTENCED, 24, "BY", "")
    assert one.on == PartialDate.parse("2025-10-01")
    assert one.sources == (Source("hrw.org", "https://hrw.org/2"),)
    await newsroom.happenings.add(ALENA, notice, "not confirmed")
    (one,) = await written(newsroom, notice)
    assert (one.months, one.confidence) == (24, Confidence.REPORTED)


async def test_what_names_nobody_completes_several_and_changes_but_the_one_meant(
    newsroom: Newsroom,
):
    await newsroom.lists()
    notice = await newsroom.happenings.draft(
        ALENA, "Марыя Калеснікава\nhospital\nГомель\n\nАлесь Бяляцкі\n"
    )
    await newsroom.happenings.add(ALENA, notice, "call\n2025-11-02\nМінск\nhttps://hrw.org/2")
    maria, ales = await written(newsroom, notice)
    assert (maria.kind, maria.place) == (EventKind.HOSPITALISED, "Гомель")
    assert (ales.kind, ales.place) == (EventKind.CONTACT, "Мінск")
    assert maria.on == ales.on == PartialDate.parse("2025-11-02")
    await newsroom.happenings.add(ALENA, notice, "2025-11-03", to=ales.id)
    maria, ales = await written(newsroom, notice)
    assert (str(maria.on), str(ales.on)) == ("2025-11-02", "2025-11-03")
    with pytest.raises(NotFound):
        await newsroom.happenings.add(ALENA, notice, "2025-11-03", to=LineId(999))


async def test_more_is_added_and_nothing_twice(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.happenings.draft(ALENA, TRANSFER)
    await newsroom.happenings.add(ALENA, notice, TRANSFER + "\ncontact\n\nАлесь Бяляцкі\ncall")
    assert [one.kind for one in await written(newsroom, notice)] == [
        EventKind.TRANSFERRED,
        EventKind.CONTACT,
        EventKind.CONTACT,
    ]


async def test_who_is_called_so_is_settled_once_for_all_that_happened(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await newsroom.happenings.draft(
        ALENA, "Калеснікава\nhospital\n\ntransferred\n\nАлесь Бяляцкі\ncall"
    )
    dossier = await newsroom.notices.dossier(notice)
    (line,) = dossier.unsettled
    assert newsroom.happenings.reasons(dossier, line.id)
    with pytest.raises(NotFound):
        await newsroom.happenings.settle(ALENA, line.id, known["ales"])
    await newsroom.happenings.settle(ALENA, line.id, known["maria"])
    states = [one.state for one in await written(newsroom, notice)]
    assert states == [LineState.SETTLED, LineState.SETTLED, LineState.SURE]
    await newsroom.happenings.add(ALENA, notice, "Калеснікава\nletter")
    assert not (await newsroom.notices.dossier(notice)).unsettled
    await newsroom.happenings.reopen(ALENA, line.id)
    assert len((await newsroom.notices.dossier(notice)).unsettled) == 1
    await newsroom.happenings.settle(ALENA, line.id, None)
    (ales,) = await written(newsroom, notice)
    await newsroom.happenings.remove(ALENA, ales.id)
    assert (await newsroom.notices.dossier(notice)).missing == ()
    with pytest.raises(Unsettled):
        await newsroom.happenings.submit(ALENA, notice)


async def test_somebody_new_is_seen_by_nobody_before_it_is_safe(
    newsroom: Newsroom, database: Database
):
    notice = await newsroom.happenings.draft(
        ALENA, "Янка Новы\narrest\n2025-11-01\nhttps://hrw.org/2"
    )
    (line,) = (await newsroom.notices.dossier(notice)).unsettled
    person = await newsroom.happenings.add_person(ALENA, line.id)
    await newsroom.happenings.submit(ALENA, notice)
    await newsroom.notices.approve(BARYS, notice)
    await newsroom.notices.safe(ALENA, notice)
    async with database.read() as conn:
        assert not await people.public(conn, [person])
    await newsroom.notices.safe(BARYS, notice)
    async with database.read() as conn:
        assert person in await people.public(conn, [person])
    assert await newsroom.kinds(person) == [EventKind.DETAINED]


async def test_one_thing_is_crossed_out(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.happenings.draft(ALENA, TRANSFER + "\nhospital")
    first, second = await written(newsroom, notice)
    await newsroom.happenings.remove(ALENA, first.id)
    assert await written(newsroom, notice) == (second,)
    with pytest.raises(NotFound):
        await newsroom.happenings.remove(ALENA, first.id)


@pytest.mark.parametrize(
    "text", ["", "transferred", "Марыя Калеснікава\n2030-01-01", "Марыя Калеснікава\n31.02.2025"]
)
async def test_what_says_nothing_or_of_a_day_to_come_begins_no_notice(
    newsroom: Newsroom, text: str
):
    await newsroom.lists()
    with pytest.raises(Unreadable):
        await newsroom.happenings.draft(ALENA, text)
    assert await newsroom.notices.open_notices() == ()


async def test_no_more_is_taken_than_one_message_holds(newsroom: Newsroom):
    await newsroom.lists()
    days = "\n\n".join(f"call\n2025-10-{day:02}" for day in range(1, HAPPENINGS_AT_MOST + 2))
    with pytest.raises(Unreadable):
        await newsroom.happenings.draft(ALENA, f"Марыя Калеснікава\n{days}")


async def test_what_is_approved_is_told_when_two_say_it_is_safe_and_not_before(
    newsroom: Newsroom,
):
    known = await newsroom.lists()
    notice = await newsroom.happenings.draft(ALENA, TRANSFER)
    await newsroom.happenings.submit(ALENA, notice)
    with pytest.raises(NeedsAnotherEditor):
        await newsroom.notices.approve(ALENA, notice)
    await newsroom.notices.approve(BARYS, notice)
    assert await newsroom.notices.safe(ALENA, notice) == frozenset()
    with pytest.raises(NeedsAnotherEditor):
        await newsroom.notices.safe(ALENA, notice)
    assert await newsroom.kinds(known["maria"]) == [EventKind.IMPRISONED]
    assert await newsroom.notices.safe(BARYS, notice) == {WHOLE}
    assert await newsroom.kinds(known["maria"]) == [
        EventKind.IMPRISONED,
        EventKind.TRANSFERRED,
    ]
    dossier = await newsroom.notices.dossier(notice)
    assert dossier.notice.state is NoticeState.GOING_OUT
    assert dossier.notice.opened == {WHOLE}
    # /news is of releases, and so is the whole list of one.
    assert await newsroom.news.latest() == ()
    ((wave, _),) = dossier.waves
    assert (await newsroom.news.wave(wave.id)).snapshot == dossier.notice.facts
    with pytest.raises(NotFound):
        await newsroom.news.release(wave.id)
    await newsroom.ends(notice)
    assert (await newsroom.notices.dossier(notice)).notice.state is NoticeState.OUT


async def test_a_change_voids_what_was_approved(newsroom: Newsroom):
    await newsroom.lists()
    notice = await held(newsroom)
    seal = (await newsroom.notices.dossier(notice)).notice.seal
    (one,) = await written(newsroom, notice)
    await newsroom.happenings.tell(ALENA, one.id, doubtful=True)
    assert (await newsroom.notices.dossier(notice)).notice.state is NoticeState.DRAFT
    await newsroom.happenings.submit(ALENA, notice)
    with pytest.raises(WrongState):
        await newsroom.notices.approve(BARYS, notice, seen=seal)
    await newsroom.notices.approve(BARYS, notice)
    with pytest.raises(WrongState):
        await newsroom.releases.write(ALENA, notice, "be", "Так")


async def test_the_same_of_one_person_under_two_names_is_frozen_once(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.happenings.draft(ALENA, TRANSFER)
    await newsroom.happenings.add(ALENA, notice, TRANSFER.replace("Марыя Кал", "Марыя  Кал"))
    await newsroom.happenings.add(
        ALENA, notice, TRANSFER.replace("Марыя Калеснікава", "Maria Kalesnikava")
    )
    for line in (await newsroom.notices.dossier(notice)).unsettled:
        await newsroom.happenings.settle(ALENA, line.id, line.candidates[0])
    assert len(await written(newsroom, notice)) == 2
    facts = await newsroom.happenings.preview(notice)
    assert len(facts.events) == 1
    assert len(facts.persons(facts.every_group)) == 1
    assert facts.on == "2025-11-12"


async def test_the_term_belongs_to_a_sentence(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.happenings.draft(ALENA, "Марыя Калеснікава\n2 years\n2025-10-01")
    (one,) = await written(newsroom, notice)
    assert one.months == 24
    await newsroom.happenings.add(ALENA, notice, "charged")
    (fact,) = (await newsroom.happenings.preview(notice)).events
    assert fact.months is None
    assert fact.event.place is None


# --- releases tell for themselves -------------------------------------------------------------

FREED = "Марыя Калеснікава\nвызвалена\n13.12.2025\nhttps://racyja.com/1"


async def test_who_is_freed_in_a_release_makes_no_news_of_her_own(
    newsroom: Newsroom, clock: Watch
):
    await newsroom.lists()
    release = await newsroom.held()
    notice = await newsroom.happenings.draft(ALENA, FREED)
    dossier = await newsroom.notices.dossier(notice)
    (one,) = dossier.happenings
    assert dossier.told_by == {one.id: release}
    assert dossier.missing == ("release",)
    with pytest.raises(Unsettled):
        await newsroom.happenings.submit(ALENA, notice)


@pytest.mark.parametrize(
    ("name", "line", "closed", "belongs"),
    [
        ("Марфа Рабкова", "вызвалена", False, True),
        ("Марфа Рабкова", "вызвалена", True, False),
        ("Марфа Рабкова", "вызвалена: адбыла тэрмін", False, False),
        ("Марыя Калеснікава", "вызвалена: адбыла тэрмін", True, True),
        ("Марыя Калеснікава", "шпіталь", True, False),
    ],
)
async def test_as_long_as_a_list_is_open_it_may_name_anybody_freed_that_day(
    newsroom: Newsroom, name: str, line: str, closed: bool, belongs: bool
):
    await newsroom.lists()
    release = await newsroom.releases.draft(ALENA, LIST)
    await newsroom.releases.close_list(ALENA, release, closed)
    await newsroom.releases.submit(ALENA, release)
    await newsroom.happenings.draft(ALENA, "Алесь Бяляцкі\ncall\n2025-12-13")
    notice = await newsroom.happenings.draft(ALENA, f"{name}\n{line}\n13.12.2025")
    assert bool((await newsroom.notices.dossier(notice)).told_by) is belongs
    earlier = await newsroom.happenings.draft(ALENA, f"{name}\n{line}\n12.12.2025")
    assert not (await newsroom.notices.dossier(earlier)).told_by


async def test_a_release_that_comes_between_keeps_the_rest_held(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await held(newsroom, FREED)
    await newsroom.held()
    await newsroom.notices.safe(ALENA, notice)
    with pytest.raises(WrongState):
        await newsroom.notices.safe(BARYS, notice)
    assert await newsroom.kinds(known["maria"]) == [EventKind.IMPRISONED]


# --- taken back -------------------------------------------------------------------------------


async def test_what_was_wrong_is_taken_back_and_nothing_else(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await opened(newsroom, TRANSFER + "\nАлесь Бяляцкі\ncall\n1.11.2025\nhttps://a.by/1")
    await newsroom.ends(notice)
    with pytest.raises(NotFound):
        await newsroom.notices.correct(ALENA, notice, [known["viktar"]])
    correction = await newsroom.notices.correct(ALENA, notice, [known["maria"]])
    facts = (await newsroom.notices.dossier(correction)).notice.facts
    assert (facts.kind, facts.release) == (NoticeKind.CORRECTION, None)
    assert [one.person for one in facts.events] == [known["maria"]]
    (person,) = facts.persons(facts.every_group)
    assert person.last == LastKnown(
        Status.IMPRISONED, "2020-09", "BY", {"be": "Гомель"}, "HRW|https://www.hrw.org/"
    )
    with pytest.raises(NeedsAnotherEditor):
        await newsroom.notices.approve(ALENA, correction)
    await newsroom.notices.approve(BARYS, correction)
    assert await newsroom.kinds(known["maria"]) == [EventKind.IMPRISONED]
    assert await newsroom.kinds(known["ales"]) == [EventKind.IMPRISONED, EventKind.CONTACT]
    assert (await newsroom.notices.dossier(notice)).notice.state is NoticeState.CORRECTED


async def test_of_two_things_that_happened_to_somebody_one_is_taken_back(newsroom: Newsroom):
    maria = (await newsroom.lists())["maria"]
    notice = await opened(
        newsroom, TRANSFER + "\nМарыя Калеснікава\nшпіталь\n13.11.2025\nhttps://a.by/1"
    )
    await newsroom.ends(notice)
    transfer, hospital = (await newsroom.notices.dossier(notice)).notice.facts.events
    with pytest.raises(NotFound):
        await newsroom.notices.correct(ALENA, notice, events=[hospital.id, EventId(5)])
    first, second = [
        await newsroom.notices.correct(editor, notice, events=[hospital.id])
        for editor in (ALENA, VERA)
    ]
    facts = (await newsroom.notices.dossier(first)).notice.facts
    assert facts.events == (hospital,)
    (person,) = facts.persons(facts.every_group)
    assert person.last is not None
    # What was told beside it still holds.
    assert (person.last.as_of, person.last.place) == ("2025-11-12", {"": "Гомель"})
    await newsroom.notices.approve(BARYS, first)
    with pytest.raises(WrongState):
        await newsroom.notices.approve(BARYS, second)
    kinds = [EventKind.IMPRISONED, EventKind.TRANSFERRED]
    assert await newsroom.kinds(maria) == kinds
    known = (await newsroom.notices.dossier(notice)).notice
    assert known.state is NoticeState.CORRECTED
    assert (known.taken_back, known.retracted) == (frozenset(), frozenset({hospital.id}))
    with pytest.raises(NotFound):
        await newsroom.notices.correct(ALENA, notice, events=[hospital.id])
    rest = await newsroom.notices.correct(ALENA, notice, [maria])
    assert (await newsroom.notices.dossier(rest)).notice.facts.events == (transfer,)
    await newsroom.notices.approve(BARYS, rest)
    assert await newsroom.kinds(maria) == kinds[:1]
    assert (await newsroom.notices.dossier(notice)).notice.taken_back == {maria}


async def test_a_correction_of_one_thing_while_the_news_goes_out_is_remembered_at_its_end(
    newsroom: Newsroom,
):
    await newsroom.lists()
    notice = await opened(
        newsroom, TRANSFER + "\nМарыя Калеснікава\nшпіталь\n13.11.2025\nhttps://a.by/1"
    )
    _, hospital = (await newsroom.notices.dossier(notice)).notice.facts.events
    correction = await newsroom.notices.correct(ALENA, notice, events=[hospital.id])
    await newsroom.notices.approve(BARYS, correction)
    await newsroom.ends(notice)
    assert (await newsroom.notices.dossier(notice)).notice.state is NoticeState.CORRECTED


async def test_news_of_people_is_withdrawn_as_a_whole(newsroom: Newsroom):
    known = await newsroom.lists()
    notice = await opened(newsroom)
    withdrawal = await newsroom.notices.withdraw(ALENA, notice)
    await newsroom.notices.approve(BARYS, withdrawal)
    assert await newsroom.kinds(known["maria"]) == [EventKind.IMPRISONED]
    assert (await newsroom.notices.dossier(notice)).notice.state is NoticeState.WITHDRAWN


@pytest.mark.parametrize("of", ["people", "release"])
async def test_what_is_told_of_somebody_merged_meanwhile_is_told_of_whom_she_is_now(
    newsroom: Newsroom, database: Database, of: str
):
    known = await newsroom.lists("maria", "marfa")
    if of == "people":
        notice = await held(newsroom)
    else:
        notice = await newsroom.held("13.12.2025\nhttps://racyja.com/1\nМарыя Калеснікава")
    async with database.write() as conn:
        marfa = (await people.get_many(conn, [known["marfa"]]))[known["marfa"]]
        both = replace(marfa, names=(*marfa.names, Name("Марыя Калеснікава", "be")))
        keys = keys_of([name.text for name in both.names])
        await people.merge(conn, known["maria"], both, keys)
    for editor in (ALENA, BARYS):
        await newsroom.notices.safe(editor, notice)
    news = [EventKind.TRANSFERRED] if of == "people" else [EventKind.RELEASED]
    assert (await newsroom.kinds(known["marfa"]))[2:] == news
    correction = await newsroom.notices.correct(ALENA, notice, [known["maria"]])
    facts = (await newsroom.notices.dossier(correction)).notice.facts
    (person,) = facts.persons(facts.every_group)
    assert person.last is not None
    assert person.last.status is Status.IMPRISONED
    await newsroom.notices.approve(BARYS, correction)
    assert (await newsroom.kinds(known["marfa"]))[2:] == []


async def test_what_was_frozen_is_what_is_published(newsroom: Newsroom, database: Database):
    known = await newsroom.lists()
    notice = await opened(newsroom)
    (fact,) = (await newsroom.notices.dossier(notice)).notice.facts.events
    assert fact == EventFacts(
        id=fact.id,
        person=known["maria"],
        kind=EventKind.TRANSFERRED,
        on="2025-11-12",
        sources=("Радыё Рацыя|https://racyja.com/1",),
        place="Гомель",
    )
    async with database.read() as conn:
        published = (await events.of(conn, [known["maria"]]))[known["maria"]]
    assert published[-1] == fact.event
    assert PersonId(fact.person) == published[-1].person

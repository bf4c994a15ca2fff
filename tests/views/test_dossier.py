"""The editors' card: how a notice stands, who said what, and what each editor can do next."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from locales import LANGUAGES, speak
from model.custody import NOTHING_KNOWN, Custody, Status
from model.dates import PartialDate
from model.notices import (
    Dossier,
    EditorId,
    GroupFacts,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    PersonFacts,
    Say,
    Saying,
    Snapshot,
    Tally,
    Wave,
    WaveId,
)
from model.people import Event, EventId, EventKind, Name, Person, PersonId, Place, Source
from model.releases import Count, Group, GroupId, Line, LineId, LineState, Release, ReleaseId
from views import dossier, text
from views.screen import Screen

EN = speak("en")
AT = datetime(2025, 12, 13, 12, 20, tzinfo=UTC)
ALENA, BARYS, GONE = EditorId("alena"), EditorId("barys"), EditorId("gone")
LABELS = {ALENA: "Alena <a>", BARYS: "Barys"}
LITHUANIA, ELSEWHERE = GroupId(1), GroupId(2)
HRW = Source("HRW", "https://www.hrw.org/news")
ALES = Person(PersonId(1), "ales", (Name("Ales Bialiatski", "en"),))
OTHER = Person(PersonId(2), "other", (Name("Ales Bialiatski", "en"),), about={"en": "teacher"})

SURE = Line(LineId(1), LITHUANIA, "Ales", LineState.SURE, ALES)
RELEASE = Release(
    ReleaseId(1),
    "release",
    PartialDate.parse("2025-12-13"),
    (Count(123, HRW),),
    (HRW,),
    (
        Group(LITHUANIA, "LT", "Vilnius", lines=(SURE,)),
        Group(ELSEWHERE, lines=(Line(LineId(2), ELSEWHERE, "Roman", LineState.LEFT_OUT),)),
    ),
)  # fmt: skip
FACTS = Snapshot(
    NoticeKind.RELEASE,
    ReleaseId(1),
    "2025-12-13",
    (),
    (),
    (
        GroupFacts(LITHUANIA, "LT", "Vilnius", (), (PersonFacts(PersonId(1), {"en": "Ales"}),)),
        GroupFacts(ELSEWHERE, "", "", (), ()),
    ),
    list_closed=False,
)


def notice(state: NoticeState, *sayings: Saying, **more) -> Notice:
    facts = None if state is NoticeState.DRAFT else FACTS
    plain = Notice(
        NoticeId(5), NoticeKind.RELEASE, state, ReleaseId(1), ALENA, snapshot=facts,
        digest=b"12345678", sayings=sayings,
    )  # fmt: skip
    return replace(plain, **more)


def card(known: Notice, viewer: EditorId = BARYS, **more) -> Screen:
    whole = Dossier(known, RELEASE, {}, {}, {}, (), 1)
    return dossier.dossier(EN, replace(whole, **more), labels=LABELS, viewer=viewer)


def labels(screen: Screen) -> list[str]:
    return [button.text for row in screen.keyboard for button in row]


@pytest.mark.parametrize(
    ("known", "viewer", "buttons"),
    [
        (
            notice(NoticeState.DRAFT),
            BARYS,
            ["Names", "Preview", "☐ The list is closed", "Submit", "Discard this notice"],
        ),
        (notice(NoticeState.SUBMITTED), ALENA, ["Names", "Preview", "Discard this notice"]),
        (
            notice(NoticeState.SUBMITTED),
            BARYS,
            ["Names", "Preview", "Approve", "Discard this notice"],
        ),
        (
            notice(NoticeState.SUBMITTED, Saying(BARYS, Say.APPROVE)),
            BARYS,
            ["Names", "Preview", "Discard this notice"],
        ),
        (
            notice(NoticeState.HELD),
            BARYS,
            [
                "Safe: Lithuania, \u2068Vilnius\u2069",
                "Safe: place not named",
                "Everyone is safe",
                "Names",
                "Preview",
                "STOP",
                "Discard this notice",
            ],
        ),
        (
            notice(NoticeState.HELD, Saying(BARYS, Say.SAFE, LITHUANIA)),
            BARYS,
            ["Everyone is safe", "Names", "Preview", "STOP", "Discard this notice"],
        ),
        (
            notice(NoticeState.HELD, stopped=True),
            BARYS,
            ["Names", "Preview", "Resume sending", "Discard this notice"],
        ),
        (
            notice(NoticeState.GOING_OUT, opened=FACTS.every_group),
            BARYS,
            ["Names", "Preview", "STOP", "Somebody named was not released", "Withdraw"],
        ),
        (
            notice(NoticeState.GOING_OUT, kind=NoticeKind.CORRECTION),
            BARYS,
            ["Preview", "STOP"],
        ),
        (
            notice(NoticeState.OUT),
            BARYS,
            [
                "Names",
                "Preview",
                "Close the list of names",
                "Somebody named was not released",
                "Withdraw",
            ],
        ),
        (
            notice(NoticeState.CORRECTED),
            BARYS,
            [
                "Names",
                "Preview",
                "Close the list of names",
                "Somebody named was not released",
                "Withdraw",
            ],
        ),
        (notice(NoticeState.OUT, kind=NoticeKind.CORRECTION), BARYS, []),
        (notice(NoticeState.WITHDRAWN), BARYS, []),
        (notice(NoticeState.DISCARDED), BARYS, []),
    ],
)
def test_every_state_offers_what_can_be_done_by_who_looks(known, viewer, buttons):
    assert labels(card(known, viewer)) == buttons


@pytest.mark.parametrize(
    ("state", "offered"), [(NoticeState.SUBMITTED, False), (NoticeState.DISCARDED, True)]
)
def test_no_group_can_be_opened_while_an_editor_wants_the_notice_withdrawn(
    state: NoticeState, offered: bool
):
    withdrawal = notice(state, kind=NoticeKind.WITHDRAWAL)
    doubted = card(notice(NoticeState.GOING_OUT), others=(withdrawal,))
    assert ("Everyone is safe" in labels(doubted)) is offered


@pytest.mark.parametrize("state", NoticeState)
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_state_and_kind_has_its_words(state: NoticeState, kind: NoticeKind):
    known = replace(notice(state, kind=kind), snapshot=FACTS)
    word = "News of people" if kind is NoticeKind.EVENTS else kind.value.capitalize()
    assert card(known).text.startswith(f"<b>{word}</b> 5 · December 13, 2025\n")


def test_the_card_names_who_said_what():
    said = card(
        notice(
            NoticeState.HELD,
            Saying(BARYS, Say.APPROVE),
            Saying(GONE, Say.APPROVE),
            Saying(ALENA, Say.SAFE, LITHUANIA),
            opened=frozenset({ELSEWHERE}),
        )
    ).text
    assert "Author: \u2068Alena &lt;a&gt;\u2069." in said
    assert "Approvals: \u2068Barys\u2069 and a former editor (2 of 1)." in said
    assert (
        "⏸ Lithuania, \u2068Vilnius\u2069: safe, says \u2068Alena &lt;a&gt;\u2069. "
        "One more editor is needed." in said
    )
    assert "✓ place not named: safe (–)" in said


def test_an_operator_has_no_name():
    assert "Author: an operator." in card(notice(NoticeState.SUBMITTED, author=None)).text


def test_progress_is_told_by_state_and_small_numbers_are_not():
    waves = (
        (Wave(WaveId(1), NoticeId(5), frozenset(), AT), Tally()),
        (Wave(WaveId(2), NoticeId(5), frozenset(), AT, made=True), Tally(1, 2, 3, 4, 5, 6, 7)),
        (
            Wave(WaveId(3), NoticeId(5), frozenset(), AT, made=True, ended=AT),
            Tally(delivered=12345, gone=10),
        ),
    )
    said = card(notice(NoticeState.GOING_OUT), waves=waves).text
    assert "being prepared:\ndelivered: 0\n" in said
    few = "fewer than 10"
    assert (
        f"being sent:\ndelivered: {few}, waiting: {few}, left or blocked: {few}, unknown: {few}, "
        f"failed: {few}\n" in said
    )
    assert "done:\ndelivered: 12,345, left or blocked: 10" in said


def test_when_nobody_can_be_told_any_more_the_card_says_so():
    assert "More than 72 hours" not in card(notice(NoticeState.OUT)).text
    assert "More than 72 hours" in card(notice(NoticeState.OUT), reachable=False).text


def test_a_correction_lists_whom_it_takes_back():
    said = card(notice(NoticeState.SUBMITTED, kind=NoticeKind.CORRECTION)).text
    assert "\n\u2068Ales\u2069\n" in said


def test_namesakes_are_told_apart_by_all_that_is_known():
    held = Event(
        EventId(1),
        PersonId(1),
        EventKind.DETAINED,
        None,
        (),
        Place("BY", {"be": "Гомель"}),
    )
    custody = Custody(Status.DETAINED, PartialDate.parse("2021"), decided_by=held, located_by=held)
    asked = Line(LineId(3), LITHUANIA, "Ales", LineState.CHOOSE, None, (PersonId(1), PersonId(2)))
    release = replace(RELEASE, groups=(Group(LITHUANIA, lines=(asked,)),))
    whole = Dossier(
        notice(NoticeState.DRAFT),
        release,
        {},
        {ALES.id: replace(ALES, born=1962), OTHER.id: OTHER},
        {ALES.id: custody, OTHER.id: NOTHING_KNOWN},
        (),
        1,
    )
    screen = dossier.line(EN, whole, LineId(3))
    assert screen.text.splitlines()[4:] == [
        "1. <b>\u2068Ales Bialiatski\u2069</b>, born in 1962, in detention, "
        "Belarus, \u2068Гомель\u2069, since: 2021",
        "",
        "2. <b>\u2068Ales Bialiatski\u2069</b>, \u2068teacher\u2069",
    ]
    bare = replace(whole, custodies={ALES.id: Custody(Status.FREE)})
    assert "born in 1962, free\n" in dossier.line(EN, bare, LineId(3)).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_with_everything_in_it_is_one_message(language: str):
    name = "Ы" * 300
    person = Person(PersonId(1), "p", (Name(name, language),), about={language: name})
    count = Count(10**6, Source(name, "https://a.example/" + "x" * 500), at_least=True)
    groups = tuple(
        Group(
            GroupId(n),
            "LT",
            name,
            (count,) * 20,
            tuple(
                Line(LineId(n * 1000 + m), GroupId(n), name, LineState.CHOOSE, None, (person.id,))
                for m in range(40)
            ),
        )
        for n in range(1, 50)
    )
    release = replace(RELEASE, groups=groups, counts=(count,) * 20, sources=(count.source,) * 20)
    facts = replace(
        FACTS,
        groups=tuple(GroupFacts(g.id, g.country, g.place, g.counts, ()) for g in groups),
    )
    waves = tuple((Wave(WaveId(n), NoticeId(5), frozenset(), AT), Tally()) for n in range(60))
    for state in NoticeState:
        known = notice(state, snapshot=facts)
        whole = Dossier(known, release, {}, {person.id: person}, {}, waves, 1, (known,) * 60)
        t = speak(language)
        for screen in (
            dossier.dossier(t, whole, labels=LABELS, viewer=BARYS),
            dossier.lines_page(t, whole, 3),
            dossier.line(t, whole, LineId(1000)),
            dossier.notices(t, (known,) * 60),
        ):
            assert 0 < text.length(screen.text) <= text.LIMIT
            assert 0 < len(labels(screen)) <= 100 or state in {
                NoticeState.WITHDRAWN,
                NoticeState.DISCARDED,
            }


def test_many_people_to_take_back_have_pages_and_the_choice_stays():
    persons = tuple(PersonFacts(PersonId(n), {"en": f"Person {n}"}) for n in range(1, 50))
    group = GroupFacts(LITHUANIA, "LT", "", (), persons)
    known = notice(
        NoticeState.OUT,
        snapshot=replace(FACTS, groups=(group,)),
        opened=frozenset({LITHUANIA}),
        taken_back=frozenset({PersonId(1)}),
    )
    whole = Dossier(known, RELEASE, {}, {}, {}, (), 1)
    first = labels(dossier.take_back(EN, whole, 0, [PersonId(1), PersonId(2)]))
    assert first[:2] == ["✗ \u2068Person 2\u2069", "\u2068Person 3\u2069"]
    assert first[-4:] == ["1/3", "›", "1 person was not released", "‹ Back"]
    last = labels(dossier.take_back(EN, whole, 9, [PersonId(2)]))
    assert last[0] == "✗ \u2068Person 2\u2069"
    assert "3/3" in last


# --- the list afterwards ----------------------------------------------------------------------


def test_an_open_list_says_how_names_are_added_and_can_be_closed():
    screen = card(notice(NoticeState.OUT))
    assert "reply to this message with names" in screen.text
    assert "Close the list of names" in labels(screen)
    for other in (
        notice(NoticeState.HELD, kind=NoticeKind.ADDITION),
        notice(NoticeState.SUBMITTED, kind=NoticeKind.CLOSING),
        notice(NoticeState.SUBMITTED, kind=NoticeKind.WITHDRAWAL, corrects=NoticeId(5)),
    ):
        busy = card(notice(NoticeState.OUT), others=(other,))
        assert "Close the list of names" not in labels(busy)
    going_out = card(notice(NoticeState.GOING_OUT))
    assert "reply to this message with names" in going_out.text
    assert "Close the list of names" not in labels(going_out)


def test_an_addition_says_who_is_on_the_list_already():
    known = notice(NoticeState.DRAFT, kind=NoticeKind.ADDITION)
    said = card(known, listed=2)
    assert "2 are on the list of the release already" in said.text
    assert "☐ The list is closed" not in labels(said)
    assert "Somebody named was not released" in labels(
        card(notice(NoticeState.OUT, kind=NoticeKind.ADDITION))
    )


def test_a_closing_says_to_whom_it_goes_and_can_be_taken_back():
    closing = notice(NoticeState.OUT, kind=NoticeKind.CLOSING)
    screen = card(closing)
    assert "Names known: 1." in screen.text
    assert "Goes to everybody who was told that somebody is not among the known" in screen.text
    assert labels(screen) == ["Preview", "Withdraw"]
    asked = dossier.complete(EN, Dossier(notice(NoticeState.OUT), RELEASE, {}, {}, {}, (), 1))
    assert "Close the list of names?" in asked.text
    assert labels(asked) == ["Yes, close the list", "‹ Back"]


def test_the_preview_of_a_closing_shows_what_is_said_of_whoever_is_missing():
    facts = replace(FACTS, kind=NoticeKind.CLOSING, list_closed=True)
    shown = dossier.preview(EN, NoticeId(5), facts, EN, ["en"], at=AT)
    assert shown.text.startswith("<b>\u2068…\u2069</b> — not among the names known")


def test_whoever_decides_late_sees_to_whom_it_goes():
    out = notice(NoticeState.OUT, opened=FACTS.every_group)
    late = Dossier(out, RELEASE, {}, {}, {}, (), 1, reachable=False)
    for screen in (
        dossier.withdraw(EN, late),
        dossier.correct(EN, late, [PersonId(1)]),
        dossier.complete(EN, late),
        card(
            notice(NoticeState.SUBMITTED, kind=NoticeKind.CORRECTION, corrects=NoticeId(5)),
            reachable=False,
        ),
    ):
        assert "who was told is no longer known" in screen.text
    told = notice(NoticeState.OUT, kind=NoticeKind.CORRECTION, corrects=NoticeId(5))
    assert "who was told is no longer known" not in card(told, reachable=False).text


# --- progress ---------------------------------------------------------------------------------

WAVE = Wave(WaveId(1), NoticeId(5), FACTS.every_group, AT, made=True)


def test_progress_is_told_by_language_with_speed_and_time_left():
    said = card(
        notice(NoticeState.GOING_OUT),
        waves=((WAVE, Tally(waiting=1740, delivered=120)),),
        languages={"be": Tally(delivered=100, gone=3), "pl": Tally(delivered=20)},
        speed=29.0,
    ).text
    assert "waiting: 1,740" in said
    assert "At an end, by language:\nbe: delivered: 100, left or blocked: fewer than 10" in said
    assert "pl: delivered: 20" in said
    assert "A second: 29. Time left: 0:01:00." in said


def test_what_is_stopped_or_speaks_one_language_says_no_more_than_that():
    one = {"be": Tally(delivered=100)}
    going = ((WAVE, Tally(waiting=1740, delivered=100)),)
    said = card(notice(NoticeState.GOING_OUT), waves=going, languages=one).text
    assert "Time left" not in said
    assert "be:" not in said
    stopped = card(notice(NoticeState.GOING_OUT, stopped=True), waves=going, speed=29.0).text
    assert "Time left" not in stopped


def test_the_card_reports_when_it_has_ended():
    ended = replace(WAVE, ended=AT)
    tally = Tally(delivered=1300, gone=20, unknown=11, failed=9)
    said = card(notice(NoticeState.OUT), waves=((ended, tally),)).text
    assert "delivered: 1,300, left or blocked: 20, unknown: 11, failed: fewer than 10" in said
    assert "Ended on December 13, 14:20. Readers in all: 1,340." in said

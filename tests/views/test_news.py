"""Release news as one reader reads it: true, short, and never more than one message."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales import LANGUAGES, speak
from model.custody import Status
from model.notices import (
    GroupFacts,
    LastKnown,
    NewsItem,
    NoticeKind,
    PersonFacts,
    Snapshot,
    WaveId,
)
from model.people import Gender, Name, Person, PersonId, Source
from model.releases import Count, GroupId, ReleaseId
from views import news, text
from views.screen import Screen

EN = speak("en")
AT = datetime(2025, 12, 13, 12, 20, tzinfo=UTC)
LITHUANIA, UKRAINE, HOME = GroupId(1), GroupId(2), GroupId(3)
HRW, BBC = Source("HRW", "https://www.hrw.org/news"), Source("BBC")

MARIA = PersonFacts(
    PersonId(1), {"be": "Марыя Калеснікава", "en": "Maria Kalesnikava"}, Gender.FEMALE
)
ALES = PersonFacts(PersonId(2), {"be": "Алесь Бяляцкі", "en": "Ales Bialiatski"}, Gender.MALE)
NEW = PersonFacts(PersonId(3), {"": "Янка Выдуманы"})
MARFA = Person(PersonId(9), "marfa", (Name("Marfa Rabkova", "en"),))

SNAPSHOT = Snapshot(
    NoticeKind.RELEASE,
    ReleaseId(1),
    "2025-12-13",
    (Count(123, BBC),),
    ("BBC|", "HRW|https://www.hrw.org/news"),
    (
        GroupFacts(LITHUANIA, "LT", "Вільня", (Count(9, HRW), Count(8, BBC)), (ALES,), True),
        GroupFacts(UKRAINE, "UA", "", (Count(114, BBC, at_least=True),), (MARIA,), True),
        GroupFacts(HOME, "BY", "Жодзіна", (), (NEW,)),
    ),
    list_closed=False,
)
ALL = SNAPSHOT.every_group
ITEM = NewsItem(WaveId(7), SNAPSHOT, ALL, ALL, AT)
LAST = LastKnown(Status.IMPRISONED, "2020-09", "BY", {"be": "Гомель"}, "HRW|https://www.hrw.org/")


def back(kind: NoticeKind, *persons: PersonFacts) -> NewsItem:
    """Make what tells that these persons were not released."""
    group = GroupFacts(UKRAINE, "UA", "", (), persons, True)
    snapshot = replace(SNAPSHOT, kind=kind, counts=(), groups=(group,))
    return NewsItem(WaveId(8), snapshot, frozenset({UKRAINE}), frozenset({UKRAINE}), AT)


def labels(screen: Screen) -> list[str]:
    return [button.text for row in screen.keyboard for button in row]


def test_the_followed_person_stands_on_top_in_the_nominative():
    first, *_ = news.news(EN, ITEM, freed=[MARIA.id]).text.splitlines()
    assert first == (
        "<b>\u2068Maria Kalesnikava\u2069</b> — free. Taken out of the country. Where to: Ukraine."
    )


def test_who_was_released_at_home_was_not_taken_anywhere():
    first, *_ = news.news(EN, ITEM, freed=[NEW.id]).text.splitlines()
    assert first == "<b>\u2068Янка Выдуманы\u2069</b> — free. Where: Belarus, \u2068Жодзіна\u2069."


@pytest.mark.parametrize("gender", [Gender.FEMALE, Gender.MALE, None])
@pytest.mark.parametrize("country", ["", "BY", "UA"])
def test_every_gender_and_place_has_its_sentence(gender: Gender | None, country: str):
    person = replace(MARIA, gender=gender)
    group = GroupFacts(UKRAINE, country, "", (), (person,), country == "UA")
    item = replace(ITEM, snapshot=replace(SNAPSHOT, groups=(group,)), opened=frozenset({UKRAINE}))
    first, *_ = news.news(EN, item, freed=[person.id]).text.splitlines()
    assert first.startswith("<b>\u2068Maria Kalesnikava\u2069</b> — free.")
    assert ("Where" in first) is bool(country)


def test_the_rest_is_counted_with_all_numbers_and_sources():
    said = news.news(EN, ITEM).text
    assert "<b>Release, December 13, 2025</b>" in said
    assert "Said to be free: 123 (BBC)." in said
    assert "Names known: 3." in said
    link = '<a href="https://www.hrw.org/news">HRW</a>'
    assert f"• Lithuania, \u2068Вільня\u2069: 9 ({link}); 8 (BBC). Names known: 1." in said
    assert "• Ukraine: at least 114 (BBC). Names known: 1." in said
    assert "• Belarus, \u2068Жодзіна\u2069. Names known: 1." in said
    assert f"Sources: BBC, {link}." in said
    assert "Maria" not in said


def test_buttons_lead_to_the_cards_and_to_all_names():
    screen = news.news(EN, ITEM, freed=[ALES.id], absent=[MARFA])
    assert labels(screen) == [
        "\u2068Ales Bialiatski\u2069",
        "\u2068Marfa Rabkova\u2069",
        "All names: 3",
    ]
    assert screen.keyboard[-1][0].callback_data == "p:7:0"


def test_the_follower_of_somebody_absent_is_told_gently():
    said = news.news(EN, ITEM, absent=[MARFA]).text
    head, _ = said.split("\n\n", 1)
    assert head.splitlines() == [
        "<b>\u2068Marfa Rabkova\u2069</b> — not among the names known at December 13, 14:20.",
        "123 people are said to be free.",
        "3 names are known.",
        "This is not yet an answer.",
    ]


def test_a_follower_of_both_reads_the_good_news_first():
    said = news.news(EN, ITEM, freed=[ALES.id], absent=[MARFA]).text
    assert said.index("Bialiatski") < said.index("Rabkova") < said.index("Release, ")


def test_when_the_list_is_closed_nothing_more_is_promised():
    closed = replace(ITEM, snapshot=replace(SNAPSHOT, list_closed=True))
    said = news.news(EN, closed, absent=[MARFA]).text
    assert "The list of names is closed." in said
    assert "not yet an answer" not in said


def test_no_list_is_closed_for_readers_while_a_group_is_held():
    """Who follows somebody in the held group is not told that there is no more to wait for."""
    closed = replace(SNAPSHOT, list_closed=True)
    opened = frozenset({LITHUANIA})
    said = news.news(
        EN, replace(ITEM, snapshot=closed, groups=opened, opened=opened), absent=[MARFA]
    )
    assert "This is not yet an answer." in said.text
    assert "closed" not in said.text


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ((), None),
        ((Count(123, BBC), Count(120, HRW)), "Said to be free: 123; 120 (sources below)."),
        ((Count(120, BBC, at_least=True),), "Said to be free: at least 120 (sources below)."),
        ((Count(1, BBC),), "1 person is said to be free."),
    ],
)
def test_numbers_that_disagree_are_both_told_to_who_waits(counts, line):
    item = replace(ITEM, snapshot=replace(SNAPSHOT, counts=counts))
    head, _ = news.news(EN, item, absent=[MARFA]).text.split("\n\n", 1)
    lines = head.splitlines()
    assert (line in lines) if line else (len(lines) == 3)


def test_many_absent_people_are_named_in_part():
    many = [replace(MARFA, id=PersonId(n)) for n in range(20, 40)]
    assert "and 12 more" in news.news(EN, ITEM, absent=many).text


def test_a_wave_tells_of_its_own_groups_alone():
    item = replace(ITEM, groups=frozenset({UKRAINE}), opened=frozenset({UKRAINE}))
    screen = news.news(EN, item)
    assert "Lithuania" not in screen.text
    assert "Names known: 1." in screen.text
    assert labels(screen) == ["All names: 1"]


def test_the_editors_own_words_stand_in_their_language_only():
    item = replace(ITEM, snapshot=replace(SNAPSHOT, texts={"en": "We wait\nfor <all>."}))
    assert news.body_of(EN, item).startswith("We wait\nfor &lt;all&gt;.\n\n<b>Release")
    assert "wait" not in news.body_of(speak("be"), item)


def test_the_body_made_once_is_the_body_made_each_time():
    body = news.body_of(EN, ITEM)
    assert news.news(EN, ITEM, freed=[MARIA.id], body=body) == news.news(
        EN, ITEM, freed=[MARIA.id]
    )


def test_a_correction_is_aloud_and_says_what_was_last_confirmed():
    item = back(NoticeKind.CORRECTION, replace(MARIA, last=LAST))
    assert news.news(EN, item, freed=[MARIA.id]).text.splitlines() == [
        "<b>CORRECTION.</b>",
        "We told you: <b>\u2068Maria Kalesnikava\u2069</b> — free. That was wrong.",
        "Last confirmed: in prison, Гомель, Belarus, September 2020, "
        '<a href="https://www.hrw.org/">HRW</a>',
        "We are sorry.",
    ]


@pytest.mark.parametrize("gender", [Gender.FEMALE, Gender.MALE, None])
@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_the_last_confirmed(status: Status, gender: Gender | None):
    person = replace(MARIA, gender=gender, last=LastKnown(status))
    said = news.news(EN, back(NoticeKind.CORRECTION, person), freed=[MARIA.id]).text
    words = news.status(EN, status, gender)
    known = f"Last confirmed: {words}" if status is not Status.UNKNOWN else "Nothing was confirmed"
    assert known in said


def test_who_follows_one_of_several_reads_of_her_first_and_of_all():
    item = back(NoticeKind.CORRECTION, replace(MARIA, last=LAST), replace(ALES, last=LAST))
    said = news.news(EN, item, freed=[MARIA.id]).text
    assert said.index("Last confirmed") < said.index("We told you of a release")
    assert "Ales Bialiatski" in said
    assert said.count("CORRECTION") == said.count("We are sorry.") == 1


def test_a_correction_to_the_rest_names_who_was_wrong():
    said = news.news(EN, back(NoticeKind.CORRECTION, replace(MARIA, last=LAST))).text
    assert said.splitlines() == [
        "<b>CORRECTION.</b>",
        "",
        "We told you of a release (December 13, 2025). These people were named by mistake:",
        "\u2068Maria Kalesnikava\u2069",
        "We are sorry.",
    ]


def test_a_withdrawal_says_that_all_was_wrong():
    item = back(NoticeKind.WITHDRAWAL, replace(MARIA, last=LAST))
    said = news.news(EN, item, freed=[MARIA.id]).text
    assert said.startswith("<b>WITHDRAWAL.</b>\nWe told you: ")
    assert "We told you of a release (December 13, 2025). That was wrong." in said
    assert said.endswith("We are sorry.")


def test_a_mended_message_says_that_and_when_it_was_corrected():
    item = replace(ITEM, taken_back=frozenset({MARIA.id}), corrected=AT)
    screen = news.news(EN, item, freed=[MARIA.id, ALES.id])
    assert (
        "We told you: <b>\u2068Maria Kalesnikava\u2069</b> — free. That was wrong." in screen.text
    )
    assert "<b>\u2068Ales Bialiatski\u2069</b> — free." in screen.text
    assert (
        "Corrected at December 13, 14:20: 1 person was named by mistake and is taken out."
        in screen.text
    )
    assert "Names known: 2." in screen.text
    assert "All names: 2" in labels(screen)


def test_a_wave_without_a_wrong_name_is_not_said_to_be_corrected():
    item = replace(ITEM, corrected=AT, taken_back=frozenset({MARIA.id}))
    other = replace(item, groups=frozenset({LITHUANIA}), opened=frozenset({LITHUANIA}))
    assert "Corrected" not in news.news(EN, other).text


def test_withdrawn_news_says_nothing_else():
    item = replace(ITEM, withdrawn=True, corrected=AT, taken_back=frozenset({MARIA.id}))
    screen = news.news(EN, item, freed=[MARIA.id])
    assert screen.text.splitlines() == [
        "<b>WITHDRAWN at December 13, 14:20.</b>",
        "We told you: <b>\u2068Maria Kalesnikava\u2069</b> — free. That was wrong.",
        "",
        "We told you of a release (December 13, 2025). That was wrong.",
    ]
    assert "All" not in "".join(labels(screen))
    assert "Bialiatski" not in news.names_page(EN, item, 0).text
    assert news.news(EN, replace(item, corrected=None)).text.startswith("<b>WITHDRAWN at")


def test_names_are_listed_by_place_without_those_taken_back():
    item = replace(ITEM, taken_back=frozenset({MARIA.id}), corrected=AT)
    screen = news.names_page(EN, item, 0)
    assert screen.text.splitlines() == [
        "<b>Release, December 13, 2025</b>",
        "",
        "<b>Lithuania, \u2068Вільня\u2069</b>",
        "\u2068Ales Bialiatski\u2069",
        "",
        "<b>Belarus, \u2068Жодзіна\u2069</b>",
        "\u2068Янка Выдуманы\u2069",
        "Corrected at December 13, 14:20: 1 person was named by mistake and is taken out.",
    ]
    assert labels(screen) == ["‹ Back"]


def test_many_names_have_pages():
    persons = tuple(replace(MARIA, id=PersonId(n)) for n in range(1, 62))
    group = GroupFacts(UKRAINE, "", "", (), persons)
    item = replace(ITEM, snapshot=replace(SNAPSHOT, groups=(group,)), groups=frozenset({UKRAINE}))
    assert labels(news.names_page(EN, item, 0)) == ["1/3", "›", "‹ Back"]
    assert labels(news.names_page(EN, item, 1)) == ["‹", "2/3", "›", "‹ Back"]
    last = news.names_page(EN, item, 99)
    assert labels(last) == ["‹", "3/3", "‹ Back"]
    assert last.text.count("Maria") == 1


def test_many_sources_are_named_in_part():
    item = replace(ITEM, snapshot=replace(SNAPSHOT, sources=tuple(f"S{n}|" for n in range(20))))
    assert "S7, …." in news.body_of(EN, item)
    none = replace(ITEM, snapshot=replace(SNAPSHOT, sources=()))
    assert "Sources" not in news.body_of(EN, none)


def test_a_discreet_reader_sees_that_there_is_something_and_nothing_else():
    screen = news.discreet(EN, "w:7")
    assert screen.text == "1 new message"
    assert labels(screen) == ["Show"]


def test_a_place_is_said_in_the_nearest_language():
    assert news.local(speak("ru"), {"be": "Гомель", "en": "Gomel"}) == "Гомель"
    assert news.local(EN, {"": "Гомель"}) == "Гомель"
    assert news.local(EN, {}) == ""


words = st.text(min_size=1, max_size=200)
sources = st.builds(Source, words, st.sampled_from(["", "https://a.example/" + "x" * 300]))
number = st.builds(Count, st.integers(0, 10**9), sources, st.booleans())
persons = st.lists(
    st.builds(
        PersonFacts,
        st.integers(1, 200).map(PersonId),
        st.dictionaries(st.sampled_from(["be", "en", ""]), words, min_size=1),
        st.sampled_from([None, *Gender]),
        st.just(LAST),
    ),
    max_size=25,
    unique_by=lambda person: person.id,
).map(tuple)


@settings(max_examples=40, deadline=None)
@given(
    names=persons,
    counts=st.lists(number, max_size=20).map(tuple),
    place=words,
    kind=st.sampled_from(NoticeKind),
    own=st.text(max_size=1000),
    language=st.sampled_from(LANGUAGES),
    taken=st.integers(0, 25),
)
def test_whatever_is_put_in_one_message_holds_it(names, counts, place, kind, own, language, taken):
    groups = tuple(
        GroupFacts(GroupId(n), "LT", place, counts, names if n == 1 else (), abroad=bool(n % 2))
        for n in range(15)
    )
    snapshot = Snapshot(
        kind, ReleaseId(1), "2025-12", counts, tuple(f"{place}|" for _ in range(30)), groups,
        list_closed=False, texts={language: own},
    )  # fmt: skip
    ids = [p.id for p in names]
    item = NewsItem(
        WaveId(1), snapshot, snapshot.every_group, snapshot.every_group, AT,
        taken_back=frozenset(ids[:taken]), corrected=AT,
    )  # fmt: skip
    absent = [Person(p.id, "x", (Name(p.name_in(()), "en"),)) for p in names]
    t = speak(language)
    for screen in (
        news.news(t, item, freed=ids, absent=absent),
        news.news(t, replace(item, withdrawn=True), freed=ids),
        news.names_page(t, item, 0),
    ):
        assert 0 < text.length(screen.text) <= text.LIMIT
        assert len(labels(screen)) <= 100


# --- the list afterwards ----------------------------------------------------------------------

MORE = NewsItem(
    WaveId(9),
    replace(
        SNAPSHOT,
        kind=NoticeKind.ADDITION,
        counts=(Count(125, BBC),),
        groups=(GroupFacts(UKRAINE, "UA", "", (), (MARIA, ALES), True),),
    ),
    frozenset({UKRAINE}),
    frozenset({UKRAINE}),
    AT,
)


def callbacks_of(screen: Screen) -> list[object]:
    return [button.callback_data for row in screen.keyboard for button in row]


def test_more_names_are_told_with_whom_the_reader_follows_on_top():
    screen = news.news(EN, MORE, freed=[MARIA.id])
    head, body = screen.text.split("\n\n", 1)
    assert head.startswith("<b>\u2068Maria Kalesnikava\u2069</b> — free.")
    assert body.splitlines()[:3] == [
        "<b>Release, December 13, 2025: more names</b>",
        "Said to be free: 125 (BBC).",
        "Names added: 2.",
    ]
    assert "Sources: BBC" in body
    assert "Ales" not in screen.text
    assert callbacks_of(screen)[-1] == "b:9:0"


def test_more_names_without_a_number_say_none():
    item = replace(MORE, snapshot=replace(MORE.snapshot, counts=()))
    assert "Said to be free" not in news.news(EN, item).text


def test_the_whole_list_leads_back_to_itself():
    whole = replace(ITEM, whole=True)
    shown = news.news(EN, whole)
    assert callbacks_of(shown) == ["b:7:0"]
    page = news.names_page(EN, whole, 0)
    assert "Maria Kalesnikava" in page.text
    assert callbacks_of(page) == ["B:7"]


def test_an_addition_that_was_withdrawn_says_what_was_wrong():
    item = replace(MORE, withdrawn=True, wrong=NoticeKind.ADDITION, corrected=AT)
    said = news.news(EN, item, freed=[MARIA.id])
    assert "WITHDRAWN" in said.text
    assert "We told you of more names of a release (December 13, 2025)." in said.text
    assert "The whole list" not in labels(said)


# --- the list is closed -----------------------------------------------------------------------

CLOSED = replace(
    ITEM, snapshot=replace(SNAPSHOT, kind=NoticeKind.CLOSING, list_closed=True), wave=WaveId(10)
)


def test_that_the_list_is_closed_is_said_gently_and_is_no_answer():
    screen = news.news(EN, CLOSED, absent=[MARFA])
    head, body = screen.text.split("\n\n", 1)
    assert head.splitlines() == [
        "<b>\u2068Marfa Rabkova\u2069</b> — not among the names known at December 13, 14:20.",
        "123 people are said to be free.",
        "3 names are known.",
        "The list of names is closed now. This is not yet an answer. If anything changes, we will "
        "tell you.",
    ]
    assert body.startswith("<b>Release, December 13, 2025</b>")
    assert labels(screen) == ["\u2068Marfa Rabkova\u2069", "The whole list"]


def test_a_closing_that_names_nobody_says_only_what_is_known():
    assert news.news(EN, CLOSED).text.startswith("<b>Release")


def test_a_closing_taken_back_says_that_more_names_may_come():
    snapshot = replace(
        SNAPSHOT, kind=NoticeKind.WITHDRAWAL, takes_back=NoticeKind.CLOSING, counts=()
    )
    said = news.news(EN, replace(ITEM, snapshot=snapshot), absent=[MARFA])
    assert said.text.splitlines()[0] == "<b>CORRECTION.</b>"
    assert "is closed. That was wrong: more names may come." in said.text
    assert labels(said) == ["\u2068Marfa Rabkova\u2069"]
    mended = news.news(EN, replace(CLOSED, withdrawn=True, wrong=NoticeKind.CLOSING))
    assert "That was wrong: more names may come." in mended.text


def test_a_late_correction_says_to_whom_it_goes():
    item = back(NoticeKind.CORRECTION, replace(MARIA, last=LAST))
    assert "This goes to all" not in news.news(EN, item, freed=[MARIA.id]).text
    assert "This goes to all" in news.news(EN, item, freed=[MARIA.id], late=True).text

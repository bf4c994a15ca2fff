"""Cards say where a person is, who says so, and no more than that."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import speak
from model.cards import Card
from model.custody import Status, custody_of
from model.dates import PartialDate
from model.people import (
    Confidence,
    Event,
    EventId,
    EventKind,
    Gender,
    Manner,
    Name,
    NameKind,
    Person,
    PersonId,
    Place,
    Source,
)
from model.questions import Intent
from views import callbacks
from views.callbacks import Verb
from views.card import card, choice, nobody, timeline
from views.screen import Button, Keyboard
from views.text import LIMIT, length

K = EventKind
EN = speak("en")
TODAY = date(2025, 12, 13)
RADIO = Source("Radio", "https://example.org/radio")
PAPER = Source("Paper & Co")
VILNIUS = Place("LT", {"en": "Vilnius", "be": "Вільня"})
ALENA = Person(
    PersonId(11),
    "alena",
    (Name("Алена Лясная", "be"), Name("Alena Lasnaja", "en"), Name("Леся", kind=NameKind.ALIAS)),
    Gender.FEMALE,
    1990,
    {"en": "teacher <of music>"},
    "Viasna",
    birthday="05-17",
)


def happened(
    kind: EventKind,
    on: str = "",
    *sources: Source,
    place: Place | None = None,
    months: int | None = None,
    manner: Manner | None = None,
    confidence: Confidence = Confidence.CONFIRMED,
    note: str = "",
) -> Event:
    return Event(
        EventId(abs(hash((kind, on, sources))) % 2**60),
        ALENA.id,
        kind,
        PartialDate.parse(on) if on else None,
        sources or (RADIO,),
        place=place,
        months=months,
        manner=manner,
        confidence=confidence,
        notes={"en": note} if note else {},
    )


def of(*history: Event, person: Person = ALENA) -> Card:
    custody = custody_of(history)
    return Card(person, custody, history)


def say(who: Card) -> str:
    return card(EN, who, today=TODAY).text


def buttons(keyboard: Keyboard) -> list[Button]:
    return [button for row in keyboard for button in row]


ARREST = happened(K.DETAINED, "2020-09-07")
FREED = happened(K.RELEASED, "2025-12-13", PAPER)
TAKEN = happened(K.TAKEN_ABROAD, "2025-12-13", RADIO, place=VILNIUS)


def test_a_card_of_somebody_freed() -> None:
    assert say(of(ARREST, FREED, TAKEN)).replace("\u2068", "").replace("\u2069", "") == (
        "<b>Alena Lasnaja</b>\n"
        "teacher &lt;of music&gt;\n"
        "year of birth: 1990\n"
        "birthday: May 17\n"
        "\n"
        "Alena Lasnaja — free. Taken out of the country. Where to: Vilnius, Lithuania.\n"
        "Since December 13, 2025\n"
        'Who says so: <a href="https://example.org/radio">Radio</a>, Paper &amp; Co\n'
        "Last confirmed: December 13, 2025\n"
        "Recognised as a political prisoner by: Viasna"
    )


def test_a_card_of_somebody_held() -> None:
    said = say(
        of(
            ARREST,
            happened(K.SENTENCED, "2021-02-03", months=126),
            happened(K.NO_CONTACT, "2023-02"),
            happened(K.IMPRISONED, "2025-12-01", place=Place("BY", {"be": "Гомель"})),
        )
    )
    assert "— in prison. Where: \u2068Гомель, Belarus\u2069.\nSince September 7, 2020\n" in said
    assert "Last confirmed: December 1, 2025" in said
    assert "Sentence: 10 years and 6 months (<a" in said
    assert "No letters, calls or visits come through. Reported: February 2023" in said
    assert "No public news for 1,774 days." in said


def test_one_day_is_one_day() -> None:
    assert "No public news for 1 day. The family" in say(of(happened(K.DETAINED, "2025-12-12")))


def test_nothing_is_said_of_silence_on_the_day_itself() -> None:
    assert "No public news" not in say(of(happened(K.DETAINED, "2025-12-13")))


def test_the_free_have_no_days_without_news() -> None:
    assert "No public news" not in say(of(ARREST, happened(K.RELEASED, "2024-01-01")))


@pytest.mark.parametrize("gender", [Gender.FEMALE, Gender.MALE, None])
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (K.DETAINED, "— detained."),
        (K.IMPRISONED, "— in prison."),
        (K.HOUSE_ARREST, "— under house arrest."),
        (K.RELEASED, "— free."),
        (K.TAKEN_ABROAD, "— free. Taken out of the country."),
        (K.DIED, "— died."),
        (K.CHARGED, "is now is not known to us."),
    ],
)
def test_every_custody_is_said_of_everybody(
    kind: EventKind, words: str, gender: Gender | None
) -> None:
    assert words in say(of(happened(kind, "2024-05-06"), person=replace(ALENA, gender=gender)))


def test_what_is_not_known_is_said_to_be_not_known() -> None:
    said = say(of())
    assert "on our list. Where she is now is not known to us." in said
    assert "Who says so" not in said
    assert "confirmed" not in said
    assert "When this was last confirmed is not known." in say(of(happened(K.IMPRISONED)))
    assert "Since when is not known." in say(of(happened(K.IMPRISONED)))
    assert "Last public news: May 2024" in say(of(happened(K.CONTACT, "2024-05")))


def test_a_coarse_date_is_not_made_finer() -> None:
    assert "Since: September 2020\n" in say(of(happened(K.DETAINED, "2020-09")))
    assert "Since: 2020\n" in say(of(happened(K.DETAINED, "2020")))


def test_the_day_of_a_death_is_no_since() -> None:
    said = say(of(happened(K.DIED, "2023-07-11")))
    assert "Date: July 11, 2023\n" in said
    assert "Since" not in said


def test_nobody_is_asked_to_be_told_news_of_the_dead() -> None:
    who = of(happened(K.DIED, "2023-07-11"))
    told = [button.text for button in buttons(card(EN, who, today=TODAY).keyboard)]
    assert told == ["What happened when"]


def test_who_is_free_without_a_date_is_free() -> None:
    said = say(of(happened(K.RELEASED)))
    assert "— free." in said
    assert "Since" not in said


def test_both_numbers_are_shown_where_sources_disagree() -> None:
    said = say(
        of(
            happened(K.SENTENCED, "2021-07-06", PAPER, months=120),
            happened(K.SENTENCED, "2021", RADIO, months=1),
        )
    )
    assert "Sources disagree on the sentence: 10 years (Paper &amp; Co); 1 month (<a" in said


def test_a_sentence_nobody_vouches_for_stands_alone() -> None:
    bare = replace(happened(K.SENTENCED, "2021", months=12), sources=())
    assert "Sentence: 1 year\n" in say(of(bare))


def test_both_sides_are_shown_where_sources_disagree() -> None:
    denial = happened(K.IMPRISONED, "2025-12-15", PAPER)
    said = say(of(ARREST, happened(K.RELEASED, "2025-12-13"), denial))
    assert "Sources disagree:" in said
    assert "• December 15, 2025: still in prison (Paper &amp; Co)" in said
    assert "• December 13, 2025: release (<a" in said


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        (Manner.PARDON, "The authorities call it a “pardon”."),
        (Manner.EXCHANGE, "Freed in an exchange."),
        (Manner.TERM_ENDED, "Freed at the end of the term."),
    ],
)
def test_how_somebody_came_free(manner: Manner, words: str) -> None:
    release = happened(K.RELEASED, "2025-12-13", manner=manner)
    assert words in say(of(release))
    assert words not in say(of(release, happened(K.DETAINED_AGAIN, "2025-12-14")))
    assert words not in say(of(replace(release, manner=Manner.UNKNOWN)))


def test_a_report_is_not_more_than_a_report() -> None:
    release = happened(K.RELEASED, "2025-12-13", confidence=Confidence.REPORTED)
    assert "This is reported, but not confirmed." in say(of(release))
    assert "reported, not confirmed" in timeline(EN, of(release)).text


def test_silence_without_a_date() -> None:
    assert "It is reported that no letters, calls or visits come through." in say(
        of(ARREST, happened(K.NO_CONTACT))
    )


def test_another_spelling_is_told() -> None:
    assert found_under(("Лесная", "Лясная"), ("Елена", "Алена")) == (
        "Found under: Лесная → Lasnaja; Елена → Alena"
    )
    assert found_under(("Lesnaja", "Lasnaja")) == "Found under: Lesnaja → Lasnaja"


def test_a_nickname_that_is_listed_is_told_beside_the_name() -> None:
    assert found_under(("Леся", "Леся")) == "Found under: Леся"
    named = replace(ALENA, names=(*ALENA.names, Name("Леся Лясная", kind=NameKind.ALIAS)))
    assert found_under(("Леся", "Леся"), ("Лясная", "Лясная"), person=named) == (
        "Found under: Леся → Alena; Лясная → Lasnaja"
    )


@pytest.mark.parametrize("asked", ["Alena", "ALENA", "alenu", "Aleny", "Alenaj"])
def test_nobody_wonders_at_the_same_word_in_another_case(asked: str) -> None:
    assert found_under((asked, "Alena")) == ""


def found_under(*why: tuple[str, str], person: Person = ALENA) -> str:
    said = card(EN, of(person=person), today=TODAY, why=why).text
    lines = said.replace("\u2068", "").replace("\u2069", "").split("\n")
    return next((line for line in lines if line.startswith("Found under")), "")


def told_first(intent: Intent, *history: Event, lines: int = 1) -> list[str]:
    """Return what stands first under the name and who that is."""
    said = card(EN, of(*history), today=TODAY, intent=intent).text
    said = re.sub("<[^<>]*>|[\u2068\u2069]", "", said)
    return said.split("\n\n", 1)[1].split("\n")[:lines]


GOMEL = Place("BY", {"en": "Gomel"})
HELD_IN_GOMEL = happened(K.IMPRISONED, "2025-12-01", place=GOMEL)
SENTENCE = happened(K.SENTENCED, "2021-02-03", months=126)


def test_who_asks_where_is_told_the_place_first() -> None:
    assert told_first(Intent.WHERE, ARREST, HELD_IN_GOMEL, lines=3) == [
        "Where: Gomel, Belarus.",
        "Alena Lasnaja — in prison.",
        "Since September 7, 2020",
    ]
    assert told_first(Intent.WHERE, ARREST, lines=2) == [
        "The place is not known to us.",
        "Alena Lasnaja — detained.",
    ]


def test_who_asks_where_the_free_are_is_told_first_that_they_are_free() -> None:
    assert told_first(Intent.WHERE, ARREST, FREED, lines=3) == [
        "Alena Lasnaja — free.",
        "The place is not known to us.",
        "Since December 13, 2025",
    ]
    assert told_first(Intent.WHERE, ARREST, FREED, TAKEN, lines=2) == [
        "Alena Lasnaja — free. Taken out of the country. Where to: Vilnius, Lithuania.",
        "Since December 13, 2025",
    ]
    assert told_first(Intent.WHERE, lines=2) == [
        "Alena Lasnaja — on our list. Where she is now is not known to us.",
        "Recognised as a political prisoner by: Viasna",
    ]


def test_who_asks_when_is_told_the_release_with_its_source_first() -> None:
    assert told_first(Intent.WHEN, ARREST, FREED, TAKEN, lines=3) == [
        "December 13, 2025: release (Paper & Co)".replace("&", "&amp;"),
        "December 13, 2025: removal from the country, Vilnius, Lithuania (Radio)",
        "Alena Lasnaja — free. Taken out of the country. Where to: Vilnius, Lithuania.",
    ]
    rumour = replace(FREED, confidence=Confidence.REPORTED)
    assert "reported, not confirmed" in told_first(Intent.WHEN, ARREST, rumour)[0]


def test_who_asks_when_is_not_told_a_day_that_nobody_knows() -> None:
    assert told_first(Intent.WHEN, ARREST, SENTENCE, lines=3) == [
        "The date of release is not known to us.",
        "Sentence: 10 years and 6 months (Radio)",
        "Alena Lasnaja — in prison.",
    ]
    assert told_first(Intent.WHEN, happened(K.RELEASED), lines=2) == [
        "The date of release is not known to us.",
        "Alena Lasnaja — free.",
    ]


def test_who_wants_to_write_is_warned_first_and_told_what_is_known() -> None:
    warning, *told = told_first(
        Intent.WRITE, ARREST, HELD_IN_GOMEL, happened(K.NO_CONTACT, "2025-11"), lines=5
    )
    assert warning.startswith("If you are in the country yourself, think of your own safety")
    assert told == [
        "Where: Gomel, Belarus.",
        "A more exact address is not known to us.",
        "No letters, calls or visits come through. Reported: November 2025",
        "Alena Lasnaja — in prison.",
    ]
    assert told_first(Intent.WRITE, ARREST, lines=2)[1] == "An address is not known to us."


def test_a_letter_to_the_free_needs_no_warning() -> None:
    assert told_first(Intent.WRITE, FREED) == ["An address is not known to us."]


@pytest.mark.parametrize("intent", Intent)
def test_of_the_dead_one_thing_is_said_first(intent: Intent) -> None:
    assert told_first(intent, ARREST, happened(K.DIED, "2024")) == ["Alena Lasnaja — died."]


@pytest.mark.parametrize("intent", Intent)
def test_what_was_asked_for_changes_the_order_and_leaves_nothing_out(intent: Intent) -> None:
    history = (ARREST, SENTENCE, HELD_IN_GOMEL, happened(K.NO_CONTACT, "2025-11"))
    usual = card(EN, of(*history), today=TODAY).text
    said = card(EN, of(*history), today=TODAY, intent=intent).text
    for part in re.split(r"\n| (?=Where: )", usual):
        assert said.count(part) >= 1
        assert not part or said.count(part) == usual.count(part)


def test_the_name_is_written_as_the_reader_writes() -> None:
    assert of().person.name_in(speak("be").spellings) == "Алена Лясная"
    assert "<b>\u2068Alena Lasnaja\u2069</b>" in say(of())


def test_a_card_has_its_buttons() -> None:
    follow, when = buttons(card(EN, of(ARREST), today=TODAY).keyboard)
    assert follow.callback_data == callbacks.person(Verb.FOLLOW, ALENA.id)
    assert when.callback_data == callbacks.person(Verb.TIMELINE, ALENA.id)
    (only,) = buttons(card(EN, of(), today=TODAY).keyboard)
    assert only.text == "Tell me news"


def test_a_timeline_tells_everything_oldest_first() -> None:
    events = [happened(kind, f"2020-01-{day:02}") for day, kind in enumerate(EventKind, 1)]
    pardon = happened(K.RELEASED, "2021", manner=Manner.PARDON, note="he <asked> for nothing")
    undated = happened(K.NO_CONTACT)
    sentence = replace(happened(K.SENTENCED, "2021", months=24, place=VILNIUS), sources=())
    screen = timeline(EN, of(undated, *events, pardon, sentence))
    lines = screen.text.replace("\u2068", "").replace("\u2069", "").split("\n")
    assert lines[:3] == [
        "<b>Alena Lasnaja</b>",
        "",
        '• date not known: no letters, calls or visits (<a href="https://example.org/radio">'
        "Radio</a>)",
    ]
    assert len({line.split(": ")[1].split(" (")[0] for line in lines[3:19]}) == len(EventKind)
    assert lines[19].startswith("• 2021: release, “pardon” as the authorities call it (")
    assert lines[20] == "<i>he &lt;asked&gt; for nothing</i>"
    assert lines[21] == "• 2021: sentence, Vilnius, Lithuania, 2 years"
    (back,) = buttons(screen.keyboard)
    assert back.callback_data == callbacks.person(Verb.CARD, ALENA.id)


def test_what_happened_last_is_never_left_out() -> None:
    events = [
        happened(K.CONTACT, f"2021-{month:02}", note="a letter " * 30) for month in range(1, 13)
    ]
    said = timeline(EN, of(*events, *events, FREED)).text
    assert length(said) <= LIMIT
    assert said.split("\n")[2] == "…"
    assert "• December 13, 2025: release" in said


def test_an_empty_timeline_says_so() -> None:
    assert timeline(EN, of()).text.endswith("Nothing is known to us.")


def test_namesakes_are_told_apart() -> None:
    other = replace(ALENA, id=PersonId(12), born=None, about={})
    third = replace(other, id=PersonId(13))
    screen = choice(
        EN,
        [
            of(ARREST, happened(K.IMPRISONED, "2021", place=VILNIUS)),
            of(TAKEN, person=other),
            of(person=third),
        ],
    )
    lines = screen.text.replace("\u2068", "").replace("\u2069", "").split("\n")
    assert lines[2:] == [
        "1. <b>Alena Lasnaja</b>: year of birth: 1990; teacher &lt;of music&gt;; "
        "year of arrest: 2020; Vilnius, Lithuania",
        "2. <b>Alena Lasnaja</b>: Vilnius, Lithuania",
        "3. <b>Alena Lasnaja</b>",
    ]
    assert [b.callback_data for b in buttons(screen.keyboard)] == [
        callbacks.person(Verb.OPEN, PersonId(n)) for n in (11, 12, 13)
    ]


@pytest.mark.parametrize(("number", "more"), [(6, False), (5, True)])
def test_a_choice_has_five_buttons_at_most(number: int, more: bool) -> None:
    screen = choice(EN, [of()] * number, more=more)
    assert len(buttons(screen.keyboard)) == 5
    assert "There are more people by that name." in screen.text


def test_a_namesake_can_be_waited_for_in_private_alone() -> None:
    assert [b.text for b in buttons(choice(EN, [of()], private=True).keyboard)][1:] == [
        "Somebody else"
    ]
    assert len(buttons(choice(EN, [of()]).keyboard)) == 1


def test_a_choice_of_one_is_still_asked() -> None:
    assert choice(EN, [of()]).text.startswith("Is it this person?")
    assert choice(EN, [of()] * 2).text.startswith("Several people may be meant. Who is it?")


def test_a_choice_of_more_asks_for_what_narrows_it() -> None:
    assert choice(EN, [of()] * 5, more=True).text.endswith(
        "Please add the first name, the patronymic, the year of birth or a place."
    )


def test_nobody_is_neither_free_nor_lost() -> None:
    assert "does not mean that the person is free" in nobody(EN).text


def test_nobody_is_not_the_end() -> None:
    assert [one.text for one in buttons(nobody(EN).keyboard)] == [
        "Wait for this name",
        "Write to the editors",
    ]


hostile = st.sampled_from(
    ["Ы" * 5000, "𐌀" * 4096, "<b>&amp;", "\u202eabc\u2066", "a\ud83d\x00b", "{0.x} %s"]
)
sources = st.builds(Source, hostile, st.sampled_from(["", "https://example.org/" + "a" * 2000]))


@given(
    name=hostile,
    about=hostile,
    events=st.lists(
        st.builds(
            Event,
            id=st.integers(1, 2**60).map(EventId),
            person=st.just(ALENA.id),
            kind=st.sampled_from(EventKind),
            on=st.sampled_from([None, PartialDate.parse("2025"), PartialDate.parse("2025-12-13")]),
            sources=st.lists(sources, max_size=30).map(tuple),
            place=st.one_of(st.none(), st.builds(lambda n: Place("LT", {"en": n}), hostile)),
            months=st.sampled_from([None, 0, 1, 120]),
            notes=st.one_of(st.just({}), hostile.map(lambda note: {"en": note})),
        ),
        max_size=60,
    ),
)
def test_no_record_is_too_long_for_a_message(name: str, about: str, events: list[Event]) -> None:
    person = replace(ALENA, names=(Name(name, "en"),), about={"en": about}, recognised_by=about)
    who = of(*events, person=person)
    for screen in (
        card(EN, who, today=TODAY, why=[(name, name)] * 3),
        timeline(EN, who),
        choice(EN, [who] * 9),
    ):
        assert length(screen.text) <= LIMIT
        screen.text.encode()
        for button in buttons(screen.keyboard):
            assert 0 < len(button.text.encode("utf-16-le")) // 2 <= 64


@given(st.sampled_from(Status), st.booleans())
def test_the_last_confirmation_is_never_cut(status: Status, many: bool) -> None:
    doubts = tuple(
        happened(K.RELEASED, "2025-12-13", *[Source("S" * 900)] * 90) for _ in range(90 * many)
    )
    custody = replace(
        custody_of([ARREST]), status=status, contradicted_by=doubts, sentences=doubts
    )
    said = card(EN, Card(ALENA, custody, (ARREST,)), today=TODAY).text
    assert "Last confirmed: September 7, 2020" in said

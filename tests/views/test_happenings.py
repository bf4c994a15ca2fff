"""News of people, as one message for one reader; and what editors read while they write it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from locales import speak
from model.custody import Status
from model.dates import PartialDate
from model.happenings import Happening
from model.notices import (
    Dossier,
    EditorId,
    EventFacts,
    GroupFacts,
    LastKnown,
    NewsItem,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    PersonFacts,
    Say,
    Saying,
    Snapshot,
    WaveId,
)
from model.people import (
    Confidence,
    EventId,
    EventKind,
    Gender,
    Manner,
    Name,
    Person,
    PersonId,
    Source,
)
from model.releases import WHOLE, LineId, LineState
from views import bulletin, dossier, news, text
from views.screen import Screen

EN, RU, BE = speak("en"), speak("ru"), speak("be")
AT = datetime(2026, 3, 13, 12, 20, tzinfo=UTC)
HRW = "HRW|https://www.hrw.org/news"

MARIA = PersonFacts(
    PersonId(1), {"be": "Марыя Калеснікава", "en": "Maria Kalesnikava"}, Gender.FEMALE
)
ALES = PersonFacts(PersonId(2), {"be": "Алесь Бяляцкі", "en": "Ales Bialiatski"}, Gender.MALE)


def happened(who: PersonFacts, kind: EventKind, on: str = "2026-03-12", **more) -> EventFacts:
    return EventFacts(EventId(who.id * 10), who.id, kind, on, (HRW,), **more)


TRANSFER = happened(MARIA, EventKind.TRANSFERRED, place="Гомель", country="BY")
MOVED_ON = replace(happened(MARIA, EventKind.HOSPITALISED, "2026-03-11"), id=EventId(11))
LETTER = happened(ALES, EventKind.CONTACT, "2026-03-10")


def item(*events: EventFacts, **more) -> NewsItem:
    persons = tuple(p for p in (MARIA, ALES) if p.id in {e.person for e in events})
    group = GroupFacts(WHOLE, "", "", (), persons)
    snapshot = Snapshot(
        NoticeKind.EVENTS, None, "2026-03-12", (), (HRW,), (group,), False, events=events
    )
    every = frozenset({WHOLE})
    return NewsItem(WaveId(7), snapshot, every, every, AT, **more)


def back(kind: NoticeKind, *events: EventFacts) -> NewsItem:
    """Make what takes this back."""
    wrong = item(*events)
    last = LastKnown(Status.IMPRISONED, "2020-09", "BY", {}, HRW)
    group = wrong.snapshot.groups[0]
    group = replace(group, persons=tuple(replace(p, last=last) for p in group.persons))
    return replace(wrong, snapshot=replace(wrong.snapshot, kind=kind, groups=(group,)))


def labels(screen: Screen) -> list[str]:
    return [button.text for row in screen.keyboard for button in row]


def test_a_transfer_is_told_with_its_date_place_and_source():
    told = news.news(EN, item(TRANSFER), freed=[MARIA.id])
    assert told.text == (
        "<b>\u2068Maria Kalesnikava\u2069</b>\n"
        "• March 12, 2026: transfer to another place, \u2068Гомель, Belarus\u2069 "
        '(<a href="https://www.hrw.org/news">HRW</a>)'
    )
    assert labels(told) == ["\u2068Maria Kalesnikava\u2069"]


def test_whom_the_reader_follows_stands_on_top_and_the_others_below():
    told = news.news(EN, item(TRANSFER, LETTER), freed=[ALES.id])
    assert told.text.index("Ales") < told.text.index("Maria")
    assert labels(told) == ["\u2068Ales Bialiatski\u2069"]
    assert news.body_of(EN, item(TRANSFER, LETTER)).index("Maria") == 4


def test_the_editors_own_words_stand_above():
    own = item(TRANSFER)
    own = replace(own, snapshot=replace(own.snapshot, texts={"en": "Write to her."}))
    assert news.news(EN, own, freed=[MARIA.id]).text.startswith("Write to her.\n\n<b>")


@pytest.mark.parametrize(
    ("who", "event", "first"),
    [
        (MARIA, {"kind": EventKind.DIED}, "<b>\u2068Марыя Калеснікава\u2069</b> памерла."),
        (ALES, {"kind": EventKind.RELEASED}, "<b>\u2068Алесь Бяляцкі\u2069</b> — на волі."),
        (
            MARIA,
            {"kind": EventKind.DIED, "confidence": Confidence.REPORTED},
            "<b>\u2068Марыя Калеснікава\u2069</b>",
        ),
        (ALES, {"kind": EventKind.HOSPITALISED}, "<b>\u2068Алесь Бяляцкі\u2069</b>"),
    ],
)
def test_what_matters_most_is_a_whole_sentence_but_not_if_it_is_only_reported(
    who: PersonFacts, event: dict[str, Any], first: str
):
    told = news.news(BE, item(happened(who, **event)), freed=[who.id])
    assert told.text.splitlines()[0] == first


def test_a_pardon_is_a_quotation():
    pardoned = happened(ALES, EventKind.RELEASED, manner=Manner.PARDON)
    assert "“pardon” as the authorities call it" in news.body_of(EN, item(pardoned))


def test_the_button_says_seen_and_carries_no_name():
    told = news.news(RU, item(TRANSFER), freed=[MARIA.id], asks=True)
    assert told.keyboard[-1][0].callback_data == "v:7"


def test_a_correction_repeats_what_was_told_and_takes_it_back():
    told = news.news(EN, back(NoticeKind.CORRECTION, TRANSFER), freed=[MARIA.id]).text
    assert told.splitlines()[0] == "<b>CORRECTION.</b>"
    assert told.splitlines()[1] == "We told you:"
    assert "transfer to another place" in told
    assert told.index("That was wrong.") < told.index("Last confirmed: in prison, Belarus")
    assert told.endswith("We are sorry.")
    assert "free" not in told


def test_a_withdrawal_of_news_of_several_says_of_each_what_was_confirmed():
    told = news.news(EN, back(NoticeKind.WITHDRAWAL, TRANSFER, LETTER), freed=[ALES.id]).text
    assert told.splitlines()[0] == "<b>WITHDRAWAL.</b>"
    assert "<b>\u2068Ales Bialiatski\u2069</b>: Last confirmed" in told


def test_news_that_was_corrected_in_part_says_the_rest_and_that_it_was_corrected():
    corrected = item(TRANSFER, LETTER, taken_back=frozenset({MARIA.id}), corrected=AT)
    told = news.news(EN, corrected, freed=[ALES.id]).text
    assert "Maria" not in told
    assert "Corrected at March 13" in told
    told = news.news(EN, corrected, freed=[MARIA.id]).text
    assert told.startswith("We told you:\n<b>\u2068Maria Kalesnikava")
    assert told.index("That was wrong.") < told.index("Ales")


def test_of_two_things_one_was_wrong_and_the_other_stays():
    wrong = frozenset({MOVED_ON.id})
    corrected = item(TRANSFER, MOVED_ON, LETTER, retracted=wrong, corrected=AT)
    told = news.news(EN, corrected, freed=[MARIA.id]).text
    assert told.startswith("We told you:\n<b>\u2068Maria Kalesnikava")
    assert told.index("hospital") < told.index("That was wrong.") < told.index("transfer")
    assert told.count("hospital") == 1
    assert "Corrected at March 13" in told
    told = news.news(EN, corrected, freed=[ALES.id]).text
    assert "hospital" not in told
    assert "transfer" in told
    assert "what was wrong is left out" in told


def test_news_that_was_withdrawn_says_so_first():
    gone = item(TRANSFER, withdrawn=True, corrected=AT)
    told = news.news(EN, gone, freed=[MARIA.id]).text
    assert told.startswith("<b>WITHDRAWN at March 13")
    assert "That was wrong." in told
    wrong = item(TRANSFER, taken_back=frozenset({MARIA.id}), corrected=AT)
    assert "That was wrong." in news.news(EN, wrong, freed=[MARIA.id]).text


def test_the_longest_news_fits_into_one_message():
    events = [
        happened(MARIA, EventKind.TRANSFERRED, f"2026-03-{day:02}", place="Г" * 200)
        for day in range(1, 31)
    ]
    for kind in (NoticeKind.EVENTS, NoticeKind.CORRECTION):
        told = back(kind, *events)
        assert text.length(news.news(EN, told, freed=[MARIA.id]).text) <= text.LIMIT


# --- what editors read ------------------------------------------------------------------------

PERSON = Person(PersonId(1), "maria", (Name("Марыя Калеснікава", "be"),), Gender.FEMALE)
WHOLLY = Happening(
    LineId(3),
    "Калеснікава",
    LineState.SURE,
    PERSON,
    (PERSON.id,),
    EventKind.RELEASED,
    PartialDate.parse("2026-03-12"),
    place="Гомель",
    sources=(Source("HRW", "https://www.hrw.org/news"),),
)
ALENA, BARYS = EditorId("alena"), EditorId("barys")


def desk(*written: Happening, state: NoticeState = NoticeState.DRAFT, **more) -> Dossier:
    frozen = None if state is NoticeState.DRAFT else item(TRANSFER).snapshot
    known = Notice(NoticeId(5), NoticeKind.EVENTS, state, None, ALENA, snapshot=frozen)
    known = replace(known, sayings=more.pop("sayings", ()))
    return Dossier(known, written, more.pop("texts", {}), {}, {}, (), 1, **more)


def card(about: Dossier) -> Screen:
    return dossier.dossier(EN, about, labels={ALENA: "Alena"}, viewer=BARYS)


def test_the_card_says_what_is_written_and_offers_to_submit_it():
    shown = card(desk(WHOLLY, texts={"be": "Так"}))
    assert "<b>News of people</b> 5\n" in shown.text
    assert "March 12, 2026: release, \u2068Гомель\u2069" in shown.text
    assert "Your own words: be." in shown.text
    assert "❗" not in shown.text
    assert labels(shown) == [
        "✏️ \u2068Марыя Калеснікава\u2069: release",
        "Preview",
        "Submit",
        "Discard this notice",
    ]


def test_the_card_says_what_is_missing_and_asks_for_it():
    bare = Happening(LineId(3), "Калеснікава", LineState.SURE, PERSON)
    shown = card(desk(bare))
    assert shown.text.count("❗") == 3
    assert labels(shown) == ["What happened? \u2068Марыя Калеснікава\u2069", "Discard this notice"]
    dated = replace(bare, on=WHOLLY.on, state=LineState.CHOOSE, person=None)
    shown = card(desk(dated))
    assert "<b>\u2068Калеснікава\u2069</b> · March 12, 2026" in shown.text
    assert labels(shown)[0] == "Who is it? \u2068Калеснікава\u2069"
    assert "Nobody is named yet." in card(desk()).text


def test_the_card_says_where_that_belongs_which_a_release_tells():
    shown = card(desk(WHOLLY, told_by={WHOLLY.id: NoticeId(2)}))
    assert "This belongs to the release that notice 2 tells" in shown.text
    assert "Submit" not in labels(shown)


def test_who_waits_to_be_safe_is_named_and_one_button_is_enough():
    said = (Saying(ALENA, Say.SAFE),)
    shown = card(desk(WHOLLY, state=NoticeState.HELD, sayings=said))
    assert "\u2068Maria Kalesnikava\u2069: safe, says \u2068Alena\u2069" in shown.text
    assert labels(shown)[0] == "Safe to tell"
    many = desk(WHOLLY, state=NoticeState.HELD)
    group = replace(many.notice.facts.groups[0], persons=(MARIA, ALES, MARIA, ALES))
    facts = replace(many.notice.facts, groups=(group,))
    many = replace(many, notice=replace(many.notice, snapshot=facts))
    assert "…" in bulletin.named(EN, many)


def test_what_is_out_can_be_said_to_be_wrong():
    shown = desk(WHOLLY, state=NoticeState.OUT)
    shown = replace(shown, notice=replace(shown.notice, opened=frozenset({WHOLE})))
    assert labels(card(shown)) == ["Preview", "Something in it was wrong", "Withdraw"]
    facts = replace(shown.notice.facts, events=(TRANSFER, MOVED_ON, LETTER))
    shown = replace(shown, notice=replace(shown.notice, snapshot=facts))
    asked = dossier.take_back(EN, shown, 0, [MOVED_ON.id])
    assert asked.text == "What was wrong? The rest of the news stays."
    maria = "\u2068Maria Kalesnikava\u2069"
    assert labels(asked)[:3] == [
        f"✗ {maria}: March 11, 2026: hospital",
        f"{maria}: March 12, 2026: transfer to another place",
        "Wrong: 1",
    ]
    asked = dossier.correct(EN, shown, [MOVED_ON.id])
    assert "hospital" in asked.text
    assert "transfer" not in asked.text


def test_who_approves_a_correction_sees_what_is_taken_back():
    wrong = back(NoticeKind.CORRECTION, MOVED_ON).snapshot
    shown = desk(state=NoticeState.SUBMITTED)
    notice = replace(shown.notice, kind=NoticeKind.CORRECTION, snapshot=wrong)
    assert "March 11, 2026: hospital" in card(replace(shown, notice=notice)).text


def test_the_page_of_one_thing_offers_all_that_can_be_changed():
    bare = replace(WHOLLY, on=None, manner=Manner.EXCHANGE, confidence=Confidence.REPORTED)
    shown = bulletin.happening(EN, desk(bare), bare.id)
    assert "date not known" in shown.text
    assert "The date is missing." in shown.text
    assert labels(shown) == [
        "Today",
        "Yesterday",
        "What happened?",
        "☐ the term ended",
        "☐ “pardon”, as the authorities call it",
        "☑ exchange",
        "☐ how is not known",
        "☑ Reported, not confirmed",
        "It is somebody else",
        "Cross it out",
        "‹ Back",
    ]
    new = replace(WHOLLY, kind=EventKind.DIED, candidates=())
    assert labels(bulletin.happening(EN, desk(new), new.id)) == [
        "What happened?",
        "☐ Reported, not confirmed",
        "Cross it out",
        "‹ Back",
    ]
    gone = bulletin.happening(EN, desk(), LineId(9))
    assert labels(gone) == ["‹ Back"]


def test_every_kind_of_event_is_offered():
    shown = bulletin.kinds(EN, desk(WHOLLY), WHOLLY.id)
    assert len(labels(shown)) == len(EventKind) + 1
    assert "\u2068Марыя Калеснікава\u2069" in shown.text

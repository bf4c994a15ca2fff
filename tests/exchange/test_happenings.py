"""What happened to people, as editors write it at night."""

from datetime import date

import pytest

from exchange.happenings import Written, parse
from exchange.lists import LINE_AT_MOST, LINES_AT_MOST
from locales import LANGUAGES
from model.dates import PartialDate
from model.errors import Unreadable
from model.people import EventKind, Manner, Source

HRW = Source("HRW", "https://www.hrw.org/1")
MARCH = PartialDate(date(2026, 3, 12))


def read(text: str) -> tuple[Written, ...]:
    return parse(text, LANGUAGES)


def test_a_few_plain_lines_say_what_happened_to_whom():
    text = (
        "Maria Nowak\ntransferred\n12 March 2026\nHomel, prison No. 4\nHRW https://www.hrw.org/1"
    )
    assert read(text) == (
        Written(
            ("Maria Nowak",),
            EventKind.TRANSFERRED,
            MARCH,
            place="Homel, prison No. 4",
            sources=(HRW,),
        ),
    )


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Пераведзена", EventKind.TRANSFERRED),
        ("переведён", EventKind.TRANSFERRED),
        ("затримано", EventKind.DETAINED),
        ("w szpitalu", EventKind.HOSPITALISED),
        ("nuteista", EventKind.SENTENCED),
        ("Hausarrest", EventKind.HOUSE_ARREST),
        ("ШИЗО.", EventKind.PUNISHMENT_CELL),
        ("no contact", EventKind.NO_CONTACT),
        ("прыйшоў ліст", EventKind.CONTACT),
        ("умер", EventKind.DIED),
        ("обвинение", EventKind.CHARGED),
        ("in prison", EventKind.IMPRISONED),
        ("вывезена за мяжу", EventKind.TAKEN_ABROAD),
        ("persikėlė", EventKind.MOVED_ON),
        ("refused to leave", EventKind.REFUSED_TO_LEAVE),
        ("снова задержан", EventKind.DETAINED_AGAIN),
        ("freigelassen", EventKind.RELEASED),
    ],
)
def test_what_happened_is_said_in_any_language(words: str, kind: EventKind):
    (one,) = read(f"Maria Nowak\n{words}")
    assert (one.names, one.kind) == (("Maria Nowak",), kind)


def test_several_people_of_one_kind_of_news_stand_one_a_line():
    (one,) = read("- Maria Nowak\nJan Kowalski\n\tMaria Nowak\ncharged: 12.03.2026")
    assert one.names == ("Maria Nowak", "Jan Kowalski")
    assert (one.kind, one.on) == (EventKind.CHARGED, MARCH)


def test_what_follows_an_empty_line_is_about_others_or_about_the_same():
    first, second, third = read(
        "Maria Nowak\nhospital\n\nreleased\n2026-03\n\n\nJan Kowalski\narrest"
    )
    assert first.names == second.names == ("Maria Nowak",)
    assert second.on == PartialDate.parse("2026-03")
    assert third == Written(("Jan Kowalski",), EventKind.DETAINED)


def test_who_is_taken_abroad_is_not_released_there():
    released, taken = read("Maria Nowak\nreleased, pardon\ntaken abroad\nLithuania, Vilnius")
    assert (released.kind, released.manner, released.place) == (
        EventKind.RELEASED,
        Manner.PARDON,
        "",
    )
    assert (taken.kind, taken.manner) == (EventKind.TAKEN_ABROAD, None)
    assert (taken.country, taken.place) == ("LT", "Vilnius")


@pytest.mark.parametrize(
    ("line", "manner"),
    [
        ("памілаваны", Manner.PARDON),
        ("released\nexchange", Manner.EXCHANGE),
        ("вышел на свободу: отбыл срок", Manner.TERM_ENDED),
    ],
)
def test_how_somebody_was_released_may_be_said(line: str, manner: Manner):
    (one,) = read(f"Jan Kowalski\n{line}")
    assert (one.kind, one.manner) == (EventKind.RELEASED, manner)


@pytest.mark.parametrize(
    ("term", "months"),
    [
        ("11 years", 132),
        ("11 гадоў", 132),
        ("2 years 6 months", 30),
        ("2 года и 6 месяцев", 30),
        ("6 mėn.", 6),
        ("3 lata", 36),
        ("9999 years", None),
        ("11 roses", None),
    ],
)
def test_the_length_of_a_sentence_is_read(term: str, months: int | None):
    if months is None:
        (one,) = read(f"Jan Kowalski\nsentenced\n{term}")
        assert (one.months, one.place) == (None, term)
    else:
        (one,) = read(f"Jan Kowalski\nsentenced: {term}")
        assert (one.months, one.place) == (months, "")


def test_what_is_only_reported_is_said_to_be():
    (one,) = read("Jan Kowalski\ndied\nне подтверждено")
    assert one.doubtful


def test_what_names_nobody_completes_what_is_there():
    (one,) = read("12.03.2026\nHomel\nhttps://www.hrw.org/1")
    assert one == Written(
        on=MARCH, place="Homel", sources=(Source("hrw.org", "https://www.hrw.org/1"),)
    )


def test_nothing_says_nothing():
    assert read(" \n\n") == ()


@pytest.mark.parametrize(
    "text",
    ["Jan Kowalski\n31.02.2026", "x" * (LINE_AT_MOST + 1), "Jan\n" * (LINES_AT_MOST + 1)],
)
def test_what_cannot_be_read_is_refused(text: str):
    with pytest.raises(Unreadable):
        read(text)

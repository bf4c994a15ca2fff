"""Languages: which one is spoken, and how it says dates, numbers, lists and countries."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel import localedata
from hypothesis import given
from hypothesis import strategies as st

import locales
from locales import FALLBACKS, LANGUAGES, Languages, isolate, negotiate, speak
from model.dates import PartialDate
from tests.catalogues import TEMPLATE

RELEASE = PartialDate.parse("2025-12-13")
TWENTY_PAST_TWO = datetime(2025, 12, 13, 12, 20, tzinfo=UTC)


def test_what_no_message_says_takes_up_no_memory() -> None:
    speak("be")
    assert not {"currency_names", "unit_patterns"} & set(localedata.load("be"))


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("be", "be"),
        ("be-BY", "be"),
        ("be-tarask", "be"),
        ("be@latin", "be"),
        ("ru_RU", "ru"),
        ("UK", "uk"),
        ("de-AT", "de"),
        ("en-US", "en"),
        ("pt-br", "en"),
        ("zh-hans", "en"),
        ("iw", "en"),
        ("xx", "en"),
        ("", "en"),
        ("-", "en"),
        ("ру", "en"),
        ("\x00", "en"),
        ("be" * 40, "en"),
        (None, "en"),
    ],
)
def test_the_nearest_language_is_spoken(asked: str | None, spoken: str) -> None:
    assert negotiate(asked) == spoken


@given(st.text(max_size=60) | st.none())
def test_whatever_telegram_says_some_offered_language_is_spoken(asked: str | None) -> None:
    assert negotiate(asked, ("be", "lt")) in {"be", "lt"}


def test_where_english_is_not_offered_the_first_language_is_spoken() -> None:
    assert negotiate("pt-br", ("lt", "be")) == "lt"


def test_there_is_no_tongue_for_a_language_we_do_not_have() -> None:
    with pytest.raises(KeyError):
        speak("fr")


@pytest.mark.parametrize(
    ("language", "day", "month", "moment"),
    [
        ("be", "13 снежня 2025 г.", "верасень 2020", "13 снежня, 14:20"),
        ("ru", "13 декабря 2025 г.", "сентябрь 2020 г.", "13 декабря, 14:20"),
        ("en", "December 13, 2025", "September 2020", "December 13, 14:20"),
        ("uk", "13 грудня 2025 р.", "вересень 2020 р.", "13 грудня, 14:20"),
        ("pl", "13 grudnia 2025", "wrzesień 2020", "13 grudnia, 14:20"),
        ("lt", "2025 m. gruodžio 13 d.", "2020 m. rugsėjis", "gruodžio 13 d. 14:20"),
        ("de", "13. Dezember 2025", "September 2020", "13. Dezember, 14:20"),
    ],
)
def test_dates_are_said_as_people_say_them(
    language: str, day: str, month: str, moment: str
) -> None:
    t = speak(language)
    assert plain(t.date(RELEASE)) == day
    assert plain(t.date(PartialDate.parse("2020-09"))) == month
    assert plain(t.date(PartialDate.parse("2020"))) == "2020"
    assert plain(t.moment(TWENTY_PAST_TWO)) == moment


def test_the_time_of_day_is_that_of_the_organisation() -> None:
    assert speak("de", "Europe/London").moment(TWENTY_PAST_TWO).endswith("12:20")


@pytest.mark.parametrize(
    ("language", "number", "listing", "countries"),
    [
        ("be", "1 100", "А, Б і В", "Украіна Літва Беларусь"),
        ("ru", "1 100", "А, Б и В", "Украина Литва Беларусь"),
        ("en", "1,100", "А, Б, and В", "Ukraine Lithuania Belarus"),
        ("uk", "1 100", "А, Б і В", "Україна Литва Білорусь"),
        ("pl", "1 100", "А, Б i В", "Ukraina Litwa Białoruś"),
        ("lt", "1 100", "А, Б ir В", "Ukraina Lietuva Baltarusija"),
        ("de", "1.100", "А, Б und В", "Ukraine Litauen Belarus"),
    ],
)
def test_numbers_lists_and_countries_are_those_of_the_language(
    language: str, number: str, listing: str, countries: str
) -> None:
    t = speak(language)
    assert plain(t.number(1100)) == number
    assert t.listing(["А", "Б", "В"]) == listing
    assert t.listing([]) == ""
    assert " ".join(map(t.country, ("UA", "LT", "BY"))) == countries


def test_a_country_nobody_knows_keeps_its_code() -> None:
    assert speak("be").country("QX") == "QX"


def test_the_operator_decides_whose_spelling_comes_next() -> None:
    chosen = Languages({"be": (), "lt": ("pl", "en")})
    assert chosen.speak("be").spellings == ("be",)
    assert chosen.speak("lt").spellings == ("lt", "pl", "en")
    assert Languages().speak("be").spellings == ("be", *FALLBACKS["be"])


def test_a_language_that_is_no_longer_offered_becomes_the_nearest() -> None:
    chosen = Languages({"lt": (), "en": ()}, "Europe/London")
    assert list(chosen) == ["lt", "en"]
    assert "lt" in chosen
    assert "de" not in chosen
    assert chosen.speak("de").language == "en"
    assert chosen.speak("lt").zone.key == "Europe/London"


def test_what_cannot_be_said_yet_is_said_in_english() -> None:
    for language in LANGUAGES:
        t = speak(language)
        assert t.gettext("{who} writes a word nobody translates", who="A") == (
            "A writes a word nobody translates"
        )
        assert t.pgettext("female", "an unknown word") == "an unknown word"
        assert t.npgettext("female", "{n} unknown", "{n} unknowns", 2, n="2") == "2 unknowns"


def test_what_is_not_translated_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = tmp_path / "lt" / "LC_MESSAGES" / "messages.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "held"\nmsgstr ""\n\n#, fuzzy\nmsgid "free"\nmsgstr "laisvas"\n\n'
        'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} d."\nmsgstr[1] ""\n\n'
        'msgid "list"\nmsgstr "sąrašas"\n'
    )
    monkeypatch.setattr(locales, "CATALOGUES", tmp_path)
    assert locales.count_missing("lt") == 3
    assert locales.count_missing("en") == 0


def test_a_guess_never_reaches_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = tmp_path / "be" / "LC_MESSAGES" / "messages.po"
    catalogue.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    catalogue.write_text(
        head + '#, fuzzy\nmsgid "held"\nmsgstr "на волі"\n\nmsgid "free"\nmsgstr "на волі"\n'
    )
    monkeypatch.setattr(locales, "CATALOGUES", tmp_path)
    spoken = locales._catalogue.__wrapped__("be")
    assert spoken.gettext("held") == "held"
    assert spoken.gettext("free") == "на волі"


def test_a_name_cannot_turn_the_sentence_around_it() -> None:
    assert isolate("Ма\u202eрыя\u2069") == "\u2068Марыя\u2069"


def test_a_value_cannot_be_read_into() -> None:
    assert speak("en").gettext("{name}", name="{name.__class__}") == "{name.__class__}"


def test_the_template_carries_no_day() -> None:
    assert "POT-Creation-Date" not in TEMPLATE.read_text()


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")

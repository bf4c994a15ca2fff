"""A question, from anybody, in any of the seven languages."""

import re
from datetime import timedelta

import pytest

from locales import LANGUAGES, speak
from simulator.phone import Phone
from tests.town import Town, find, tell
from views.callbacks import Verb

QUESTIONS = {
    "be": ("Што з Алесяй Ластаўкай?", "Алеся Ластаўка"),
    "ru": ("Что с Алесей Ласточкой?", "Алеся Ласточка"),
    "en": ("Where is Alesia Lastauka?", "Alesia Lastauka"),
    "uk": ("Алеся Ластовка", "Алеся Ластовка"),
    "pl": ("Alesia Łastauka", "Alesia Łastauka"),
    "lt": ("Alesia Lastauka", "Alesia Lastauka"),
    "de": ("Wo ist Alesja Lastauka?", "Alesja Lastauka"),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_stranger_asks_and_is_answered(language: str, town: Town) -> None:
    question, name = QUESTIONS[language]
    stranger = Phone(town.telegram, "Stranger", language=language)
    await stranger.says("/start")
    await town.press(stranger, Verb.DISCREET, 0)
    await stranger.says(question)
    assert name in stranger.heard[-1]
    assert "Viasna" in stranger.heard[-1]
    assert find(stranger, Verb.FOLLOW)


async def test_who_is_not_listed_and_who_does_not_exist_are_answered_alike(town: Town) -> None:
    stranger = Phone(town.telegram, "Stranger", language="ru")
    await stranger.says("/start")
    await town.press(stranger, Verb.DISCREET, 0)
    await stranger.says("Зинаида Ненайденная")
    first = stranger.heard[-1]
    await stranger.says("Пафнутий Невиданный")
    assert stranger.heard[-1] == first


async def test_who_only_asks_leaves_nothing(town: Town) -> None:
    stranger = Phone(town.telegram, "Stranger", language="be")
    await stranger.says("Алеся Ластаўка")
    await stranger.says("/mydata")
    assert find(stranger, Verb.CARD) or find(stranger, Verb.FOLLOW)
    assert await town.stored(stranger) is None


async def test_a_language_once_chosen_stays(town: Town) -> None:
    reader = await town.reader("Jonas", "lt")
    await reader.says("/language")
    await town.press(reader, Verb.LANGUAGE, "de")
    await reader.says("Alesia Lastauka")
    assert "Alesja Lastauka" in reader.heard[-1]


# A mother asks about her daughter, as mothers do, before and after the release.

WHERE = {
    "be": "Дзе цяпер Алеся Ластаўка?",
    "ru": "Где сидит Алеся Ласточка?",
    "en": "Where is Alesia Lastauka?",
    "uk": "Де зараз Алеся Ластовка?",
    "pl": "Gdzie jest Alesia Łastauka?",
    "lt": "Kur yra Alesia Lastauka?",
    "de": "Wo ist Alesja Lastauka?",
}
WHEN = {
    "be": "Калі выйдзе Алеся Ластаўка?",
    "ru": "Когда выйдет Алеся Ласточка?",
    "en": "When will Alesia Lastauka be released?",
    "uk": "Коли вийде Алеся Ластовка?",
    "pl": "Kiedy wyjdzie Alesia Łastauka?",
    "lt": "Kada paleis Alesią Lastauką?",
    "de": "Wann kommt Alesja Lastauka frei?",
}
WRITE = {
    "be": "Як напісаць Алесі Ластаўцы?",
    "ru": "Куда писать Алесе Ласточке?",
    "en": "How can I write to Alesia Lastauka?",
    "uk": "Як написати листа Алесі Ластовці?",
    "pl": "Jak napisać do Alesi Łastauki?",
    "lt": "Kaip parašyti laišką Alesiai Lastaukai?",
    "de": "Wie kann ich Alesja Lastauka schreiben?",
}
COUNT = {
    "be": "Колькі палітвязняў яшчэ сядзіць?",
    "ru": "Сколько политзаключённых осталось в тюрьме?",
    "en": "How many are still held?",
    "uk": "Скільки політв'язнів ще за ґратами?",
    "pl": "Ilu więźniów politycznych pozostało w więzieniach?",
    "lt": "Kiek politinių kalinių dar kalėjime?",
    "de": "Wie viele sind noch in Haft?",
}
LATEST = {
    "be": "Каго вызвалілі апошнім?",
    "ru": "Кого освободили последним?",
    "en": "Who was released last?",
    "uk": "Кого звільнили останнім?",
    "pl": "Kogo zwolniono ostatnio?",
    "lt": "Ką paleido paskutinį?",
    "de": "Wer wurde zuletzt freigelassen?",
}
NICKNAME = {
    "be": ("Олеся Ласточка", "Олеся → Алеся; Ласточка → Ластаўка"),
    "ru": ("Alesia Lastauka", "Alesia → Алеся; Lastauka → Ласточка"),
    "en": ("Алеся Ластаўка", "Алеся → Alesia; Ластаўка → Lastauka"),
    "uk": ("Алеся Ластаўка", "Ластаўка → Ластовка"),
    "pl": ("Алеся Ластаўка", "Алеся → Alesia; Ластаўка → Łastauka"),
    "lt": ("Алеся Ластаўка", "Алеся → Alesia; Ластаўка → Lastauka"),
    "de": ("Алеся Ластаўка", "Алеся → Alesja; Ластаўка → Lastauka"),
}
WARNING = (
    "If you are in the country yourself, think of your own safety first: letters to prisoners "
    "are read, and show who writes."
)
COUNTED = (
    "{number} person on our whole list is held, as far as is known to us.",
    "{number} people on our whole list are held, as far as is known to us.",
)


def said(phone: Phone) -> str:
    """Return what was heard last, as it is read: without marks and directions."""
    return re.sub("<[^<>]*>|[\u2068\u2069]", "", phone.heard[-1])


def first_line(phone: Phone) -> str:
    """Return what stands first under the name."""
    return said(phone).split("\n\n", 1)[1].split("\n")[0]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_a_mother_asks_for_is_answered_first(language: str, town: Town) -> None:
    mother, t = await town.reader("Mother", language), speak(language)
    for question, answer in (
        (WHERE[language], t.gettext("Where: {place}.", place="Гомель")),
        (WHEN[language], t.gettext("The date of release is not known to us.")),
        (WRITE[language], t.gettext(WARNING)),
    ):
        await mother.says(question)
        assert first_line(mother) == answer, question
        assert find(mother, Verb.FOLLOW)
    assert "Гомель" in said(mother)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_she_asks_how_many_are_left_and_who_came_out(language: str, town: Town) -> None:
    mother = await town.reader("Mother", language)
    await mother.says(COUNT[language])
    assert said(mother).startswith(speak(language).ngettext(*COUNTED, 3, number="3"))
    await mother.says(LATEST[language])
    assert not find(mother, Verb.OPEN)  # nobody was
    author, other = await town.editor("Alena"), await town.editor("Barys")
    await tell(town, author, other)
    await mother.says(LATEST[language])
    assert "1. " in said(mother)
    await town.press(mother, Verb.OPEN)
    assert find(mother, Verb.FOLLOW)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_she_is_told_why_another_spelling_is_her_daughter(language: str, town: Town) -> None:
    question, why = NICKNAME[language]
    neighbour = await town.reader("Neighbour", language)
    await neighbour.says(question)
    assert why in said(neighbour)
    mother = await town.reader("Mother", language, discreet=True)
    await mother.says(question)
    await town.press(mother, Verb.CARD)
    assert why in said(mother)
    town.clock.advance(timedelta(minutes=11))
    await town.press(mother, Verb.TIMELINE)
    await town.press(mother, Verb.CARD)
    assert why not in said(mother)

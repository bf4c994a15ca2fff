"""A question, from anybody, in any of the seven languages."""

import pytest

from locales import LANGUAGES
from simulator.phone import Phone
from tests.town import Town, find
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

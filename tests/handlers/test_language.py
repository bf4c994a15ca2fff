"""The language of answers."""

import pytest

from simulator.core import Telegram
from simulator.phone import Phone


@pytest.mark.parametrize(
    ("code", "greeting"), [("en-GB", "Good day."), (None, "Good day."), ("xx", "Good day.")]
)
async def test_the_first_words_are_in_the_language_telegram_tells(
    application, telegram: Telegram, code, greeting
):
    phone = Phone(telegram, "Alesia", language=code)
    await phone.says("/start")
    assert phone.heard[0].startswith(greeting)


async def test_every_language_is_offered_under_its_own_name(reader: Phone):
    await reader.says("/language")
    assert reader.buttons == [
        "Беларуская", "Русский", "English", "Українська", "Polski", "Lietuvių", "Deutsch",
    ]  # fmt: skip


async def test_a_chosen_language_is_spoken_from_then_on(reader: Phone, services):
    await reader.says("/start")
    await reader.presses("Language")
    await reader.presses("Deutsch")
    assert "Deutsch" in reader.heard[-1]
    known = await services.readers.of(reader.id)
    assert known.language == "de"
    await reader.says("/language")
    assert reader.heard[-1] == services.languages.speak("de").gettext("Which language?")


async def test_a_language_that_is_not_offered_is_not_chosen(reader: Phone, services):
    await reader.says("/language")
    await reader.presses_data("g:tlh", reader.last)
    assert reader.alert is not None
    assert await services.readers.of(reader.id) is None

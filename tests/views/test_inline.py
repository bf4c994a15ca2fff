"""A card that is sent to another chat, and what leads to the chat with the bot."""

import html
import re
from dataclasses import replace

import pytest
from telegram import InputTextMessageContent

from locales import LANGUAGES, speak
from model.cards import Card
from tests.discretion import PRISON
from tests.views.test_card import ALENA, EN, TODAY, K, happened, of
from views import card, inline, text

LINK = "https://t.me/vestka_bot?start=AAAAAAAAAAE"
HELD = of(happened(K.DETAINED, "2020-09-07"))


def words(who: Card, language: str = "en") -> str:
    """Return the text that would stand in the other chat."""
    article = inline.article(speak(language), who, today=TODAY, link=LINK)
    assert isinstance(article.input_message_content, InputTextMessageContent)
    return article.input_message_content.message_text


def test_it_says_what_the_card_says_and_of_which_day_it_is():
    lines = card.card(EN, HELD, today=TODAY).text.split("\n")
    assert words(HELD).split("\n") == [
        *lines,
        "",
        "<i>As known on December 13, 2025; this may have changed since</i>",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language_it_says_of_which_day_it_is(language: str):
    assert re.search(r"\b13\b.*2025|2025.*\b13\b", words(HELD, language).splitlines()[-1])


def test_of_a_card_too_long_the_end_stays():
    who = replace(ALENA, recognised_by="x" * 300)
    history = [happened(K.SENTENCED, f"20{n:02}-09-07", months=n + 1) for n in range(9, 25)]
    long = of(*history, person=replace(who, about={"en": "&<" * 1000}))
    said = words(long)
    assert text.length(said) <= text.LIMIT
    assert said.endswith("2025; this may have changed since</i>")


def test_in_the_list_it_has_no_markup_and_an_end():
    who = of(person=replace(ALENA, about={"en": "teacher <of> & " * 50}))
    article = inline.article(EN, who, today=TODAY, link=LINK)
    assert article.title == "Alena Lasnaja"
    assert article.description is not None
    assert text.units(article.description) <= 200
    assert html.escape(article.description) != article.description
    assert "&lt;" not in article.description


def test_who_has_nothing_to_be_told_apart_by_is_just_a_name():
    who = of(person=replace(ALENA, born=None, about={}))
    assert inline.article(EN, who, today=TODAY, link=LINK).description is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_button_can_be_seen_by_whoever_looks_on(language: str):
    label = inline.elsewhere(speak(language)).text
    assert label
    assert PRISON.findall(label) == []

"""What the list as a whole says is no more than the list knows."""

from datetime import UTC, date, datetime

import pytest

from locales import LANGUAGES, speak
from model.cards import Card
from model.custody import custody_of
from model.dates import PartialDate
from model.people import (
    Confidence,
    Event,
    EventId,
    EventKind,
    Name,
    Person,
    PersonId,
    Place,
)
from views import callbacks, overview
from views.callbacks import Verb

EN = speak("en")
NOON = datetime(2025, 12, 13, 12, 20, tzinfo=UTC)
ALENA = Person(PersonId(11), "alena", (Name("Alena Lasnaja", "en"),))


def freed(confidence: Confidence = Confidence.CONFIRMED, place: Place | None = None) -> Card:
    day = PartialDate(date(2025, 12, 13))
    history = [
        Event(EventId(1), ALENA.id, EventKind.RELEASED, day, (), confidence=confidence),
        Event(EventId(2), ALENA.id, EventKind.TAKEN_ABROAD, day, (), place, confidence=confidence),
    ]
    history = history if place else history[:1]
    return Card(ALENA, custody_of(history), tuple(history))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 people on our whole list are held, as far as is known to us."),
        (1, "1 person on our whole list is held, as far as is known to us."),
        (1100, "1,100 people on our whole list are held, as far as is known to us."),
    ],
)
def test_those_held_are_counted_and_are_not_everybody(number: int, said: str) -> None:
    assert overview.held(EN, number, NOON).text == (
        f"{said}\nCounted: December 13, 14:20\n\n"
        "The list is incomplete: this is not the number of all prisoners."
    )


def test_those_released_last_are_named_with_day_and_place() -> None:
    vilnius = Place("LT", {"en": "Vilnius"})
    screen = overview.released(EN, [freed(place=vilnius), freed(Confidence.REPORTED)], more=True)
    said = screen.text.replace("\u2068", "").replace("\u2069", "")
    assert said == (
        "Released last, as far as is known to us:\n\n"
        "1. <b>Alena Lasnaja</b>: December 13, 2025, Vilnius, Lithuania\n"
        "2. <b>Alena Lasnaja</b>: December 13, 2025, reported, not confirmed\n\n"
        "More people were released on the same day. News: /news"
    )
    first, second = screen.keyboard
    assert (first[0].text, second[0].text) == ("1. Alena Lasnaja", "2. Alena Lasnaja")
    assert first[0].callback_data == callbacks.person(Verb.OPEN, ALENA.id)


def test_nobody_more_is_spoken_of_where_there_is_nobody() -> None:
    assert "More people" not in overview.released(EN, [freed()], more=False).text
    assert overview.released(EN, [], more=False).text == "No release is known to us."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_said_in_every_language(language: str) -> None:
    t = speak(language)
    said = {
        number: overview.held(t, number, NOON).text.split("\n")[0].replace(t.number(number), "")
        for number in (0, 1, 2, 5, 11, 21, 22, 1100)
    }
    assert said[1] != said[2]
    assert said[0] == said[11] == said[1100]

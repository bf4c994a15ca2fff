"""A place is known in every language and case."""

from dataclasses import replace

import pytest

from model.cards import Card
from model.custody import custody_of
from model.dates import PartialDate
from model.people import Event, EventId, EventKind, Name, Person, PersonId, Place
from services import places

IVAN = Person(PersonId(1), "ivan", (Name("Іван Верабейчык", "be"),))
ARREST = Event(
    EventId(1),
    IVAN.id,
    EventKind.DETAINED,
    PartialDate.parse("2020"),
    (),
    Place("BY", {"be": "Брэст"}),
)


def of(*history: Event, about: str = "") -> Card:
    person = replace(IVAN, about={"en": about} if about else {})
    return Card(person, custody_of(history), history)


def at(name: str = "", country: str = "") -> Card:
    return of(replace(ARREST, place=Place(country, {"be": name} if name else {})))


@pytest.mark.parametrize(
    ("word", "listed"),
    [
        ("Минске", "Мінск"),
        ("Minsku", "Мінск"),
        ("Брэсце", "Брэст"),
        ("Brest", "Брэст"),
        ("Hrodna", "Гродно"),
        ("Viciebsk", "Витебск"),
        ("Вільні", "Vilnius"),
        ("Wilnie", "Vilnius"),
        ("Гомеле", "Жаночая калонія № 4, Гомель"),
    ],
)
def test_a_town_is_known(word: str, listed: str) -> None:
    assert places.fit([word], at(listed))


@pytest.mark.parametrize("word", ["Украіне", "Украину", "Ukraine", "Ukrainie", "Ukrainoje"])
def test_a_country_is_known_by_its_code(word: str) -> None:
    assert places.fit([word], at(country="UA"))


def test_one_place_of_many_is_enough() -> None:
    moved = replace(ARREST, id=EventId(2), kind=EventKind.TRANSFERRED, place=Place("LT"))
    assert places.fit(["Brest"], of(ARREST, moved))
    assert places.fit(["Літве"], of(ARREST, moved))
    assert places.fit(["Warszawa", "Brest"], of(ARREST))


def test_where_somebody_comes_from_is_a_place_too() -> None:
    assert places.fit(["Пинск"], of(about="teacher from Pinsk"))


@pytest.mark.parametrize("word", ["Минск", "Пинск", "Украина"])
def test_another_place_is_another(word: str) -> None:
    assert not places.fit([word], of(ARREST))


def test_nothing_known_fits_nothing() -> None:
    assert not places.fit(["Минск"], of())
    assert not places.are_known(of(replace(ARREST, place=None)))
    assert places.are_known(of(ARREST))

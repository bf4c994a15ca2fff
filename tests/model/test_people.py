"""People are called as their readers would write them."""

from model.people import Name, NameKind, Person, PersonId

MARYJA = Person(
    PersonId(1),
    "maryja",
    (
        Name("Маша", "ru", NameKind.ALIAS),
        Name("Марыя Лясная", "be"),
        Name("Maria Lasnaja", "en"),
    ),
)


def test_a_name_is_given_in_the_first_language_that_has_one() -> None:
    assert MARYJA.name_in(("ru", "be")) == "Марыя Лясная"


def test_english_then_belarusian_stand_in() -> None:
    assert MARYJA.name_in(("lt",)) == "Maria Lasnaja"


def test_any_name_is_better_than_none() -> None:
    only = Person(PersonId(2), "only", (Name("Лясная", "xx"),))
    assert only.name_in(("de",)) == "Лясная"

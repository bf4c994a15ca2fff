"""The table of given names, and the roles of the words of a name."""

import pytest

from model.people import Gender
from names import forms, given
from names.sound import sounds


def classes(word: str) -> set[str]:
    return {given.table()[number].formal[0] for number in given.asked(sounds(word))}


def test_the_table_is_large_and_well_formed() -> None:
    table = given.table()
    assert len(table) >= 300
    assert len({(name.gender, name.formal[0]) for name in table}) == len(table)
    assert {name.gender for name in table} == set(Gender)
    for name in table:
        assert name.formal
        assert len(set(name.forms)) == len(name.forms)
        assert all(form.strip() == form and form for form in name.forms)


def test_every_form_is_found_in_its_class() -> None:
    for name in given.table():
        for form in name.forms:
            assert name.number in given.listed(sounds(form, wide=False)), form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Сяргей", "Сергей"), ("Вольга", "Ольга"), ("Мікалай", "Николай"), ("Пётр", "Piotr"),
        ("Маша", "Марыя"), ("Kasia", "Кацярына"), ("Юрась", "Юрий"), ("Оксана", "Ксения"),
        ("Саша", "Александра"), ("Саша", "Аляксандр"), ("Алесь", "Аляксандр"),
        ("Міхась", "Michail"), ("Владзя", "Владислав"), ("Ганна", "Anna"), ("Язэп", "Józef"),
        ("Сержик", "Сергій"), ("Тетяна", "Таццяна"), ("Vytautas", "Вітаўт"),
    ],
)  # fmt: skip
def test_what_people_use_for_one_another_shares_a_class(one: str, other: str) -> None:
    assert classes(one) & classes(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Георгий", "Юрий"), ("Юрий", "Егор"), ("Алана", "Алена"), ("Толя", "Таля"),
        ("Алла", "Леся"), ("Віктар", "Вікенцій"), ("Марына", "Марыя"), ("Алег", "Аляксандр"),
    ],
)  # fmt: skip
def test_other_names_share_none(one: str, other: str) -> None:
    assert not given.listed(sounds(one)).keys() & given.listed(sounds(other)).keys()


def test_a_form_in_the_nominative_is_hardly_another_in_another_case() -> None:
    numbers = {given.table()[n].gender: c for n, c in given.asked(sounds("Александра")).items()}
    assert numbers[Gender.FEMALE] < numbers[Gender.MALE] - given.SHORT


def test_a_misspelt_name_is_guessed() -> None:
    guessed = given.guess(sounds("Аляксанр"))
    assert any(given.table()[number].formal[0] == "Аляксандр" for number in guessed)
    assert given.guess(sounds("Щщщщщ")) == {}
    assert given.guess(sounds("Ы")) == {}


def test_the_roles_of_a_listed_name_are_told_apart() -> None:
    def roles(text: str) -> list[str]:
        return [part.role.value for part in forms.take_apart(text)[0].parts]

    assert roles("Марта Вярбіцкая") == ["given", "surname"]
    assert roles("Вярбіцкая Марта") == ["surname", "given"]
    assert roles("Сяргей Пятровіч Галавень") == ["given", "patronymic", "surname"]
    assert roles("Галавень Сяргей Пятровіч") == ["surname", "given", "patronymic"]
    assert roles("Уладзімір Васілевіч") == ["given", "surname"]
    assert roles("Танака Юкіо") == ["given", "surname"]
    assert roles("Галавень") == ["surname"]


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("Саша Пятроўна Крук", Gender.FEMALE),
        ("Саша Пятровіч Крук", Gender.MALE),
        ("Марта Крук", Gender.FEMALE),
        ("Саша Клёнава", Gender.FEMALE),
        ("Саша Клёнаў", Gender.MALE),
        ("Саша Крук", None),
        ("Крук", None),
    ],
)
def test_a_name_shows_a_gender_or_none(text: str, gender: Gender | None) -> None:
    assert forms.take_apart(text)[0].gender is gender

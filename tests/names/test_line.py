"""A line of a list is read, whatever editors put around a name."""

import pytest

from names import Verdict, fits_as_it_stands, is_whole_name, part_line, read_line
from tests.names.conftest import Town


@pytest.mark.parametrize(
    ("text", "name", "born"),
    [
        ("Марта Вярбіцкая", "Марта Вярбіцкая", None),
        ("12) Марта Вярбіцкая", "Марта Вярбіцкая", None),
        ("№ 3 Марта Вярбіцкая", "Марта Вярбіцкая", None),
        ("7.Марта Вярбіцкая", "Марта Вярбіцкая", None),
        ("[26] Марта Вярбіцкая", "Марта Вярбіцкая", None),
        ("– Марта Вярбіцкая", "Марта Вярбіцкая", None),
        ("✓ Марта Вярбіцкая;", "Марта Вярбіцкая", None),
        ("5\tВярбіцкая\tМарта\t1988\tГродна", "Вярбіцкая Марта", 1988),
        ("Вярбіцкая;Марта;1988;Гродна", "Вярбіцкая Марта", 1988),
        ("Вярбіцкая, Марта", "Вярбіцкая Марта", None),
        ("Вярбіцкая, Марта 1988", "Вярбіцкая Марта", 1988),
        ("Garcia Marquez, Jose", "Garcia Marquez Jose", None),
        ("Марта Вярбіцкая, 1988", "Марта Вярбіцкая", 1988),
        ("Марта Вярбіцкая (1988)", "Марта Вярбіцкая", 1988),
        ("4. Марта Вярбіцкая [Гомель; 1988", "Марта Вярбіцкая", 1988),
        ("Марта Вярбіцкая 1988 г.н.", "Марта Вярбіцкая", 1988),
        ("Марта Вярбіцкая 1988г.р.", "Марта Вярбіцкая", 1988),
        ("Марта Вярбіцкая 15.03.1988", "Марта Вярбіцкая", 1988),
        ("Марта Вярбіцкая, арыштаваная ў 2012, нар. 1988", "Марта Вярбіцкая", 1988),
        ("Марта Вярбіцкая, 15.03.1988 г.р., суд 12.04.2009", "Марта Вярбіцкая", 1988),
        ("Marta Wierzbicka, ur. 1988 r.", "Marta Wierzbicka", 1988),
        ("Marta Verbickaja, geb. am 15.03.1988", "Marta Verbickaja", 1988),
        ("Марта Вярбіцкая, арыштаваная 2021", "Марта Вярбіцкая", None),
        ("Марта Вярбіцкая — настаўніца", "Марта Вярбіцкая", None),
        ("Марта (Маша) Вярбіцкая і інш.", "Марта Вярбіцкая", None),
        ("Марта Вярбіцкая / Марта Вербицкая", "Марта Вярбіцкая", None),
        ("7. Dzh,bwrfz Vfhnf (1988)", "Dzh,bwrfz Vfhnf", 1988),
        ("М. В.", "М. В.", None),
        ("()", "", None),
        ("— 5", "5", None),
        ("", "", None),
    ],
)
def test_a_line_of_a_list_is_taken_apart(text: str, name: str, born: int | None) -> None:
    line = read_line(text)
    assert (line.name, line.born, line.age) == (name, born, None)


@pytest.mark.parametrize(
    "text",
    [
        "Марта Вярбіцкая, 45 гадоў, Гомель",
        "Марта Вярбіцкая 45 лет",
        "Marta Verbitskaya (45)",
        "Marta Verbitskaya, 45 years old",
        "Marta Verbitskaya (18 years of prison, 45 years)",
    ],
)
def test_an_age_is_no_year_and_no_sentence(text: str) -> None:
    line = read_line(text)
    assert (line.born, line.age) == (None, 45)
    assert line.name.split()[0] in {"Марта", "Marta"}
    assert len(line.name.split()) == 2


def test_the_years_of_a_sentence_are_no_age() -> None:
    assert read_line("Марта Вярбіцкая, 10 гадоў калоніі").age is None


def test_a_line_with_several_whole_names_is_several_lines() -> None:
    for text in (
        "3. Марта Вярбіцкая (1988, Гродна); Павел Рамонак",
        "Марта Вярбіцкая (1988, Гродна), Павел Рамонак и др.",
        "Марта Вярбіцкая (1988, Гродна) і Павел Рамонак",
    ):
        assert part_line(text) == ("Марта Вярбіцкая (1988, Гродна)", "Павел Рамонак")


@pytest.mark.parametrize(
    "text",
    [
        "Вярбіцкая, Марта Паўлаўна",
        "Марта Вярбіцкая, настаўніца",
        "Марта Вярбіцкая, жонка Паўла Рамонка",
        "Марта і Павел Рамонкі",
        "Марта Вярбіцкая / Марта Вербицкая",
        "Garcia Marquez, Jose Luis",
        "",
    ],
)
def test_a_line_with_one_name_stays_one(text: str) -> None:
    assert part_line(text) == (text,)


@pytest.mark.parametrize(
    "text", ["Марта Вярбіцкая", "Siarhei Pratasevich (1988)", "ГАЛАВЕНЬ С. І.", "Валер’я Хмара"]
)
def test_a_whole_name_is_told_from_other_words(text: str) -> None:
    assert is_whole_name(text)


@pytest.mark.parametrize(
    "text",
    ["Radio Svoboda", "Deutsche Welle", "Медыя Зона", "Human Rights Watch", "Марта", "",
     "мая Марта", "Праваабарончы цэнтр Вясна", "Марта Ганна Алена Вольга Вярбіцкая"],
)  # fmt: skip
def test_other_words_are_no_whole_name(text: str) -> None:
    assert not is_whole_name(text)


@pytest.mark.parametrize(
    ("text", "is_part"),
    [
        ("1. Вярбіцкая (1988)", True),
        ("Вярбіцкая М.", True),
        ("Вярбіцкая М. П.", False),
        ("Вярбіцкая Марта", False),
    ],
)
def test_a_part_of_a_name_is_told_from_a_whole_one(text: str, is_part: bool) -> None:
    assert read_line(text).is_part is is_part


def test_a_line_is_matched_like_a_question(town: Town) -> None:
    line = read_line("23. Вербицкая Марта (1988, Гродна)")
    decision = town.answer(line.question)
    assert (decision.kind, decision.matches[0].person) == (Verdict.SURE, 1)


def test_a_line_with_another_birth_year_is_not_sure(town: Town) -> None:
    line = read_line("23. Вербицкая Марта (1950)")
    assert town.answer(line.question).kind is Verdict.CHOICE


def test_a_line_never_shows_its_words() -> None:
    assert "Марта" not in repr(read_line("Марта Вярбіцкая (настаўніца)"))


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Бабенко Александра", "Александр Бабенко"),
        ("Кучук Виктория", "Виктор Кучук"),
        ("Краеўскі Евгений", "Яўгенія Краеўская"),
        ("Саша Иванова", "Александр Иванов"),
        ("Лебедев Саша", "Александра Лебедева"),
    ],
)
def test_a_woman_of_a_list_is_no_man_in_another_case(text: str, listed: str) -> None:
    assert not fits_as_it_stands(read_line(text), [listed])


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Шаўчук Жэня", "Яўгенія Шаўчук"),
        ("Лебедева Анна Ивановна", "Ганна Лебедзева"),
        ("Дубрава Іван", "Іван Дубрава"),
        ("Марыю Калеснікаву", "Марыя Калеснікава"),
        ("Thornton Emily", "Эмілі Торнтан"),
        ("Іван Адам", "Адам Іван"),
        ("Галавень С. П.", "Сяргей Пятровіч Галавень"),
        ("Е. А. Ильенко", "Евгений Ильенко"),
        ("Радзівіл", "Мальвіна Радзівіл"),
    ],
)
def test_a_name_of_a_list_fits_in_any_order_and_spelling(text: str, listed: str) -> None:
    assert fits_as_it_stands(read_line(text), ["Зусім Іншая", listed])

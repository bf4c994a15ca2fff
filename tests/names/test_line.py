"""Lines of lists."""

import pytest

from names import Verdict, read_line
from tests.names.conftest import Town


@pytest.mark.parametrize(
    ("text", "name", "born", "note"),
    [
        ("Марта Вярбіцкая", "Марта Вярбіцкая", None, ""),
        ("1. Марта Вярбіцкая", "Марта Вярбіцкая", None, ""),
        ("12) Марта Вярбіцкая", "Марта Вярбіцкая", None, ""),
        ("№ 3 Марта Вярбіцкая", "Марта Вярбіцкая", None, ""),
        ("7.Марта Вярбіцкая", "Марта Вярбіцкая", None, ""),
        ("– Марта Вярбіцкая", "Марта Вярбіцкая", None, ""),
        ("Марта Вярбіцкая, 1988", "Марта Вярбіцкая", 1988, "1988"),
        ("Марта Вярбіцкая (1988)", "Марта Вярбіцкая", 1988, "1988"),
        ("Марта Вярбіцкая 1988 г.н.", "Марта Вярбіцкая г.н", 1988, ""),
        ("4. Марта Вярбіцкая [Гомель; 1988", "Марта Вярбіцкая", 1988, "Гомель; 1988"),
        ("Марта Вярбіцкая — настаўніца", "Марта Вярбіцкая", None, "настаўніца"),
        ("()", "", None, ""),
        ("— 5", "5", None, ""),
    ],
)
def test_a_line_of_a_list_is_taken_apart(
    text: str, name: str, born: int | None, note: str
) -> None:
    line = read_line(text)
    assert (line.name, line.born, line.note) == (name, born, note)


def test_a_line_is_matched_like_a_question(town: Town) -> None:
    line = read_line("23. Вербицкая Марта (1988, Гродна)")
    decision = town.answer(line.question)
    assert (decision.kind, decision.matches[0].person) == (Verdict.SURE, 1)


def test_a_line_with_another_birth_year_is_not_sure(town: Town) -> None:
    line = read_line("23. Вербицкая Марта (1950)")
    assert town.answer(line.question).kind is Verdict.CHOICE


def test_a_line_never_shows_its_words() -> None:
    assert "Марта" not in repr(read_line("Марта Вярбіцкая (настаўніца)"))

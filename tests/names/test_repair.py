"""Text made clean and put in one script."""

import pytest

from names.repair import clean, is_cyrillic, looks_mistyped, plain, repair, retype, split


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Марта \t\n Вярбіцкая ", "Марта Вярбіцкая"),
        ("Мар\x00та", "Мар та"),
        ("Мар\u200bта\u202e", "Марта"),
        ("\ud83dМарта", "Марта"),
        ("Ｍａｒｔａ", "Marta"),
        ("Шаўчук–Лазоўская", "Шаўчук-Лазоўская"),
        ("Дар’я Дарʼя Дар`я", "Дар'я Дар'я Дар'я"),
        ("е" + "\u0308" * 200, "ё\u0308\u0308"),
    ],
)
def test_clean_text_has_only_what_counts(text: str, cleaned: str) -> None:
    assert clean(text)[:20] == cleaned


def test_only_the_first_characters_are_read() -> None:
    assert len(clean("я" * 4096)) == 400
    assert len(split("Марта " * 700)) == 40
    assert split("я" * 4096) == ["я" * 32]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Галавень С.П.", ["Галавень", "С", "П"]),
        ("Галавень, Сяргей!", ["Галавень", "Сяргей"]),
        ("Шаўчук-Лазоўская", ["Шаўчук-Лазоўская"]),
        ("Аўгіння Хмурык/Хмурэц", ["Аўгіння", "Хмурык"]),
        ("«Марта»", ["Марта"]),
        ("Дар'я", ["Дар'я"]),
    ],
)
def test_text_is_split_into_words(text: str, words: list[str]) -> None:
    assert split(text) == words


@pytest.mark.parametrize(
    ("word", "repaired"),
    [
        ("Mapтa", "Марта"),  # mostly Latin letters, all look Cyrillic
        ("Вярбiцкая", "Вярбіцкая"),
        ("Алеĸсей", "Алексей"),
        ("Mаrtа", "Marta"),  # Cyrillic letters in a Latin word
        ("Мaрtф", "Мартф".replace("т", "t")),  # neither way fits: most letters win
        ("Mаrtдa", "Martдa"),
        ("3ахар", "захар"),
        ("0льга", "ольга"),
        ("Mart1n", "Martln"),
        ("Мαрта", "Марта"),
        ("1988", "1988"),
        ("Marta", "Marta"),
        ("Марта", "Марта"),
    ],
)
def test_a_word_is_put_in_one_script(word: str, repaired: str) -> None:
    assert repair(word) == repaired


def test_the_other_keyboard_layout_goes_both_ways() -> None:
    assert retype("Vfhnf") == "Марта"
    assert retype("Ьфкеф") == "Marta"
    assert retype(";fyyf") == "жанна"


@pytest.mark.parametrize(
    ("text", "mistyped"),
    [("Vfhnf Dth,bwrfz", True), ("Ьфкгкл", True), ("Marta", False), ("x", False), ("Krk", True)],
)
def test_text_on_the_wrong_layout_looks_so(text: str, mistyped: bool) -> None:
    assert looks_mistyped(text) is mistyped


def test_plain_words_have_no_marks() -> None:
    assert plain("Šaŭčuk-Łazoŭska'") == "saucuk" + plain("Łazoŭska")
    assert is_cyrillic("Марта")
    assert not is_cyrillic("Marta")

"""Bad inputs 1 to 21: hostile and odd texts. Each gets one calm answer, and breaks nothing."""

import pytest

from model.people import Person
from names.repair import clean
from services.search import Search
from simulator.phone import Phone, text_of
from tests.world import list_person
from views.text import units

HELP = "Write a first name and a surname, in any language."
NO_NAME = "There is no name in this. Please write a first name and a surname."
ONLY_TEXT = "Only text is read here."


async def test_01_empty_text_is_answered_with_help(reader: Phone):
    await reader.sends(text="")
    assert reader.heard[-1].startswith(ONLY_TEXT)


@pytest.mark.parametrize("text", [" ", "\u200b\u200b", "\u2800", " \n\t\u00a0"], ids=ascii)
async def test_02_nothing_visible_has_no_name_in_it(reader: Phone, text: str):
    await reader.says(text)
    assert reader.heard[-1] == NO_NAME


async def test_03_the_longest_text_is_answered_with_help(reader: Phone):
    await reader.says("я" * 4096)
    assert [heard.startswith(HELP) for heard in reader.heard] == [True]


async def test_04_the_longest_text_in_astral_letters_gets_an_answer_that_fits(reader: Phone):
    await reader.sends(text="𝔄" * 4096)
    await reader.says("𝔄" * 399)
    assert len(reader.heard) == 2
    assert all(units(heard) <= 4096 for heard in reader.heard)


async def test_05_half_a_character_is_answered(reader: Phone, lastauka: Person):
    await reader.sends(text="Ластаўка \ud83d")
    await reader.sends(text="\ud83d")
    assert len(reader.heard) == 2


async def test_06_control_characters_are_answered(reader: Phone, lastauka: Person):
    await reader.says("Алеся\x00 Лас\x07таўка\x1b[31m")
    await reader.says("\x00")
    assert len(reader.heard) == 2


async def test_07_a_name_that_turns_the_text_is_isolated_and_harmless(reader: Phone, database):
    await list_person(database, 71, [("Алеся \u202eПерасмешка", "be")])
    await reader.says("Алеся Перасмешка")
    shown = text_of(reader.last)
    assert "\u202e" not in shown
    assert "\u2068Алеся Перасмешка\u2069" in shown


async def test_08_a_name_with_unbalanced_isolates_is_shown_balanced(reader: Phone, database):
    await list_person(database, 81, [("\u2068\u2068Алеся Перасмешка\u2067", "be")])
    await reader.says("Алеся Перасмешка")
    shown = text_of(reader.last)
    assert shown.count("\u2068") == shown.count("\u2069")
    assert "\u2067" not in shown


async def test_09_a_name_under_a_heap_of_marks_is_bounded_work(reader: Phone, lastauka: Person):
    heaped = "".join(letter + "\u0301" * 190 for letter in "ЛЯ")
    assert len(clean(heaped)) <= 3 * len("ЛЯ")
    await reader.says(heaped)
    assert len(reader.heard) == 1


async def test_10_markup_is_escaped(reader: Phone, database):
    await list_person(database, 101, [("Алеся <b>&amp;<script> Перасмешка", "be")])
    await reader.says("Перасмешка <b>&amp;<script>")
    await reader.says("Алеся Перасмешка")
    assert len(reader.heard) == 2
    assert any("<b>&amp;<script>" in text for text in [*reader.heard, *reader.buttons])


async def test_11_placeholders_are_literal(reader: Phone, database):
    await list_person(database, 111, [("Алеся {name} %s Перасмешка", "be")])
    await reader.says("%s %(x)s {name} {0.__class__}")
    await reader.says("Алеся Перасмешка")
    assert any("{name} %s" in text for text in [*reader.heard, *reader.buttons])


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%", "_", "\\", "Ластаўк%", "Ластаўка'; DROP"])
async def test_12_sql_is_literal(reader: Phone, lastauka: Person, text: str):
    await reader.says(text)
    assert len(reader.heard) == 1
    await reader.says("Алеся Ластаўка")
    assert "Alesia Lastauka" in reader.heard[-1]


@pytest.mark.parametrize("text", ['"AND* NEAR( ^', '"Ластаўка', "NOT Ластаўка OR *", "Ластаўка:"])
async def test_13_search_operators_are_literal(reader: Phone, lastauka: Person, text: str):
    await reader.says(text)
    assert len(reader.heard) == 1


async def test_14_five_thousand_words_are_refused_cheaply(
    reader: Phone, monkeypatch: pytest.MonkeyPatch
):
    async def ask(_self: object, _text: str, **_more: object) -> None:
        raise AssertionError("searched")

    monkeypatch.setattr(Search, "ask", ask)
    await reader.says("слова " * 5000)
    # The app cuts them into messages; every one of them is answered until it is too much.
    assert all(heard.startswith(HELP) for heard in reader.heard)


@pytest.mark.parametrize("text", ["١٩٨٢ Ластаўка", "Ластаўка １９８２", "Ластаўка Ⅻ", "٣"])
async def test_15_digits_of_any_kind_are_answered(reader: Phone, lastauka: Person, text: str):
    await reader.says(text)
    assert len(reader.heard) == 1


async def test_16_latin_letters_in_a_cyrillic_name_are_found(reader: Phone, lastauka: Person):
    await reader.says("Aлecя Лacтaўкa")
    assert "Alesia Lastauka" in reader.heard[-1]


@pytest.mark.parametrize(
    "text", ["Алеся Ластаўка", "Alesia Łastaŭka", "Алеся Ласточка", "АЛЕСЯ ЛАСТАЎКА"]
)
async def test_17_every_spelling_of_the_name_is_found(reader: Phone, lastauka: Person, text: str):
    await reader.says(text)
    assert "Alesia Lastauka" in reader.heard[-1]


@pytest.mark.parametrize("apostrophe", ["'", "\u2019", "\u02bc", "`"])
async def test_17_every_apostrophe_is_the_same(reader: Phone, database, apostrophe: str):
    await list_person(database, 171, [("Вольга Салаўёва-Мар'янаўна", "be")])
    await list_person(database, 172, [("Вольга Лук'яненка", "be")])
    await reader.says(f"Вольга Лук{apostrophe}яненка")
    assert "Лук'яненка" in reader.heard[-1]


@pytest.mark.parametrize("text", ["Alesia Lastauka", "ALESİA LASTAUKA", "alesıa lastauka"])
async def test_18_dotted_and_dotless_letters_are_answered(
    reader: Phone, lastauka: Person, text: str
):
    await reader.says(text)
    assert len(reader.heard) == 1


@pytest.mark.parametrize("text", ["علی کریمی", "علي كريمي", "علی ہاشمی"])
async def test_19_persian_and_urdu_letters_are_answered(reader: Phone, text: str):
    await reader.says(text)
    assert len(reader.heard) == 1


@pytest.mark.parametrize("text", ["劉曉波在哪裡", "刘晓波在哪里"])
async def test_20_chinese_without_spaces_is_answered(reader: Phone, text: str):
    await reader.says(text)
    assert len(reader.heard) == 1


async def test_21_a_name_in_another_order_is_found(reader: Phone, lastauka: Person):
    await reader.says("Ластаўка Алеся")
    assert "Alesia Lastauka" in reader.heard[-1]


@pytest.mark.parametrize("text", ["А. Ластаўка", "Ластаўка А.", "Аляксандраўна"])
async def test_21_initials_and_a_patronymic_alone_are_answered(
    reader: Phone, lastauka: Person, text: str
):
    await reader.says(text)
    assert len(reader.heard) == 1

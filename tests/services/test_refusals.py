"""Who writes no name, or too many, is told so."""

import pytest

from model.questions import Unclear
from names import read
from services.refusals import why_unclear


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Unclear.NAMELESS),
        ("???", Unclear.NAMELESS),
        ("12 12", Unclear.NAMELESS),
        ("Что с ним?", Unclear.NAMELESS),
        ("Калі яе выпусцяць?", Unclear.NAMELESS),
        ("Wo ist er?", Unclear.NAMELESS),
        ("к", Unclear.LETTER),
        ("Я.", Unclear.LETTER),
        ("A B", Unclear.LETTER),
        ("Минск", Unclear.PLACE),
        ("Кто сидит в Гомеле?", Unclear.PLACE),
        ("Wilno", Unclear.PLACE),
        ("Борисов", Unclear.PLACE),
        ("Марыя", Unclear.GIVEN),
        ("Что с Марией?", Unclear.GIVEN),
        ("Masha", Unclear.GIVEN),
        ("Витя и Маша", Unclear.GIVEN),
        ("Колесникова и Бабарико", Unclear.SEVERAL),
        ("Мария Колесникова, Виктор Бабарико", Unclear.SEVERAL),
        ("Kalesnikava and Babaryka", Unclear.SEVERAL),
        ("Каленікава\nБабарыка", Unclear.SEVERAL),
        ("Ластаўка", None),
        ("Зоська Гняздоўская", None),
        ("Петров, Сергей", None),
        ("Петров Сергей Иванович", None),
        ("Иванов И.", None),
        (", Гняздоўская", None),
        ("Romanov", None),
    ],
)
def test_what_is_wrong_with_a_text_is_known(text: str, reason: Unclear | None) -> None:
    assert why_unclear(text, read(text)) is reason

"""PRIVACY.md names everything that is stored about a reader, and nothing else is stored."""

import dataclasses
import re
from datetime import timedelta
from pathlib import Path

from model.readers import FOLLOWS_AT_MOST, Reader
from services.recollection import LASTS

PAGE = (Path(__file__).parents[2] / "PRIVACY.md").read_text()


def test_every_field_of_a_reader_is_on_the_page_and_every_one_on_the_page_is_a_field() -> None:
    stored = {field.name for field in dataclasses.fields(Reader)}
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == stored


def test_the_page_says_how_long_a_question_stays_in_mind() -> None:
    assert f"at most {LASTS // timedelta(minutes=1)} minutes after a question" in PAGE


def test_the_page_says_how_many_people_a_chat_can_follow() -> None:
    assert f"at most {FOLLOWS_AT_MOST}" in PAGE

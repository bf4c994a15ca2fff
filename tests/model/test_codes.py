"""Codes stand for persons and say nothing about them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.codes import LENGTH, code_of, person_of
from model.errors import NotFound
from model.people import PersonId


@given(st.integers(1, 2**63 - 1).map(PersonId))
def test_a_code_leads_back_to_its_person(person: PersonId) -> None:
    assert len(code_of(person)) == LENGTH
    assert person_of(code_of(person)) == person


@given(st.one_of(st.text(max_size=20), st.text("abcXYZ019-_=", min_size=11, max_size=11)))
def test_any_text_is_a_code_or_is_not(text: str) -> None:
    try:
        person = person_of(text)
    except NotFound:
        return
    assert code_of(person) == text


@pytest.mark.parametrize(
    "text",
    ["", "AAAAAAAAAAA", "gAAAAAAAAAA", "AAAAAAAAAAAA", "AAAAAAAAAA", "AAAAAAAAA+A", "0", "-1"],
)
def test_zero_and_garbage_are_nobody(text: str) -> None:
    with pytest.raises(NotFound):
        person_of(text)

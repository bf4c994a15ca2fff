"""Codes that people copy by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import tickets
from model.errors import NotFound

randomness = st.binary(min_size=10, max_size=10)


@given(randomness, randomness)
def test_all_of_the_randomness_is_in_a_code(one: bytes, other: bytes) -> None:
    codes = [tickets.draw(lambda _: one), tickets.draw(lambda _: other)]
    assert (codes[0] == codes[1]) == (one == other)
    assert all(len(code) == 16 and set(code) <= set(tickets.ALPHABET) for code in codes)


@given(randomness)
def test_what_is_shown_is_read(drawn: bytes) -> None:
    code = tickets.draw(lambda _: drawn)
    assert tickets.read(tickets.show(code)) == code
    assert tickets.read(code) == code


def test_a_code_is_shown_in_groups_of_four() -> None:
    assert tickets.show("0123456789ABCDEF") == "0123-4567-89AB-CDEF"


@pytest.mark.parametrize(
    "typed",
    [
        "0123-4567-89AB-CDE1",
        "o123-4567-89ab-cdeL",
        " O123 4567\n89AB CDEi ",
        "01234567-89ABCDE1-",
    ],
)
def test_a_code_is_read_however_it_was_copied(typed: str) -> None:
    assert tickets.read(typed) == "0123456789ABCDE1"


@pytest.mark.parametrize("typed", ["", "0123", "0" * 17, "U" * 16, "Ж" * 16, "０" * 16])
def test_anything_else_is_no_code(typed: str) -> None:
    with pytest.raises(NotFound):
        tickets.read(typed)

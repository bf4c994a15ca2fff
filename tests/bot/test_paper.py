"""The key on paper opens what the key file opened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import paper
from db.keyring import Keyring
from model.errors import BadInput

keyrings = st.dictionaries(
    st.integers(1, 255), st.binary(min_size=32, max_size=32), min_size=1, max_size=3
).map(lambda masters: Keyring(max(masters), masters))


@given(keyrings)
def test_what_was_written_down_is_read_back(keyring: Keyring) -> None:
    assert paper.read(paper.show(keyring)) == keyring


def test_it_is_written_in_groups_of_four(keyring: Keyring) -> None:
    (line,) = paper.show(keyring)
    assert len(paper.groups(line)) == 14
    assert {len(group) for group in paper.groups(line)} == {4}


def test_small_letters_dashes_and_misread_digits_are_forgiven(keyring: Keyring) -> None:
    lines = tuple(
        line.lower().replace(" ", "-").replace("o", "0").replace("b", "8")
        for line in paper.show(keyring)
    )
    assert paper.read(("", *lines)) == keyring


@given(keyrings, st.integers(0, 55), st.sampled_from("ACDEFGH234567"))
def test_one_wrong_character_is_noticed(keyring: Keyring, place: int, wrong: str) -> None:
    line = paper.show(keyring)[0].replace(" ", "")
    spoilt = line[:place] + wrong + line[place + 1 :]
    if spoilt == line:
        return
    with pytest.raises(BadInput, match="line 1"):
        paper.read((spoilt,))


@pytest.mark.parametrize("typed", [(), ("",), ("ABCD",), ("ю" * 56,), ("A" * 56,), ("A" * 64,)])
def test_anything_else_is_not_a_key(typed: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        paper.read(typed)

"""What buttons carry."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import NotFound
from model.people import PersonId
from views import callbacks
from views.callbacks import Verb


@given(st.lists(st.integers(1, 2**63 - 1).map(PersonId), min_size=1, max_size=5))
def test_five_people_fit_into_one_button_and_come_out_again(people):
    carried = callbacks.people(Verb.CHOICE, people)
    assert len(carried.encode()) <= 64
    (codes,) = callbacks.arguments(carried, 1)
    assert callbacks.read_people(codes) == tuple(people)


def test_six_people_do_not_fit():
    with pytest.raises(ValueError, match="cannot carry"):
        callbacks.people(Verb.CHOICE, [PersonId(1)] * 6)


def test_every_verb_is_one_character_and_none_means_two_things():
    assert all(len(verb.value) == 1 for verb in Verb)
    assert len({verb.value for verb in Verb}) == len(Verb.__members__)


@pytest.mark.parametrize("verb", Verb)
def test_a_pattern_knows_its_own_verb_and_no_other(verb):
    pattern = re.compile(callbacks.pattern(verb))
    known = {other for other in Verb if pattern.match(callbacks.data(other))}
    assert known == {verb}
    assert pattern.match(callbacks.data(verb, 1))
    assert not pattern.match(f"{verb.value}{verb.value}")


@pytest.mark.parametrize("carried", [None, "", "c", "c:a:b", "c:a:b:c"])
def test_a_button_with_too_few_or_too_many_arguments_leads_nowhere(carried):
    with pytest.raises(NotFound):
        callbacks.arguments(carried, 1)


def test_an_argument_may_be_left_out_where_it_may():
    assert callbacks.arguments("x", 0, 1) == ()
    assert callbacks.arguments("x:5", 0, 1) == ("5",)


@pytest.mark.parametrize("argument", ["", "-1", "1.0", "٣", "a", "9" * 17, str(2**52 + 1)])
def test_what_is_no_number_leads_nowhere(argument):
    with pytest.raises(NotFound):
        callbacks.number(argument)


@pytest.mark.parametrize("argument", ["2", "", "on"])
def test_a_switch_is_on_or_off(argument):
    assert callbacks.switch("1")
    assert not callbacks.switch("0")
    with pytest.raises(NotFound):
        callbacks.switch(argument)

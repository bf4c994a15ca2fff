"""Every error has its sentence."""

import inspect

import pytest

from locales import LANGUAGES, speak
from model import errors as tree
from model.errors import (
    BadInput,
    Fault,
    TooManyFollows,
    TooManyNames,
    Unreadable,
    Unsettled,
    VestkaError,
)
from views import errors
from views.text import units

ENGLISH = speak("en")

EVERY = [
    VestkaError(),
    tree.NotFound(),
    tree.Refused(),
    tree.TooFast(),
    TooManyFollows(50),
    TooManyNames(5),
    tree.NotAName(),
    tree.NotAnAdministrator(),
    tree.NeedsAnotherEditor(),
    tree.WrongState(),
    Unsettled(3),
    Unsettled(0, ["date"]),
    BadInput("no such day", "line 3"),
    *(Unreadable(fault, line=3, limit=200) for fault in Fault),
    tree.Unavailable(),
    tree.Misconfigured(),
    tree.SealBroken(),
]


def test_no_error_of_the_tree_is_forgotten_here():
    kinds = {kind for _, kind in inspect.getmembers(tree, inspect.isclass)}
    assert {kind for kind in kinds if issubclass(kind, VestkaError)} == {type(e) for e in EVERY}


@pytest.mark.parametrize("error", EVERY, ids=repr)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_is_one_sentence_that_fits_into_the_answer_to_a_press(error, language):
    sentence = errors.sentence(speak(language), error)
    assert 0 < units(sentence) <= 200


def test_a_file_that_cannot_be_read_is_answered_with_the_place_and_the_reason():
    said = errors.sentence(ENGLISH, Unreadable(Fault.NO_SUCH_DAY, line=3))
    assert said == "Line 3: There is no such day."


def test_every_fault_is_said_in_words_of_its_own():
    said = {errors.sentence(ENGLISH, Unreadable(fault, limit=2048)) for fault in Fault}
    assert len(said) == len(Fault)
    assert any("2 kB" in sentence for sentence in said)
    assert any("2,048" in sentence for sentence in said)


def test_the_limit_is_said():
    assert "50 people" in errors.sentence(ENGLISH, TooManyFollows(50))


def test_lines_are_counted():
    assert errors.sentence(ENGLISH, Unsettled(1)).startswith("1 line is")
    assert errors.sentence(ENGLISH, Unsettled(2)).startswith("2 lines are")
    assert "missing" in errors.sentence(ENGLISH, Unsettled(0, ["date"]))

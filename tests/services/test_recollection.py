"""What was asked stays in mind for ten minutes, and is nowhere else."""

from datetime import timedelta

import pytest

from model.people import PersonId
from model.questions import Intent
from model.readers import ChatId
from services.recollection import CHATS_AT_MOST, NOTHING, Recalled, Recollection
from tests.watch import Watch

MOTHER, NEIGHBOUR = ChatId(1), ChatId(2)
MARIA, OTHER = PersonId(11), PersonId(12)
MASHA = (("Masha", "Марыя"),)


@pytest.fixture
def mind(clock: Watch) -> Recollection:
    mind = Recollection(clock)
    mind.note(MOTHER, Intent.WHERE, {MARIA: MASHA})
    return mind


def test_what_was_asked_is_known_of_whom_it_found_and_to_who_asked(mind: Recollection) -> None:
    assert mind.of(MOTHER, MARIA) == Recalled(Intent.WHERE, MASHA)
    assert mind.of(MOTHER, OTHER) == NOTHING
    assert mind.of(NEIGHBOUR, MARIA) == NOTHING


def test_it_fades_after_ten_minutes(mind: Recollection, clock: Watch) -> None:
    clock.advance(timedelta(minutes=9))
    mind.note(NEIGHBOUR, Intent.NONE, {MARIA: ()})
    clock.advance(timedelta(minutes=1))
    assert mind.of(MOTHER, MARIA) == NOTHING
    assert mind.of(NEIGHBOUR, MARIA) == Recalled()
    assert MOTHER not in mind._questions


def test_it_fades_although_nobody_asks_again(mind: Recollection, clock: Watch) -> None:
    clock.advance(timedelta(minutes=10))
    mind.fade()
    assert not mind._questions


def test_the_next_question_takes_its_place(mind: Recollection, clock: Watch) -> None:
    clock.advance(timedelta(minutes=9))
    mind.note(MOTHER, Intent.NONE, {OTHER: ()})
    clock.advance(timedelta(minutes=9))
    assert mind.of(MOTHER, MARIA) == NOTHING
    assert list(mind._questions) == [MOTHER]


def test_it_is_forgotten_on_request(mind: Recollection) -> None:
    mind.forget(MOTHER)
    mind.forget(NEIGHBOUR)
    assert mind.of(MOTHER, MARIA) == NOTHING


def test_a_crowd_does_not_grow_the_memory(mind: Recollection) -> None:
    for number in range(2 * CHATS_AT_MOST):
        mind.note(ChatId(number), Intent.NONE, {MARIA: MASHA})
    assert len(mind._questions) == CHATS_AT_MOST


def test_words_are_in_no_repr(mind: Recollection) -> None:
    assert "Masha" not in repr(mind) + repr(mind._questions) + repr(mind.of(MOTHER, MARIA))

"""What holds for every text and every name."""

from collections.abc import Callable
from time import process_time

import hypothesis
from hypothesis import strategies as st

from model.people import PersonId
from names import Candidate, Verdict, decide, given, keys_of, read, read_line
from names.repair import clean, plain, repair, split
from names.words import kinds

GIVEN = [form for name in given.table() for form in name.formal if len(form) > 3]
BEGINNINGS = ["Бус", "Галав", "Журавл", "Клён", "Ламан", "Вярб", "Хмур", "Шчаст", "Цвірк", "Сверж"]
MIDDLES = ["", "он", "яв", "ус", "ац", "эр", "ыл"]
ENDINGS = ["ко", "ск", "овіч", "ук", "ёнак", "еня", "інскі", "ецкая", "оў", "ава", "ік", "ец"]
SURNAMES = [a + b + c for a in BEGINNINGS for b in MIDDLES for c in ENDINGS]
FATHERS = ["Пятровіч", "Сяргееўна", "Ivanavich", "Андреевна", "Ильич", "Мікалаевіч"]
CASES: list[Callable[[str], str]] = [str, str.lower, str.upper, str.title]


@st.composite
def listed_names(draw: st.DrawFn) -> list[str]:
    words = [draw(st.sampled_from(GIVEN)), draw(st.sampled_from(SURNAMES))]
    if draw(st.booleans()):
        words.insert(1, draw(st.sampled_from(FATHERS)))
    return words


@hypothesis.given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@hypothesis.given(st.text())
def test_repairing_twice_is_repairing_once(text: str) -> None:
    words = split(clean(text))
    assert [again for word in words for again in split(word)] == words


@hypothesis.given(st.text(st.characters(exclude_categories=())), st.text())
def test_no_text_raises(question: str, listed: str) -> None:
    keys_of([listed, question])
    decide(read(question), [Candidate(PersonId(1), (listed, question))])
    read_line(question)


@hypothesis.given(listed_names(), st.data())
def test_a_person_is_found_by_each_stored_form_in_any_case_and_order(
    words: list[str], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(words))
    case = data.draw(st.sampled_from(CASES))
    person = Candidate(PersonId(7), (" ".join(words),))
    question = read(case(" ".join(order)))
    hits = [tier for tier in question.tiers if keys_of(person.forms) & set(tier)]
    assert hits
    decision = decide(question, [person])
    assert decision.kind is not Verdict.NOBODY
    assert decision.matches[0].person == 7


CYRILLIC = "абвгдежзйклмнопрстуфхцчшыэюяіў"
LATIN = "abcdefghijklmnopqrstuvwxyzčšžłćńė"
NAMES = st.text(CYRILLIC, min_size=3, max_size=14) | st.text(LATIN, min_size=3, max_size=14)


@hypothesis.given(st.lists(NAMES, min_size=2, max_size=3, unique=True), st.data())
def test_a_person_with_an_unheard_of_name_is_found_by_it(
    words: list[str], data: st.DataObject
) -> None:
    hypothesis.assume(not any(map(kinds, words)))
    person = Candidate(PersonId(7), (" ".join(words).title(),))
    case = data.draw(st.sampled_from(CASES))
    question = read(case(" ".join(words)))
    assert any(keys_of(person.forms) & set(tier) for tier in question.tiers)
    assert [match.person for match in decide(question, [person]).matches] == [7]


@hypothesis.given(st.text())
def test_plain_letters_stay_as_they_are(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@hypothesis.given(st.text(CYRILLIC + LATIN + "0346'-", max_size=32))
def test_a_mended_word_needs_no_more_mending(word: str) -> None:
    assert repair(repair(word)) == repair(word)


@hypothesis.given(st.text(st.characters(exclude_categories=()), max_size=4096))
@hypothesis.example("schtschchowiczevich" * 215)
@hypothesis.example("evichowiczüjyzsch " * 227)
@hypothesis.example("шчьёўеюяджыцца-" * 273)
@hypothesis.example("ćśźžj-" * 682)
def test_the_work_of_a_question_is_bounded_however_long_it_is(text: str) -> None:
    question = read(text)
    assert len(question.readings) <= 7
    asked = [word for reading in question.readings for word in reading.asked]
    assert len(asked) <= 42
    assert all(len(word.text) <= 64 and len(word.stems) <= 64 for word in asked)
    assert all(len(tier) <= 160 for tier in question.tiers)
    assert len(question.tiers) <= 4


def test_the_longest_questions_take_little_time() -> None:
    """Fifty milliseconds is the promise; ten times that is no machine's bad day but a mistake."""
    for text in ("schtschchowiczevich" * 215, "evichowiczüjyzsch " * 227, "ćśźžj-" * 682):
        before = process_time()
        decide(read(text), [Candidate(PersonId(1), ("Марта Вярбіцкая",))])
        assert process_time() - before < 0.5

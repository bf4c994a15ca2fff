"""What holds for every text and every name."""

from collections.abc import Callable

import hypothesis
from hypothesis import strategies as st

from model.people import PersonId
from names import Candidate, Verdict, decide, given, keys_of, read, read_line
from names.repair import clean, split

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

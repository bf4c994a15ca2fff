"""A small town of invented people, found as the database would find them."""

from collections.abc import Callable, Iterable

import pytest

from model.people import Gender, PersonId
from names import Candidate, Decision, Question, Verdict, decide, keys_of, read

F, M = Gender.FEMALE, Gender.MALE
TOWN: dict[int, tuple[tuple[str, ...], Gender | None, int | None]] = {
    1: (("Марта Вярбіцкая", "Марта Вербицкая"), F, 1988),
    2: (("Сяргей Пятровіч Галавень",), M, 1975),
    3: (("Сяргей Іванавіч Галавень",), M, 1991),
    4: (("Аляксандр Жураўлінскі", "Aliaksandr Zhuraulinski"), M, None),
    5: (("Вольга Бусько",), F, None),
    6: (("Уладзімір Клёнаў",), M, None),
    7: (("Katsiaryna Chabarova",), F, None),
    8: (("Ядвіга Шаўчук-Лазоўская",), F, None),
    9: (("Юрась Чапялец",), M, None),
    10: (("Павел Рамонак",), M, None),
    11: (("Павліна Рамонак",), F, None),
    12: (("Тодар Свірэпа",), M, None),
    13: (("Emily Thornton",), F, None),
    14: (("Іна Дубровіна-Лясная",), F, None),
    15: (("Кірыл Адвокат",), M, None),
    16: (("Танака Юкіо",), M, None),
    17: (("Нарман Бялялаў",), M, None),
    18: (("Narman Belial",), M, None),
    19: (("Аўгіння Хмурык/Аўгіння Хмурэц",), F, None),
    27: (("Тодар Марто",), M, None),
    28: (("Яўхім Барыс",), M, None),
    29: (("Валянцін Хмараў",), M, None),
    40: (("Зянон Нікіціч Барадзей",), M, None),
    41: (("Вячаслаў Мятла",), M, None),
    42: (("Аляксей Дрыгвіч",), M, None),
    43: (("Павел Сук",), M, None),
    **{30 + n: ((f"{given} Лазовік",), None, 1970 + n) for n, given in enumerate(
        ("Алена", "Барыс", "Віктар", "Ганна", "Дар'я", "Захар", "Ірына")
    )},
}  # fmt: skip


class Town:
    """People filed under their keys, and asked for tier by tier."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self.people = {candidate.person: candidate for candidate in candidates}
        self.filed: dict[int, set[PersonId]] = {}
        for candidate in self.people.values():
            for key in keys_of(candidate.forms):
                self.filed.setdefault(key, set()).add(candidate.person)

    def ask(self, text: str) -> Decision:
        """Answer as the search does."""
        return self.answer(read(text))

    def answer(self, question: Question) -> Decision:
        """Look up tier by tier until the decision is settled."""
        seen: set[PersonId] = set()
        decision = Decision(Verdict.NOBODY)
        for tier in question.tiers:
            seen.update(person for key in tier for person in self.filed.get(key, ()))
            decision = decide(question, [self.people[person] for person in sorted(seen)])
            if decision.settled:
                break
        return decision


@pytest.fixture(scope="session")
def town() -> Town:
    """Return everybody."""
    return Town(
        Candidate(PersonId(number), forms, gender, born)
        for number, (forms, gender, born) in TOWN.items()
    )


@pytest.fixture(scope="session")
def found(town: Town) -> Callable[[str], tuple[Verdict, list[int]]]:
    """Return a function that tells the verdict on a question and who is shown."""

    def ask(text: str) -> tuple[Verdict, list[int]]:
        decision = town.ask(text)
        return decision.kind, [match.person for match in decision.matches]

    return ask

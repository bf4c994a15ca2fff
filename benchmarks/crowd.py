"""A crowd of invented people, and what is asked about them: the same in every run."""

import csv
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import cycle

from anyascii import anyascii

from model.people import Gender, Name

_SYLLABLES = re.findall(
    r"\w+",
    "бар вер гал дар жук зар кас лук мар нав пет рад сав тур хам чар шас ба ве га да жо зу кі ло "
    "му на по ру са та ху це чы ша бяр він гор дуб жыл зюз кад лем мян ніц пал рос сід тал хвед "
    "цар чуб шэл бур вал гнат драг корб лаў мік",
)
_ABSENT = ("фа", "фе", "фі", "фу")
"""Nobody's surname begins so: whoever is asked for with them is not there."""
_ENDINGS = (
    # Belarusian for a man and a woman, Russian for both.
    ("віч", "віч", "вич", "вич"),
    ("скі", "ская", "ский", "ская"),
    ("цкі", "цкая", "цкий", "цкая"),
    ("нка", "нка", "нко", "нко"),
    ("роў", "рова", "ров", "рова"),
    ("лёў", "лёва", "лёв", "лёва"),
    ("нюк", "нюк", "нюк", "нюк"),
    ("рчык", "рчык", "рчик", "рчик"),
    ("нец", "нец", "нец", "нец"),
)
_IN_RUSSIAN = str.maketrans("іўыэ", "ивие")
_ASKING = ("{}", "Что с {}?", "где сейчас {}", "Ці вядома, дзе {}?", "{} last news")
_HER_CASES = {"ова": "овой", "ёва": "ёвой", "ая": "ой"}
_HIS_CASES = {"кий": "ким", "ов": "овым", "ёв": "ёвым", "нец": "нцом", "к": "ком", "ч": "чем"}
_KINDS = ("other script", "other language", "declined", "other order", "typo", "absent")

_Alike = tuple[int, int, Gender]


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody there is not; ``alike`` is shared by namesakes."""

    ref: str
    alike: _Alike
    names: tuple[Name, ...]
    gender: Gender
    born: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and whom it means: one, a few, or nobody."""

    text: str
    kind: str
    expected: frozenset[str] = field(default=frozenset())


def invent(count: int) -> Iterator[Invented]:
    """Invent so many people: some surnames are common, most are not."""
    chance = random.Random(2025)
    # As many surnames as a people of this size has, and as unevenly spread.
    surnames = max(400, round(30 * count**0.55))
    for number in range(count):
        gender = Gender.FEMALE if chance.random() < 0.35 else Gender.MALE
        given = int(len(_given(gender)) * chance.random() ** 2)
        surname = int(surnames * chance.random() ** 2)
        father = int(len(_given(Gender.MALE)) * chance.random() ** 2)
        yield Invented(
            f"P{number:07}",
            (surname, given, gender),
            tuple(_forms(chance, gender, given, surname, father)),
            gender,
            chance.randint(1940, 2005),
        )


def ask(people: int, questions: int) -> tuple[Asked, ...]:
    """Ask about some of so many invented people, in other words than they are listed with."""
    chance = random.Random(2026)
    numbers = set(chance.sample(range(people), min(questions, people)))
    meant = [one for number, one in enumerate(invent(people)) if number in numbers]
    chance.shuffle(meant)
    namesakes: dict[_Alike, set[str]] = {one.alike: set() for one in meant}
    for one in invent(people):
        if one.alike in namesakes:
            namesakes[one.alike].add(one.ref)
    return tuple(
        _question(chance, one, kind, frozenset(namesakes[one.alike]))
        for one, kind in zip(meant, cycle(_KINDS), strict=False)
    )


def _question(chance: random.Random, one: Invented, kind: str, namesakes: frozenset[str]) -> Asked:
    surname, given, gender = one.alike
    first, first_ru = _given(gender)[given]
    last, last_ru = _surname(surname, gender)
    asking = chance.choice(_ASKING)
    if kind == "other script":
        text = anyascii(f"{first} {last}")
    elif kind == "other language":
        text = asking.format(f"{first_ru} {last_ru}")
    elif kind == "declined":
        text = f"Что с {_declined_given(first_ru)} {_declined(last_ru, gender)}?"
    elif kind == "other order":
        text = asking.format(f"{last} {first}")
    elif kind == "typo":
        at = chance.randrange(1, len(last_ru) - 2)
        text = f"{first_ru} {last_ru[:at]}{last_ru[at + 1 :]}"
    else:
        text = asking.format(f"{first_ru} {chance.choice(_ABSENT).capitalize()}{last_ru.lower()}")
        namesakes = frozenset()
    return Asked(text, kind, namesakes)


@cache
def _given(gender: Gender) -> Sequence[tuple[str, str]]:
    """Return given names in Belarusian and Russian, in no order."""
    text = (files("names") / "data" / "given.tsv").read_text("utf-8")
    both = [
        (row["be"].split(",")[0], row["ru"].split(",")[0])
        for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        if row["gender"] == gender[0] and row["ru"]
    ]
    random.Random(len(both)).shuffle(both)
    return both[:200]


def _surname(number: int, gender: Gender) -> tuple[str, str]:
    """Return one of very many surnames, in Belarusian and Russian."""
    number, ending = divmod(number, len(_ENDINGS))
    stem = ""
    while number or not stem:
        number, syllable = divmod(number, len(_SYLLABLES))
        stem += _SYLLABLES[syllable]
    his, hers, his_ru, hers_ru = _ENDINGS[ending]
    female = gender is Gender.FEMALE
    listed, russian = (hers, hers_ru) if female else (his, his_ru)
    return (stem + listed).capitalize(), (stem.translate(_IN_RUSSIAN) + russian).capitalize()


def _forms(
    chance: random.Random, gender: Gender, given: int, surname: int, father: int
) -> Iterator[Name]:
    first, first_ru = _given(gender)[given]
    last, last_ru = _surname(surname, gender)
    listed = chance.random()
    if listed < 0.7:
        yield Name(f"{first} {last}", "be")
    if listed > 0.4:
        fathers = _given(Gender.MALE)[father][1]
        yield Name(" ".join(filter(None, (first_ru, _patronymic(fathers, gender), last_ru))), "ru")
    if chance.random() < 0.3:
        yield Name(anyascii(f"{first} {last}"), "en")


def _patronymic(father: str, gender: Gender) -> str:
    ends = "вна" if gender is Gender.FEMALE else "вич"
    if father[-1] in "аяь":
        return ""
    return f"{father[:-1]}е{ends}" if father[-1] in "йи" else f"{father}о{ends}"


def _declined_given(name: str) -> str:
    """Put a Russian given name into the instrumental."""
    last = {"а": "ой", "я": "ей", "й": "ем", "ь": "ью"}.get(name[-1])
    return name[:-1] + last if last else name + "ом"


def _declined(name: str, gender: Gender) -> str:
    """Put a Russian surname into the instrumental."""
    cases = _HER_CASES if gender is Gender.FEMALE else _HIS_CASES
    for ending, case in cases.items():
        if name.endswith(ending):
            return name.removesuffix(ending) + case
    return name

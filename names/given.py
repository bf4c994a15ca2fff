"""Given names: which forms, short forms and spellings people use for one another."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from model.people import Gender
from names import endings
from names.repair import clean, split
from names.sound import coarse, sounds

INDIRECT = 0.1
"""What it costs when a word is a short form, or only its stem is that of a form."""


@dataclass(frozen=True, slots=True)
class GivenName:
    """One class of the table: forms that people use for one another."""

    number: int
    gender: Gender
    formal: tuple[str, ...]
    short: tuple[str, ...]

    @property
    def forms(self) -> tuple[str, ...]:
        """All forms, formal ones first."""
        return self.formal + self.short


@cache
def table() -> tuple[GivenName, ...]:
    """Read the table of given names; its format is told in ``data/README.md``."""
    lines = (files("names") / "data" / "given.tsv").read_text("utf-8").splitlines()
    names = []
    for number, line in enumerate(lines[1:]):
        gender, *columns = line.split("\t")
        cells = [
            tuple(form.strip() for form in cell.split(",") if form.strip()) for cell in columns
        ]
        formal = tuple(form for cell in cells[:-1] for form in cell)
        names.append(
            GivenName(number, Gender.FEMALE if gender == "f" else Gender.MALE, formal, cells[-1])
        )
    return tuple(names)


@cache
def _by_sound() -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for name in table():
        for forms, cost in ((name.formal, 0.0), (name.short, INDIRECT)):
            for form in forms:
                for sound in sounds(form, wide=False):
                    _note(found, coarse(sound), name.number, cost)
    return dict(found)


@cache
def _by_stem() -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for name in table():
        for forms, cost in ((name.formal, INDIRECT / 2), (name.short, INDIRECT)):
            for form in forms:
                for sound in sounds(form, wide=False):
                    for stem in endings.listed(sound)[-1:]:
                        _note(found, coarse(stem.sound), name.number, cost)
    return dict(found)


def _note(found: dict[str, dict[int, float]], key: str, number: int, cost: float) -> None:
    found[key][number] = min(cost, found[key].get(number, 1.0))


@lru_cache(maxsize=8192)
def classes(spoken: tuple[str, ...]) -> dict[int, float]:
    """Return the numbers of the classes a word with these sounds may belong to, with its cost."""
    found: dict[int, float] = {}
    for sound in spoken:
        for number, cost in _by_sound().get(coarse(sound), {}).items():
            found[number] = min(cost, found.get(number, 1.0))
    exact = dict(found)
    for sound in spoken:
        for stem in endings.asked(sound):
            for number, cost in _by_stem().get(coarse(stem.sound), {}).items():
                found[number] = min(cost + stem.cost, found.get(number, 1.0))
    found.update(exact)
    return found


@lru_cache(maxsize=8192)
def knows(spoken: tuple[str, ...]) -> bool:
    """Tell whether a word with these sounds is a given name as it stands."""
    return any(coarse(sound) in _by_sound() for sound in spoken)


@cache
def spoken_forms(number: int) -> tuple[str, ...]:
    """Return the coarse sounds of the formal forms of class ``number``."""
    return tuple(
        dict.fromkeys(
            coarse(sound) for form in table()[number].formal for sound in sounds(form, wide=False)
        )
    )


def genders(numbers: Iterable[int]) -> frozenset[Gender]:
    """Return the genders of the classes ``numbers``."""
    return frozenset(table()[number].gender for number in numbers)


def forms_of(text: str) -> frozenset[str]:
    """Return every form people use for the given name ``text``; empty when it is unknown."""
    words = split(clean(text))
    if len(words) != 1:
        return frozenset()
    return frozenset(
        form
        for number, cost in classes(sounds(words[0])).items()
        if cost <= INDIRECT
        for form in table()[number].forms
    )

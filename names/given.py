"""Given names: which forms, short forms and spellings people use for one another."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA

from model.people import Gender
from names import endings
from names.repair import clean, split
from names.sound import coarse, sounds

SHORT = 0.08
"""What a short form costs: Саша is a little less sure than Аляксандр."""
MERGED = 0.03
LETTERS_A_TYPO = 3


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


@dataclass(frozen=True, slots=True)
class _Sounds:
    """The table by sound: as it is, merged, and without its ending."""

    exact: dict[str, dict[int, float]]
    merged: dict[str, dict[int, float]]
    stems: dict[str, dict[int, float]]


@cache
def _sounds() -> _Sounds:
    exact: dict[str, dict[int, float]] = {}
    merged: dict[str, dict[int, float]] = {}
    stems: dict[str, dict[int, float]] = {}
    for name in table():
        for forms, cost in ((name.formal, 0.0), (name.short, SHORT)):
            for sound in (sound for form in forms for sound in sounds(form, wide=False)):
                _note(exact, sound, name.number, cost)
                _note(merged, coarse(sound), name.number, cost + MERGED)
                for stem in endings.listed(sound)[1:] or endings.listed(sound):
                    _note(stems, coarse(stem.sound), name.number, 2 * cost)
    return _Sounds(exact, merged, stems)


def _note(found: dict[str, dict[int, float]], key: str, number: int, cost: float) -> None:
    numbers = found.setdefault(key, {})
    numbers[number] = min(cost, numbers.get(number, cost))


@lru_cache(maxsize=8192)
def classes(spoken: tuple[str, ...]) -> dict[int, float]:
    """Return the numbers of the classes a word with these sounds may belong to, with its cost.

    A word that is a form as it stands is nothing else: Толя is Анатоль, although Таля merges
    with it. Only then come merged sounds, and words in another case.
    """
    table = _sounds()
    found = _gather((table.exact.get(sound, {}), 0.0) for sound in spoken)
    if not found:
        found = _gather((table.merged.get(coarse(sound), {}), 0.0) for sound in spoken)
    in_case = _gather(
        (table.stems.get(coarse(stem.sound), {}), stem.cost)
        for sound in spoken
        for stem in endings.asked(sound)
    )
    return in_case | found


def _gather(hits: Iterable[tuple[dict[int, float], float]]) -> dict[int, float]:
    found: dict[int, float] = {}
    for numbers, cost in hits:
        for number, own in numbers.items():
            found[number] = min(cost + own, found.get(number, cost + own))
    return found


@lru_cache(maxsize=8192)
def knows(spoken: tuple[str, ...]) -> bool:
    """Tell whether a word with these sounds is a given name as it stands."""
    return any(coarse(sound) in _sounds().merged for sound in spoken)


@lru_cache(maxsize=2048)
def guess(spoken: tuple[str, ...]) -> dict[int, int]:
    """Return the classes whose forms a misspelt word is nearest to, with the letters between."""
    found: dict[int, int] = {}
    for sound in (coarse(sound) for sound in spoken):
        allowed = min(2, len(sound) // LETTERS_A_TYPO)
        near = process.extract(
            sound, _merged_sounds(), scorer=OSA.distance, score_cutoff=allowed, limit=12
        )
        for form, apart, _ in near if allowed else ():
            for number in _sounds().merged[form]:
                found[number] = min(apart, found.get(number, apart))
    return found


@cache
def _merged_sounds() -> tuple[str, ...]:
    return tuple(sound for sound in _sounds().merged if len(sound) > 2)


@cache
def spoken_forms(number: int) -> tuple[str, ...]:
    """Return the coarse sounds of the formal forms of class ``number``."""
    return tuple(
        dict.fromkeys(
            coarse(sound) for form in table()[number].formal for sound in sounds(form, wide=False)
        )
    )


def forms_of(text: str) -> frozenset[str]:
    """Return every form people use for the given name ``text``; empty when it is unknown."""
    words = split(clean(text))
    if len(words) != 1:
        return frozenset()
    return frozenset(
        form
        for number, cost in classes(sounds(words[0])).items()
        if cost <= SHORT + MERGED
        for form in table()[number].forms
    )

"""Given names: which forms, short forms and spellings people use for one another."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from model.people import Gender
from names import endings
from names.sound import coarse, sounds

SHORT = 0.08
"""What a short form costs: Саша is a little less sure than Аляксандр."""
MERGED = 0.03
OTHER_CASE = 0.25
UNLIKELY_CASE = 0.5
LETTERS_A_TYPO = 3
_SHORTEST_SOFTENED = 6
_SOFT_L = re.compile(r"l[AOU]")


class Case(Enum):
    """Cases that look like others of the other sex."""

    NOMINATIVE = auto()
    ACCUSATIVE = auto()


@dataclass(frozen=True, slots=True)
class GivenName:
    """One class of the table: forms that people use for one another."""

    number: int
    gender: Gender
    official: tuple[str, ...]
    """The first form of each of our languages."""
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
        official = tuple(cell[0] for cell in (cells[0], *cells[2:6]) if cell)
        sex = Gender.FEMALE if gender == "f" else Gender.MALE
        names.append(GivenName(number, sex, official, formal, cells[-1]))
    return tuple(names)


_Index = dict[str, dict[int, float]]


@dataclass(frozen=True, slots=True)
class _Sounds:
    """The table by sound: as it stands, and without endings; each exactly, and merged."""

    exact: _Index
    merged: _Index
    stems: _Index
    merged_stems: _Index


@cache
def _sounds() -> _Sounds:
    index = _Sounds({}, {}, {}, {})
    for name in table():
        for forms, cost in ((name.formal, 0.0), (name.short, SHORT)):
            for sound in (sound for form in forms for sound in _sounds_of(form)):
                _note(index.exact, sound, name.number, cost)
                _note(index.merged, coarse(sound), name.number, cost + MERGED)
                for stem in (stem for stem in endings.listed(sound) if stem.is_likely):
                    _note(index.stems, stem.sound, name.number, 2 * cost)
                    _note(index.merged_stems, coarse(stem.sound), name.number, 2 * cost + MERGED)
    return index


def _sounds_of(form: str) -> set[str]:
    heard = set(sounds(form, wide=False))
    # In Łacinka l is always soft: Alaksandr is Аляксандр.
    if len(form) < _SHORTEST_SOFTENED:
        return heard
    return heard | {_SOFT_L.sub(lambda found: found[0].lower(), sound) for sound in heard}


def _note(index: _Index, key: str, number: int, cost: float) -> None:
    numbers = index.setdefault(key, {})
    numbers[number] = min(cost, numbers.get(number, cost))


@lru_cache(maxsize=2048)
def listed(spoken: tuple[str, ...]) -> dict[int, float]:
    """Return the classes of a word in the nominative, by number, with what each costs.

    What is a form as it stands is nothing else: Толя is Анатоль, although Таля sounds like it.
    """
    found = _gather((_sounds().exact.get(sound), 0.0) for sound in spoken)
    return found or _gather((_sounds().merged.get(coarse(sound)), 0.0) for sound in spoken)


@lru_cache(maxsize=4096)
def asked(spoken: tuple[str, ...]) -> dict[int, float]:
    """Return the classes of a word in any case, by number, with what each costs."""
    nominative = listed(spoken)
    stems = [s for sound in spoken for s in endings.asked(sound)[1:] if s.is_likely]
    found = _gather((_sounds().stems.get(stem.sound), stem.cost) for stem in stems)
    if nominative and (is_exact(spoken) or not found):
        # Александра may still be the genitive of Александр; Мікалай is hardly Мікал.
        genders = {table()[number].gender for number in nominative}
        return {
            number: cost + (UNLIKELY_CASE if table()[number].gender in genders else OTHER_CASE)
            for number, cost in found.items()
            if cost < SHORT
        } | nominative
    found = found or _gather(
        (_sounds().merged_stems.get(coarse(stem.sound)), stem.cost) for stem in stems
    )
    # Алексею is that of Алексей, and then not that of Алекс.
    return nominative | {
        n: cost for n, cost in found.items() if cost < min(found.values()) + SHORT
    }


def _gather(hits: Iterable[tuple[dict[int, float] | None, float]]) -> dict[int, float]:
    found: dict[int, float] = {}
    for numbers, cost in hits:
        for number, own in (numbers or {}).items():
            found[number] = min(cost + own, found.get(number, cost + own))
    return found


@lru_cache(maxsize=2048)
def is_exact(spoken: tuple[str, ...]) -> bool:
    """Tell whether a word with just these sounds is a given name as it stands."""
    return any(sound in _sounds().exact for sound in spoken)


@lru_cache(maxsize=1024)
def case_of_hers(spoken: tuple[str, ...]) -> Case | None:
    """Return the case in which a word with these sounds is a woman's name and no man's."""
    if any(_is_of(sound, Gender.FEMALE) for sound in spoken):
        his = any(_is_of(sound, Gender.MALE) for sound in spoken)
        return None if his else Case.NOMINATIVE
    ended = {"u": "a", "U": "A"}
    accusatives = (sound[:-1] + ended.get(sound[-1:], "-") for sound in spoken)
    return Case.ACCUSATIVE if any(_is_of(s, Gender.FEMALE) for s in accusatives) else None


def _is_of(sound: str, gender: Gender) -> bool:
    return any(table()[number].gender is gender for number in _sounds().exact.get(sound, ()))


@lru_cache(maxsize=2048)
def knows(spoken: tuple[str, ...]) -> bool:
    """Tell whether a word with these sounds is a given name as it stands."""
    return any(coarse(sound) in _sounds().merged for sound in spoken)


@lru_cache(maxsize=1024)
def guess(spoken: tuple[str, ...]) -> dict[int, int]:
    """Return the classes whose forms a misspelt word is nearest to, with the letters between."""
    found: dict[int, int] = {}
    for sound in (coarse(sound) for sound in spoken):
        allowed = min(2, len(sound) // LETTERS_A_TYPO)
        near = {form for less in _shortened(sound) for form in _neighbours().get(less, ())}
        for form in near if allowed else ():
            apart = OSA.distance(sound, form, score_cutoff=allowed)
            for number in _sounds().merged[form] if apart <= allowed else ():
                found[number] = min(apart, found.get(number, apart))
    return found


@cache
def _neighbours() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for form in _sounds().merged:
        if len(form) >= LETTERS_A_TYPO:
            for less in _shortened(form):
                found.setdefault(less, []).append(form)
    return found


def _shortened(sound: str) -> set[str]:
    return {sound} | {sound[:i] + sound[i + 1 :] for i in range(len(sound))}


@cache
def initials(number: int) -> frozenset[str]:
    """Return the first phones of the names of class ``number`` in our languages."""
    return frozenset(
        sound[0] for form in table()[number].official for sound in sounds(form, wide=False)
    )


@cache
def spoken_forms(number: int) -> tuple[str, ...]:
    """Return the coarse sounds of the formal forms of class ``number``."""
    return tuple(
        dict.fromkeys(
            coarse(sound) for form in table()[number].formal for sound in sounds(form, wide=False)
        )
    )

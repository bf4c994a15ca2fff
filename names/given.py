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
from names.endings import Stem
from names.sound import coarse, sounds

SHORT = 0.08
"""What a short form costs: Саша is a little less sure than Аляксандр."""
MERGED = 0.03
FAR_SHORT = 0.45
"""Лёша, Лиза and Леся merge: a short pet name must be spelt as it is, to be sure."""
_SHORTEST_MERGED = 5
OTHER_CASE = 0.25
UNLIKELY_CASE = 0.5
LETTERS_A_TYPO = 3
_SHORTEST_SOFTENED = 6
_SOFT_L = re.compile(r"l[AOU]")


class Case(Enum):
    """Cases that look like others of the other sex."""

    NOMINATIVE = auto()
    ACCUSATIVE = auto()
    OBLIQUE = auto()
    """Her genitive, dative or locative, and his locative."""


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
    unstressed: _Index
    """Merged in its vowels alone."""
    stems: _Index
    merged_stems: _Index


@cache
def _sounds() -> _Sounds:
    index = _Sounds({}, {}, {}, {}, {})
    for name in table():
        for forms, cost in ((name.formal, 0.0), (name.short, SHORT)):
            for sound in (sound for form in forms for sound in _sounds_of(form)):
                _note(index.exact, sound, name.number, cost)
                far = FAR_SHORT if cost and len(coarse(sound)) < _SHORTEST_MERGED else MERGED
                _note(index.merged, coarse(sound), name.number, cost + far)
                _note(index.unstressed, _unstressed(sound), name.number, cost + MERGED)
                for stem in (stem for stem in endings.listed(sound) if stem.is_likely):
                    for kind in _declined_as(sound, name.gender):
                        _note(index.stems, kind + stem.sound, name.number, 2 * cost)
                        merged = kind + coarse(stem.sound)
                        _note(index.merged_stems, merged, name.number, 2 * cost + MERGED)
    return index


_VOWELS_MERGED = str.maketrans("oAOU", "aeeu")


def _unstressed(sound: str) -> str:
    return sound.translate(_VOWELS_MERGED)


_HARD, _OF_A, _OF_YA = "-", "a", "A"
_SOFT_ENDINGS = frozenset("AUOeij")


def _declined_as(nominative: str, gender: Gender) -> str:
    """Return how a name is declined; Мікіта may have his endings and hers."""
    if nominative[-1] not in "aA":
        return _HARD
    return nominative[-1] + (_HARD if gender is Gender.MALE else "")


def _declensions(sound: str, stem: Stem) -> str:
    """Return how names are declined that have the ending ``sound`` has after ``stem``.

    Саша has Сашай, and Аляксандр never has; Яўгену is no Яўгенія.
    """
    if stem.gender is Gender.MALE:
        return _HARD
    ending = sound.removeprefix(stem.sound)[:1]
    soft = _OF_YA if ending in _SOFT_ENDINGS or stem.cost > endings.STRIPPED else ""
    return _OF_A + soft + ("" if stem.gender else _HARD)


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
    return found or _gather(
        (hit, 0.0)
        for sound in spoken
        for hit in (
            _sounds().merged.get(coarse(sound)),
            _sounds().unstressed.get(_unstressed(sound)),
        )
    )


@lru_cache(maxsize=4096)
def asked(spoken: tuple[str, ...]) -> dict[int, float]:
    """Return the classes of a word in any case, by number, with what each costs."""
    nominative = listed(spoken)
    stems = [
        (kind, stem)
        for sound in spoken
        for stem in endings.asked(sound)[1:]
        if stem.cost < endings.CZECH
        for kind in _declensions(sound, stem)
    ]
    found = _gather((_sounds().stems.get(kind + stem.sound), stem.cost) for kind, stem in stems)
    if nominative and (is_exact(spoken) or not found):
        # Александра may still be the genitive of Александр; Мікалай is hardly Мікал.
        genders = {table()[number].gender for number in nominative}
        return {
            number: cost + (UNLIKELY_CASE if table()[number].gender in genders else OTHER_CASE)
            for number, cost in found.items()
            if cost < SHORT
        } | nominative
    found = found or _gather(
        (_sounds().merged_stems.get(kind + coarse(stem.sound)), stem.cost) for kind, stem in stems
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
def case_of_hers(spoken: tuple[str, ...], *, is_slavic: bool) -> Case | None:
    """Return the case in which a word with these sounds is a woman's name and no man's."""
    his = any(_is_of(sound, Gender.MALE) for sound in spoken)
    if any(_is_of(sound, Gender.FEMALE) for sound in spoken):
        return None if his else Case.NOMINATIVE
    ended = {"u": "a", "U": "A"}
    accusatives = (sound[:-1] + ended.get(sound[-1:], "-") for sound in spoken)
    if any(_is_of(s, Gender.FEMALE) for s in accusatives):
        return Case.ACCUSATIVE
    others = (sound[:-1] + a for sound in spoken if sound[-1:] in {"e", "i"} for a in "aA")
    # Alexandre is a Frenchman; Александре is written to her, or of him.
    his = his and not (is_slavic and spoken[0].endswith("e"))
    return Case.OBLIQUE if not his and any(_is_of(s, Gender.FEMALE) for s in others) else None


def _is_of(sound: str, gender: Gender) -> bool:
    # A Latin h is г or х: Yauheniya is Яўгенія.
    exact = _sounds().exact
    numbers = exact.get(sound) or exact.get(sound.replace("h", "g")) or {}
    return any(table()[number].gender is gender for number in numbers)


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

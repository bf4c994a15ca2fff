"""Index keys: under which numbers a person is filed, and under which a question looks."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from names import forms
from names.forms import Part, Role
from names.sound import coarse, skeleton, undoubled

if TYPE_CHECKING:
    from names.question import Asked, Reading

ALGORITHM = 1
"""Version of the keys; stored beside them, and raised when any rule that makes them changes."""

MOST_KEYS = 96
_SHORTEST_FOR_TYPOS = 3
_TIER = 160


@lru_cache(maxsize=65536)
def _key(*parts: str) -> int:
    digest = blake2b("\0".join(parts).encode(), digest_size=6, salt=bytes([ALGORITHM]))
    return int.from_bytes(digest.digest(), "big")


def keys_of(names: Iterable[str]) -> frozenset[int]:
    """Return the keys, 48 bits each, under which a person with these written forms is filed."""
    found: dict[int, None] = {}
    for name in sorted(names):
        form = forms.take_apart(name)
        for part in _surnames(form):
            for key in _of_surname(part, form):
                found.setdefault(key)
    return frozenset(list(found)[:MOST_KEYS])


def _surnames(form: forms.Form) -> list[Part]:
    """Return the parts somebody may ask for as a surname."""
    known = any(part.classes for part in form.parts)
    return [
        part
        for part in form.parts
        if part.role is Role.SURNAME or (part.role is Role.GIVEN and not known)
    ]


def _of_surname(part: Part, form: forms.Form) -> Iterable[int]:
    given = [other for other in form.having(Role.GIVEN) if other is not part]
    marks = [mark for other in given for mark in _marks(other)]
    letters = sorted({letter for other in given for letter in other.letters})
    fathers = [str(n) for other in form.having(Role.PATRONYMIC) for n in sorted(other.fathers)[:2]]
    stems = [*part.stems, *(stem for piece in part.pieces for stem in piece)]
    for stem in stems:
        if stem.is_likely:
            yield _key("sound", coarse(stem.sound))
    likely = {_bones(stem.sound) for stem in stems if stem.is_likely}
    for bones in dict.fromkeys(_bones(stem.sound) for stem in stems):
        for mark in marks:
            yield _key("full", bones, mark)
            for father in fathers:
                yield _key("father", bones, mark, father)
        if bones not in likely:
            continue
        yield _key("bones", bones)
        for letter in letters:
            yield _key("initial", bones, letter)
        for less in _shortened(bones):
            yield _key("typo", less)
            for mark in marks:
                yield _key("full typo", less, mark)


def _bones(sound: str) -> str:
    return skeleton(sound) or coarse(sound)


def _marks(part: Part) -> list[str]:
    likeliest = sorted(part.classes, key=part.classes.__getitem__)[:3]
    return [str(number) for number in likeliest] or [skeleton(part.spoken[0])]


def _shortened(bones: str) -> list[str]:
    if len(bones) < _SHORTEST_FOR_TYPOS:
        return []
    return list(dict.fromkeys(undoubled(bones[:i] + bones[i + 1 :]) for i in range(len(bones))))


def tiers(readings: Sequence["Reading"]) -> tuple[tuple[int, ...], ...]:
    """Return the keys of a question, most selective first."""
    exact: dict[int, None] = {}
    bare: dict[int, None] = {}
    regrouped: dict[int, None] = {}
    misspelt: dict[int, None] = {}
    for reading in readings:
        for surname in reading.asked:
            if surname.is_initial:
                continue
            others = [asked for asked in reading.asked if asked is not surname]
            marks = _marks_asked(others)
            letters = [other.letter for other in others if other.is_initial]
            bones = list(dict.fromkeys(_bones(stem.sound) for stem in surname.stems))
            full = regrouped if reading.whole else exact
            full.update(_full_keys(bones, marks, others))
            full.update((_key("initial", b, letter), None) for b in bones for letter in letters)
            if not any(_is_said(other) for other in others):
                alone = full if not (marks or letters) else bare
                alone.update((_key("sound", coarse(s.sound)), None) for s in surname.stems)
                alone.update((_key("bones", b), None) for b in bones)
                if not (marks or reading.whole):
                    misspelt.update(_misspelt_keys(bones))
            if not reading.whole:
                misspelt.update(_misspelt_full_keys(bones, marks))
    # One look-up never asks for more than a database answers at once.
    return tuple(tuple(tier)[:_TIER] for tier in (exact, bare, regrouped, misspelt) if tier)


def _is_said(other: "Asked") -> bool:
    """Tell whether ``other`` is so surely a given name that somebody else's cannot be meant."""
    return other.known and not other.guesses


def _full_keys(
    bones: Sequence[str], marks: Sequence[str], others: Sequence["Asked"]
) -> dict[int, None]:
    fathers = sorted({str(n) for other in others for n in other.fathers})[:4]
    found = {_key("full", b, mark): None for b in bones for mark in marks}
    return found | {
        _key("father", b, mark, f): None for b in bones for mark in marks for f in fathers
    }


def _misspelt_full_keys(bones: Sequence[str], marks: Sequence[str]) -> dict[int, None]:
    found: dict[int, None] = {}
    for b in bones:
        for mark in marks:
            found[_key("full typo", b, mark)] = None
            for less in _shortened(b):
                found[_key("full", less, mark)] = None
                found[_key("full typo", less, mark)] = None
    return found


def _misspelt_keys(bones: Sequence[str]) -> dict[int, None]:
    found: dict[int, None] = {}
    for b in bones:
        found[_key("typo", b)] = None
        for less in _shortened(b):
            found[_key("bones", less)] = None
            found[_key("typo", less)] = None
    return found


def _marks_asked(others: Sequence["Asked"]) -> list[str]:
    found: dict[str, None] = {}
    for asked in others:
        for number in sorted(asked.classes, key=asked.classes.__getitem__)[:6]:
            found[str(number)] = None
        if not asked.is_initial and not _is_said(asked):
            for number in sorted(asked.guesses, key=asked.guesses.__getitem__)[:6]:
                found[str(number)] = None
            for sound in asked.spoken:
                found[skeleton(sound)] = None
    return list(found)

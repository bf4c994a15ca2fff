"""Index keys: under which numbers a person is filed, and under which a question looks."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from names import forms
from names.forms import Part, Role
from names.sound import coarse, skeleton

if TYPE_CHECKING:
    from names.question import Asked

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
    marks = [
        mark for other in form.having(Role.GIVEN) if other is not part for mark in _marks(other)
    ]
    letters = {x for other in form.having(Role.GIVEN) if other is not part for x in other.letters}
    fathers = [str(n) for other in form.having(Role.PATRONYMIC) for n in sorted(other.fathers)[:2]]
    stems = [stem.sound for stem in part.stems]
    stems += [stem.sound for piece in part.pieces for stem in piece]
    for sound in stems:
        yield _key("sound", coarse(sound))
    for bones in dict.fromkeys(skeleton(sound) or coarse(sound) for sound in stems):
        yield _key("bones", bones)
        for letter in sorted(letters):
            yield _key("initial", bones, letter)
        for mark in marks:
            yield _key("full", bones, mark)
            for father in fathers:
                yield _key("father", bones, mark, father)
        for less in _shortened(bones):
            yield _key("typo", less)
            for mark in marks:
                yield _key("full typo", less, mark)


def _marks(part: Part) -> list[str]:
    likeliest = sorted(part.classes, key=part.classes.__getitem__)[:3]
    return [str(number) for number in likeliest] or [skeleton(part.spoken[0])]


def _shortened(bones: str) -> list[str]:
    if len(bones) < _SHORTEST_FOR_TYPOS:
        return []
    return list(dict.fromkeys(bones[:i] + bones[i + 1 :] for i in range(len(bones))))


def tiers(readings: Sequence[Sequence["Asked"]]) -> tuple[tuple[int, ...], ...]:
    """Return the keys of a question, most selective first."""
    exact: dict[int, None] = {}
    bare: dict[int, None] = {}
    misspelt: dict[int, None] = {}
    anyhow: dict[int, None] = {}
    for reading in readings:
        names = [asked for asked in reading if not asked.is_initial]
        letters = [asked.letter for asked in reading if asked.is_initial]
        for surname in names:
            others = [asked for asked in names if asked is not surname]
            marks = _marks_asked(others)
            fathers = sorted({str(n) for other in others for n in other.fathers})[:4]
            stands_alone = not (marks and surname.known)
            if stands_alone:
                bare.update((_key("sound", coarse(s.sound)), None) for s in surname.stems)
            for bones in dict.fromkeys(
                skeleton(s.sound) or coarse(s.sound) for s in surname.stems
            ):
                for mark in marks:
                    exact.update((_key("father", bones, mark, f), None) for f in fathers)
                    exact[_key("full", bones, mark)] = None
                    for less in _shortened(bones):
                        misspelt[_key("full", less, mark)] = None
                    for less in (bones, *_shortened(bones)):
                        misspelt[_key("full typo", less, mark)] = None
                exact.update((_key("initial", bones, letter), None) for letter in letters)
                if stands_alone:
                    bare[_key("bones", bones)] = None
                    anyhow[_key("typo", bones)] = None
                    for less in _shortened(bones):
                        anyhow[_key("bones", less)] = None
                        anyhow[_key("typo", less)] = None
    # One look-up never asks for more than a database answers at once.
    return tuple(tuple(tier)[:_TIER] for tier in (exact, bare, misspelt, anyhow) if tier)


def _marks_asked(others: Sequence["Asked"]) -> list[str]:
    found: dict[str, None] = {}
    for asked in others:
        for number in sorted(asked.classes, key=asked.classes.__getitem__)[:6]:
            found[str(number)] = None
        if not asked.known:
            for number in sorted(asked.guesses, key=asked.guesses.__getitem__)[:6]:
                found[str(number)] = None
            for sound in asked.spoken:
                found[skeleton(sound)] = None
    return list(found)

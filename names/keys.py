"""Index keys: under which numbers a person is filed, and under which a question looks."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from names import forms, given
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
    letters = {other.letter for other in form.having(Role.GIVEN) if other is not part}
    fathers = [str(n) for other in form.having(Role.PATRONYMIC) for n in sorted(other.fathers)[:2]]
    stems = [part.stems[-1].sound] if len(part.spoken) == 1 else [s.sound for s in part.stems]
    stems += [piece[-1].sound for piece in part.pieces]
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
            yield _key("half", bones[:2], mark)
            yield _key("half", bones[-2:] + "$", mark)
        for less in _shortened(bones):
            yield _key("typo", less)
            for mark in marks:
                yield _key("full typo", less, mark)


def _marks(part: Part) -> list[str]:
    formal = [n for n, cost in part.classes.items() if cost < given.INDIRECT]
    numbers = (formal or list(part.classes))[:3]
    return [str(n) for n in numbers] or [skeleton(part.spoken[0])]


def _shortened(bones: str) -> list[str]:
    if len(bones) < _SHORTEST_FOR_TYPOS:
        return []
    return list(dict.fromkeys(bones[:i] + bones[i + 1 :] for i in range(len(bones))))


def tiers(readings: Sequence[Sequence["Asked"]]) -> tuple[tuple[int, ...], ...]:
    """Return the keys of a question, most selective first."""
    full: dict[int, None] = {}
    sound: dict[int, None] = {}
    loose: dict[int, None] = {}
    looser: dict[int, None] = {}
    for reading in readings:
        names = [asked for asked in reading if not asked.is_initial]
        letters = [asked.spoken[0] for asked in reading if asked.is_initial and asked.spoken[0]]
        for surname in names:
            marks = _marks_asked([asked for asked in names if asked is not surname])
            fathers = sorted({str(n) for a in names if a is not surname for n in a.fathers})[:4]
            bones = dict.fromkeys(skeleton(s.sound) or coarse(s.sound) for s in surname.stems)
            for bone in bones:
                for mark in marks:
                    for father in fathers:
                        full.setdefault(_key("father", bone, mark, father))
                    full.setdefault(_key("full", bone, mark))
                for letter in letters:
                    full.setdefault(_key("initial", bone, forms.initial(letter)))
            known = surname.known and len(names) > 1
            if not known:
                for stem in surname.stems:
                    sound.setdefault(_key("sound", coarse(stem.sound)))
            for bone in bones:
                for less in (bone, *_shortened(bone)):
                    for mark in marks:
                        loose.setdefault(_key("full typo", less, mark))
                for mark in marks:
                    loose.setdefault(_key("half", bone[:2], mark))
                    loose.setdefault(_key("half", bone[-2:] + "$", mark))
                if not known:
                    loose.setdefault(_key("bones", bone))
                    looser.setdefault(_key("typo", bone))
                    for less in _shortened(bone):
                        looser.setdefault(_key("typo", less))
                        looser.setdefault(_key("bones", less))
    # One tier never asks for more than a database answers at once.
    return tuple(tuple(tier)[:_TIER] for tier in (full, sound, loose, looser) if tier)


def _marks_asked(others: Sequence["Asked"]) -> list[str]:
    found: dict[str, None] = {}
    for asked in others:
        for number in sorted(asked.classes, key=lambda n: asked.classes[n])[:6]:
            found.setdefault(str(number))
        if not asked.known:
            for sound in asked.spoken:
                found.setdefault(skeleton(sound))
    return list(found)

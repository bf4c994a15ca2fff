"""Index keys: under which numbers a person is filed, and under which a question looks.

A key is a number made of a few words about a name:

============  =====================================================================
``sound``     the surname's merged sound
``bones``     its consonants, which survive case endings, аканне and most spellings
``full``      its consonants and the class of the given name
``exact``     its merged sound and the class of the given name
``father``    both, and the class of the father's name
``initial``   its consonants and the initial of the given name
``typo``      its consonants less one; looked up less one too, they meet over a typo
``full typo`` the same, and the class of the given name
============  =====================================================================
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from zlib import crc32

from names import forms
from names.forms import Form, Part, Role
from names.reading import Asked, Reading
from names.sound import coarse, skeleton

ALGORITHM = 6
"""Version of the keys; stored beside them, and raised when any rule that makes them changes."""

MOST_CANDIDATES = 40
"""Persons to fetch for one tier, those with the most of its keys first."""
MOST_KEYS = 96
MOST_KEYS_A_TIER = 160
_LARGEST = 2**31 - 1
"""Among a million people a key may find somebody else's: one more to weigh, and no match."""
_SHORTEST_FOR_TYPOS = 3
_MOST_CLASSES = 3
_MOST_GUESSES = 6
_MOST_SHARING = 32
"""Слава is short for more than twenty names."""

_Words = tuple[str, ...]


@dataclass(slots=True)
class _Tier:
    """Keys for one look-up, never more than a database answers at once."""

    words: dict[_Words, None] = field(default_factory=dict)

    def take(self, found: Iterable[_Words]) -> None:
        for words in found:
            if len(self.words) == MOST_KEYS_A_TIER:
                return
            self.words[words] = None


class Tiers:
    """Keys to look up, tier by tier; hashed when they are read: mostly the first is enough."""

    def __init__(self, words: Sequence[Iterable[_Words]]) -> None:
        self._words = words

    def __len__(self) -> int:
        return len(self._words)

    def __getitem__(self, at: int) -> tuple[int, ...]:
        return tuple(map(_key, self._words[at]))

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return (self[at] for at in range(len(self)))


def keys_of(names: Iterable[str]) -> frozenset[int]:
    """Return the keys, 31 bits each, under which a person with these written forms is filed."""
    found: dict[_Words, None] = {}
    for name in sorted(names):
        for form in forms.take_apart(name):
            for surname in form.named:
                found.update(dict.fromkeys(_filed(surname, form)))
    return frozenset(map(_key, islice(found, MOST_KEYS)))


def tiers(readings: Sequence[Reading]) -> Tiers:
    """Return the keys of a question, most selective first."""
    exact, bare, regrouped, misspelt = _Tier(), _Tier(), _Tier(), _Tier()
    for reading in readings:
        full = regrouped if reading.whole else exact
        # The surname first: it is no given name, and a tier may be full before its end.
        for surname in sorted(reading.asked, key=lambda asked: asked.is_exact):
            if surname.is_initial:
                continue
            others = [asked for asked in reading.asked if asked is not surname]
            marks = _marks_asked(others)
            letters = [other.letter for other in others if other.is_initial]
            said = list(dict.fromkeys(coarse(stem.sound) for stem in surname.stems))
            bones = list(dict.fromkeys(_bones(stem.sound) for stem in surname.stems))
            full.take(_full(bones, marks, others))
            full.take(("exact", s, mark) for s in said for mark in marks)
            full.take(("initial", b, x) for b in bones for x in letters)
            if not any(_is_said(other) for other in others):
                alone = bare if marks or letters else full
                alone.take(("sound", s) for s in said)
                alone.take(("bones", b) for b in bones)
            if not reading.whole:
                if not any(other.is_exact for other in others):
                    misspelt.take(_misspelt(said))
                misspelt.take(_misspelt_beside(bones, marks))
    return Tiers([tier.words for tier in (exact, bare, regrouped, misspelt) if tier.words])


def _key(words: _Words) -> int:
    return crc32("\0".join(words).encode(), ALGORITHM) & _LARGEST


def _filed(surname: Part, form: Form) -> Iterator[_Words]:
    given = [other for other in form.having(Role.GIVEN) if other is not surname]
    marks = [mark for other in given for mark in _marks(other)]
    letters = sorted({letter for other in given for letter in other.letters})
    fathers = [str(n) for other in form.having(Role.PATRONYMIC) for n in sorted(other.fathers)[:2]]
    stems = [*surname.stems, *(stem for piece in surname.pieces for stem in piece)]
    likely = {_bones(stem.sound) for stem in stems if stem.is_likely}
    for bones in dict.fromkeys(_bones(stem.sound) for stem in stems):
        for mark in marks:
            yield "full", bones, mark
            for father in fathers:
                yield "father", bones, mark, father
        if bones not in likely:
            continue
        yield "bones", bones
        for letter in letters:
            yield "initial", bones, letter
        for less in _shortened(bones):
            for mark in marks:
                yield "full typo", less, mark
    for sound in dict.fromkeys(coarse(stem.sound) for stem in stems if stem.is_likely):
        yield "sound", sound
        for less in _shortened(sound):
            yield "typo", less
        for mark in marks:
            yield "exact", sound, mark


def _marks(given: Part) -> list[str]:
    likeliest = sorted(given.classes, key=given.classes.__getitem__)[:_MOST_CLASSES]
    return [str(number) for number in likeliest] or [skeleton(given.spoken[0])]


def _bones(sound: str) -> str:
    return skeleton(sound) or coarse(sound)


def _shortened(bones: str) -> list[str]:
    if len(bones) < _SHORTEST_FOR_TYPOS:
        return []
    return list(dict.fromkeys(bones[:i] + bones[i + 1 :] for i in range(len(bones))))


def _is_said(other: Asked) -> bool:
    """Tell whether ``other`` is so surely a given name that somebody else's cannot be meant."""
    return other.known and not other.guesses


def _full(bones: Sequence[str], marks: Sequence[str], others: Sequence[Asked]) -> Iterator[_Words]:
    fathers = sorted({str(n) for other in others for n in other.fathers})[:4]
    for b in bones:
        for mark in marks:
            yield "full", b, mark
            for father in fathers:
                yield "father", b, mark, father


def _misspelt_beside(bones: Sequence[str], marks: Sequence[str]) -> Iterator[_Words]:
    for b in bones:
        shorter = _shortened(b)
        for mark in marks:
            yield "full typo", b, mark
            for less in shorter:
                yield "full", less, mark
                yield "full typo", less, mark


def _misspelt(said: Sequence[str]) -> Iterator[_Words]:
    for sound in said:
        yield "typo", sound
        for less in _shortened(sound):
            yield "sound", less
            yield "typo", less


def _marks_asked(others: Sequence[Asked]) -> list[str]:
    found: dict[str, None] = {}
    for asked in others:
        for number in sorted(asked.classes, key=asked.classes.__getitem__)[:_MOST_SHARING]:
            found[str(number)] = None
        if not asked.is_initial and not _is_said(asked):
            for number in sorted(asked.guesses, key=asked.guesses.__getitem__)[:_MOST_GUESSES]:
                found[str(number)] = None
            for sound in asked.spoken:
                found[skeleton(sound)] = None
    return list(found)

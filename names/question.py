"""A question, read: the words that may be a name, in the ways they may be meant."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from names import endings, forms, given, keys, words
from names.endings import Stem
from names.repair import clean, in_cyrillic, is_cyrillic, looks_mistyped, retype, split
from names.sound import sounds
from names.words import Intent

MOST_WORDS = 5
"""Words of a name that are compared; who writes more has written a story, not a name."""
MOST_READINGS = 6
_YEAR = re.compile(r"\b(19[0-9]{2}|20[0-9]{2})\b")
_MISREAD = 0.1
_GLUED = 0.15


@dataclass(frozen=True, slots=True)
class Asked:
    """One word of a question that may belong to a name."""

    text: str
    spoken: tuple[str, ...]
    stems: tuple[Stem, ...]
    classes: Mapping[int, float]
    known: bool
    fatherly: bool
    fathers: frozenset[int]

    @property
    def is_initial(self) -> bool:
        """Whether the word is one letter."""
        return len(self.text) == 1


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the question: its name words, and how far-fetched it is."""

    asked: tuple[Asked, ...]
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks. It never shows its words: a ``repr`` may end in a log."""

    tiers: tuple[tuple[int, ...], ...] = field(repr=False)
    """Keys to look up, most selective first; a later tier only if the earlier ones decide nothing."""
    readings: tuple[Reading, ...] = field(repr=False)
    intent: Intent
    named: bool
    """Whether anything is left that may be a name."""
    born: int | None = field(default=None, repr=False)

    @property
    def keys(self) -> tuple[int, ...]:
        """All keys to look up, most selective first."""
        return tuple(key for tier in self.tiers for key in tier)


def read(text: str, language: str | None = None) -> Question:
    """Read what somebody wrote; never raises, and works on the first 400 characters only."""
    tidy = clean(text)
    found = _YEAR.search(tidy)
    everything = split(tidy)
    readings = _readings(tidy, everything)
    named = any(len(asked.text) > 1 for reading in readings for asked in reading.asked)
    return Question(
        tiers=keys.tiers([reading.asked for reading in readings]) if named else (),
        readings=readings if named else (),
        intent=words.intent(everything),
        named=named,
        born=int(found[1]) if found else None,
    )


def _readings(tidy: str, everything: Sequence[str]) -> tuple[Reading, ...]:
    plain = _name_words(everything)
    found: dict[tuple[str, ...], float] = {}
    _note(found, plain, 0.0)
    if any(is_cyrillic(word) for word in everything):
        _note(found, [in_cyrillic(word) for word in plain], 0.0)
    retyped = _name_words(split(clean(retype(tidy))))
    if retyped and (looks_mistyped(tidy) or (_is_known(retyped) and not _is_known(plain))):
        _note(found, retyped, _MISREAD)
    _note(found, [piece for word in plain for piece in word.split("-")], 0.02)
    for i in range(len(plain) - 1):
        _note(found, [*plain[:i], plain[i] + plain[i + 1], *plain[i + 2 :]], _GLUED)
    for i, word in enumerate(plain):
        for split_word in _come_apart(word):
            _note(found, [*plain[:i], *split_word, *plain[i + 1 :]], _GLUED)
    ways = list(found.items())[:MOST_READINGS]
    return tuple(Reading(tuple(map(_hear, way)), cost) for way, cost in ways)


def _note(found: dict[tuple[str, ...], float], name: Sequence[str], cost: float) -> None:
    if name and len(name) <= MOST_WORDS:
        found.setdefault(tuple(name), cost)


def _is_known(name: Sequence[str]) -> bool:
    return any(given.knows(sounds(word)) for word in name if len(word) > 2)


def _name_words(everything: Sequence[str]) -> list[str]:
    """Return the words that are not part of the question around the name."""
    left = [word for word in everything if any(c.isalpha() for c in word)]
    name = [word for word in left if not words.kinds(word) or _is_initial(word, left)]
    if not any(len(word) > 1 for word in name):
        return []
    if len(name) > MOST_WORDS:
        name = _around_given(name)
    return name


def _is_initial(word: str, left: Sequence[str]) -> bool:
    return len(word) == 1 and word.isupper() and len(left) <= 4


def _around_given(name: list[str]) -> list[str]:
    known = [i for i, word in enumerate(name) if given.knows(sounds(word))]
    middle = known[0] if known else len(name) - 2
    return name[max(0, middle - 1) : middle + MOST_WORDS - 1]


def _come_apart(word: str) -> list[tuple[str, str]]:
    if len(word) < 7 or "-" in word:
        return []
    cuts = []
    for at in range(3, len(word) - 2):
        head, tail = word[:at], word[at:]
        if (
            (given.knows(sounds(head))
            and len(head) > 3)
            or (given.knows(sounds(tail))
            and len(tail) > 3)
        ):
            cuts.append((head, tail))
    return sorted(cuts, key=lambda cut: -max(len(c) for c in cut if given.knows(sounds(c))))[:2]


def _hear(word: str) -> Asked:
    spoken = sounds(word)
    stems: dict[str, Stem] = {}
    for number, sound in enumerate(spoken):
        for stem in endings.asked(sound):
            if number and stem.sound not in stems:
                stem = Stem(stem.sound, stem.gender, stem.cost + 0.02)
            stems.setdefault(stem.sound, stem)
    return Asked(
        word,
        spoken,
        tuple(stems.values()),
        given.classes(spoken) if len(word) > 1 else {},
        given.knows(spoken),
        forms.may_be_patronymic(spoken),
        forms.fathers(spoken),
    )

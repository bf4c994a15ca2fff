"""Question words: which words of a question are not the name, and what they ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from model.questions import Intent

_PLACE = "place"
_STRENGTH = (
    Intent.COUNT, Intent.LATEST, Intent.WHEN, Intent.WRITE, Intent.WHERE, Intent.STATUS
)  # fmt: skip
_SHORTEST_PREFIX = 3


@dataclass(frozen=True, slots=True)
class _Lexicon:
    words: dict[str, frozenset[str]]
    prefixes: dict[str, frozenset[str]]


@cache
def _lexicon() -> _Lexicon:
    words: dict[str, set[str]] = {}
    prefixes: dict[str, set[str]] = {}
    lines = (files("names") / "data" / "words.tsv").read_text("utf-8").splitlines()
    for line in lines[1:]:
        _, kind, listed = line.split("\t")
        for entry in listed.split(","):
            word = entry.strip().lower()
            if word.endswith("*"):
                prefixes.setdefault(word[:-1], set()).add(kind)
            words.setdefault(word.removesuffix("*"), set()).add(kind)
    return _Lexicon(
        {word: frozenset(kinds) for word, kinds in words.items()},
        {prefix: frozenset(kinds) for prefix, kinds in prefixes.items()},
    )


@lru_cache(maxsize=1024)
def kinds(word: str) -> frozenset[str]:
    """Return what ``word`` may be in a question; empty when it is no question word."""
    lexicon = _lexicon()
    word = word.lower()
    found = lexicon.words.get(word, frozenset())
    for length in range(_SHORTEST_PREFIX, len(word) + 1):
        found |= lexicon.prefixes.get(word[:length], frozenset())
    return found


def is_certain(word: str) -> bool:
    """Tell whether ``word`` is a question word itself: one that only begins so may be a name."""
    return word.lower() in _lexicon().words


def is_place(word: str) -> bool:
    """Tell whether ``word`` names a place."""
    return _PLACE in kinds(word)


def intent(words: Sequence[str]) -> Intent:
    """Return what the question made of ``words`` asks for."""
    asked = {kind for word in words for kind in kinds(word)}
    return next((wish for wish in _STRENGTH if wish in asked), Intent.NONE)

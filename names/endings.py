"""Case endings: what is left of a sound without them, and the gender they show."""

from dataclasses import dataclass
from functools import lru_cache

from model.people import Gender
from names.sound import VOWELS

_MALE, _FEMALE = Gender.MALE, Gender.FEMALE
STRIPPED = 0.06
MUTATED = 0.12


@dataclass(frozen=True, slots=True)
class Stem:
    """What a word may be without its ending; ``gender`` is the one the ending shows."""

    sound: str
    gender: Gender | None = None
    cost: float = 0.0


_ENDINGS: tuple[tuple[str, Gender | None], ...] = (
    ("ogo", _MALE), ("aga", _MALE), ("ego", _MALE), ("Aga", _MALE), ("oga", _MALE),
    ("omu", _MALE), ("amu", _MALE), ("emu", _MALE), ("Amu", _MALE),
    ("ovi", _MALE), ("evi", _MALE), ("aus", _MALE), ("Aus", _MALE), ("Uj", _MALE),
    ("im", _MALE), ("om", _MALE), ("em", _MALE), ("am", _MALE), ("Am", _MALE), ("Om", _MALE),
    ("as", _MALE), ("is", _MALE), ("us", _MALE), ("Us", _MALE), ("uj", _MALE), ("es", None),
    ("aA", _FEMALE), ("uU", _FEMALE), ("oU", _FEMALE), ("eU", _FEMALE), ("aU", _FEMALE),
    ("AU", _FEMALE), ("os", _FEMALE), ("Os", _FEMALE), ("oj", _FEMALE), ("aj", _FEMALE),
    ("ej", _FEMALE), ("Aj", _FEMALE), ("oje", _FEMALE), ("oja", None),
    ("a", None), ("o", None), ("e", None), ("i", None), ("u", None),
    ("A", None), ("O", None), ("U", None),
)  # fmt: skip
_BY_LENGTH = sorted(_ENDINGS, key=lambda e: -len(e[0]))
_MUTATIONS = {"c": "k", "z": "g", "s": "x", "Z": "g"}
_OF_LISTED = ("aA", "oj", "a", "o", "e", "i", "u", "A", "O", "U")
_LITHUANIAN = ("Us", "as", "is", "us")


def _is_stem(sound: str) -> bool:
    return len(sound) >= 2 and (len(sound) > 2 or sound[0] in VOWELS or sound[1] not in VOWELS)


@lru_cache(maxsize=8192)
def asked(sound: str) -> tuple[Stem, ...]:
    """Return the stems of a word that may stand in any case; the whole word comes first."""
    found = {sound: Stem(sound)}
    for ending, gender in _BY_LENGTH:
        if not sound.endswith(ending):
            continue
        stem = sound[: -len(ending)]
        if not _is_stem(stem):
            continue
        found.setdefault(stem, Stem(stem, gender, STRIPPED))
        if ending in ("e", "i") and stem[-1] in _MUTATIONS:
            mutated = stem[:-1] + _MUTATIONS[stem[-1]]
            found.setdefault(mutated, Stem(mutated, None, MUTATED))
    return tuple(found.values())


@lru_cache(maxsize=32768)
def listed(sound: str) -> tuple[Stem, ...]:
    """Return the stems of a word in the nominative; the whole word comes first."""
    found = {sound: Stem(sound, _shown(sound))}
    for ending in _OF_LISTED:
        if sound.endswith(ending) and _is_stem(sound[: -len(ending)]):
            found.setdefault(sound[: -len(ending)], Stem(sound[: -len(ending)], _shown(sound)))
            break
    return tuple(found.values())


def _shown(sound: str) -> Gender | None:
    if sound.endswith(("aA", "ova", "eva", "ina", "ska", "cka", "ava", "Ova", "Ava")):
        return _FEMALE
    if sound.endswith(("ov", "ev", "Ov", "av", "Av", "ski", "cki", "skoj", "ckoj")):
        return _MALE
    return None

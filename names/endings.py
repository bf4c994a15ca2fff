"""Case endings: what is left of a sound without them, and the gender they show."""

from dataclasses import dataclass
from functools import lru_cache

from model.people import Gender
from names.sound import VOWELS

STRIPPED = 0.06
MUTATED = 0.12
FLEETING = 0.1
CZECH = 0.295
"""Меркель is Merkelová in Czech: an ending that another name may have of its own."""
SURNAME_ENDING = 0.3
"""Джелял and Джелялов are one man's surname, with and without the Russian ending."""


@dataclass(frozen=True, slots=True)
class Stem:
    """What a word may be without its ending; ``gender`` is the one the ending shows."""

    sound: str
    gender: Gender | None = None
    cost: float = 0.0
    whole: bool = False
    """Nothing was taken off."""

    @property
    def is_likely(self) -> bool:
        """Whether the stem may be the name as others write it, and no guess at it."""
        return self.cost < SURNAME_ENDING


def _endings(gender: Gender | None, sounds: str, cost: float = STRIPPED) -> dict[str, Stem]:
    return {sound: Stem(sound, gender, cost) for sound in sounds.split()}


_OBLIQUE = (
    _endings(
        Gender.MALE, "ogo aga ego Aga oga eho oho omu amu emu Amu ovi evi Ovi im om em am Am Om"
    )
    | _endings(Gender.MALE, "o O as is us Us uj Uj aus Aus avs Avs")
    | _endings(Gender.FEMALE, "aA uU oU eU aU AU AA os Os oj aj ej Aj oje aje")
    | _endings(None, "a e i u A U")
    | _endings(Gender.FEMALE, "ova ove ovu ovoj", CZECH)
    | _endings(None, "s", CZECH)
)
_BY_LENGTH = sorted(_OBLIQUE.values(), key=lambda ending: -len(ending.sound))
_MUTATIONS = {"c": "k", "z": "g", "s": "x", "Z": "g"}
_OF_LISTED = ("aA", "oj", "a", "o", "e", "i", "u", "A", "O", "U", "j")
_SURNAME_ENDINGS = ("ov", "ev", "av", "Ov", "Av")
_FLEETING = frozenset("eoaAO")
_AFTER_FLEETING = frozenset("kcnlr")
_FEMALE = ("aA", "ova", "eva", "ina", "ska", "cka", "ava", "Ova", "Ava")
_MALE = ("ov", "ev", "Ov", "av", "Av", "ski", "cki", "skoj", "ckoj")

WITH_HERS = ("ov", "ev", "Ov", "av", "in")
"""Endings of men's surnames to which women add their own."""


def _is_stem(sound: str) -> bool:
    return len(sound) >= 2 and (len(sound) > 2 or sound[0] in VOWELS or sound[1] not in VOWELS)


@lru_cache(maxsize=2048)
def asked(sound: str) -> tuple[Stem, ...]:
    """Return the stems of a word that may stand in any case; the whole word comes first."""
    found = {sound: Stem(sound, Gender.MALE if sound.endswith(_MALE) else None, whole=True)}
    for ending in _BY_LENGTH:
        stem = sound.removesuffix(ending.sound)
        if stem == sound or not _is_stem(stem):
            continue
        found.setdefault(stem, Stem(stem, ending.gender, ending.cost))
        if ending.sound in {"e", "i"} and stem[-1] in _MUTATIONS:
            mutated = stem[:-1] + _MUTATIONS[stem[-1]]
            found.setdefault(mutated, Stem(mutated, None, MUTATED))
    for likely in list(found.values()):
        _note_without_ending(found, likely)
    return tuple(found.values())


def _note_without_ending(found: dict[str, Stem], stem: Stem) -> None:
    if stem.sound.endswith(_SURNAME_ENDINGS) and len(stem.sound) > 6:
        bare = stem.sound[:-2]
        found.setdefault(bare, Stem(bare, None, stem.cost + SURNAME_ENDING))


@lru_cache(maxsize=4096)
def listed(sound: str) -> tuple[Stem, ...]:
    """Return the stems of a word in the nominative; the whole word comes first."""
    gender = shown(sound)
    found = {sound: Stem(sound, gender, whole=True)}
    for ending in _OF_LISTED:
        stem = sound.removesuffix(ending)
        if stem != sound and _is_stem(stem):
            found.setdefault(stem, Stem(stem, gender))
            break
    if len(sound) > 3 and sound[-2] in _FLEETING and sound[-1] in _AFTER_FLEETING:
        # Чапец, Чапца; Яцек, Яцка: the last vowel is only there in the nominative.
        stem = sound[:-2] + sound[-1]
        found.setdefault(stem, Stem(stem, gender, FLEETING))
    for likely in list(found.values()):
        _note_without_ending(found, likely)
    return tuple(found.values())


def shown(sound: str) -> Gender | None:
    """Return the gender that a surname in the nominative shows."""
    if sound.endswith(_FEMALE):
        return Gender.FEMALE
    return Gender.MALE if sound.endswith(_MALE) else None

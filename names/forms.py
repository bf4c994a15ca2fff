"""A listed name, taken apart: which word is the given name, the patronymic, the surname."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from model.people import Gender
from names import endings, given
from names.endings import Stem
from names.repair import clean, is_belarusian, is_cyrillic, plain, split
from names.sound import coarse, sounds

MOST_PARTS = 6


class Role(StrEnum):
    """What a word is in a name."""

    GIVEN = "given"
    PATRONYMIC = "patronymic"
    SURNAME = "surname"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One word of a listed name."""

    text: str
    spelt: str
    role: Role
    spoken: tuple[str, ...]
    stems: tuple[Stem, ...]
    classes: Mapping[int, float]
    fathers: frozenset[int]
    pieces: tuple[tuple[Stem, ...], ...]
    letters: frozenset[str]
    """The sounds of its initials: Яўген is Е. in Russian, Мікалай is Н."""
    is_foreign: bool
    """Whether no everyday name stands before it: Джелялов may be Джелял, but Новиков no Новик."""
    is_cyrillic: bool
    is_belarusian: bool | None
    """Whether the name is spelt in Belarusian; ``None`` where it does not show."""


@dataclass(frozen=True, slots=True)
class Form:
    """One written form of a person's name."""

    parts: tuple[Part, ...]
    gender: Gender | None
    named: tuple[Part, ...]
    """The surnames; where no given name is known, any word may be one."""

    def having(self, role: Role) -> tuple[Part, ...]:
        """Return the parts with ``role``."""
        return tuple(part for part in self.parts if part.role is role)


_INITIALS = str.maketrans("OhxjTqQ", "eggitsz")
_PATRONYMIC = re.compile(r"(.+?)(?:[ae]vic|[ae]vn|icn|ic)(?:a|u|e|i|am|em|aj|as|us|av|avi)?")
_AS_PATRONYMIC = re.compile(r"(.+?)(?:[ae]vic|[ae]vn|icn|mic|lic)(?:a|u|e|i|am|em|aj|as|us|avi)?")
_UNSTRESSED = {"a": "o", "o": "a"}


def initial(sound: str) -> str:
    """Return the first phone of ``sound``, with those merged that initials confuse."""
    return sound[:1].translate(_INITIALS)


@cache
def _fathers() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for name in given.table():
        if name.gender is Gender.MALE:
            for form in given.spoken_forms(name.number):
                found.setdefault(form.rstrip("aeiu"), set()).add(name.number)
    return {stem: frozenset(numbers) for stem, numbers in found.items()}


@lru_cache(maxsize=2048)
def fathers(spoken: tuple[str, ...]) -> frozenset[int]:
    """Return the classes of the father's name, if a word that sounds so may be a patronymic."""
    found: frozenset[int] = frozenset()
    for sound in spoken:
        match = _PATRONYMIC.fullmatch(coarse(sound))
        if match:
            found |= _fathers().get(match[1].rstrip("aeiu"), frozenset())
    return found


@lru_cache(maxsize=2048)
def may_be_patronymic(spoken: tuple[str, ...]) -> bool:
    """Tell whether a word that sounds so has the ending of a patronymic."""
    return any(_AS_PATRONYMIC.fullmatch(coarse(sound)) for sound in spoken)


@lru_cache(maxsize=2048)
def take_apart(text: str) -> tuple[Form, ...]:
    """Return the forms in the listed name ``text``, taken apart; a slash stands between two."""
    names = [split(name) for name in clean(text).split("/")]
    words = [[word for word in name if len(word) > 1][:MOST_PARTS] for name in names]
    return tuple(_form(name) for name in words if len(name) > 1 or (name and len(words) == 1))


def _form(words: list[str]) -> Form:
    roles = _roles(words)
    is_foreign = not any(
        _is_everyday(w) for w, r in zip(words, roles, strict=True) if r is Role.GIVEN
    )
    tongue = is_belarusian(" ".join(words))
    parts = tuple(
        _part(word, role, is_foreign, tongue) for word, role in zip(words, roles, strict=True)
    )
    known = any(part.classes for part in parts)
    named = tuple(part for part in parts if part.role is Role.SURNAME or not known)
    return Form(parts, _gender(parts), named)


def _roles(words: list[str]) -> list[Role]:
    roles = [Role.SURNAME] * len(words)
    if len(words) < 2:
        return roles
    heard = [sounds(word, wide=False) for word in words]
    known = [i for i, s in enumerate(heard) if given.knows(s)]
    fatherly = {i for i, s in enumerate(heard) if may_be_patronymic(s) or fathers(s)}
    before = [i - 1 for i in sorted(fatherly) if i and len(words) > 2]
    first = ([i for i in before if i in known] or known or before or [0])[0]
    roles[first] = Role.GIVEN
    if first + 1 in fatherly and len(words) > 2:
        roles[first + 1] = Role.PATRONYMIC
    return roles


def _is_everyday(word: str) -> bool:
    """Tell whether ``word`` is a given name with pet forms."""
    return any(given.table()[n].short for n in given.listed(sounds(word, wide=False)))


@lru_cache(maxsize=2048)
def _part(word: str, role: Role, is_foreign: bool, tongue: bool | None) -> Part:
    spoken = sounds(word, wide=False)
    stems = tuple(
        dict.fromkeys(
            stem
            for sound in spoken
            for stem in endings.listed(sound)
            if is_foreign or stem.is_likely
        )
    )
    pieces = tuple(
        tuple(stem for sound in sounds(piece, wide=False) for stem in endings.listed(sound))
        for piece in (word.split("-") if "-" in word else ())
        if len(piece) > 1
    )
    classes = given.listed(spoken) if role is Role.GIVEN else {}
    others = fathers(spoken) if role is Role.PATRONYMIC else classes
    letters = {initial(sound) for sound in spoken}
    if not others:
        # Who is called so may be Андрэй or Омар: nobody knows how others write it.
        letters.update(_UNSTRESSED.get(letter, letter) for letter in tuple(letters))
    letters.update(letter for number in others for letter in given.initials(number))
    return Part(
        word,
        plain(word),
        role,
        spoken,
        stems,
        classes,
        fathers(spoken) if role is Role.PATRONYMIC else frozenset(),
        pieces,
        frozenset(letters),
        is_foreign,
        is_cyrillic(word),
        tongue,
    )


def _gender(parts: tuple[Part, ...]) -> Gender | None:
    for part in parts:
        if part.role is Role.PATRONYMIC:
            return Gender.FEMALE if part.spoken[0].endswith("na") else Gender.MALE
    for part in parts:
        genders = {given.table()[n].gender for n, cost in part.classes.items() if cost < 0.1}
        if len(genders) == 1:
            return genders.pop()
    shown = {endings.shown(part.spoken[0]) for part in parts if part.role is Role.SURNAME}
    return shown.pop() if len(shown) == 1 else None

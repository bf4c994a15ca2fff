"""A reading of a question: the words that may be a name, each with all it may be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from names import endings, forms, given
from names.endings import Stem
from names.given import Case
from names.repair import is_belarusian, is_cyrillic, plain
from names.sound import sounds

_OF_HERS = ("ии", "іі", "ыі", "ії", "iji", "yji")
"""Евгении sounds like Евгений, and is hers in three cases and his in one."""
_OF_HIS = frozenset("йЙ")


@dataclass(frozen=True, slots=True)
class Asked:
    """One word of a question that may belong to a name."""

    text: str
    spelt: str
    spoken: tuple[str, ...]
    stems: tuple[Stem, ...]
    likely: tuple[Stem, ...]
    """Its stems without those for foreign names."""
    classes: Mapping[int, float]
    guesses: Mapping[int, int]
    fatherly: bool
    fathers: frozenset[int]
    is_cyrillic: bool = False
    is_belarusian: bool | None = None
    """Whether its spelling is Belarusian; ``None`` where it does not show."""

    @property
    def known(self) -> bool:
        """Whether the word is, in some case, a given name of the table."""
        return bool(self.classes)

    @property
    def is_given(self) -> bool:
        """Whether the word is a given name as it stands."""
        return given.knows(self.spoken)

    @property
    def is_exact(self) -> bool:
        """Whether the word is just a given name, and no misspelt other."""
        return given.is_exact(self.spoken)

    @property
    def hers(self) -> Case | None:
        """The case in which the word is a woman's given name."""
        if self.text.lower().endswith(_OF_HERS):
            return Case.OBLIQUE
        if self.text[-1:] in _OF_HIS:
            return None
        return given.case_of_hers(self.spoken, is_slavic=self.is_cyrillic)

    @property
    def is_daughters(self) -> bool:
        """Whether the word is the patronymic of a woman, in the nominative."""
        return self.fatherly and self.spoken[0].endswith("na")

    @property
    def is_initial(self) -> bool:
        """Whether the word is one letter."""
        return len(self.text) == 1

    @property
    def letter(self) -> str:
        """The sound of an initial."""
        return forms.initial(self.spoken[0])


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the question: its name words, and how far-fetched it is."""

    asked: tuple[Asked, ...]
    cost: float = 0.0
    whole: bool = False
    """Every word must be part of the name: words were put together or taken apart for it."""
    is_all: bool = False
    """Nothing else was written: a word that fits nowhere is somebody else's name."""
    is_governed: bool = False
    """A preposition stands before it: the name is in no nominative."""
    is_addressed: bool = False
    """Somebody wants to write to this person: the name is in the dative."""


@lru_cache(maxsize=1024)
def hear(word: str) -> Asked:
    """Return ``word`` with all it may be."""
    spoken = sounds(word)
    if len(word) == 1:
        return Asked(word, word.lower(), spoken, (), (), {}, {}, False, frozenset())
    stems: dict[str, Stem] = {}
    for likelihood, sound in enumerate(spoken):
        for stem in endings.asked(sound):
            if stem.sound not in stems:
                stems[stem.sound] = replace(stem, cost=stem.cost + 0.02) if likelihood else stem
    classes = given.listed(sounds(word, wide=False)) | given.asked(spoken)
    fathers = forms.fathers(spoken)
    return Asked(
        word,
        plain(word),
        spoken,
        tuple(stems.values()),
        tuple(stem for stem in stems.values() if stem.is_likely),
        classes,
        {} if given.knows(spoken) else given.guess(spoken),
        bool(fathers) or forms.may_be_patronymic(spoken),
        fathers,
        is_cyrillic(word),
        is_belarusian(word),
    )

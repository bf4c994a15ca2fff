"""A question, read: the words that may be a name, in the ways they may be meant."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from model.questions import Intent
from names import endings, forms, given, keys, words
from names.reading import Reading, hear
from names.repair import clean, in_cyrillic, is_cyrillic, looks_mistyped, retype, split
from names.sound import sounds

MOST_WORDS = 6
"""Words of a name that are compared; who writes more has written a story, not a name."""
MOST_READINGS = 7
_BIRTH_YEAR = re.compile(r"\b(19[0-9]{2}|200[0-9]|201[0-2])\b")
_YEAR_OF = re.compile(r"(?<=\d\d\d\d)[\s-]*[гр]\.?\s?[рн]?\.?(?!\w)", re.IGNORECASE)
# fmt: off
_PREPOSITIONS = frozenset([
    "с", "со", "з", "са", "зі", "із", "о", "об", "обо", "аб", "про", "пра", "щодо", "у", "для",
    "за", "от", "ад", "від", "к", "ко", "да", "по", "пры", "z", "ze", "o", "u", "dla", "od",
    "do", "przy", "su", "apie",
])
# fmt: on
"""Behind them no nominative stands; those that also lead to a place are not among them."""
# fmt: off
_TAKE_OBJECTS = frozenset([
    "ищу", "ищем", "найти", "держат", "посадили", "арестовали", "задержали", "осудили",
    "отпустили", "выпустили", "освободили", "шукаю", "шукаем", "трымаюць", "пасадзілі",
    "арыштавалі", "затрымалі", "асудзілі", "адпусцілі", "выпусцілі", "вызвалілі", "шукаємо",
    "тримають", "затримали", "засудили", "відпустили", "звільнили", "szukam", "szukamy",
    "wypuścili", "wypuszczono", "zwolnili", "zwolniono", "uwolniono", "ieškau", "ieškome",
    "paleido",
])
# fmt: on
"""Whoever is their object stands in no nominative."""
_TO_WHOM = frozenset(["по", "к", "ко", "дали", "далі", "дать", "присудили"])
"""With them a name stands in the dative."""
_RETYPED = 0.1
_APART = 0.02
_LEFT_OUT = 0.12
"""Воля means freedom, and Вольга to those who love her."""
_GLUED = 0.15
_LONGEST_PIECE = 3
_LONGEST_NAME = 3
_SHORTEST_GLUED = 8
_LONGEST_GLUED = 24


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks. It never shows its words: a ``repr`` may end in a log."""

    tiers: keys.Tiers = field(repr=False)
    """Keys to look up, most selective first, until a decision is settled."""
    readings: tuple[Reading, ...] = field(repr=False)
    intent: Intent
    named: bool
    """Whether anything is left that may be a name."""
    born: int | None = field(default=None, repr=False)
    places: tuple[str, ...] = field(default=(), repr=False)
    """Its words that may be a town, a country or a prison, as they stand."""

    @property
    def keys(self) -> tuple[int, ...]:
        """All keys to look up, most selective first."""
        return tuple(key for tier in self.tiers for key in tier)


def read(text: str) -> Question:
    """Read what somebody wrote; never raises, and works on the first 400 characters only."""
    tidy = _YEAR_OF.sub(" ", clean(text))
    year = _BIRTH_YEAR.search(tidy)
    everything = split(tidy)
    readings = _readings(tidy, everything)
    return Question(
        tiers=keys.tiers(readings),
        readings=readings,
        intent=words.intent(everything),
        named=bool(readings),
        born=int(year[1]) if year else None,
        places=tuple(word for word in everything if words.is_place(word)),
    )


class _Ways:
    """The readings found so far, the first way to find one being the likeliest."""

    def __init__(self, everything: Sequence[str], *, is_all: bool) -> None:
        self._is_all = is_all
        said = [word.lower() for word in everything]
        self._is_governed = any(
            word in _TAKE_OBJECTS or (word in _PREPOSITIONS and after and not _is_said(after))
            for word, after in pairwise([*said, ""])
        )
        self._is_addressed = words.intent(everything) is Intent.WRITE or any(
            word in _TO_WHOM for word in said
        )
        self._found: dict[tuple[str, ...], tuple[float, bool]] = {}

    def add(self, name: Sequence[str], cost: float = 0.0, *, whole: bool = False) -> None:
        if any(len(word) > 1 for word in name) and len(name) <= MOST_WORDS:
            self._found.setdefault(tuple(name), (cost, whole))

    def readings(self) -> tuple[Reading, ...]:
        return tuple(
            Reading(
                tuple(hear(word) for word in name),
                cost,
                whole,
                self._is_all,
                self._is_governed,
                self._is_addressed,
            )
            for name, (cost, whole) in list(self._found.items())[:MOST_READINGS]
        )


def _readings(tidy: str, everything: Sequence[str]) -> tuple[Reading, ...]:
    certain, possible = _name_words(everything)
    ways = _Ways(everything, is_all=len(possible) == len(everything) <= _LONGEST_NAME)
    left_out = any(_is_name_part(word) for word in possible if word not in certain)
    ways.add(certain, _LEFT_OUT if left_out else 0.0)
    if len(possible) <= MOST_WORDS - 1:
        ways.add(possible)
    if any(map(is_cyrillic, everything)):
        ways.add([in_cyrillic(word) for word in certain])
    mistyped = looks_mistyped(tidy)
    if possible and (mistyped or not _is_known(possible)):
        retyped, _ = _name_words(split(clean(retype(tidy))))
        if mistyped or _is_known(retyped):
            ways.add(retyped, _RETYPED)
    ways.add([piece for word in possible for piece in word.split("-")], _APART)
    for name in _regrouped(everything, possible):
        ways.add(name, _GLUED, whole=True)
    if possible and len(everything) <= MOST_WORDS:
        # Somebody may be called by a question word: Адвокат, Лист, Суд.
        ways.add([w for w in everything if any(map(str.isalpha, w))], _APART, whole=True)
    return ways.readings()


def _regrouped(everything: Sequence[str], possible: Sequence[str]) -> Iterator[list[str]]:
    """Yield the name with a lost space put back, or with one too many taken out."""
    spelt = [word for word in everything if word.isalpha()]
    for i in range(len(spelt) - 1):
        pair = spelt[i : i + 2]
        broken = [len(word) <= _LONGEST_PIECE or word in possible for word in pair]
        if (
            len(min(pair, key=len)) > 1
            and all(broken)
            and any(w in possible for w in pair)
            and not all(map(_is_name_part, pair))
        ):
            before = [word for word in spelt[:i] if word in possible]
            yield [*before, "".join(pair), *(w for w in spelt[i + 2 :] if w in possible)]
    for i, word in enumerate(possible):
        if not any(map(_is_name_part, possible)):
            for pieces in _pieces(word):
                yield [*possible[:i], *pieces, *possible[i + 1 :]]


def _is_known(name: Sequence[str]) -> bool:
    return any(given.knows(sounds(word)) for word in name if len(word) > 2)


def _is_said(word: str) -> bool:
    """Tell whether ``word`` belongs to the question and not to the name: за что, у турме."""
    return bool(words.kinds(word)) and not given.is_exact(sounds(word))


def _is_name_part(word: str) -> bool:
    spoken = sounds(word)
    return len(word) > 3 and (given.knows(spoken) or forms.may_be_patronymic(spoken))


def _name_words(everything: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words that are surely no question words, and those that may still be names."""
    spelt = [word for word in everything if any(c.isalpha() for c in word)]
    spelt = [w for w, after in pairwise([*spelt, ""]) if len(w) > 1 or not words.is_place(after)]
    either = {w for w in spelt if len(w) == 1 or given.is_exact(sounds(w))}
    said = (word for word in spelt if word not in either and words.is_certain(word))
    asking = not all(map(words.is_place, said))
    # Where nothing is asked, one letter is an initial and no preposition, and Яна no pronoun.
    certain = [w for w in spelt if not words.kinds(w) or (w in either and not asking)]
    possible = [w for w in spelt if w in certain or not words.is_certain(w) or _is_name_part(w)]
    if not any(len(word) > 1 for word in certain):
        bare = [word for word in possible if len(word) > 1 and not words.is_place(word)]
        if bare and not asking:
            return possible, possible
        towns = [word for word in spelt if words.is_place(word) and _may_be_his_surname(word)]
        return towns, towns
    if len(certain) > MOST_WORDS:
        certain = possible = _around_given(certain)
    return certain, possible


def _may_be_his_surname(town: str) -> bool:
    """Tell whether a town is called as a man may be: Борисов."""
    return any(stem.sound.endswith(endings.WITH_HERS) for stem in endings.asked(sounds(town)[0]))


def _around_given(name: list[str]) -> list[str]:
    known = [i for i, word in enumerate(name) if given.knows(sounds(word))]
    middle = known[0] if known else len(name) - 2
    return name[max(0, middle - 1) : middle + 2]


def _pieces(word: str) -> list[tuple[str, str]]:
    """Return the ways to take a given name off a word that was written without its space."""
    if not (_SHORTEST_GLUED <= len(word) <= _LONGEST_GLUED and word.isalpha()):
        return []
    cuts = [
        (max(known, key=len), (word[:at], word[at:]))
        for at in range(3, len(word) - 2)
        if (known := [w for w in (word[:at], word[at:]) if len(w) > 3 and _is_known([w])])
    ]
    return [cut for _, cut in sorted(cuts, key=lambda cut: -len(cut[0]))[:2]]

"""The decision: this one person, which of these, or nobody by that name."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz.distance import OSA

from model.people import Gender, PersonId
from names import endings, forms, words
from names.alignment import Alignment, Pairing
from names.distance import distance
from names.forms import Part
from names.question import Question
from names.reading import Asked
from names.repair import is_latin, plain

MOST_SHOWN = 5
"""Matches to show a reader; the rest are for those who can narrow them down by what they know."""
NEAR_CERTAIN = 0.29
"""The highest cost of a surname that can still be taken for certain."""
CERTAIN_ALONE = 0.2
"""The same without a given name beside it."""
CERTAIN_GIVEN = 0.48
ALMOST_ALIKE = 0.07
WITHIN_REACH = 1.02
"""The highest cost of a person who is offered as one of several."""
WITH_GIVEN = 1.65
"""The same when a given name and a surname fit."""
SHORTEST_BARE = 4
CLEAR_LEAD = 0.4
ALIKE = 0.45


class Verdict(StrEnum):
    """What was found."""

    SURE = "sure"
    CHOICE = "choice"
    NOBODY = "nobody"


class Doubt(StrEnum):
    """Why the best match is not sure."""

    NAMESAKES = "namesakes"
    """Somebody else fits as well."""
    YEAR = "year"
    """Another birth year was asked for."""
    UNEXPLAINED = "unexplained"
    """A word was written that belongs to no name."""
    PART = "part"
    """Too little of the name was written to be sure."""
    SEX = "sex"
    """Somebody fits, but the words may as well be the name of one of the other sex."""
    SPELLING = "spelling"
    """The name is spelt only nearly so."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person the database offers, with every written form of the name."""

    person: PersonId
    forms: tuple[str, ...]
    gender: Gender | None = None
    born: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A person who fits; ``why`` pairs words as asked with words as listed, where they differ."""

    person: PersonId
    score: float
    why: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer to a question, best match first."""

    kind: Verdict
    matches: tuple[Match, ...] = ()
    """Everybody who fits, of those weighed; show ``MOST_SHOWN`` of them at most."""
    doubts: tuple[Doubt, ...] = ()
    """Why it is a choice, even if between one."""
    settled: bool = True
    """Whether later tiers of keys could no longer change the answer."""

    @property
    def more(self) -> bool:
        """Whether more fit than are shown: ask for a birth year, a place or a patronymic."""
        return len(self.matches) > MOST_SHOWN


NOBODY = Decision(Verdict.NOBODY, settled=False)


def decide(question: Question, candidates: Iterable[Candidate]) -> Decision:
    """Weigh ``candidates`` against ``question``."""
    alignment = Alignment(question.readings)
    found: dict[PersonId, tuple[Candidate, Pairing]] = {}
    for candidate in candidates:
        pairing = _best_pairing(alignment, candidate)
        if pairing is not None and _is_within_reach(pairing):
            found[candidate.person] = (candidate, pairing)
    if not found:
        return NOBODY
    ranked = sorted(
        found.values(), key=lambda f: (round(f[1].cost, 2), _unlikeness(f[1]), f[0].person)
    )
    best = ranked[0][1]
    fitting = [f for f in ranked if f[1].cost <= best.cost + ALIKE]
    born = [f for f in fitting if question.born and f[0].born == question.born]
    if len(born) == 1:
        fitting = born + [f for f in fitting if f[0].born is None]
    matches = tuple(
        Match(candidate.person, round(1 / (1 + pairing.cost), 3), _why(pairing))
        for candidate, pairing in fitting
    )
    doubts = tuple(_doubts(question, fitting))
    if not doubts:
        return Decision(Verdict.SURE, matches[:1])
    return Decision(Verdict.CHOICE, matches, doubts, settled=best.cost < NEAR_CERTAIN)


def _doubts(question: Question, fitting: Sequence[tuple[Candidate, Pairing]]) -> Iterator[Doubt]:
    """Yield what speaks against taking the best match for the person who is meant."""
    (first, pairing), *others = fitting
    if others and others[0][1].cost < pairing.cost + CLEAR_LEAD:
        yield Doubt.NAMESAKES
    if question.born and first.born and question.born != first.born:
        yield Doubt.YEAR
    if pairing.may_be_twin:
        yield Doubt.SEX
    if pairing.unexplained:
        yield Doubt.UNEXPLAINED
    elif pairing.bare:
        if not _tells_alone(pairing):
            yield Doubt.PART
    elif pairing.surname > NEAR_CERTAIN or pairing.given > CERTAIN_GIVEN:
        yield Doubt.SPELLING


def _unlikeness(pairing: Pairing) -> float:
    """Return how differently the words are spelt, to rank those who sound alike."""
    return sum(
        OSA.normalized_distance(plain(asked.text), plain(part.text))
        for asked, part in pairing.pairs
    )


def _best_pairing(alignment: Alignment, candidate: Candidate) -> Pairing | None:
    best: Pairing | None = None
    for form in (form for text in candidate.forms for form in forms.take_apart(text)):
        pairing = alignment.best(form, candidate.gender)
        if pairing is not None and (best is None or pairing.cost < best.cost):
            best = pairing
    return best


def _is_within_reach(pairing: Pairing) -> bool:
    if pairing.bare:
        shortest = min(len(asked.text) for asked, _ in pairing.pairs)
        return pairing.cost <= (WITHIN_REACH if shortest > SHORTEST_BARE else NEAR_CERTAIN)
    if pairing.unexplained:
        return pairing.cost <= WITHIN_REACH or pairing.surname + pairing.given <= CERTAIN_GIVEN
    return pairing.cost <= WITH_GIVEN


def _tells_alone(pairing: Pairing) -> bool:
    """Tell whether a surname without a given name is certain, and surely meant as a surname."""
    if len(pairing.pairs) == 1 and words.kinds(pairing.pairs[0][0].text):
        # Понедельник may be his surname, but whoever writes it alone may mean the day.
        return False
    if pairing.whole:
        # ООО Офицеров is a firm, and no Оооофицеров.
        return False
    return pairing.cost <= CERTAIN_ALONE and all(
        _sounds_alike(asked, part)
        and _is_spelt_alike(asked, part)
        and not (asked.is_given or _may_be_other(asked, part))
        for asked, part in pairing.pairs
        if not asked.is_initial
    )


def _sounds_alike(asked: Asked, part: Part) -> bool:
    """Tell whether a word alone is heard just as the surname: казак need not be Козак.

    Only between two languages or alphabets may a vowel be another.
    """
    if (
        endings.shown(asked.spoken[0]) is Gender.MALE
        and endings.shown(part.spoken[0]) is Gender.FEMALE
    ):
        return False
    both = (asked.is_belarusian, part.is_belarusian)
    alike = asked.is_cyrillic is part.is_cyrillic and (None in both or both[0] is both[1])
    stems = [stem.sound for stems in (part.stems, *part.pieces) for stem in stems]
    limit = 0.0 if alike else ALMOST_ALIKE
    return any(distance(a.sound, b, limit) <= limit for a in asked.stems for b in stems)


def _may_be_other(asked: Asked, part: Part) -> bool:
    """Tell whether a word that is spelt otherwise may be a given name, or is so short."""
    if asked.spelt == part.spelt:
        return False
    same_script = is_latin(asked.text) == is_latin(part.text)
    return asked.known or (same_script and len(asked.spelt) <= SHORTEST_BARE)


def _is_spelt_alike(asked: Asked, part: Part) -> bool:
    """Tell whether two Latin words share their stem: Dimitrow alone need not be Dimitrov."""
    if not (is_latin(asked.text) and is_latin(part.text)):
        return True
    return plain(asked.text).startswith(plain(part.text).rstrip("aeiouy"))


def _why(pairing: Pairing) -> tuple[tuple[str, str], ...]:
    return tuple(
        (asked.text, part.text)
        for asked, part in pairing.pairs
        if asked.text.casefold() != part.text.casefold()
    )

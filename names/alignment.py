"""A question laid against one listed name: word to word, with what every pair costs."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from model.people import Gender
from names import given
from names.distance import FAR, distance
from names.endings import Stem
from names.forms import Form, Part, Role, initial
from names.question import Asked, Reading
from names.sound import coarse

INITIAL = 0.12
GENDER = 0.4
PIECE = 0.12
UNEXPLAINED = 0.8
UNCHECKED_FATHER = 0.03
MISSPELT_GIVEN = 0.55
_LETTERS_A_TYPO = 2.6
"""A name may differ by one letter in so many; shorter ones would be other names."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A question laid against one form."""

    cost: float
    surname: float
    given: float
    bare: bool
    """Only a surname was asked for."""
    unexplained: int
    pairs: tuple[tuple[Asked, Part], ...]


def align(readings: Sequence[Reading], form: Form, gender: Gender | None) -> Pairing | None:
    """Return the cheapest way to lay a question against ``form``; ``None`` when none fits."""
    best: Pairing | None = None
    for reading in readings:
        found = _align(reading, form, form.gender or gender)
        if found is not None and (best is None or found.cost < best.cost):
            best = found
    return best


def _align(reading: Reading, form: Form, gender: Gender | None) -> Pairing | None:
    costs = [[_pair(asked, part, gender) for part in form.parts] for asked in reading.asked]
    if not any(
        cost < FAR and part.role is not Role.PATRONYMIC
        for row in costs
        for cost, part in zip(row, form.parts, strict=True)
    ):
        return None
    best: Pairing | None = None
    for choice in _choices(costs, 0, 0):
        found = _weigh(reading, form, costs, choice)
        if found is not None and (best is None or found.cost < best.cost):
            best = found
    return best


def _choices(costs: list[list[float]], row: int, used: int) -> list[tuple[int, ...]]:
    """Return every assignment of words to parts; -1 leaves a word unexplained."""
    if row == len(costs):
        return [()]
    found = [
        (part, *rest)
        for part, cost in enumerate(costs[row])
        if cost < FAR and not used & 1 << part
        for rest in _choices(costs, row + 1, used | 1 << part)
    ]
    found.extend((-1, *rest) for rest in _choices(costs, row + 1, used))
    return found


def _weigh(
    reading: Reading, form: Form, costs: list[list[float]], choice: tuple[int, ...]
) -> Pairing | None:
    taken = {part for part in choice if part >= 0}
    roles = {form.parts[part].role for part in taken}
    if Role.SURNAME not in roles and not _is_nameless(form, taken):
        return None
    surname = given_name = others = 0.0
    unexplained = 0
    for word, part in enumerate(choice):
        asked = reading.asked[word]
        if part < 0:
            cost = _unexplained(asked, form, roles)
            if cost >= FAR:
                return None
            unexplained += cost >= UNEXPLAINED
            others += cost
        elif form.parts[part].role is Role.GIVEN:
            given_name += costs[word][part]
        elif form.parts[part].role is Role.SURNAME:
            surname += costs[word][part]
        else:
            others += costs[word][part]
    bare = Role.GIVEN not in roles and any(p.role is Role.GIVEN for p in form.parts)
    left = sum(part.role is Role.SURNAME and i not in taken for i, part in enumerate(form.parts))
    if all(
        reading.asked[w].is_initial
        for w, p in enumerate(choice)
        if p >= 0 and form.parts[p].role is not Role.GIVEN
    ):
        return None
    total = reading.cost + surname + given_name + others + 0.15 * left
    pairs = tuple((reading.asked[w], form.parts[p]) for w, p in enumerate(choice) if p >= 0)
    return Pairing(total, reading.cost + surname, given_name, bare, unexplained, pairs)


def _is_nameless(form: Form, taken: set[int]) -> bool:
    return bool(taken) and not any(part.classes for part in form.parts) and len(form.parts) > 1


def _unexplained(asked: Asked, form: Form, roles: set[Role]) -> float:
    if asked.fatherly and (Role.GIVEN in roles):
        listed = any(part.role is Role.PATRONYMIC for part in form.parts)
        return FAR if listed and Role.PATRONYMIC not in roles else UNCHECKED_FATHER
    if asked.is_initial and Role.GIVEN in roles:
        listed = any(part.role is Role.PATRONYMIC for part in form.parts)
        return FAR if listed and Role.PATRONYMIC not in roles else UNCHECKED_FATHER
    if asked.is_initial:
        return FAR
    if asked.known and Role.GIVEN not in roles:
        return FAR
    return UNEXPLAINED


def _pair(asked: Asked, part: Part, gender: Gender | None) -> float:
    if part.role is Role.SURNAME:
        return _as_surname(asked, part, gender)
    if asked.is_initial:
        return INITIAL if _is_initial_of(asked, part) else FAR
    if part.role is Role.GIVEN:
        return _as_given(asked, part)
    return _as_patronymic(asked, part)


def _is_initial_of(asked: Asked, part: Part) -> bool:
    letters = {initial(sound) for sound in asked.spoken if sound}
    own = {part.letter}
    own.update(form[:1] for n in part.classes for form in given.spoken_forms(n))
    return bool(letters & own)


def _as_given(asked: Asked, part: Part) -> float:
    common = asked.classes.keys() & part.classes.keys()
    if common:
        return min(asked.classes[n] + part.classes[n] for n in common)
    if asked.known and part.classes:
        return FAR
    own = min(distance(a.sound, b.sound, 1.1) + a.cost for a in asked.stems for b in part.stems)
    if own < 0.3 and not part.classes:
        return own
    return _misspelt(asked, part) if own >= FAR else max(own, 0.2)


def _misspelt(asked: Asked, part: Part) -> float:
    forms = {coarse(sound) for sound in part.spoken}
    for number in part.classes:
        forms.update(given.spoken_forms(number))
    best = FAR
    for stem in asked.stems:
        sound = coarse(stem.sound)
        allowed = min(2, int(len(sound) / _LETTERS_A_TYPO))
        if allowed:
            for form in forms:
                apart = OSA.distance(sound, form, score_cutoff=allowed)
                if apart <= allowed:
                    best = min(best, MISSPELT_GIVEN + 0.35 * (apart - 1))
    return best


def _as_patronymic(asked: Asked, part: Part) -> float:
    if not asked.fatherly:
        return FAR
    if asked.fathers & part.fathers:
        return 0.0
    apart = min(
        OSA.distance(coarse(a.sound), coarse(b.sound), score_cutoff=3)
        for a in asked.stems
        for b in part.stems
    )
    return 0.05 * apart if apart <= 2 else FAR


def _as_surname(asked: Asked, part: Part, gender: Gender | None) -> float:
    if asked.is_initial:
        return INITIAL if _is_initial_of(asked, part) else FAR
    best = _nearest(asked.stems, part.stems, gender, FAR)
    for piece in part.pieces:
        best = min(best, PIECE + _nearest(asked.stems, piece, gender, best))
    return best


def _nearest(
    asked: Sequence[Stem], listed: Sequence[Stem], gender: Gender | None, best: float
) -> float:
    for a in asked:
        wrong = GENDER if a.gender and gender and a.gender is not gender else 0.0
        rough = coarse(a.sound)
        allowed = min(2.4, len(rough) / _LETTERS_A_TYPO)
        for b in listed:
            if a.cost + wrong >= best:
                break
            if OSA.distance(rough, coarse(b.sound), score_cutoff=3) > 3:
                continue
            apart = distance(a.sound, b.sound) + a.cost
            if apart <= allowed:
                best = min(best, apart + wrong)
    return best

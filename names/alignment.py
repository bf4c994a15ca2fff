"""A question laid against one listed name: word to word, with what every pair costs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from model.people import Gender
from names import endings, given
from names.distance import FAR, distance
from names.endings import FLEETING, Stem
from names.forms import Form, Part, Role
from names.given import Case
from names.reading import Asked, Reading
from names.sound import VOWELS, coarse

INITIAL = 0.1
OTHER_GENDER = 0.4
UNENDED = 0.3
"""Нурдзінаў for Нурдзінава: as it stands, a name ends otherwise."""
PIECE = 0.12
TWO_SHORT = 0.4
UNEXPLAINED = 0.85
UNASKED = 0.2
UNCHECKED = 0.45
"""A patronymic or second initial was asked for and none is listed."""
MISSPELT_GIVEN = 0.5
A_LETTER_MORE = 0.35
SHORTEST_MISSPELT = 5
A_LETTER_APART = 0.25
"""In a patronymic whose father the table does not know."""
A_TYPO = 1.1
SHORTEST_TWICE_MISSPELT = 9
AS_IT_STANDS = 0.03
GIVEN_AS_SURNAME = 0.2
RESEMBLING = 0.5
REGROUPED = 0.3
"""Words that were put together or taken apart must then fit."""
ENOUGH = 0.5
"""Words are only put together or taken apart where they mean little as they are."""
_ROUNDING = 1e-6
_NO_SUMS = dict.fromkeys(Role, 0.0)


@dataclass(frozen=True, slots=True)
class Pairing:
    """A question laid against one form."""

    cost: float
    surname: float
    given: float
    bare: bool
    """Only a surname was asked for."""
    unexplained: int
    whole: bool
    """Words were put together or taken apart for it."""
    may_be_twin: bool
    """The words may as well be the name of somebody of the other sex."""
    pairs: tuple[tuple[Asked, Part], ...]


@dataclass(slots=True)
class Alignment:
    """Lays one question against many forms, and remembers what each pair of words costs."""

    readings: Sequence[Reading]
    _costs: dict[tuple[int, Part, Gender | None], float] = field(default_factory=dict)

    def best(self, form: Form, gender: Gender | None) -> Pairing | None:
        """Return the cheapest way to lay the question against ``form``; ``None`` if none fits."""
        best: Pairing | None = None
        gender = form.gender or gender
        named = form.named
        for reading in self.readings:
            if best is not None and best.cost <= (ENOUGH if reading.whole else reading.cost):
                continue
            # Most candidates fall here: nothing that was asked for sounds like their surname.
            if all(
                self._cost(asked, part, gender) >= FAR for part in named for asked in reading.asked
            ):
                continue
            costs = [
                [self._cost(asked, part, gender) for part in form.parts] for asked in reading.asked
            ]
            for choice in _choices(costs):
                if best is not None and _at_least(costs, choice) > best.cost + _ROUNDING:
                    continue
                found = _weigh(reading, form, costs, choice)
                if found is not None and (best is None or found.cost < best.cost):
                    best = found
        return best

    def _cost(self, asked: Asked, part: Part, gender: Gender | None) -> float:
        key = (id(asked), part, gender)
        if key not in self._costs:
            self._costs[key] = _cost(asked, part, gender)
        return self._costs[key]


def _choices(costs: list[list[float]], row: int = 0, used: int = 0) -> list[tuple[int, ...]]:
    """Return every assignment of words to parts; -1 leaves a word unexplained."""
    if row == len(costs):
        return [()]
    found = [
        (part, *rest)
        for part, cost in enumerate(costs[row])
        if cost < FAR and not used & 1 << part
        for rest in _choices(costs, row + 1, used | 1 << part)
    ]
    if row - used.bit_count() < 2:
        found.extend((-1, *rest) for rest in _choices(costs, row + 1, used))
    return found


def _at_least(costs: list[list[float]], choice: tuple[int, ...]) -> float:
    """Return what ``choice`` costs whatever else there is to say against it."""
    return sum(
        [row[part] if part >= 0 else UNCHECKED for row, part in zip(costs, choice, strict=True)]
    )


def _weigh(
    reading: Reading, form: Form, costs: list[list[float]], choice: tuple[int, ...]
) -> Pairing | None:
    """Return what ``choice`` costs; ``None`` when it contradicts the question."""
    taken = [
        (asked, form.parts[part], row[part])
        for asked, row, part in zip(reading.asked, costs, choice, strict=True)
        if part >= 0
    ]
    left = [asked for asked, part in zip(reading.asked, choice, strict=True) if part < 0]
    if not _says_who(taken, form) or _is_out_of_order(reading, form, choice):
        return None
    sums = _NO_SUMS.copy()
    for _, part, cost in taken:
        sums[part.role] += cost
    roles = {part.role for _, part, _ in taken}
    if Role.PATRONYMIC in roles and Role.GIVEN not in roles:
        return None
    rest = [_unexplained(asked, reading, form, roles) for asked in left]
    unexplained = sum(cost >= UNEXPLAINED for cost in rest)
    if FAR in rest or (unexplained and (reading.whole or Role.SURNAME not in roles)):
        return None
    if reading.whole and sums[Role.SURNAME] > REGROUPED:
        return None
    doubtful = unexplained or Role.GIVEN not in roles or sums[Role.GIVEN] >= MISSPELT_GIVEN
    if doubtful and any(
        part.role is Role.SURNAME and asked.is_given and (unexplained or cost > AS_IT_STANDS)
        for asked, part, cost in taken
    ):
        # Барыс may be somebody's surname, but not that of somebody called otherwise.
        return None
    missed = len(form.having(Role.SURNAME)) - sum(p.role is Role.SURNAME for _, p, _ in taken)
    surname = reading.cost + sums[Role.SURNAME] + UNASKED * missed
    before = sums[Role.GIVEN] + sums[Role.PATRONYMIC]
    return Pairing(
        cost=surname + before + sum(rest),
        surname=surname,
        given=before,
        bare=Role.GIVEN not in roles or Role.SURNAME not in roles,
        unexplained=unexplained,
        whole=reading.whole,
        may_be_twin=(form.gender is Gender.MALE and _may_be_hers(reading, taken))
        or (form.gender is Gender.FEMALE and _may_be_his(reading, taken)),
        pairs=tuple((asked, part) for asked, part, _ in taken),
    )


def _may_be_hers(reading: Reading, taken: Sequence[tuple[Asked, Part, float]]) -> bool:
    """Tell whether what fits a man in another case may as well be a woman's name.

    Александра Новик is her nominative and his genitive, Евгению Попову her accusative and his
    dative; but Александра Новика can only be his.
    """
    if any(part.role is Role.PATRONYMIC and not asked.is_daughters for asked, part, _ in taken):
        return False
    names = [asked for asked, part, _ in taken if part.role is Role.GIVEN]
    if not reading.is_governed and any(asked.is_exact for asked in names):
        # Саша Попова is no Саша Попов.
        surnames = [asked for asked, part, _ in taken if part.role is Role.SURNAME]
        if any(endings.shown(asked.spoken[0]) is Gender.FEMALE for asked in surnames):
            return True
    cases = {asked.hers for asked in names} - {None}
    if reading.is_governed:
        cases -= {Case.NOMINATIVE}
    if reading.is_addressed:
        cases -= {Case.ACCUSATIVE}
    return bool(cases) and not any(
        _is_only_his(asked, part) for asked, part, _ in taken if part.role is Role.SURNAME
    )


def _may_be_his(reading: Reading, taken: Sequence[tuple[Asked, Part, float]]) -> bool:
    """Tell whether what fits a woman may as well be a man's name in another case.

    Яўгену Лагуновічу is his dative; про Аляксандра Маркіна can only be said of him.
    """
    if reading.is_governed and any(
        part.role is Role.GIVEN
        and asked.hers is Case.NOMINATIVE
        and asked.text.lower().endswith(("а", "я", "a"))
        and not given.listed(asked.spoken).keys().isdisjoint(part.classes)
        and any(given.table()[n].gender is Gender.MALE for n in asked.classes)
        for asked, part, _ in taken
    ):
        return True
    return any(
        part.role is Role.SURNAME and _is_only_his(asked, part) and not _ends_in_vowel(part)
        for asked, part, _ in taken
    )


def _ends_in_vowel(part: Part) -> bool:
    return part.spoken[0][-1] in VOWELS


def _is_only_his(asked: Asked, part: Part) -> bool:
    """Tell whether a surname stands in a case that only men have."""
    meant = {coarse(stem.sound) for stem in part.stems}
    stem = next((stem for stem in asked.stems if coarse(stem.sound) in meant), None)
    if stem is None or stem.gender:
        return stem is not None and stem.gender is Gender.MALE and not stem.whole
    if stem.whole or _ends_in_vowel(part):
        return False
    # Women's surnames in a consonant stay as they are, but for those that take an ending:
    # Попове is his alone, Попова and Попову may be hers.
    return not part.spoken[0].endswith(endings.WITH_HERS) or asked.spoken[0][-1] not in "auAU"


def _says_who(taken: Sequence[tuple[Asked, Part, float]], form: Form) -> bool:
    """Tell whether a word that names a person is spelt out."""
    return any(part in form.named and not asked.is_initial for asked, part, _ in taken)


def _is_out_of_order(reading: Reading, form: Form, choice: tuple[int, ...]) -> bool:
    """Tell whether another initial stands before that of the given name."""
    initials = [
        part >= 0 and form.parts[part].role is Role.GIVEN
        for asked, part in zip(reading.asked, choice, strict=True)
        if asked.is_initial
    ]
    return True in initials[1:]


def _unexplained(asked: Asked, reading: Reading, form: Form, roles: set[Role]) -> float:
    if asked.is_initial or (asked.fatherly and Role.GIVEN in roles):
        if Role.GIVEN not in roles:
            return FAR
        if form.having(Role.PATRONYMIC) and Role.PATRONYMIC not in roles:
            return FAR
        if form.gender is Gender.MALE and asked.is_daughters:
            return FAR
        sure = asked.is_initial or asked.fathers or not reading.cost
        return UNCHECKED if sure else UNEXPLAINED
    if Role.GIVEN not in roles and (asked.known or not _may_be_given(asked, reading, form)):
        return FAR
    return UNEXPLAINED


def _may_be_given(asked: Asked, reading: Reading, form: Form) -> bool:
    """Tell whether a word beside a surname may be badly written for the given name of ``form``.

    Among question words it may be one of them that we do not know.
    """
    sound = coarse(asked.spoken[0])
    return not reading.is_all or any(
        OSA.normalized_similarity(sound, own) >= RESEMBLING
        for part in form.having(Role.GIVEN)
        for own in (coarse(part.spoken[0]), *_own_forms(part))
    )


def _own_forms(part: Part) -> Iterator[str]:
    for number in part.classes:
        yield from given.spoken_forms(number)


def _cost(asked: Asked, part: Part, gender: Gender | None) -> float:
    if asked.is_initial:
        return INITIAL if asked.letter in part.letters else FAR
    if part.role is Role.SURNAME:
        return _as_surname(asked, part, gender)
    if part.role is Role.GIVEN:
        return _as_given(asked, part)
    return _as_patronymic(asked, part)


def _as_given(asked: Asked, part: Part) -> float:
    if not set(asked.spoken).isdisjoint(part.spoken):
        return 0.0
    common = asked.classes.keys() & part.classes.keys()
    kinship = _kinship(asked, part)
    if common:
        cost = min(_as_one(asked.classes[n], part.classes[n]) for n in common)
        return cost if cost < TWO_SHORT else _nearest(asked.stems, part.stems, None, cost, kinship)
    guessed = asked.guesses.keys() & part.classes.keys()
    if guessed:
        return MISSPELT_GIVEN + A_LETTER_MORE * (min(asked.guesses[n] for n in guessed) - 1)
    if asked.is_exact and part.classes:
        return FAR
    slipped = _slipped(asked, part, FAR)
    misspelt = slipped if slipped == FAR else MISSPELT_GIVEN * slipped / SLIP
    if asked.known and part.classes:
        return misspelt
    return _nearest(asked.stems, part.stems, None, misspelt, kinship)


def _as_one(asked: float, listed: float) -> float:
    """Return what two forms of one class cost; two short ones seldom stand for one another."""
    return asked + listed + (TWO_SHORT if min(asked, listed) >= given.SHORT else 0.0)


def _as_patronymic(asked: Asked, part: Part) -> float:
    if not asked.fatherly:
        return FAR
    if asked.fathers & part.fathers:
        return 0.0
    if asked.fathers and part.fathers:
        # Мікалаевіч sounds nearly like Михайлович, and is another's child.
        return FAR
    apart = min(
        OSA.distance(coarse(a.sound), coarse(b.sound), score_cutoff=2)
        for a in asked.stems
        for b in part.stems
    )
    return A_LETTER_APART * apart if apart <= 2 else FAR


def _as_surname(asked: Asked, part: Part, gender: Gender | None) -> float:
    stems = asked.stems if part.is_foreign else asked.likely
    kinship = _kinship(asked, part)
    best = _nearest(stems, part.stems, gender, FAR, kinship)
    for piece in part.pieces:
        best = min(best, PIECE + _nearest(stems, piece, gender, best, kinship))
    best = _slipped(asked, part, best)
    if (asked.is_given and best > GIVEN_AS_SURNAME) or (asked.fathers and best > A_TYPO):
        return FAR
    return best


SLIP = 0.75
"""A letter lost, doubled, swapped or hit beside, where the alphabet is the same."""


def _slipped(asked: Asked, part: Part, best: float) -> float:
    """Return what it costs to take ``asked`` for a hasty ``part``, if less than ``best``."""
    typed, meant = asked.spelt, part.spelt
    if best <= SLIP or typed[:1] != meant[:1] or len(meant) < 4:
        return best
    most = 1 if len(meant) < 8 else 2
    slips = OSA.distance(typed, meant, score_cutoff=most)
    return min(best, SLIP * slips) if slips <= most else best


def _reach(rough: str) -> float:
    """Return how far a surname may be from what was asked: a letter, two in a long one."""
    if len(rough) < SHORTEST_MISSPELT:
        return 0.6
    return A_TYPO if len(rough) < SHORTEST_TWICE_MISSPELT else 1.6


def _kinship(asked: Asked, part: Part) -> tuple[bool, bool]:
    """Return whether two words may be of two languages, and whether one is in Latin letters."""
    both = (asked.is_belarusian, part.is_belarusian)
    return None in both or both[0] is not both[1], not (asked.is_cyrillic and part.is_cyrillic)


def _nearest(
    asked: Sequence[Stem],
    listed: Sequence[Stem],
    gender: Gender | None,
    best: float,
    kinship: tuple[bool, bool],
) -> float:
    """Return what the cheapest pair of stems costs, ``best`` if none is cheaper."""
    for a in asked:
        if a.cost >= best:
            continue
        rough = coarse(a.sound)
        wrong = OTHER_GENDER if a.gender and gender and a.gender is not gender else 0.0
        for b in listed:
            fixed = a.cost + b.cost + (0.0 if a.whole and b.whole else wrong)
            if a.whole and not b.whole and b.cost < FLEETING:
                fixed += UNENDED
            if fixed >= best or OSA.distance(rough, coarse(b.sound), score_cutoff=2) > 2:
                continue
            near = _reach(rough) if a.is_likely and b.is_likely else 0.15
            best = min(best, fixed + distance(a.sound, b.sound, near, *kinship))
    return best

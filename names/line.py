"""One line of an editor's list: a name with numbering, a birth year or a note around it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from names import given
from names.endings import shown
from names.forms import Role, take_apart
from names.question import Question, read
from names.repair import clean, looks_mistyped
from names.sound import sounds

_BULLET = re.compile(r"[^\w(\[]+")
_NUMBERING = re.compile(r"(?:No\s*|[(\[])?\d{1,4}\s*(?:[.,)\]:\-]+\s*|\s+)(?=\D)")
_NOTE = re.compile(r"[(\[]([^)\]]*)[)\]]?")
_SECOND_SPELLING = r"\s+/\s+"
_OUTSIDE = r"(?![^(\[]*[)\]])"
_BETWEEN = rf"(?:\s+-\s+|\s*[,;|]\s*|:(?=\s|$)){_OUTSIDE}"
_AND = rf"\s+(?:и|і|й|ды|та|i|oraz|ir|bei|und|and|&)\s+{_OUTSIDE}"
_AND_OTHERS = re.compile(
    r"[\s,;]+(?:(?:и|і|ды|та|i|ir|und|and)\s+)?"
    r"(?:(?:др|інш|ін|u)\.|другие|іншыя|інші|inni|kiti|andere|others|et al\.?|etc\.?)\W*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_EMPTY = re.compile(r"[(\[]\s*[)\]]")
_SIGNS = re.compile(r"[^\w\s]")
_END = re.compile(r"(?<=\w\w)\.+$")

# Whoever is in prison was born before 2013; later years are those of arrests and sentences.
_YEAR = r"(?<!\d)(?P<{}>19[0-9]{{2}}|200[0-9]|201[0-2])(?!\d)"
_DAY = r"(?:\d{1,2}[./]\d{1,2}[./])?"
_OF_YEARS = r"(?:\s?(?:года|год|году|року|рік|roku|[гр]\.|r\.|m\.))?"
_BORN = re.compile(
    r"(?<!\w)(?:born|b\.|нар\w*|н\.|род\w*|рожд\w*|ur\w*|geb\w*|gim\w*|\*|[гд]\s?[./]?\s?[рн])"
    rf"(?:\s+(?:in|am|ў|у|в|w))?[\s.:]*{_DAY}{_YEAR.format('after')}{_OF_YEARS}"
    rf"|{_DAY}{_YEAR.format('before')}{_OF_YEARS}"
    r"\s*[гр]?[\s./]*(?:[рн]\b\.?|рожд\w*|народж?\w*|нарадж\w*|gim\w*|ur\b\.?)",
    re.IGNORECASE,
)
_ANY_YEAR = re.compile(rf"{_DAY}{_YEAR.format('year')}{_OF_YEARS}", re.IGNORECASE)
_AGE = re.compile(
    r"(?<!\d)(?P<age>[1-9]\d)(?:\s?-?(?:лет|год\w*|гад\w*|рок\w*|рік|lat\w*|met\w*|jahre?|"
    r"years?(?:\s+old)?)\b|(?=\s*(?:[,;)\]]|$)))",
    re.IGNORECASE,
)
_TELLING = 5
"""Sounds of a word that is hardly like a given name by chance."""
# Lists tell the years of a sentence in the same words; there are never more of them.
_YOUNGEST = 26


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list, read. Who has an ``age`` was born so many years ago, or one more."""

    name: str = field(repr=False)
    question: Question = field(repr=False)
    born: int | None
    age: int | None = None

    @property
    def is_part(self) -> bool:
        """Whether less than two names, or a surname and two initials, are written."""
        words = _WORD.findall(self.name)
        return len(words) < 3 and sum(len(word) > 1 for word in words) < 2


def read_line(text: str) -> Line:
    """Read one line of a list."""
    bare = _bare(text)
    born, age = _born(bare), _age(bare)
    name = _END.sub("", " ".join(_name(bare).split()).strip(" ,;*"))
    return Line(name, replace(read(name), born=born), born, age)


def fits_as_it_stands(line: Line, listed: Iterable[str]) -> bool:
    """Tell whether a line may mean who is listed so, if it is no other case of the name.

    Questions are asked in all cases; in a list Бабенко Александра is a woman.
    """
    words = [sounds(word) for word in _WORD.findall(line.name) if len(word) > 1]
    found = [form for text in listed for form in take_apart(text)]
    fore = {number for form in found for part in form.parts for number in part.classes}
    named = [given.listed(spoken).keys() for spoken in words if given.knows(spoken)]
    if fore and named and not any(classes & fore for classes in named):
        return False
    # Саша Иванова is not Александр Иванов.
    genders = {shown(part.spoken[0]) for form in found for part in form.having(Role.SURNAME)}
    asked = {shown(spoken[0]) for spoken in words if not given.knows(spoken)} - {None}
    return None in genders or not asked or not genders or bool(asked & genders)


def part_line(text: str) -> tuple[str, ...]:
    """Return the lines that a line with several whole names should have been."""
    named = re.split(f"{_BETWEEN}|{_AND}", _bare(text))
    if len(named) < 2 or not all(map(is_whole_name, named)):
        return (text,)
    return tuple(piece.strip() for piece in named)


def is_whole_name(text: str) -> bool:
    """Tell whether ``text`` is somebody's name and nothing else, notes in brackets aside."""
    words = _WORD.findall(_NOTE.sub(" ", clean(text)))
    # Radio Svoboda is no name, though Радзя is.
    return (
        1 < len(words) < 5
        and all(word[0].isupper() for word in words)
        and any(len(word) == 1 or _is_plainly_given(word) for word in words)
    )


def _bare(text: str) -> str:
    """Return what stands behind the number or bullet of a line."""
    tidy = clean(text.replace("\t", ", "))
    for start in (_BULLET, _NUMBERING):
        if found := start.match(tidy):
            tidy = tidy[found.end() :]
    return _AND_OTHERS.sub("", tidy)


def _name(bare: str) -> str:
    for pattern in (_BORN, _ANY_YEAR, _AGE):
        bare = pattern.sub(" ", bare)
    if looks_mistyped(_SIGNS.sub("", bare)) and not _has_given(_WORD.findall(bare)):
        # On the other keyboard layout its signs are letters.
        return _EMPTY.sub(" ", bare)
    name, *rest = re.split(f"{_BETWEEN}|{_SECOND_SPELLING}", _NOTE.sub(" ", bare))
    for piece in rest:
        if _is_note(piece, name):
            break
        name = f"{name} {piece}"
    return name


def _is_note(piece: str, name: str) -> bool:
    """Tell whether ``piece`` is no more of a name, but says something else of who bears it."""
    words = _WORD.findall(name)
    return len(words) > 1 and (_has_given(words) or piece[:1].islower())


def _has_given(words: Sequence[str]) -> bool:
    return any(len(word) == 1 or given.knows(sounds(word)) for word in words)


def _is_plainly_given(word: str) -> bool:
    for sound in sounds(word, wide=False):
        costs = given.listed((sound,)).values()
        if costs and min(costs) < (given.SHORT if len(sound) >= _TELLING else given.MERGED):
            return True
    return False


def _born(text: str) -> int | None:
    if marked := _BORN.search(text):
        return int(marked["after"] or marked["before"])
    year = _ANY_YEAR.search(text)
    return int(year["year"]) if year else None


def _age(text: str) -> int | None:
    ages = [int(found["age"]) for found in _AGE.finditer(text)]
    return next((age for age in ages if age >= _YOUNGEST), None)

"""One line of an editor's list: a name with numbering, a birth year or a note around it."""

import re
from dataclasses import dataclass, field, replace

from names.question import Question, read
from names.repair import clean

_NUMBERING = re.compile(
    r"^\s*(?:No\s*)?\d{1,4}\s*[.)\]:\-]*\s+|^\s*\d{1,4}[.)\]:]\s*|^\s*[-*•·–—]\s+"
)
_NOTE = re.compile(r"[(\[]([^)\]]*)[)\]]?")
_YEAR = re.compile(r"\b(19[0-9]{2}|20[01][0-9])\b")
_AFTER = re.compile(r"\s[-–—]\s|[;:|\t]|,\s*(?=\d)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list, read."""

    name: str = field(repr=False)
    question: Question = field(repr=False)
    born: int | None
    note: str = field(repr=False)


def read_line(text: str) -> Line:
    """Read one line of a list."""
    tidy = clean(text)
    bare = _NUMBERING.sub("", tidy, count=1)
    notes = [note.strip() for note in _NOTE.findall(bare) if note.strip()]
    name = _NOTE.sub(" ", bare)
    cut = _AFTER.search(name)
    if cut and any(c.isalpha() for c in name[: cut.start()]):
        notes.append(name[cut.end() :].strip())
        name = name[: cut.start()]
    years = _YEAR.findall(" ".join([name, *notes]))
    name = " ".join(_YEAR.sub(" ", name).split()).strip(" ,;.")
    born = int(years[0]) if years else None
    return Line(name, replace(read(name), born=born), born, "; ".join(filter(None, notes)))

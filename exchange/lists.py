"""Lists of freed people as editors paste them: a text or a small file becomes facts and names.

A list is read line by line. Every line is one of

    2025-12-13 · 13.12.2025 · 13 December 2025     the date of the release
    123 https://…  ·  100+ Radio Svoboda            how many, and who says so
    Radio Svoboda https://…  ·  https://…           a source
    Lithuania, Vilnius:                             the place of those who follow
    Women:                                          nothing
    Maria Kalesnikava  ·  1. Maria Kalesnikava      a name

Numbers before the first place belong to the release, numbers after a place to those brought
there. Below a name, and where it is 1, a number only counts the lines, unless an address follows;
and an address beside a whole name in a list is about that person, no source.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from urllib.parse import urlsplit

from babel import Locale
from babel.dates import get_month_names

from model.dates import PartialDate, Precision
from model.errors import Fault, Unreadable
from model.people import Source
from model.releases import Count

LINES_AT_MOST = 2000
LINE_AT_MOST = 200
ADDRESS_AT_MOST = 1000
BYTES_AT_MOST = 1_000_000

_URL = re.compile(r"https?://\S+")
_COUNT = re.compile(r"(?P<more>[>≥] ?)?(?P<number>[1-9][0-9]{0,5})(?P<plus> ?\+)? (?P<who>\S.*)")
_ISO = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_DAY = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})")
# "13 December 2025", "13. Dezember 2025", "2025 m. gruodžio 13 d." – and the month alone.
_WORDS = (
    re.compile(r"(?:(?P<day>[0-9]{1,2})\.? )?(?P<month>[^\W\d_]+) (?P<year>[0-9]{4})\D{0,5}"),
    re.compile(r"(?P<year>[0-9]{4}) m\. (?P<month>[^\W\d_]+)(?: (?P<day>[0-9]{1,2}) d\.)?"),
)
_BULLET = re.compile(r"(?:[-–—•*·●▪→✓✔]\s+|[0-9]{1,4}(?:[.)]\s*|\t|\s{2,}))")
_NUMBER = re.compile(r"\A[0-9]{1,4}\s+")
# Control characters and halves of characters can be neither shown nor stored, and those that
# turn the direction of writing would turn the words beside the name as well.
_HARMFUL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e"
    r"\u2066-\u2069\ud800-\udfff]"
)
_WORD = re.compile(r"[^\W\d_]+")
_JOINTS = " \t:;,–—-|·"
# Headings that say of whom a part of the list is, and not where they are.
_OF_WHOM = frozenset(
    (
        "жанчыны", "мужчыны", "замежнікі", "женщины", "мужчины", "иностранцы", "women", "men",
        "foreigners", "жінки", "чоловіки", "іноземці", "kobiety", "mężczyźni", "cudzoziemcy",
        "moterys", "vyrai", "užsieniečiai", "frauen", "männer", "ausländer",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastedName:
    """A name without its number or bullet, and the whole line as it was ``written``."""

    text: str
    written: str


@dataclass(frozen=True, slots=True)
class PastedGroup:
    """Those brought to one place. Without a heading both ``country`` and ``place`` are empty."""

    country: str = ""
    place: str = ""
    counts: tuple[Count, ...] = ()
    names: tuple[PastedName, ...] = ()


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a list says. Every source of a number is among ``sources``, too."""

    on: PartialDate | None = None
    sources: tuple[Source, ...] = ()
    counts: tuple[Count, ...] = ()
    groups: tuple[PastedGroup, ...] = ()

    @property
    def names(self) -> tuple[PastedName, ...]:
        """All names of the list, group by group."""
        return tuple(name for group in self.groups for name in group.names)


@dataclass(slots=True)
class _Place:
    country: str = ""
    place: str = ""
    counts: list[Count] = field(default_factory=list)
    names: list[PastedName] = field(default_factory=list)


def parse(
    text: str, languages: Sequence[str], is_name: Callable[[str], bool] = lambda _: False
) -> Pasted:
    """Read a pasted list; countries and months may be named in any of ``languages``.

    ``is_name`` tells a whole name from who says how many, where both may stand.

    Raises:
        Unreadable: there are too many lines, one is too long, or a date does not exist.
    """
    lines = text.splitlines()
    if len(lines) > LINES_AT_MOST:
        raise Unreadable(Fault.TOO_MANY_LINES, limit=LINES_AT_MOST)
    on: PartialDate | None = None
    sources: dict[Source, None] = {}
    places: dict[tuple[str, str], _Place] = {}
    here: _Place | None = None
    totals: list[Count] = []
    for number, raw in enumerate(lines, 1):
        clean = without_harm(raw)
        line = flat(clean)
        if (found := read_date(line, tuple(languages), number)) is not None:
            on = found
            continue
        bullet = _BULLET.match(clean)
        if bullet:
            line = flat(clean[bullet.end() :])
        if len(line) > LINE_AT_MOST and not _URL.search(line):
            raise Unreadable(Fault.TOO_LONG, line=number, limit=LINE_AT_MOST)
        listed = bool(bullet) or (here is not None and bool(here.names))
        source = read_source(line)
        if source is not None and listed and is_name(source.name):
            line, source = _URL.sub("", line), None
        if not bullet and (count := _count(line, listed, is_name)) is not None:
            (totals if here is None else here.counts).append(count)
            sources[count.source] = None
        elif source is not None:
            sources[source] = None
        elif line.endswith(":") and line.strip(_JOINTS):
            where = read_place(line, tuple(languages))
            here = places.setdefault(where, _Place(*where)) if any(where) else here
        elif name := _NUMBER.sub("", line, count=1).strip(_JOINTS):
            if here is None:
                here = places.setdefault(("", ""), _Place())
            here.names.append(PastedName(name, " ".join(clean.split())))
    return Pasted(
        on=on,
        sources=tuple(sources),
        counts=tuple(totals),
        groups=tuple(
            PastedGroup(p.country, p.place, tuple(p.counts), tuple(p.names))
            for p in places.values()
        ),
    )


def read_file(name: str, content: bytes) -> str:
    """Return the list in a file: plain text, or a table whose name ends with ``.csv``.

    A table needs a column ``name`` and may have ``country`` and ``place``; without such a
    heading its first column holds the names.

    Raises:
        Unreadable: the file is too large, is not UTF-8 text, or is not a table.
    """
    if len(content) > BYTES_AT_MOST:
        raise Unreadable(Fault.TOO_LARGE, limit=BYTES_AT_MOST)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(Fault.NOT_TEXT) from None
    if "\0" in text:
        raise Unreadable(Fault.NOT_TEXT)
    return _table(text) if name.lower().endswith(".csv") else text


def _table(text: str) -> str:
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(row)]
    except csv.Error:
        raise Unreadable(Fault.NOT_A_TABLE) from None
    if not rows:
        return ""
    heading = [cell.strip().casefold() for cell in rows[0]]
    if "name" not in heading:
        return "\n".join(" ".join(row[0].split()) for row in rows)
    lines: list[str] = []
    above = ""
    for row in rows[1:]:
        cells = dict(zip(heading, (" ".join(cell.split()) for cell in row), strict=False))
        where = ", ".join(p for p in (cells.get("country", ""), cells.get("place", "")) if p)
        if where and where != above:
            lines.append(f"{where}:")
            above = where
        lines.append(cells.get("name", ""))
    return "\n".join(lines)


def without_harm(line: str) -> str:
    """Return a line without characters that cannot be shown, or would turn others round."""
    return _HARMFUL.sub("", line).strip()


def read_date(line: str, languages: tuple[str, ...], number: int) -> PartialDate | None:
    """Return the date that a line is, or ``None``.

    Raises:
        Unreadable: there is no such day; ``number`` is that of the line.
    """
    try:
        if _ISO.fullmatch(line) is not None:
            return PartialDate.parse(line)
        if (match := _DAY.fullmatch(line)) is not None:
            return PartialDate(date(int(match["year"]), int(match["month"]), int(match["day"])))
        for pattern in _WORDS:
            match = pattern.fullmatch(line)
            month = match and _months(languages).get(match["month"].casefold())
            if match and month:
                precision = Precision.DAY if match["day"] else Precision.MONTH
                return PartialDate(
                    date(int(match["year"]), month, int(match["day"] or 1)), precision
                )
    except ValueError:
        raise Unreadable(Fault.NO_SUCH_DAY, line=number) from None
    return None


def flat(line: str) -> str:
    """Return a line with single spaces, and commas between the cells of a table."""
    return " ".join(", ".join(cell for cell in line.split("\t") if cell.strip()).split())


def _count(line: str, listed: bool, is_name: Callable[[str], bool]) -> Count | None:
    match = _COUNT.fullmatch(line)
    if match is None:
        return None
    source, at_least = read_source(match["who"]), bool(match["more"] or match["plus"])
    if source is None:
        # "1 Maria" begins a numbered list, and below other names every number only counts:
        # a name taken for a source would be a person nobody is told about.
        if (match["number"] == "1" and not at_least) or listed or is_name(match["who"]):
            return None
        source = Source(match["who"])
    return Count(int(match["number"]), source, at_least)


def read_source(line: str) -> Source | None:
    """Return the source whose address is in a line, or ``None``."""
    match = _URL.search(line)
    if match is None:
        return None
    address = match[0].rstrip(".,;)")
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return None
    if not host or len(address) > ADDRESS_AT_MOST:
        return None
    # "HRW (https://…)" leaves its first bracket behind.
    words = f"{line[: match.start()]} {line[match.end() :]}".strip(_JOINTS).rstrip(_JOINTS + "(")
    return Source(words[:LINE_AT_MOST] or host.removeprefix("www."), address)


def read_place(line: str, languages: tuple[str, ...]) -> tuple[str, str]:
    """Return the code of the country that a line names, and the place, as far as it does."""
    country, places = "", []
    for part in (part.strip(_JOINTS) for part in line.split(",")):
        code = _countries(languages).get(part.casefold())
        if code and not country:
            country = code
        elif part and not _OF_WHOM.issuperset(_WORD.findall(part.casefold())):
            places.append(part)
    return country, ", ".join(places)


@cache
def _countries(languages: tuple[str, ...]) -> Mapping[str, str]:
    """Return the codes of countries by their names and by themselves, all in small letters."""
    found: dict[str, str] = {}
    for language in languages:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(name.casefold(), code)
                found[code.casefold()] = code
    return found


@cache
def _months(languages: tuple[str, ...]) -> Mapping[str, int]:
    """Return the numbers of months by their names, in the forms a date and a calendar use."""
    return {
        name.casefold(): month
        for language in languages
        for context in ("format", "stand-alone")
        for month, name in get_month_names("wide", context, language).items()
    }

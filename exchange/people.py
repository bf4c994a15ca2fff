"""People files: CSV and JSON lines, bytes in and entries out, cards in and text out."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from model.cards import Card
from model.dates import PartialDate, Precision
from model.errors import BadInput
from model.people import Event, EventKind, Gender, Name, NameKind, Place, Source

Chosen = TypeVar("Chosen", EventKind, Gender)

BYTES_AT_MOST = 256 * 2**20
ROWS_AT_MOST = 1_000_000
CELL_AT_MOST = 4_000
"""Characters of one cell."""
COLUMNS_AT_MOST = 200
LINE_AT_MOST = 64 * 1024
"""Characters of one line of JSON."""

PLAIN = (
    "ref", "gender", "born", "aliases", "detained_on", "sentenced_on", "sentence_months",
    "place", "country", "status", "status_on", "source", "source_url", "recognised_by",
    "birthday",
)  # fmt: skip
"""The columns that have no language; beside them ``name.<lang>`` and ``about.<lang>``."""

STATUSES = {
    kind.value: kind
    for kind in (
        EventKind.DETAINED,
        EventKind.IMPRISONED,
        EventKind.TRANSFERRED,
        EventKind.PUNISHMENT_CELL,
        EventKind.HOUSE_ARREST,
        EventKind.RELEASED,
        EventKind.TAKEN_ABROAD,
        EventKind.MOVED_ON,
        EventKind.DETAINED_AGAIN,
        EventKind.DIED,
    )
} | {"free": EventKind.RELEASED, "abroad": EventKind.TAKEN_ABROAD, "held": EventKind.IMPRISONED}

_GENDERS = {"female": Gender.FEMALE, "f": Gender.FEMALE, "male": Gender.MALE, "m": Gender.MALE}
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_BY_LANGUAGE = re.compile(r"(name|about)\.(.+)")
_REF = re.compile(r"[^\s\x00-\x1f\x7f]{1,64}")
_DELIMITERS = ",;\t"
_CYRILLIC = frozenset({"be", "ru", "uk"})
# A spreadsheet runs a cell that begins so. A quote in front makes it text; reading takes it off.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Told:
    """Something that a file says happened to a person."""

    kind: EventKind
    on: PartialDate | None
    source: Source
    place: Place | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file says of one person; ``line`` is where it says so."""

    line: int
    ref: str
    names: tuple[Name, ...]
    gender: Gender | None = None
    born: int | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    recognised_by: str = ""
    told: tuple[Told, ...] = ()
    birthday: str = ""
    """Month and day, ``05-17``."""


def read(data: bytes) -> Iterator[Entry]:
    """Read a people file, one entry a row, of either format.

    Raises:
        BadInput: it cannot be read; the place is a line, and a column where there is one.
    """
    if len(data) > BYTES_AT_MOST:
        raise BadInput(f"the file is larger than {BYTES_AT_MOST // 2**20} MiB")
    text = _decode(data)
    rows = _json_rows(text) if text.lstrip()[:1] in {"{", "["} else _csv_rows(text)
    seen: dict[str, int] = {}
    for line, row in rows:
        if len(seen) >= ROWS_AT_MOST:
            raise BadInput(f"there are more than {ROWS_AT_MOST} rows", _at(line))
        entry = _entry(line, row)
        if entry.ref in seen:
            raise BadInput(f"the same person is on line {seen[entry.ref]}", _at(line, "ref"))
        seen[entry.ref] = line
        yield entry
    if not seen:
        raise BadInput("there is nobody in it")


def columns_of(languages: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of a file that holds names and words in these languages."""
    names = tuple(f"name.{language}" for language in languages)
    about = tuple(f"about.{language}" for language in languages)
    return ("ref", "gender", "born", *names, "aliases", *about, *PLAIN[4:])


def write_csv(cards: Iterable[Card], languages: Sequence[str]) -> Iterator[str]:
    """Write a CSV file, line by line; no cell of it is a formula."""
    columns = columns_of(languages)
    yield _csv_line(columns)
    for card in cards:
        row = _row(card)
        yield _csv_line([_harmless(row.get(column, "")) for column in columns])


def write_json(cards: Iterable[Card]) -> Iterator[str]:
    """Write JSON lines; what is not known is left out."""
    for card in cards:
        known = {column: value for column, value in _row(card).items() if value}
        yield json.dumps(known, ensure_ascii=False) + "\n"


def _at(line: int, column: str = "") -> str:
    return f"line {line}, column {column}" if column else f"line {line}"


def _decode(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise BadInput("the file is not UTF-8; save it as UTF-8", _at(line)) from exc
    if "\0" in text:
        raise BadInput("the file holds NUL bytes", _at(text.count("\n", 0, text.index("\0")) + 1))
    return text


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    source = io.StringIO(text, newline="")
    skipped = 0
    first = source.readline()
    declared = re.fullmatch(r"sep=([,;\t])\s*", first)
    if declared is not None:
        delimiter, skipped = declared[1], 1
    else:
        delimiter = max(_DELIMITERS, key=first.count)
        source.seek(0)
    rows = csv.reader(source, delimiter=delimiter, strict=True)
    try:
        heads = _heads(next(rows, []), skipped + 1)
        for cells in rows:
            line = rows.line_num + skipped
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(heads):
                raise BadInput(f"{len(cells)} cells under {len(heads)} columns", _at(line))
            yield line, dict(zip(heads, cells, strict=True))
    except csv.Error as exc:
        raise BadInput(f"not a CSV file: {exc}", _at(rows.line_num + skipped)) from exc


def _heads(cells: Sequence[str], line: int) -> list[str]:
    if len(cells) > COLUMNS_AT_MOST:
        raise BadInput(f"there are more than {COLUMNS_AT_MOST} columns", _at(line))
    heads = [cell.strip().lower() for cell in cells]
    _check_columns(heads, line)
    for head in heads:
        if heads.count(head) > 1:
            raise BadInput("this column is there twice", _at(line, head))
    if "ref" not in heads:
        raise BadInput("the first line must name the columns; ref is missing", _at(line))
    return heads


def _check_columns(columns: Iterable[str], line: int) -> None:
    unknown = [column for column in columns if column not in PLAIN and not _is_of_language(column)]
    if unknown:
        shown = ", ".join(f"{column[:40]!r}" for column in unknown[:10])
        raise BadInput(f"unknown columns: {shown}", _at(line))


def _is_of_language(column: str) -> bool:
    by_language = _BY_LANGUAGE.fullmatch(column)
    return by_language is not None and _is_tag(by_language[2])


def _is_tag(tag: str) -> bool:
    return len(tag) <= 16 and _TAG.fullmatch(tag) is not None


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    for line, written in enumerate(text.split("\n"), 1):
        if not written.strip():
            continue
        if len(written) > LINE_AT_MOST:
            raise BadInput("the line is too long", _at(line))
        try:
            value = json.loads(written, object_pairs_hook=_once, parse_constant=_no_number)
        except (ValueError, RecursionError) as exc:
            raise BadInput("not a line of JSON, or a key is there twice", _at(line)) from exc
        if not isinstance(value, dict):
            raise BadInput("each line must be one JSON object", _at(line))
        row = _plain_list(value, line) if "names" in value else value
        _check_columns(row, line)
        yield line, {column: _cell(column, cell, line) for column, cell in row.items()}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not a number")


def _cell(column: str, value: object, line: int) -> str:
    if value is None:
        return ""
    if column == "aliases" and isinstance(value, list) and all(isinstance(x, str) for x in value):
        return ";".join(value)
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**6:
        return str(value)
    raise BadInput("must be a text", _at(line, column))


def _plain_list(value: Mapping[str, Any], line: int) -> dict[str, Any]:
    """Turn a row of a plain list of names into the columns of a people file."""
    names = value["names"]
    if not isinstance(names, list) or not all(isinstance(name, dict) for name in names):
        raise BadInput("must be a list of objects", _at(line, "names"))
    unknown = set(value) - {"id", "names", "gender"}
    if unknown:
        raise BadInput(f"unknown columns: {', '.join(sorted(unknown))[:400]}", _at(line))
    row: dict[str, Any] = {"ref": value.get("id"), "gender": value.get("gender")}
    aliases: list[str] = []
    for name in names:
        text, language = name.get("text"), name.get("lang") or ""
        if not isinstance(text, str) or not isinstance(language, str):
            raise BadInput("a name needs a text and a lang", _at(line, "names"))
        language = language.lower()
        if name.get("script") == "Latn" and language in _CYRILLIC:
            language += "-latn"
        column = f"name.{language}"
        if not language or column in row:
            aliases.append(text)
        else:
            row[column] = text
    return row | {"aliases": aliases}


def _entry(line: int, row: Mapping[str, str]) -> Entry:
    cells = {column: _clean(line, column, text) for column, text in row.items()}
    if not _REF.fullmatch(cells.get("ref", "")):
        raise BadInput("a ref of 1 to 64 characters without spaces is needed", _at(line, "ref"))
    names = [
        Name(text, column.removeprefix("name."))
        for column, text in cells.items()
        if column.startswith("name.") and text
    ]
    aliases = dict.fromkeys(" ".join(a.split()) for a in cells.get("aliases", "").split(";"))
    names += [Name(text, kind=NameKind.ALIAS) for text in aliases if text]
    if not names:
        raise BadInput("there is no name", _at(line))
    if not any(any(c.isalpha() for c in name.text) for name in names):
        raise BadInput("there is no letter in the name", _at(line))
    return Entry(
        line=line,
        ref=cells["ref"],
        names=tuple(names),
        gender=_choose(line, cells, "gender", _GENDERS),
        born=_number(line, cells, "born", 1850, 2100),
        about={
            column.removeprefix("about."): text
            for column, text in cells.items()
            if column.startswith("about.") and text
        },
        recognised_by=cells.get("recognised_by", ""),
        told=_told(line, cells),
        birthday=_birthday(line, cells),
    )


def _clean(line: int, column: str, text: str) -> str:
    if len(text) > CELL_AT_MOST:
        raise BadInput(f"there are more than {CELL_AT_MOST} characters", _at(line, column))
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise BadInput("there is half a character", _at(line, column))
    if text.startswith("'") and text[1:].startswith(_FORMULA):
        text = text[1:]
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def _choose(
    line: int, cells: Mapping[str, str], column: str, known: Mapping[str, Chosen]
) -> Chosen | None:
    text = cells.get(column, "").casefold()
    if text and text not in known:
        raise BadInput(f"must be one of {', '.join(known)}", _at(line, column))
    return known.get(text)


def _number(line: int, cells: Mapping[str, str], column: str, least: int, most: int) -> int | None:
    text = cells.get(column, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most):
        raise BadInput(f"must be a number from {least} to {most}", _at(line, column))
    return int(text)


def _birthday(line: int, cells: Mapping[str, str]) -> str:
    text = cells.get("birthday", "")
    if not text:
        return ""
    try:
        # Of a year that has every day.
        whole = PartialDate.parse(f"2000-{text}").precision is Precision.DAY
    except ValueError:
        whole = False
    if not whole:
        raise BadInput("must be a month and a day: 05-17", _at(line, "birthday"))
    return text


def _date(line: int, cells: Mapping[str, str], column: str) -> PartialDate | None:
    text = cells.get(column, "")
    if not text:
        return None
    try:
        return PartialDate.parse(text)
    except ValueError as exc:
        raise BadInput("must be a date: 2020, 2020-09 or 2020-09-07", _at(line, column)) from exc


def _told(line: int, cells: Mapping[str, str]) -> tuple[Told, ...]:
    detained_on = _date(line, cells, "detained_on")
    sentenced_on = _date(line, cells, "sentenced_on")
    months = _number(line, cells, "sentence_months", 0, 1200)
    status = _choose(line, cells, "status", STATUSES)
    status_on = _date(line, cells, "status_on")
    place = _place(line, cells)
    if status is None and (status_on or place):
        raise BadInput("a place or day of the status needs the status", _at(line, "status"))
    said = detained_on or sentenced_on or months is not None or status
    source = _source(line, cells)
    if source is None:
        if said:
            raise BadInput("what happened needs a source", _at(line, "source"))
        return ()
    told: list[Told] = []
    if detained_on and status is not EventKind.DETAINED:
        told.append(Told(EventKind.DETAINED, detained_on, source))
    if sentenced_on or months is not None:
        told.append(Told(EventKind.SENTENCED, sentenced_on, source, months=months))
    if status is EventKind.DETAINED:
        told.append(Told(status, status_on or detained_on, source, place))
    elif status:
        told.append(Told(status, status_on, source, place))
    return tuple(told)


def _place(line: int, cells: Mapping[str, str]) -> Place | None:
    name, country = cells.get("place", ""), cells.get("country", "").upper()
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        raise BadInput("must be two letters, like LT", _at(line, "country"))
    return Place(country, {"en": name} if name else {}) if name or country else None


def _source(line: int, cells: Mapping[str, str]) -> Source | None:
    name, url = cells.get("source", ""), cells.get("source_url", "")
    if url and not re.fullmatch(r"https?://[^\s<>\"]{3,2000}", url):
        raise BadInput("must begin with https://", _at(line, "source_url"))
    if url and not name:
        raise BadInput("the source needs a name", _at(line, "source"))
    return Source(name, url) if name else None


def _row(card: Card) -> dict[str, str]:
    person, custody = card.person, card.custody
    row = {
        "ref": person.ref,
        "gender": person.gender.value if person.gender else "",
        "born": str(person.born) if person.born else "",
        "recognised_by": person.recognised_by,
        "birthday": person.birthday,
    }
    aliases = [n.text for n in person.names if n.kind is NameKind.ALIAS or not n.language]
    row["aliases"] = ";".join(aliases)
    for name in person.names:
        if name.kind is NameKind.OFFICIAL and name.language:
            row[f"name.{name.language}"] = name.text
    row |= {f"about.{language}": text for language, text in person.about.items()}
    detained = [e for e in card.events if e.kind is EventKind.DETAINED]
    if detained:
        row["detained_on"] = _written(detained[-1].on)
        _name_source(row, detained[-1])
    if custody.sentences:
        sentence = custody.sentences[-1]
        row["sentenced_on"] = _written(sentence.on)
        row["sentence_months"] = str(sentence.months)
        _name_source(row, sentence)
    decisive = custody.decided_by
    if decisive is not None and decisive.kind.value in STATUSES:
        row["status"] = decisive.kind.value
        row["status_on"] = _written(decisive.on)
        if decisive.place is not None:
            names = decisive.place.names
            row["place"] = names.get("en") or next(iter(names.values()), "")
            row["country"] = decisive.place.country
        _name_source(row, decisive)
    return row


def _name_source(row: dict[str, str], happened: Event) -> None:
    for source in happened.sources[:1]:
        row["source"], row["source_url"] = source.name, source.url


def _written(on: PartialDate | None) -> str:
    return "" if on is None else str(on)


def _harmless(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue()

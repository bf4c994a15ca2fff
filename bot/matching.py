"""Whom a list means at the command line, as a table or for programs."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from exchange.lists import PastedName, read_file
from model.errors import BadInput
from model.people import Person
from model.releases import LineState, Reason
from services.matching import Match

Matched = Sequence[tuple[PastedName, Match]]

_SIGNS = {
    LineState.SURE: Text("✓ sure", "green"),
    LineState.CHOOSE: Text("? choose", "yellow"),
    LineState.UNKNOWN: Text("✗ unknown", "red"),
}
_REASONS = {
    Reason.NOBODY: "nobody of that name is listed",
    Reason.NO_NAME: "there seems to be no name in it",
    Reason.NAMESAKES: "several people fit",
    Reason.MANY: "more people may fit than are shown: add the year of birth",
    Reason.YEAR: "the year of birth differs",
    Reason.SEX: "it may be a woman's name or a man's",
    Reason.UNEXPLAINED: "there is more in it than this name",
    Reason.PART: "the name is incomplete",
    Reason.SPELLING: "only the spelling is near",
    Reason.COPY: "the same words as in line",
    Reason.SAME: "perhaps the same person as in line",
}


def read(file: Path) -> str:
    """Read a list from a file or a table, or from standard input if it is ``-``.

    Raises:
        BadInput: it cannot be read, or is no list.
    """
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as exc:
        raise BadInput(exc.strerror or "cannot be read", str(file)) from exc
    return read_file(file.name, raw)


def told(matched: Matched) -> list[Mapping[str, Any]]:
    """Return whom each line means, for programs."""
    return [
        {
            "number": number,
            "text": line.written,
            "state": match.state.value,
            "ids": [person.ref for person in match.candidates],
            "names": [person.names[0].text for person in match.candidates],
            "reasons": _reasons(match),
            "codes": [reason.value for reason in match.reasons],
            "why": [list(pair) for pair in match.why],
            "lines": [other + 1 for other in match.others],
        }
        for number, (line, match) in enumerate(matched, 1)
    ]


def show(screen: Console, matched: Matched) -> None:
    """Show whom each line means."""
    table = Table("", "line", "", "who", "why")
    for number, (line, match) in enumerate(matched, 1):
        who = "\n".join(_who(person) for person in match.candidates)
        why = "\n".join(_reasons(match))
        table.add_row(str(number), Text(line.written), _SIGNS[match.state], Text(who), Text(why))
    screen.print(table)
    count = Counter(match.state for _, match in matched)
    screen.print(", ".join(f"{state.value}: {count[state]}" for state in _SIGNS), highlight=False)


def _who(person: Person) -> str:
    born = f", {person.born}" if person.born else ""
    return f"{person.names[0].text}{born} ({person.ref})"


def _reasons(match: Match) -> list[str]:
    spelt = [f"{asked} → {listed}" for asked, listed in match.why]
    lines = ", ".join(str(other + 1) for other in match.others)
    return spelt + [
        _REASONS[reason] + (f" {lines}" if reason in {Reason.COPY, Reason.SAME} else "")
        for reason in match.reasons
    ]

"""Whom the lines of an editor's list mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from db import people
from db.connection import Connection, Database
from model.people import Person, PersonId
from model.releases import LineState
from names import (
    MOST_CANDIDATES,
    MOST_SHOWN,
    Candidate,
    Decision,
    Question,
    Verdict,
    decide,
    read_line,
)


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a line of an editor's list means: surely, one of a few, or nobody we know."""

    text: str
    state: LineState
    person: Person | None = None
    candidates: tuple[PersonId, ...] = ()
    """Those to choose from, best first."""


class Matching:
    """Finds the persons an editor's list names."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def match(self, lines: Sequence[str]) -> tuple[Match, ...]:
        """Say whom each line of an editor's list means. Hidden persons are found, too."""
        async with self._database.read() as conn:
            return tuple([await _match(conn, line) for line in lines])


async def _match(conn: Connection, text: str) -> Match:
    line = read_line(text)
    decision = await _decide(conn, line.question)
    ids = tuple(match.person for match in decision.matches[:MOST_SHOWN])
    if not ids:
        return Match(text, LineState.UNKNOWN)
    known = await people.get_many(conn, ids)
    person = known[ids[0]]
    # The year beside the name is another's.
    if decision.kind is Verdict.SURE and _fits(person, line.born):
        return Match(text, LineState.SURE, person, ids)
    return Match(text, LineState.CHOOSE, candidates=ids)


def _fits(person: Person, born: int | None) -> bool:
    return born is None or person.born is None or person.born == born


async def _decide(conn: Connection, question: Question) -> Decision:
    weighed: dict[PersonId, Candidate] = {}
    decision = decide(question, ())
    for tier in question.tiers:
        for one in await people.bearing(conn, tier, hidden=True, limit=MOST_CANDIDATES):
            weighed[one.person] = Candidate(one.person, one.forms, one.gender, one.born)
        decision = decide(question, weighed.values())
        if decision.settled:
            break
    return decision

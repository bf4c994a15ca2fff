"""Whom the lines of an editor's list mean."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from db import filing, people
from db.connection import Connection, Database
from exchange.lists import Pasted, PastedName, parse
from locales import LANGUAGES
from model.clock import Clock
from model.people import Person, PersonId
from model.releases import LineState, Reason
from names import (
    MOST_CANDIDATES,
    Candidate,
    Decision,
    Line,
    Question,
    decide,
    fits_as_it_stands,
    is_whole_name,
    part_line,
    read_line,
)

MOST_TO_CHOOSE = 10
"""Candidates of one line; each is a button."""

_AT_ONCE = 150
"""Lines looked up together: many enough for one list, few enough to keep nobody waiting."""


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a line of an editor's list means: surely, one of a few, or nobody we know."""

    text: str
    state: LineState
    candidates: tuple[Person, ...] = ()
    """Who fits, best first; one alone where it is sure."""
    why: tuple[tuple[str, str], ...] = ()
    """Words of the line with those of the first candidate's name, where they differ."""
    reasons: tuple[Reason, ...] = ()
    """Why it is not sure."""
    others: tuple[int, ...] = ()
    """Places in the list, from 0, of lines that mean or may mean the same person."""

    @property
    def person(self) -> Person | None:
        """Whom the line surely means."""
        return self.candidates[0] if self.state is LineState.SURE else None


def read_list(text: str) -> Pasted:
    """Read a pasted list; a line with several names becomes one line for each.

    Raises:
        Unreadable: there are too many lines, one is too long, or a date does not exist.
    """
    pasted = parse(text, LANGUAGES, is_whole_name)
    groups = [replace(each, names=tuple(_parted(each.names))) for each in pasted.groups]
    return replace(pasted, groups=tuple(groups))


def _parted(names: Sequence[PastedName]) -> list[PastedName]:
    found: list[PastedName] = []
    for name in names:
        parts = part_line(name.text)
        found += [name] if len(parts) == 1 else [PastedName(part, part) for part in parts]
    return found


class Matching:
    """Finds whom lines of lists mean. For editors and operators: hidden persons are found, too."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def match(self, lines: Sequence[str]) -> tuple[Match, ...]:
        """Say whom each line means; no two lines surely mean the same person."""
        today = self._clock().year
        read: list[Line] = []
        matches: list[Match] = []
        async with self._database.read() as conn:
            for start in range(0, len(lines), _AT_ONCE):
                some = [await _at_leisure(line) for line in lines[start : start + _AT_ONCE]]
                decisions = await _decide_each(conn, some, today)
                offered = [match for one in decisions for match in one.matches[:MOST_TO_CHOOSE]]
                known = await people.get_many(conn, {match.person for match in offered})
                for text, line, decision in zip(lines[start:], some, decisions, strict=False):
                    matches.append(_judge(text, line, decision, known))
                read += some
        return tuple(_set_against_one_another(matches, read))

    def explain(self, text: str, candidates: Sequence[Person]) -> Match:
        """Say why a line does not surely mean one of its candidates."""
        line = read_line(text)
        weighed = {person.id: _candidate(person) for person in candidates}
        decision = decide(_question(line, weighed.values(), self._clock().year), weighed.values())
        return _judge(text, line, decision, {person.id: person for person in candidates})


async def _at_leisure(text: str) -> Line:
    """Read a line; between two of them the bot answers others."""
    await asyncio.sleep(0)
    return read_line(text)


async def _decide_each(conn: Connection, lines: Sequence[Line], today: int) -> list[Decision]:
    """Weigh those who bear the keys of each line, tier by tier, until it is settled."""
    weighed: list[dict[PersonId, Candidate]] = [{} for _ in lines]
    decisions = [decide(line.question, ()) for line in lines]
    unsettled = list(range(len(lines)))
    tier = 0
    while asked := [n for n in unsettled if tier < len(lines[n].question.tiers)]:
        keys = [lines[n].question.tiers[tier] for n in asked]
        bearers = await filing.bearing(conn, keys, hidden=True, limit=MOST_CANDIDATES)
        for n, bearing in zip(asked, bearers, strict=True):
            fresh = {one.person: one for one in bearing if one.person not in weighed[n]}
            if fresh:
                weighed[n] |= {
                    number: Candidate(number, one.forms, one.gender, one.born)
                    for number, one in fresh.items()
                }
                decisions[n] = decide(
                    _question(lines[n], weighed[n].values(), today), weighed[n].values()
                )
                await asyncio.sleep(0)
        unsettled = [n for n in asked if not decisions[n].settled]
        tier += 1
    return decisions


def _question(line: Line, candidates: Collection[Candidate], today: int) -> Question:
    """Return what a line asks; an age is the birth year of whom it fits."""
    if line.age is None or line.born is not None:
        return line.question
    # A list may be some months old.
    years = range(today - line.age - 2, today - line.age + 1)
    born = {one.born for one in candidates if one.born in years} or {years[1]}
    return replace(line.question, born=born.pop()) if len(born) == 1 else line.question


def _candidate(person: Person) -> Candidate:
    forms = tuple(name.text for name in person.names)
    return Candidate(person.id, forms, person.gender, person.born)


def _judge(text: str, line: Line, decision: Decision, known: Mapping[PersonId, Person]) -> Match:
    offered = decision.matches[:MOST_TO_CHOOSE]
    if not offered:
        reason = Reason.NOBODY if line.question.named else Reason.NO_NAME
        return Match(text, LineState.UNKNOWN, reasons=(reason,))
    best = known[offered[0].person]
    reasons = [Reason(doubt.value) for doubt in decision.doubts]
    if not reasons and not fits_as_it_stands(line, [name.text for name in best.names]):
        reasons.append(Reason.SEX)
    if line.is_part and Reason.PART not in reasons:
        # Nobody else of that surname may be listed, and yet be meant.
        reasons.append(Reason.PART)
    if len(offered) == MOST_TO_CHOOSE:
        reasons.append(Reason.MANY)
    return Match(
        text,
        LineState.CHOOSE if reasons else LineState.SURE,
        tuple(known[match.person] for match in offered),
        offered[0].why,
        tuple(reasons),
    )


def _set_against_one_another(matches: Sequence[Match], lines: Sequence[Line]) -> list[Match]:
    """Leave nobody to two lines: where they mean the same person, an editor chooses."""
    copies: dict[str, set[int]] = defaultdict(set)
    meaning: dict[PersonId, set[int]] = defaultdict(set)
    for place, (match, line) in enumerate(zip(matches, lines, strict=True)):
        copies[_words(line)].add(place)
        if match.person is not None:
            meaning[match.person.id].add(place)
    found = []
    for place, (match, line) in enumerate(zip(matches, lines, strict=True)):
        same_words = copies[_words(line)] - {place}
        same_person = {n for one in match.candidates for n in meaning[one.id]} - {place}
        found.append(_against(match, same_words, same_person - same_words))
    return found


def _words(line: Line) -> str:
    return " ".join([*sorted(line.name.casefold().split()), str(line.born), str(line.age)])


def _against(match: Match, same_words: set[int], same_person: set[int]) -> Match:
    if not (same_words or same_person):
        return match
    reasons = ((Reason.COPY, same_words), (Reason.SAME, same_person))
    return replace(
        match,
        state=LineState.CHOOSE if match.person is not None else match.state,
        reasons=(*match.reasons, *(reason for reason, places in reasons if places)),
        others=tuple(sorted(same_words | same_person)),
    )

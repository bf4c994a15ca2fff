"""Asking for a person by name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from db import events, filing, people
from db.connection import Connection, Database
from model.cards import Card
from model.custody import custody_of
from model.errors import NotFound
from model.people import Person, PersonId
from model.questions import Intent, Unclear
from names import (
    MOST_CANDIDATES,
    MOST_SHOWN,
    Candidate,
    Decision,
    Question,
    Verdict,
    decide,
    read,
)
from services import places
from services.refusals import why_unclear

NAMESAKES_AT_MOST = 5 * MOST_CANDIDATES
"""Bearers of one name that are looked at when more is said of the person than the name."""

Why = tuple[tuple[str, str], ...]
"""Words as asked beside the words as listed."""


class AnswerKind(StrEnum):
    ONE = "one"
    CHOICE = "choice"
    NOBODY = "nobody"
    HELD = "held"
    """Not about one person: how many are held."""
    FREED = "freed"
    """Not about one person: who was released last."""
    UNCLEAR = "unclear"
    """There is nobody to look for: ``Answer.unclear`` says why."""


_OF_ALL = {Intent.COUNT: AnswerKind.HELD, Intent.LATEST: AnswerKind.FREED}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question: one card, a few to choose from, or none.

    ``why`` pairs words as asked with words as listed, where they differ, and ``whys`` does of
    everybody shown, whether or not they differ; ``more`` says that more people fit than are shown.
    """

    kind: AnswerKind
    cards: tuple[Card, ...] = ()
    why: Why = field(default=(), repr=False)
    whys: Mapping[PersonId, Why] = field(default_factory=dict, repr=False)
    more: bool = False
    intent: Intent = Intent.NONE
    unclear: Unclear | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Who is meant by a question, best first, and whether that is surely the first of them."""

    refs: tuple[str, ...]
    sure: bool = False
    why: Why = field(default=(), repr=False)


class Search:
    """Finds persons by what people write of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, text: str) -> Answer:
        """Answer a question of any reader. Hidden persons are neither found nor counted."""
        question = read(text)
        async with self._database.read() as conn:
            decision, _ = await _decide(conn, question)
            shown = decision.matches[:MOST_SHOWN]
            cards = await _cards(conn, [match.person for match in shown])
        if not cards:
            unclear = why_unclear(text, question)
            return Answer(_without_cards(question, unclear), unclear=unclear)
        sure = decision.kind is Verdict.SURE
        return Answer(
            AnswerKind.ONE if sure else AnswerKind.CHOICE,
            tuple(cards.values()),
            why=shown[0].why if sure else (),
            whys={
                match.person: _whole(match.why, question, cards[match.person].person)
                for match in shown
                if match.person in cards
            },
            more=decision.more,
            intent=question.intent,
        )

    async def find(self, text: str) -> Found:
        """Say whom a question means as :meth:`ask` does, without the cards."""
        question = read(text)
        async with self._database.read() as conn:
            decision, refs = await _decide(conn, question)
        shown = decision.matches[:MOST_SHOWN]
        sure = decision.kind is Verdict.SURE
        return Found(
            tuple([refs[match.person] for match in shown]), sure, shown[0].why if sure else ()
        )

    async def card(self, person: PersonId) -> Card:
        """Return what is known of a person, or of whom he or she was merged into.

        Raises:
            NotFound: there is no such person, as far as readers may know.
        """
        async with self._database.read() as conn:
            cards = await _cards(conn, [person])
        if person not in cards:
            raise NotFound
        return cards[person]

    async def cards(self, ids: Sequence[PersonId]) -> tuple[Card, ...]:
        """Return what is known of these persons, without those no reader may know of."""
        async with self._database.read() as conn:
            return tuple((await _cards(conn, ids)).values())


def _without_cards(question: Question, unclear: Unclear | None) -> AnswerKind:
    if unclear in {Unclear.NAMELESS, Unclear.PLACE} and question.intent in _OF_ALL:
        return _OF_ALL[question.intent]
    return AnswerKind.UNCLEAR if unclear else AnswerKind.NOBODY


async def _decide(conn: Connection, question: Question) -> tuple[Decision, Mapping[PersonId, str]]:
    """Weigh those who bear the keys of the question, tier by tier, until it is settled; the
    references of all who were weighed come with the decision."""
    weighed: dict[PersonId, Candidate] = {}
    refs: dict[PersonId, str] = {}
    decision = decide(question, ())
    limit = NAMESAKES_AT_MOST if question.places or question.born else MOST_CANDIDATES
    tiers = iter(question.tiers)
    # The first mostly settles it; where it does not, the others are one look together.
    for some in (islice(tiers, 1), tiers):
        for bearers in await filing.bearing(conn, some, hidden=False, limit=limit):
            new = [
                Candidate(one.person, one.forms, one.gender, one.born)
                for one in bearers
                if one.person not in weighed
            ]
            if not new:
                continue
            # Whoever was too unlike the best so far remains so; years are compared among all.
            fitting = weighed if question.born else [match.person for match in decision.matches]
            decision = decide(question, [*(weighed[one] for one in fitting), *new])
            weighed.update((one.person, one) for one in new)
            refs.update((one.person, one.ref) for one in bearers)
            if decision.settled:
                break
        if decision.settled:
            break
    if question.places and len(decision.matches) > 1:
        decision = await _narrow(conn, question, decision, weighed)
    return decision, refs


async def _narrow(
    conn: Connection,
    question: Question,
    decision: Decision,
    weighed: Mapping[PersonId, Candidate],
) -> Decision:
    """Leave only those who were at the place that was asked for, if anybody was.

    If that is one, it may as well be somebody whose places nobody knows. Where the year of birth
    tells of another than the place does, both are left.
    """
    cards = await _cards(conn, [match.person for match in decision.matches])
    there = [one for one, card in cards.items() if places.fit(question.places, card)]
    if not there:
        return decision
    if len(there) == 1:
        there += [one for one, card in cards.items() if not places.are_known(card)]
    if not any(_is_of_year(weighed[one], question) for one in there):
        there += [one for one in cards if _is_of_year(weighed[one], question)]
    return decide(question, [weighed[one] for one in there])


def _is_of_year(one: Candidate, question: Question) -> bool:
    return question.born is not None and one.born == question.born


def _whole(why: Why, question: Question, person: Person) -> Why:
    """Add the words that are listed as they were asked for: only together do they tell how."""
    listed = {word.casefold(): word for form in person.names for word in form.text.split()}
    differing = dict(why)
    pairs = [
        (asked.text, differing.pop(asked.text, listed.get(asked.text.casefold())))
        for asked in question.readings[0].asked
    ]
    return (*((asked, word) for asked, word in pairs if word), *differing.items())


async def _cards(conn: Connection, ids: Collection[PersonId]) -> Mapping[PersonId, Card]:
    """Make the cards of public persons, by the id asked for and in that order."""
    found = await people.public(conn, ids)
    histories = await events.of(conn, [person.id for person in found.values()])
    return {
        asked: Card(
            found[asked],
            custody_of(histories.get(found[asked].id, ())),
            histories.get(found[asked].id, ()),
        )
        for asked in ids
        if asked in found
    }

"""Asking for a person by name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from db import events, people
from db.connection import Connection, Database
from model.cards import Card
from model.custody import custody_of
from model.errors import NotFound
from model.people import PersonId
from model.questions import Intent
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


class AnswerKind(StrEnum):
    ONE = "one"
    CHOICE = "choice"
    NOBODY = "nobody"
    UNCLEAR = "unclear"
    """Nothing in the text may be a name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question: one card, a few to choose from, or none.

    ``why`` pairs words as asked with words as listed, where they differ; ``more`` says that
    more people fit than are shown.
    """

    kind: AnswerKind
    cards: tuple[Card, ...] = ()
    why: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    more: bool = False
    intent: Intent = Intent.NONE


class Search:
    """Finds persons by what people write of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, text: str) -> Answer:
        """Answer a question of any reader. Hidden persons are neither found nor counted."""
        question = read(text)
        if not question.named:
            return Answer(AnswerKind.UNCLEAR, intent=question.intent)
        async with self._database.read() as conn:
            decision = await _decide(conn, question)
            shown = [match.person for match in decision.matches[:MOST_SHOWN]]
            cards = await _cards(conn, shown)
        if not cards:
            return Answer(AnswerKind.NOBODY, intent=question.intent)
        sure = decision.kind is Verdict.SURE
        return Answer(
            AnswerKind.ONE if sure else AnswerKind.CHOICE,
            tuple(cards.values()),
            why=decision.matches[0].why if sure else (),
            more=decision.more,
            intent=question.intent,
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


async def _decide(conn: Connection, question: Question) -> Decision:
    """Weigh those who bear the keys of the question, tier by tier, until it is settled."""
    weighed: dict[PersonId, Candidate] = {}
    decision = decide(question, ())
    for tier in question.tiers:
        for one in await people.bearing(conn, tier, hidden=False, limit=MOST_CANDIDATES):
            weighed[one.person] = Candidate(one.person, one.forms, one.gender, one.born)
        decision = decide(question, weighed.values())
        if decision.settled:
            break
    return decision


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

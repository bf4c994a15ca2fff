"""While a group is held, every door answers, and works, as if nothing had happened.

T8: somebody who knocks at all the doors learns nothing of what two editors have not yet said is
safe: not from the answers, and not from the work that goes into them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event

from db.connection import Database
from db.vault import Vault
from handlers.context import BotApplication
from model.notices import NoticeId
from model.people import PersonId
from services.news import News
from services.overview import Overview
from services.people import People
from services.search import Search
from simulator.core import Telegram
from simulator.phone import Phone
from tests.doors import DOORS, Visit, handlers_of, note_visits
from tests.newsroom import ALENA, BARYS, LIST, Newsroom
from tests.watch import Watch

GHOST = "Зоська Гняздоўская"
BEHIND_THE_SCENES = {"gate.pass_through"}

Witnessed = tuple[list[tuple[str, str]], list[str]]
"""What was said, and which statements were executed."""

# What differs from knock to knock and says nothing.
_NUMBERS = {
    "chat_id",
    "message_id",
    "callback_query_id",
    "inline_query_id",
    "reply_parameters",
    "user_id",
}
_CODE = re.compile(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}|'x:[0-9]+'|ours[0-9]+|Counted: [^\\]+")


@dataclass
class Witness:
    """Takes down what the bot says, and which statements it executes to say it."""

    telegram: Telegram
    statements: list[str] = field(default_factory=list)

    def said(self) -> list[tuple[str, str]]:
        return [
            (call.method, _CODE.sub("", repr(_without_numbers(call.values))))
            for call in self.telegram.calls
        ]

    def forget(self) -> None:
        self.statements.clear()
        self.telegram.calls.clear()


def _without_numbers(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in _NUMBERS}


@pytest.fixture
def witness(telegram: Telegram, database: Database) -> Iterator[Witness]:
    witness = Witness(telegram)

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        witness.statements.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield witness
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


@pytest.fixture
def newsroom(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> Newsroom:
    return Newsroom(database, vault, clock, random)


async def hold(newsroom: Newsroom) -> tuple[NoticeId, PersonId]:
    """Hold the release of people some of whom no reader has heard of; one editor alone has
    already said that it is safe."""
    notice = await newsroom.releases.draft(ALENA, LIST + GHOST)
    dossier = await newsroom.notices.dossier(notice)
    (line,) = dossier.release.unsettled
    ghost = await newsroom.releases.add_person(ALENA, line.id)
    await newsroom.releases.submit(ALENA, notice)
    await newsroom.notices.approve(BARYS, notice)
    await newsroom.notices.safe(ALENA, notice)
    return notice, ghost


async def knock(
    phone: Phone, name: str, witness: Witness, listed: PersonId, ghost: PersonId
) -> Witnessed:
    visit = Visit(phone, listed, "Марыя Калеснікава", ghost, GHOST)
    await visit.arrive()
    if phone.role == "discreet":
        await phone.presses("Yes, hide")
    witness.forget()
    await DOORS[name](visit)
    witness.telegram.refusals.clear()
    return witness.said(), list(witness.statements)


def test_every_handler_has_its_door(application: BotApplication):
    """A new handler is new ground for an oracle: give it a door in ``tests/doors.py``."""
    assert set(handlers_of(application)) - BEHIND_THE_SCENES == set(DOORS)


@pytest.mark.parametrize("name", DOORS)
async def test_a_door_answers_alike_whether_or_not_somebody_is_about_to_be_free(
    name: str,
    application: BotApplication,
    telegram: Telegram,
    witness: Witness,
    newsroom: Newsroom,
):
    known = await newsroom.lists()
    visited = note_visits(application)

    async def knock_twice(ghost: PersonId) -> list[Witnessed]:
        return [
            await knock(phone, name, witness, known["maria"], ghost)
            for phone in (
                Phone(telegram, "Alesia", language="en"),
                Phone(telegram, "Marta", language="en", role="discreet"),
            )
        ]

    before = await knock_twice(PersonId(4_611_686_018_427_387_777))
    _, ghost = await hold(newsroom)
    after = await knock_twice(ghost)
    assert name in visited
    assert all(said for said, _ in before), "the door said nothing: what does it compare?"
    assert after == before


async def test_when_the_group_is_open_the_doors_do_tell(
    application: BotApplication,
    telegram: Telegram,
    witness: Witness,
    newsroom: Newsroom,
):
    """The test above would be vacuous if nothing ever changed."""
    known = await newsroom.lists()
    notice, ghost = await hold(newsroom)
    first = Phone(telegram, "Alesia", language="en")
    before, _ = await knock(first, "ask.ask", witness, known["maria"], ghost)
    await newsroom.notices.safe(BARYS, notice)
    second = Phone(telegram, "Alesia", language="en")
    after, _ = await knock(second, "ask.ask", witness, known["maria"], ghost)
    assert after != before


async def test_exports_and_commands_tell_nothing_of_a_held_group(
    witness: Witness, newsroom: Newsroom, database: Database
):
    people = People(database, newsroom.vault, newsroom.clock, newsroom.random)
    asked = [line for line in (*LIST.splitlines(), GHOST) if line.strip()]

    async def look() -> tuple[object, ...]:
        witness.forget()
        search = Search(database)
        overview = Overview(database, search, newsroom.clock)
        return (
            [card async for card in people.export()],
            [await search.ask(line) for line in asked],
            await overview.held(),
            await overview.released(),
            await News(database).latest(3),
            list(witness.statements),
        )

    await newsroom.lists()
    before = await look()
    await hold(newsroom)
    assert await look() == before
    assert before[0], "nobody was exported: what does it compare?"

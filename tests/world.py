"""The whole bot over a stand-in for Telegram, in one process, and the people in and round it.

``application`` answers whatever a ``Phone`` does before the phone's ``await`` returns. At the end
of a test the bot must have made no mistake that Telegram refused (``telegram.refusals``) and
nothing of ours may have broken (``mishaps``); a test that provokes either empties the list.
"""

from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping, Sequence
from functools import partial
from typing import Any

import pytest
import structlog
from telegram.ext import Application, ContextTypes

from bot.app import HANDLERS
from db import events, people
from db.connection import Database
from db.vault import Vault
from handlers import gate
from handlers.context import SERVICES, BotApplication, BotContext, Services
from locales import Languages
from model.dates import PartialDate
from model.people import (
    Event,
    EventId,
    EventKind,
    EventState,
    Gender,
    Name,
    Person,
    PersonId,
    Place,
    Source,
    Visibility,
)
from model.readers import ChatId
from names import keys_of
from services.digests import Digests
from services.editors import Editors
from services.foldings import Foldings
from services.guard import Guard
from services.happenings import Happenings
from services.moves import Moves
from services.news import News
from services.notices import Notices
from services.outbox import Outbox
from services.overview import Overview
from services.people import People
from services.readers import Readers
from services.recollection import Recollection
from services.releases import Releases
from services.reminders import Reminders
from services.search import Search
from services.waiting import Waiting
from services.wishes import Choices
from simulator.core import Telegram
from simulator.phone import Phone
from simulator.request import SimulatedRequest, drain
from tests.watch import Watch

Mishaps = list[MutableMapping[str, Any]]

SOURCE = Source("Viasna", "https://example.org/lists")


@pytest.fixture
def telegram(clock: Watch) -> Telegram:
    return Telegram(clock=clock)


@pytest.fixture
def languages() -> Languages:
    return Languages()


@pytest.fixture
def services(
    database: Database,
    vault: Vault,
    clock: Watch,
    random: Callable[[int], int],
    languages: Languages,
) -> Services:
    def changed(_notice: object) -> None:
        """Nobody waits for it here."""

    search = Search(database)
    overview = Overview(database, search, clock)
    return Services(
        search=search,
        readers=Readers(database, vault, clock),
        moves=Moves(database, vault, clock),
        foldings=Foldings(database, vault, clock),
        news=News(database),
        people=People(database, vault, clock, random),
        editors=Editors(database, vault, clock),
        releases=Releases(database, vault, clock, random, changed),
        happenings=Happenings(database, vault, clock, random, changed),
        notices=Notices(database, vault, clock, random, 1, changed),
        outbox=Outbox(database, vault, clock),
        reminders=Reminders(database, vault, clock),
        guard=Guard(database, vault, clock),
        overview=overview,
        digests=Digests(database, clock, search, overview),
        recollection=Recollection(clock),
        waiting=Waiting(database, vault, clock, search),
        choices=Choices(database, vault, clock, "Europe/Vilnius"),
        clock=clock,
        random=random,
        languages=languages,
    )


@pytest.fixture
def mishaps() -> Iterator[Mishaps]:
    """Collect what is logged; a mishap is an entry about something that failed."""
    with structlog.testing.capture_logs() as logs:
        yield logs


@pytest.fixture
async def application(
    services: Services, telegram: Telegram, clock: Watch, mishaps: Mishaps
) -> AsyncIterator[BotApplication]:
    application = make_application(services, telegram, clock)
    async with application:
        telegram.arrived = partial(drain, application, telegram)
        yield application
    assert not list(telegram.refusals)
    assert not [entry for entry in mishaps if entry["log_level"] in {"error", "critical"}]


def make_application(services: Services, telegram: Telegram, clock: Watch) -> BotApplication:
    """Wire all handlers to the services, as ``bot.app`` does, over the stand-in."""
    application = (
        Application.builder()
        .token(telegram.token)
        .request(SimulatedRequest(telegram))
        .get_updates_request(SimulatedRequest(telegram))
        .context_types(ContextTypes(context=BotContext))
        .job_queue(None)
        .build()
    )
    application.bot_data[SERVICES] = services
    telegram.allowed_updates = frozenset(gate.ALLOWED_UPDATES)
    gate.register(application, gate.Gate(lambda: clock().timestamp()))
    for module in HANDLERS:
        module.register(application)
    return application


@pytest.fixture
def reader(application: BotApplication, telegram: Telegram) -> Phone:
    """Give a phone to somebody who has not written to the bot yet."""
    return Phone(telegram, "Alesia", language="en")


@pytest.fixture
def other(application: BotApplication, telegram: Telegram) -> Phone:
    return Phone(telegram, "Jan", language="en")


@pytest.fixture
async def discreet(application: BotApplication, telegram: Telegram) -> Phone:
    """Let somebody want the texts of messages hidden."""
    phone = Phone(telegram, "Marta", language="en")
    await phone.says("/start")
    await phone.presses("Yes, hide")
    return phone


@pytest.fixture
async def editor(application: BotApplication, telegram: Telegram, services: Services) -> Phone:
    return await enrol(telegram, services, "Editor")


@pytest.fixture
async def second_editor(
    application: BotApplication, telegram: Telegram, services: Services
) -> Phone:
    return await enrol(telegram, services, "Second editor")


async def enrol(telegram: Telegram, services: Services, label: str) -> Phone:
    """Make somebody an editor who has opened the chat with the bot."""
    phone = Phone(telegram, label, language="en")
    await phone.says("/start")
    await services.editors.enrol(ChatId(phone.id), await services.editors.invite(label), "en")
    return phone


# --- people: all invented ---------------------------------------------------------------------


async def list_person(
    database: Database,
    number: int,
    names: Sequence[tuple[str, str]],
    *,
    gender: Gender | None = None,
    born: int | None = None,
    visibility: Visibility = Visibility.PUBLIC,
    history: Sequence[tuple[EventKind, str]] = ((EventKind.DETAINED, "2020-09-07"),),
) -> Person:
    """Write down a person with (text, language) names and (kind, date) events."""
    person = Person(
        PersonId(number),
        f"p-{number}",
        tuple(Name(text, language) for text, language in names),
        gender,
        born,
        visibility=visibility,
    )
    async with database.write() as conn:
        await people.add(conn, person, keys_of(name.text for name in person.names))
        for index, (kind, on) in enumerate(history):
            happened = Event(
                EventId(number % 1_000_000_007 * 100 + index),
                person.id,
                kind,
                PartialDate.parse(on),
                (SOURCE,),
                Place("BY", {"be": "Гомель", "en": "Gomel"}),
                months=132 if kind is EventKind.SENTENCED else None,
            )
            await events.add(conn, happened, EventState.PUBLISHED)
    return person


@pytest.fixture
async def lastauka(database: Database) -> Person:
    """List somebody who is easily found."""
    return await list_person(
        database,
        4_611_686_018_427_387_001,
        [("Алеся Ластаўка", "be"), ("Алеся Ласточка", "ru"), ("Alesia Lastauka", "en")],
        gender=Gender.FEMALE,
        born=1982,
        history=[(EventKind.DETAINED, "2020-09-07"), (EventKind.SENTENCED, "2021-09-06")],
    )


@pytest.fixture
async def namesakes(database: Database) -> tuple[Person, Person]:
    """List two men of one name."""
    return (
        await list_person(
            database,
            4_611_686_018_427_387_002,
            [("Андрэй Верабейчык", "be"), ("Andrei Verabeichyk", "en")],
            gender=Gender.MALE,
            born=1970,
        ),
        await list_person(
            database,
            4_611_686_018_427_387_003,
            [("Андрэй Верабейчык", "be"), ("Andrei Verabeichyk", "en")],
            gender=Gender.MALE,
            born=1995,
        ),
    )


@pytest.fixture
async def unlisted(database: Database) -> Person:
    """List somebody whom editors know of and readers may not."""
    return await list_person(
        database,
        4_611_686_018_427_387_004,
        [("Зоська Гняздоўская", "be"), ("Zoska Hniazdouskaya", "en")],
        gender=Gender.FEMALE,
        visibility=Visibility.HIDDEN,
    )

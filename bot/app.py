"""The composition root: every object is made here, and nowhere else."""

import random
import secrets
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from telegram.ext import Application, ContextTypes
from telegram.request import BaseRequest

from bot.account import proxy_of
from bot.memory import Memory
from bot.settings import Settings
from db import people
from delivery.cards import Cards
from delivery.digests import Composer
from delivery.fanout import FanOutLoop
from delivery.folding import Folding
from delivery.guard import GuardLoop
from delivery.hourly import HourlyLoop
from delivery.letters import Letters
from delivery.pace import Pace
from delivery.replies import Replies
from delivery.request import AiohttpRequest
from delivery.sender import AT_FREE_PACE, AT_PAID_PACE, Post, Sender
from delivery.transport import Broadcast
from delivery.waiting import LookOut
from handlers import (
    approving,
    ask,
    card,
    digests,
    editing,
    enrolment,
    errors,
    follow,
    gate,
    groups,
    inline,
    interruption,
    language,
    news,
    overview,
    privacy,
    start,
    tips,
    waiting,
    wishes,
)
from handlers.context import SERVICES, BotApplication, BotContext, Services
from handlers.gate import Gate
from handlers.processing import Backlog, PerChat
from locales import Languages
from model.clock import Clock
from model.notices import NoticeId
from model.parts import Part
from model.people import Person, PersonId
from services.digests import Digests
from services.editors import Editors
from services.fanout import FanOut
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
from services.schedule import Schedule
from services.search import Search
from services.waiting import Waiting
from services.wishes import Choices

HANDLERS: tuple[ModuleType, ...] = (
    errors,
    # Before the doors of readers: the link of an invitation begins with /start too.
    enrolment,
    start,
    language,
    follow,
    wishes,
    privacy,
    news,
    digests,
    card,
    overview,
    inline,
    groups,
    editing,
    approving,
    interruption,
    waiting,
    tips,
    # Takes whatever is left.
    ask,
)
"""In this order an update is offered to them, once it is through the gate."""


Loop = Callable[[], Coroutine[Any, Any, None]]
"""Works until it is cancelled."""


class Bell:
    """Rung with a notice that has changed, after the change is written."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[NoticeId], None]] = []

    def __call__(self, notice: NoticeId) -> None:
        for listener in self._listeners:
            listener(notice)

    def wake(self, listener: Callable[[NoticeId], None]) -> None:
        """Call this whenever a notice changes."""
        self._listeners.append(listener)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Vestka:
    """The whole bot, made and not yet running. Has no repr: that of its parts holds the token."""

    application: BotApplication
    services: Services
    languages: Languages
    changed: Bell
    gate: Gate
    pace: Pace
    broadcast: Broadcast
    sending: Loop
    keeping: tuple[Loop, ...]
    """What keeps house: one process does it, however many there are."""
    sharing: tuple[Loop, ...]
    """What keeps several processes together."""

    @property
    def loops(self) -> tuple[Loop, ...]:
        """All of them, where one process does everything."""
        return (*self.keeping, self.sending)

    def share(self, processes: Mapping[Part, int]) -> None:
        """Share what there is once with as many processes as there are by now."""
        self.gate.share(max(1, processes.get(Part.ANSWERING, 0)))
        self.pace.share(max(1, sum(processes.values())))


def make_services(
    settings: Settings,
    memory: Memory,
    clock: Clock,
    changed: Callable[[NoticeId], None],
    *,
    alone: bool = True,
) -> Services:
    """Make the use cases, which know nothing of Telegram; ``alone``, if no other sends."""
    database, vault = memory.database, memory.vault
    search = Search(database)
    overview = Overview(database, search, clock)
    return Services(
        search=search,
        readers=Readers(database, vault, clock),
        moves=Moves(database, vault, clock),
        foldings=Foldings(database, vault, clock),
        news=News(database),
        people=People(database, vault, clock, secrets.randbits),
        editors=Editors(database, vault, clock),
        releases=Releases(database, vault, clock, secrets.randbits, changed),
        happenings=Happenings(database, vault, clock, secrets.randbits, changed),
        notices=Notices(database, vault, clock, secrets.randbits, settings.approvals, changed),
        outbox=Outbox(database, vault, clock, alone=alone),
        reminders=Reminders(database, vault, clock),
        guard=Guard(database, vault, clock),
        overview=overview,
        digests=Digests(database, clock, search, overview),
        recollection=Recollection(clock),
        waiting=Waiting(database, vault, clock, search),
        choices=Choices(database, vault, clock, settings.timezone),
        clock=clock,
        random=secrets.randbits,
        languages=settings.offered(),
    )


def build(
    settings: Settings,
    memory: Memory,
    *,
    clock: Clock,
    part: Part | None = None,
    request: BaseRequest | None = None,
    updates: BaseRequest | None = None,
    post: Post | None = None,
) -> Vestka:
    """Make the whole bot, or what a process needs that does one ``part`` of its work.

    ``request``, ``updates`` and ``post`` take the place of the network in tests.

    Raises:
        Misconfigured: there is no usable token, or the pace is not allowed.
    """
    token, proxy = settings.secret_token(), proxy_of(settings)
    schedule = None if part is None else Schedule(memory.database)
    pace = Pace(settings.rate(), schedule=schedule)
    changed = Bell()
    services = make_services(settings, memory, clock, changed, alone=part is None)
    application: BotApplication = (
        Application.builder()
        .token(token)
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .request(request or AiohttpRequest(proxy=proxy))
        .get_updates_request(updates or AiohttpRequest(connections=2, proxy=proxy))
        .rate_limiter(Replies(pace))
        .concurrent_updates(PerChat())
        .update_queue(Backlog())
        .job_queue(None)
        .context_types(ContextTypes(context=BotContext))
        .build()
    )
    application.bot_data[SERVICES] = services
    door = Gate()
    gate.register(application, door)
    for module in HANDLERS:
        module.register(application)

    paid = settings.paid_broadcast
    broadcast = Broadcast(settings.api_url, token, proxy=proxy)
    speak = services.languages.speak
    composer = Composer(services.digests, speak, clock)
    letters = Letters(
        services.news.wave,
        partial(_persons, memory),
        speak,
        compose=composer.compose,
        paid=paid,
    )
    sender = Sender(
        services.outbox,
        letters,
        post or broadcast.post,
        pace,
        clock,
        done=services.notices.done,
        random=random.SystemRandom().random,
        load=AT_PAID_PACE if paid else AT_FREE_PACE,
        alone=part is None,
    )
    fanout = FanOutLoop(FanOut(memory.database, memory.vault, clock), sender.wake)
    cards = Cards(services.notices, services.editors, application.bot, speak)
    folding = Folding(services.foldings, application.bot, speak)
    guard = GuardLoop(services.guard, services.editors, application.bot, speak)
    digests = HourlyLoop(services.digests.begin, fanout.wake)
    reminders = HourlyLoop(services.reminders.begin, fanout.wake)
    look_out = LookOut(services.waiting, services.editors, application.bot, speak)
    changed.wake(cards.changed)
    changed.wake(lambda _: fanout.wake())
    return Vestka(
        application=application,
        services=services,
        languages=services.languages,
        changed=changed,
        gate=door,
        pace=pace,
        broadcast=broadcast,
        sending=sender.run,
        sharing=() if schedule is None else (schedule.run,),
        keeping=(
            guard.run,
            fanout.run,
            cards.run,
            folding.run,
            look_out.run,
            digests.run,
            reminders.run,
        ),
    )


async def _persons(memory: Memory, ids: Collection[PersonId]) -> Mapping[PersonId, Person]:
    async with memory.database.read() as conn:
        return await people.public(conn, ids)

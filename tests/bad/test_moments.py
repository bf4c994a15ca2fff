"""Bad inputs 57 to 60: the worst moment for an update to come."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from telegram import Chat, Message, Update
from telegram.ext import Application, ContextTypes

from db.connection import Database
from db.vault import Vault
from handlers import gate
from handlers.context import SERVICES, BotContext, Services
from handlers.processing import IN_HAND, Backlog, PerChat
from model.errors import NeedsAnotherEditor, WrongState
from model.notices import NoticeState
from model.readers import ChatId, ChatKind
from services.fanout import FanOut
from simulator.core import Telegram
from simulator.phone import Phone
from simulator.request import SimulatedRequest
from tests.newsroom import BARYS, VERA, Newsroom
from tests.watch import Watch


@pytest.fixture
def newsroom(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> Newsroom:
    return Newsroom(database, vault, clock, random)


async def test_57_a_clock_that_jumps_back_an_hour_changes_nothing_for_readers(
    discreet: Phone, lastauka: object, clock: Watch, services: Services
):
    await discreet.says("Алеся Ластаўка")
    await discreet.presses("Show")
    clock.advance(timedelta(hours=-1))
    await discreet.says("/help")
    assert discreet.heard[-1].startswith("Write a first name")
    # What was opened is folded when the clock has caught up, at the latest.
    clock.advance(timedelta(hours=1, seconds=61))
    assert len(await services.foldings.due()) == 1


async def test_58_fifty_thousand_waiting_updates_are_taken_in_hand_a_few_at_a_time(
    services: Services, telegram: Telegram, clock: Watch
):
    backlog, most = Backlog(), 0
    application = (
        Application.builder()
        .token(telegram.token)
        .request(SimulatedRequest(telegram))
        .updater(None)
        .context_types(ContextTypes(context=BotContext))
        .job_queue(None)
        .concurrent_updates(PerChat())
        .update_queue(backlog)
        .build()
    )
    application.bot_data[SERVICES] = services
    gate.register(application, gate.Gate(lambda: clock().timestamp()))
    phone = Phone(telegram, "Alesia", language="en")
    waiting = Message(1, clock(), Chat(phone.id, "private"), text="x")
    async with application:
        await application.start()
        for number in range(50_000):
            await backlog.put(Update(number, message=waiting))
            if number % 250 == 0:
                most = max(most, len(asyncio.all_tasks()))
        await backlog.join()
        await application.stop()
    # A task for each in hand, and a handful that are always there.
    assert IN_HAND / 2 < most <= IN_HAND + 20


async def test_59_who_is_forgotten_while_news_goes_out_is_not_sent_to(
    reader: Phone, services: Services, newsroom: Newsroom, database: Database, vault: Vault,
    clock: Watch,
):  # fmt: skip
    await newsroom.lists()
    await reader.says("/releases")
    await newsroom.opened()
    fanout = FanOut(database, vault, clock)
    while await fanout.advance():
        pass
    await reader.says("/forget")
    assert await services.outbox.claim(100) == []
    # Nor by what is made of the news from now on.
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_60_two_devices_confirm_at_once_and_one_wins(newsroom: Newsroom):
    await newsroom.lists()
    notice = await newsroom.submitted()
    outcomes = await asyncio.gather(
        newsroom.notices.approve(BARYS, notice),
        newsroom.notices.approve(BARYS, notice),
        newsroom.notices.approve(VERA, notice),
        return_exceptions=True,
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    lost = [outcome for outcome in outcomes if outcome is not None]
    assert all(isinstance(each, NeedsAnotherEditor | WrongState) for each in lost)
    dossier = await newsroom.notices.dossier(notice)
    assert dossier.notice.state is NoticeState.HELD


async def test_60_two_devices_follow_at_once_and_nothing_is_lost(
    services: Services, newsroom: Newsroom
):
    known = await newsroom.lists()
    chat = ChatId(52_000_000_001)
    await asyncio.gather(
        *(
            services.readers.follow(chat, ChatKind.PRIVATE, person, language="en")
            for person in known.values()
        )
    )
    reader = await services.readers.of(chat)
    assert reader is not None
    assert reader.follows == set(known.values())

"""Cards: what editors see of a notice is how it stands."""

import asyncio
from collections.abc import Callable

import pytest
from telegram import Bot

from db.connection import Database
from db.vault import Vault
from delivery.cards import Cards
from locales import speak
from model.errors import Unavailable
from model.notices import Notice, NoticeId
from model.readers import ChatId
from services.editors import Editors
from services.notices import Notices
from simulator import faults
from simulator.core import Telegram
from simulator.phone import Phone
from tests.delivery.press import ALES, MARIA, Press
from tests.newsroom import LIST, Newsroom
from tests.watch import AT_MOST, Watch


@pytest.fixture
def notices(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> Notices:
    return Notices(database, vault, clock, random, 1, lambda _: None)


@pytest.fixture
def cards(notices: Notices, editors: Editors, bot: Bot) -> Cards:
    return Cards(notices, editors, bot, speak)


async def enrol(telegram: Telegram, editors: Editors, name: str) -> Phone:
    phone = Phone(telegram, name)
    await phone.says("/start")
    await editors.enrol(ChatId(phone.id), await editors.invite(name), "en")
    return phone


@pytest.fixture
async def alena(telegram: Telegram, editors: Editors) -> Phone:
    return await enrol(telegram, editors, "Alena")


@pytest.fixture
async def bohdan(telegram: Telegram, editors: Editors) -> Phone:
    return await enrol(telegram, editors, "Bohdan")


async def test_every_editor_gets_one_card_and_it_is_edited_when_things_change(
    press: Press, cards: Cards, alena: Phone, bohdan: Phone, telegram: Telegram
) -> None:
    notice = await press.release([MARIA], [ALES])
    await cards.refresh(notice)
    assert len(alena.heard) == len(bohdan.heard) == 1
    before = alena.heard
    await cards.refresh(notice)
    assert len(telegram.calls_of("sendMessage", "editMessageText")) == 2
    await press.stop(notice)
    await cards.refresh(notice)
    assert len(alena.heard) == 1
    assert alena.heard != before
    assert "STOPPED" in bohdan.heard[0]


async def test_a_card_that_looks_the_same_already_is_left_alone(
    press: Press, cards: Cards, notices: Notices, editors: Editors, bot: Bot, alena: Phone
) -> None:
    notice = await press.release([MARIA])
    await cards.refresh(notice)
    started_anew = Cards(notices, editors, bot, speak)
    await started_anew.refresh(notice)
    assert len(alena.heard) == 1


async def test_what_an_author_is_asked_about_a_line_is_not_painted_over(
    database: Database,
    vault: Vault,
    clock: Watch,
    random: Callable[[int], int],
    cards: Cards,
    editors: Editors,
    bot: Bot,
    alena: Phone,
) -> None:
    newsroom = Newsroom(database, vault, clock, random)
    await newsroom.lists()
    author = await editors.of(ChatId(alena.id))
    assert author is not None
    notice = await newsroom.releases.draft(author.id, LIST)
    asked = await bot.send_message(alena.id, "Who is meant?")
    await editors.remember_card(author, notice, asked.message_id)
    await cards.refresh(notice)
    assert alena.heard == ["Who is meant?"]


async def test_a_deleted_card_is_sent_anew(press: Press, cards: Cards, alena: Phone) -> None:
    notice = await press.release([MARIA])
    await cards.refresh(notice)
    assert alena.last is not None
    await alena.deletes(alena.last)
    await press.stop(notice)
    await cards.refresh(notice)
    assert len(alena.heard) == 1
    assert "STOPPED" in alena.heard[0]


async def test_an_editor_who_blocked_the_bot_holds_up_no_other(
    press: Press, cards: Cards, alena: Phone, bohdan: Phone
) -> None:
    await alena.blocks()
    await cards.refresh(await press.release([MARIA]))
    assert len(bohdan.heard) == 1


async def test_an_editor_whose_chat_is_no_more_holds_up_no_other(
    press: Press, cards: Cards, alena: Phone, bohdan: Phone, telegram: Telegram
) -> None:
    telegram.misbehave(
        faults.chat_not_found(),
        when=lambda _, values: values.get("chat_id") == alena.id,
    )
    await cards.refresh(await press.release([MARIA]))
    assert alena.heard == []
    assert len(bohdan.heard) == 1


async def test_what_another_process_submits_or_stops_shows_in_the_cards(
    press: Press, cards: Cards, alena: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``vestka release submit`` beside the running bot: nobody rings here."""
    monkeypatch.setattr("delivery.cards.EACH", 0.02)
    running = asyncio.create_task(cards.run())
    try:
        async with asyncio.timeout(AT_MOST):
            await asyncio.sleep(0.05)
            notice = await press.release([MARIA])
            while not alena.heard:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await press.stop(notice)
            while "STOPPED" not in alena.heard[0]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_an_editor_without_a_card_gets_none_of_what_is_going_out(
    press: Press, cards: Cards, alena: Phone
) -> None:
    notice = await press.release([MARIA])
    await press.open(notice)
    await cards.refresh(notice)
    assert alena.heard == []


async def test_a_notice_that_is_no_more_has_no_cards(cards: Cards, alena: Phone) -> None:
    await cards.refresh(NoticeId(999))
    assert alena.heard == []


async def test_progress_shows_while_a_wave_runs_and_trouble_is_tried_again(
    press: Press,
    cards: Cards,
    alena: Phone,
    telegram: Telegram,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("delivery.cards.EACH", 0.02)
    notice = await press.release([MARIA])
    running = asyncio.create_task(cards.run())
    try:
        async with asyncio.timeout(AT_MOST):
            while not alena.heard:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            held = alena.heard[0]
            telegram.misbehave(faults.server_error(), times=1)
            await press.open(notice)
            cards.changed(notice)
            while alena.heard[0] == held:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            going = alena.heard[0]
            await press.stop(notice)
            # Nobody says that it changed: what is going out is looked at all the time.
            while alena.heard[0] == going:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert len(alena.heard) == 1


class Locked(Notices):
    """Notices in a database that is locked."""

    async def open_notices(self) -> tuple[Notice, ...]:
        raise Unavailable


async def test_a_locked_database_at_the_start_is_no_reason_to_give_up(
    press: Press,
    database: Database,
    vault: Vault,
    clock: Watch,
    random: Callable[[int], int],
    editors: Editors,
    bot: Bot,
    alena: Phone,
) -> None:
    notice = await press.release([MARIA])
    locked = Locked(database, vault, clock, random, 1, lambda _: None)
    cards = Cards(locked, editors, bot, speak)
    cards.changed(notice)
    running = asyncio.create_task(cards.run())
    async with asyncio.timeout(AT_MOST):
        while not alena.heard:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

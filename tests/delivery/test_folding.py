"""Folding: what a discreet reader unfolded is hidden again after a minute."""

import asyncio
from datetime import timedelta

import pytest
from telegram import Bot

from db.connection import Database
from db.vault import Vault
from delivery.folding import Folding
from locales import speak
from model.errors import Unavailable
from model.readers import ChatId, Spot
from services.foldings import Foldings
from simulator import faults
from simulator.core import Telegram
from simulator.phone import Phone
from tests.watch import AT_MOST, Watch


@pytest.fixture
def foldings(database: Database, vault: Vault, clock: Watch) -> Foldings:
    return Foldings(database, vault, clock)


@pytest.fixture
async def reader(telegram: Telegram) -> Phone:
    phone = Phone(telegram, "Reader")
    await phone.says("/start")
    return phone


async def unfold(bot: Bot, foldings: Foldings, reader: Phone, shows: str = "") -> None:
    message = await bot.send_message(reader.id, "Person 101 is free")
    await foldings.unfolded(ChatId(reader.id), message.message_id, "en", shows=shows)


async def test_a_text_is_folded_after_a_minute_and_can_be_shown_again(
    bot: Bot, foldings: Foldings, reader: Phone, clock: Watch
) -> None:
    await unfold(bot, foldings, reader, shows="w:7")
    folding = Folding(foldings, bot, speak)
    await folding.fold_due()
    assert reader.heard == ["Person 101 is free"]
    clock.advance(timedelta(seconds=60))
    await folding.fold_due()
    assert reader.heard == ["1 new message"]
    assert reader.buttons == ["Show"]
    assert await foldings.next_due() is None


async def test_a_text_without_a_way_back_is_folded_without_a_button(
    bot: Bot, foldings: Foldings, reader: Phone, clock: Watch
) -> None:
    await unfold(bot, foldings, reader)
    clock.advance(timedelta(seconds=60))
    await Folding(foldings, bot, speak).fold_due()
    assert reader.heard == ["1 new message"]
    assert reader.buttons == []


async def test_a_message_that_is_no_more_is_not_tried_for_ever(
    bot: Bot, foldings: Foldings, reader: Phone, clock: Watch
) -> None:
    await foldings.unfolded(ChatId(reader.id), 999, "en")
    clock.advance(timedelta(seconds=60))
    await Folding(foldings, bot, speak).fold_due()
    assert await foldings.next_due() is None


async def test_what_telegram_does_not_take_stays_due(
    bot: Bot, foldings: Foldings, reader: Phone, clock: Watch, telegram: Telegram
) -> None:
    await unfold(bot, foldings, reader)
    clock.advance(timedelta(seconds=60))
    telegram.misbehave(faults.server_error(), times=1)
    folding = Folding(foldings, bot, speak)
    await folding.fold_due()
    assert len(await foldings.due()) == 1
    await folding.fold_due()
    assert await foldings.due() == ()


class Shaky(Foldings):
    """Foldings in a database that is locked at first."""

    locked = 1

    async def due(self) -> tuple[Spot, ...]:
        if self.locked:
            self.locked -= 1
            raise Unavailable
        return await super().due()


async def test_it_folds_until_it_is_stopped(
    bot: Bot,
    database: Database,
    vault: Vault,
    reader: Phone,
    clock: Watch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("delivery.folding.EACH", 0.01)
    foldings = Shaky(database, vault, clock)
    await unfold(bot, foldings, reader)
    clock.advance(timedelta(seconds=60))
    running = asyncio.create_task(Folding(foldings, bot, speak).run())
    async with asyncio.timeout(AT_MOST):
        while reader.heard != ["1 new message"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

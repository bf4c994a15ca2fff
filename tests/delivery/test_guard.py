"""The watch: editors are asked once what becomes of what was due; one answer is enough."""

import asyncio
from datetime import timedelta

import pytest
from telegram import Bot

from db.connection import Database
from db.vault import Vault
from delivery.guard import GuardLoop
from locales import speak
from model.errors import Unavailable
from model.notices import EditorId, WaveId
from model.readers import ChatId
from services.editors import Editors
from services.guard import Guard
from simulator import faults
from simulator.core import Telegram
from simulator.phone import Phone
from tests.delivery.postroom import Postroom
from tests.delivery.press import MARIA, Press
from tests.watch import Watch


@pytest.fixture
def guard(database: Database, vault: Vault, clock: Watch) -> Guard:
    return Guard(database, vault, clock)


@pytest.fixture
def loop(guard: Guard, editors: Editors, bot: Bot) -> GuardLoop:
    return GuardLoop(guard, editors, bot, speak)


@pytest.fixture
async def alena(telegram: Telegram, editors: Editors) -> Phone:
    phone = Phone(telegram, "Alena")
    await phone.says("/start")
    await editors.enrol(ChatId(phone.id), await editors.invite("Alena"), "en")
    return phone


@pytest.fixture
async def wave(press: Press, postroom: Postroom, loop: GuardLoop) -> WaveId:
    await loop.look()
    await press.crowd(12)
    wave = await press.open(await press.release([MARIA]))
    await postroom.make()
    return wave


async def test_editors_hear_once_what_waits_and_since_when(
    loop: GuardLoop, alena: Phone, wave: WaveId, clock: Watch
) -> None:
    clock.advance(timedelta(hours=3, minutes=25))
    for _ in range(3):
        await loop.look()
        clock.advance(timedelta(minutes=10))
    (heard,) = alena.heard
    assert "December 13, 14:00" in heard
    assert "17:25" in heard
    assert "Release 1: 12" in heard


async def test_a_bot_that_is_well_says_nothing(
    loop: GuardLoop, alena: Phone, wave: WaveId, clock: Watch
) -> None:
    clock.advance(timedelta(minutes=1))
    await loop.look()
    assert alena.heard == []


async def test_what_reached_no_editor_is_said_again(
    loop: GuardLoop, alena: Phone, telegram: Telegram, wave: WaveId, clock: Watch
) -> None:
    clock.advance(timedelta(hours=2))
    telegram.misbehave(faults.server_error(), method="sendMessage", times=1)
    await loop.look()
    assert alena.heard == []
    clock.advance(timedelta(minutes=6))
    await loop.look()
    assert len(alena.heard) == 1


async def test_the_loop_outlives_a_locked_database(
    loop: GuardLoop, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = asyncio.Event()

    async def locked() -> None:
        looked.set()
        raise Unavailable

    monkeypatch.setattr(guard, "beat", locked)
    monkeypatch.setattr("delivery.guard.EACH", 0.001)
    running = asyncio.create_task(loop.run())
    await looked.wait()
    looked.clear()
    await looked.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_nothing_is_sent_until_an_editor_says_so_and_then_all_of_it(
    loop: GuardLoop, guard: Guard, alena: Phone, postroom: Postroom, wave: WaveId, clock: Watch
) -> None:
    clock.advance(timedelta(hours=2))
    await loop.look()
    assert await postroom.outbox.claim(50) == []
    arrears = await guard.arrears()
    assert arrears is not None
    await guard.send(EditorId("alena"), arrears.interruption.id)
    await postroom.deliver(wave)
    assert len(postroom.told()) == 12 + 1

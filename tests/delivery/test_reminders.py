"""Reminders as they are sent: who is meant, and not a word of what it was."""

import asyncio
from datetime import timedelta

import pytest

from db.connection import Database
from db.vault import Vault
from delivery.hourly import HourlyLoop
from model.notices import WaveId
from model.wishes import Wishes
from services.reminders import UNSEEN, Reminders
from tests.delivery.postroom import Postroom
from tests.delivery.press import ALES, MARIA, Press
from tests.watch import AT_MOST, Watch

BOTH = frozenset({MARIA, ALES})
ASKED = Wishes(reminders=True)


@pytest.fixture
def reminders(database: Database, vault: Vault, clock: Watch) -> Reminders:
    return Reminders(database, vault, clock)


async def remind(postroom: Postroom, reminders: Reminders, clock: Watch) -> None:
    clock.advance(UNSEEN + timedelta(hours=1))
    begun = asyncio.Event()
    loop = asyncio.create_task(HourlyLoop(reminders.begin, begun.set).run())
    async with asyncio.timeout(AT_MOST):
        await begun.wait()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await postroom.deliver(await newest(reminders))


async def test_an_hour_without_news_begins_nothing(reminders: Reminders) -> None:
    begun = asyncio.Event()
    loop = asyncio.create_task(HourlyLoop(reminders.begin, begun.set).run())
    await asyncio.sleep(0.1)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    assert not begun.is_set()


async def newest(reminders: Reminders) -> WaveId:
    async with reminders._database.read() as conn:
        numbers = await conn.exec_driver_sql("SELECT max(id) FROM wave")
        return WaveId(numbers.scalar_one())


async def test_a_reminder_names_the_person_and_repeats_nothing(
    press: Press, postroom: Postroom, reminders: Reminders, clock: Watch
) -> None:
    await press.welcome(1, follows=BOTH, wishes=ASKED)
    await press.welcome(2, follows=BOTH, wishes=ASKED, discreet=True)
    wave = await press.open(await press.tell_of(MARIA, ALES))
    await postroom.deliver(wave)
    plain, hidden = (postroom.texts(chat)[-1] for chat in (1, 2))
    assert "transfer" in plain
    assert hidden == "1 new message"
    await remind(postroom, reminders, clock)
    plain, hidden = (postroom.texts(chat)[-1] for chat in (1, 2))
    assert "Person 101" in plain
    assert "transfer" not in plain
    assert hidden == "1 new message"


async def test_who_was_corrected_meanwhile_is_not_reminded_of(
    press: Press, postroom: Postroom, reminders: Reminders, clock: Watch
) -> None:
    await press.welcome(1, follows=BOTH, wishes=ASKED)
    await press.welcome(2, follows=frozenset({MARIA}), wishes=ASKED)
    notice = await press.tell_of(MARIA, ALES)
    await postroom.deliver(await press.open(notice))
    await postroom.deliver(await press.correct(notice, MARIA))
    mended = postroom.texts(2, "editMessageText")
    assert "That was wrong." in mended[-1]
    before = postroom.told()[2]
    await remind(postroom, reminders, clock)
    assert "Person 102" in postroom.texts(1)[-1]
    assert "Person 101" not in postroom.texts(1)[-1]
    assert postroom.told()[2] == before


async def test_the_button_is_for_one_person_alone_and_goes_when_all_is_taken_back(
    press: Press, postroom: Postroom
) -> None:
    await press.welcome(1, follows=BOTH)
    await press.welcome(2, releases=True)
    notice = await press.release([MARIA, ALES])
    wave = await press.open(notice)
    await postroom.deliver(wave)
    shown = {
        call.values["chat_id"]: f"v:{wave}" in str(call.values.get("reply_markup"))
        for call in postroom.telegram.calls_of("sendMessage")
    }
    assert shown == {1: True, 2: False}
    await postroom.deliver(await press.correct(notice, MARIA, ALES))
    edited = postroom.telegram.calls_of("editMessageText")
    assert edited
    assert f"v:{wave}" not in str(edited[0].values)

"""What editors are asked when the bot was interrupted, and what their answers do."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from db.connection import Database
from db.vault import Vault
from delivery.guard import GuardLoop
from handlers.context import BotApplication, Services
from model.interruptions import Decision
from simulator.phone import Phone
from tests.delivery.press import ALES, MARIA, Press
from tests.watch import Watch

Ask = Callable[[], Awaitable[None]]


@pytest.fixture
async def press(database: Database, vault: Vault, clock: Watch, services: Services) -> Press:
    press = Press(database, vault, clock)
    await services.guard.beat()
    await press.know(MARIA, ALES)
    await press.crowd(3)
    return press


@pytest.fixture
async def ask(press: Press, services: Services, application: BotApplication, clock: Watch) -> Ask:
    """Let the bot be away for two hours while a release that is not counted yet is going out."""
    await press.open(await press.release([MARIA]))

    async def ask() -> None:
        clock.advance(timedelta(hours=2))
        await GuardLoop(
            services.guard, services.editors, application.bot, services.languages.speak
        ).look()

    return ask


async def waits(services: Services) -> bool:
    return await services.guard.arrears() is not None


async def test_an_editor_lets_it_go_on(editor: Phone, services: Services, ask: Ask):
    await ask()
    assert "Release 1, and more that are not counted yet" in editor.heard[-1]
    await editor.presses("Send it now")
    assert editor.heard[-1].endswith("Editors decided: it is being sent.")
    assert editor.buttons == []
    assert not await waits(services)


async def test_an_editor_lets_it_be(editor: Phone, services: Services, ask: Ask):
    await ask()
    await editor.presses("Do not send it")
    assert editor.heard[-1].endswith("Editors decided: it is not sent.")
    assert not await waits(services)


async def test_who_decides_second_is_told_that_it_is_decided(
    editor: Phone, second_editor: Phone, ask: Ask
):
    await ask()
    await editor.presses("Do not send it")
    await second_editor.presses("Send it now")
    assert "Editors decided" not in second_editor.heard[-1]
    assert second_editor.alert


async def test_after_a_copy_was_put_back_two_editors_have_to_agree(
    editor: Phone, second_editor: Phone, services: Services, ask: Ask
):
    await services.guard.restored()
    await ask()
    assert "may have been sent, stopped or withdrawn already" in editor.heard[-1]
    assert "So far: 0." in editor.heard[-1]
    await editor.presses("Send it now")
    assert "So far: 1." in editor.heard[-1]
    assert await waits(services)
    await second_editor.presses("Send it now")
    assert not await waits(services)


async def test_after_a_copy_was_put_back_an_editor_looks_though_nothing_waits(
    editor: Phone, services: Services, application: BotApplication, clock: Watch
):
    await services.guard.beat()
    await services.guard.restored()
    clock.advance(timedelta(minutes=5))
    loop = GuardLoop(services.guard, services.editors, application.bot, services.languages.speak)
    await loop.look()
    assert "Nothing waits to be sent." in editor.heard[-1]
    clock.advance(timedelta(hours=1))
    await loop.look()
    assert not await services.digests.begin()
    await editor.presses("Go on")
    assert editor.heard[-1].endswith("digests and reminders begin again.")
    assert await services.digests.begin()


async def test_what_waits_is_shown_with_the_notices(
    editor: Phone, services: Services, press: Press, ask: Ask
):
    await ask()
    await editor.says("/notices")
    assert "Messages that wait:" in editor.heard[-1]
    await editor.presses("Send it now")
    await editor.says("/notices")
    assert editor.heard[-1].startswith("Notices:")


async def test_a_button_that_was_never_made_does_nothing(
    editor: Phone, services: Services, ask: Ask
):
    await ask()
    for data in ("!", "!:1", "!:2:1", "!:1:x", "!:1:99", "!:0:1:1"):
        await editor.presses_data(data, editor.last)
    assert await waits(services)


async def test_readers_have_no_such_door(
    reader: Phone, editor: Phone, services: Services, ask: Ask
):
    await reader.says("/start")
    await ask()
    await reader.presses_data("!:1:1", reader.last)
    assert await waits(services)
    arrears = await services.guard.arrears()
    assert arrears is not None
    assert arrears.interruption.decision is not Decision.SEND

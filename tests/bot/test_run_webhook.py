"""``vestka run`` where Telegram brings the updates: killed, stopped, and back to polling."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import memory, settings
from bot.app import make_services
from bot.clock import now
from exchange import people
from simulator import clock
from simulator.core import Telegram
from simulator.faults import flood
from simulator.http import create_app, serve
from simulator.phone import Phone
from tests.doorstep import SECRET, new_hook
from tests.watch import AT_MOST

ROOT = Path(__file__).parents[2]
PEOPLE = (
    "ref,name.be,name.en,status,status_on,source\n"
    "sonca,Ганна Сонца,Hanna Sonca,imprisoned,2024,Viasna\n"
)


@pytest.fixture
async def telegram(installed: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Telegram]:
    """Serve a Telegram that brings updates to this installation."""
    (installed / "secret").write_text(SECRET)
    hook = new_hook()
    monkeypatch.setenv("VESTKA_WEBHOOK_URL", str(hook.url))
    monkeypatch.setenv("VESTKA_WEBHOOK_SECRET_FILE", str(installed / "secret"))
    monkeypatch.setenv("VESTKA_WEBHOOK_LISTEN", f"127.0.0.1:{hook.listen.port}")
    telegram = Telegram(clock=clock.now)
    telegram.resends = 0.05
    async with serve(create_app(telegram)) as address:
        monkeypatch.setenv("VESTKA_API_URL", address)
        chosen = settings.read()
        async with memory.recall(chosen) as remembered:
            services = make_services(chosen, remembered, now, changed=lambda _: None)
            await services.people.apply(people.read(PEOPLE.encode()))
        yield telegram
        telegram.bring_to(None)


@asynccontextmanager
async def running(*options: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Let a process run, with other settings of its own where it is given any."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        *options,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), **more},
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
        async with asyncio.timeout(AT_MOST):
            _, errors = await child.communicate()
        assert b"Traceback" not in errors, errors.decode()


async def until_heard(phone: Phone, count: int) -> None:
    async with asyncio.timeout(AT_MOST):
        while len(phone.heard) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_killed_worker_loses_nothing_and_what_it_had_in_hand_is_answered_once(
    telegram: Telegram,
) -> None:
    reader = Phone(telegram, "Chytachka", language="en")
    # Every answer waits in the bot: it is asked to wait, and is killed while it does.
    telegram.misbehave(flood(3), method="sendMessage", chat=reader)
    async with running() as first:
        await reader.says("/start")
        await reader.says("Hanna Sonca")
        async with asyncio.timeout(AT_MOST):
            while not telegram.refusals:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        first.kill()
        await first.wait()
    telegram.behave()
    assert reader.heard == []
    assert len(telegram.updates) == 2
    async with running():
        await until_heard(reader, 2)
        assert telegram.webhook is not None
        await telegram.webhook.emptied()
    assert "Write a first name" in reader.heard[0]
    assert "Hanna Sonca" in reader.heard[1]
    assert len(reader.heard) == 2


async def test_going_back_to_polling_drops_nothing(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Phone(telegram, "Chytachka", language="en")
    async with running() as brought:
        await reader.says("/start")
        await until_heard(reader, 1)
        brought.terminate()
        assert await brought.wait() == 0
    assert not telegram.calls_of("deleteWebhook"), "it stays set while the bot is away"
    await reader.says("Hanna Sonca")
    monkeypatch.delenv("VESTKA_WEBHOOK_URL")
    monkeypatch.delenv("VESTKA_WEBHOOK_SECRET_FILE")
    async with running():
        await until_heard(reader, 2)
    assert telegram.webhook is None
    assert "Hanna Sonca" in reader.heard[1]
    assert not any("drop_pending_updates" in call.values for call in telegram.calls)


async def test_a_webhook_without_a_secret_is_one_line(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VESTKA_WEBHOOK_SECRET_FILE")
    async with running() as child:
        assert child.stderr is not None
        said = await child.stderr.read()
        assert said.decode().startswith("vestka: VESTKA_WEBHOOK_URL needs VESTKA_WEBHOOK_SECRET")
        assert len(said.splitlines()) == 1
        assert await child.wait() == 1

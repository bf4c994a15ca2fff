"""Several processes share the work on PostgreSQL, and any of them may be killed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot import check, memory, settings
from db import lock
from handlers.context import Services
from model.notices import EditorId
from model.parts import Part
from model.readers import ChatId, ChatKind
from tests.bot.conftest import Vestka
from tests.bot.test_other_server import FIRST, LIST, OtherServer, server, services, start
from tests.postgres import Postgres
from tests.watch import AT_MOST

__all__ = ["server", "services"]

READERS = 300
CLAIMED, IN_FLIGHT = 100, 16
"""By one process at the free pace, at most."""


@pytest.fixture
def configured(
    configured: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Remember everything in PostgreSQL."""
    url = postgres.make(tables=False)
    monkeypatch.setenv("VESTKA_DATABASE_URL", url)
    yield configured
    postgres.drop(url)


@pytest.fixture
def installed(installed: Path, vestka: Vestka) -> Path:
    """Make the tables there."""
    assert vestka("migrate").exit_code == 0
    return installed


@asynccontextmanager
async def running(part: Part) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await start("run", "--only", part)
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
        _, errors = await asyncio.wait_for(child.communicate(), AT_MOST)
        assert b"Traceback" not in errors, errors.decode()


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(AT_MOST):
        while not await done():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def refused(*arguments: str) -> str:
    child = await start(*arguments)
    _, errors = await asyncio.wait_for(child.communicate(), AT_MOST)
    assert child.returncode == 1
    return errors.decode().strip()


def test_several_processes_need_postgresql(
    installed: Path, vestka: Vestka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTKA_DATABASE_URL", f"sqlite+aiosqlite:///{installed / 'vestka.db'}")
    assert vestka("migrate").exit_code == 0
    result = vestka("run", "--only", "sending")
    assert result.exit_code == 1
    assert result.stderr == (
        "vestka: several processes need PostgreSQL; SQLite has one: vestka run\n"
    )


async def test_one_answers_and_others_send_and_go_on_when_one_is_killed(
    server: OtherServer, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTKA_PACE", "29")
    monkeypatch.setenv("VESTKA_PAID_BROADCAST", "0")
    for chat in range(FIRST, FIRST + READERS):
        await services.readers.want_releases(ChatId(chat), ChatKind.PRIVATE, True, language="en")
    async with AsyncExitStack() as stack, memory.recall(settings.read()) as remembered:
        # Alone at first, so that it is the one that keeps house.
        victim = await stack.enter_async_context(running(Part.SENDING))
        await server.until(lambda: "getMyName" in server.methods)
        await stack.enter_async_context(running(Part.SENDING))
        await stack.enter_async_context(running(Part.ANSWERING))

        async def all_run() -> bool:
            there = await lock.count(remembered.database)
            return there == {Part.SENDING: 2, Part.ANSWERING: 1}

        await until(all_run)
        found = await check._running(remembered)
        assert found.says == "running: 1 answering, 2 sending"
        assert "another vestka is running" in await refused("run")
        assert "takes the updates" in await refused("run", "--only", "answering")
        await server.says("Hanna Sonca")
        assert "Hanna Sonca" in (await server.told(1))[0]

        notice = await services.releases.draft(EditorId("first"), LIST)
        await services.releases.submit(EditorId("first"), notice)
        await services.notices.approve(EditorId("second"), notice)
        for editor in ("first", "second"):
            await services.notices.safe(EditorId(editor), notice, [])
        await server.told(READERS // 3)
        victim.kill()
        await victim.wait()
        introduced = server.methods.count("getMyName")

        told: Counter[int] = Counter()

        def most_were_told() -> bool:
            told.update(int(one["chat_id"]) for one in server.sent[1 + told.total() :])
            return len(told) >= READERS - CLAIMED

        # Another keeps house and sends on. What was claimed by who is gone goes out when the
        # lease is over: that is tried elsewhere.
        await server.until(lambda: server.methods.count("getMyName") > introduced)
        await server.until(most_were_told)
        assert told.total() - len(told) <= IN_FLIGHT

        async def all_is_settled() -> bool:
            (_, tally), *_ = (await services.notices.dossier(notice)).waves
            assert tally.audience == READERS
            assert tally.gone == tally.failed == tally.unknown == 0
            return tally.delivered >= READERS - CLAIMED

        await until(all_is_settled)

"""Keeping house: what does not end it, and that one process does it at a time."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import house
from bot.app import Vestka
from bot.memory import Memory
from db import lock
from db.connection import Database
from db.vault import Vault
from model.errors import Unavailable
from model.notices import EditorId, Notice, NoticeId
from services.notices import Notices
from services.releases import Releases
from tests.town import LIST, Town, town
from tests.watch import AT_MOST, Watch

__all__ = ["town"]


async def test_a_locked_database_does_not_end_the_bot_and_what_a_command_wrote_is_noticed(
    town: Town,
    database: Database,
    vault: Vault,
    clock: Watch,
    random: Callable[[int], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks, look = 0, Notices.open_notices

    async def knock(self: Notices) -> tuple[Notice, ...]:
        nonlocal looks
        looks += 1
        if looks % 2:
            raise Unavailable
        return await look(self)

    monkeypatch.setattr(house, "LOOK_EVERY", timedelta(milliseconds=1))
    monkeypatch.setattr(Notices, "open_notices", knock)
    noticed: asyncio.Queue[NoticeId] = asyncio.Queue()
    town.vestka.changed.wake(noticed.put_nowait)
    looking = asyncio.create_task(house._look(town.vestka))
    async with asyncio.timeout(AT_MOST):
        while looks < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        beside = Releases(database, vault, clock, random, lambda _: None)
        drafted = await beside.draft(EditorId("operator"), LIST)
        assert await noticed.get() == drafted
    assert not looking.done()
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)


@pytest.fixture
def memory(shared: Database, vault: Vault) -> Memory:
    return Memory(shared, vault)


class Houses:
    """Counts who keeps house."""

    def __init__(self) -> None:
        self.kept, self.changed = 0, asyncio.Event()
        self.falls_down = False

    async def keep(self, _vestka: Vestka, _memory: Memory, _clock: Watch) -> None:
        self.kept += 1
        self.changed.set()
        try:
            while not self.falls_down:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            raise ZeroDivisionError
        finally:
            self.kept -= 1
            self.changed.set()

    async def until(self, kept: int) -> None:
        async with asyncio.timeout(AT_MOST):
            while self.kept != kept:
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
def houses(monkeypatch: pytest.MonkeyPatch) -> Houses:
    houses = Houses()
    monkeypatch.setattr(house, "keep", houses.keep)
    monkeypatch.setattr(house, "TRY_EVERY", timedelta(milliseconds=10))
    monkeypatch.setattr(lock, "LOOK_EVERY", 0.01)
    return houses


async def test_one_process_keeps_house_and_another_when_it_is_gone(
    town: Town, memory: Memory, clock: Watch, houses: Houses
) -> None:
    first, second = (
        asyncio.create_task(house.take_turns(town.vestka, memory, clock)) for _ in range(2)
    )
    await houses.until(1)
    await asyncio.sleep(0.1)
    assert houses.kept == 1
    for one in (first, second):
        one.cancel()
        await asyncio.gather(one, return_exceptions=True)
        await houses.until(1 if one is first else 0)


async def test_who_loses_the_session_keeps_house_no_more(
    town: Town, memory: Memory, clock: Watch, houses: Houses, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, look = False, lock._is_there

    async def is_there(connection: AsyncConnection) -> bool:
        return not gone and await look(connection)

    monkeypatch.setattr(lock, "_is_there", is_there)
    keeping = asyncio.create_task(house.take_turns(town.vestka, memory, clock))
    await houses.until(1)
    gone = True
    await houses.until(0)
    gone = False
    await houses.until(1)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_what_breaks_in_the_house_ends_the_process(
    town: Town, memory: Memory, clock: Watch, houses: Houses
) -> None:
    houses.falls_down = True
    with pytest.raises(ZeroDivisionError):
        await house.take_turns(town.vestka, memory, clock)

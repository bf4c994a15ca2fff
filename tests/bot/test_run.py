"""The running bot: what does not end it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot import run
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

    monkeypatch.setattr(run, "LOOK_EVERY", timedelta(milliseconds=1))
    monkeypatch.setattr(Notices, "open_notices", knock)
    noticed: asyncio.Queue[NoticeId] = asyncio.Queue()
    town.vestka.changed.wake(noticed.put_nowait)
    looking = asyncio.create_task(run._look(town.vestka))
    async with asyncio.timeout(AT_MOST):
        while looks < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        beside = Releases(database, vault, clock, random, lambda _: None)
        drafted = await beside.draft(EditorId("operator"), LIST)
        assert await noticed.get() == drafted
    assert not looking.done()
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)

"""Several processes answer behind a balancer, and any of them may be killed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import count

import pytest
from aiohttp import ClientConnectorError, ClientError, ClientSession, web
from yarl import URL

from bot import settings
from db import lock
from db.connection import open_database
from model.parts import Part
from simulator.core import Telegram
from simulator.phone import Phone
from tests.bot.test_processes import configured, installed
from tests.bot.test_run_webhook import running, telegram
from tests.doorstep import new_hook
from tests.watch import AT_MOST

__all__ = ["configured", "installed", "telegram"]

READERS, QUESTIONS = 12, 6


class Balancer:
    """Gives what it is brought to one worker after another, as any balancer does."""

    def __init__(self) -> None:
        self.workers = [new_hook().url for _ in range(2)]
        self.given = [0, 0]
        self._turn = count()
        self._session = ClientSession()

    async def pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        turn = next(self._turn)
        for chosen in (turn % 2, 1 - turn % 2):
            try:
                async with self._session.post(
                    self.workers[chosen], data=body, headers=request.headers
                ) as answer:
                    self.given[chosen] += answer.status == 200
                    return web.Response(status=answer.status)
            except ClientConnectorError:
                continue  # nothing was sent: the other may have it
            except ClientError:
                break  # it may have been taken
        return web.Response(status=502)

    async def close(self) -> None:
        await self._session.close()


@pytest.fixture
async def balancer(telegram: Telegram) -> AsyncIterator[Balancer]:
    """Stand where Telegram brings the updates."""
    balancer = Balancer()
    application = web.Application()
    application.router.add_post("/telegram", balancer.pass_on)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    hook = settings.read().hook()
    assert hook is not None
    await web.TCPSite(runner, "127.0.0.1", hook.url.port).start()
    yield balancer
    telegram.bring_to(None)
    await runner.cleanup()
    await balancer.close()


def listening_at(url: URL) -> dict[str, str]:
    return {"VESTKA_WEBHOOK_LISTEN": f"127.0.0.1:{url.port}"}


async def opened(url: URL) -> None:
    """Wait until somebody listens there."""
    while True:
        with suppress(ConnectionRefusedError):
            _, writer = await asyncio.open_connection(url.host, url.port)
            writer.close()
            return
        await asyncio.sleep(0.05)


async def test_each_takes_its_share_and_when_one_is_killed_nobody_waits_in_vain(
    telegram: Telegram, balancer: Balancer
) -> None:
    readers = [Phone(telegram, f"Chytachka {number}", language="en") for number in range(READERS)]
    first, second = map(listening_at, balancer.workers)
    database = open_database(settings.read().database_url)
    async with (
        running("--only", "answering", **first) as victim,
        running("--only", "answering", **second),
        asyncio.timeout(AT_MOST),
    ):
        for url in balancer.workers:
            await opened(url)
        while telegram.webhook is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        assert await lock.count(database) == {Part.ANSWERING: 2}
        await database.close()
        for reader in readers:
            await reader.says("/start")
        await telegram.webhook.emptied()
        assert min(balancer.given) > 0

        telegram.latency = (0.05, 0.1)
        for number in range(QUESTIONS):
            for reader in readers:
                await reader.says("Hanna Sonca" if number % 2 else "/language")
        while sum(balancer.given) < READERS * 3:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        in_hand = len(telegram.updates)
        victim.kill()
        await victim.wait()
        await telegram.webhook.emptied()
        assert in_hand
    repeats = 0
    for reader in readers:
        answers = ["Hanna Sonca" in text for text in reader.heard[1:]]
        repeats += len(answers) - QUESTIONS
        # One that comes again is answered before the next one is brought.
        expected = [bool(number % 2) for number in range(QUESTIONS)]
        assert [a for i, a in enumerate(answers) if i == 0 or answers[i - 1] != a] == expected
    assert repeats <= READERS

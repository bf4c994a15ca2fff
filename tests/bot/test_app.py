"""The bot as it is put together: what goes to Telegram goes over connections of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import httpx
import pytest
from telegram.error import NetworkError

from bot import app, memory, settings
from bot.app import Vestka
from bot.clock import now
from delivery.replies import Replies
from delivery.request import AiohttpRequest
from delivery.transport import Unsent

PROXY = "socks5h://127.0.0.1:9"
"""Nobody listens there."""


@pytest.fixture
def proxied(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTKA_PROXY", PROXY)


@contextmanager
def no_other_client(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let whatever would use httpx fail."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("httpx is used")

    with monkeypatch.context() as patched:
        patched.setattr(httpx.AsyncClient, "__init__", refuse)
        patched.setattr(httpx.Client, "__init__", refuse)
        yield


async def built() -> Vestka:
    chosen = settings.read()
    async with memory.recall(chosen) as remembered:
        return app.build(chosen, remembered, clock=now)


@pytest.mark.usefixtures("proxied")
async def test_updates_replies_and_broadcasts_have_connections_of_their_own_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with no_other_client(monkeypatch):
        vestka = await built()
        bot = vestka.application.bot
        updates, replies = bot._request
        assert isinstance(updates, AiohttpRequest)
        assert isinstance(replies, AiohttpRequest)
        await updates.initialize()
        await replies.initialize()
        pools: list[aiohttp.BaseConnector | None] = []
        async with vestka.broadcast:
            for request in (updates, replies):
                assert request._session is not None
                pools.append(request._session.connector)
            assert vestka.broadcast._open is not None
            pools.append(vestka.broadcast._open[0])
            assert len({id(pool) for pool in pools}) == 3
            # The proxy is not there, and nothing finds a way around it.
            with pytest.raises(NetworkError):
                await bot.get_me()
            with pytest.raises(Unsent):
                await vestka.broadcast.post("sendMessage", b"{}")
        await updates.shutdown()
        await replies.shutdown()


@pytest.mark.usefixtures("installed")
async def test_replies_are_paced_by_us_and_not_by_the_library() -> None:
    vestka = await built()
    assert isinstance(vestka.application.bot.rate_limiter, Replies)

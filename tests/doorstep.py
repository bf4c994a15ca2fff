"""The bot of the town where Telegram brings it updates, instead of being polled."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from yarl import URL

from bot import webhook
from bot.settings import Address, Hook, Settings
from simulator.core import TOKEN
from tests.town import Town

SECRET = "Invented_secret-of-thirty-two-characters"


def new_hook() -> Hook:
    """Find a place on this machine where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = URL(f"http://127.0.0.1:{port}/telegram")
    return Hook(url, SECRET, Address("127.0.0.1", port))


@asynccontextmanager
async def brought(town: Town, hook: Hook) -> AsyncIterator[None]:
    """Let Telegram bring the updates there; what somebody does on a phone ends when it is
    answered."""
    settings = Settings(_env_file=None, token=TOKEN, key_file=Path("unused"))
    async with webhook.taking_in(town.vestka.application, hook, settings):
        assert town.telegram.webhook is not None
        town.telegram.arrived = town.telegram.webhook.emptied
        yield
    town.telegram.arrived = None

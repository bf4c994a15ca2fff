"""The stand-in brings updates to a bot that listens, as Telegram does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from simulator import webhook
from simulator.core import Telegram
from simulator.phone import Phone
from tests.simulator.conftest import Ask
from tests.watch import AT_MOST

SECRET = "Invented_secret-1"


@dataclass
class Listener:
    """A bot that takes down what it is brought."""

    url: str = ""
    brought: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    """What it says first; after that always 200."""
    inside: int = 0
    most_inside: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.brought.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        await self.opened.wait()
        self.inside -= 1
        return self.answers.pop(0) if self.answers else web.Response()

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.brought]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    listener.opened.set()
    application = web.Application()
    application.router.add_post("/hook", listener.take)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield listener
    await runner.cleanup()


@pytest.fixture
async def telegram(telegram: Telegram) -> AsyncIterator[Telegram]:
    telegram.resends = 0.01
    yield telegram
    telegram.bring_to(None)


async def emptied(telegram: Telegram) -> None:
    assert telegram.webhook is not None
    async with asyncio.timeout(AT_MOST):
        await telegram.webhook.emptied()


async def test_what_waits_and_what_comes_is_brought_with_the_secret(
    telegram: Telegram, reader: Phone, ask: Ask, listener: Listener
) -> None:
    await reader.says("before")
    await ask("setWebhook", url=listener.url, secret_token=SECRET)
    await emptied(telegram)
    await reader.says("after")
    await emptied(telegram)
    assert listener.texts() == ["before", "after"]
    assert listener.secrets == [SECRET, SECRET]
    assert not telegram.updates


async def test_without_a_secret_none_is_sent(
    telegram: Telegram, reader: Phone, ask: Ask, listener: Listener
) -> None:
    await ask("setWebhook", url=listener.url)
    await reader.says("hello")
    await emptied(telegram)
    assert listener.secrets == [None]


async def test_of_a_chat_one_at_a_time_of_many_chats_as_many_as_were_asked_for(
    telegram: Telegram, ask: Ask, listener: Listener
) -> None:
    readers = [Phone(telegram, name) for name in ("Alesia", "Jonas", "Olena")]
    for reader in readers:
        await reader.says("/start")
    telegram.updates.clear()
    listener.opened.clear()
    await ask("setWebhook", url=listener.url, max_connections=2)
    for word in ("one", "two", "three"):
        for reader in readers:
            await reader.says(word)
    await asyncio.sleep(0.05)
    listener.opened.set()
    await emptied(telegram)
    assert listener.most_inside == 2
    assert len(listener.brought) == 9
    for reader in readers:
        its = [u for u in listener.brought if u["message"]["chat"]["id"] == reader.id]
        assert [update["message"]["text"] for update in its] == ["one", "two", "three"]


async def test_a_press_does_not_wait_for_a_message_of_its_chat(
    telegram: Telegram, reader: Phone, ask: Ask, listener: Listener
) -> None:
    button = {"inline_keyboard": [[{"text": "Who?", "callback_data": "who"}]]}
    await ask("sendMessage", chat_id=reader.id, text="Who?", reply_markup=button)
    listener.opened.clear()
    await ask("setWebhook", url=listener.url)
    await reader.says("hello")
    await reader.presses_data("who", reader.last)
    async with asyncio.timeout(AT_MOST):
        while listener.inside < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    listener.opened.set()
    await emptied(telegram)


async def test_what_is_not_answered_with_2xx_is_brought_again_before_the_next(
    telegram: Telegram, reader: Phone, ask: Ask, listener: Listener
) -> None:
    listener.answers = [
        web.Response(status=500),
        web.Response(status=302, headers={"Location": listener.url}),
        web.Response(status=503, headers={"Retry-After": "0"}),
        web.Response(status=204),
    ]
    await ask("setWebhook", url=listener.url)
    await reader.says("one")
    await reader.says("two")
    await emptied(telegram)
    assert listener.texts() == ["one"] * 4 + ["two"]
    said = await ask("getWebhookInfo")
    assert said["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    assert said["last_error_date"] == telegram.world.now()
    assert said["pending_update_count"] == 0


async def test_what_takes_too_long_is_brought_again(
    telegram: Telegram,
    reader: Phone,
    ask: Ask,
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook, "GIVES_UP", 0.05)
    listener.opened.clear()
    await ask("setWebhook", url=listener.url)
    await reader.says("one")
    async with asyncio.timeout(AT_MOST):
        while len(listener.brought) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert (await ask("getWebhookInfo"))["last_error_message"] == "Read timeout expired"
    listener.opened.set()
    await emptied(telegram)


async def test_where_nobody_listens_it_waits(telegram: Telegram, reader: Phone, ask: Ask) -> None:
    await ask("setWebhook", url="http://127.0.0.1:9/hook", max_connections=7)
    await reader.says("one")
    async with asyncio.timeout(AT_MOST):
        while "last_error_message" not in (said := await ask("getWebhookInfo")):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert said["url"] == "http://127.0.0.1:9/hook"
    assert said["max_connections"] == 7
    assert said["pending_update_count"] == 1


async def test_the_same_words_again_change_nothing(
    telegram: Telegram, reader: Phone, ask: Ask, listener: Listener
) -> None:
    listener.opened.clear()
    await ask("setWebhook", url=listener.url, secret_token=SECRET)
    await reader.says("one")
    async with asyncio.timeout(AT_MOST):
        while not listener.inside:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    await ask("setWebhook", url=listener.url, secret_token=SECRET)
    listener.opened.set()
    await emptied(telegram)
    assert listener.texts() == ["one"]


async def test_a_bot_with_a_webhook_cannot_poll_until_it_is_deleted(
    telegram: Telegram, reader: Phone, ask: Ask, refused: Ask, listener: Listener
) -> None:
    await ask("setWebhook", url="http://127.0.0.1:9/hook")
    await reader.says("one")
    assert "use deleteWebhook" in await refused("getUpdates")
    await ask("deleteWebhook")
    assert [update["message"]["text"] for update in await ask("getUpdates")] == ["one"]
    await ask("setWebhook", url="http://127.0.0.1:9/hook")
    await ask("setWebhook", url="")
    assert (await ask("getWebhookInfo"))["url"] == ""
    await ask("setWebhook", url=listener.url, drop_pending_updates=True)
    await reader.says("two")
    await emptied(telegram)
    assert listener.texts() == ["two"]


async def test_whoever_polls_is_sent_away_when_a_webhook_is_set(
    telegram: Telegram, ask: Ask, refused: Ask
) -> None:
    polling = asyncio.create_task(refused("getUpdates", timeout=50))
    await asyncio.sleep(0.01)
    await ask("setWebhook", url="http://127.0.0.1:9/hook")
    assert "terminated by setWebhook" in await polling


async def test_only_the_kinds_asked_for_are_brought(
    telegram: Telegram, reader: Phone, ask: Ask, listener: Listener
) -> None:
    await ask("setWebhook", url=listener.url, allowed_updates=["edited_message"])
    message = await reader.says("one")
    await reader.edits(message, "two")
    await emptied(telegram)
    assert [list(update)[1] for update in listener.brought] == ["edited_message"]
    assert (await ask("getWebhookInfo"))["allowed_updates"] == ["edited_message"]


async def test_odd_updates_are_brought_too(
    telegram: Telegram, ask: Ask, listener: Listener
) -> None:
    await ask("setWebhook", url=listener.url)
    for odd in ({"update_id": 1}, {"update_id": 2, "poll": {"id": "7"}}, {"update_id": 3, "x": 1}):
        telegram.push_raw(odd)
    await emptied(telegram)
    assert sorted(update["update_id"] for update in listener.brought) == [1, 2, 3]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": "https://example.org/hook"}, "only this machine"),
        ({"url": "http://127.0.0.1.example.org/"}, "only this machine"),
        ({"url": "ftp://localhost/"}, "only this machine"),
        ({"url": "http://localhost:99999/"}, "invalid webhook URL"),
        ({"url": "http://localhost/", "secret_token": "нешта"}, "unallowed characters"),
        ({"url": "http://localhost/", "secret_token": "a" * 257}, "unallowed characters"),
        ({"url": "http://localhost/", "ip_address": "127.0.0.1"}, "not simulated"),
        ({}, "url is empty"),
    ],
)
async def test_nothing_leaves_this_machine_and_secrets_are_plain(
    telegram: Telegram, refused: Ask, given: dict[str, Any], said: str
) -> None:
    assert said in await refused("setWebhook", **given)
    assert telegram.webhook is None

"""Updates brought by webhook: each is handled before it is answered for, and nobody else's."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession, UnixConnector
from yarl import URL

from bot import webhook
from bot.settings import Address, Hook
from handlers.gate import Seen
from model.errors import Misconfigured
from services.search import Search
from simulator.faults import flood, refusal
from simulator.refusals import bad_request
from tests.doorstep import SECRET, brought, new_hook
from tests.town import Town, town
from tests.watch import AT_MOST

__all__ = ["town"]

HEADER = "X-Telegram-Bot-Api-Secret-Token"
NAME = "Алеся Ластаўка"


@pytest.fixture
def hook() -> Hook:
    return new_hook()


@pytest.fixture
async def outside() -> AsyncIterator[ClientSession]:
    """Anybody who can reach the door."""
    async with ClientSession() as session:
        yield session


class Held(asyncio.Event):
    """Questions wait until it is set."""

    waiting = 0


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """Make every question wait."""
    held, ask = Held(), Search.ask

    async def wait(self: Search, *arguments: Any, **more: Any) -> Any:
        held.waiting += 1
        await held.wait()
        return await ask(self, *arguments, **more)

    monkeypatch.setattr(Search, "ask", wait)
    return held


def says(number: int, text: str, chat: int = 4_000_000_007) -> bytes:
    """Shape an update as Telegram does."""
    person = {"id": chat, "is_bot": False, "first_name": "R", "language_code": "be"}
    message = {
        "message_id": number,
        "date": 1_765_627_200,
        "chat": {"id": chat, "type": "private", "first_name": "R"},
        "from": person,
        "text": text,
    }
    return json.dumps({"update_id": number, "message": message}).encode()


async def until(done: Callable[[], object]) -> None:
    async with asyncio.timeout(AT_MOST):
        while not done():  # noqa: ASYNC110  # what is waited for is on the other side of a socket
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("method", "path", "secret"),
    [
        ("POST", "/telegram", None),
        ("POST", "/telegram", ""),
        ("POST", "/telegram", SECRET[:-1]),
        ("POST", "/telegram", SECRET + "x"),
        ("POST", "/telegram", SECRET.lower()),
        ("POST", "/telegram", "нешта"),
        ("POST", "/telegram/", SECRET),
        ("POST", "/", SECRET),
        ("POST", "/../telegram/x", SECRET),
        ("GET", "/telegram", SECRET),
        ("HEAD", "/telegram", SECRET),
        ("PUT", "/telegram", SECRET),
        ("OPTIONS", "/telegram", SECRET),
        ("GET", "/telegram", None),
    ],
)
async def test_whoever_is_not_telegram_hears_404_and_no_more(
    town: Town,
    hook: Hook,
    outside: ClientSession,
    method: str,
    path: str,
    secret: str | None,
) -> None:
    headers = {} if secret is None else {HEADER: secret}
    async with brought(town, hook):
        calls = len(town.telegram.calls)
        answer = await outside.request(
            method, hook.url.with_path(path), headers=headers, data=says(1, NAME)
        )
        assert (answer.status, await answer.read()) == (404, b"")
        assert len(town.telegram.calls) == calls


async def test_of_a_stranger_nothing_is_read(
    town: Town, hook: Hook, outside: ClientSession
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with brought(town, hook), asyncio.timeout(AT_MOST):
        answer = await outside.post(hook.url, data=endless())
        assert answer.status == 404


async def test_a_flood_of_strangers_keeps_no_reader_waiting(
    town: Town, hook: Hook, outside: ClientSession
) -> None:
    over = asyncio.Event()

    async def knock(number: int) -> set[int]:
        heard = set()
        while not over.is_set():
            headers = {HEADER: f"guess {number}"}
            async with outside.post(hook.url, headers=headers, data=says(1, NAME)) as answer:
                heard.add(answer.status)
        return heard

    async with brought(town, hook):
        reader = await town.reader("Chytachka", "be")
        knocking = [asyncio.create_task(knock(number)) for number in range(50)]
        async with asyncio.timeout(AT_MOST):
            await reader.says(NAME)
        assert NAME in reader.heard[-1]
        over.set()
        assert set().union(*await asyncio.gather(*knocking)) == {404}


async def test_a_body_larger_than_any_update_is_not_taken(
    town: Town, hook: Hook, outside: ClientSession
) -> None:
    large = says(1, "x" * webhook.LARGEST)
    async with brought(town, hook):
        answer = await outside.post(hook.url, headers={HEADER: SECRET}, data=io.BytesIO(large))
        assert (answer.status, await answer.read()) == (413, b"")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"nothing", says(1, NAME)[:-1]]
)
async def test_what_is_no_json_is_refused(
    town: Town, hook: Hook, outside: ClientSession, body: bytes
) -> None:
    async with brought(town, hook):
        answer = await outside.post(hook.url, headers={HEADER: SECRET}, data=body)
        assert (answer.status, await answer.read()) == (400, b"")


_CHAT = {"id": 7, "type": "private", "first_name": "R"}


@pytest.mark.parametrize(
    "given",
    [
        None,
        5,
        "update",
        [],
        {},
        {"update_id": 1},
        {"update_id": "1"},
        {"update_id": []},
        {"update_id": 1, "message": 5},
        {"update_id": 1, "message": {}},
        {"update_id": 1, "message": {"message_id": 1, "date": 10**30, "chat": _CHAT}},
        {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": {}, "type": ""}}},
        {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": "7", "type": ""}}},
        {
            "update_id": 1,
            "inline_query": {"id": "1", "from": {"id": []}, "query": "", "offset": ""},
        },
    ],
)
async def test_what_is_no_update_is_taken_and_dropped(
    town: Town, hook: Hook, outside: ClientSession, given: Any
) -> None:
    async with brought(town, hook):
        calls = len(town.telegram.calls)
        answer = await outside.post(hook.url, headers={HEADER: SECRET}, data=json.dumps(given))
        assert (answer.status, await answer.read()) == (200, b"")
        assert len(town.telegram.calls) == calls


async def test_an_update_is_answered_for_when_the_reader_has_been_answered(
    town: Town, hook: Hook, held: Held
) -> None:
    async with brought(town, hook):
        reader = await town.reader("Chytachka", "be")
        heard = len(reader.heard)
        asking = asyncio.create_task(reader.says(NAME))
        await until(lambda: held.waiting)
        await asyncio.sleep(0.1)
        assert not asking.done()
        assert len(town.telegram.updates) == 1
        held.set()
        await asking
        assert not town.telegram.updates
        assert len(reader.heard) == heard + 1


async def test_one_that_comes_again_meanwhile_waits_for_the_first_and_is_answered_once(
    town: Town, hook: Hook, held: Held, outside: ClientSession
) -> None:
    async with brought(town, hook):
        reader = await town.reader("Chytachka", "be")
        heard = len(reader.heard)
        body = says(9, NAME, reader.id)
        twice = [
            asyncio.create_task(_status(outside, hook, body)),
            asyncio.create_task(_status(outside, hook, body)),
        ]
        await until(lambda: held.waiting)
        await asyncio.sleep(0.1)
        assert not any(each.done() for each in twice)
        held.set()
        assert await asyncio.gather(*twice) == [200, 200]
        assert len(reader.heard) == heard + 1


async def test_an_update_is_handled_to_its_end_though_nobody_waits_for_that(
    town: Town, hook: Hook, held: Held, outside: ClientSession
) -> None:
    async with brought(town, hook):
        reader = await town.reader("Chytachka", "be")
        heard = len(reader.heard)
        asking = asyncio.create_task(_status(outside, hook, says(9, NAME, reader.id)))
        await until(lambda: held.waiting)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        held.set()
        await until(lambda: len(reader.heard) == heard + 1)


async def _status(outside: ClientSession, hook: Hook, body: bytes) -> int:
    async with outside.post(hook.url, headers={HEADER: SECRET}, data=body) as answer:
        assert await answer.read() == b""
        return answer.status


async def test_what_one_writes_is_handled_in_order_and_many_at_once(
    town: Town, hook: Hook, held: Held
) -> None:
    async with brought(town, hook):
        readers = [await town.reader(f"Chytachka {number}", "be") for number in range(5)]
        held.set()
        town.telegram.arrived = None
        for _ in range(3):
            for reader in readers:
                await reader.says(NAME)
                await reader.says("/language")
        assert town.telegram.webhook is not None
        await town.telegram.webhook.emptied()
        for reader in readers:
            answers = reader.heard[-6:]
            assert [NAME in text for text in answers] == [True, False] * 3


async def test_when_too_much_is_in_hand_telegram_keeps_the_rest(
    town: Town,
    hook: Hook,
    held: Held,
    outside: ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook, "IN_HAND", 2)
    async with brought(town, hook):
        readers = [await town.reader(name, "be") for name in ("Chytachka", "Susiedka")]
        asking = [
            asyncio.create_task(_status(outside, hook, says(number, NAME, reader.id)))
            for number, reader in enumerate(readers)
        ]
        await until(lambda: held.waiting == 2)
        answer = await outside.post(hook.url, headers={HEADER: SECRET}, data=says(3, NAME))
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        held.set()
        assert await asyncio.gather(*asking) == [200, 200]
        assert await _status(outside, hook, says(3, NAME, readers[0].id)) == 200


async def test_what_a_handler_stumbles_over_is_answered_for(
    town: Town, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_arguments: Any, **_more: Any) -> Any:
        raise RuntimeError

    async with brought(town, hook):
        reader = await town.reader("Chytachka", "be")
        heard = len(reader.heard)
        monkeypatch.setattr(Search, "ask", broken)
        await reader.says(NAME)
        assert len(reader.heard) == heard + 1
        assert not town.telegram.updates


async def test_a_bot_that_stops_finishes_what_it_can_and_telegram_brings_the_rest_again(
    town: Town, hook: Hook, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "LINGER", 0.05)
    town.telegram.resends = 0.01
    async with brought(town, hook):
        reader = await town.reader("Chytachka", "be")
        heard = len(reader.heard)
        town.telegram.arrived = None
        await reader.says(NAME)
        await reader.says("/language")
        await until(lambda: held.waiting)
    assert len(reader.heard) == heard
    assert len(town.telegram.updates) == 2
    held.set()
    # The bot that comes back remembers no update.
    monkeypatch.setattr(Seen, "before", lambda *_: False)
    async with brought(town, hook):
        assert town.telegram.webhook is not None
        await town.telegram.webhook.emptied()
    assert len(reader.heard) == heard + 2
    assert NAME in reader.heard[-2]


async def test_a_bot_that_stops_finishes_what_is_in_hand(
    town: Town, hook: Hook, held: Held
) -> None:
    async with brought(town, hook):
        reader = await town.reader("Chytachka", "be")
        heard = len(reader.heard)
        town.telegram.arrived = None
        await reader.says(NAME)
        await until(lambda: held.waiting)
        asyncio.get_running_loop().call_later(0.1, held.set)
    assert len(reader.heard) == heard + 1
    assert not town.telegram.updates


async def test_telegram_is_told_what_to_bring_and_drops_nothing(town: Town, hook: Hook) -> None:
    reader = await town.reader("Chytachka", "be")
    town.telegram.arrived = None
    await reader.says(NAME)
    async with brought(town, hook):
        assert town.telegram.webhook is not None
        await town.telegram.webhook.emptied()
    assert NAME in reader.heard[-1]
    (asked,) = town.telegram.calls_of("setWebhook")
    assert asked.values["url"] == str(hook.url)
    assert asked.values["secret_token"] == SECRET
    assert asked.values["max_connections"] == 100
    assert "drop_pending_updates" not in asked.values
    assert sorted(asked.values["allowed_updates"]) == [
        "callback_query",
        "inline_query",
        "message",
        "my_chat_member",
    ]
    assert town.telegram.webhook is not None, "it stays set while the bot is away"


async def test_many_that_start_at_once_wait_their_turn_to_say_so(town: Town, hook: Hook) -> None:
    town.telegram.misbehave(flood(1), method="setWebhook", times=2)
    async with brought(town, hook):
        town.telegram.refusals.clear()
        assert (await town.vestka.application.bot.get_webhook_info()).url == str(hook.url)


async def test_an_address_that_telegram_does_not_take_is_one_line(town: Town, hook: Hook) -> None:
    why = bad_request("bad webhook: IPv6-only addresses are not allowed")
    town.telegram.misbehave(refusal(why), method="setWebhook")
    with pytest.raises(Misconfigured, match=r"Telegram refuses VESTKA_WEBHOOK_URL: .*ipv6"):
        async with brought(town, hook):
            pass
    town.telegram.refusals.clear()


async def test_two_cannot_listen_in_one_place(town: Town, hook: Hook) -> None:
    async with brought(town, hook):
        with pytest.raises(Misconfigured, match="cannot listen at VESTKA_WEBHOOK_LISTEN"):
            async with brought(town, hook):
                pass


async def test_a_balancer_may_come_through_a_socket_that_our_group_shares(
    town: Town, tmp_path: Any
) -> None:
    path = tmp_path / "hook"
    hook = Hook(URL("http://localhost/telegram"), SECRET, Address(path=str(path)))
    reader = await town.reader("Chytachka", "be")
    heard = len(reader.heard)
    async with (
        brought(town, hook),
        ClientSession(connector=UnixConnector(str(path))) as balancer,
    ):
        assert path.stat().st_mode & 0o777 == 0o660
        assert await _status(balancer, hook, says(9, NAME, reader.id)) == 200
    assert len(reader.heard) == heard + 1
    with pytest.raises(ClientConnectionError):
        async with ClientSession(connector=UnixConnector(str(path))) as balancer:
            await balancer.post(hook.url)


async def test_a_webhook_that_was_taken_away_is_said_once(
    town: Town, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(webhook, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(webhook._log, "error", lambda event, **_: said.append(event))
    async with brought(town, hook):
        await until(lambda: len(town.telegram.calls_of("getWebhookInfo")) > 2)
        assert said == []
        await town.vestka.application.bot.delete_webhook()
        looks = len(town.telegram.calls_of("getWebhookInfo"))
        await until(lambda: len(town.telegram.calls_of("getWebhookInfo")) > looks + 5)
    assert len(said) == 1
    assert "token is stolen" in said[0]

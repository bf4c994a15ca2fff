"""``vestka run`` against a Bot API server that is not our stand-in: sixty lines of another one."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot import memory, settings
from bot.app import make_services
from bot.clock import now
from exchange import people
from handlers.context import Services
from locales import speak
from model.notices import EditorId
from model.readers import ChatId, ChatKind
from tests.watch import AT_MOST
from views import callbacks
from views.callbacks import Verb

TOKEN = "700000001:AAF-another-server-entirely-0123456"
ROOT = Path(__file__).parents[2]
PEOPLE = (
    "ref,name.be,name.en,status,status_on,source\n"
    "sonca,Ганна Сонца,Hanna Sonca,imprisoned,2024,Viasna\n"
)
LIST = "2025-12-13\n1 Viasna https://example.org/\nLithuania:\nHanna Sonca\n"
AUDIENCE = 1_000
FIRST = 40_000_000_000


class OtherServer:
    """Answers every method with what it needs, and keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.edited: list[dict[str, Any]] = []
        self.methods: list[str] = []
        self.asked_for: list[str] = []
        self.updates: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.number = 0
        self.asked = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        given: dict[str, Any] = {}
        if request.content_type == "application/json":
            given = await request.json()
        elif request.can_read_body:
            given = dict(await request.post())
        method = request.match_info["method"]
        self.methods.append(method)
        self.asked.set()
        if request.match_info["token"] != TOKEN:
            return web.json_response(
                {"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401
            )
        result = await self.result(method, given)
        self.asked.set()
        return web.json_response({"ok": True, "result": result})

    async def result(self, method: str, given: dict[str, Any]) -> Any:
        chat = {"id": int(given.get("chat_id", 0)), "type": "private", "first_name": "R"}
        match method:
            case "getMe":
                return {
                    "id": 700000001,
                    "is_bot": True,
                    "first_name": "V",
                    "username": "other_bot",
                }
            case "getUpdates":
                self.asked_for = json.loads(given.get("allowed_updates", "[]"))
                return await self._wait()
            case "sendMessage":
                self.number += 1
                self.sent.append(given)
                return {"message_id": self.number, "date": 0, "chat": chat, "text": given["text"]}
            case "editMessageText":
                self.edited.append(given)
                return {"message_id": 1, "date": 0, "chat": chat, "text": given["text"]}
            case "getMyName":
                return {"name": ""}
            case "getMyDescription":
                return {"description": ""}
            case "getMyShortDescription":
                return {"short_description": ""}
            case "getMyCommands":
                return []
            case _:
                return True

    async def _wait(self) -> list[dict[str, Any]]:
        try:
            return [await asyncio.wait_for(self.updates.get(), 1)]
        except TimeoutError:
            return []

    async def push(self, kind: str, content: dict[str, Any]) -> None:
        self.number += 1
        await self.updates.put({"update_id": self.number, kind: content})

    async def says(self, text: str) -> None:
        """Let a person write."""
        command = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        message = {"text": text, "entities": command if text.startswith("/") else []}
        await self.push("message", _message() | message)

    async def presses(self, data: str) -> None:
        """Let a person press a button."""
        press = {"id": "1", "from": _PERSON, "chat_instance": "1", "data": data}
        await self.push("callback_query", press | {"message": _message() | {"text": "card"}})

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait until the bot's requests have made something true."""
        async with asyncio.timeout(AT_MOST):
            while not done():
                self.asked.clear()
                await self.asked.wait()

    async def told(self, count: int) -> list[str]:
        """Wait until so many messages were sent."""
        await self.until(lambda: len(self.sent) >= count)
        return [str(one["text"]) for one in self.sent]


_PERSON = {"id": FIRST - 1, "is_bot": False, "first_name": "R", "language_code": "en"}


def _message() -> dict[str, Any]:
    chat = {"id": FIRST - 1, "type": "private", "first_name": "R"}
    return {"message_id": 7, "date": 1, "chat": chat, "from": _PERSON}


@pytest.fixture
async def server(installed: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OtherServer]:
    server = OtherServer()
    application = web.Application()
    application.router.add_route("*", "/bot{token}/{method}", server.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    monkeypatch.setenv("VESTKA_API_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("VESTKA_TOKEN", TOKEN)
    monkeypatch.setenv("VESTKA_PACE", "1000")
    monkeypatch.setenv("VESTKA_PAID_BROADCAST", "1")
    yield server
    await runner.cleanup()


@pytest.fixture
async def services(server: OtherServer) -> AsyncIterator[Services]:
    """Work beside the running bot, as commands do."""
    async with memory.recall(settings.read()) as remembered:
        services = make_services(settings.read(), remembered, now, changed=lambda _: None)
        await services.people.apply(people.read(PEOPLE.encode()))
        yield services


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
async def running(
    server: OtherServer, services: Services
) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await start("run")
    await server.until(lambda: "getUpdates" in server.methods)
    yield child
    if child.returncode is None:
        child.terminate()
        _, errors = await asyncio.wait_for(child.communicate(), AT_MOST)
        assert b"Traceback" not in errors, errors.decode()
    assert child.returncode == 0


async def test_it_answers_a_start_a_question_and_a_press(
    server: OtherServer, running: asyncio.subprocess.Process
) -> None:
    t = speak("en")
    await server.says("/start")
    assert "Write a first name" in (await server.told(1))[0]
    await server.presses(callbacks.data(Verb.DISCREET, 0))
    await server.says("Hanna Sonca")
    assert "Hanna Sonca" in (await server.told(2))[1]
    keyboard = json.loads(server.sent[1]["reply_markup"])["inline_keyboard"]
    follow = next(b for row in keyboard for b in row if b["text"] == t.gettext("Tell me news"))
    await server.presses(follow["callback_data"])
    await server.until(lambda: server.methods.count("answerCallbackQuery") >= 2)
    wanted = ["callback_query", "inline_query", "message", "my_chat_member"]
    assert sorted(server.asked_for) == wanted


async def test_news_reaches_a_thousand_chats(
    server: OtherServer, services: Services, running: asyncio.subprocess.Process
) -> None:
    for chat in range(FIRST, FIRST + AUDIENCE):
        await services.readers.want_releases(
            ChatId(chat), ChatKind.PRIVATE, True, language=("be", "pl", "de")[chat % 3]
        )
    notice = await services.releases.draft(EditorId("first"), LIST)
    await services.releases.submit(EditorId("first"), notice)
    await services.notices.approve(EditorId("second"), notice)
    for editor in ("first", "second"):
        await services.notices.safe(EditorId(editor), notice, [])
    await server.told(AUDIENCE)
    while await services.notices.open_notices():
        # Settled by the time of one of the next requests: polling goes on.
        server.asked.clear()
        await server.asked.wait()
    assert sorted(int(one["chat_id"]) for one in server.sent) == list(
        range(FIRST, FIRST + AUDIENCE)
    )
    (_, tally), *_ = (await services.notices.dossier(notice)).waves
    assert tally.delivered == tally.audience == AUDIENCE


async def test_a_second_one_on_the_same_database_refuses(
    running: asyncio.subprocess.Process,
) -> None:
    second = await start("run")
    _, errors = await asyncio.wait_for(second.communicate(), AT_MOST)
    assert second.returncode == 1
    assert errors.decode().strip() == (
        "vestka: another vestka is running on this database; stop it first"
    )


async def test_a_wrong_token_is_one_line(
    server: OtherServer, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTKA_TOKEN", "700000001:wrong")
    child = await start("run")
    _, errors = await asyncio.wait_for(child.communicate(), AT_MOST)
    assert child.returncode == 1
    assert errors.decode().strip() == (
        "vestka: the Bot API server does not know this token; @BotFather has the right one"
    )


async def test_a_server_that_does_not_answer_is_one_line(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTKA_API_URL", "http://127.0.0.1:9")
    child = await start("run")
    _, errors = await asyncio.wait_for(child.communicate(), AT_MOST)
    assert child.returncode == 1
    assert errors.decode().strip() == "vestka: no Bot API server answers at http://127.0.0.1:9"

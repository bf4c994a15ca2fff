"""The HTTP door answers as the core does, to this machine only, and the page lives behind it."""

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from simulator import faults
from simulator.core import Telegram
from simulator.http import create_app, serve
from simulator.live import Step, Tour
from simulator.phone import Phone
from tests.simulator.conftest import Ask

BUTTON = {"inline_keyboard": [[{"text": "Who?", "callback_data": "who"}]]}


class Door:
    """A client of the HTTP door."""

    def __init__(self, session: aiohttp.ClientSession, address: str, token: str) -> None:
        self.session = session
        self.address = address
        self.token = token

    async def call(self, method: str, **how: Any) -> tuple[int, Any]:
        url = f"{self.address}/bot{self.token}/{method}"
        async with self.session.post(url, **how) as response:
            assert response.content_type == "application/json"
            return response.status, await response.json()

    async def act(self, phone: Phone, action: str, **how: Any) -> tuple[int, Any]:
        url = f"{self.address}/phones/{phone.id}/{action}"
        async with self.session.post(url, **how) as response:
            return response.status, await response.json()


@pytest.fixture
def tour(telegram: Telegram, reader: Phone) -> Tour:
    steps = [
        Step("Ask", "Write a name.", phone=reader.id, message="Марыя"),
        Step("Wait", "News will come."),
    ]
    return Tour(telegram, steps)


@pytest.fixture
async def door(telegram: Telegram, reader: Phone, tour: Tour) -> AsyncIterator[Door]:
    app = create_app(telegram, [reader], banner="All invented.", tour=tour)
    async with serve(app) as address, aiohttp.ClientSession() as session:
        yield Door(session, address, telegram.token)


# The Bot API

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("getMe", {}),
    ("sendMessage", {"chat_id": 0, "text": "<b>Марыя</b> 🕊", "parse_mode": "HTML"}),
    ("sendMessage", {"chat_id": 0, "text": "x", "reply_markup": BUTTON}),
    ("sendMessage", {"chat_id": 0, "text": "x", "disable_notification": True}),
    ("sendMessage", {"chat_id": 0, "text": "<b>x", "parse_mode": "HTML"}),
    ("sendMessage", {"chat_id": 0, "text": ""}),
    ("sendMessage", {"chat_id": 0}),
    ("sendMessage", {"chat_id": 404, "text": "x"}),
    ("sendMessage", {"chat_id": "@nobody", "text": "x"}),
    ("sendMessage", {"chat_id": 0, "text": "x", "colour": "red"}),
    ("editMessageText", {"chat_id": 0, "message_id": 1, "text": "y"}),
    ("deleteMessages", {"chat_id": 0, "message_ids": [1, 2]}),
    ("answerCallbackQuery", {"callback_query_id": "1"}),
    ("setMyCommands", {"commands": [{"command": "who", "description": "Ask"}]}),
    ("getUpdates", {"limit": 5, "allowed_updates": ["message"]}),
    ("beTelegram", {}),
]


@pytest.mark.parametrize(("method", "given"), CALLS)
async def test_both_doors_answer_alike_however_they_are_asked(
    door: Door, telegram: Telegram, reader: Phone, method: str, given: dict[str, Any]
) -> None:
    given = {
        key: reader.id if value == 0 and key == "chat_id" else value
        for key, value in given.items()
    }
    form = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()
    }
    multipart = aiohttp.FormData(form, default_to_multipart=True)
    answers = [
        await door.call(method, json=given),
        await door.call(method, data=form),
        await door.call(method, params=form),
        *([await door.call(method, data=multipart)] if form else []),
    ]
    inside = await telegram.call(method, given)
    expected = _without_number([inside.status, inside.body])
    assert inside.status == 200 or "error_code" in expected[1]
    if method != "deleteMessages":
        assert [_without_number(list(answer)) for answer in answers] == [expected] * len(answers)


def _without_number(answer: list[Any]) -> list[Any]:
    """Leave out the number of a new message, which differs by nature."""
    status, body = answer
    if isinstance(body.get("result"), dict):
        body["result"].pop("message_id", None)
    return [status, body]


async def test_a_method_can_be_asked_by_get(door: Door) -> None:
    async with door.session.get(f"{door.address}/bot{door.token}/getMe") as response:
        assert (await response.json())["result"]["is_bot"]


async def test_a_wrong_token_is_unauthorized(door: Door) -> None:
    door.token = "1:WRONG"
    assert await door.call("getMe") == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b'{"text": "\\ud83d"}', b"\xff"])
async def test_what_is_no_json_is_refused(door: Door, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    status, answer = await door.call("sendMessage", data=body, headers=headers)
    assert status == 400
    assert "can't parse the request as JSON" in answer["description"]


async def test_a_form_that_is_no_form_is_refused(door: Door) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    status, answer = await door.call("sendMessage", data=b"--y\r\njunk", headers=headers)
    assert status == 400, answer


async def test_bytes_that_are_no_utf8_are_refused(door: Door, reader: Phone) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for text in (b"%FF", b"\xff"):
        body = f"chat_id={reader.id}&text=".encode() + text
        _, answer = await door.call("sendMessage", data=body, headers=headers)
        assert answer["description"] == "Bad Request: strings must be encoded in UTF-8"


@pytest.mark.parametrize("pointer", ["attach://report", None])
async def test_a_file_comes_with_a_form_and_can_be_downloaded(
    door: Door, reader: Phone, pointer: str | None
) -> None:
    form = aiohttp.FormData({"chat_id": str(reader.id), "caption": "Report"})
    if pointer:
        form.add_field("document", pointer)
    name = "report" if pointer else "document"
    form.add_field(name, b"all is well", filename="report.txt", content_type="text/plain")
    status, answer = await door.call("sendDocument", data=form)
    assert status == 200, answer
    document = answer["result"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("report.txt", "text/plain")
    _, answer = await door.call("getFile", json={"file_id": document["file_id"]})
    path = answer["result"]["file_path"]
    async with door.session.get(f"{door.address}/file/bot{door.token}/{path}") as response:
        assert await response.read() == b"all is well"
    async with door.session.get(f"{door.address}/file/bot1:WRONG/{path}") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("fault", "arrived"), [(faults.not_reached(), 0), (faults.answer_lost(), 1)]
)
async def test_a_broken_connection_has_no_answer(
    door: Door, telegram: Telegram, reader: Phone, fault: faults.Fault, arrived: int
) -> None:
    telegram.misbehave(fault)
    with pytest.raises(aiohttp.ClientError):
        await door.call("sendMessage", json={"chat_id": reader.id, "text": "x"})
    assert len(reader.heard) == arrived


async def test_a_web_servers_page_arrives_as_it_is(door: Door, telegram: Telegram) -> None:
    telegram.misbehave(faults.server_error(502))
    async with door.session.post(f"{door.address}/bot{door.token}/getMe") as response:
        assert response.status == 502
        assert (await response.text()).startswith("<html>")


async def test_a_large_request_is_read_whole(door: Door, reader: Phone) -> None:
    form = aiohttp.FormData({"chat_id": str(reader.id)})
    form.add_field("document", io.BytesIO(b"x" * 3_000_000), filename="big.bin")
    status, answer = await door.call("sendDocument", data=form)
    assert (status, answer["result"]["document"]["file_size"]) == (200, 3_000_000)


async def test_a_request_beyond_all_limits_is_not_read(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.http._LARGEST_REQUEST", 100_000)
    status, answer = await door.call("sendDocument", data=io.BytesIO(b"x" * 1_000_000))
    assert (status, answer["description"]) == (413, "Request Entity Too Large")


# Who may come in


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8081"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/bot1:X/getMe", "/live", "/page/app.js"])
async def test_other_names_and_other_pages_are_turned_away(
    door: Door, headers: dict[str, str], path: str
) -> None:
    async with door.session.get(door.address + path, headers=headers) as response:
        assert response.status == 400


async def test_no_other_page_may_listen(door: Door) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await door.session.ws_connect(f"{door.address}/live", origin="https://evil.example")


async def test_the_port_is_open_on_this_machine_only(door: Door) -> None:
    assert door.address.startswith("http://127.0.0.1:")


async def test_the_page_loads_nothing_from_elsewhere(door: Door) -> None:
    for path in ("/", "/page/app.js", "/page/style.css"):
        async with door.session.get(door.address + path) as response:
            assert response.status == 200
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            text = await response.text()
            assert not re.search(r"""(src|href|url|import|from)\s*[=(]?\s*["']?https?:""", text)
            assert "innerHTML" not in text


# What people do on the page


async def test_what_is_done_on_the_page_reaches_the_bot(
    door: Door, telegram: Telegram, reader: Phone, ask: Ask
) -> None:
    sent = await ask("sendMessage", chat_id=reader.id, text="x", reply_markup=BUTTON)
    number = sent["message_id"]
    doings: list[tuple[str, dict[str, Any]]] = [
        ("say", {"json": {"text": "Марыя\nВіктар", "reply_to": number}}),
        ("press", {"json": {"message": number, "data": "who"}}),
        ("open", {"json": {"link": "https://t.me/vestka_bot?start=abc"}}),
        ("file", {"params": {"name": "n.csv", "caption": "/release"}, "data": b"a;b"}),
        ("delete", {"json": {"message": number}}),
        ("block", {}),
        ("unblock", {}),
    ]
    for action, how in doings:
        assert await door.act(reader, action, **how) == (200, {}), action
    updates = await ask("getUpdates")
    assert [list(update)[1] for update in updates] == [
        "message",
        "callback_query",
        "message",
        "message",
        "my_chat_member",
        "my_chat_member",
    ]
    assert updates[0]["message"]["text"] == "Марыя\nВіктар"
    assert updates[0]["message"]["reply_to_message"]["text"] == "x"
    assert updates[2]["message"]["text"] == "/start abc"
    assert updates[3]["message"]["caption"] == "/release"
    assert reader.heard == []


@pytest.mark.parametrize(
    ("action", "how", "status"),
    [
        ("dance", {}, 404),
        ("say", {"json": {"text": "  "}}, 400),
        ("say", {"json": {}}, 400),
        ("say", {"data": b"{"}, 400),
        ("say", {"json": {"text": "x", "chat": 404}}, 400),
        ("press", {"json": {"message": 99, "data": "x"}}, 400),
        ("open", {"json": {"link": "https://example.org"}}, 400),
        ("file", {"params": {"chat": "x"}, "data": b"x"}, 400),
    ],
)
async def test_what_a_phone_cannot_do_is_said(
    door: Door, reader: Phone, action: str, how: dict[str, Any], status: int
) -> None:
    assert (await door.act(reader, action, **how))[0] == status


async def test_a_phone_acts_only_in_its_own_chats(
    door: Door, telegram: Telegram, reader: Phone
) -> None:
    other = Phone(telegram, "Jonas")
    status, answer = await door.act(reader, "say", json={"text": "x", "chat": other.id})
    assert (status, answer["why"]) == (400, "there is no such chat on this phone")
    assert (await door.act(other, "say", json={"text": "x"}))[0] == 404


async def test_a_file_on_the_page_is_a_download(door: Door, reader: Phone) -> None:
    sent = await reader.sends_file('<b>"ж".html', b"<script>")
    file_id = sent.body["document"]["file_id"]
    async with door.session.get(f"{door.address}/files/{file_id}") as response:
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert response.content_type == "application/octet-stream"
    async with door.session.get(f"{door.address}/files/none") as response:
        assert response.status == 404


# What the page is told


async def test_the_page_is_told_everything_and_then_what_happens(
    door: Door, telegram: Telegram, reader: Phone, tour: Tour, ask: Ask
) -> None:
    async with door.session.ws_connect(f"{door.address}/live") as live:
        everything = await live.receive_json()
        assert everything["type"] == "everything"
        assert everything["banner"] == "All invented."
        assert [step["done"] for step in everything["tour"]] == [False, False]
        (phone,) = everything["phones"]
        assert (phone["name"], phone["language"]) == ("Alesia", "be")
        assert [message["text"] for message in phone["chats"][0]["messages"]] == ["/start"]

        sent = await ask(
            "sendMessage",
            chat_id=reader.id,
            text="<b>x</b>",
            parse_mode="HTML",
            reply_markup=BUTTON,
            disable_notification=True,
        )
        line = await live.receive_json()
        assert (line["type"], line["chat"]) == ("message", reader.id)
        assert line["message"]["entities"] == [{"type": "bold", "offset": 0, "length": 1}]
        assert line["message"]["silent"]
        assert line["message"]["buttons"] == [
            [{"text": "Who?", "style": "", "kind": "callback_data", "value": "who"}]
        ]

        await ask("editMessageText", chat_id=reader.id, message_id=sent["message_id"], text="y")
        line = await live.receive_json()
        assert (line["type"], line["message"]["text"]) == ("edit", "y")
        assert line["message"]["edited"]

        await ask("deleteMessage", chat_id=reader.id, message_id=sent["message_id"])
        assert await live.receive_json() == {
            "type": "delete",
            "chat": reader.id,
            "message": sent["message_id"],
        }

        await ask("sendChatAction", chat_id=reader.id, action="typing")
        assert await live.receive_json() == {"type": "typing", "chat": reader.id}

        query = telegram.open_query(reader.user)
        await ask("answerCallbackQuery", callback_query_id=query.id, text="Done")
        assert await live.receive_json() == {
            "type": "answer",
            "phone": reader.id,
            "text": "Done",
            "alert": False,
        }

        tour.tick(0)
        tour.tick(0)
        assert [step["done"] for step in (await live.receive_json())["tour"]] == [True, False]

        await ask("setMyName", name="Вестка", language_code="be")
        assert (await live.receive_json())["phones"][0]["bot"] == "Вестка"


async def test_a_phone_types_the_bots_name_and_sends_what_it_offers(
    door: Door, telegram: Telegram, reader: Phone
) -> None:
    friends = await reader.creates_group("Friends")
    article = {
        "type": "article",
        "id": "r1",
        "title": "Алеся Ластаўка",
        "description": "year of birth: 1990",
        "input_message_content": {"message_text": "Алеся Ластаўка"},
    }
    async with door.session.ws_connect(f"{door.address}/live") as live:
        await live.receive_json()
        typed = {"text": "Ластаўка", "chat": friends.id}
        assert await door.act(reader, "type", json=typed) == (200, {})
        update = telegram.take_update()
        assert update is not None
        offer = {
            "inline_query_id": update["inline_query"]["id"],
            "results": [article],
            "button": {"text": "Ask", "start_parameter": "ask"},
        }
        assert (await door.call("answerInlineQuery", json=offer))[0] == 200
        assert await live.receive_json() == {
            "type": "offer",
            "phone": reader.id,
            "text": "Ластаўка",
            "results": [{key: article[key] for key in ("id", "title", "description")}],
            "button": offer["button"],
        }
        sent = {"result": "r1", "chat": friends.id}
        assert await door.act(reader, "share", json=sent) == (200, {})
        line = await live.receive_json()
        assert (line["message"]["via"], line["message"]["from"]) == ("vestka_bot", reader.id)
        assert (await door.act(reader, "share", json=sent))[0] == 400


async def test_the_page_shows_the_groups_a_person_is_in(
    door: Door, telegram: Telegram, reader: Phone, ask: Ask
) -> None:
    other = Phone(telegram, "Jonas")
    await other.creates_group("Not hers")
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    file = await reader.sends_file("n.csv", b"abc", where=group)
    await ask("sendMessage", chat_id=group.id, text="y", reply_parameters={"message_id": file.id})
    async with door.session.ws_connect(f"{door.address}/live") as live:
        (phone,) = (await live.receive_json())["phones"]
    private, shown = phone["chats"]
    assert (private["type"], shown["title"]) == ("private", "Families")
    added, sent, answer = shown["messages"]
    assert added["service"] == "The bot was added"
    assert sent["file"]["size"] == 3
    assert answer["reply"] == {"id": file.id, "name": "Alesia", "text": ""}


async def test_the_menu_is_shown_where_the_bot_is(door: Door, reader: Phone, ask: Ask) -> None:
    families, _friends = [await reader.creates_group(name) for name in ("Families", "Friends")]
    await reader.adds_bot(families)
    await ask("setMyCommands", commands=[{"command": "who", "description": "ask"}])
    async with door.session.ws_connect(f"{door.address}/live") as live:
        (phone,) = (await live.receive_json())["phones"]
    assert [len(chat["commands"]) for chat in phone["chats"]] == [1, 1, 0]


async def test_a_page_that_does_not_read_is_let_go(
    door: Door, telegram: Telegram, reader: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.live._LONGEST_QUEUE", 3)
    async with door.session.ws_connect(f"{door.address}/live") as live:
        await live.receive_json()
        for _ in range(10):
            telegram.tell("typing", reader.chat)
        kinds = [message.type async for message in live]
        assert live.close_code == 1013
        assert len(kinds) < 10


async def test_the_server_stops_while_pages_and_polls_are_open(
    telegram: Telegram, reader: Phone
) -> None:
    async with aiohttp.ClientSession() as session:
        async with serve(create_app(telegram, [reader])) as address:
            live = await session.ws_connect(f"{address}/live")
            await live.receive()
            url = f"{address}/bot{telegram.token}/getUpdates?timeout=50"
            poll = asyncio.create_task(session.get(url))
            await asyncio.sleep(0.1)
        poll.cancel()
        await asyncio.gather(poll, return_exceptions=True)
        await live.close()

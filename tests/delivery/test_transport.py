"""The transport, against a server that behaves as badly as networks do."""

import asyncio
import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import TCPConnector, web
from aiohttp.connector import Connection
from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest

from delivery.pace import seconds_of
from delivery.transport import AiohttpRequest, Broadcast, Unsent, UnsentInTime
from tests.watch import AT_MOST

TOKEN = "123456789:AAinvented-invented-invented-inven1"
Door = Callable[[web.Request], Awaitable[web.StreamResponse]]

_SENT = {"message_id": 7, "date": 0, "chat": {"id": 5, "type": "private"}}


@asynccontextmanager
async def serving(door: Door) -> AsyncIterator[str]:
    """Serve every request by ``door`` on a port of its own; yield the address."""
    app = web.Application(client_max_size=50_000_000)
    app.router.add_route("*", "/{path:.*}", door)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


@asynccontextmanager
async def bot_at(address: str, **settings: object) -> AsyncIterator[Bot]:
    request = AiohttpRequest(**settings)  # type: ignore[arg-type]
    bot = Bot(TOKEN, base_url=f"{address}/bot", request=request, get_updates_request=request)
    await request.initialize()
    yield bot
    await request.shutdown()


async def answer(request: web.Request) -> web.StreamResponse:
    result = {"message_id": 7, "date": 0, "chat": {"id": 5, "type": "private"}, "text": "x"}
    return web.json_response({"ok": True, "result": result})


def saying(status: int, text: str) -> Door:
    async def say(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type="application/json")

    return say


async def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def never(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


async def closed_port() -> str:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    server.close()
    await server.wait_closed()
    return f"http://{host}:{port}"


# --- under python-telegram-bot ----------------------------------------------------------------


async def test_a_method_call_arrives_and_is_answered() -> None:
    seen: list[tuple[str, dict[str, str]]] = []

    async def note(request: web.Request) -> web.StreamResponse:
        seen.append((request.path, dict(await request.post())))  # type: ignore[arg-type]
        return await answer(request)

    async with serving(note) as address, bot_at(address) as bot:
        message = await bot.send_message(5, "Вестка 🕊 & <b>", disable_notification=True)
    assert message.message_id == 7
    ((path, values),) = seen
    assert path == f"/bot{TOKEN}/sendMessage"
    assert values["text"] == "Вестка 🕊 & <b>"
    assert values["disable_notification"] == "true"


async def test_a_file_arrives_whole_with_its_name() -> None:
    seen: list[tuple[str | None, bytes, object]] = []

    async def note(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        (file,) = (part for part in form.values() if isinstance(part, web.FileField))
        seen.append((file.filename, file.file.read(), form["chat_id"]))
        return await answer(request)

    content = bytes(range(256)) * 100
    async with serving(note) as address, bot_at(address) as bot:
        await bot.send_document(5, InputFile(content, filename="імёны.csv"))
    assert seen == [("імёны.csv", content, "5")]


async def test_a_file_can_be_fetched() -> None:
    async def give(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"content")

    async with serving(give) as address:
        request = AiohttpRequest()
        async with request:
            assert await request.retrieve(f"{address}/file/x.csv") == b"content"


async def test_a_refused_connection_was_surely_never_sent() -> None:
    async with bot_at(await closed_port()) as bot:
        with pytest.raises(Unsent) as failure:
            await bot.send_message(5, "x")
    assert isinstance(failure.value, NetworkError)
    assert not isinstance(failure.value, TimedOut)


async def test_an_address_that_is_none_was_surely_never_sent() -> None:
    async with bot_at("http://[bad") as bot:
        with pytest.raises(Unsent):
            await bot.send_message(5, "x")


async def test_an_answer_that_does_not_come_may_have_been_carried_out() -> None:
    doors = iter([answer, never])

    async def answer_once(request: web.Request) -> web.StreamResponse:
        return await next(doors)(request)

    async with serving(answer_once) as address, bot_at(address) as bot:
        # The next one goes over the same connection: none has to be made in the short time.
        await bot.send_message(5, "x")
        with pytest.raises(TimedOut) as failure:
            await bot.send_message(
                5, "x", read_timeout=0.1, write_timeout=0.1, connect_timeout=0.1
            )
    assert not isinstance(failure.value, Unsent)


async def test_a_connection_that_breaks_after_sending_may_have_been_carried_out() -> None:
    async with serving(hang_up) as address, bot_at(address) as bot:
        with pytest.raises(NetworkError) as failure:
            await bot.send_message(5, "x")
    assert not isinstance(failure.value, Unsent | TimedOut)


async def test_a_pool_without_a_free_connection_is_told_from_a_lost_answer() -> None:
    arrived, over = asyncio.Event(), asyncio.Event()

    async def hold(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await over.wait()
        return await answer(request)

    async with serving(hold) as address, bot_at(address, connections=1) as bot:
        first = asyncio.create_task(
            bot.send_message(5, "x", read_timeout=AT_MOST, connect_timeout=AT_MOST)
        )
        await arrived.wait()
        with pytest.raises(UnsentInTime) as failure:
            await bot.send_message(5, "x", connect_timeout=0.1, pool_timeout=0.1)
        assert isinstance(failure.value, TimedOut)
        over.set()
        await first


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, '{"ok":false,"description":"Bad Request: chat not found"}', BadRequest),
        (401, '{"ok":false,"description":"Unauthorized"}', InvalidToken),
        (502, "<html>", NetworkError),
        (200, '{"ok":true,"resu', TelegramError),
        (429, '{"ok":false,"parameters":{"retry_after":3}}', RetryAfter),
        (429, '{"ok":false,"parameters":{"retry_after":0}}', RetryAfter),
        (429, "<html>", NetworkError),
        (400, '{"ok":false,"parameters":{"migrate_to_chat_id":-100}}', ChatMigrated),
    ],
)
async def test_refusals_are_those_of_the_library(
    status: int, body: str, error: type[TelegramError]
) -> None:
    async with serving(saying(status, body)) as address, bot_at(address) as bot:
        with pytest.raises(error) as failure:
            await bot.send_message(5, "x")
    assert type(failure.value) is error


async def test_a_wait_of_no_seconds_is_a_wait_all_the_same() -> None:
    body = '{"ok":false,"parameters":{"retry_after":0}}'
    async with serving(saying(429, body)) as address, bot_at(address) as bot:
        with pytest.raises(RetryAfter) as failure:
            await bot.send_message(5, "x")
    assert seconds_of(failure.value.retry_after) == 0


async def test_a_redirect_is_not_followed_with_the_token() -> None:
    paths = []

    async def away(request: web.Request) -> web.StreamResponse:
        paths.append(request.path)
        raise web.HTTPFound("/elsewhere")

    async with serving(away) as address, bot_at(address) as bot:
        with pytest.raises(NetworkError):
            await bot.send_message(5, "x")
    assert paths == [f"/bot{TOKEN}/sendMessage"]


async def test_it_can_be_opened_and_closed_again() -> None:
    async with serving(answer) as address:
        request = AiohttpRequest(read_timeout=3)
        assert request.read_timeout == 3
        await request.shutdown()
        for _ in range(2):
            await request.initialize()
            await request.initialize()
            status, _body = await request.do_request(f"{address}/x", "GET")
            assert status == 200
            await request.shutdown()
        with pytest.raises(Unsent):
            await request.do_request(f"{address}/x", "GET")


async def test_an_endless_timeout_waits_for_the_answer() -> None:
    async with serving(answer) as address, AiohttpRequest() as request:
        status, _ = await request.do_request(f"{address}/x", "POST", read_timeout=None)
    assert status == 200


# --- the broadcast ----------------------------------------------------------------------------


async def test_prepared_json_is_posted_as_it_is() -> None:
    seen: list[tuple[str, str, bytes]] = []

    async def note(request: web.Request) -> web.StreamResponse:
        seen.append((request.path, request.content_type, await request.read()))
        return await answer(request)

    async with serving(note) as address, Broadcast(address + "/", TOKEN) as broadcast:
        status, body = await broadcast.post("sendMessage", b'{"chat_id":5}')
    assert status == 200
    assert b'"message_id": 7' in body
    assert seen == [(f"/bot{TOKEN}/sendMessage", "application/json", b'{"chat_id":5}')]


async def test_a_broadcast_that_is_not_open_sends_nothing() -> None:
    broadcast = Broadcast("http://127.0.0.1:1", TOKEN)
    with pytest.raises(Unsent):
        await broadcast.post("sendMessage", b"{}")
    await broadcast.__aexit__(None, None, None)


async def test_one_connection_serves_one_request_after_the_other() -> None:
    ports = set()

    async def note(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        return await answer(request)

    async with serving(note) as address, Broadcast(address, TOKEN) as broadcast:
        for _ in range(3):
            await broadcast.post("sendMessage", b"{}")
    assert len(ports) == 1


async def test_answers_that_come_in_pieces_and_with_a_word_before_are_read_whole() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await reader.readuntil(b"{}")
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            for piece in (b"HTTP/1.1 200 OK\r\nContent-", b'Length: 11\r\n\r\n{"ok"', b":true}"):
                await writer.drain()
                await asyncio.sleep(0.01)
                writer.write(piece)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    async with server, Broadcast(f"http://{host}:{port}", TOKEN) as broadcast:
        for _ in range(2):
            assert await broadcast.post("sendMessage", b"{}") == (200, b'{"ok":true}')


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"nothing of HTTP\r\n\r\n"]
)
async def test_an_answer_that_breaks_off_may_have_been_carried_out(said: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    async with server, Broadcast(f"http://{host}:{port}", TOKEN) as broadcast:
        with pytest.raises(NetworkError) as failure:
            await broadcast.post("sendMessage", b"{}")
    assert not isinstance(failure.value, Unsent)


async def test_a_broadcast_waits_so_long_for_an_answer_and_for_a_connection() -> None:
    settings = {"connections": 1, "read_timeout": 0.5, "connect_timeout": 0.1}
    async with serving(never) as address, Broadcast(address, TOKEN, **settings) as broadcast:  # type: ignore[arg-type]
        sent, unsent = await asyncio.gather(
            *(broadcast.post("sendMessage", b"{}") for _ in range(2)), return_exceptions=True
        )
    assert isinstance(sent, TimedOut)
    assert not isinstance(sent, Unsent)
    assert isinstance(unsent, UnsentInTime)


async def test_a_connection_that_closes_when_it_is_handed_out_loses_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect = TCPConnector.connect

    async def connect_and_close(*arguments: Any) -> Connection:
        connection = await connect(*arguments)
        connection.close()
        return connection

    monkeypatch.setattr(TCPConnector, "connect", connect_and_close)
    async with serving(answer) as address, Broadcast(address, TOKEN) as broadcast:
        with pytest.raises(NetworkError):
            await broadcast.post("sendMessage", b"{}")


# --- proxies ----------------------------------------------------------------------------------


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def socks_proxy(*, refuses: bool = False) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve SOCKS 5 without a password; yield the address and the hosts that were asked for."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        *_, kind = await reader.readexactly(4)
        assert kind == 3, "the name must be looked up by the proxy"
        host = await reader.readexactly((await reader.readexactly(1))[0])
        port = int.from_bytes(await reader.readexactly(2), "big")
        asked.append(host)
        writer.write((b"\x05\x05" if refuses else b"\x05\x00") + b"\x00\x01" + bytes(6))
        if refuses:
            writer.close()
            return
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(relay(reader, there_writer), relay(there_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    async with server:
        yield f"{host}:{port}", asked


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
async def test_a_socks_proxy_looks_up_the_name(scheme: str) -> None:
    async with serving(answer) as address, socks_proxy() as (proxy, asked):
        elsewhere = address.replace("127.0.0.1", "telegram.example")
        known = f"{scheme}://{proxy}"
        async with (
            bot_at(elsewhere, proxy=known) as bot,
            Broadcast(elsewhere, TOKEN, proxy=known) as broadcast,
        ):
            await bot.send_message(5, "x")
            status, _ = await broadcast.post("sendMessage", b"{}")
    assert status == 200
    assert asked == [b"telegram.example"] * 2


async def test_a_proxy_that_refuses_was_surely_never_passed() -> None:
    async with (
        socks_proxy(refuses=True) as (proxy, _),
        Broadcast("http://t.example", TOKEN, proxy=f"socks5://{proxy}") as broadcast,
    ):
        with pytest.raises(Unsent):
            await broadcast.post("sendMessage", b"{}")


async def test_an_http_proxy_is_asked_for_the_whole_address() -> None:
    seen = []

    async def proxy(request: web.Request) -> web.StreamResponse:
        seen.append((request.raw_path, request.headers.get("Proxy-Authorization")))
        return await answer(request)

    async with serving(proxy) as address:
        known = address.replace("http://", "http://vestka:secret@")
        async with (
            bot_at("http://t.example", proxy=known) as bot,
            Broadcast("http://t.example", TOKEN, proxy=known) as broadcast,
        ):
            await bot.send_message(5, "x")
            await broadcast.post("sendMessage", b"{}")
    password = "Basic " + b64encode(b"vestka:secret").decode()
    assert seen == [(f"http://t.example/bot{TOKEN}/sendMessage", password)] * 2


async def test_an_http_proxy_passes_on_what_is_encrypted_and_learns_the_host_alone() -> None:
    """No certificate is at hand: that the tunnel is asked for shows that nothing goes past it."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    proxy = f"http://{host}:{port}"
    async with (
        server,
        bot_at("https://t.example", proxy=proxy) as bot,
        Broadcast("https://t.example", TOKEN, proxy=proxy) as broadcast,
    ):
        with pytest.raises(Unsent):
            await bot.send_message(5, "x")
        with pytest.raises(Unsent):
            await broadcast.post("sendMessage", b"{}")
    assert len(asked) == 2
    for request in asked:
        assert request.startswith(b"CONNECT t.example:443 ")
        assert TOKEN.encode() not in request


@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_without_its_proxy_nothing_is_sent_past_it(scheme: str) -> None:
    seen: list[str] = []

    async def note(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        return await answer(request)

    missing = (await closed_port()).replace("http://", f"{scheme}://")
    async with (
        serving(note) as address,
        bot_at(address, proxy=missing) as bot,
        Broadcast(address, TOKEN, proxy=missing) as broadcast,
    ):
        with pytest.raises(Unsent):
            await bot.send_message(5, "x")
        with pytest.raises(Unsent):
            await broadcast.post("sendMessage", b"{}")
    assert seen == []


# --- the token --------------------------------------------------------------------------------


@pytest.mark.parametrize("door", [hang_up, never, saying(500, "x"), saying(200, "x"), answer])
async def test_no_error_and_no_log_line_of_ours_shows_the_token(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("telegram", "aiohttp.access"):  # the library and this test's own server
        logging.getLogger(name).setLevel(logging.WARNING)
    failures: list[BaseException] = []
    async with (
        serving(door) as address,
        bot_at(address, read_timeout=0.1, write_timeout=0.1, connect_timeout=0.1) as bot,
        Broadcast(address, TOKEN, read_timeout=0.1, connect_timeout=0.1) as broadcast,
    ):
        for call in (lambda: bot.send_message(5, "x"), lambda: broadcast.post("x", b"{}")):
            try:
                await call()
            except NetworkError as exc:
                failures.append(exc)
            except TelegramError as exc:
                failures.append(exc)
        assert TOKEN not in repr(broadcast)
    assert TOKEN not in caplog.text
    for failure in failures:
        assert TOKEN not in str(failure)
        assert failure.__suppress_context__ or TOKEN not in repr(failure.__context__)
    assert isinstance(bot.request, BaseRequest)

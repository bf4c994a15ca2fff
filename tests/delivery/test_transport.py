"""The broadcast, against a server that behaves as badly as networks do."""

import asyncio
import logging
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import TCPConnector, web
from aiohttp.connector import Connection
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest

from delivery.transport import Broadcast, Unanswered, Unsent
from tests.delivery.network import (
    TOKEN,
    Door,
    answer,
    bot_at,
    closed_port,
    hang_up,
    never,
    saying,
    serving,
)


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
        with pytest.raises(Unanswered) as failure:
            await broadcast.post("sendMessage", b"{}")
    assert not isinstance(failure.value, Unsent)


async def test_a_broadcast_waits_so_long_for_an_answer_and_for_a_connection() -> None:
    settings = {"connections": 1, "read_timeout": 0.5, "connect_timeout": 0.1}
    async with serving(never) as address, Broadcast(address, TOKEN, **settings) as broadcast:  # type: ignore[arg-type]
        sent, unsent = await asyncio.gather(
            *(broadcast.post("sendMessage", b"{}") for _ in range(2)), return_exceptions=True
        )
    assert isinstance(sent, Unanswered)
    assert not isinstance(sent, Unsent)
    assert isinstance(unsent, Unsent)


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
        with pytest.raises(Unanswered):
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


async def test_a_proxy_that_keeps_silent_was_surely_never_passed() -> None:
    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(keep_silent, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    proxy = f"socks5://{host}:{port}"
    async with (
        server,
        bot_at("http://t.example", proxy=proxy) as bot,
        Broadcast("http://t.example", TOKEN, proxy=proxy, connect_timeout=0.1) as broadcast,
    ):
        with pytest.raises(Unsent):
            await broadcast.post("sendMessage", b"{}")
        with pytest.raises(TimedOut):
            await bot.send_message(5, "x", connect_timeout=0.1)


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
        with pytest.raises(NetworkError):
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
        with pytest.raises(NetworkError):
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
            except (Unanswered, TelegramError) as exc:
                failures.append(exc)
        assert TOKEN not in repr(broadcast)
    assert TOKEN not in caplog.text
    for failure in failures:
        assert TOKEN not in str(failure)
        assert failure.__suppress_context__ or TOKEN not in repr(failure.__context__)
    assert isinstance(bot.request, BaseRequest)

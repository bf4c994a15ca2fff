"""python-telegram-bot over aiohttp, against a server that behaves as badly as networks do."""

import asyncio

import pytest
from aiohttp import web
from telegram import InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from delivery.replies import seconds_of
from delivery.request import AiohttpRequest
from tests.delivery.network import (
    TOKEN,
    answer,
    bot_at,
    closed_port,
    hang_up,
    never,
    saying,
    serving,
)
from tests.watch import AT_MOST


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


async def test_a_refused_connection_is_an_error_of_the_network() -> None:
    async with bot_at(await closed_port()) as bot:
        with pytest.raises(NetworkError) as failure:
            await bot.send_message(5, "x")
    assert not isinstance(failure.value, TimedOut)


async def test_an_address_that_is_none_is_an_error_of_the_network() -> None:
    async with bot_at("http://[bad") as bot:
        with pytest.raises(NetworkError):
            await bot.send_message(5, "x")


async def test_an_answer_that_does_not_come_is_given_up() -> None:
    doors = iter([answer, never])

    async def answer_once(request: web.Request) -> web.StreamResponse:
        return await next(doors)(request)

    async with serving(answer_once) as address, bot_at(address) as bot:
        # The next one goes over the same connection: none has to be made in the short time.
        await bot.send_message(5, "x")
        with pytest.raises(TimedOut):
            await bot.send_message(
                5, "x", read_timeout=0.1, write_timeout=0.1, connect_timeout=0.1
            )


async def test_a_connection_that_breaks_is_an_error_of_the_network() -> None:
    async with serving(hang_up) as address, bot_at(address) as bot:
        with pytest.raises(NetworkError) as failure:
            await bot.send_message(5, "x")
    assert not isinstance(failure.value, TimedOut)


async def test_a_pool_without_a_free_connection_is_given_up() -> None:
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
        with pytest.raises(TimedOut):
            await bot.send_message(5, "x", connect_timeout=0.1, pool_timeout=0.1)
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
        with pytest.raises(NetworkError):
            await request.do_request(f"{address}/x", "GET")


async def test_an_endless_timeout_waits_for_the_answer() -> None:
    async with serving(answer) as address, AiohttpRequest() as request:
        status, _ = await request.do_request(f"{address}/x", "POST", read_timeout=None)
    assert status == 200

"""Servers that behave as badly as networks do, and a bot that asks them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from telegram import Bot

from delivery.request import AiohttpRequest

TOKEN = "123456789:AAinvented-invented-invented-inven1"
Door = Callable[[web.Request], Awaitable[web.StreamResponse]]


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

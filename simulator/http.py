"""The door for programs and people: the Bot API over HTTP, and the chat page, on 127.0.0.1."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, quote

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.arguments import Upload
from simulator.core import Telegram, encode
from simulator.faults import Dropped
from simulator.live import Live, Tour
from simulator.phone import CannotDo, Phone
from simulator.refusals import Refused, bad_request
from simulator.world import Chat
from simulator.world import Message as ChatMessage

ADDRESS = "127.0.0.1"
_PAGE = Path(__file__).with_name("page")
_NAMES = {b"127.0.0.1", b"localhost"}
_LARGEST_REQUEST = 60_000_000
_JSON = (b"content-type", b"application/json")


class Door:
    """The ASGI application: Bot API calls go straight to the core, the rest to the page.

    Only answers to requests that say they are for this machine, so that no page on the
    internet can reach it by a name that resolves to 127.0.0.1.
    """

    def __init__(self, telegram: Telegram, page: ASGIApp) -> None:
        self._telegram = telegram
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = dict(scope.get("headers", ()))
        if not _is_ours(headers):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await _answer(send, 400, b"this is not the place you asked for")
        elif scope["type"] == "http" and scope["path"].startswith("/bot"):
            await self._call(scope, headers, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/file/bot"):
            await self._download(scope["path"].removeprefix("/file/bot"), send)
        else:
            await self._page(scope, receive, send)

    async def _call(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        token, _, method = scope["path"].removeprefix("/bot").partition("/")
        body = await _body(receive)
        if token != self._telegram.token:
            status, answer = 401, msgspec.json.encode(Refused(401, "Unauthorized").body())
        elif body is None:
            refused = Refused(413, "Request Entity Too Large")
            status, answer = 413, msgspec.json.encode(refused.body())
        else:
            try:
                status, answer = await self._ask(scope, headers, method, body)
            except Dropped:
                # Neither an answer nor an error page: the connection just ends.
                scope["state"]["connection"].abort()
                return
        await _answer(send, status, answer)

    async def _ask(
        self, scope: Scope, headers: dict[bytes, bytes], method: str, body: bytes
    ) -> tuple[int, bytes]:
        kind = headers.get(b"content-type", b"")
        if kind.startswith(b"application/json"):
            return await self._telegram.post(method, body)
        given = _read_form(scope["query_string"])
        files: dict[str, Upload] = {}
        if kind.startswith(b"multipart/form-data"):
            try:
                await _read_multipart(scope, body, given, files)
            except MultiPartException as error:
                refused = bad_request(f"can't read the form: {error.message}")
                return 400, msgspec.json.encode(refused.body())
        else:
            given |= _read_form(body)
        return encode(await self._telegram.call(method, given, files))

    async def _download(self, path: str, send: Send) -> None:
        token, _, place = path.partition("/")
        file = self._telegram.find_file(place)
        if token != self._telegram.token or file is None:
            await _answer(send, 404, msgspec.json.encode(Refused(404, "Not Found").body()))
            return
        await _answer(send, 200, file.content, (b"content-type", b"application/octet-stream"))


def _is_ours(headers: Mapping[bytes, bytes]) -> bool:
    host = headers.get(b"host", b"")
    origin = headers.get(b"origin")
    named = host.rpartition(b":")[0] or host
    return named in _NAMES and (origin is None or origin == b"http://" + host)


async def _body(receive: Receive) -> bytes | None:
    """Read a whole request, or nothing of one that is too large."""
    message = await receive()
    if not message.get("more_body"):
        return bytes(message.get("body", b""))
    parts = [message["body"]]
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        if sum(map(len, parts)) > _LARGEST_REQUEST:
            return None
    return b"".join(parts)


def _read_form(encoded: bytes) -> dict[str, Any]:
    """Read what stands in a form; bytes that are no UTF-8 become what the core refuses."""
    text = encoded.decode(errors="surrogateescape")
    return dict(parse_qsl(text, keep_blank_values=True, errors="surrogateescape"))


async def _read_multipart(
    scope: Scope, body: bytes, given: dict[str, Any], files: dict[str, Upload]
) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    form = await Request(scope, receive).form()
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            kind = value.content_type or ""
            files[name] = Upload(value.filename or name, await value.read(), kind)
        else:
            given[name] = value
    await form.close()


async def _answer(send: Send, status: int, body: bytes, kind: tuple[bytes, bytes] = _JSON) -> None:
    headers = [kind, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


# The page and what people do there


def create_app(
    telegram: Telegram,
    phones: Sequence[Phone] = (),
    *,
    banner: str = "",
    tour: Tour | None = None,
) -> Door:
    """Wire the Bot API, the page with these phones, and what the page is told of them."""
    live = Live(telegram, phones, banner=banner, tour=tour or Tour(telegram))
    hands = _Hands(telegram, phones, live)
    page = Starlette(
        routes=[
            Route("/", hands.page),
            Route("/phones/{phone:int}/{action}", hands.act, methods=["POST"]),
            Route("/files/{file}", hands.download),
            WebSocketRoute("/live", hands.live),
            Mount("/page", StaticFiles(directory=_PAGE)),
        ]
    )
    return Door(telegram, _Guarded(page))


class _Guarded:
    """Adds to every answer of the page what it may load: only itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_GUARDS]
            await send(message)

        await self._app(scope, receive, guarded)


_GUARDS = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


class _Hands:
    """What the page may do: everything a person does with a phone."""

    def __init__(self, telegram: Telegram, phones: Sequence[Phone], live: Live) -> None:
        self._telegram = telegram
        self._phones = phones
        self._live = live

    async def page(self, _request: Request) -> Response:
        return FileResponse(_PAGE / "index.html")

    async def download(self, request: Request) -> Response:
        file = self._telegram.world.files.get(request.path_params["file"])
        if file is None:
            return Response(status_code=404)
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
        return Response(file.content, media_type="application/octet-stream", headers=headers)

    async def act(self, request: Request) -> Response:
        action = _ACTIONS.get(request.path_params["action"])
        number = request.path_params["phone"]
        phone = next((phone for phone in self._phones if phone.id == number), None)
        if action is None or phone is None:
            return JSONResponse({"why": "there is no such phone or action"}, 404)
        try:
            await action(self._telegram, phone, request)
        except (CannotDo, msgspec.DecodeError, msgspec.ValidationError) as error:
            return JSONResponse({"why": str(error)}, 400)
        return JSONResponse({})

    async def live(self, socket: WebSocket) -> None:
        await socket.accept()
        queue = self._live.open()
        telling = asyncio.create_task(_tell(socket, queue))
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            self._live.close(queue)
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)


async def _tell(socket: WebSocket, queue: asyncio.Queue[bytes | None]) -> None:
    while (line := await queue.get()) is not None:
        await socket.send_text(line.decode())
    await socket.close(1013)


class _Place(msgspec.Struct):
    chat: int | None = None
    reply_to: int | None = None


class _Saying(_Place, kw_only=True):
    text: str


class _Pressing(msgspec.Struct):
    message: int
    data: str
    chat: int | None = None


class _Sharing(msgspec.Struct):
    result: str
    chat: int | None = None


class _Deleting(msgspec.Struct):
    message: int
    chat: int | None = None


class _Opening(msgspec.Struct):
    link: str


def _chat(telegram: Telegram, phone: Phone, chat_id: int | None) -> Chat:
    chat = telegram.world.chats.get(phone.id if chat_id is None else chat_id)
    if chat is None or not (chat is phone.chat or chat.holds(phone.id)):
        raise CannotDo("there is no such chat on this phone")
    return chat


def _message(chat: Chat, number: int | None) -> ChatMessage | None:
    return None if number is None else chat.messages.get(number)


async def _say(telegram: Telegram, phone: Phone, request: Request) -> None:
    saying = msgspec.json.decode(await request.body(), type=_Saying)
    if not saying.text.strip():
        raise CannotDo("there is nothing to send")
    chat = _chat(telegram, phone, saying.chat)
    await phone.says(saying.text.strip(), reply_to=_message(chat, saying.reply_to), where=chat)


async def _type(telegram: Telegram, phone: Phone, request: Request) -> None:
    typing = msgspec.json.decode(await request.body(), type=_Saying)
    await phone.types(typing.text, where=_chat(telegram, phone, typing.chat))


async def _share(telegram: Telegram, phone: Phone, request: Request) -> None:
    sharing = msgspec.json.decode(await request.body(), type=_Sharing)
    await phone.shares(sharing.result, where=_chat(telegram, phone, sharing.chat))


async def _press(telegram: Telegram, phone: Phone, request: Request) -> None:
    pressing = msgspec.json.decode(await request.body(), type=_Pressing)
    chat = _chat(telegram, phone, pressing.chat)
    message = _message(chat, pressing.message)
    if message is None:
        raise CannotDo("this message is gone")
    await phone.presses_data(pressing.data, message)


async def _delete(telegram: Telegram, phone: Phone, request: Request) -> None:
    deleting = msgspec.json.decode(await request.body(), type=_Deleting)
    message = _message(_chat(telegram, phone, deleting.chat), deleting.message)
    if message is not None:
        await phone.deletes(message)


async def _open(_telegram: Telegram, phone: Phone, request: Request) -> None:
    await phone.opens_link(msgspec.json.decode(await request.body(), type=_Opening).link)


async def _send_file(telegram: Telegram, phone: Phone, request: Request) -> None:
    query = request.query_params
    numbers = {key: query[key] for key in ("chat", "reply_to") if query.get(key)}
    place = msgspec.convert(numbers, _Place, strict=False)
    chat = _chat(telegram, phone, place.chat)
    await phone.sends_file(
        query.get("name") or "file",
        await request.body(),
        caption=query.get("caption") or None,
        reply_to=_message(chat, place.reply_to),
        where=chat,
    )


async def _block(_telegram: Telegram, phone: Phone, _request: Request) -> None:
    await phone.blocks()


async def _unblock(_telegram: Telegram, phone: Phone, _request: Request) -> None:
    await phone.unblocks()


_ACTIONS = {
    "say": _say,
    "type": _type,
    "share": _share,
    "press": _press,
    "delete": _delete,
    "open": _open,
    "file": _send_file,
    "block": _block,
    "unblock": _unblock,
}


# Listening


class _Corked:
    """Sends what is written in one turn of the loop as one packet: an answer's head and body.

    Under load nearly all the time of this door goes into calls of the kernel, so half of them
    is half of the time.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._written:
            self._loop.call_soon(self._flush)
        self._written.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        self._written.clear()
        self._transport.abort()

    def _flush(self) -> None:
        if self._written:
            self._transport.write(b"".join(self._written))
            self._written.clear()


class _Connection(HttpToolsProtocol):
    """A connection the application may break off."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(cast(asyncio.Transport, _Corked(transport)))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["connection"] = self.transport


class _Server(uvicorn.Server):
    """A server that says when it is ready, and leaves signals to the program it runs in."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serve(app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Serve on 127.0.0.1 inside a running program; gives the address, `http://127.0.0.1:N`.

    Raises:
        OSError: the port is taken.
    """
    with socket.create_server((ADDRESS, port), backlog=2048) as listening:
        listening.setblocking(False)
        server = _Server(_configuration(app))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await server.ready.wait()
            yield f"http://{ADDRESS}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


def _configuration(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_Connection,
        ws="websockets-sansio",
        lifespan="off",
        access_log=False,
        log_level="warning",
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )

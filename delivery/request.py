"""How python-telegram-bot reaches a Bot API server: with aiohttp.

httpx, which it brings, gets slower the more requests are in flight. No message made here repeats
what aiohttp says of a failure: addresses hold the bot's token.
"""

import json
from http import HTTPStatus
from typing import Any

import aiohttp
from aiohttp_socks import ProxyTimeoutError
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from delivery.transport import CONNECT, FAILURES, READ, connector

WRITE = 20.0
"""Seconds."""


class AiohttpRequest(BaseRequest):
    """What python-telegram-bot sends with. Give one to updates and one to everything else."""

    def __init__(
        self,
        *,
        connections: int = 64,
        proxy: str = "",
        read_timeout: float = READ,
        write_timeout: float = WRITE,
        connect_timeout: float = CONNECT,
    ) -> None:
        self._connections = connections
        self._proxy = proxy
        self._read = read_timeout
        self._write = write_timeout
        self._connect = connect_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._read

    async def initialize(self) -> None:
        if self._session is None:
            self._session = _open_session(self._connections, self._proxy)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NetworkError("the request object is not initialised")
        read = _given(read_timeout, self._read)
        write = _given(write_timeout, self._write)
        connect = _given(connect_timeout, self._connect)
        connected = _sum(connect, _given(pool_timeout, 0.0))
        timeout = aiohttp.ClientTimeout(
            total=_sum(connected, write, read), connect=connected, sock_connect=connect
        )
        status, body = await _exchange(
            self._session, method, url, within=timeout, data=_form(request_data)
        )
        if status == HTTPStatus.TOO_MANY_REQUESTS and _retry_at_once(body):
            # The base class takes a wait of no seconds for no wait at all.
            raise RetryAfter(0)
        return status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer. The one it replaces writes what it cannot read into the log."""
        try:
            parsed: dict[str, Any] = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("Invalid server response") from None
        return parsed


def _open_session(connections: int, proxy: str) -> aiohttp.ClientSession:
    pool, proxy = connector(connections, proxy)
    return aiohttp.ClientSession(
        connector=pool,
        proxy=proxy or None,
        headers={"User-Agent": BaseRequest.USER_AGENT},
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def _exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    within: aiohttp.ClientTimeout,
    data: aiohttp.FormData | None,
) -> tuple[int, bytes]:
    try:
        # A redirect would carry the token elsewhere.
        async with session.request(
            method, url, data=data, timeout=within, allow_redirects=False
        ) as response:
            return response.status, await response.read()
    except (TimeoutError, ProxyTimeoutError) as exc:
        raise TimedOut(f"no answer in time ({type(exc).__name__})") from None
    except FAILURES as exc:
        raise NetworkError(f"no answer ({type(exc).__name__})") from None


def _form(request: RequestData | None) -> aiohttp.FormData | None:
    if request is None:
        return None
    form = aiohttp.FormData(request.json_parameters, quote_fields=False)
    for name, (filename, content, kind) in (request.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _given(timeout: ODVInput[float], default: float) -> float | None:
    return default if isinstance(timeout, DefaultValue) else timeout


def _sum(*timeouts: float | None) -> float | None:
    """Add up timeouts; with one that is endless the whole is."""
    given = [timeout for timeout in timeouts if timeout is not None]
    return sum(given) if len(given) == len(timeouts) else None


def _retry_at_once(body: bytes) -> bool:
    try:
        return bool(json.loads(body)["parameters"]["retry_after"] == 0)
    except (ValueError, KeyError, TypeError):
        return False

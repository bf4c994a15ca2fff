"""How requests reach a Bot API server: aiohttp, and a pool of connections for each kind.

httpx, which python-telegram-bot brings, gets slower the more requests are in flight. No message
made here repeats what aiohttp says of a failure: addresses hold the bot's token.
"""

import asyncio
import json
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

READ = 20.0
"""Seconds until an answer is given up; the request may have been carried out all the same."""
WRITE = 20.0
CONNECT = 10.0
"""Seconds, waiting for a free connection included."""
_KEEP_ALIVE = 30.0

_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    ProxyConnectionError,
    ProxyError,
)
_NEVER_SENT_IN_TIME = (aiohttp.ConnectionTimeoutError, ProxyTimeoutError)


class Unsent(NetworkError):
    """The request surely did not reach the server: it can be repeated freely."""


class UnsentInTime(Unsent, TimedOut):
    """No connection was to be had in time, so nothing was sent."""


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
            raise Unsent("the request object is not initialised")
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


class Broadcast:
    """Sends prepared JSON, with nothing between it and the socket.

    The connections, TLS, proxies and the reading of answers are aiohttp's; its session, which
    puts every request together anew, is left out: that took half the time of a message.
    """

    def __init__(
        self,
        api_url: str,
        token: str,
        *,
        connections: int = 256,
        proxy: str = "",
        read_timeout: float = READ,
        connect_timeout: float = CONNECT,
    ) -> None:
        self._url = f"{api_url.rstrip('/')}/bot{token}/"
        self._connections = connections
        self._proxy = proxy
        self._read = read_timeout
        self._connecting = aiohttp.ClientTimeout(
            connect=connect_timeout, sock_connect=connect_timeout
        )
        self._heads: dict[str, bytes] = {}
        self._open: tuple[aiohttp.TCPConnector, aiohttp.ClientRequest] | None = None

    async def __aenter__(self) -> Self:
        connector, proxy = _connector(self._connections, self._proxy)
        request = aiohttp.ClientRequest(
            "POST",
            URL(self._url),
            headers={"User-Agent": BaseRequest.USER_AGENT, "Content-Type": "application/json"},
            skip_auto_headers=("Accept", "Accept-Encoding"),
            proxy=URL(proxy) if proxy else None,
            loop=asyncio.get_running_loop(),
        )
        self._open = connector, request
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._open is not None:
            await self._open[0].close()
            self._open = None
            self._heads.clear()

    async def post(self, method: str, body: bytes) -> tuple[int, bytes]:
        """Send one request and return the status and the body of the answer.

        Raises:
            Unsent: it surely did not reach the server.
            NetworkError: it may have been carried out.
        """
        if self._open is None:
            raise Unsent("the broadcast is not open")
        connector, request = self._open
        try:
            connection = await connector.connect(request, [], self._connecting)
        except TimeoutError as exc:
            raise UnsentInTime(f"no connection in time ({type(exc).__name__})") from None
        except (aiohttp.ClientError, OSError, ProxyError, ProxyConnectionError) as exc:
            raise Unsent(f"no connection ({type(exc).__name__})") from None
        head = self._heads.get(method)
        if head is None:
            head = self._heads[method] = _head(request, method)
        try:
            # A connection that breaks in this moment is told by what is read.
            async with asyncio.timeout(self._read):
                answer = await _exchange_on(
                    connection, b"%b%d\r\n\r\n%b" % (head, len(body), body)
                )
        except TimeoutError as exc:
            raise TimedOut(f"no answer in time ({type(exc).__name__})") from None
        except (aiohttp.ClientError, HttpProcessingError, OSError) as exc:
            raise NetworkError(f"the answer was lost ({type(exc).__name__})") from None
        return answer


async def _exchange_on(connection: Connection, request: bytes) -> tuple[int, bytes]:
    """Write a request to a connection and read the answer; a connection that is in a state
    unknown is not used again."""
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None:
        raise aiohttp.ServerDisconnectedError
    try:
        protocol.set_response_params(read_until_eof=True)
        transport.write(request)
        message, content = await protocol.read()
        while message.code < HTTPStatus.OK:
            # "Continue" and the like: the answer itself is yet to come.
            message, content = await protocol.read()
        body = await content.read()
    except BaseException:
        connection.close()
        raise
    connection.release()
    return message.code, body


def _head(request: aiohttp.ClientRequest, method: str) -> bytes:
    """Return what every request of a method begins with, up to how long it is.

    Made once a connection is there: what a proxy wants to be told is known by then.
    """
    url = request.url / method
    proxied = request.proxy is not None and not request.is_ssl()
    headers = {name: value for name, value in request.headers.items() if name != "Content-Length"}
    lines = [
        f"POST {url if proxied else url.raw_path_qs} HTTP/1.1",
        *(f"{name}: {value}" for name, value in headers.items()),
        "Content-Length: ",
    ]
    return "\r\n".join(lines).encode()


def _open_session(connections: int, proxy: str) -> aiohttp.ClientSession:
    connector, proxy = _connector(connections, proxy)
    return aiohttp.ClientSession(
        connector=connector,
        proxy=proxy or None,
        headers={"User-Agent": BaseRequest.USER_AGENT},
        cookie_jar=aiohttp.DummyCookieJar(),
    )


def _connector(connections: int, proxy: str) -> tuple[aiohttp.TCPConnector, str]:
    """Return where connections come from, and the proxy that requests have to name."""
    if proxy.startswith("socks"):
        # Names are looked up by the proxy, whichever way it was written: a look-up of our own
        # would tell the network whom we talk to.
        proxy = proxy.replace("socks5h://", "socks5://", 1).replace("socks4a://", "socks4://", 1)
        connector: aiohttp.TCPConnector = ProxyConnector.from_url(
            proxy, rdns=True, limit=connections, keepalive_timeout=_KEEP_ALIVE
        )
        return connector, ""
    return aiohttp.TCPConnector(limit=connections, keepalive_timeout=_KEEP_ALIVE), proxy


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
    except _NEVER_SENT_IN_TIME as exc:
        raise UnsentInTime(f"no connection in time ({type(exc).__name__})") from None
    except _NEVER_SENT as exc:
        raise Unsent(f"no connection ({type(exc).__name__})") from None
    except TimeoutError as exc:
        raise TimedOut(f"no answer in time ({type(exc).__name__})") from None
    except (aiohttp.ClientError, OSError) as exc:
        raise NetworkError(f"the answer was lost ({type(exc).__name__})") from None


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

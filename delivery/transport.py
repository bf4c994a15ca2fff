"""How the broadcast reaches a Bot API server: over connections of aiohttp, and nothing else.

No message made here repeats what aiohttp says of a failure: addresses hold the bot's token.
"""

import asyncio
from http import HTTPStatus
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError
from yarl import URL

READ = 20.0
"""Seconds until an answer is given up; the request may have been carried out all the same."""
CONNECT = 10.0
"""Seconds, waiting for a free connection included."""
CONNECTIONS = 256
_KEEP_ALIVE = 30.0

FAILURES = (
    aiohttp.ClientError,
    OSError,
    ProxyConnectionError,
    ProxyError,
    ProxyTimeoutError,
)
"""What connections fail with, or the way to one."""


class Unanswered(Exception):
    """No answer came: the request may have been carried out all the same."""


class Unsent(Unanswered):
    """The request surely did not reach the server: it can be repeated freely."""


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
        connections: int = CONNECTIONS,
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
        pool, proxy = connector(self._connections, self._proxy)
        request = aiohttp.ClientRequest(
            "POST",
            URL(self._url),
            headers={"User-Agent": "Vestka", "Content-Type": "application/json"},
            skip_auto_headers=("Accept", "Accept-Encoding"),
            proxy=URL(proxy) if proxy else None,
            loop=asyncio.get_running_loop(),
        )
        self._open = pool, request
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
            Unanswered: it may have been carried out.
        """
        if self._open is None:
            raise Unsent("the broadcast is not open")
        pool, request = self._open
        try:
            connection = await pool.connect(request, [], self._connecting)
        except FAILURES as exc:
            raise Unsent(f"no connection ({type(exc).__name__})") from None
        head = self._heads.get(method)
        if head is None:
            head = self._heads[method] = _head(request, method)
        try:
            # A connection that breaks in this moment is told by what is read.
            return await _exchange_on(
                connection, b"%b%d\r\n\r\n%b" % (head, len(body), body), self._read
            )
        except (aiohttp.ClientError, HttpProcessingError, OSError) as exc:
            raise Unanswered(f"the answer was lost ({type(exc).__name__})") from None


async def _exchange_on(
    connection: Connection, request: bytes, seconds: float
) -> tuple[int, bytes]:
    """Write a request to a connection and read the answer; a connection that is in a state
    unknown, or has not answered within so many seconds, is not used again."""
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None:
        raise aiohttp.ServerDisconnectedError
    cut = asyncio.get_running_loop().call_later(seconds, transport.abort)
    try:
        protocol.set_response_params(read_until_eof=True)
        transport.write(request)
        message, content = await protocol.read()
        while message.code < HTTPStatus.OK:
            # "Continue" and the like: the answer itself is yet to come.
            message, content = await protocol.read()
        # Nearly always it came in one piece.
        body = content.read_nowait() if content.is_eof() else await content.read()
    except BaseException:
        connection.close()
        raise
    finally:
        cut.cancel()
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


def connector(connections: int, proxy: str) -> tuple[aiohttp.TCPConnector, str]:
    """Return where connections come from, and the proxy that requests have to name."""
    if proxy.startswith("socks"):
        # Names are looked up by the proxy, whichever way it was written: a look-up of our own
        # would tell the network whom we talk to.
        proxy = proxy.replace("socks5h://", "socks5://", 1).replace("socks4a://", "socks4://", 1)
        pool: aiohttp.TCPConnector = ProxyConnector.from_url(
            proxy, rdns=True, limit=connections, keepalive_timeout=_KEEP_ALIVE
        )
        return pool, ""
    return aiohttp.TCPConnector(limit=connections, keepalive_timeout=_KEEP_ALIVE), proxy

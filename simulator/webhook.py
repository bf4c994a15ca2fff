"""Bringing updates to a bot that listens on this machine, as Telegram does.

Of one kind and chat one update at a time, many chats at once; what is not answered with 2xx is
brought again, at first at once and then after longer and longer pauses.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Hashable
from typing import NamedTuple

import aiohttp
import msgspec
from telegram.constants import WebhookLimit
from yarl import URL

from simulator.arguments import Values
from simulator.refusals import bad_request
from simulator.world import Body

_HOSTS = ("127.0.0.1", "localhost")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_USUAL_CONNECTIONS = 40
_LONGEST_PAUSE = 60.0
GIVES_UP = 60.0
"""Seconds without an answer until an update is brought again."""


class Asked(NamedTuple):
    """What a bot asks for: where updates are brought, with which secret, how many at once."""

    url: str
    secret: str
    connections: int


class Webhook:
    """Brings `updates`, and what comes; each is taken out of them when the bot has taken it.

    `now` tells the seconds since 1970; `pause` is how many seconds pass before the third try.
    """

    def __init__(
        self, asked: Asked, updates: deque[Body], *, now: Callable[[], int], pause: float
    ) -> None:
        self.asked = asked
        self._updates = updates
        self._now = now
        self._pause = pause
        self._error: Body = {}
        self._arrived: asyncio.Queue[Body] = asyncio.Queue()
        self._lines: dict[Hashable, deque[Body]] = {}
        self._connections = asyncio.Semaphore(asked.connections)
        self._empty = asyncio.Event()
        self._empty.set()
        for update in updates:
            self.bring(update)
        self._bringing = asyncio.create_task(self._bring_all())

    def end(self) -> None:
        """Bring nothing more; what was not taken stays."""
        self._bringing.cancel()

    def bring(self, update: Body) -> None:
        """Bring one more."""
        self._empty.clear()
        self._arrived.put_nowait(update)

    async def emptied(self) -> None:
        """Wait until the bot has taken all there is."""
        await self._empty.wait()

    def body(self) -> Body:
        """Shape it as the Bot API tells of it."""
        return {"url": self.asked.url, "max_connections": self.asked.connections, **self._error}

    async def _bring_all(self) -> None:
        timeout = aiohttp.ClientTimeout(total=GIVES_UP)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            asyncio.TaskGroup() as lines,
        ):
            while True:
                update = await self._arrived.get()
                line = _line(update)
                if line in self._lines:
                    self._lines[line].append(update)
                else:
                    self._lines[line] = deque([update])
                    lines.create_task(self._bring_line(session, line))

    async def _bring_line(self, session: aiohttp.ClientSession, line: Hashable) -> None:
        waiting = self._lines[line]
        while waiting:
            pause = 0.0
            while (wait := await self._post(session, waiting[0])) is not None:
                await asyncio.sleep(wait or pause)
                pause = min(_LONGEST_PAUSE, max(self._pause, pause * 2))
            self._updates.remove(waiting.popleft())
            if not self._updates:
                self._empty.set()
        del self._lines[line]

    async def _post(self, session: aiohttp.ClientSession, update: Body) -> float | None:
        """Bring one; return in how many seconds the bot wants it again, 0 where it does not say,
        nothing where it has taken it."""
        headers = {"content-type": "application/json"}
        if self.asked.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.asked.secret
        bringing = session.post(
            self.asked.url,
            data=msgspec.json.encode(update),
            headers=headers,
            allow_redirects=False,
        )
        try:
            async with self._connections, bringing as response:
                if 200 <= response.status <= 299:
                    return None
                self._note(f"Wrong response from the webhook: {response.status} {response.reason}")
                after = response.headers.get("Retry-After", "")
                return float(after) if after.isdecimal() else 0.0
        except TimeoutError:
            self._note("Read timeout expired")
        except aiohttp.ClientError:
            self._note("Webhook connection closed")
        return 0.0

    def _note(self, error: str) -> None:
        self._error = {"last_error_date": self._now(), "last_error_message": error}


def read_webhook(values: Values) -> Asked:
    """Read what a bot asks for. Nothing leaves this machine.

    Raises:
        Refused: an address elsewhere, or a secret that is none.
    """
    url, secret = values["url"], values.get("secret_token", "")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    try:
        host = URL(url).host
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    if host not in _HOSTS or not url.startswith(("http://", "https://")):
        raise bad_request("bad webhook: only this machine is brought updates")
    connections = values.get("max_connections", _USUAL_CONNECTIONS)
    most = int(WebhookLimit.MAX_CONNECTIONS_LIMIT)
    return Asked(url, secret, min(max(connections, 1), most))


def _line(update: Body) -> Hashable:
    """Return where an update waits for the one before: Telegram keeps messages of a chat in
    order, and presses of a person, but not the ones with the others."""
    for kind, content in update.items():
        if isinstance(content, dict):
            place = content.get("chat") or content.get("from") or {}
            return kind, place.get("id", update.get("update_id"))
    return update.get("update_id")

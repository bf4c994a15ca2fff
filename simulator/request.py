"""The door for tests: python-telegram-bot talks to the core in the same process, no socket."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from telegram import Update
from telegram.error import NetworkError, TimedOut
from telegram.ext import Application
from telegram.request import BaseRequest, RequestData

from simulator.arguments import Upload
from simulator.core import Telegram, encode
from simulator.faults import Dropped
from simulator.refusals import Refused

# Applications are generic in six types of the bot's own, none of which matters here.
AnyApplication = Application[Any, Any, Any, Any, Any, Any]


def _uploads(request_data: RequestData | None) -> dict[str, Upload]:
    if request_data is None or not request_data.contains_files:
        return {}
    return {
        field: Upload(name, content if isinstance(content, bytes) else content.read(), mime)
        for field, (name, content, mime) in request_data.multipart_data.items()
    }


def _not_reached() -> Exception:
    error = NetworkError("the connection was refused")
    error.__cause__ = ConnectionRefusedError()
    return error


class SimulatedRequest(BaseRequest):
    """Give one to ``Application.builder().request(...)`` and ``.get_updates_request(...)``.

    `not_reached` and `answer_lost` make what is raised when a fault breaks the connection
    before or after the request was taken.
    """

    def __init__(
        self,
        telegram: Telegram,
        *,
        not_reached: Callable[[], Exception] = _not_reached,
        answer_lost: Callable[[], Exception] = TimedOut,
    ) -> None:
        self._telegram = telegram
        self._not_reached = not_reached
        self._answer_lost = answer_lost

    @property
    def read_timeout(self) -> float:
        """Tell how long an answer may take, in seconds."""
        return 5.0

    async def initialize(self) -> None:
        """Have nothing to prepare."""

    async def shutdown(self) -> None:
        """Have nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        """Hand one request to the core; the timeouts are the network's, and there is none."""
        path = unquote(urlsplit(url).path).lstrip("/")
        if path.startswith("file/bot"):
            return self._download(path.removeprefix("file/bot"))
        token, _, name = path.removeprefix("bot").partition("/")
        if token != self._telegram.token:
            return 401, json.dumps(Refused(401, "Unauthorized").body()).encode()
        given = request_data.json_parameters if request_data else {}
        files = _uploads(request_data)
        try:
            return encode(await self._telegram.call(name, given, files))
        except Dropped as dropped:
            raise (self._answer_lost if dropped.accepted else self._not_reached)() from dropped

    def _download(self, path: str) -> tuple[int, bytes]:
        token, _, place = path.partition("/")
        file = self._telegram.find_file(place)
        if token != self._telegram.token or file is None:
            return 404, json.dumps(Refused(404, "Not Found").body()).encode()
        return 200, file.content


async def drain(
    application: Application[Any, Any, Any, Any, Any, Any], telegram: Telegram
) -> None:
    """Let the application handle all pending updates, one after another, until none is left."""
    while (update := telegram.take_update()) is not None:
        await application.process_update(Update.de_json(update, application.bot))

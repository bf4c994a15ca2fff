"""Taking updates in by webhook: Telegram brings them, and hears 200 once they are answered."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from telegram import Bot, Update
from telegram.constants import WebhookLimit
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.account import refusals
from bot.settings import Address, Hook, Settings
from delivery.replies import seconds_of
from handlers.context import BotApplication
from handlers.gate import ALLOWED_UPDATES
from handlers.processing import IN_HAND
from model.errors import Misconfigured

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the name of the header
LARGEST = 1024 * 1024
"""Bytes of a request. Telegram's server drops an update of more than 64 KiB by itself; one that
we refused would come again for a day and hold up its chat, so there is room for it to grow."""
LINGER = 5.0
"""Seconds in which what is in hand is finished when the bot stops; Telegram brings the rest to
another worker, or when the bot is back."""
LOOK_EVERY = 60.0
"""Seconds between two looks at whether Telegram still comes here."""

_SOON = {"Retry-After": "1"}

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def taking_in(
    application: BotApplication, hook: Hook, settings: Settings
) -> AsyncIterator[None]:
    """Listen, and have Telegram bring updates, while the caller runs. The webhook is left set:
    what comes meanwhile waits at Telegram.

    Raises:
        Misconfigured: nobody can listen there, or Telegram does not take the address.
        Unavailable: Telegram does not answer.
    """
    requests = web.Application(client_max_size=LARGEST)
    requests.router.add_route("*", "/{path:.*}", Door(application, hook).answer)
    # An update is answered to its end even where Telegram has stopped waiting for that; and the
    # addresses of those who come here are nobody's business.
    runner = web.AppRunner(
        requests,
        handler_cancellation=False,
        access_log=None,
        lingering_time=0,
        shutdown_timeout=LINGER,
    )
    await runner.setup()
    try:
        await _listen(runner, hook.listen)
        with refusals(settings):
            await _set(application.bot, hook)
        watching = asyncio.create_task(watch(application.bot, hook))
        try:
            yield
        finally:
            watching.cancel()
    finally:
        await runner.cleanup()


class Door:
    """Takes updates from whoever knows the secret. All others hear the same 404, whatever they
    got wrong, and nothing of what they sent is read or logged."""

    def __init__(self, application: BotApplication, hook: Hook) -> None:
        self._application = application
        self._path = hook.url.path
        self._secret = hook.secret.encode()
        self._in_hand = 0

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a request: 200 when the update is done with, so that one whose worker was
        killed comes again."""
        if not self._is_from_telegram(request):
            return web.Response(status=404)
        if self._in_hand >= IN_HAND:
            return web.Response(status=503, headers=_SOON)
        self._in_hand += 1
        try:
            return web.Response(status=await self._take(request))
        finally:
            self._in_hand -= 1

    def _is_from_telegram(self, request: web.Request) -> bool:
        given = request.headers.get(SECRET, "").encode(errors="surrogateescape")
        known = hmac.compare_digest(given, self._secret)
        return known and request.method == "POST" and request.path == self._path

    async def _take(self, request: web.Request) -> int:
        """Handle an update as those that are polled, and return the status of the answer.

        Where one takes so long that Telegram brings it again, the second waits for the first in
        the line of its chat, and the gate drops it.
        """
        try:
            given = json.loads(await request.read())
        except web.HTTPRequestEntityTooLarge:
            return 413
        except (ValueError, RecursionError):
            return 400
        update = _read(given, self._application.bot)
        if update is not None:
            await self._application.update_processor.process_update(
                update, self._application.process_update(update)
            )
        return 200


async def _listen(runner: web.AppRunner, at: Address) -> None:
    site = web.UnixSite(runner, at.path) if at.path else web.TCPSite(runner, at.host, at.port)
    try:
        await site.start()
        if at.path:
            _open_to_our_group(Path(at.path))
    except OSError as exc:
        raise Misconfigured(f"cannot listen at VESTKA_WEBHOOK_LISTEN: {exc.strerror}") from exc


def _open_to_our_group(path: Path) -> None:
    """Let the balancer in, which has a user of its own."""
    path.chmod(0o660)


async def _set(bot: Bot, hook: Hook) -> None:
    """Tell Telegram where to bring updates. Several workers say the same: that changes nothing,
    but too many at once are told to wait."""
    while True:
        try:
            await bot.set_webhook(
                str(hook.url),
                secret_token=hook.secret,
                allowed_updates=ALLOWED_UPDATES,
                max_connections=WebhookLimit.MAX_CONNECTIONS_LIMIT,
            )
        except RetryAfter as exc:
            await asyncio.sleep(seconds_of(exc.retry_after))
        except BadRequest as exc:
            raise Misconfigured(f"Telegram refuses VESTKA_WEBHOOK_URL: {exc.message}") from exc
        else:
            return


def _read(given: Any, bot: Bot) -> Update | None:
    """Read an update; what is none is dropped, or it would come again for a day."""
    try:
        update = Update.de_json(given, bot)
        ids = [update.update_id]
        ids += [each.id for each in (update.effective_chat, update.effective_user) if each]
    except Exception as exc:  # noqa: BLE001  # whatever the library stumbles over
        _log.warning("dropped what is no update", error=type(exc).__name__)
        return None
    return update if all(type(each) is int for each in ids) else None


async def watch(bot: Bot, hook: Hook) -> None:
    """Look again and again whether Telegram still comes to us, and say once when it does not."""
    ours = True
    while True:
        await asyncio.sleep(LOOK_EVERY)
        with suppress(TelegramError):  # there is a next look
            was, ours = ours, (await bot.get_webhook_info()).url == str(hook.url)
            if was and not ours:
                _log.error(
                    "Telegram brings the updates of this bot elsewhere: if you did not set that, "
                    "the token is stolen; revoke it with @BotFather"
                )

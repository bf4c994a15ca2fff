"""The life of the running bot: begin, answer and send, settle, end."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import Conflict, TelegramError

from bot import app, memory, menu, webhook
from bot.account import refusals
from bot.app import Vestka
from bot.clock import now
from bot.garbage import rare_collections
from bot.memory import Memory
from bot.settings import Settings
from db import lock, upkeep
from handlers.context import BotApplication
from handlers.gate import ALLOWED_UPDATES
from model.clock import Clock
from model.errors import Misconfigured, Unavailable

TIDY_EVERY = timedelta(minutes=10)
LOOK_EVERY = timedelta(seconds=2)
"""How soon the bot notices what a command wrote beside it."""

_log = structlog.get_logger(__name__)


async def run(
    settings: Settings,
    *,
    clock: Clock = now,
    beside: Callable[[Vestka], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Answer and send until a signal says stop, or until ``beside``, run with the bot, is done.

    Raises:
        Misconfigured: the token, key or database cannot be used, or another bot uses it.
        Unavailable: Telegram or the database does not answer.
    """
    stop = asyncio.Event()
    async with (
        memory.recall(settings) as remembered,
        lock.hold(remembered.database),
        _signals(stop),
    ):
        vestka = app.build(settings, remembered, clock=clock)
        async with vestka.broadcast, _taking_in(vestka, settings), asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(loop()) for loop in vestka.loops]
            running += [
                tasks.create_task(_look(vestka)),
                tasks.create_task(_tidy(vestka, remembered, clock)),
                tasks.create_task(menu.introduce(vestka.application.bot, vestka.languages)),
            ]
            if beside is not None:
                running.append(tasks.create_task(beside(vestka)))
                running[-1].add_done_callback(lambda _: stop.set())
            _log.info("running", bot=vestka.application.bot.username)
            with rare_collections():
                await stop.wait()
            _log.info("stopping")
            for task in running:
                task.cancel()


@asynccontextmanager
async def _taking_in(vestka: Vestka, settings: Settings) -> AsyncIterator[None]:
    """Take updates in and answer them. What is pending at Telegram is never dropped: a
    ``/forget`` may be among it."""
    application, hook = vestka.application, settings.hook()
    try:
        with refusals(settings):
            await application.initialize()
        await application.start()
        try:
            async with (
                _polling(application)
                if hook is None
                else webhook.taking_in(application, hook, settings)
            ):
                yield
        finally:
            # Waits for the answers that are being made.
            await application.stop()
    finally:
        await application.shutdown()
        # Its connections are open even where it could not be initialised.
        await application.bot.shutdown()


@asynccontextmanager
async def _polling(application: BotApplication) -> AsyncIterator[None]:
    """Ask Telegram for updates; a webhook that was set is taken away first."""
    updater = application.updater
    if updater is None:
        raise Misconfigured("this bot was made without a way to take updates in")
    await updater.start_polling(
        allowed_updates=ALLOWED_UPDATES, error_callback=_Alarm(), bootstrap_retries=-1
    )
    try:
        yield
    finally:
        await updater.stop()


class _Alarm:
    """Says once what keeps updates from coming in, not a thousand times."""

    def __init__(self) -> None:
        self._last: type[TelegramError] | None = None

    def __call__(self, error: TelegramError) -> None:
        if type(error) is self._last:
            return
        self._last = type(error)
        if isinstance(error, Conflict):
            _log.error(
                "another program takes the updates of this bot: if it is not yours, the token "
                "is stolen; revoke it with @BotFather"
            )
        else:
            _log.warning("no updates come in", error=type(error).__name__)


async def _look(vestka: Vestka) -> None:
    """Notice what commands wrote beside the running bot, and put old questions out of mind."""
    seen: object = None
    while True:
        # A database that is locked for longer than usual ends nothing: there is a next look.
        with suppress(Unavailable):
            standing = {
                (notice.id, notice.state, notice.stopped)
                for notice in await vestka.services.notices.open_notices()
            }
            if seen is not None and standing != seen:
                for notice in standing:
                    vestka.changed(notice[0])
            seen = standing
        vestka.services.recollection.fade()
        await asyncio.sleep(LOOK_EVERY.total_seconds())


async def _tidy(vestka: Vestka, memory: Memory, clock: Clock) -> None:
    """Erase what is no longer needed, again and again."""
    while True:
        try:
            await vestka.services.outbox.purge()
            await upkeep.purge(memory.database, clock)
        except Unavailable as exc:
            _log.warning("could not tidy up; trying again", why=str(exc))
        await asyncio.sleep(TIDY_EVERY.total_seconds())


@asynccontextmanager
async def _signals(stop: asyncio.Event) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

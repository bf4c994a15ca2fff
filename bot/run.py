"""The life of the running bot: begin, answer and send, settle, end."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import Conflict, TelegramError

from bot import app, house, memory, webhook
from bot.account import refusals
from bot.app import Vestka
from bot.clock import now
from bot.garbage import rare_collections
from bot.memory import Memory
from bot.settings import Settings
from db import lock
from handlers.context import BotApplication
from handlers.gate import ALLOWED_UPDATES
from model.clock import Clock
from model.errors import Misconfigured, Unavailable, VestkaError
from model.parts import Part

COUNT_EVERY = timedelta(seconds=5)
"""How soon processes notice that there are more of them, or fewer."""
FADE_EVERY = timedelta(seconds=2)

_log = structlog.get_logger(__name__)


async def run(
    settings: Settings,
    *,
    only: Part | None = None,
    clock: Clock = now,
    beside: Callable[[Vestka], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Answer and send, or do ``only`` one part of that, until a signal says stop, or until
    ``beside``, run with the bot, is done.

    Raises:
        Misconfigured: the token, key or database cannot be used, or another bot uses it.
        Unavailable: Telegram or the database does not answer.
    """
    stop = asyncio.Event()
    polling = only is Part.ANSWERING and settings.hook() is None
    async with (
        _in_one_line(),
        memory.recall(settings) as remembered,
        lock.hold(remembered.database, only, polling=polling) as place,
        _signals(stop),
    ):
        vestka = app.build(settings, remembered, clock=clock, part=only)
        begin = _known if only is Part.SENDING else _taking_in
        async with vestka.broadcast, begin(vestka, settings), asyncio.TaskGroup() as tasks:
            loops = [place.keep(), *_work(only, vestka, remembered, clock)]
            running = [tasks.create_task(loop) for loop in loops]
            if beside is not None:
                running.append(tasks.create_task(beside(vestka)))
                running[-1].add_done_callback(lambda _: stop.set())
            _log.info("running", bot=vestka.application.bot.username, only=only)
            with rare_collections():
                await stop.wait()
            _log.info("stopping")
            for task in running:
                task.cancel()


def _work(
    only: Part | None, vestka: Vestka, remembered: Memory, clock: Clock
) -> Sequence[Coroutine[Any, Any, None]]:
    """Return what goes on all the time; that of house-keeping first, as it has the guard."""
    if only is None:
        return house.keep(vestka, remembered, clock), vestka.sending(), _fade(vestka)
    sharing = (_share(vestka, remembered), *(loop() for loop in vestka.sharing))
    if only is Part.ANSWERING:
        return *sharing, _fade(vestka)
    return house.take_turns(vestka, remembered, clock), vestka.sending(), *sharing


@asynccontextmanager
async def _known(vestka: Vestka, settings: Settings) -> AsyncIterator[None]:
    """Be known to Telegram, and take nothing in."""
    try:
        with refusals(settings):
            await vestka.application.bot.initialize()
        yield
    finally:
        await vestka.application.bot.shutdown()


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


async def _fade(vestka: Vestka) -> None:
    """Put old questions out of mind."""
    while True:
        vestka.services.recollection.fade()
        await asyncio.sleep(FADE_EVERY.total_seconds())


async def _share(vestka: Vestka, memory: Memory) -> None:
    """Notice how many processes share the work."""
    while True:
        with suppress(Unavailable):
            vestka.share(await lock.count(memory.database))
        await asyncio.sleep(COUNT_EVERY.total_seconds())


@asynccontextmanager
async def _in_one_line() -> AsyncIterator[None]:
    """Let what ended one of many loops end the bot by itself, as if it had been the only one."""
    try:
        yield
    except ExceptionGroup as group:
        found: Exception = group.subgroup(VestkaError) or group
        while isinstance(found, ExceptionGroup):
            found = found.exceptions[0]
        raise found from None


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

"""Keeping house: what one process does for all, however many of them answer and send."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog

from bot import menu
from bot.app import Vestka
from bot.memory import Memory
from db import lock, upkeep
from model.clock import Clock
from model.errors import Unavailable

TIDY_EVERY = timedelta(minutes=10)
LOOK_EVERY = timedelta(seconds=2)
"""How soon the bot notices what a command, or a process that answers, wrote beside it."""
TRY_EVERY = timedelta(seconds=3)
"""How soon another process keeps house when the one that did is gone."""

_log = structlog.get_logger(__name__)


async def keep(vestka: Vestka, memory: Memory, clock: Clock) -> None:
    """Keep house until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        for loop in vestka.keeping:
            tasks.create_task(loop())
        tasks.create_task(_look(vestka))
        tasks.create_task(_tidy(vestka, memory, clock))
        tasks.create_task(menu.introduce(vestka.application.bot, vestka.languages))


async def take_turns(vestka: Vestka, memory: Memory, clock: Clock) -> None:
    """Keep house for as long as no other process does, and begin when one is gone, until
    cancelled."""
    while True:
        with suppress(Unavailable):
            async with lock.hold_house(memory.database) as session:
                if session is not None:
                    _log.info("keeping house")
                    await _keep_while(session, vestka, memory, clock)
        await asyncio.sleep(TRY_EVERY.total_seconds())


async def _keep_while(session: lock.Session, vestka: Vestka, memory: Memory, clock: Clock) -> None:
    """Keep house until the session is lost: another process may keep it from then on."""
    keeping = asyncio.create_task(keep(vestka, memory, clock))
    losing = asyncio.create_task(session.lost())
    try:
        await asyncio.wait({keeping, losing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        losing.cancel()
        keeping.cancel()
        ended = await asyncio.gather(keeping, losing, return_exceptions=True)
    for result in ended:
        if isinstance(result, Exception):
            raise result
    _log.warning("another process may keep house now: the database was away")


async def _look(vestka: Vestka) -> None:
    """Notice what others wrote beside this process."""
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

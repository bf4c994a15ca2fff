"""The loop of the fan-out."""

import asyncio

from db.connection import Database
from db.vault import Vault
from delivery.fanout import FanOutLoop
from model.errors import Unavailable
from services.fanout import FanOut
from tests.delivery.press import MARIA, Press
from tests.watch import AT_MOST, Watch


class Shaky(FanOut):
    """A fan-out whose database is locked at first."""

    locked = 1

    async def advance(self) -> bool:
        if self.locked:
            self.locked -= 1
            raise Unavailable
        return await super().advance()


async def test_deliveries_are_made_as_soon_as_a_wave_begins(
    press: Press, database: Database, vault: Vault, clock: Watch
) -> None:
    made = asyncio.Event()
    loop = FanOutLoop(Shaky(database, vault, clock), made.set)
    running = asyncio.create_task(loop.run())
    await asyncio.sleep(0.05)
    await press.crowd(3)
    wave = await press.open(await press.release([MARIA]))
    loop.wake()
    async with asyncio.timeout(AT_MOST):
        await made.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await press.tally(wave)).waiting == 3


async def test_a_wave_is_found_without_being_woken(
    press: Press, database: Database, vault: Vault, clock: Watch
) -> None:
    made = asyncio.Event()
    running = asyncio.create_task(FanOutLoop(FanOut(database, vault, clock), made.set).run())
    await asyncio.sleep(0.05)
    await press.open(await press.release([MARIA]))
    async with asyncio.timeout(AT_MOST):
        await made.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

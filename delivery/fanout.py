"""The loop of the fan-out: makes deliveries while there are any to make."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from delivery.finishing import finish
from delivery.resting import rest
from model.errors import Unavailable
from services.fanout import FanOut

IDLE = 1.0
"""Seconds between looks for a new wave: other processes make them, too."""


class FanOutLoop:
    """Advances the fan-out chunk by chunk, until it is cancelled."""

    def __init__(self, fanout: FanOut, made: Callable[[], None]) -> None:
        self._fanout = fanout
        self._made = made
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """Look for a wave now."""
        self._awake.set()

    async def run(self) -> None:
        """Make deliveries until cancelled; a chunk is made as a whole or not at all."""
        while True:
            self._awake.clear()
            advanced = False
            with suppress(Unavailable):
                advanced = await finish(self._fanout.advance())
            if advanced:
                self._made()
                # Replies have their turn between two chunks.
                await asyncio.sleep(0)
            else:
                await rest(self._awake, IDLE)

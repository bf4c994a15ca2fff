"""Time for whatever keeps a pace."""

import asyncio

from delivery.pace import Pace


class Stopwatch:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def at(watch: Stopwatch, per_second: float | None = 29) -> Pace:
    return Pace(per_second, monotonic=watch, sleep=watch.sleep)

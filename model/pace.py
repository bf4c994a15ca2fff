"""The pace as such: when the next may go, by whichever clock counts."""

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Slots:
    """What may go when. All times are seconds of one clock; each change gives new ones.

    Less than all of the pace is used once Telegram is in trouble, all of it again after a while.
    """

    next: float = -math.inf
    """When the next is free."""
    lane_opens: float = -math.inf
    """When the broadcast may go on."""
    level: float = 1.0
    """How much of the pace the broadcast used when it last sank."""
    sank: float = -math.inf

    def take(self, now: float, count: int, gap: float) -> tuple["Slots", float]:
        """Take so many slots if the next is free; else return in how many seconds it is."""
        if self.next > now:
            return self, self.next - now
        # What a late timer or a short want of room lost is made up for, up to what goes now.
        taken = gap / self._effort(now) * count
        return replace(self, next=max(self.next, now - gap * count) + taken), 0.0

    def reserve(self, now: float, gap: float, ahead: float) -> tuple["Slots", float]:
        """Reserve the next slot, free or not; return in how many seconds it may be used, if one
        may go so many seconds ``ahead`` of it."""
        wait = self.next - now - ahead
        return replace(self, next=max(self.next, now) + gap), wait

    def close(self, now: float, seconds: float) -> "Slots":
        """Stop the broadcast for so long."""
        return replace(self, lane_opens=max(self.lane_opens, now + seconds))

    def sink(self, now: float, to: float) -> "Slots":
        """Use only that part of what is used now; once, for those that are told so together."""
        if now - self.sank < ONCE_IN:
            return self
        return replace(self, level=max(LEAST, self._effort(now) * to), sank=now)

    def moved(self, by: float) -> "Slots":
        """Tell the same by a clock that was set so many seconds forward."""
        return replace(
            self,
            next=self.next + by,
            lane_opens=self.lane_opens + by,
            sank=self.sank + by,
        )

    def _effort(self, now: float) -> float:
        return 1.0 if self.level == 1 else min(1.0, self.level + BACK * (now - self.sank))


LEAST = 0.1
"""The part of the pace that is used in any case."""
BACK = 1 / 120
"""What is given back each second: from nothing to all in two minutes."""
ONCE_IN = 1.0
"""Seconds in which it sinks once."""

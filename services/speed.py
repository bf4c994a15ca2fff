"""How fast a notice goes out, as far as this process has seen."""

from collections import deque
from datetime import datetime, timedelta

from model.notices import NoticeId

WINDOW = timedelta(minutes=1)
"""What is longer ago says nothing of the speed of now."""
LEAST = timedelta(seconds=1)
"""Two looks nearer to each other than this tell no speed."""


class Speed:
    """Remembers how many deliveries were at their end at each look of the last minute."""

    def __init__(self) -> None:
        self._looks: dict[NoticeId, deque[tuple[datetime, int]]] = {}

    def of(self, notice: NoticeId, ended: int, now: datetime, *, going: bool) -> float | None:
        """Note a look at a notice, and return how many come to their end in a second.

        ``None``: nothing is under way, or this is the first look.
        """
        if not going:
            self._looks.pop(notice, None)
            return None
        looks = self._looks.setdefault(notice, deque())
        while looks and (now - looks[0][0] > WINDOW or looks[0][1] > ended):
            looks.popleft()
        looks.append((now, ended))
        (begun, before), (last, after) = looks[0], looks[-1]
        passed = last - begun
        return (after - before) / passed.total_seconds() if passed >= LEAST else None

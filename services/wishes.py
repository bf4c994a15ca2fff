"""Wishes: when and how each reader is told, by what he or she chose."""

from datetime import datetime
from typing import NamedTuple

from model.deliveries import Lane
from model.readers import Reader


class Timing(NamedTuple):
    due: datetime
    """Not before then; never inside quiet hours."""
    silent: bool
    """Without a sound."""


def when(reader: Reader, lane: Lane, now: datetime) -> Timing:
    """Say when something in this lane may come to a reader, and whether without a sound.

    A correction comes at once through quiet hours and sleep: its sender decides whether aloud.
    """
    wishes = reader.wishes
    if lane is Lane.CORRECTION:
        return Timing(now, silent=False)
    due = wishes.awake_from(now)
    return Timing(due, silent=wishes.is_quiet(due))


def left_to_digest(reader: Reader, lane: Lane, now: datetime) -> bool:
    """Say whether news in this lane comes to a reader in a digest only: in the next, or in the
    one that tells on waking what came meanwhile."""
    wishes = reader.wishes
    if lane is Lane.CORRECTION:
        return False
    return wishes.is_asleep(now) or (lane is Lane.RELEASES and wishes.digest is not None)

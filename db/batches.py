"""Batches: long lists of ids asked for a few hundred at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

SIZE = 500
"""Ids in one query. SQLite takes 32 766 and PostgreSQL 65 535, but both plan long lists badly."""


def batches(items: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """Cut items into lists of at most so many."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch

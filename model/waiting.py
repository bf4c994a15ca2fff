"""Waiting: a name that readers wait for, laid beside somebody on the list."""

from dataclasses import dataclass, field

from model.cards import Card


@dataclass(frozen=True, slots=True)
class Pair:
    """A name that is waited for, and somebody on the list who may bear it."""

    blind: str
    """Stands for the name where it must not be written."""
    name: str = field(repr=False)
    """As one of those who wait for it wrote it."""
    card: Card

"""Parts: what a process of the bot does, where several share the work."""

from enum import StrEnum


class Part(StrEnum):
    """What ``vestka run --only`` names; without it one process does all."""

    ANSWERING = "answering"
    """Takes updates in and answers them."""
    SENDING = "sending"
    """Sends what is in the outbox. One of those that do keeps house as well."""

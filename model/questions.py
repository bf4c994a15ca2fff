"""Questions: what they may ask for, and why one cannot be answered."""

from enum import StrEnum


class Intent(StrEnum):
    """What a question asks for; it only moves one line of the answer to the top."""

    NONE = "none"
    STATUS = "status"
    WHEN = "when"
    WHERE = "where"
    WRITE = "write"
    COUNT = "count"
    LATEST = "latest"


class Unclear(StrEnum):
    """Why nobody can be looked for."""

    NAMELESS = "nameless"
    """No word of it may be a name."""
    LETTER = "letter"
    """Nothing but single letters."""
    PLACE = "place"
    """Only a place is named."""
    GIVEN = "given"
    """Only a first name is written, which many bear."""
    SEVERAL = "several"
    """More than one person is named."""

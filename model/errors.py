"""Everything Vestka may raise on purpose.

* VestkaError
  x NotFound            the thing named does not exist, or is not public
  x Refused             the request is understood and declined
    + TooFast           more questions than one chat may ask in a while
    + TooManyFollows    a reader follows as many people as one record may hold
    + TooManyNames      a reader waits for as many names as one record may hold
    + NotAName          what is to be waited for is no first name and surname
    + NotAnAdministrator  only administrators of the group or channel may do this
    + NeedsAnotherEditor  the same editor may not do both steps
    + WrongState        the notice is not (or no longer) in the state this step needs
    + Unsettled         lines of the list are not matched yet, or facts are missing
    + BadInput          a text or file cannot be read; says where and why
      - Unreadable      the same of what came through the chat; said in the reader's language
  x Unavailable         try again later; nothing was changed
  x Misconfigured       the operator must mend something; one line says what and how
    + SealBroken        a sealed record was altered, moved, or sealed by a lost key
"""

from collections.abc import Sequence
from enum import StrEnum


class VestkaError(Exception):
    """Base of every error that becomes a sentence for the person who caused it."""


class NotFound(VestkaError):
    """The thing named does not exist, or is not public. The reader is not told which."""


class Refused(VestkaError):
    """The request is understood and declined."""


class TooFast(Refused):
    """More questions than one chat may ask in a while."""


class TooManyFollows(Refused):
    """A reader follows as many people as one record may hold."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} follows")
        self.limit = limit


class TooManyNames(Refused):
    """A reader waits for as many names as one record may hold; fewer, where they are long."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} names")
        self.limit = limit


class NotAName(Refused):
    """What is to be waited for is not a first name and a surname, and nothing else."""


class NotAnAdministrator(Refused):
    """Only administrators of the group or channel may do this."""


class NeedsAnotherEditor(Refused):
    """The same editor may not do both steps."""


class WrongState(Refused):
    """The notice is not (or no longer) in the state this step needs."""


class Unsettled(Refused):
    """Lines of the list are not matched yet, or facts are missing."""

    def __init__(self, lines: int, missing: Sequence[str] = ()) -> None:
        super().__init__(f"{lines} unsettled lines, missing facts: {', '.join(missing) or 'none'}")
        self.lines = lines
        self.missing = tuple(missing)


class BadInput(Refused):
    """A text or file cannot be read; ``place`` says where (a line or column), ``reason`` why."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason = reason
        self.place = place


class Fault(StrEnum):
    """What is wrong with a text or file that came through the chat. The values are what the
    command line says; chats are told in their own language."""

    EMPTY = "there is nothing in it"
    TOO_LARGE = "it is too large"
    TOO_MANY_LINES = "it has too many lines"
    TOO_LONG = "it is too long"
    NOT_TEXT = "it is not UTF-8 text"
    NOT_A_TABLE = "it is not a table"
    NO_SUCH_DAY = "there is no such day"
    NO_SUCH_LANGUAGE = "there is no such language"


class Unreadable(BadInput):
    """A text or file that came through the chat cannot be read.

    ``line`` is counted from 1, 0 where it is about the whole; ``limit`` is what it may have at
    most (lines, characters or bytes), 0 where it is not about size.
    """

    def __init__(self, fault: Fault, *, line: int = 0, limit: int = 0) -> None:
        most = f", {limit} at most" if limit else ""
        super().__init__(f"{fault.value}{most}", f"line {line}" if line else "")
        self.fault = fault
        self.line = line
        self.limit = limit


class Unavailable(VestkaError):
    """Try again later; nothing was changed."""


class Misconfigured(VestkaError):
    """The operator must mend something; the message is one line that says what and how."""


class SealBroken(Misconfigured):
    """A sealed record was altered, moved to another row, or sealed by a lost key."""

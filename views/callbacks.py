"""What buttons carry: a verb and its arguments, at most 64 bytes, and never a name."""

from collections.abc import Iterable
from enum import StrEnum, unique

from model import codes
from model.errors import NotFound
from model.people import PersonId

_SEPARATOR = ":"
_AT_MOST = 64
"""Bytes."""


@unique
class Verb(StrEnum):
    """Buttons outlive the bot that sent them: never give an old value a new meaning."""

    # What readers press. A verb that shows something is also what [Show] carries.
    START = "s"
    CARD = "c"
    """A person: turns the message into the card."""
    OPEN = "O"
    """A person: the card as a message of its own, because what is above is still wanted."""
    CHOICE = "o"
    """Up to five persons."""
    NOBODY = "n"
    UNCLEAR = "u"
    HELD = "h"
    """How many are held."""
    FREED = "k"
    """Who was released last."""
    TIMELINE = "t"
    """A person."""
    FOLLOW = "f"
    """A person."""
    LET_GO = "l"
    """A person."""
    FOLLOWING = "F"
    RELEASES = "r"
    """1 or 0."""
    ABSENCES = "a"
    """1 or 0."""
    DISCREET = "d"
    """1 or 0."""
    LANGUAGES = "L"
    LANGUAGE = "g"
    """A language."""
    WISHES = "W"
    """When news comes; a page of it, or the first."""
    WISH = "V"
    """What is wished, and how."""
    TRAVELLING = "T"
    DEPART = "D"
    MYDATA = "m"
    NEWS = "N"
    WAVE = "w"
    """A wave: what its message says to this reader."""
    DIGEST = "C"
    """A wave: what its digest, or its monthly note, says to this reader."""
    NAMES = "p"
    """A wave and a page of the names it brought."""
    WHOLE = "B"
    """A wave: all that is known by now of the release it told of."""
    WHOLE_NAMES = "b"
    """A wave and a page of all names of the release it told of."""
    WIPE = "x"
    """A message of the reader's own, to be deleted; without one, the message with the button."""
    WAIT = "y"
    """Wait for a name that is not listed."""
    STOP_WAITING = "Y"
    """The tag of a name."""
    FOUND = "A"
    """A wave: who bears a name by now that this reader waited for."""
    SEEN = "v"
    """A wave: what it told of a followed person was read."""
    TELL = "q"
    """Write to the editors."""
    CHANNEL = "K"
    """What an administrator decides for a channel; which one, the message replied to says."""
    CHANNEL_CHOICE = "J"
    """Up to five persons."""
    CHANNEL_FOLLOW = "+"
    """A person."""
    CHANNEL_LET_GO = "-"
    """A person."""
    CHANNEL_RELEASES = "R"
    """1 or 0."""
    CHANNEL_LANGUAGES = "j"
    CHANNEL_LANGUAGE = "G"
    """A language."""

    # What editors press: a deed, a notice, and what the deed needs.
    EDIT = "e"
    DECIDE = "E"
    # What they say of a name that is waited for: what stands for it, and a person.
    SAME_NAME = "S"
    OTHER_NAME = "X"
    LATER = "Z"
    INTERRUPTION = "!"
    """1 (send) or 0 (do not), and which interruption."""


@unique
class Wish(StrEnum):
    """The first argument of the buttons that choose when news comes."""

    QUIET = "q"
    """As a page: quiet hours. As a wish: 0, none."""
    BEGINS = "b"
    """The hour in which quiet begins."""
    ENDS = "e"
    SILENTLY = "n"
    """1 or 0."""
    ZONE = "z"
    """A place in the list of zones."""
    SLEEP = "s"
    """Days; 0 wakes."""
    DIGEST = "d"
    """How often."""
    HOUR = "h"
    MONTHLY = "m"
    """1 or 0."""
    REMINDERS = "r"
    """1 or 0."""


@unique
class Deed(StrEnum):
    """The first argument of the editors' buttons; the notice is always the second."""

    # With EDIT: making a notice.
    CARD = "c"
    PREVIEW = "p"
    """A language."""
    LINES = "L"
    """A page of the list."""
    LINE = "l"
    """A line: who is it?"""
    PERSON = "i"
    """A line and a person: it is this one."""
    NEW = "n"
    """A line: somebody who is not listed yet."""
    LEAVE_OUT = "o"
    """A line."""
    REOPEN = "a"
    """A line that was settled wrongly."""
    CLOSE = "C"
    """1 or 0: the list of names is complete."""
    HAPPENING = "v"
    """A line: what happened to whom, and all that can be changed of it."""
    WHAT = "q"
    """A line: what happened?"""
    KIND = "Q"
    """A line and a kind of event."""
    MANNER = "m"
    """A line and how somebody was released."""
    DAY = "t"
    """A line, and 0 for today or 1 for yesterday."""
    DOUBT = "j"
    """A line, and whether it is only reported: 1 or 0."""
    REMOVE = "z"
    """A line."""
    SUBMIT = "s"
    DISCARD = "d"
    DISCARD_SURELY = "D"

    # With DECIDE: what was seen is approved, let out, stopped, taken back.
    APPROVE = "y"
    """The seal of what was seen."""
    SAFE = "g"
    """The seal of what was seen, and a group; 0 for everyone."""
    STOP = "x"
    RESUME = "r"
    TAKE_BACK = "b"
    """A page: who was not released?"""
    CHOOSE = "h"
    """A page and a person."""
    UNCHOOSE = "u"
    """A page and a person."""
    COMPLETE = "f"
    """Are no more names expected?"""
    COMPLETE_SURELY = "F"
    CORRECT = "k"
    CORRECT_SURELY = "K"
    WITHDRAW = "w"
    WITHDRAW_SURELY = "W"


def data(verb: Verb, *arguments: str | int) -> str:
    """Put a verb and its arguments into what a button carries.

    Raises:
        ValueError: that is more than a button can carry.
    """
    carried = _SEPARATOR.join((verb.value, *map(str, arguments)))
    if len(carried.encode()) > _AT_MOST:
        raise ValueError(f"a button cannot carry {len(carried)} characters")
    return carried


def person(verb: Verb, who: PersonId) -> str:
    """Put a verb about a person into what a button carries."""
    return data(verb, codes.code_of(who))


def people(verb: Verb, who: Iterable[PersonId]) -> str:
    """Put a verb about up to five persons into what a button carries."""
    return data(verb, "".join(map(codes.code_of, who)))


def read_people(argument: str) -> tuple[PersonId, ...]:
    """Read an argument that is the codes of some persons, one after another.

    Raises:
        NotFound: it is something else.
    """
    starts = range(0, len(argument), codes.LENGTH)
    return tuple(codes.person_of(argument[i : i + codes.LENGTH]) for i in starts)


def pattern(*verbs: Verb) -> str:
    """Return the pattern by which a handler knows the buttons of these verbs."""
    either = "|".join(f"\\x{ord(verb.value):02x}" for verb in verbs)
    return f"^(?:{either})(?:{_SEPARATOR}|$)"


def arguments(carried: str | None, least: int, most: int | None = None) -> tuple[str, ...]:
    """Return the arguments of a button, of which there are ``least`` to ``most``.

    Raises:
        NotFound: there are more or fewer: the button was never made by us, or long ago.
    """
    _, *given = (carried or "").split(_SEPARATOR)
    if not least <= len(given) <= (least if most is None else most):
        raise NotFound
    return tuple(given)


def number(argument: str, most: int = 2**52) -> int:
    """Read an argument that is a number from 0 to ``most``.

    Raises:
        NotFound: it is none.
    """
    if not (argument.isascii() and argument.isdecimal() and len(argument) <= 16):
        raise NotFound
    if (value := int(argument)) > most:
        raise NotFound
    return value


def switch(argument: str) -> bool:
    """Read an argument that turns something on (1) or off (0).

    Raises:
        NotFound: it does neither.
    """
    return number(argument, 1) == 1

"""Codes that open something once: an invitation, or what was left before a journey."""

from collections.abc import Callable

from model.errors import NotFound

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it is easily taken for something else on paper."""
LENGTH = 16
"""Characters of a code: 80 bits."""

_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None})


def draw(random: Callable[[int], bytes]) -> str:
    """Make a code; ``random`` returns so many random bytes."""
    number = int.from_bytes(random(LENGTH * 5 // 8), "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))


def show(code: str) -> str:
    """Write a code in groups of four, to be copied by hand."""
    return "-".join(code[i : i + 4] for i in range(0, LENGTH, 4))


def read(text: str) -> str:
    """Read a code as somebody typed it.

    Raises:
        NotFound: this is not a code. Whether it opens anything is another question.
    """
    code = "".join(text.split()).upper().translate(_MISREAD)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise NotFound
    return code

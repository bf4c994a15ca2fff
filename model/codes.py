"""Opaque codes for persons and events: what links and buttons carry instead of a name."""

import base64
import binascii

from model.errors import NotFound
from model.people import PersonId

LENGTH = 11
"""Characters of a code: eight bytes in base64url without padding."""


def code_of(number: int) -> str:
    """Return the code of a person or an event, 11 characters of ``A–Z a–z 0–9 - _``."""
    return base64.urlsafe_b64encode(number.to_bytes(8, "big")).decode().rstrip("=")


def person_of(code: str) -> PersonId:
    """Return the person a code stands for.

    Raises:
        NotFound: this is not a code. Whether there is such a person is another question.
    """
    return PersonId(number_of(code))


def number_of(code: str) -> int:
    """Return the number of the person or event a code stands for.

    Raises:
        NotFound: this is not a code.
    """
    try:
        raw = base64.b64decode(code + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as exc:
        raise NotFound from exc
    number = int.from_bytes(raw, "big")
    # The last character has bits to spare: each number has one code, not four.
    if not 0 < number < 2**63 or code_of(number) != code:
        raise NotFound
    return number

"""Opaque codes for persons: what links and buttons carry instead of a name."""

import base64
import binascii

from model.errors import NotFound
from model.people import PersonId

LENGTH = 11
"""Characters of a code: eight bytes in base64url without padding."""


def code_of(person: PersonId) -> str:
    """Return the code of a person, 11 characters of ``A–Z a–z 0–9 - _``."""
    return base64.urlsafe_b64encode(person.to_bytes(8, "big")).decode().rstrip("=")


def person_of(code: str) -> PersonId:
    """Return the person a code stands for.

    Raises:
        NotFound: this is not a code. Whether there is such a person is another question.
    """
    try:
        raw = base64.b64decode(code + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as exc:
        raise NotFound from exc
    person = PersonId(int.from_bytes(raw, "big"))
    # The last character has bits to spare: each person has one code, not four.
    if not 0 < person < 2**63 or code_of(person) != code:
        raise NotFound
    return person

"""The key on paper: what to write down by hand, and how to read it back."""

import base64
import binascii
import hashlib

from db.keyring import MASTER, Keyring
from model.errors import BadInput

GROUP = 4
_CHECK = 2
# What is easily taken for a letter or digit that base 32 has.
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B", "-": None})


def show(keyring: Keyring) -> tuple[str, ...]:
    """Return one line a master key: 14 groups of four characters, with a checksum inside."""
    return tuple(_line(number, key) for number, key in sorted(keyring.masters.items()))


def groups(line: str) -> tuple[str, ...]:
    """Return the groups of a line."""
    return tuple(line.split())


def read(lines: tuple[str, ...]) -> Keyring:
    """Read a keyring as somebody typed it from paper; the newest key is the current one.

    Raises:
        BadInput: a line is not a key, or was copied wrong; says which.
    """
    masters = dict(_key(place, line) for place, line in enumerate(lines, 1) if line.strip())
    if not masters:
        raise BadInput("there is no key")
    return Keyring(max(masters), masters)


def _line(number: int, key: bytes) -> str:
    body = bytes([number]) + key
    text = base64.b32encode(body + _checksum(body)).decode()
    return " ".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def _key(place: int, line: str) -> tuple[int, bytes]:
    text = "".join(line.split()).upper().translate(_MISREAD)
    try:
        raw = base64.b32decode(text)
    except (binascii.Error, ValueError) as exc:
        raise BadInput("this is not a key of 14 groups of four", f"line {place}") from exc
    body, check = raw[:-_CHECK], raw[-_CHECK:]
    if len(body) != 1 + MASTER or not body[0]:
        raise BadInput("this is not a key of 14 groups of four", f"line {place}")
    if _checksum(body) != check:
        raise BadInput("a character is wrong", f"line {place}")
    return body[0], body[1:]


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK]

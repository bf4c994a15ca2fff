"""Keys: one master in, one key per purpose out."""

import base64
import binascii
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from model.errors import Misconfigured

MASTER = 32
"""Bytes of a master key."""


def derive(master: bytes, purpose: str) -> bytes:
    """Return the 32-byte key for one purpose; keys of two purposes are independent."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose.encode()).derive(master)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The master keys by id (1–255). ``current`` seals; every key in the ring still opens."""

    current: int
    masters: Mapping[int, bytes] = field(repr=False)

    def opening(self, key_id: int, purpose: str) -> bytes:
        """Return the key of the master ``key_id`` that seals and opens for ``purpose``.

        Raises:
            KeyError: there is no such key in the ring.
        """
        return derive(self.masters[key_id], purpose)

    def hashing(self, purpose: str) -> bytes:
        """Return a look-up key. It comes from the oldest master, so that rotation keeps rows."""
        return derive(self.masters[min(self.masters)], purpose)


def new() -> Keyring:
    """Make a keyring with one fresh master key."""
    return Keyring(1, {1: os.urandom(MASTER)})


def save(keyring: Keyring, path: Path) -> None:
    """Write the keyring to a new file that only its owner may read.

    Raises:
        Misconfigured: there is a file already, or it cannot be written.
    """
    masters = {str(n): base64.b64encode(key).decode() for n, key in keyring.masters.items()}
    text = json.dumps({"current": keyring.current, "masters": masters})
    if path.exists():
        raise Misconfigured(f"there is a key file at {path} already; it was not touched")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            # Half a key file would be refused as such for ever after.
            path.unlink()
            raise
    except OSError as exc:
        raise Misconfigured(f"cannot write the key file {path}: {exc.strerror}") from exc


def load(path: Path) -> Keyring:
    """Read a keyring.

    Raises:
        Misconfigured: the file is missing, readable by others, or not a keyring.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text()
    except FileNotFoundError as exc:
        raise Misconfigured(f"no key file at {path}; make one with: vestka keys new") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise Misconfigured(f"cannot read the key file {path}") from exc
    if stat.S_IMODE(mode) & 0o077:
        raise Misconfigured(f"others may read the key file {path}; mend with: chmod 600 {path}")
    try:
        stored = json.loads(text)
        masters = {
            int(n): base64.b64decode(key, validate=True) for n, key in stored["masters"].items()
        }
        current = int(stored["current"])
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error) as exc:
        raise Misconfigured(f"{path} is not a key file of Vestka") from exc
    if current not in masters or any(
        len(key) != MASTER or not 0 < n < 256 for n, key in masters.items()
    ):
        raise Misconfigured(f"{path} is not a key file of Vestka")
    return Keyring(current, masters)

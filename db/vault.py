"""Records at rest: sealed, padded to one size, and found by a keyed hash.

Every sealed column has a written contract, one :class:`Seal` each: which column it is, what is
inside, how large every record is, and that it is bound to the key of its row. A record is

    version (1 byte) | key id (1) | nonce (12) | AES-256-GCM of the padded content | tag (16)

and what is authenticated beside the content is ``version | key id | column / row``.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.keyring import Keyring
from model import tickets
from model.deliveries import Address, Mark
from model.editors import Editor
from model.errors import SealBroken, VestkaError
from model.notices import EditorId, NoticeId, WaveId
from model.people import PersonId
from model.readers import ChatId, Locator, Reader, Spot

VERSION = 1
NONCE = 12
HEAD = 2 + NONCE
OVERHEAD = HEAD + 16
HASH = 16

T = TypeVar("T")


class RecordFull(VestkaError):
    """The content does not fit into the one size all records of this column have."""


@dataclass(frozen=True, slots=True)
class Seal(Generic[T]):
    """The contract of one sealed column."""

    column: str
    content: type[T]
    size: int
    """Bytes of the padded content, the same for every record."""


READER = Seal("reader.sealed", Reader, 1024)
# The longest, with as many persons as one reader may follow, has 548 bytes. It is written three
# times on its way: a release to 10 000 goes out a tenth faster than with 1024.
ADDRESS = Seal("delivery.sealed", Address, 608)
EDITOR = Seal("editor.sealed", Editor, 256)
INVITE = Seal("invite.sealed", str, 128)
FOLDING = Seal("folding.sealed", Spot, 192)
CARD = Seal("editor_card.sealed", Spot, 64)
SLIP = Seal("return_slip.sealed", Reader, 1024)


def card_row(notice: NoticeId, editor: EditorId) -> bytes:
    """Return the key of the row that says where an editor sees the card of a notice."""
    return f"{notice}/{editor}".encode()


class Vault:
    """Seals and opens records, and computes the keyed hashes that find them."""

    def __init__(self, keyring: Keyring, *, random: Callable[[int], bytes] = os.urandom) -> None:
        self._keyring = keyring
        self._random = random
        self._ciphers: dict[tuple[int, str], AESGCM] = {}
        self._locating = _prepared(keyring.hashing("reader/locator/v1"))
        self._spotting = _prepared(keyring.hashing("folding/locator/v1"))
        self._enrolling = _prepared(keyring.hashing("editor/locator/v1"))
        self._marking = _prepared(keyring.hashing("delivery/mark/v1"))
        self._blinding = _prepared(keyring.hashing("waiting/v1"))
        self._coding = _prepared(keyring.hashing("code/locator/v1"))
        self.auditing = keyring.hashing("audit/v1")

    def locate(self, chat: ChatId) -> Locator:
        """Return where the record of a reader is found."""
        return Locator(_hash(self._locating, b"%d" % chat))

    def locate_editor(self, chat: ChatId) -> Locator:
        """Return where an editor is found: not where the same chat is as a reader, so that the
        two cannot be laid side by side."""
        return Locator(_hash(self._enrolling, b"%d" % chat))

    def locate_spots(self, chat: ChatId) -> bytes:
        """Return what the locators of all unfolded messages of a chat begin with: they are
        erased without opening those of others."""
        return _hash(self._spotting, b"%d" % chat)[: HASH // 2]

    def locate_spot(self, chat: ChatId, message: int) -> Locator:
        """Return where an unfolded message is found."""
        here = _hash(self._spotting, b"%d/%d" % (chat, message))[: HASH // 2]
        return Locator(self.locate_spots(chat) + here)

    def mark(self, wave: WaveId, chat: ChatId) -> Mark:
        """Return the primary key of the delivery of a wave to a chat."""
        return self.mark_at(wave, self.locate(chat))

    def mark_at(self, wave: WaveId, locator: Locator) -> Mark:
        """Return the same by where the reader is found: without opening the record."""
        return Mark(_hash(self._marking, b"%d/%b" % (wave, locator)))

    def blind(self, name: str) -> str:
        """Return what stands for a name that is waited for: it tells nothing of the name, and
        is the same for all who wait for it."""
        words = " ".join(name.split()).casefold()
        return _hash(self._blinding, b"name/" + words.encode()).hex()

    def pair(self, blind: str, person: PersonId) -> bytes:
        """Return what stands for a name that is waited for and a person together."""
        return _hash(self._blinding, f"pair/{blind}/{person}".encode())

    def locate_code(self, purpose: str, code: str) -> Locator:
        """Return where the row of a one-time code (an invite, a return code) is found."""
        return Locator(_hash(self._coding, f"{purpose}/{code}".encode()))

    def draw_code(self) -> str:
        """Make a code that cannot be guessed (:mod:`model.tickets`)."""
        return tickets.draw(self._random)

    def seal(self, seal: Seal[T], row: bytes, content: T, *, code: str = "") -> bytes:
        """Return the sealed record, bound to its column and to ``row``, the key of its row.

        With ``code`` the record opens only for who knows the code as well.

        Raises:
            RecordFull: the content is larger than the records of this column.
        """
        plain = msgspec.msgpack.encode(content)
        if len(plain) > seal.size - 2:
            raise RecordFull(f"{seal.column}: {len(plain)} bytes")
        padded = (len(plain).to_bytes(2, "big") + plain).ljust(seal.size, b"\0")
        key_id = self._keyring.current
        nonce = self._random(NONCE)
        head = bytes([VERSION, key_id])
        cipher = self._cipher(key_id, seal.column, code)
        return head + nonce + cipher.encrypt(nonce, padded, _bound(head, seal.column, row))

    def open(self, seal: Seal[T], row: bytes, sealed: bytes, *, code: str = "") -> T:
        """Return what was sealed.

        Raises:
            SealBroken: the record was altered, moved to another row or column, or sealed with a
                key (or code) that is not at hand.
        """
        try:
            version, key_id = sealed[:2]
            if version != VERSION:
                raise SealBroken(f"{seal.column}: version {version} is not known")
            padded = self._cipher(key_id, seal.column, code).decrypt(
                sealed[2:HEAD], sealed[HEAD:], _bound(sealed[:2], seal.column, row)
            )
            plain = padded[2 : 2 + int.from_bytes(padded[:2], "big")]
            return msgspec.msgpack.decode(plain, type=seal.content)
        except (KeyError, InvalidTag, ValueError, msgspec.MsgspecError):
            # Not "from exc": a decoder's error may quote what is inside.
            raise SealBroken(f"a record in {seal.column} does not open") from None

    def _cipher(self, key_id: int, column: str, code: str) -> AESGCM:
        if code:
            master = self._keyring.opening(key_id, f"{column}/v1")
            return AESGCM(HKDF(SHA256(), 32, salt=code.encode(), info=b"code").derive(master))
        cipher = self._ciphers.get((key_id, column))
        if cipher is None:
            cipher = AESGCM(self._keyring.opening(key_id, f"{column}/v1"))
            self._ciphers[key_id, column] = cipher
        return cipher


def _bound(head: bytes, column: str, row: bytes) -> bytes:
    return head + column.encode() + b"/" + row


def _prepared(key: bytes) -> hmac.HMAC:
    """Return what each message is hashed with a copy of: half of the work is about the key."""
    return hmac.new(key, digestmod=hashlib.sha256)


def _hash(prepared: hmac.HMAC, message: bytes) -> bytes:
    hashed = prepared.copy()
    hashed.update(message)
    return hashed.digest()[:HASH]

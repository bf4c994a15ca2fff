"""What the vault promises: what goes in comes out, and nothing else does."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.keyring import Keyring
from db.vault import (
    ADDRESS,
    CARD,
    EDITOR,
    FOLDING,
    INVITE,
    OVERHEAD,
    READER,
    SLIP,
    RecordFull,
    Seal,
    Vault,
    card_row,
)
from model.deliveries import Address
from model.editors import LABEL_AT_MOST, Editor
from model.errors import SealBroken
from model.notices import EditorId, NoticeId, WaveId
from model.people import PersonId
from model.readers import (
    FOLLOWS_AT_MOST,
    NAME_AT_MOST,
    WAITING_AT_MOST,
    ChatId,
    ChatKind,
    Reader,
    Spot,
    holds,
)
from model.wishes import Rhythm, Wishes

ONE = {1: bytes(range(32))}
TWO = {**ONE, 2: bytes(range(1, 33))}
VAULT = Vault(Keyring(1, ONE))
ROW = b"0123456789abcdef"

ids = st.integers(1, 2**63 - 1).map(PersonId)
chats = st.integers(-(2**52), 2**52).map(ChatId)
messages = st.integers(0, 2**31)
languages = st.sampled_from(["be", "ru", "en", "be-tarask", "zh-Hant-TW"])
words = st.text(st.characters(codec="utf-8"), max_size=NAME_AT_MOST)
waited = st.lists(words, max_size=WAITING_AT_MOST).map(tuple).filter(holds)
instants = st.integers(1_750_000_000, 2**32 - 1).map(lambda at: datetime.fromtimestamp(at, UTC))
wishes = st.builds(
    Wishes,
    zone=st.sampled_from(["", "UTC", "America/New_York", "Asia/Jerusalem"]),
    quiet=st.none() | st.tuples(st.integers(0, 23), st.integers(0, 23)),
    silently=st.booleans(),
    asleep=st.none() | instants,
    wakes=st.none() | instants,
    digest=st.none() | st.sampled_from(Rhythm),
    hour=st.integers(0, 23),
    since=st.none() | instants,
    monthly=st.booleans(),
)
readers = st.builds(
    Reader,
    chat=chats,
    language=languages,
    kind=st.sampled_from(ChatKind),
    discreet=st.booleans(),
    follows=st.frozensets(ids, max_size=FOLLOWS_AT_MOST),
    releases=st.booleans(),
    absences=st.booleans(),
    waiting=waited,
    wishes=wishes,
)
addresses = st.builds(
    Address,
    chat=chats,
    kind=st.sampled_from(ChatKind),
    language=languages,
    discreet=st.booleans(),
    freed=st.lists(ids, max_size=25).map(tuple),
    absent=st.lists(ids, max_size=25).map(tuple),
    silent=st.booleans(),
    message=messages,
    releases=st.booleans(),
)
labels = st.text(st.characters(codec="utf-8"), max_size=LABEL_AT_MOST)
editors = st.builds(
    Editor, id=st.text("0123456789ABCDEF", min_size=16, max_size=16).map(EditorId), chat=chats,
    label=labels, language=languages,
)  # fmt: skip
spots = st.builds(Spot, chat=chats, message=messages, language=languages)
unfolded = st.builds(
    Spot,
    chat=chats,
    message=messages,
    language=languages,
    shows=st.text(st.characters(max_codepoint=127), max_size=64),
)

CONTRACTS: list[tuple[Seal[Any], st.SearchStrategy[Any]]] = [
    (READER, readers),
    (ADDRESS, addresses),
    (EDITOR, editors),
    (INVITE, labels),
    (FOLDING, unfolded),
    (CARD, spots),
    (SLIP, readers),
]
contracts = pytest.mark.parametrize(
    ("seal", "contents"), CONTRACTS, ids=[seal.column for seal, _ in CONTRACTS]
)

HANNA = Reader(ChatId(52_000_000_000), "be", follows=frozenset({PersonId(7)}))


@contracts
@given(st.data(), st.binary(min_size=1, max_size=32), st.sampled_from(["", "C0DE"]))
def test_what_is_sealed_opens(
    seal: Seal[object],
    contents: st.SearchStrategy[object],
    data: st.DataObject,
    row: bytes,
    code: str,
) -> None:
    content = data.draw(contents)
    sealed = VAULT.seal(seal, row, content, code=code)
    assert VAULT.open(seal, row, sealed, code=code) == content
    assert len(sealed) == OVERHEAD + seal.size


@given(readers, st.data())
def test_one_changed_bit_is_noticed(reader: Reader, data: st.DataObject) -> None:
    sealed = bytearray(VAULT.seal(READER, ROW, reader))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        VAULT.open(READER, ROW, bytes(sealed))


def test_every_byte_of_a_record_is_guarded() -> None:
    sealed = VAULT.seal(READER, ROW, HANNA)
    for at in range(len(sealed)):
        spoilt = bytearray(sealed)
        spoilt[at] ^= 0xFF
        with pytest.raises(SealBroken):
            VAULT.open(READER, ROW, bytes(spoilt))


@given(st.binary(max_size=2000))
def test_what_was_never_sealed_does_not_open(junk: bytes) -> None:
    with pytest.raises(SealBroken):
        VAULT.open(READER, ROW, junk)


@pytest.mark.parametrize("spoil", [lambda s: s[:-1], lambda s: s + b"\0", lambda s: s[:14]])
def test_a_record_has_its_length(spoil) -> None:
    with pytest.raises(SealBroken):
        VAULT.open(READER, ROW, spoil(VAULT.seal(READER, ROW, HANNA)))


def test_a_record_cannot_move_to_another_row() -> None:
    with pytest.raises(SealBroken):
        VAULT.open(READER, ROW[::-1], VAULT.seal(READER, ROW, HANNA))


def test_a_record_cannot_move_to_another_column() -> None:
    with pytest.raises(SealBroken):
        VAULT.open(SLIP, ROW, VAULT.seal(READER, ROW, HANNA))
    with pytest.raises(SealBroken):
        VAULT.open(CARD, ROW, VAULT.seal(FOLDING, ROW, Spot(ChatId(1), 2, "be")))


def test_a_column_and_its_row_cannot_be_read_apart_otherwise() -> None:
    whole = Seal("a/b", int, 16)
    with pytest.raises(SealBroken):
        VAULT.open(Seal("a", int, 16), b"b/c", VAULT.seal(whole, b"c", 1))


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(SealBroken):
        Vault(Keyring(1, {1: bytes(32)})).open(READER, ROW, VAULT.seal(READER, ROW, HANNA))


def test_a_key_that_is_lost_is_said_so() -> None:
    with pytest.raises(SealBroken, match=r"a record in reader\.sealed does not open"):
        VAULT.open(READER, ROW, Vault(Keyring(2, TWO)).seal(READER, ROW, HANNA))


def test_a_version_to_come_is_said_so() -> None:
    sealed = VAULT.seal(READER, ROW, HANNA)
    with pytest.raises(SealBroken, match="version 2 is not known"):
        VAULT.open(READER, ROW, b"\x02" + sealed[1:])


def test_what_needs_a_code_opens_with_that_code_alone() -> None:
    sealed = VAULT.seal(SLIP, ROW, HANNA, code="THE0C0DE")
    for code in ("", "THE0C0DF", "the0c0de"):
        with pytest.raises(SealBroken):
            VAULT.open(SLIP, ROW, sealed, code=code)
    assert VAULT.open(SLIP, ROW, sealed, code="THE0C0DE") == HANNA
    with pytest.raises(SealBroken):
        VAULT.open(SLIP, ROW, VAULT.seal(SLIP, ROW, HANNA), code="THE0C0DE")


def test_a_code_does_not_open_without_the_key() -> None:
    sealed = VAULT.seal(SLIP, ROW, HANNA, code="THE0C0DE")
    with pytest.raises(SealBroken):
        Vault(Keyring(1, {1: bytes(32)})).open(SLIP, ROW, sealed, code="THE0C0DE")


def test_what_is_inside_must_be_what_the_column_holds() -> None:
    sealed = VAULT.seal(Seal(READER.column, dict, READER.size), ROW, {"chat": "Hanna"})
    with pytest.raises(SealBroken) as caught:
        VAULT.open(READER, ROW, sealed)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_too_much_is_refused_and_not_cut() -> None:
    seal = Seal("some.column", bytes, 64)
    assert VAULT.open(seal, ROW, VAULT.seal(seal, ROW, bytes(60))) == bytes(60)
    with pytest.raises(RecordFull, match=r"some\.column: 63 bytes"):
        VAULT.seal(seal, ROW, bytes(61))


def test_the_size_does_not_tell_how_many_are_followed() -> None:
    sizes = {
        len(VAULT.seal(READER, ROW, Reader(ChatId(1), "be", follows=follows)))
        for many in range(FOLLOWS_AT_MOST + 1)
        for follows in [frozenset(PersonId(2**63 - 1 - n) for n in range(many))]
    }
    assert sizes == {OVERHEAD + 1024}


@pytest.mark.parametrize(
    "waiting",
    [
        ("Ы" * 40,) * WAITING_AT_MOST,
        ("Ы" * NAME_AT_MOST, "Ы" * NAME_AT_MOST, "Ы" * 40),
        ("I" * NAME_AT_MOST,) * WAITING_AT_MOST,
        ("𐐀" * NAME_AT_MOST, "𐐀" * 20),
    ],
)
def test_the_fullest_record_has_the_same_size(waiting: tuple[str, ...]) -> None:
    """Five names beside the most follows: Cyrillic passports fit, absurd names do not."""
    assert holds(waiting)
    fullest = Reader(
        ChatId(-(2**52)),
        "zh-Hant-TW",
        ChatKind.PRIVATE,
        discreet=True,
        follows=frozenset(PersonId(2**63 - 1 - n) for n in range(FOLLOWS_AT_MOST)),
        releases=True,
        absences=True,
        waiting=waiting,
        wishes=Wishes(
            "America/New_York",
            (22, 7),
            True,
            datetime(2100, 1, 1, tzinfo=UTC),
            datetime(2100, 1, 1, tzinfo=UTC),
            Rhythm.WEEKLY,
            23,
            datetime(2100, 1, 1, tzinfo=UTC),
            True,
            True,
        ),
    )
    assert len(VAULT.seal(READER, ROW, fullest)) == OVERHEAD + 1024


def test_a_delivery_that_names_all_a_reader_may_follow_fits() -> None:
    freed = tuple(PersonId(2**63 - 1 - n) for n in range(FOLLOWS_AT_MOST))
    address = Address(
        ChatId(-(2**52)), ChatKind.PRIVATE, "be", True, freed,
        reminds=WaveId(2**31 - 1), seen=True, silent=True, message=2**31 - 1,
    )  # fmt: skip
    assert len(VAULT.seal(ADDRESS, ROW, address)) == OVERHEAD + 608


def test_the_same_record_looks_different_every_time() -> None:
    assert VAULT.seal(READER, ROW, HANNA) != VAULT.seal(READER, ROW, HANNA)


def test_nothing_of_a_reader_shows() -> None:
    sealed = VAULT.seal(READER, ROW, HANNA)
    for trace in (b"52000000000", HANNA.chat.to_bytes(5, "big"), b"be", b"follows"):
        assert trace not in sealed or len(trace) < 4
    assert b"private" not in sealed


def test_an_old_key_still_opens_and_the_new_one_seals() -> None:
    rotated = Vault(Keyring(2, TWO))
    assert rotated.open(READER, ROW, VAULT.seal(READER, ROW, HANNA)) == HANNA
    assert rotated.seal(READER, ROW, HANNA)[1] == 2


def test_rotation_keeps_every_row_findable() -> None:
    rotated, chat = Vault(Keyring(2, TWO)), ChatId(5)
    assert rotated.locate(chat) == VAULT.locate(chat)
    assert rotated.mark(WaveId(1), chat) == VAULT.mark(WaveId(1), chat)
    assert rotated.auditing == VAULT.auditing


@given(chats, chats)
def test_two_chats_are_never_found_in_one_place(one: ChatId, other: ChatId) -> None:
    assert (VAULT.locate(one) == VAULT.locate(other)) == (one == other)
    assert (VAULT.mark(WaveId(1), one) == VAULT.mark(WaveId(1), other)) == (one == other)


def test_the_places_of_one_chat_cannot_be_laid_side_by_side() -> None:
    chat = ChatId(52)
    places = [
        VAULT.locate(chat),
        VAULT.locate_editor(chat),
        VAULT.mark(WaveId(1), chat),
        VAULT.mark(WaveId(2), chat),
        VAULT.locate_spot(chat, 1),
        VAULT.locate_code("slip", "52"),
        VAULT.locate_code("invite", "52"),
    ]
    assert len({place[:8] for place in places}) == len(places)
    assert {len(place) for place in places} == {16}


def test_what_a_chat_unfolded_is_found_together_and_apart_from_others() -> None:
    one, other = VAULT.locate_spot(ChatId(5), 1), VAULT.locate_spot(ChatId(5), 2)
    assert one != other
    assert one.startswith(VAULT.locate_spots(ChatId(5)))
    assert other.startswith(VAULT.locate_spots(ChatId(5)))
    assert not VAULT.locate_spot(ChatId(51), 1).startswith(VAULT.locate_spots(ChatId(5)))


def test_a_place_cannot_be_computed_without_the_key() -> None:
    assert Vault(Keyring(1, {1: bytes(32)})).locate(ChatId(5)) != VAULT.locate(ChatId(5))


def test_two_cards_never_share_a_row() -> None:
    assert card_row(NoticeId(1), EditorId("2")) != card_row(NoticeId(12), EditorId(""))


def test_codes_come_from_the_randomness_given() -> None:
    given_vault = Vault(Keyring(1, ONE), random=lambda size: b"\xff" * size)
    assert given_vault.draw_code() == "Z" * 16
    assert VAULT.draw_code() != VAULT.draw_code()

"""Keys: made, kept where only their owner reads them, and never shown."""

import json
import os
import stat
from pathlib import Path

import pytest

from db import keyring
from db.keyring import Keyring
from model.errors import Misconfigured

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "vestka.key"


def test_what_is_saved_is_loaded(path: Path) -> None:
    ring = Keyring(2, {1: OLD, 2: NEW})
    keyring.save(ring, path)
    assert keyring.load(path) == ring


def test_only_the_owner_may_read_it(path: Path) -> None:
    keyring.save(keyring.new(), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_new_one_is_like_no_other() -> None:
    assert keyring.new().masters != keyring.new().masters
    assert len(keyring.new().masters[1]) == 32


def test_a_file_that_is_there_is_not_touched(path: Path) -> None:
    keyring.save(keyring.new(), path)
    before = path.read_bytes()
    with pytest.raises(Misconfigured, match="not touched"):
        keyring.save(keyring.new(), path)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="cannot write the key file"):
        keyring.save(keyring.new(), tmp_path / "file" / "vestka.key")


def test_half_a_key_file_does_not_stay(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Misconfigured, match="No space left on device"):
        keyring.save(keyring.new(), path)
    assert not path.exists()


def test_a_missing_file_names_the_command_that_makes_one(path: Path) -> None:
    with pytest.raises(Misconfigured, match="vestka keys new"):
        keyring.load(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(path: Path, mode: int) -> None:
    keyring.save(keyring.new(), path)
    path.chmod(mode)
    with pytest.raises(Misconfigured, match="chmod 600"):
        keyring.load(path)


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot read the key file"):
        keyring.load(tmp_path)


def test_bytes_are_no_key_file(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    path.chmod(0o600)
    with pytest.raises(Misconfigured, match="cannot read the key file"):
        keyring.load(path)


GOOD = {"current": 1, "masters": {"1": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "[]",
        "7",
        "{}",
        "not json",
        GOOD | {"current": 2},
        GOOD | {"current": "one"},
        GOOD | {"current": None},
        GOOD | {"masters": []},
        GOOD | {"masters": {}},
        GOOD | {"masters": {"1": "AAEC"}},
        GOOD | {"masters": {"1": "?" * 44}},
        GOOD | {"masters": {"1": 7}},
        {"current": 0, "masters": {"0": GOOD["masters"]["1"]}},  # type: ignore[index]
        {"current": 256, "masters": {"256": GOOD["masters"]["1"]}},  # type: ignore[index]
    ],
)
def test_what_is_no_keyring_is_refused(path: Path, stored: object) -> None:
    path.parent.mkdir()
    path.write_text(stored if isinstance(stored, str) else json.dumps(stored))
    path.chmod(0o600)
    with pytest.raises(Misconfigured, match="is not a key file of Vestka"):
        keyring.load(path)


def test_a_good_file_is_read(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps(GOOD))
    path.chmod(0o600)
    assert keyring.load(path) == Keyring(1, {1: OLD})


def test_keys_of_two_purposes_have_nothing_in_common() -> None:
    ring = Keyring(1, {1: OLD})
    assert ring.opening(1, "reader.sealed/v1") != ring.opening(1, "delivery.sealed/v1")
    assert OLD not in (ring.opening(1, "reader.sealed/v1"), ring.hashing("reader/locator/v1"))


def test_look_up_keys_come_from_the_oldest_master() -> None:
    before, after = Keyring(1, {1: OLD}), Keyring(2, {1: OLD, 2: NEW})
    assert before.hashing("reader/locator/v1") == after.hashing("reader/locator/v1")


def test_a_keyring_never_shows_its_keys() -> None:
    ring = Keyring(1, {1: OLD})
    assert repr(OLD) not in repr(ring)
    assert "masters" not in repr(ring)

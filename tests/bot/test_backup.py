"""Backups: this machine writes them and cannot read them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pyrage
import pytest

from tests.bot.conftest import Vestka


@pytest.fixture
def offline(installation: Path) -> Path:
    """Make an identity as age-keygen does, where the machine does not have it."""
    identity = pyrage.x25519.Identity.generate()
    path = installation / "identity.txt"
    path.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    return path


@pytest.fixture
def recipient(offline: Path) -> str:
    return offline.read_text().splitlines()[0].removeprefix("# public key: ")


def test_a_backup_brings_everything_back(
    installed: Path, vestka: Vestka, recipient: str, offline: Path
) -> None:
    (installed / "people.csv").write_text("ref,name.be\nsonca,Ганна Сонца\n")
    vestka("import", "people", "people.csv", "--yes")
    assert vestka("backup", "copy.age", "--to", recipient).exit_code == 0
    assert "Сонца".encode() not in (installed / "copy.age").read_bytes()
    assert (installed / "copy.age").stat().st_mode & 0o777 == 0o600
    verified = vestka("verify", "copy.age", "--identity", str(offline))
    assert "person: 1" in verified.stdout
    assert "The backup is whole." in verified.stdout

    (installed / "state" / "vestka.db").unlink()
    assert vestka("restore", "copy.age", "--identity", str(offline)).exit_code == 0
    assert json.loads(vestka("ask", "Ганна Сонца", "--json").stdout)["ids"] == ["sonca"]


def test_what_waits_in_a_copy_that_was_put_back_waits_for_an_editor(
    installed: Path, vestka: Vestka, recipient: str, offline: Path
) -> None:
    database = installed / "state" / "vestka.db"
    vestka("backup", "copy.age", "--to", recipient)
    database.unlink()
    assert vestka("restore", "copy.age", "--identity", str(offline)).exit_code == 0
    assert _pulse(database).startswith("0000 ")

    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE meta SET value = '2025-12-13T12:00' WHERE key = 'pulse'")
    vestka("backup", "later.age", "--to", recipient)
    database.unlink()
    assert vestka("restore", "later.age", "--identity", str(offline)).exit_code == 0
    assert _pulse(database) == "0000 2025-12-13T12:00"
    assert vestka("check", "--quick").stdout.count("version: the database fits") == 1


def test_a_database_put_back_by_other_means_can_be_said_to_be(
    installed: Path, vestka: Vestka
) -> None:
    assert vestka("restored").exit_code == 0
    assert _pulse(installed / "state" / "vestka.db").startswith("0000 ")


def _pulse(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        (kept,) = connection.execute("SELECT value FROM meta WHERE key = 'pulse'").fetchone()
    return str(kept)


def test_nothing_readable_touches_the_disk(
    installed: Path, vestka: Vestka, recipient: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(installed.rglob("*"))
    vestka("backup", "copy.age", "--to", recipient)
    assert set(installed.rglob("*")) - before == {installed / "copy.age"}


def test_nothing_that_is_there_is_overwritten(
    installed: Path, vestka: Vestka, recipient: str, offline: Path
) -> None:
    vestka("backup", "copy.age", "--to", recipient)
    for command in (
        ("backup", "copy.age", "--to", recipient),
        ("restore", "copy.age", "--identity", str(offline)),
    ):
        result = vestka(*command)
        assert result.exit_code == 1
        assert "was not touched" in result.stderr


def test_another_identity_opens_nothing(installed: Path, vestka: Vestka, recipient: str) -> None:
    vestka("backup", "copy.age", "--to", recipient)
    (installed / "other.txt").write_text(str(pyrage.x25519.Identity.generate()))
    result = vestka("verify", "copy.age", "--identity", "other.txt")
    assert result.exit_code == 1
    assert "does not open with this identity" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("backup", "copy.age", "--to", "age1wrong"), "age public key"),
        (("backup", "nowhere/copy.age", "--to", "RECIPIENT"), "cannot write"),
        (("verify", "nothing.age", "--identity", "identity.txt"), "cannot read nothing.age"),
        (("verify", "copy.age", "--identity", "nothing.txt"), "cannot read nothing.txt"),
        (("verify", "copy.age", "--identity", "people.csv"), "is not an age identity"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    arguments: tuple[str, ...],
    why: str,
    installed: Path,
    vestka: Vestka,
    recipient: str,
    offline: Path,
) -> None:
    (installed / "people.csv").write_text("ref\n")
    vestka("backup", "copy.age", "--to", recipient)
    result = vestka(*(recipient if one == "RECIPIENT" else one for one in arguments))
    assert result.exit_code == 1
    assert why in result.stderr


def test_postgresql_has_its_own_way(
    installed: Path, vestka: Vestka, recipient: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTKA_DATABASE_URL", "postgresql+psycopg://localhost/vestka")
    result = vestka("backup", "copy.age", "--to", recipient)
    assert "pg_dump" in result.stderr

"""Copies hold everything that is stored and nothing that was deleted."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db import copies
from model.errors import Misconfigured

SECRET = "a secret that was deleted"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "things.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"""
            PRAGMA secure_delete = OFF;
            CREATE TABLE shelf (id INTEGER PRIMARY KEY);
            CREATE TABLE book (title TEXT, shelf INTEGER REFERENCES shelf (id));
            INSERT INTO shelf VALUES (1);
            INSERT INTO book VALUES ('Дзяды', 1), ('{SECRET}', 1);
            DELETE FROM book WHERE title LIKE 'a secret%';
            """
        )
    return path


def content(path: Path) -> bytes:
    return path.read_bytes()


async def test_a_copy_holds_every_row(path: Path) -> None:
    assert await copies.inspect(await copies.take(path)) == {"book": 1, "shelf": 1}


async def test_a_copy_holds_nothing_that_was_deleted(path: Path) -> None:
    assert SECRET.encode() in content(path)
    assert SECRET.encode() not in await copies.take(path)


async def test_nothing_but_the_database_is_on_the_disk(path: Path) -> None:
    await copies.take(path)
    assert [file.name for file in path.parent.iterdir()] == ["things.db"]


async def test_what_is_not_there_cannot_be_copied(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be copied"):
        await copies.take(tmp_path / "nothing.db")
    assert not (tmp_path / "nothing.db").exists()


@pytest.mark.parametrize(
    "spoilt", [b"", b"no database at all" * 100, b"SQLite format 3\0" + b"spoilt" * 100]
)
async def test_what_is_no_database_is_noticed(spoilt: bytes) -> None:
    with pytest.raises(Misconfigured, match="the copy is damaged"):
        await copies.inspect(spoilt)


async def test_a_reference_that_leads_nowhere_is_noticed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM shelf")
        connection.commit()
    with pytest.raises(Misconfigured, match="the copy is damaged: book: 1"):
        await copies.inspect(await copies.take(path))

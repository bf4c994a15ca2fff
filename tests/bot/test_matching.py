"""``vestka match``: whom a list means, told to people and to programs."""

import json
from pathlib import Path

import pytest

from tests.bot.conftest import Vestka

PEOPLE = (
    "ref,name.be,name.en,gender,born\n"
    "sonca,Ганна Сонца,Hanna Sonca,female,1970\n"
    "mesiac,Янка Месяц,Janka Mesiac,male,\n"
    "mesiac-2,Янка Месяц,,male,1990\n"
)
LIST = """\
13.12.2025
Lithuania, Vilnius:
1. Сонца Анна (1970)
2. Месяц Янка [Гродна]
3. Янка Ніхто
Мінск
"""


@pytest.fixture
def listed(installed: Path, vestka: Vestka) -> Path:
    (installed / "people.csv").write_text(PEOPLE)
    (installed / "list.txt").write_text(LIST)
    assert vestka("import", "people", "people.csv", "--yes").exit_code == 0
    return installed


def test_programs_are_told_every_line(listed: Path, vestka: Vestka) -> None:
    result = vestka("match", "list.txt", "--json")
    assert result.exit_code == 0
    sure, choose, unknown, no_name = json.loads(result.stdout)
    assert sure == {
        "number": 1,
        "text": "1. Сонца Анна (1970)",
        "state": "sure",
        "ids": ["sonca"],
        "names": ["Ганна Сонца"],
        "reasons": ["Анна → Ганна"],
        "codes": [],
        "why": [["Анна", "Ганна"]],
        "lines": [],
    }
    assert (choose["state"], sorted(choose["ids"])) == ("choose", ["mesiac", "mesiac-2"])
    assert choose["names"] == ["Янка Месяц", "Янка Месяц"]
    assert choose["reasons"] == ["several people fit"]
    assert (unknown["state"], unknown["ids"]) == ("unknown", [])
    assert unknown["reasons"] == ["nobody of that name is listed"]
    assert (no_name["state"], no_name["codes"]) == ("unknown", ["no_name"])


def test_people_see_a_table(listed: Path, vestka: Vestka) -> None:
    shown = vestka("match", "list.txt").stdout
    for words in (
        "✓ sure",
        "? choose",
        "✗ unknown",
        "[Гродна]",
        "1990",
        "(sonca)",
        "Анна → Ганна",
    ):
        assert words in shown
    assert shown.splitlines()[-1] == "sure: 1, choose: 1, unknown: 2"


def test_lines_that_mean_the_same_person_name_each_other(listed: Path, vestka: Vestka) -> None:
    text = "Ганна Сонца\nHanna Sonca\nЯнка Ніхто\nНіхто Янка\n"
    told = json.loads(vestka("match", "-", "--json", input=text.encode()).stdout)
    assert [line["state"] for line in told] == ["choose", "choose", "unknown", "unknown"]
    assert [line["lines"] for line in told] == [[2], [1], [4], [3]]
    assert told[0]["reasons"] == ["perhaps the same person as in line 2"]
    assert told[3]["reasons"][-1] == "the same words as in line 3"


def test_a_table_is_a_list(listed: Path, vestka: Vestka) -> None:
    (listed / "list.csv").write_text("name;country\nГанна Сонца;LT\nЯнка Ніхто;LT\n")
    told = json.loads(vestka("match", "list.csv", "--json").stdout)
    assert [line["state"] for line in told] == ["sure", "unknown"]


def test_nothing_is_kept_of_what_was_matched(listed: Path, vestka: Vestka) -> None:
    vestka("match", "list.txt")
    assert json.loads(vestka("release", "status", "--json").stdout) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("nothing.txt", None),
        ("empty.txt", b""),
        ("headings.txt", "Жанчыны:\nUA:\n".encode()),
        ("old.txt", "Ганна".encode("cp1251")),
        ("list.xlsx", b"PK\x03\x04\x00"),
        ("endless.txt", b"x" * 4000),
        ("many.txt", "Ганна\n".encode() * 2001),
    ],
)
def test_what_is_no_list_is_refused_in_one_line(
    listed: Path, vestka: Vestka, name: str, content: bytes | None
) -> None:
    if content is not None:
        (listed / name).write_bytes(content)
    result = vestka("match", name)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("vestka: ")
    assert result.stderr.count("\n") == 1


def test_its_help_says_that_hidden_people_are_found(vestka: Vestka) -> None:
    assert "hidden from readers are found" in " ".join(vestka("match", "--help").stdout.split())

"""The command line: every refusal is one line, never a traceback."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from bot.disclosure import HOLDS
from db.tables import metadata
from tests.bot.conftest import Vestka
from tests.watch import AT_MOST

PEOPLE = (
    "ref,name.be,name.en,gender,status,status_on,source\n"
    "sonca,Ганна Сонца,Hanna Sonca,female,imprisoned,2024-05,Viasna\n"
    "mesiac,Янка Месяц,Janka Mesiac,male,,,\n"
)


def commands(command: object = None, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """List all commands there are."""
    found = command or get_command(app)
    below = getattr(found, "commands", {})
    return [path, *(one for name, sub in below.items() for one in commands(sub, (*path, name)))]


def said(result: object) -> str:
    """Return what a command said when it refused: one line."""
    text = str(result.stderr).strip()  # type: ignore[attr-defined]  # two runners, one shape
    assert "\n" not in text, text
    return text


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_every_command_says_what_it_is_for(path: tuple[str, ...], vestka: Vestka) -> None:
    result = vestka(*path, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("migrate",),
        ("ask", "Hanna"),
        ("keys", "new"),
        ("keys", "show-on-paper"),
        ("editors", "list"),
        ("editors", "invite", "Alena"),
        ("release", "status"),
        ("disclose",),
    ],
    ids=" ".join,
)
def test_an_unknown_setting_stops_every_command(
    arguments: tuple[str, ...], vestka: Vestka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTKA_TOKNE", "1:x")
    result = vestka(*arguments)
    assert result.exit_code == 1
    assert "unknown setting: VESTKA_TOKNE" in said(result)


@pytest.mark.parametrize(
    "arguments",
    [("run",), ("ask", "Hanna"), ("editors", "list"), ("release", "status"), ("disclose",)],
    ids=" ".join,
)
def test_without_a_key_it_says_how_to_make_one(
    arguments: tuple[str, ...], configured: Path, vestka: Vestka
) -> None:
    result = vestka(*arguments)
    assert result.exit_code == 1
    assert "vestka keys new" in said(result)


def test_without_a_database_it_says_how_to_make_one(configured: Path, vestka: Vestka) -> None:
    vestka("keys", "new")
    result = vestka("run")
    assert result.exit_code == 1
    assert "vestka migrate" in said(result)


def test_a_database_with_another_key_is_refused(installed: Path, vestka: Vestka) -> None:
    assert vestka("editors", "list").exit_code == 0
    (installed / "config" / "keyring.json").unlink()
    vestka("keys", "new")
    result = vestka("editors", "list")
    assert result.exit_code == 1
    assert "does not belong to this database" in said(result)


def test_a_damaged_database_is_refused(installed: Path, vestka: Vestka) -> None:
    (installed / "state" / "vestka.db").write_bytes(b"no database at all" * 1000)
    result = vestka("editors", "list")
    assert result.exit_code == 1
    assert "damaged" in said(result)


def test_a_key_file_is_for_its_owner_alone_and_never_replaced(
    configured: Path, vestka: Vestka
) -> None:
    vestka("keys", "new")
    path = configured / "config" / "keyring.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_text()
    again = vestka("keys", "new")
    assert again.exit_code == 1
    assert "was not touched" in said(again)
    assert path.read_text() == before


def test_the_key_comes_back_from_paper(configured: Path, vestka: Vestka) -> None:
    vestka("keys", "new")
    path = configured / "config" / "keyring.json"
    before = path.read_text()
    paper = vestka("keys", "show-on-paper").stdout
    path.unlink()
    assert vestka("keys", "from-paper", input=paper.lower() + "\n").exit_code == 0
    assert path.read_text() == before


def test_a_key_copied_wrong_is_refused(configured: Path, vestka: Vestka) -> None:
    result = vestka("keys", "from-paper", input="ABCD EFGH\n\n")
    assert result.exit_code == 1
    assert "line 1" in said(result)


def test_people_come_in_and_are_found(installed: Path, vestka: Vestka) -> None:
    (installed / "people.csv").write_text(PEOPLE)
    shown = vestka("import", "people", "people.csv", "--dry-run")
    assert shown.exit_code == 0
    assert "sonca" in shown.stdout
    assert "Nothing was changed." in shown.stdout
    assert "Nothing was changed." in vestka("import", "people", "people.csv", input="n\n").stdout
    assert "Nobody was told." in vestka("import", "people", "people.csv", "--yes").stdout
    again = vestka("import", "people", "people.csv", "--yes", "--json")
    assert json.loads(again.stdout) == {
        "new": 0, "changed": 0, "odd": [], "same": 2, "applied": False
    }  # fmt: skip

    answer = json.loads(vestka("ask", "Hanna Sonca", "--json").stdout)
    assert answer["ids"] == ["sonca"]
    assert answer["confident"] is True
    assert "Ганна Сонца" in vestka("ask", "Ганна Сонца", "--language", "be").stdout
    assert vestka("ask", "Nichto Takoj", "--language", "be").exit_code == 0


def test_a_program_must_say_whether_it_means_it(installed: Path, vestka: Vestka) -> None:
    (installed / "people.csv").write_text(PEOPLE)
    result = vestka("import", "people", "people.csv", "--json")
    assert result.exit_code == 1
    assert "--dry-run or --yes" in said(result)


def test_everybody_is_filed_anew_and_it_says_how_many(installed: Path, vestka: Vestka) -> None:
    (installed / "people.csv").write_text(PEOPLE)
    vestka("import", "people", "people.csv", "--yes")
    assert "2 people are filed. It took " in vestka("names", "rebuild").stdout


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"ref,nmae\nx,y\n", "unknown columns"), (b"\xff\xfe", "not UTF-8"), (None, "No such file")],
)
def test_a_people_file_that_cannot_be_read_is_refused(
    content: bytes | None, why: str, installed: Path, vestka: Vestka
) -> None:
    if content is not None:
        (installed / "people.csv").write_bytes(content)
    result = vestka("import", "people", "people.csv")
    assert result.exit_code == 1
    assert why in said(result)


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
def test_what_goes_out_comes_in_again(name: str, installed: Path, vestka: Vestka) -> None:
    (installed / "people.csv").write_text(PEOPLE)
    vestka("import", "people", "people.csv", "--yes")
    assert "2 people" in vestka("export", "people", name).stdout
    again = vestka("import", "people", name, "--dry-run", "--json")
    assert json.loads(again.stdout)["same"] == 2
    refused = vestka("export", "people", name)
    assert refused.exit_code == 1
    assert "was not touched" in said(refused)


@pytest.mark.parametrize("name", ["out.xls", "nowhere/out.csv"])
def test_a_file_that_cannot_be_written_is_refused(
    name: str, installed: Path, vestka: Vestka
) -> None:
    result = vestka("export", "people", name)
    assert result.exit_code == 1
    assert name in said(result)


def test_questions_are_answered_line_by_line(installed: Path, vestka: Vestka) -> None:
    (installed / "people.csv").write_text(PEOPLE)
    vestka("import", "people", "people.csv", "--yes")
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as child:
        questions, answers = child.stdin, child.stdout
        assert questions is not None
        assert answers is not None

        def ask(line: str) -> dict[str, object]:
            questions.write(line + "\n")
            questions.flush()
            answer: dict[str, object] = json.loads(answers.readline())
            return answer

        assert ask('{"text": "Ганна Сонца", "lang": "be"}')["ids"] == ["sonca"]
        assert ask('{"qid": "Q1", "text": "Ганна Сонца"}')["ids"] == ["sonca"]
        assert ask('{"text": "Nichto Takoj"}') == {"ids": [], "confident": False, "why": []}
        assert "error" in ask('{"txet": "x"}')
        assert "error" in ask("no json")
        assert "error" in ask('{"text": "x", "nested": ' + "[" * 5000 + "]" * 5000 + "}")
        assert "error" in ask('{"text": "' + "x" * 250_000 + '"}')
        assert ask('\n{"text": "Месяц Янка", "lang": "ru"}')["ids"] == ["mesiac"]
        questions.close()
        assert child.wait(AT_MOST) == 0


def test_a_question_is_needed(installed: Path, vestka: Vestka) -> None:
    result = vestka("ask")
    assert result.exit_code == 1
    assert "what is the question?" in said(result)


def test_a_text_without_a_name_is_told_so(installed: Path, vestka: Vestka) -> None:
    assert "no name" in vestka("ask", "?").stdout


LIST = "2025-12-13\n2 Viasna https://example.org/\nLithuania:\nHanna Sonca\nJanka Mesiac\n"


def test_an_operator_drafts_and_submits_but_does_not_approve(
    installed: Path, vestka: Vestka
) -> None:
    (installed / "people.csv").write_text(PEOPLE)
    vestka("import", "people", "people.csv", "--yes")
    (installed / "list.txt").write_text(LIST)
    drafted = json.loads(vestka("release", "draft", "list.txt", "--json").stdout)
    assert drafted["unsettled"] == []
    assert drafted["lines"] == 2
    number = str(drafted["notice"])
    preview = vestka("release", "preview", number).stdout
    assert "Hanna Sonca" in preview
    assert "Ганна Сонца" in preview
    assert "── lt ──" not in vestka("release", "preview", number, "--language", "be").stdout
    assert vestka("release", "submit", number).exit_code == 0
    (standing,) = json.loads(vestka("release", "status", "--json").stdout)
    assert standing["state"] == "submitted"
    assert f"notice {number}: release, submitted" in vestka("release", "status").stdout
    refused = vestka("release", "stop", number)
    assert refused.exit_code == 1
    said(refused)
    assert not [path for path in commands() if {"approve", "safe"} & set(path)]


def test_a_list_may_come_from_standard_input(installed: Path, vestka: Vestka) -> None:
    drafted = vestka("release", "draft", "-", input=LIST.encode())
    assert "not settled: Hanna Sonca" in drafted.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("release", "preview", "99"),
        ("release", "submit", "99"),
        ("release", "stop", "99"),
        ("release", "draft", "nothing.txt"),
        ("ask", "Hanna", "--language", "xx"),
        ("editors", "remove", "nobody"),
        ("editors", "invite", "Alena"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_said_in_one_line(
    arguments: tuple[str, ...], installed: Path, vestka: Vestka
) -> None:
    result = vestka(*arguments)
    assert result.exit_code == 1
    assert said(result).startswith("vestka: ")


def test_no_notice_is_open_at_first(installed: Path, vestka: Vestka) -> None:
    assert vestka("release", "status").stdout == "No notice is open.\n"
    assert vestka("release", "status", "--json").stdout == "[]\n"


def test_every_table_is_disclosed(installed: Path, vestka: Vestka) -> None:
    told = json.loads(vestka("disclose", "--json").stdout)
    assert {one["table"] for one in told} == set(metadata.tables) == set(HOLDS)
    assert "only" not in vestka("disclose").stderr

"""What operators can set and run is in their book, and nothing else is."""

import re
from pathlib import Path

from typer.main import get_command

from bot.cli import app
from bot.settings import PREFIX, Settings

BOOK = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()


def names(command: object, path: str = "vestka") -> set[str]:
    below = getattr(command, "commands", {})
    if not below:
        return {path}
    return {name for word, sub in below.items() for name in names(sub, f"{path} {word}")}


def test_every_setting_is_in_the_book_and_every_one_in_the_book_is_a_setting() -> None:
    there = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(r"^\| `(VESTKA_\w+)`", BOOK, re.MULTILINE)) == there


def test_every_command_is_in_the_book_and_every_one_in_the_book_is_a_command() -> None:
    assert set(re.findall(r"^\| `(vestka [a-z -]+)`", BOOK, re.MULTILINE)) == names(
        get_command(app)
    )


def test_the_defaults_in_the_book_are_those_of_the_program() -> None:
    for name in ("api_url", "pace", "approvals", "languages", "timezone", "log"):
        default = Settings.model_fields[name].default
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        assert f"| `{PREFIX}{name.upper()}` | `{shown}` |" in BOOK

"""The demo is the same on every machine."""

from pathlib import Path

from bot import demo
from bot.settings import Settings


def test_nothing_that_is_set_on_this_machine_changes_the_demo(tmp_path: Path) -> None:
    chosen = demo._settings(tmp_path, "http://127.0.0.1:9")
    assert chosen.model_fields_set == Settings.model_fields.keys()
    assert chosen.hook() is None

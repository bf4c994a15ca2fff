"""An installation of its own for every test: settings, key, database, and a Telegram over HTTP."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import settings
from bot.cli import app
from simulator.core import TOKEN

Vestka = Callable[..., Result]


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Take every setting of this machine away, and set up a place for everything."""
    monkeypatch.chdir(tmp_path)
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(settings.PREFIX + name.upper(), raising=False)
    return tmp_path


@pytest.fixture
def configured(installation: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set what must be set, and make neither key nor database."""
    (installation / "token").write_text(TOKEN)
    monkeypatch.setenv("VESTKA_TOKEN_FILE", str(installation / "token"))
    monkeypatch.setenv("VESTKA_KEY_FILE", str(installation / "config" / "keyring.json"))
    monkeypatch.setenv(
        "VESTKA_DATABASE_URL", f"sqlite+aiosqlite:///{installation / 'state' / 'vestka.db'}"
    )
    # Nobody listens there.
    monkeypatch.setenv("VESTKA_API_URL", "http://127.0.0.1:9")
    return installation


@pytest.fixture
def vestka() -> Vestka:
    """Run a command."""
    runner = CliRunner()

    def run(*arguments: str, input: str | bytes | None = None) -> Result:
        result = runner.invoke(app, arguments, input=input)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def installed(configured: Path, vestka: Vestka) -> Path:
    """Make key and database too."""
    assert vestka("keys", "new").exit_code == 0
    assert vestka("migrate").exit_code == 0
    return configured

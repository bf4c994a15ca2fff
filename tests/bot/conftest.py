"""An installation of its own for every test: settings, key, database, and a Telegram over HTTP."""

import shutil
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
    _forget(monkeypatch)
    return tmp_path


@pytest.fixture
def configured(installation: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set what must be set, and make neither key nor database."""
    _configure(installation, monkeypatch)
    return installation


def _forget(environment: pytest.MonkeyPatch) -> None:
    for name in settings.Settings.model_fields:
        environment.delenv(settings.PREFIX + name.upper(), raising=False)


def _configure(place: Path, environment: pytest.MonkeyPatch) -> None:
    (place / "token").write_text(TOKEN)
    environment.setenv("VESTKA_TOKEN_FILE", str(place / "token"))
    environment.setenv("VESTKA_KEY_FILE", str(place / "config" / "keyring.json"))
    environment.setenv("VESTKA_DATABASE_URL", f"sqlite+aiosqlite:///{place / 'state/vestka.db'}")
    # Nobody listens there.
    environment.setenv("VESTKA_API_URL", "http://127.0.0.1:9")


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


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make key and database once, by the commands that do it."""
    place = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as environment:
        _forget(environment)
        _configure(place, environment)
        for command in (["keys", "new"], ["migrate"]):
            assert CliRunner().invoke(app, command).exit_code == 0
    return place


@pytest.fixture
def installed(configured: Path, made: Path) -> Path:
    """Have key and database too."""
    for folder in ("config", "state"):
        shutil.copytree(made / folder, configured / folder)
    return configured

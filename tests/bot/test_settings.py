"""Settings: read once, refused with one line that never repeats a secret."""

from pathlib import Path

import pytest

from bot import settings
from locales import FALLBACKS, LANGUAGES
from model.errors import Misconfigured

TOKEN = "123456789:AAF-invented-token-of-thirty-five-cha"


def test_nothing_need_be_set_but_the_token() -> None:
    chosen = settings.read()
    assert chosen.api_url == "https://api.telegram.org"
    assert chosen.rate() == 29
    assert chosen.approvals == 1
    assert list(chosen.offered()) == list(LANGUAGES)


def test_the_key_is_not_kept_beside_the_database() -> None:
    chosen = settings.read()
    assert str(chosen.key_file.parent) not in chosen.database_url


def test_an_unknown_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTKA_TOKNE", TOKEN)
    with pytest.raises(Misconfigured, match="unknown setting: VESTKA_TOKNE"):
        settings.read()


def test_an_unknown_setting_in_the_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"VESTKA_TOKNE={TOKEN}\n")
    with pytest.raises(Misconfigured, match=r"(?i)vestka_tokne") as caught:
        settings.read()
    assert TOKEN not in str(caught.value)


def test_the_file_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("VESTKA_PACE=10\nVESTKA_APPROVALS=2\n")
    monkeypatch.setenv("VESTKA_APPROVALS", "3")
    chosen = settings.read()
    assert (chosen.pace, chosen.approvals) == (10, 3)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PACE", "fast", "VESTKA_PACE"),
        ("PACE", "0", "VESTKA_PACE"),
        ("PACE", "1001", "VESTKA_PACE"),
        ("API_URL", "ftp://example.org", "must start with https://"),
        ("PROXY", "127.0.0.1:9050", "must start with socks5h://"),
        ("PROXY", "ftp://127.0.0.1", "VESTKA_PROXY"),
        ("TIMEZONE", "Europe/Nowhere", "is not a time zone"),
        ("TIMEZONE", "../../etc/passwd", "is not a time zone"),
        ("LANGUAGES", "be fr", "VESTKA_LANGUAGES: Vestka speaks only: be ru en uk pl lt de"),
        ("LANGUAGES", "be:xx", "Vestka speaks only"),
        ("LANGUAGES", " ", "needs at least one language"),
        ("APPROVALS", "0", "VESTKA_APPROVALS"),
        ("LOG", "loud", "VESTKA_LOG"),
        ("WEBHOOK_URL", "http://bot.example.org/", "must start with https://"),
        ("WEBHOOK_URL", "https:///path", "must start with https://"),
        ("WEBHOOK_URL", "bot.example.org", "must start with https://"),
        ("WEBHOOK_URL", "https://bot.example.org:99999/", "is not a URL"),
        ("WEBHOOK_URL", "https://me:word@bot.example.org/", "no user"),
        ("WEBHOOK_URL", "https://bot.example.org/?a=b", "VESTKA_WEBHOOK_URL"),
        ("WEBHOOK_LISTEN", "8083", "must be HOST:PORT"),
        ("WEBHOOK_LISTEN", "127.0.0.1:65536", "must be HOST:PORT"),
        ("WEBHOOK_LISTEN", "::1:8083", "must be HOST:PORT"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"VESTKA_{name}", value)
    with pytest.raises(Misconfigured, match=said) as caught:
        settings.read()
    assert "\n" not in str(caught.value)


def test_a_secret_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTKA_TOKEN", TOKEN)
    monkeypatch.setenv("VESTKA_PROXY", "socks5h://me:hushhush@127.0.0.1:9050")
    monkeypatch.setenv("VESTKA_PACE", TOKEN)
    with pytest.raises(Misconfigured) as caught:
        settings.read()
    monkeypatch.delenv("VESTKA_PACE")
    for text in (str(caught.value), repr(caught.value), repr(settings.read())):
        assert TOKEN not in text
        assert "hushhush" not in text


def test_the_token_comes_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text(f" {TOKEN}\n")
    monkeypatch.setenv("VESTKA_TOKEN_FILE", str(tmp_path / "token"))
    assert settings.read().secret_token() == TOKEN


def test_the_token_given_directly_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTKA_TOKEN_FILE", str(tmp_path / "nothing"))
    monkeypatch.setenv("VESTKA_TOKEN", TOKEN)
    assert settings.read().secret_token() == TOKEN


def test_without_a_token_one_line_says_how_to_get_one() -> None:
    with pytest.raises(Misconfigured, match=r"VESTKA_TOKEN_FILE .* run: vestka setup"):
        settings.read().secret_token()


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"", b"not a token\n", b"1:2\n3"])
def test_a_token_file_that_cannot_be_used_is_named(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    monkeypatch.setenv("VESTKA_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(Misconfigured, match="VESTKA_TOKEN_FILE"):
        settings.read().secret_token()


def test_a_pace_that_must_be_paid_for_must_be_said_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTKA_PACE", "500")
    with pytest.raises(Misconfigured, match="VESTKA_PAID_BROADCAST=1"):
        settings.read().rate()
    monkeypatch.setenv("VESTKA_PAID_BROADCAST", "1")
    assert settings.read().rate() == 500


def test_the_operator_chooses_languages_and_spellings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTKA_LANGUAGES", "lt:en,pl be: ru")
    offered = settings.read().offered()
    assert offered.offered == {"lt": ("en", "pl"), "be": (), "ru": FALLBACKS["ru"]}


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write down how Telegram is known, and say where."""
    path = tmp_path / "secret"
    path.write_text("Invented-secret_1\n")
    monkeypatch.setenv("VESTKA_WEBHOOK_SECRET_FILE", str(path))
    return path


def test_telegram_is_polled_where_no_webhook_is_set() -> None:
    assert settings.read().hook() is None


def test_a_webhook_is_its_address_its_secret_and_where_to_listen(
    secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTKA_WEBHOOK_URL", "https://bot.example.org/telegram")
    hook = settings.read().hook()
    assert hook is not None
    assert str(hook.url) == "https://bot.example.org/telegram"
    assert hook.secret == "Invented-secret_1"
    assert (hook.listen.host, hook.listen.port, hook.listen.path) == ("127.0.0.1", 8083, "")
    assert "Invented" not in repr(hook)


@pytest.mark.parametrize(
    ("listen", "host", "port", "path"),
    [
        ("10.0.0.7:80", "10.0.0.7", 80, ""),
        ("[::1]:8083", "::1", 8083, ""),
        ("/run/vestka/hook", "", 0, "/run/vestka/hook"),
        ("./hook", "", 0, "./hook"),
    ],
)
def test_the_bot_listens_at_a_port_or_a_socket(
    listen: str, host: str, port: int, path: str, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTKA_WEBHOOK_URL", "http://localhost/")
    monkeypatch.setenv("VESTKA_WEBHOOK_LISTEN", listen)
    hook = settings.read().hook()
    assert hook is not None
    assert (hook.listen.host, hook.listen.port, hook.listen.path) == (host, port, path)


def test_a_webhook_without_a_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTKA_WEBHOOK_URL", "https://bot.example.org/telegram")
    with pytest.raises(Misconfigured, match="needs VESTKA_WEBHOOK_SECRET_FILE"):
        settings.read().hook()


def test_a_secret_without_a_webhook_is_refused(secret: Path) -> None:
    with pytest.raises(Misconfigured, match="no VESTKA_WEBHOOK_URL"):
        settings.read().hook()


@pytest.mark.parametrize("content", [None, b"\xff", b"", b"two words", b"two\nlines", b"a" * 257])
def test_a_secret_that_cannot_be_used_is_named_and_not_repeated(
    content: bytes | None, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTKA_WEBHOOK_URL", "https://bot.example.org/telegram")
    if content is None:
        secret.unlink()
    else:
        secret.write_bytes(content)
    with pytest.raises(Misconfigured, match="VESTKA_WEBHOOK_SECRET_FILE") as caught:
        settings.read().hook()
    assert not content or content.decode(errors="replace") not in str(caught.value)

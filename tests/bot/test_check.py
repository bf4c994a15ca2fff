"""``vestka check`` says what is wrong, and what mends it."""

import json
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from telegram import WebhookInfo

import locales
from bot import account, check
from bot.check import Finding, Verdict
from bot.clock import now
from db import upkeep
from simulator.core import TOKEN, Telegram
from simulator.http import create_app, serve
from tests.bot.conftest import Vestka


@pytest.fixture
async def server(configured: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Telegram]:
    """Let a Bot API server answer."""
    telegram = Telegram(clock=now)
    async with serve(create_app(telegram), 0) as address:
        monkeypatch.setenv("VESTKA_API_URL", address)
        yield telegram


def by_name(findings: Sequence[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def quick(vestka: Vestka) -> dict[str, dict[str, str]]:
    result = vestka("check", "--quick", "--json")
    found = {finding["what"]: finding for finding in json.loads(result.stdout)}
    bad = any(finding["verdict"] == "bad" for finding in found.values())
    assert result.exit_code == (1 if bad else 0)
    return found


def test_a_fresh_installation_lacks_only_editors(installed: Path, vestka: Vestka) -> None:
    found = quick(vestka)
    assert [name for name, one in found.items() if one["verdict"] == "bad"] == ["editors"]
    assert found["editors"]["mend"] == "vestka editors invite LABEL"
    assert found["bot"]["mend"] == "vestka run"


def test_it_is_said_to_people_too(installed: Path, vestka: Vestka) -> None:
    result = vestka("check", "--quick")
    assert "✗ editors: 0 enrolled, 2 needed to tell release news → vestka editors" in result.stdout
    assert "✓ key: " in result.stdout


def test_without_a_key_and_a_database_it_says_how_to_make_them(
    configured: Path, vestka: Vestka
) -> None:
    found = quick(vestka)
    assert "vestka keys new" in found["key"]["says"]
    assert found["database"]["mend"] == "vestka migrate"


def test_a_setting_that_cannot_be_used_is_all_that_is_said(
    installed: Path, vestka: Vestka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTKA_PACE", "fast")
    assert quick(vestka).keys() == {"settings"}


def test_a_key_beside_the_database_is_doubtful(
    installed: Path, vestka: Vestka, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = installed / "state" / "keyring.json"
    shutil.copy(installed / "config" / "keyring.json", beside)
    monkeypatch.setenv("VESTKA_KEY_FILE", str(beside))
    assert quick(vestka)["key"]["verdict"] == "doubtful"


def test_a_key_that_others_may_read_is_bad(installed: Path, vestka: Vestka) -> None:
    (installed / "config" / "keyring.json").chmod(0o644)
    assert "chmod 600" in quick(vestka)["key"]["says"]


def test_a_folder_that_others_may_read_is_bad(installed: Path, vestka: Vestka) -> None:
    (installed / "state").chmod(0o755)
    assert quick(vestka)["database"]["mend"] == f"chmod 700 {installed / 'state'}"


@pytest.mark.parametrize(
    ("free", "verdict"), [(10**7, "bad"), (5 * 10**8, "doubtful"), (10**10, "good")]
)
def test_room_on_the_disk_is_looked_at(
    free: int, verdict: str, installed: Path, vestka: Vestka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert quick(vestka)["disk"]["verdict"] == verdict


def test_a_language_that_is_not_complete_is_doubtful(
    installed: Path, vestka: Vestka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locales, "count_missing", lambda language: int(language == "lt"))
    found = quick(vestka)
    assert found["language lt"]["verdict"] == "doubtful"
    assert "language pl" not in found


def test_a_reference_that_leads_nowhere_is_bad(
    installed: Path, vestka: Vestka, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def damage(_database: object) -> tuple[str, ...]:
        return ("name: row 1 refers to no person",)

    monkeypatch.setattr(upkeep, "find_damage", damage)
    assert quick(vestka)["integrity"]["mend"].endswith("vestka restore")


async def test_with_a_server_the_token_and_the_clock_are_looked_at(server: Telegram) -> None:
    found = by_name(await check.check())
    assert found["token"] == Finding("token", Verdict.GOOD, "it is that of @vestka_bot")
    assert found["clock"].verdict is not Verdict.BAD


async def test_a_bot_that_botfather_lets_answer_nowhere_else_is_doubtful(
    server: Telegram,
) -> None:
    assert by_name(await check.check())["inline"].verdict is Verdict.GOOD
    server.inline = False
    found = by_name(await check.check())["inline"]
    assert found.verdict is Verdict.DOUBTFUL
    assert found.mend == "send /setinline to @BotFather"


async def test_a_wrong_token_is_bad(server: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTKA_TOKEN", "1:wrong")
    found = by_name(await check.check())["token"]
    assert found.verdict is Verdict.BAD
    assert "does not know this token" in found.says


async def test_a_server_that_does_not_answer_is_bad(configured: Path) -> None:
    found = by_name(await check.check())
    assert found["token"].says == "no Bot API server answers at http://127.0.0.1:9"
    assert found["clock"].verdict is Verdict.DOUBTFUL
    assert TOKEN not in str(found)


async def test_where_telegram_is_polled_it_must_bring_updates_nowhere(server: Telegram) -> None:
    assert by_name(await check.check())["updates"].verdict is Verdict.GOOD
    await server.call("setWebhook", {"url": "http://localhost:9/elsewhere"})
    server.push("message", {})
    found = by_name(await check.check())
    server.bring_to(None)
    assert found["updates"].verdict is Verdict.BAD
    assert "localhost" in found["updates"].says
    assert "elsewhere" not in found["updates"].line()
    assert "/revoke" in found["updates"].mend
    assert found["pending"].says == "1 updates wait at Telegram"
    assert "secret" not in found


async def test_updates_that_pile_up_are_doubtful(server: Telegram) -> None:
    for number in range(check.BACKLOG):
        server.push_raw({"update_id": number})
    found = by_name(await check.check())["pending"]
    assert (found.verdict, found.mend) == (Verdict.DOUBTFUL, "see that vestka run is up")


@pytest.fixture
def hook(configured: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set a webhook; the file of its secret is returned."""
    path = configured / "secret"
    path.write_text("Invented_secret-of-thirty-two-characters")
    path.chmod(0o600)
    monkeypatch.setenv("VESTKA_WEBHOOK_URL", "http://localhost:9/here")
    monkeypatch.setenv("VESTKA_WEBHOOK_SECRET_FILE", str(path))
    return path


@pytest.mark.parametrize(
    ("url", "verdict", "mend"),
    [
        ("http://localhost:9/here", Verdict.GOOD, ""),
        ("http://localhost:9/elsewhere", Verdict.BAD, "/revoke"),
        ("", Verdict.BAD, "vestka run"),
    ],
)
async def test_where_updates_are_brought_it_must_be_here(
    server: Telegram, hook: Path, url: str, verdict: Verdict, mend: str
) -> None:
    await server.call("setWebhook", {"url": url})
    found = by_name(await check.check())
    server.bring_to(None)
    assert found["updates"].verdict is verdict
    assert mend in found["updates"].mend
    assert found["arriving"] == Finding("arriving", Verdict.GOOD, "nothing has gone wrong")
    assert found["secret"].verdict is Verdict.GOOD


@pytest.mark.parametrize(
    ("error", "minutes", "pending", "verdict", "mend"),
    [
        ("Wrong response from the webhook: 404 Not Found", 1, 1, Verdict.BAD, "Secret-Token"),
        ("Wrong response from the webhook: 404 Not Found", 1, 0, Verdict.DOUBTFUL, "the secret"),
        ("SSL error {certificate has expired}", 3, 1, Verdict.BAD, "certificate"),
        ("Connection refused", 9, 1, Verdict.BAD, "VESTKA_WEBHOOK_LISTEN"),
        ("Connection refused", 11, 1, Verdict.GOOD, ""),
    ],
)
async def test_what_went_wrong_lately_is_said_with_what_mends_it(
    server: Telegram,
    hook: Path,
    error: str,
    minutes: int,
    pending: int,
    verdict: Verdict,
    mend: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = WebhookInfo(
        url="http://localhost:9/here",
        has_custom_certificate=False,
        pending_update_count=pending,
        last_error_date=now() - timedelta(minutes=minutes),
        last_error_message=error,
    )

    async def told(_settings: object) -> WebhookInfo:
        return theirs

    monkeypatch.setattr(account, "where_updates_go", told)
    found = by_name(await check.check())["arriving"]
    assert found.verdict is verdict
    assert f"{error}, {minutes} minutes ago" in found.says
    assert mend in found.mend


def test_a_secret_that_others_know_or_guess_is_bad(hook: Path, vestka: Vestka) -> None:
    hook.chmod(0o640)
    assert quick(vestka)["secret"]["mend"] == f"chmod 600 {hook}"
    hook.chmod(0o600)
    hook.write_text("guess-me")
    found = quick(vestka)["secret"]
    assert found["verdict"] == "bad"
    assert found["mend"].startswith(f"openssl rand -hex 32 > {hook}")
    hook.unlink()
    assert "cannot read VESTKA_WEBHOOK_SECRET_FILE" in quick(vestka)["secret"]["says"]


async def test_a_clock_that_goes_wrong_is_bad(
    server: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def theirs(_settings: object) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=5)

    monkeypatch.setattr(check, "_time_at", theirs)
    found = by_name(await check.check())["clock"]
    assert found.verdict is Verdict.BAD
    assert found.mend == "timedatectl set-ntp true"


async def test_behind_a_proxy_nothing_is_asked_directly(
    server: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTKA_PROXY", "socks5h://127.0.0.1:9")
    found = by_name(await check.check())
    assert found["token"].verdict is Verdict.BAD
    assert "proxy" in found["clock"].says
    assert not server.calls

"""What is wrong with this installation, and the command that mends it."""

import email.utils
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from rich.console import Console
from telegram import WebhookInfo

import locales
from bot import account, memory, operating
from bot import settings as configuration
from bot.app import make_services
from bot.clock import now
from bot.memory import Memory
from bot.settings import Hook, Settings
from db import keyring, lock, upkeep
from db.connection import sqlite_path
from model.errors import Misconfigured, VestkaError

PLENTY = 1_000_000_000
SCARCE = 100_000_000
"""Bytes free where the database is."""
SKEW = timedelta(minutes=1)
RECENT = timedelta(minutes=10)
BACKLOG = 100
"""Updates that wait where something is wrong, or very much goes on."""
UNGUESSABLE = 32
"""Characters of a secret."""


class Verdict(StrEnum):
    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``mend`` is what to do, empty when all is well."""

    what: str
    verdict: Verdict
    says: str
    mend: str = ""

    def line(self) -> str:
        """Say it in one line."""
        mend = f" → {self.mend}" if self.mend else ""
        return f"{self.what}: {self.says}{mend}"

    def told(self) -> dict[str, str]:
        """Return it for programs."""
        return {
            "what": self.what,
            "verdict": self.verdict.value,
            "says": self.says,
            "mend": self.mend,
        }


_MENDS = (
    (
        "404",
        "start every vestka run again after a change of the secret; the balancer must pass the "
        "path and the header X-Telegram-Bot-Api-Secret-Token on as they are",
    ),
    ("SSL", "renew the certificate, and serve it with its chain: certbot renew"),
    ("", "see that vestka run is up and the balancer reaches it at VESTKA_WEBHOOK_LISTEN"),
)
"""What Telegram says went wrong, and what mends it."""
_SIGNS = {Verdict.GOOD: "✓", Verdict.DOUBTFUL: "!", Verdict.BAD: "✗"}
_COLOURS = {Verdict.GOOD: "green", Verdict.DOUBTFUL: "yellow", Verdict.BAD: "red"}


def show(screen: Console, findings: Sequence[Finding]) -> None:
    """Show what was found, a line each."""
    for finding in findings:
        screen.print(f"[{_COLOURS[finding.verdict]}]{_SIGNS[finding.verdict]}[/] ", end="")
        screen.print(finding.line(), markup=False, highlight=False, soft_wrap=True)


async def check(*, quick: bool = False) -> Sequence[Finding]:
    """Look at everything; with ``quick``, ask nobody on the network."""
    try:
        settings = configuration.read()
    except Misconfigured as exc:
        return [Finding("settings", Verdict.BAD, str(exc))]
    found = [
        Finding("settings", Verdict.GOOD, "can be used"),
        _key(settings),
        _place(settings),
        _disk(settings),
        *_languages(settings),
        *await _memory(settings),
        *_secret(settings),
    ]
    if not quick:
        found += [*await _account(settings), *await _updates(settings), await _clock(settings)]
    return found


def _key(settings: Settings) -> Finding:
    try:
        keyring.load(settings.key_file)
    except Misconfigured as exc:
        return Finding("key", Verdict.BAD, str(exc))
    path = sqlite_path(settings.database_url)
    if path is not None and settings.key_file.resolve().parent == path.resolve().parent:
        return Finding(
            "key",
            Verdict.DOUBTFUL,
            "it lies beside the database: whoever takes one takes both",
            "move it, and set VESTKA_KEY_FILE",
        )
    return Finding("key", Verdict.GOOD, str(settings.key_file))


def _place(settings: Settings) -> Finding:
    path = sqlite_path(settings.database_url)
    if path is None:
        return Finding("database", Verdict.GOOD, "PostgreSQL")
    if not path.exists():
        return Finding("database", Verdict.BAD, f"there is none at {path}", "vestka migrate")
    for part in (path, path.parent):
        if stat.S_IMODE(part.stat().st_mode) & 0o077:
            right = "600" if part == path else "700"
            return Finding(
                "database", Verdict.BAD, f"others may read {part}", f"chmod {right} {part}"
            )
    return Finding("database", Verdict.GOOD, str(path))


def _disk(settings: Settings) -> Finding:
    path = sqlite_path(settings.database_url) or Path.home()
    there = next((part for part in (path, *path.parents) if part.exists()), Path("/"))
    free = shutil.disk_usage(there).free
    says = f"{free // 1_000_000} MB free"
    if free < SCARCE:
        return Finding("disk", Verdict.BAD, says, "make room: a full disk loses news")
    if free < PLENTY:
        return Finding("disk", Verdict.DOUBTFUL, says, "make room")
    return Finding("disk", Verdict.GOOD, says)


def _languages(settings: Settings) -> Iterator[Finding]:
    for language in settings.offered():
        missing = locales.count_missing(language)
        if missing:
            yield Finding(
                f"language {language}",
                Verdict.DOUBTFUL,
                f"{missing} texts are not translated and are said in English",
                "leave it out of VESTKA_LANGUAGES until it is complete",
            )


async def _memory(settings: Settings) -> Sequence[Finding]:
    try:
        async with memory.recall(settings) as remembered:
            return [
                Finding("version", Verdict.GOOD, "the database fits this version and this key"),
                await _damage(remembered),
                await _editors(settings, remembered),
                await _interruption(settings, remembered),
                await _running(remembered),
            ]
    except VestkaError as exc:
        return [Finding("version", Verdict.BAD, str(exc))]


async def _damage(remembered: Memory) -> Finding:
    damage = await upkeep.find_damage(remembered.database)
    if damage:
        return Finding("integrity", Verdict.BAD, damage[0], "bring back a backup: vestka restore")
    return Finding("integrity", Verdict.GOOD, "nothing is damaged")


async def _editors(settings: Settings, remembered: Memory) -> Finding:
    services = make_services(settings, remembered, now, changed=lambda _: None)
    enrolled, needed = len(await services.editors.every()), settings.approvals + 1
    says = f"{enrolled} enrolled, {needed} needed to tell release news"
    if enrolled < needed:
        return Finding("editors", Verdict.BAD, says, "vestka editors invite LABEL")
    return Finding("editors", Verdict.GOOD, says)


async def _interruption(settings: Settings, remembered: Memory) -> Finding:
    services = make_services(settings, remembered, now, changed=lambda _: None)
    arrears = await services.guard.arrears()
    if arrears is None:
        return Finding("waiting", Verdict.GOOD, "nothing waits for editors after an interruption")
    return Finding("waiting", Verdict.BAD, operating.waits(arrears), "editors decide: /notices")


async def _running(remembered: Memory) -> Finding:
    try:
        async with lock.hold(remembered.database):
            return Finding("bot", Verdict.DOUBTFUL, "not running now", "vestka run")
    except Misconfigured:
        parts = await lock.count(remembered.database)
        says = ", ".join(f"{number} {part}" for part, number in parts.items())
        return Finding("bot", Verdict.GOOD, f"running: {says}" if says else "running")


async def _account(settings: Settings) -> Sequence[Finding]:
    try:
        me = await account.whoami(settings)
    except VestkaError as exc:
        return [Finding("token", Verdict.BAD, str(exc))]
    token = Finding("token", Verdict.GOOD, f"it is that of @{me.username}")
    if me.supports_inline_queries:
        return [token, Finding("inline", Verdict.GOOD, f"@{me.username} offers cards in any chat")]
    says = f"@{me.username} offers nothing in other chats"
    return [token, Finding("inline", Verdict.DOUBTFUL, says, "send /setinline to @BotFather")]


def _secret(settings: Settings) -> Iterator[Finding]:
    """Look at how Telegram is known: whoever has the secret can speak as any editor."""
    try:
        hook = settings.hook()
    except Misconfigured as exc:
        yield Finding("secret", Verdict.BAD, str(exc))
        return
    path = settings.webhook_secret_file
    if hook is None or path is None:
        return
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding("secret", Verdict.BAD, f"others may read {path}", f"chmod 600 {path}")
    elif len(hook.secret) < UNGUESSABLE:
        says = "so short that it can be guessed"
        mend = f"openssl rand -hex 32 > {path}, then start vestka run again"
        yield Finding("secret", Verdict.BAD, says, mend)
    else:
        yield Finding("secret", Verdict.GOOD, "not to be guessed")


async def _updates(settings: Settings) -> Sequence[Finding]:
    """Look at where Telegram brings updates, and whether they arrive."""
    try:
        hook, theirs = settings.hook(), await account.where_updates_go(settings)
    except VestkaError:
        return ()  # said of the token and the secret
    if hook is None:
        return [_polled(theirs), _pending(theirs)]
    return [_brought(hook, theirs), _arriving(theirs), _pending(theirs)]


def _polled(theirs: WebhookInfo) -> Finding:
    if not theirs.url:
        return Finding("updates", Verdict.GOOD, "asked for, and brought nowhere else")
    return Finding(
        "updates",
        Verdict.BAD,
        f"Telegram brings them to {_host(theirs)}, and none can be asked for",
        "if you know that place, stop it and start vestka run; if not, the token is stolen: "
        "/revoke it with @BotFather",
    )


def _brought(hook: Hook, theirs: WebhookInfo) -> Finding:
    if theirs.url == str(hook.url):
        return Finding("updates", Verdict.GOOD, "brought to VESTKA_WEBHOOK_URL")
    if not theirs.url:
        return Finding("updates", Verdict.BAD, "brought nowhere", "vestka run (again)")
    return Finding(
        "updates",
        Verdict.BAD,
        f"Telegram brings them to {_host(theirs)}, not to VESTKA_WEBHOOK_URL",
        "if you know that place, stop it and start vestka run again; if not, the token is "
        "stolen: /revoke it with @BotFather",
    )


def _arriving(theirs: WebhookInfo) -> Finding:
    """Say what went wrong last; Telegram does not say whether it went well since, only how many
    updates wait."""
    if theirs.last_error_date is None:
        return Finding("arriving", Verdict.GOOD, "nothing has gone wrong")
    ago = now() - theirs.last_error_date
    what = theirs.last_error_message or "something"
    says = f"{what}, {max(0, int(ago.total_seconds() // 60))} minutes ago"
    if ago > RECENT:
        return Finding("arriving", Verdict.GOOD, f"went wrong last: {says}")
    mend = next((mend for sign, mend in _MENDS if sign in what), _MENDS[-1][1])
    verdict = Verdict.BAD if theirs.pending_update_count else Verdict.DOUBTFUL
    return Finding("arriving", verdict, says, mend)


def _pending(theirs: WebhookInfo) -> Finding:
    says = f"{theirs.pending_update_count} updates wait at Telegram"
    if theirs.pending_update_count < BACKLOG:
        return Finding("pending", Verdict.GOOD, says)
    return Finding("pending", Verdict.DOUBTFUL, says, "see that vestka run is up")


def _host(theirs: WebhookInfo) -> str:
    return urlsplit(theirs.url).hostname or "another place"


async def _clock(settings: Settings) -> Finding:
    """Compare this machine's clock with the server's."""
    if settings.proxy is not None:
        return Finding("clock", Verdict.GOOD, "not compared: requests go through a proxy")
    theirs = await _time_at(settings)
    if theirs is None:
        return Finding("clock", Verdict.DOUBTFUL, "the server did not tell the time")
    apart = abs(now() - theirs)
    if apart > SKEW:
        return Finding(
            "clock",
            Verdict.BAD,
            f"{int(apart.total_seconds())} seconds away from the server's",
            "timedatectl set-ntp true",
        )
    return Finding("clock", Verdict.GOOD, "right")


async def _time_at(settings: Settings) -> datetime | None:
    timeout = aiohttp.ClientTimeout(total=10)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.head(settings.api_url, allow_redirects=False) as response,
        ):
            return email.utils.parsedate_to_datetime(response.headers.get("Date", ""))
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None

"""What is wrong with this installation, and the command that mends it."""

import email.utils
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import aiohttp
from rich.console import Console

import locales
from bot import account, memory, operating
from bot import settings as configuration
from bot.app import make_services
from bot.clock import now
from bot.memory import Memory
from bot.settings import Settings
from db import keyring, lock, upkeep
from db.connection import sqlite_path
from model.errors import Misconfigured, VestkaError

PLENTY = 1_000_000_000
SCARCE = 100_000_000
"""Bytes free where the database is."""
SKEW = timedelta(minutes=1)


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
    ]
    if not quick:
        found += [*await _account(settings), await _clock(settings)]
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

"""The operator's first hour, step by step; it can be broken off and begun again."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import typer
from pydantic import SecretStr
from rich.console import Console
from telegram import User

from bot import account, backup, memory, paper
from bot import settings as configuration
from bot.app import Vestka, make_services
from bot.clock import now
from bot.run import run
from bot.settings import Settings
from db import keyring
from db.connection import sqlite_path
from model.errors import BadInput, Misconfigured
from services.editors import Editors

T = TypeVar("T")

ENV = Path(".env")

Ask = Callable[..., str]
"""Asks the operator for a text; ``typer.prompt``, or a test in the operator's place."""


def lead(screen: Console, *, ask: Ask = typer.prompt, env: Path = ENV) -> None:
    """Lead through the first hour. What is there already is kept; an answer that cannot be used
    is asked for again, and nothing of it is kept.

    Raises:
        Misconfigured: something cannot be made; says what.
        Unavailable: Telegram does not answer.
        BadInput: the key was not written down.
    """
    _settle_token(screen, ask, env)
    _settle_languages(screen, ask, env)
    settings = configuration.read()
    _show_key(settings, screen, ask)
    asyncio.run(memory.prepare(settings))
    screen.print("The database is ready.")
    _settle_editors(settings, screen, ask)
    _back_up(settings, screen, ask)
    if env.exists():
        screen.print(
            f"Settings are kept in {env.absolute()}: vestka reads them in this folder.",
            soft_wrap=True,
            highlight=False,
        )


def _ask_until(screen: Console, asked: Callable[[], str], take: Callable[[str], T]) -> T:
    """Ask until the answer can be used; why one cannot is said in a line."""
    while True:
        try:
            return take(asked())
        except (BadInput, Misconfigured) as exc:
            screen.print(str(exc), markup=False, highlight=False, soft_wrap=True)


def _settle_token(screen: Console, ask: Ask, env: Path) -> None:
    settings = configuration.read()
    if settings.token is None and settings.token_file is None:
        place = settings.key_file.with_name("token")
        token, me = _ask_until(
            screen,
            lambda: ask("The bot token that @BotFather gave you (not shown)", hide_input=True),
            partial(_try_token, settings),
        )
        _keep_token(token, place)
        _keep({"VESTKA_TOKEN_FILE": str(place)}, env)
    else:
        me = asyncio.run(account.whoami(settings))
    screen.print(f"The bot is @{me.username}.", highlight=False)


def _try_token(settings: Settings, token: str) -> tuple[str, User]:
    token = configuration.read_token(token, "what you typed")
    tried = settings.model_copy(update={"token": SecretStr(token)})
    return token, asyncio.run(account.whoami(tried))


def _settle_languages(screen: Console, ask: Ask, env: Path) -> None:
    offered = configuration.read().languages
    chosen = _ask_until(
        screen,
        lambda: ask("Languages to offer, in order", default=offered),
        configuration.read_languages,
    )
    if chosen != offered:
        _keep({"VESTKA_LANGUAGES": chosen}, env)


def _settle_editors(settings: Settings, screen: Console, ask: Ask) -> None:
    """Invite as many editors as news needs, and run the bot until they have enrolled."""
    needed = settings.approvals + 1
    enrolled = asyncio.run(_count_editors(settings))
    if enrolled >= needed:
        return
    me = asyncio.run(account.whoami(settings))
    for number in range(enrolled + 1, needed + 1):
        question = f"Editor {number} of {needed}: what do the others call him or her?"
        code = _ask_until(
            screen, partial(ask, question), lambda label: asyncio.run(_invite(settings, label))
        )
        screen.print(account.link(me.username or "", f"e_{code}"), soft_wrap=True)
    asyncio.run(run(settings, beside=partial(_all_enrolled, screen, needed)))


async def _count_editors(settings: Settings) -> int:
    async with _editors(settings) as editors:
        return len(await editors.every())


async def _invite(settings: Settings, label: str) -> str:
    async with _editors(settings) as editors:
        return await editors.invite(label)


@asynccontextmanager
async def _editors(settings: Settings) -> AsyncIterator[Editors]:
    async with memory.recall(settings) as remembered:
        yield make_services(settings, remembered, now, changed=lambda _: None).editors


async def _all_enrolled(screen: Console, needed: int, vestka: Vestka) -> None:
    screen.print(
        "Give each of them the link now. The bot runs until they have opened it; "
        "Ctrl-C goes on without waiting (the links work for three days, while the bot runs).",
        soft_wrap=True,
    )
    # Who enrols rings no bell.
    while len(await vestka.services.editors.every()) < needed:  # noqa: ASYNC110
        await asyncio.sleep(1)


def _back_up(settings: Settings, screen: Console, ask: Ask) -> None:
    """Write the first backup, unless the operator wants none or today's is there."""
    place = Path(f"vestka-{now():%Y-%m-%d}.age").absolute()
    if sqlite_path(settings.database_url) is None or place.exists():
        return

    def write(recipient: str) -> None:
        if not recipient.strip():
            return
        asyncio.run(backup.write(settings, place, [recipient.strip()]))
        screen.print(f"The first backup is {place}: take it to another place.", soft_wrap=True)

    question = "An age public key for backups (age1…; its identity stays offline), or nothing"
    _ask_until(screen, lambda: ask(question, default="", show_default=False), write)


def _keep(settings: dict[str, str], env: Path) -> None:
    """Write settings into ``.env``, beside those that are there.

    Raises:
        Misconfigured: the file cannot be written.
    """
    try:
        lines = env.read_text().splitlines() if env.exists() else []
        lines = [line for line in lines if line.partition("=")[0].strip() not in settings]
        lines += [f"{name}={value}" for name, value in settings.items()]
        handle = os.open(env, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as exc:
        raise Misconfigured(f"cannot write {env}: {exc.strerror}") from exc
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(lines) + "\n")


def _keep_token(token: str, place: Path) -> None:
    """Write the token into a file that only its owner may read, in place of the one before.

    Raises:
        Misconfigured: the file cannot be written.
    """
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as exc:
        raise Misconfigured(f"cannot write {place}: {exc.strerror}") from exc
    with os.fdopen(handle, "w") as file:
        file.write(token + "\n")


def _show_key(settings: Settings, screen: Console, ask: Ask) -> None:
    """Make the key if there is none, show it, and have one group typed back from paper.

    Raises:
        Misconfigured: the key file cannot be made or read.
        BadInput: what was typed is not on the paper.
    """
    if not settings.key_file.exists():
        keyring.save(keyring.new(), settings.key_file)
    lines = paper.show(keyring.load(settings.key_file))
    screen.print("The key. Write it down by hand; without it nothing stored can be read:\n")
    for line in lines:
        screen.print(f"    {line}\n", highlight=False, markup=False, soft_wrap=True)
    groups = paper.groups(lines[-1])
    place = secrets.randbelow(len(groups))
    for _ in range(3):
        typed = ask(f"From your paper: group number {place + 1} of the last line")
        if typed.strip().upper() == groups[place]:
            return
        screen.print("That is not what the key says. Look again.")
    raise BadInput("the key was not written down; run vestka setup again")

"""``vestka setup``: an operator at a terminal is led through the first hour."""

import asyncio
import fcntl
import os
import pty
import re
import stat
import sys
import termios
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pyrage
import pytest

from bot.clock import now
from simulator.core import TOKEN, Telegram
from simulator.http import create_app, serve
from simulator.phone import Phone
from tests.watch import AT_MOST

ROOT = Path(__file__).parents[2]
TOKEN_ASKED = r"bot token that @BotFather gave you \(not shown\): "
"""The last blank comes when the terminal shows no more what is typed."""


class Terminal:
    """A command in a terminal, and the operator in front of it."""

    def __init__(self, child: Process, screen: int) -> None:
        self.child = child
        self.said = ""
        self._screen = screen
        self._read = 0
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(screen, self._hear)

    def _hear(self) -> None:
        try:
            heard = os.read(self._screen, 65536)
        except OSError:
            # The other end is closed: Linux says so with an error.
            heard = b""
        if not heard:
            asyncio.get_running_loop().remove_reader(self._screen)
        self.said += heard.decode().replace("\r\n", "\n")
        self._news.set()

    async def shows(self, pattern: str) -> str:
        """Wait until this is shown, after what was shown before; return the first group."""
        try:
            async with asyncio.timeout(AT_MOST):
                while not (found := re.compile(pattern).search(self.said, self._read)):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{pattern!r} is not in {self.said[self._read :]!r}") from None
        self._read = found.end()
        return found[found.re.groups]

    def types(self, line: str) -> None:
        os.write(self._screen, f"{line}\n".encode())

    def presses_ctrl_c(self) -> None:
        os.write(self._screen, b"\x03")

    async def ends(self) -> int:
        async with asyncio.timeout(AT_MOST):
            return await self.child.wait()


Begin = Callable[..., Awaitable[Terminal]]


@pytest.fixture
def telegram() -> Telegram:
    # A child cannot be given another clock.
    return Telegram(clock=now)


@pytest.fixture
async def address(telegram: Telegram) -> AsyncIterator[str]:
    async with serve(create_app(telegram, []), 0) as address:
        yield address


@pytest.fixture
def home(installation: Path) -> Path:
    home = installation / "home"
    home.mkdir()
    return home


@pytest.fixture
async def begin(home: Path, address: str) -> AsyncIterator[Begin]:
    """Begin ``vestka setup`` in a terminal, as somebody who has nothing yet."""
    terminals: list[Terminal] = []

    async def begin(api_url: str = address) -> Terminal:
        screen, keyboard = pty.openpty()
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "setup"),
            stdin=keyboard,
            stdout=keyboard,
            stderr=keyboard,
            cwd=home,
            # Ctrl-C goes to whose terminal it is.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            start_new_session=True,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "PYTHONPATH": str(ROOT),
                "TERM": "dumb",
                "COLUMNS": "200",
                "VESTKA_API_URL": api_url,
            },
        )
        os.close(keyboard)
        terminals.append(Terminal(child, screen))
        return terminals[-1]

    yield begin
    for terminal in terminals:
        if terminal.child.returncode is None:
            terminal.child.kill()
            await terminal.child.wait()


def files(home: Path) -> dict[str, Path]:
    """Return all files, by their names."""
    return {path.name: path for path in home.rglob("*") if path.is_file()}


async def give_token(terminal: Terminal) -> None:
    await terminal.shows(TOKEN_ASKED)
    terminal.types(TOKEN)
    await terminal.shows("The bot is @vestka_bot.")


async def write_down(terminal: Terminal) -> str:
    """Type back from paper what is asked for; return what is on the paper."""
    paper = await terminal.shows(r"\n +((?:[A-Z2-7]{4} ){13}[A-Z2-7]{4})")
    number = int(await terminal.shows(r"group number (\d+)"))
    terminal.types(paper.split()[number - 1].lower())
    return paper


async def test_the_first_hour_ends_with_a_green_check(
    begin: Begin, telegram: Telegram, home: Path
) -> None:
    identity = pyrage.x25519.Identity.generate()
    terminal = await begin()
    await give_token(terminal)
    await terminal.shows("Languages to offer")
    terminal.types("be lt pl")
    await write_down(terminal)
    await terminal.shows("The database is ready")
    links = []
    for name in ("Alena", "Tomas"):
        await terminal.shows("what do the others call him or her")
        terminal.types(name)
        links.append(await terminal.shows(r"(https://t\.me/\S+)\n"))
    await terminal.shows("The bot runs until they have opened it")
    for name, link in zip(("Alena", "Tomas"), links, strict=True):
        await Phone(telegram, name, language="be").opens_link(link)
    await terminal.shows("age public key")
    terminal.types(str(identity.to_public()))
    await terminal.shows("The first backup is")
    await terminal.shows("Settings are kept in")
    assert await terminal.ends() == 0
    for good in ("token", "key", "database", "integrity", "editors", "clock"):
        assert f"✓ {good}" in terminal.said
    assert "✗" not in terminal.said
    assert TOKEN not in terminal.said
    kept = files(home)
    assert {"token", "keyring.json", "vestka.db", ".env"} <= kept.keys()
    assert not [path for path in kept.values() if stat.S_IMODE(path.stat().st_mode) & 0o077]


async def test_a_wrong_answer_is_asked_for_again_and_nothing_of_it_is_kept(
    begin: Begin, home: Path
) -> None:
    terminal = await begin()
    for wrong, why in (
        ("hello", "what you typed does not hold a bot token"),
        ("12345678:AAwrong", "does not know this token"),
    ):
        await terminal.shows(TOKEN_ASKED)
        terminal.types(wrong)
        await terminal.shows(why)
    assert files(home) == {}
    await give_token(terminal)
    kept = (home / ".env").read_text()
    await terminal.shows("Languages to offer")
    terminal.types("be fr")
    await terminal.shows("fr: Vestka speaks only: be ru en uk pl lt de")
    assert (home / ".env").read_text() == kept
    await terminal.shows("Languages to offer")
    terminal.types("")
    await terminal.shows("group number")
    terminal.types("ABCD")
    await terminal.shows("not what the key says")
    key = files(home)["keyring.json"]
    before = key.read_bytes()
    for _ in range(2):
        await terminal.shows("group number")
        terminal.types("ABCD")
    await terminal.shows("vestka: the key was not written down; run vestka setup again")
    assert await terminal.ends() == 1

    # Begun again, it asks for no token, and the key is the one it was.
    terminal = await begin()
    await terminal.shows("The bot is @vestka_bot.")
    await terminal.shows("Languages to offer")
    terminal.types("")
    await write_down(terminal)
    assert key.read_bytes() == before
    await terminal.shows("Editor 1 of 2")
    terminal.types("A" * 200)
    await terminal.shows("a label has 1 to")
    for name in ("Alena", "Tomas"):
        await terminal.shows("what do the others call him or her")
        terminal.types(name)
    await terminal.shows("goes on without waiting")
    terminal.presses_ctrl_c()
    await terminal.shows("age public key")
    terminal.types("age1nothing")
    await terminal.shows("a recipient is an age public key")
    await terminal.shows("age public key")
    terminal.types("")
    await terminal.shows("✗ editors: 0 enrolled, 2 needed")
    assert await terminal.ends() == 1
    assert "Traceback" not in terminal.said


async def test_where_nobody_answers_it_ends_with_one_line_and_keeps_nothing(
    begin: Begin, home: Path
) -> None:
    terminal = await begin("http://127.0.0.1:9")
    await terminal.shows(TOKEN_ASKED)
    terminal.types(TOKEN)
    await terminal.shows("vestka: no Bot API server answers at http://127.0.0.1:9\n")
    assert await terminal.ends() == 1
    assert files(home) == {}

"""The demo: the whole bot in the browser, over a stand-in for Telegram on this machine.

It replays a real release with public figures, as known on 13–15 December 2025.
"""

import asyncio
import secrets
import tempfile
import webbrowser
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.panel import Panel

from bot import memory, run
from bot.account import link
from bot.app import Vestka
from bot.clock import now, shifted_to
from bot.settings import Settings
from db import keyring
from exchange import sample
from locales import LANGUAGES, SOURCE, speak
from model.errors import Unavailable
from model.notices import NoticeState
from model.readers import ChatId
from services.sample import SampleWorld
from simulator.core import TOKEN, Telegram
from simulator.http import create_app, serve
from simulator.live import Step, Tour
from simulator.phone import Phone, buttons_of
from views.callbacks import Verb, data

MORNING = datetime(2025, 12, 13, 7, 0, tzinfo=UTC)
"""When the demo begins: a few hours before the first names were known."""
SAMPLE = Path(__file__).with_name("sample")
BANNER = (
    "Public figures, real sources, as known on 13–15 December 2025. Later events are not in "
    "here: do not take it for news. Nothing leaves this machine."
)
ASKED = "Марыя Калеснікава"
FRIENDS = "Friends"
_LIFE = (
    NoticeState.SUBMITTED,
    NoticeState.HELD,
    NoticeState.GOING_OUT,
    NoticeState.OUT,
    NoticeState.CORRECTED,
    NoticeState.WITHDRAWN,
)
_PATIENCE = 120.0
"""Seconds within which the bot answers the first phones."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The phones on the page."""

    editors: tuple[Phone, Phone]
    readers: tuple[Phone, Phone, Phone]

    @property
    def phones(self) -> tuple[Phone, ...]:
        return (*self.readers, *self.editors)


async def show(*, port: int, browser: bool, screen: Console) -> None:
    """Show the demo until it is stopped, and leave nothing behind.

    Raises:
        Misconfigured: the port is taken, or a part of the demo cannot be made.
    """
    clock = shifted_to(MORNING, real=now)
    telegram = Telegram(clock=clock)
    cast = _cast(telegram)
    # A chat without the bot: its name and a person's, typed there, offer the card.
    _, second, third = cast.readers
    await second.creates_group(FRIENDS, members=[third])
    tour = Tour(telegram, steps(cast))
    with tempfile.TemporaryDirectory(prefix="vestka-demo-") as folder:
        async with serve(
            create_app(telegram, cast.phones, banner=BANNER, tour=tour), port
        ) as address:
            settings = _settings(Path(folder), address)
            await _remember(settings)

            async def begin(vestka: Vestka) -> None:
                await _enrol(vestka, telegram, cast)
                _announce(screen, address, tour.steps)
                if browser:
                    webbrowser.open(address)
                await _watch(vestka, telegram, cast, tour)
                await asyncio.Event().wait()

            await run.run(settings, clock=clock, beside=begin)
    screen.print("Ended. Nothing was kept.")


def steps(cast: Cast) -> Sequence[Step]:
    """Return the tour. It names buttons as they read on the phones."""
    author, other = cast.editors
    asking, second, _ = cast.readers
    t, ta, to = (speak(phone.user.language_code or SOURCE) for phone in (asking, author, other))
    settle = ta.ngettext("Settle {number} line", "Settle {number} lines", 2, number=ta.number(2))
    return (
        Step(
            "Ask",
            f"Send the name from {asking.user.first_name}'s phone; any spelling will do. "
            f"This reader hides texts: press “{t.gettext('Show')}” to see the answer.",
            asking.id,
            ASKED,
        ),
        Step(
            "Follow",
            f"Press “{t.gettext('Tell me news')}” under the answer. The others may ask and "
            f"follow, too: {second.user.first_name} writes “Maria Kalesnikawa”.",
            asking.id,
        ),
        Step(
            "Paste a list",
            f"Send it from {author.user.first_name}'s phone, who is an editor. Two lines are not "
            f"clear: press “{settle}”, say who the first is, and for the second, whom nobody "
            f"knows, “{ta.gettext('Leave this line out')}”. Then “{ta.gettext('Submit')}”.",
            author.id,
            "/release\n" + (SAMPLE / "freed-2025-12-13.txt").read_text(),
        ),
        Step(
            "Approve, and say when it is safe",
            f"{other.user.first_name}, the other editor, presses “{to.gettext('Approve')}”; the "
            "author cannot. Nobody is told yet: ask again, if you like. When both have pressed "
            f"“{to.gettext('Everyone is safe')}” (for {author.user.first_name}: "
            f"“{ta.gettext('Everyone is safe')}”), the news goes out.",
            other.id,
        ),
        Step(
            "Watch it arrive",
            "It reaches the readers in three languages. The phone that hides texts says only that "
            f"there is a message: press “{t.gettext('Show')}”.",
            asking.id,
        ),
    )


def _cast(telegram: Telegram) -> Cast:
    return Cast(
        editors=(
            Phone(telegram, "Alena", language="be", role="editor"),
            Phone(telegram, "Tomas", language="lt", role="editor"),
        ),
        readers=(
            Phone(telegram, "Volha", language="be", role="hides texts"),
            Phone(telegram, "Marek", language="pl", role="reader"),
            Phone(telegram, "Jana", language="de", role="reader"),
        ),
    )


def _settings(folder: Path, address: str) -> Settings:
    return Settings(
        _env_file=None,
        token=TOKEN,
        token_file=None,
        api_url=address,
        database_url=f"sqlite+aiosqlite:///{folder / 'state' / 'vestka.db'}",
        key_file=folder / "config" / "keyring.json",
        proxy=None,
        pace=29,
        paid_broadcast=False,
        approvals=1,
        languages=" ".join(LANGUAGES),
        timezone="Europe/Vilnius",
        webhook_url=None,
        webhook_secret_file=None,
        webhook_listen="127.0.0.1:0",
        log="warning",
    )


async def _remember(settings: Settings) -> None:
    keyring.save(keyring.new(), settings.key_file)
    await memory.prepare(settings)
    async with memory.recall(settings) as remembered:
        content = sample.read((SAMPLE / "release-2025-12-13.json").read_bytes())
        world = SampleWorld(remembered.database, secrets.randbits)
        await world.load(content, as_of=MORNING.date())


async def _enrol(vestka: Vestka, telegram: Telegram, cast: Cast) -> None:
    """Open the invitations, and take the first steps on the readers' phones."""
    for editor in cast.editors:
        code = await vestka.services.editors.invite(editor.user.first_name)
        await _until_answered(
            telegram, editor, editor.opens_link(link(telegram.bot.username or "", f"e_{code}"))
        )
    for reader in cast.readers:
        await _until_answered(telegram, reader, reader.says("/start"))
        hidden = reader is cast.readers[0]
        choice = data(Verb.DISCREET, 1 if hidden else 0)
        await _until_answered(telegram, reader, reader.presses(choice))


async def _until_answered(telegram: Telegram, phone: Phone, act: Awaitable[object]) -> None:
    answered, before = asyncio.Event(), phone.heard
    enough = telegram.watch(lambda _: answered.set())
    await act
    async with asyncio.timeout(_PATIENCE):
        while phone.heard == before:
            answered.clear()
            await answered.wait()
    enough()


def _announce(screen: Console, address: str, tour: Sequence[Step]) -> None:
    lines = [BANNER, "", f"Open {address} in a browser. The tour:", ""]
    lines += [f"{number}. {step.title}. {step.text}" for number, step in enumerate(tour, 1)]
    lines += ["", "Ctrl-C ends the demo and removes everything it made."]
    screen.print(Panel("\n".join(lines), title="Vestka: the demo", border_style="bold red"))


async def _watch(vestka: Vestka, telegram: Telegram, cast: Cast, tour: Tour) -> None:
    """Tick off the steps of the tour as they are done."""
    done: Sequence[Callable[[], Awaitable[bool]]] = (
        partial(_shown, cast, Verb.FOLLOW, Verb.CARD),
        partial(_followed, vestka, cast),
        partial(_reached, vestka, NoticeState.SUBMITTED),
        partial(_reached, vestka, NoticeState.GOING_OUT),
        partial(_shown, cast, Verb.WAVE, Verb.NAMES),
    )
    happened = asyncio.Event()
    enough = telegram.watch(lambda _: happened.set())
    for number, is_done in enumerate(done):
        happened.clear()
        while not await _surely(is_done):
            await happened.wait()
            happened.clear()
        tour.tick(number)
    enough()


async def _surely(is_done: Callable[[], Awaitable[bool]]) -> bool:
    """Say whether it is surely done; a locked database is asked again after the next event."""
    with suppress(Unavailable):
        return await is_done()
    return False


async def _shown(cast: Cast, *verbs: Verb) -> bool:
    """Say whether a reader's phone shows a button of one of these."""
    return any(
        str(button.get("callback_data", "")).partition(":")[0] in verbs
        for reader in cast.readers
        for message in reader.messages
        for button in buttons_of(message)
    )


async def _followed(vestka: Vestka, cast: Cast) -> bool:
    """Say whether one of the readers follows anybody."""
    found = [await vestka.services.readers.of(ChatId(reader.id)) for reader in cast.readers]
    return any(reader is not None and reader.follows for reader in found)


async def _reached(vestka: Vestka, state: NoticeState) -> bool:
    """Say whether a notice has come so far in its life."""
    notices = vestka.services.notices
    known = [*await notices.open_notices(), *await notices.ended_notices(1)]
    return any(_LIFE.index(state) <= _LIFE.index(one.state) for one in known if one.state in _LIFE)

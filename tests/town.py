"""The whole bot as it runs, loops and all, over a stand-in for Telegram in the same process.

``town`` is made by ``bot.app.build``, like the running bot. What a phone does is answered before
its ``await`` returns; what the loops send is waited for with ``town.until`` and ``town.quiet``.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot import app
from bot.app import Vestka
from bot.clock import shifted_to
from bot.memory import Memory
from bot.settings import Settings
from db.connection import Database
from db.vault import Vault
from exchange import people
from handlers.gate import ALLOWED_UPDATES
from model.readers import ChatId, Reader
from simulator.core import TOKEN, Telegram
from simulator.phone import Phone, buttons_of
from simulator.request import SimulatedRequest, drain
from simulator.world import Chat, Message
from tests.watch import AT_MOST, Watch
from views import callbacks
from views.callbacks import Deed, Verb

PEOPLE = """\
ref,gender,name.be,name.ru,name.en,name.uk,name.pl,name.lt,name.de,status,status_on,place,source
lastauka,female,Алеся Ластаўка,Алеся Ласточка,Alesia Lastauka,Алеся Ластовка,Alesia Łastauka,\
Alesia Lastauka,Alesja Lastauka,imprisoned,2024-05,Гомель,Viasna
vierabej,male,Янка Верабей,Янка Воробей,Janka Vierabej,Янка Воробей,Janka Wierabiej,\
Janka Vierabejus,Janka Werabej,detained,2021-03-02,,Viasna
salaviej,male,Рыгор Салавей,Григорий Соловей,Ryhor Salaviej,Григорій Соловей,Ryhor Saławiej,\
Ryhoras Salavejus,Ryhor Salawej,imprisoned,2023,,Viasna
"""

LIST = """\
/release
2025-12-13
3 Viasna https://example.org/freed
Літва, Вільня:
Алеся Ластаўка
Украіна:
Янка Верабей
"""


class Running:
    """A clock that begins when the world's stands still, runs on, and can be put forward: what
    is put off for a second comes a second later."""

    def __init__(self, begin: Watch) -> None:
        self._now = shifted_to(begin())
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return self._now() + self._ahead

    def advance(self, by: timedelta) -> None:
        """Let time pass at once."""
        self._ahead += by


@dataclass
class Town:
    vestka: Vestka
    telegram: Telegram
    clock: Running
    database: Database
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def reader(self, name: str, language: str, *, discreet: bool = False) -> Phone:
        """Let somebody open the chat with the bot and answer the first question."""
        phone = Phone(self.telegram, name, language=language)
        await phone.says("/start")
        await self.press(phone, Verb.DISCREET, int(discreet))
        return phone

    async def editor(self, label: str, language: str = "be") -> Phone:
        """Let somebody follow the link of an invitation."""
        code = await self.vestka.services.editors.invite(label)
        phone = Phone(self.telegram, label, language=language)
        await phone.opens_link(f"https://t.me/{self.telegram.bot.username}?start=e_{code}")
        return phone

    async def stored(self, place: Phone | Chat) -> Reader | None:
        """Return what is remembered of a private chat, group or channel."""
        return await self.vestka.services.readers.of(ChatId(place.id))

    async def follow(self, phone: Phone, name: str) -> None:
        """Ask for somebody and follow."""
        await phone.says(name)
        if not find(phone, Verb.FOLLOW):
            await self.press(phone, Verb.CARD)
        await self.press(phone, Verb.FOLLOW)

    async def press(self, phone: Phone, verb: Verb, *arguments: str | int) -> None:
        """Press the newest button of this verb, or the first below one message."""
        found = find(phone, verb, *arguments)
        assert found, f"{phone.user.first_name} has no button {verb!r} {arguments}: {phone.heard}"
        message, data = found
        await phone.presses_data(data, message)

    async def do(self, editor: Phone, verb: Verb, deed: Deed, *arguments: str | int) -> None:
        """Let an editor press a button of the card, as soon as the card has it."""
        await self.until(lambda: find(editor, verb, deed, *arguments) is not None)
        await self.press(editor, verb, deed, *arguments)

    async def until(self, done: Callable[[], bool], seconds: float = AT_MOST) -> None:
        """Wait until something has come true in the stand-in."""
        happened = asyncio.Event()
        enough = self.telegram.watch(lambda _: happened.set())
        try:
            async with asyncio.timeout(seconds):
                while not done():
                    for task in self.tasks:
                        if task.done():
                            task.result()
                    happened.clear()
                    await asyncio.wait([asyncio.ensure_future(happened.wait())], timeout=0.2)
        finally:
            enough()

    async def quiet(self, seconds: float = AT_MOST) -> None:
        """Wait until no notice is going out."""
        async with asyncio.timeout(seconds):
            while await self._going():
                for task in self.tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.02)

    async def _going(self) -> bool:
        return any(
            notice.state == "going_out"
            for notice in await self.vestka.services.notices.open_notices()
            if notice.snapshot is not None and not notice.unopened
        )


def find(phone: Phone, verb: Verb, *arguments: str | int) -> tuple[Message, str] | None:
    """Return the newest button that begins like this, and the message it is under."""
    wanted = callbacks.data(verb, *arguments)
    for message in reversed(phone.messages):
        for button in buttons_of(message):
            data = str(button.get("callback_data", ""))
            if data == wanted or data.startswith(wanted + ":"):
                return message, data
    return None


@pytest.fixture
async def town(
    database: Database, vault: Vault, clock: Watch, tmp_path: Path
) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        yield await settle(stack, Memory(database, vault), Running(clock), tmp_path)


async def settle(stack: AsyncExitStack, memory: Memory, clock: Running, folder: Path) -> Town:
    """Start the bot over a stand-in, with three people on its list."""
    telegram = Telegram(clock=clock)
    telegram.allowed_updates = frozenset(ALLOWED_UPDATES)
    settings = Settings(
        _env_file=None,
        token=TOKEN,
        api_url="http://127.0.0.1:9",
        key_file=folder / "unused",
        pace=1000,
        paid_broadcast=True,
    )
    vestka = app.build(
        settings,
        memory,
        clock=clock,
        request=SimulatedRequest(telegram),
        updates=SimulatedRequest(telegram),
        post=telegram.post,
    )
    await vestka.services.people.apply(people.read(PEOPLE.encode()))
    await stack.enter_async_context(vestka.application)
    telegram.arrived = partial(drain, vestka.application, telegram)
    town = Town(vestka, telegram, clock, memory.database)
    town.tasks = [asyncio.create_task(loop()) for loop in vestka.loops]
    stack.push_async_callback(_end, town)
    return town


async def _end(town: Town) -> None:
    for task in town.tasks:
        task.cancel()
    for result in await asyncio.gather(*town.tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
    # A press and the loop of the cards may bring the same card up to date at once.
    refused = [
        (one.method, one.description)
        for one in town.telegram.refusals
        if "not modified" not in one.description
    ]
    assert not refused, refused


async def tell(town: Town, author: Phone, other: Phone, text: str = LIST) -> None:
    """Take a list all the way: pasted, submitted, approved, everyone safe, sent."""
    await author.says(text)
    await town.do(author, Verb.EDIT, Deed.SUBMIT)
    await town.do(other, Verb.DECIDE, Deed.APPROVE)
    await everyone_is_safe(town, author, other)
    await town.quiet()


async def everyone_is_safe(town: Town, *editors: Phone) -> None:
    """Let editors say so of all groups that are not open yet."""
    (notice,) = await town.vestka.services.notices.open_notices()
    for editor in editors:
        await town.do(editor, Verb.DECIDE, Deed.SAFE, notice.id, notice.seal, 0)

"""The log of a full run at DEBUG says neither who the readers are nor what the token is."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from aiohttp import ClientSession

from bot import log
from simulator.core import TOKEN
from simulator.phone import Phone
from tests.doorstep import SECRET, brought, new_hook
from tests.town import Town, tell, town
from views.callbacks import Verb

__all__ = ["town"]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in log.OURS}
    stream = io.StringIO()
    log.set_up("debug", stream=stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def harmless(text: str, *phones: Phone) -> None:
    assert TOKEN not in text
    assert TOKEN.partition(":")[2] not in text
    for phone in phones:
        assert str(phone.id) not in text
        assert phone.user.first_name not in text


async def test_a_full_run_gives_nobody_away(written: io.StringIO, town: Town) -> None:
    author, other = await town.editor("Alena"), await town.editor("Barys")
    reader = await town.reader("Chytachka", "be")
    await town.follow(reader, "Алеся Ластаўка")
    hidden = await town.reader("Tajnaja", "be", discreet=True)
    await town.follow(hidden, "Алеся Ластаўка")
    await tell(town, author, other)
    await reader.says("Зоська Гняздоўская")
    await town.press(reader, Verb.WAIT)
    await reader.says("Зоська Гняздоўская", reply_to=reader.last)
    await town.press(reader, Verb.TELL)
    await reader.says("Пра Зоську Гняздоўскую", reply_to=reader.last)
    await author.says("/waiting")
    await reader.says("Пытанне, якога ніхто не павінен бачыць")
    await reader.says("Ластовкою Олесею")
    await town.press(reader, Verb.TIMELINE)
    await town.press(reader, Verb.CARD)
    await reader.types("Пытанне, надрукаванае ў чужым чаце")
    await reader.presses_data("no such button", reader.last)
    await hidden.says("/forget")
    harmless(written.getvalue(), author, other, reader, hidden)
    for word in ("Пытанне", "Ластовкою", "Олесею"):
        assert word not in written.getvalue()
    assert "Гняздоўск" not in written.getvalue()


async def test_what_breaks_gives_nobody_away(
    written: io.StringIO, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = await town.reader("Chytachka", "be")

    async def broken(_text: str, **_more: object) -> object:
        raise RuntimeError(f"{town.vestka.application.bot!r} lost {reader.id} {reader.chat!r}")

    monkeypatch.setattr(type(town.vestka.services.search), "ask", broken)
    await reader.says("Алеся Ластаўка")
    assert "failed" in written.getvalue()
    before = len(written.getvalue())
    await reader.types("Алеся Ластаўка")
    assert "failed" in written.getvalue()[before:]
    harmless(written.getvalue(), reader)
    assert "Ластаўка" not in written.getvalue()


async def test_reprs_give_nobody_away(written: io.StringIO, town: Town) -> None:
    reader = await town.reader("Chytachka", "be")
    ours = structlog.get_logger("bot.run")
    for thing in (town.vestka, town.vestka.application, town.vestka.application.bot):
        ours.error("something", thing=thing, reader=await town.stored(reader))
        ours.error(f"something about {thing!r}")
        logging.getLogger("telegram.ext").error("something about %r %s", thing, reader.id)
    harmless(written.getvalue(), reader)
    assert TOKEN not in repr(town.vestka)
    assert TOKEN not in repr(town.vestka.broadcast)


async def test_what_is_brought_gives_nobody_away(
    written: io.StringIO, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_text: str, **_more: object) -> object:
        raise RuntimeError(f"lost {reader.id} {reader.chat!r}")

    hook = new_hook()
    bodies = (b"{", b"[" * 100_000, b'{"update_id": "Pytannie"}', b'{"message": "Pytannie"}')
    async with brought(town, hook), ClientSession() as stranger:
        reader = await town.reader("Chytachka", "be")
        await town.follow(reader, "Алеся Ластаўка")
        for secret in (SECRET, "Zdahadka", "Здагадка"):
            for body in (*bodies, f'{{"update_id": 1, "message": {{"a": {reader.id}}}}}'.encode()):
                headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
                await stranger.post(hook.url, headers=headers, data=body)
                await stranger.get(hook.url / "Pytannie", headers=headers)
        monkeypatch.setattr(type(town.vestka.services.search), "ask", broken)
        await reader.says("Алеся Ластаўка")
    said = written.getvalue()
    assert "failed" in said
    assert "dropped what is no update" in said
    harmless(said, reader)
    for word in ("Ластаўка", SECRET, "Zdahadka", "Здагадка", "Pytannie", "127.0.0.1"):
        assert word not in said

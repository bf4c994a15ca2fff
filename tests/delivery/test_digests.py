"""Digests on their way: sent at their hour, hidden where that is wished, mended in place."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from db import waves
from db.connection import Database
from db.vault import Vault
from delivery.hourly import HourlyLoop
from delivery.letters import Letters
from locales import speak
from model.errors import Unavailable
from model.notices import Tally, WaveId, WaveKind
from model.people import EventKind
from model.readers import ChatId
from model.wishes import Rhythm, Wishes
from services.wishes import Choices
from tests.delivery.postroom import Postroom
from tests.delivery.press import ALES, MARIA, Press
from tests.discretion import PRISON
from tests.watch import AT_MOST, Watch
from views import callbacks
from views.callbacks import Verb

NINE = datetime(2025, 12, 15, 7, 0, tzinfo=UTC)
DAILY = Wishes("Europe/Vilnius", digest=Rhythm.DAILY)


@pytest.fixture
async def press(database: Database, vault: Vault, clock: Watch) -> Press:
    press = Press(database, vault, clock)
    await press.know(MARIA, ALES)
    clock.now = NINE
    return press


async def strike(press: Press, postroom: Postroom) -> WaveId:
    """Send the digests of this hour."""
    assert await postroom.digests.begin()
    async with press.database.read() as conn:
        number = (await waves.current(conn))[-1].wave.id
    await postroom.deliver(number)
    return number


async def test_a_digest_tells_each_reader_something_else(press: Press, postroom: Postroom) -> None:
    await press.happen(MARIA, EventKind.DETAINED)
    await press.happen(ALES, EventKind.RELEASED)
    await press.welcome(1, wishes=DAILY, follows=frozenset({MARIA}))
    await press.welcome(2, wishes=DAILY, follows=frozenset({ALES}))
    await strike(press, postroom)
    (first,), (second,) = postroom.texts(1), postroom.texts(2)
    assert "Person 101" in first.split("Still held")[0]
    assert "Person 102" not in first
    assert "Person 102" in second.split("Still held")[0]
    # She is among those of whom nothing was heard for longest.
    assert "Person 101" in second.split("Still held")[1]


async def test_no_digest_is_lost_where_there_are_more_than_are_kept_in_memory(
    press: Press, postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.letters.RENDERED_AT_MOST", 10)
    await press.happen(MARIA, EventKind.DETAINED)
    for chat in range(1, 31):
        await press.welcome(chat, wishes=DAILY, follows=frozenset({MARIA}))
    assert await postroom.digests.begin()
    async with press.database.read() as conn:
        number = (await waves.current(conn))[-1].wave.id
    await postroom.deliver(number, claims=3, unsettled=1)
    assert await press.tally(number) == Tally(delivered=30)


async def test_a_discreet_reader_is_told_that_there_is_something_and_nothing_else(
    press: Press, postroom: Postroom
) -> None:
    await press.happen(MARIA, EventKind.DETAINED)
    await press.welcome(1, wishes=DAILY, follows=frozenset({MARIA}), discreet=True)
    wave = await strike(press, postroom)
    (told,) = postroom.telegram.calls_of("sendMessage")
    assert told.values["text"] == "1 new message"
    (((button,),),) = (told.values["reply_markup"]["inline_keyboard"],)
    assert button["callback_data"] == callbacks.data(Verb.DIGEST, wave)
    assert not PRISON.search(str(told.values))


async def test_a_digest_that_told_a_mistake_is_mended_in_place(
    press: Press, postroom: Postroom, clock: Watch
) -> None:
    await press.happen(MARIA, EventKind.RELEASED)
    await press.welcome(1, wishes=DAILY, releases=True)
    notice = await press.release([MARIA])
    await press.open(notice)
    await postroom.make()
    clock.now = NINE + timedelta(days=1)
    await strike(press, postroom)
    assert "Person 101" in postroom.texts(1)[0]
    correction = await press.correct(notice, MARIA)
    clock.advance(timedelta(minutes=2))
    await postroom.deliver(correction)
    (mended,) = postroom.texts(1, "editMessageText")
    assert "Person 101" not in mended
    assert "CORRECTION" in postroom.texts(1)[1]


async def test_what_there_is_nothing_to_say_of_is_not_sent(
    press: Press, postroom: Postroom, clock: Watch
) -> None:
    """Who follows one person who is free by now needs no monthly note."""
    await press.happen(MARIA, EventKind.RELEASED)
    wishes = DAILY._replace(digest=None, monthly=True)
    await press.welcome(1, wishes=wishes, follows=frozenset({MARIA}))
    clock.now = datetime(2026, 1, 1, 7, 0, tzinfo=UTC)
    assert await postroom.digests.begin()
    async with press.database.read() as conn:
        (wave,) = [
            one.wave.id for one in await waves.current(conn) if one.wave.kind is WaveKind.UNCHANGED
        ]
    await postroom.deliver(wave)
    assert postroom.texts(1) == []
    assert await press.tally(wave) == Tally(gone=1)


async def test_who_wakes_is_told_at_once(
    press: Press, postroom: Postroom, database: Database, vault: Vault, clock: Watch
) -> None:
    await press.welcome(1, follows=frozenset({MARIA}))
    choices = Choices(database, vault, clock, "Europe/Vilnius")
    await choices.sleep(ChatId(1), 7, language="en")
    clock.advance(timedelta(days=1))
    await choices.wake(ChatId(1))
    async with database.read() as conn:
        (one,) = await waves.current(conn)
    await postroom.deliver(one.wave.id)
    assert "Person 101" in postroom.texts(1)[0]


async def test_letters_without_anybody_to_put_them_together_say_nothing(
    press: Press, postroom: Postroom
) -> None:
    await press.welcome(1, wishes=DAILY)
    await postroom.digests.begin()
    await postroom.make()
    claimed = await postroom.outbox.claim(9)
    letters = Letters(postroom.news.wave, postroom.outbox.people, speak)
    await letters.prepare(claimed)
    assert [letters.letter(one) for one in claimed] == [None]


async def test_letters_keep_only_so_many_of_those_that_are_like_no_other(
    press: Press, postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.letters.RENDERED_AT_MOST", 1)
    await press.welcome(1, wishes=DAILY)
    await press.welcome(2, wishes=DAILY)
    await postroom.digests.begin()
    await postroom.make()
    first, second = await postroom.outbox.claim(9)
    letters = Letters(
        postroom.news.wave, postroom.outbox.people, speak, compose=postroom.composer.compose
    )
    await letters.prepare([first])
    await letters.prepare([second])
    assert letters.letter(first) is None
    assert letters.letter(second) is not None


async def test_the_clock_is_looked_at_until_the_loop_ends(
    press: Press, postroom: Postroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.hourly.EACH", 0.0)
    locked = [True]

    async def strike() -> bool:
        if locked:
            locked.clear()
            raise Unavailable
        return await postroom.digests.begin()

    begun = asyncio.Event()
    loop = HourlyLoop(strike, begun.set)
    running = asyncio.create_task(loop.run())
    async with asyncio.timeout(AT_MOST):
        await begun.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not await postroom.digests.begin()

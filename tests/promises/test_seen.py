"""That somebody marked news as seen is known to nobody but that chat and the sealed delivery."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from db.connection import Database
from db.vault import Vault
from model.deliveries import Ending, Outcome
from model.notices import Dossier, NoticeId, WaveId
from model.readers import ChatId
from services.fanout import FanOut
from services.notices import Notices
from services.outbox import KEPT, Outbox
from services.reminders import Reminders
from tests.delivery.press import MARIA, Press
from tests.watch import Watch

READER, OTHER = ChatId(5_000_000_001), ChatId(5_000_000_002)


class Post:
    """News of a person, told to two who follow her."""

    def __init__(self, press: Press, random: Callable[[int], int]) -> None:
        self.press = press
        database, vault, clock = press.database, press.vault, press.clock
        self.outbox = Outbox(database, vault, clock)
        self.notices = Notices(database, vault, clock, random, 1, lambda _: None)
        self.reminders = Reminders(database, vault, clock)

    async def deliver(self) -> tuple[NoticeId, WaveId]:
        notice = await self.press.tell_of(MARIA)
        wave = await self.press.open(notice)
        while await FanOut(self.press.database, self.press.vault, self.press.clock).advance():
            pass
        claimed = await self.outbox.claim(9)
        await self.outbox.settle([Outcome(one, Ending.DELIVERED, 70) for one in claimed])
        await self.outbox.end_waves()
        return notice, wave

    async def rows(self) -> list[tuple[object, ...]]:
        """Return all that a thief reads of the deliveries."""
        async with self.press.database.read() as conn:
            found = await conn.execute(text("SELECT * FROM delivery ORDER BY mark"))
            return [tuple(row) for row in found]

    async def shown(self, notice: NoticeId) -> Dossier:
        return await self.notices.dossier(notice)


@pytest.fixture
async def post(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> Post:
    press = Press(database, vault, clock)
    await press.know(MARIA)
    for chat in (READER, OTHER):
        await press.welcome(chat, follows=frozenset({MARIA}))
    return Post(press, random)


async def test_a_stolen_database_does_not_say_who_has_seen_what(post: Post) -> None:
    _, wave = await post.deliver()
    before = await post.rows()
    await post.reminders.see(READER, wave)
    after = await post.rows()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    ((old, new),) = changed
    # Only what is sealed has changed, and not how long it is.
    (sealed,) = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert [type(one) for one in sealed] == [bytes, bytes]
    assert {len(value) for row in after for value in row if isinstance(value, bytes)} == {
        len(value) for row in before for value in row if isinstance(value, bytes)
    }


async def test_editors_learn_neither_who_has_seen_it_nor_how_many(post: Post) -> None:
    notice, wave = await post.deliver()
    before = await post.shown(notice)
    await post.reminders.see(READER, wave)
    assert await post.shown(notice) == before


async def test_it_is_gone_with_the_delivery_after_three_days(post: Post, clock: Watch) -> None:
    _, wave = await post.deliver()
    await post.reminders.see(READER, wave)
    clock.advance(KEPT * 2)
    await post.outbox.purge()
    assert await post.rows() == []

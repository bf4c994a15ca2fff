"""One person's wishes, through the chat: the night, a rest, a digest, and what breaks through."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from db import waves
from exchange import people
from model.notices import NoticeId
from simulator.core import Call
from simulator.phone import Phone
from tests.town import LIST, Town, everyone_is_safe, tell
from tests.watch import AT_MOST
from views.callbacks import Deed, Verb, Wish

BORN = """\
ref,gender,name.be,birthday,status,status_on,source
sinica,female,Ганна Сініца,12-20,imprisoned,2024,Viasna
"""


@pytest.fixture
async def editors(town: Town) -> tuple[Phone, Phone]:
    return await town.editor("Alena"), await town.editor("Barys", "lt")


@pytest.fixture
async def volha(town: Town) -> Phone:
    """Let a mother follow one of those who will be freed, and want all news of releases."""
    phone = await town.reader("Volha", "be")
    await town.follow(phone, "Алеся Ластаўка")
    await phone.says("/releases")
    return phone


async def wish(town: Town, phone: Phone, page: Wish, *choices: tuple[Wish, str | int]) -> None:
    """Choose on a page of /settings."""
    await phone.says("/settings")
    await town.press(phone, Verb.WISHES, page)
    for choice in choices:
        await town.press(phone, Verb.WISH, *choice)


async def passes(town: Town, until: Callable[[datetime], bool]) -> None:
    """Let the bot run on until some hour, doing in each what its clock begins."""
    services = town.vestka.services
    while not until(town.clock()):
        town.clock.advance(timedelta(minutes=50))
        await services.guard.beat()
        if await services.digests.begin():
            town.vestka.changed(NoticeId(0))
        # The bot's own look at the clock may have been the first.
        await made(town)


async def made(town: Town) -> None:
    """Wait until the deliveries of all waves are made: no hour is over before."""
    async with asyncio.timeout(AT_MOST):
        while True:
            async with town.database.read() as conn:
                if not await waves.unmade(conn):
                    return
            await asyncio.sleep(0.02)


def at(hour: int, day: int | None = None) -> Callable[[datetime], bool]:
    """Wait for an hour of Vilnius in winter."""

    def reached(now: datetime) -> bool:
        there = now + timedelta(hours=2)
        return there.hour == hour and day in {None, there.day}

    return reached


def sent(town: Town, phone: Phone, before: int) -> list[Call]:
    """Return the messages a phone got since."""
    calls = [one for one in town.telegram.calls_of("sendMessage") if one.chat_id == phone.id]
    return calls[before:]


def heard(town: Town, phone: Phone) -> int:
    return len(sent(town, phone, 0))


async def lets_out(town: Town, author: Phone, other: Phone, text: str = LIST) -> None:
    """Take news to where it goes out, as far as its readers want it now."""
    await author.says(text)
    await town.do(author, Verb.EDIT, Deed.SUBMIT)
    await town.do(other, Verb.DECIDE, Deed.APPROVE)
    await everyone_is_safe(town, author, other)


async def correct(town: Town, author: Phone, other: Phone) -> None:
    """Take back the first who was named."""
    await town.do(author, Verb.DECIDE, Deed.TAKE_BACK)
    await town.do(author, Verb.DECIDE, Deed.CHOOSE)
    await town.do(author, Verb.DECIDE, Deed.CORRECT)
    await town.do(author, Verb.DECIDE, Deed.CORRECT_SURELY)
    await town.do(other, Verb.DECIDE, Deed.APPROVE)


async def test_at_night_news_waits_for_the_morning_and_a_correction_does_not(
    town: Town, editors: tuple[Phone, Phone], volha: Phone
) -> None:
    awake = await town.reader("Petras", "lt")
    await awake.says("/releases")
    await wish(town, volha, Wish.QUIET, (Wish.BEGINS, 22), (Wish.ENDS, 7))
    await wish(town, volha, Wish.ZONE, (Wish.ZONE, 1))
    await passes(town, at(23))
    before, others = heard(town, volha), heard(town, awake)
    await lets_out(town, *editors)
    await town.until(lambda: heard(town, awake) == others + 1)
    await passes(town, at(6))
    assert heard(town, volha) == before
    await passes(town, at(7))
    await town.quiet()
    (news,) = sent(town, volha, before)
    assert "Алеся Ластаўка" in (news.text or "")
    await passes(town, at(2))
    await correct(town, *editors)
    await town.until(lambda: heard(town, volha) == before + 2)
    correction = sent(town, volha, before)[-1]
    assert "Гэта была памылка." in (correction.text or "")
    assert not correction.values.get("disable_notification")
    await town.until(lambda: heard(town, awake) == others + 2)
    assert sent(town, awake, others)[-1].values.get("disable_notification")


async def test_who_rests_for_three_days_is_told_on_waking_in_one_message(
    town: Town, editors: tuple[Phone, Phone], volha: Phone
) -> None:
    await wish(town, volha, Wish.SLEEP, (Wish.SLEEP, 3))
    before = heard(town, volha)
    await tell(town, *editors)
    await passes(town, at(13, 16))
    assert heard(town, volha) == before
    await passes(town, at(15, 16))
    await town.until(lambda: heard(town, volha) > before)
    await passes(town, at(12, 17))
    (waking,) = sent(town, volha, before)
    assert "Алеся Ластаўка" in (waking.text or "")
    assert "Янка Верабей" in (waking.text or "")


async def test_who_wants_a_weekly_digest_hears_of_a_release_on_monday_and_not_before(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    await town.vestka.services.people.apply(people.read(BORN.encode()))
    reader = await town.reader("Nina", "be")
    await town.follow(reader, "Рыгор Салавей")
    await reader.says("/releases")
    await wish(town, reader, Wish.DIGEST, (Wish.DIGEST, "weekly"))
    before = heard(town, reader)
    await tell(town, *editors)
    # The thirteenth is a Saturday.
    await passes(town, at(8, 15))
    assert heard(town, reader) == before
    await passes(town, at(10, 15))
    await town.until(lambda: heard(town, reader) > before)
    (digest,) = sent(town, reader, before)
    for told in ("Алеся Ластаўка", "Рыгор Салавей", "Ганна Сініца"):
        assert told in (digest.text or "")


async def test_at_the_beginning_of_a_month_who_asked_hears_that_nothing_has_changed(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    await tell(town, *editors)
    # Nothing is on its way: nothing is asked about the days between.
    town.clock.advance(timedelta(days=18))
    await town.vestka.services.guard.beat()
    reader = await town.reader("Nina", "be")
    for name in ("Рыгор Салавей", "Алеся Ластаўка"):
        await town.follow(reader, name)
    await wish(town, reader, Wish.MONTHLY, (Wish.MONTHLY, 1))
    before = heard(town, reader)
    await passes(town, at(10, 1))
    await town.until(lambda: heard(town, reader) > before)
    await passes(town, at(10, 2))
    (monthly,) = sent(town, reader, before)
    assert "Рыгор Салавей" in (monthly.text or "")
    assert "Алеся Ластаўка" not in (monthly.text or "")


async def test_after_three_days_a_correction_reaches_those_who_follow_by_then_and_says_so(
    town: Town, editors: tuple[Phone, Phone], volha: Phone
) -> None:
    await tell(town, *editors)
    await passes(town, lambda now: now.day == 17)
    await town.vestka.services.outbox.purge()
    late = await town.reader("Marta", "be")
    await town.follow(late, "Алеся Ластаўка")
    before = {phone: heard(town, phone) for phone in (volha, late)}
    await correct(town, *editors)
    await town.quiet()
    for phone, known in before.items():
        (correction,) = sent(town, phone, known)
        assert "Гэта была памылка." in (correction.text or "")
        assert "мы ўжо не захоўваем" in (correction.text or "")

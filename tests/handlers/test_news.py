"""The latest news, and news behind a button."""

import pytest

from handlers.context import Services
from model.people import PersonId
from model.readers import ChatId
from services.fanout import FanOut
from simulator.phone import Phone
from tests.newsroom import Newsroom


@pytest.fixture
def newsroom(database, vault, clock, random) -> Newsroom:
    return Newsroom(database, vault, clock, random)


@pytest.fixture
async def listed(newsroom: Newsroom) -> PersonId:
    """List some people, and keep their news for later."""
    return (await newsroom.lists())["maria"]


async def test_there_may_be_no_news(reader: Phone):
    await reader.says("/news")
    assert reader.heard[-1] == "There is no news yet."


async def test_the_latest_news_is_offered_and_shown(
    reader: Phone, newsroom: Newsroom, listed: PersonId
):
    await newsroom.opened()
    await reader.says("/news")
    assert "Release, December 13, 2025" in reader.heard[-1]
    await reader.presses("Release, December 13, 2025")
    assert "123" in reader.heard[-1]


async def test_news_shows_on_top_whom_this_chat_was_told_of(
    reader: Phone, newsroom: Newsroom, listed: PersonId, services: Services, database, vault, clock
):
    await reader.says("Марыя Калеснікава")
    await reader.presses("Tell me news")
    await newsroom.opened()
    fanout = FanOut(database, vault, clock)
    while await fanout.advance():
        pass
    await reader.says("/news")
    await reader.presses("Release, December 13, 2025")
    assert "Maria Kalesnikava" in reader.heard[-1].split("\n\n")[0]
    known = await services.readers.of(ChatId(reader.id))
    assert known is not None


async def test_the_names_are_pages_that_lead_back(
    reader: Phone, newsroom: Newsroom, listed: PersonId
):
    await newsroom.opened()
    await reader.says("/news")
    await reader.presses("Release, December 13, 2025")
    news = reader.heard[-1]
    await reader.presses("All names: 3")
    assert "Maria Kalesnikava" in reader.heard[-1]
    await reader.presses("‹ Back")
    assert reader.heard == [news]


@pytest.mark.parametrize("data", ["w:1", "p:1:0"])
async def test_what_is_held_is_no_news(
    reader: Phone, newsroom: Newsroom, listed: PersonId, data: str
):
    await newsroom.held()
    await reader.says("/news")
    assert reader.heard[-1] == "There is no news yet."
    await reader.presses_data(data, reader.last)
    assert reader.alert is not None


# --- seen -------------------------------------------------------------------------------------


async def told(phone: Phone, newsroom: Newsroom, database, vault, clock) -> None:
    """Let somebody follow, and tell of it by the news of a release."""
    await phone.says("Марыя Калеснікава")
    if "Show" in phone.buttons:
        await phone.presses("Show")
    await phone.presses("Tell me news")
    await newsroom.opened()
    fanout = FanOut(database, vault, clock)
    while await fanout.advance():
        pass


async def test_seen_takes_its_button_away_and_thanks_in_passing(
    reader: Phone, newsroom: Newsroom, listed: PersonId, database, vault, clock
):
    await told(reader, newsroom, database, vault, clock)
    await reader.says("/news")
    await reader.presses_data("w:1", on=reader.last)
    assert reader.buttons[-1] == "Seen"
    heard = list(reader.heard)
    pressed = reader.last
    await reader.presses("Seen")
    assert reader.toast == "Thank you."
    assert reader.heard == heard
    assert "Seen" not in reader.buttons
    await reader.presses_data("v:1", on=pressed)
    assert reader.toast == "Thank you."
    await reader.says("/news")
    await reader.presses_data("w:1", on=reader.last)
    assert "Seen" not in reader.buttons


async def test_a_discreet_reader_has_seen_what_was_unfolded(
    discreet: Phone, newsroom: Newsroom, listed: PersonId, services: Services, database, vault,
    clock,
):  # fmt: skip
    await told(discreet, newsroom, database, vault, clock)
    for seen in (False, True):
        await discreet.says("/news")
        await discreet.presses_data("w:1", on=discreet.last)
        assert ("Seen" in discreet.buttons) is not seen
    address = await services.outbox.told(ChatId(discreet.id), (await latest(services)))
    assert address is not None
    assert address.seen
    await discreet.says("/mydata")
    await discreet.presses("Show")
    assert "Marked as seen: 1." in discreet.heard[-1]


async def latest(services: Services):
    (item,) = await services.news.latest()
    return item.wave


async def test_who_was_told_nothing_is_asked_nothing(
    reader: Phone, newsroom: Newsroom, listed: PersonId
):
    await newsroom.opened()
    await reader.says("/news")
    await reader.presses_data("w:1", on=reader.last)
    assert "Seen" not in reader.buttons

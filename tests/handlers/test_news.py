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

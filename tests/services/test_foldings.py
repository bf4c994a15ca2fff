"""A discreet reader's message shows its text for a minute, even across a restart."""

from datetime import timedelta

import pytest

from db.connection import Database, open_database
from db.vault import Vault
from model.readers import ChatId, Spot
from services.foldings import Foldings
from tests.watch import Watch

HANNA, MARYNA = ChatId(52_000_000_001), ChatId(52_000_000_002)


@pytest.fixture
def foldings(database: Database, vault: Vault, clock: Watch) -> Foldings:
    return Foldings(database, vault, clock)


async def test_nothing_is_to_be_folded_at_first(foldings: Foldings) -> None:
    assert await foldings.due() == ()
    assert await foldings.next_due() is None


async def test_a_text_is_shown_for_a_minute(foldings: Foldings, clock: Watch) -> None:
    await foldings.unfolded(HANNA, 7, "be")
    assert await foldings.next_due() == clock() + timedelta(seconds=60)
    clock.advance(timedelta(seconds=59))
    assert await foldings.due() == ()
    clock.advance(timedelta(seconds=1))
    assert await foldings.due() == (Spot(HANNA, 7, "be"),)


async def test_what_shows_the_text_again_is_remembered(foldings: Foldings, clock: Watch) -> None:
    longest = "x" * 64
    await foldings.unfolded(HANNA, 2**31, "zh-Hant-TW", shows=longest)
    clock.advance(timedelta(minutes=1))
    assert await foldings.due() == (Spot(HANNA, 2**31, "zh-Hant-TW", longest),)


async def test_what_is_folded_is_forgotten(foldings: Foldings, clock: Watch) -> None:
    await foldings.unfolded(HANNA, 7, "be")
    await foldings.unfolded(HANNA, 8, "be")
    await foldings.unfolded(MARYNA, 7, "uk")
    clock.advance(timedelta(minutes=1))
    await foldings.folded(*(await foldings.due())[:0])
    assert len(await foldings.due()) == 3
    await foldings.folded(Spot(HANNA, 7, "be"), Spot(HANNA, 8, "be"))
    assert await foldings.due() == (Spot(MARYNA, 7, "uk"),)


async def test_opening_it_again_shows_it_for_another_minute(
    foldings: Foldings, clock: Watch
) -> None:
    await foldings.unfolded(HANNA, 7, "be")
    clock.advance(timedelta(seconds=50))
    await foldings.unfolded(HANNA, 7, "be")
    clock.advance(timedelta(seconds=10))
    assert await foldings.due() == ()
    clock.advance(timedelta(seconds=50))
    assert await foldings.due() == (Spot(HANNA, 7, "be"),)


async def test_what_is_opened_again_while_it_is_folded_is_folded_once_more(
    foldings: Foldings, clock: Watch
) -> None:
    """Without this, a press in the very second of the folding would show a name for good."""
    await foldings.unfolded(HANNA, 7, "be")
    clock.advance(timedelta(minutes=1))
    due = await foldings.due()
    await foldings.unfolded(HANNA, 7, "be")
    await foldings.folded(*due)
    clock.advance(timedelta(minutes=1))
    assert await foldings.due() == due


async def test_it_is_folded_after_a_restart(
    foldings: Foldings, database_url: str, vault: Vault, clock: Watch
) -> None:
    await foldings.unfolded(HANNA, 7, "be")
    clock.advance(timedelta(hours=5))
    reopened = open_database(database_url)
    assert await Foldings(reopened, vault, clock).due() == (Spot(HANNA, 7, "be"),)
    await reopened.close()

"""What is said, and what is written down, when something fails."""

import pytest
from telegram.ext import ApplicationHandlerStop

from handlers import errors
from handlers.context import BotApplication, BotContext, Services
from model.errors import SealBroken, Unavailable
from model.readers import ChatId
from simulator import faults
from simulator.core import Telegram
from simulator.phone import Phone
from tests.world import Mishaps


@pytest.fixture
def broken(services: Services, monkeypatch: pytest.MonkeyPatch):
    """Let the look for news raise what a test wants."""

    def let(error: Exception) -> None:
        async def latest(_self: object, _most: int) -> None:
            raise error

        monkeypatch.setattr(type(services.news), "latest", latest)

    return let


async def test_a_bug_is_a_reference_for_the_reader_and_a_line_for_the_operator(
    reader: Phone, broken, mishaps: Mishaps
):
    broken(RuntimeError(f"the chat {reader.id} asked for Ластаўка"))
    await reader.says("/news")
    (entry,) = mishaps
    assert reader.heard[-1] == (
        "Something went wrong on our side. If you write to us about it, give this reference: "
        f"{entry['reference']}"
    )
    assert entry["error"] == "RuntimeError"
    assert any("news.py" in frame for frame in entry["where"])
    assert str(reader.id) not in str(entry)
    assert "Ластаўка" not in str(entry)
    mishaps.clear()


async def test_a_bug_behind_a_button_is_said_in_the_answer_to_the_press(
    reader: Phone, broken, mishaps: Mishaps
):
    await reader.says("/start")
    broken(RuntimeError())
    await reader.presses_data("N", reader.last)
    assert reader.alert is not None
    assert mishaps[0]["reference"] in reader.alert
    mishaps.clear()


async def test_a_broken_record_is_the_operators_matter(reader: Phone, broken, mishaps: Mishaps):
    broken(SealBroken("a record in reader.sealed does not open"))
    await reader.says("/news")
    assert mishaps[0]["reference"] in reader.heard[-1]
    mishaps.clear()


async def test_a_database_that_does_not_answer_is_said_and_not_a_bug(reader: Phone, broken):
    broken(Unavailable())
    await reader.says("/news")
    assert reader.heard[-1] == (
        "This did not work just now; nothing was changed. Please try again soon."
    )


async def test_a_reader_who_blocked_the_bot_before_the_answer_is_erased(
    reader: Phone, telegram: Telegram, services: Services
):
    await reader.says("/releases")
    telegram.misbehave(faults.blocked(), method="sendMessage", chat=reader)
    await reader.says("/news")
    assert await services.readers.of(ChatId(reader.id)) is None
    telegram.refusals.clear()


async def test_a_group_that_moved_before_the_answer_is_moved(
    reader: Phone, telegram: Telegram, services: Services
):
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    await reader.says("/releases", where=group)
    telegram.misbehave(faults.migrated(-1_000_000_000_777), method="sendMessage", chat=group)
    await reader.says("/news", where=group)
    known = await services.readers.of(ChatId(-1_000_000_000_777))
    assert known is not None
    assert known.releases
    telegram.refusals.clear()


@pytest.mark.parametrize(
    "fault", [faults.flood(5), faults.not_reached(), faults.server_error()], ids=lambda f: f.name
)
async def test_when_telegram_takes_no_messages_nothing_more_is_sent(
    reader: Phone, telegram: Telegram, mishaps: Mishaps, fault: faults.Fault
):
    telegram.misbehave(fault, method="sendMessage")
    await reader.says("/help")
    assert [entry["event"] for entry in mishaps] == ["failed"]
    assert len(telegram.calls_of("sendMessage")) == 0
    assert len(telegram.refusals) <= 1
    mishaps.clear()
    telegram.refusals.clear()


async def test_an_error_about_nobody_is_only_written_down(
    application: BotApplication, mishaps: Mishaps
):
    context = BotContext.from_error(None, RuntimeError(), application)
    with pytest.raises(ApplicationHandlerStop):
        await errors.answer(None, context)
    assert mishaps[0]["error"] == "RuntimeError"
    mishaps.clear()


async def test_a_sentence_that_cannot_be_said_ends_there(
    reader: Phone, telegram: Telegram, broken, mishaps: Mishaps
):
    broken(Unavailable())
    telegram.misbehave(faults.blocked(), method="sendMessage")
    await reader.says("/news")
    assert [entry["error"] for entry in mishaps] == ["Forbidden"]
    mishaps.clear()
    telegram.refusals.clear()


async def test_no_handler_acts_while_the_reader_is_not_known(
    reader: Phone, telegram: Telegram, services: Services, monkeypatch: pytest.MonkeyPatch
):
    """Not even a discreet reader's next answer may come out in clear for a database's hiccup."""

    async def of(_self: object, _chat: int) -> None:
        raise Unavailable

    monkeypatch.setattr(type(services.readers), "of", of)
    await reader.says("/following")
    assert reader.heard == [
        "This did not work just now; nothing was changed. Please try again soon."
    ]

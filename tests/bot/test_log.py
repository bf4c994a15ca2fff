"""The log says what happened, never to whom."""

import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from bot import log

TOKEN = "123456789:AAF-invented-token-of-thirty-five-cha"
CHAT = 52_000_000_123
GROUP = -1_001_234_567_890


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root, levels = logging.getLogger(), {}
    handlers, level = root.handlers[:], root.level
    for name in log.OURS:
        levels[name] = logging.getLogger(name).level
    stream = io.StringIO()
    log.set_up("debug", stream=stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def harmless(text: str) -> bool:
    return TOKEN not in text and TOKEN[10:] not in text and str(CHAT) not in text


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"Bot[token={TOKEN}]",
        f"chat {CHAT} and {GROUP}",
        f"'{CHAT}'",
        f"x{CHAT}y",
    ],
)
def test_tokens_and_chats_are_washed_out_of_any_text(text: str) -> None:
    washed = log.wash(text)
    assert harmless(washed)
    assert str(GROUP) not in washed


def test_what_is_no_chat_stays() -> None:
    assert log.wash("2025-12-13 14:20: 123 of 1100") == "2025-12-13 14:20: 123 of 1100"


def test_our_own_words_are_washed(written: io.StringIO) -> None:
    structlog.get_logger("bot.run").info(f"started {CHAT}", chat=GROUP, url=f"/bot{TOKEN}/getMe")
    logging.getLogger("handlers.ask").debug("from %s", CHAT)
    assert "started [number]" in written.getvalue()
    assert "from [number]" in written.getvalue()
    assert harmless(written.getvalue())


def test_a_traceback_is_washed_too(written: io.StringIO) -> None:
    try:
        raise ValueError(f"{TOKEN} wrote to {CHAT}")
    except ValueError:
        structlog.get_logger("bot.run").exception("failed")
    assert "ValueError: [token] wrote to [number]" in written.getvalue()
    assert harmless(written.getvalue())


def test_of_libraries_only_the_template_of_a_warning_is_kept(written: io.StringIO) -> None:
    telegram = logging.getLogger("telegram.Bot")
    telegram.debug("token %s", TOKEN)
    telegram.info("token %s", TOKEN)
    try:
        raise ValueError("Што з Марыяй?")
    except ValueError:
        telegram.critical("Received data was *%r*", {"text": "Што з Марыяй?"}, exc_info=True)
    logging.getLogger("asyncio").error("not retrieved\nfuture: Што з Марыяй?")
    assert "Received data was *%r* (ValueError)" in written.getvalue()
    assert "not retrieved" in written.getvalue()
    assert "token" not in written.getvalue()
    assert "Марыяй" not in written.getvalue()


def test_warnings_go_through_the_washing(written: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        log.set_up("info", stream=written)
        warnings.warn(f"{TOKEN} and {CHAT}", stacklevel=1)
        logging.captureWarnings(False)
    assert harmless(written.getvalue())


def test_a_program_may_read_it(written: io.StringIO) -> None:
    log.set_up("info", stream=written, json=True)
    structlog.get_logger("bot.run").info("made", deliveries=1000, chat=CHAT)
    line = json.loads(written.getvalue())
    assert line["event"] == "made"
    assert line["deliveries"] == 1000
    assert line["chat"] == "[number]"

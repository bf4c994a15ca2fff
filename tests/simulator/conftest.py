"""A Telegram of our own with one reader on it, and a clock that stands still until told."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator.core import Telegram
from simulator.phone import Phone


class StandingClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2025, 12, 13, 14, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **more: float) -> None:
        self.time += timedelta(**more)


Ask = Callable[..., Coroutine[Any, Any, Any]]


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def telegram(clock: StandingClock) -> Telegram:
    return Telegram(clock=clock)


@pytest.fixture
async def reader(telegram: Telegram) -> Phone:
    """Somebody who has started the bot; that update is already handled."""
    phone = Phone(telegram, "Alesia", language="be")
    await phone.says("/start")
    telegram.updates.clear()
    return phone


@pytest.fixture
def ask(telegram: Telegram) -> Ask:
    """Call a method and take what it returns."""

    async def call(method: str, **given: Any) -> Any:
        answer = await telegram.call(method, given)
        assert isinstance(answer.body, dict)
        assert answer.status == 200, answer.body
        return answer.body["result"]

    return call


@pytest.fixture
def refused(telegram: Telegram) -> Ask:
    """Call a method that must be refused and take the description."""

    async def call(method: str, **given: Any) -> str:
        answer = await telegram.call(method, given)
        assert isinstance(answer.body, dict)
        assert not answer.body["ok"], f"{method} was not refused"
        assert answer.body["error_code"] == answer.status
        return str(answer.body["description"])

    return call

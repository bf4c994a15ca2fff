"""What deliveries need to be sent: a press, a stand-in for Telegram, and a sender between."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from db.connection import Database
from db.vault import Vault
from services.editors import Editors
from services.outbox import Outbox
from simulator.core import Telegram
from simulator.request import SimulatedRequest
from tests.delivery.postroom import Postroom
from tests.delivery.press import ALES, IHAR, MARIA, NINA, Press
from tests.watch import Watch


@pytest.fixture
async def press(database: Database, vault: Vault, clock: Watch) -> Press:
    press = Press(database, vault, clock)
    await press.know(MARIA, ALES, IHAR, NINA)
    return press


@pytest.fixture
def telegram(clock: Watch) -> Telegram:
    return Telegram(clock=clock, accept_strangers=True)


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    request = SimulatedRequest(telegram)
    async with Bot(telegram.token, request=request, get_updates_request=request) as bot:
        yield bot


@pytest.fixture
def editors(database: Database, vault: Vault, clock: Watch) -> Editors:
    return Editors(database, vault, clock)


@pytest.fixture
def outbox(database: Database, vault: Vault, clock: Watch) -> Outbox:
    return Outbox(database, vault, clock)


@pytest.fixture
def postroom(
    database: Database, vault: Vault, clock: Watch, telegram: Telegram, outbox: Outbox
) -> Postroom:
    return Postroom(database, vault, clock, telegram, outbox)

"""What the command line says of what waits after an interruption."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot import memory, operating, settings
from bot.clock import now
from db import interruptions
from model.interruptions import Arrears, Cause, Interruption, InterruptionId, Waiting
from model.notices import NoticeId, NoticeKind, WaveId
from services.guard import Guard
from tests.bot.conftest import Vestka
from tests.delivery.press import MARIA, Press
from tests.watch import Watch

NOON = Watch()()


async def interrupt() -> NoticeId:
    """Let the bot of this installation have been away for two hours amid a release."""
    async with memory.recall(settings.read()) as remembered:
        database, vault = remembered.database, remembered.vault
        press = Press(database, vault, now)
        async with database.write() as conn:
            await interruptions.beat(conn, now() - timedelta(hours=2))
        await press.know(MARIA)
        notice = await press.release([MARIA])
        await press.open(notice)
        await Guard(database, vault, now).beat()
        return notice


def test_status_and_check_say_what_waits_and_since_when(installed: Path, vestka: Vestka) -> None:
    notice = asyncio.run(interrupt())
    status = vestka("release", "status").stdout
    assert status.startswith("the bot was away from ")
    assert "messages wait for the editors' word, and more not counted yet" in status
    (told,) = json.loads(vestka("release", "status", "--json").stdout)
    assert (told["notice"], told["interrupted"]) == (notice, True)
    found = {one["what"]: one for one in json.loads(vestka("check", "--quick", "--json").stdout)}
    assert found["waiting"]["verdict"] == "bad"
    assert found["waiting"]["mend"] == "editors decide: /notices"


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        (Cause.AWAY, "the bot was away from 2025-12-13 12:00 to 2025-12-13 14:00 UTC"),
        (Cause.CLOCK, "the clock jumped from 2025-12-13 12:00 to 2025-12-13 14:00 UTC"),
        (Cause.RESTORED, "a backup of 2025-12-13 12:00 UTC was put back"),
    ],
)
def test_every_cause_has_its_line(cause: Cause, says: str) -> None:
    of = Interruption(InterruptionId(1), cause, NOON, NOON + timedelta(hours=2))
    waits = Waiting(WaveId(1), NoticeId(1), NoticeKind.RELEASE, 340, made=True)
    assert operating.waits(Arrears(of, (waits,))) == (
        f"{says}; 340 messages wait for the editors' word"
    )

"""What the command line says of what waits after an interruption."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import memory, operating, settings
from bot.clock import now
from db import interruptions
from model.dates import PartialDate
from model.happenings import Happening
from model.interruptions import Arrears, Cause, Interruption, InterruptionId, Waiting
from model.notices import (
    Dossier,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    Tally,
    Wave,
    WaveId,
)
from model.people import EventKind
from model.releases import LineId, LineState, Release, ReleaseId
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


def test_a_backup_with_nothing_on_its_way_is_asked_about_too() -> None:
    of = Interruption(InterruptionId(1), Cause.RESTORED, NOON, NOON + timedelta(hours=2))
    assert operating.waits(Arrears(of, ())).endswith(
        "digests and reminders wait for the editors' word"
    )


def test_status_tells_progress_by_language_and_never_counts_a_few() -> None:
    release = Release(ReleaseId(1), "a", PartialDate.parse("2025-12-13"), (), (), ())
    notice = Notice(NoticeId(5), NoticeKind.RELEASE, NoticeState.GOING_OUT, ReleaseId(1), None)
    wave = Wave(WaveId(1), NoticeId(5), frozenset(), NOON, made=True)
    dossier = Dossier(
        notice,
        release,
        {},
        {},
        {},
        ((wave, Tally(waiting=290, delivered=1200, gone=4)),),
        1,
        languages={"be": Tally(delivered=1200, gone=4)},
        speed=29.0,
    )
    told = operating.told(dossier)
    assert told["ended_by_language"] == {
        "be": {"delivered": 1200, "gone": None, "unknown": 0, "failed": 0}
    }
    assert (told["per_second"], told["seconds_left"]) == (29.0, 10)
    said = operating.summary(dossier)
    assert "at an end, by language:" in said
    assert "be: delivered 1200, gone <10, unknown 0, failed 0" in said
    assert "29.0 a second, time left 0:00:10" in said
    still = operating.told(replace(dossier, speed=None, waves=()))
    assert (still["per_second"], still["seconds_left"]) == (None, None)


def test_news_of_people_stands_beside_releases() -> None:
    written = (
        Happening(LineId(1), "Alesia", LineState.SURE, kind=EventKind.CONTACT),
        Happening(LineId(2), "Janka", LineState.UNKNOWN, on=PartialDate.parse("2026-03-12")),
    )
    notice = Notice(NoticeId(7), NoticeKind.EVENTS, NoticeState.DRAFT, None, None)
    whole = Dossier(notice, written, {}, {}, {}, (), 1, told_by={LineId(1): NoticeId(3)})
    told = operating.told(whole)
    assert (told["kind"], told["date"], told["lines"]) == ("events", "2026-03-12", 2)
    assert told["unsettled"] == ["Janka"]
    assert told["missing"] == ["date", "kind", "release", "source"]
    assert operating.summary(whole).startswith("notice 7: events, draft, 2026-03-12, names: 2\n")

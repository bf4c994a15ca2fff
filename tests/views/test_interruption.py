"""What editors are asked after an interruption, in every case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from locales import LANGUAGES, speak
from model.interruptions import (
    Arrears,
    Cause,
    Decision,
    Interruption,
    InterruptionId,
    Waiting,
)
from model.notices import NoticeId, NoticeKind, WaveId
from tests.watch import Watch
from views import interruption

NOON = Watch()()


def arrears(cause: Cause = Cause.AWAY, waits: int = 1, **more: object) -> Arrears:
    of = Interruption(InterruptionId(7), cause, NOON, NOON + timedelta(hours=2))
    one = {
        "wave": WaveId(1),
        "notice": NoticeId(3),
        "kind": NoticeKind.RELEASE,
        "messages": 340,
        "made": True,
        **more,
    }
    return Arrears(of, (Waiting(**one),) * waits)  # type: ignore[arg-type]  # mixed on purpose


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize("decision", [None, *Decision])
def test_it_can_be_said_in_every_language(
    language: str, cause: Cause, decision: Decision | None
) -> None:
    told = arrears(cause)
    of = Interruption(
        told.interruption.id, cause, NOON, NOON + timedelta(hours=2), decision=decision
    )
    screen = interruption.arrears(speak(language), Arrears(of, told.waits))
    assert "340" in screen.text
    assert "14:00" in screen.text
    assert (not screen.keyboard) == (decision is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_waits_there_is_one_button(language: str) -> None:
    of = arrears(Cause.RESTORED).interruption
    screen = interruption.arrears(speak(language), Arrears(of, ()))
    ((button,),) = screen.keyboard
    assert button.callback_data == "!:0:7"
    decided = Arrears(replace(of, decision=Decision.DROP), ())
    screen = interruption.arrears(speak(language), decided)
    assert not screen.keyboard


def test_a_clock_that_jumped_is_no_absence() -> None:
    assert "clock" in interruption.arrears(speak("en"), arrears(Cause.CLOCK)).text


def test_few_readers_are_not_counted_aloud() -> None:
    text = interruption.arrears(speak("en"), arrears(messages=4)).text
    assert "Release 3: fewer than 10" in text


def test_what_belongs_to_no_notice_has_no_number() -> None:
    text = interruption.arrears(speak("en"), arrears(notice=None, kind=None)).text
    assert "Other messages: 340" in text


def test_a_long_list_is_cut() -> None:
    text = interruption.arrears(speak("en"), arrears(waits=40)).text
    assert text.count("Release 3") == 12
    assert "…" in text

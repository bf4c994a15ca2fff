"""Another editor approves, two say it is safe, one can stop it; what was wrong is taken back."""

import pytest

from handlers.context import Services
from model.errors import NotFound
from model.notices import NoticeId, NoticeState
from model.people import Person
from simulator.core import Telegram
from simulator.phone import Phone
from tests.world import enrol

NOT_NOW = "This step is not possible now. See how things stand: /notices"
LIST = """/release
13 December 2025
123 https://example.org/news
Lithuania, Vilnius:
Алеся Ластаўка
Ukraine:
Андрэй Верабейчык
"""


@pytest.fixture
async def submitted(
    editor: Phone, second_editor: Phone, lastauka: Person, namesakes: tuple[Person, Person]
) -> NoticeId:
    """Submit a notice as the first editor; the second has its card open."""
    await editor.says(LIST)
    await editor.presses("Settle 1 line")
    await editor.presses("1. \u2068Andrei Verabeichyk\u2069")
    await editor.presses("Submit")
    await look(second_editor)
    return NoticeId(1)


@pytest.fixture
async def held(submitted: NoticeId, editor: Phone, second_editor: Phone) -> NoticeId:
    await second_editor.presses("Approve")
    await look(editor)
    return submitted


@pytest.fixture
async def told(held: NoticeId, editor: Phone, second_editor: Phone) -> NoticeId:
    """Let a notice out."""
    for phone in (editor, second_editor):
        await phone.presses("Everyone is safe")
    await look(editor)
    return held


async def look(phone: Phone) -> None:
    """Bring the newest notice's card to the end of the chat."""
    await phone.says("/notices")
    await phone.presses(phone.buttons[0])


async def state(services: Services, notice: int) -> NoticeState:
    return (await services.notices.dossier(NoticeId(notice))).notice.state


async def test_the_author_has_no_button_to_approve_and_cannot(
    submitted: NoticeId, editor: Phone, services: Services
):
    await look(editor)
    assert "Approve" not in editor.buttons
    seal = (await services.notices.dossier(submitted)).notice.seal
    await editor.presses_data(f"E:y:1:{seal}", on=editor.last)
    assert editor.alert == "One editor alone cannot do this. Another editor has to."


async def test_another_editor_approves_and_the_card_names_both(
    submitted: NoticeId, second_editor: Phone, services: Services
):
    await second_editor.presses("Preview")
    await second_editor.presses("‹ Back")
    await second_editor.presses("Approve")
    assert await state(services, submitted) is NoticeState.HELD
    card = second_editor.heard[-1]
    assert "Author: \u2068Editor\u2069." in card
    assert "Approvals: \u2068Second editor\u2069 (1 of 1)." in card
    assert "held. Two editors are needed." in card


async def test_what_changed_meanwhile_is_not_approved(
    submitted: NoticeId, editor: Phone, second_editor: Phone, services: Services
):
    await look(editor)
    await editor.says("[en] Everybody is free!", reply_to=editor.last)
    await editor.presses("Submit")
    await second_editor.presses("Approve")
    assert second_editor.alert == NOT_NOW
    assert await state(services, submitted) is NoticeState.SUBMITTED


async def test_of_two_who_approve_the_second_gets_a_calm_sentence(
    submitted: NoticeId, second_editor: Phone, telegram: Telegram, services: Services
):
    third = await enrol(telegram, services, "Third")
    await look(third)
    await second_editor.presses("Approve")
    await third.presses("Approve")
    assert third.alert == NOT_NOW


async def test_two_editors_say_that_a_group_is_safe(
    held: NoticeId,
    editor: Phone,
    second_editor: Phone,
    lastauka: Person,
    namesakes: tuple[Person, Person],
    services: Services,
):
    await editor.presses("Safe: Lithuania, \u2068Vilnius\u2069")
    assert editor.toast == "Noted. One more editor is needed."
    assert "safe, says \u2068Editor\u2069. One more editor is needed." in editor.heard[-1]
    assert "Safe: Lithuania, \u2068Vilnius\u2069" not in editor.buttons
    await second_editor.presses("Safe: Lithuania, \u2068Vilnius\u2069")
    assert second_editor.toast == "Open. It is going out."
    assert "✓ Lithuania, \u2068Vilnius\u2069: safe (" in second_editor.heard[-1]
    assert "being prepared" in second_editor.heard[-1]
    assert len((await services.notices.dossier(held)).notice.opened) == 1


async def test_anybody_among_the_editors_can_stop_and_let_go_on(
    held: NoticeId, editor: Phone, second_editor: Phone
):
    await second_editor.presses("STOP")
    assert "STOPPED. Nothing more of it is sent." in second_editor.heard[-1]
    assert "Everyone is safe" not in second_editor.buttons
    await editor.presses("Everyone is safe")
    assert editor.alert == NOT_NOW
    await second_editor.presses("Resume sending")
    assert "Everyone is safe" in second_editor.buttons


async def test_a_person_is_taken_back_when_another_editor_approves(
    told: NoticeId, editor: Phone, second_editor: Phone, lastauka: Person, services: Services
):
    await editor.presses("Somebody named was not released")
    await editor.presses("\u2068Alesia Lastauka\u2069")
    await editor.presses("\u2068Andrei Verabeichyk\u2069")
    await editor.presses("✗ \u2068Andrei Verabeichyk\u2069")
    await editor.presses("1 person was not released")
    assert "Alesia Lastauka" in editor.heard[-1]
    assert "Andrei" not in editor.heard[-1]
    await editor.presses("Yes, propose the correction")
    assert "↳ Correction 2: waits for approval" in editor.heard[-1]
    await look(second_editor)
    assert "\u2068Alesia Lastauka\u2069" in second_editor.heard[-1]
    await second_editor.presses("Preview")
    assert "CORRECTION." in second_editor.heard[-1]
    await second_editor.presses("‹ Back")
    await second_editor.presses("Approve")
    assert await state(services, 2) is NoticeState.GOING_OUT
    card = await services.search.card(lastauka.id)
    assert "released" not in [event.kind for event in card.events]


async def test_choosing_nobody_corrects_nothing(told: NoticeId, editor: Phone, services: Services):
    await editor.presses("Somebody named was not released")
    assert not [label for label in editor.buttons if "was not released" in label]
    await editor.presses_data("E:K:1", on=editor.last)
    assert editor.alert
    with pytest.raises(NotFound):
        await services.notices.dossier(NoticeId(2))


async def test_news_is_withdrawn_as_a_whole(
    told: NoticeId, editor: Phone, second_editor: Phone, services: Services
):
    await editor.presses("Withdraw")
    await editor.presses("Yes, withdraw it")
    await look(second_editor)
    await second_editor.presses("Approve")
    assert await state(services, told) is NoticeState.WITHDRAWN

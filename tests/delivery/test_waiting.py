"""Names that are waited for: what editors hear, and what reaches those who wait."""

import asyncio

import pytest
from telegram import Bot

from db import people
from db.connection import Database
from db.vault import Vault
from delivery.waiting import LookOut
from locales import speak
from model.errors import Unavailable
from model.notices import EditorId, Tally, WaveId
from model.people import Person
from model.readers import ChatId
from services.editors import Editors
from services.outbox import Outbox
from services.search import Search
from services.waiting import Waiting
from simulator import faults
from simulator.core import Telegram
from simulator.phone import Phone
from tests.delivery.postroom import Postroom
from tests.delivery.press import MARIA, Press
from tests.watch import Watch
from tests.world import list_person

HANNA, MARYNA = ChatId(5_200_000_901), ChatId(5_200_000_902)
ZOSKA = "Зоська Гняздоўская"


@pytest.fixture
def waiting(database: Database, vault: Vault, clock: Watch) -> Waiting:
    return Waiting(database, vault, clock, Search(database))


@pytest.fixture
def look_out(waiting: Waiting, editors: Editors, bot: Bot) -> LookOut:
    return LookOut(waiting, editors, bot, speak)


@pytest.fixture
async def alena(telegram: Telegram, editors: Editors) -> Phone:
    phone = Phone(telegram, "Alena")
    await phone.says("/start")
    await editors.enrol(ChatId(phone.id), await editors.invite("Alena"), "en")
    return phone


@pytest.fixture
async def zoska(waiting: Waiting, database: Database) -> Person:
    """List somebody for whose name two readers wait."""
    await waiting.wait(HANNA, ZOSKA, language="en")
    await waiting.wait(MARYNA, ZOSKA, language="pl")
    return await list_person(database, 77, [(ZOSKA, "be")], born=1990)


async def confirm(waiting: Waiting) -> None:
    await waiting.look()
    pair = await waiting.next_pair()
    assert pair is not None
    await waiting.tell(EditorId("alena"), pair.blind, pair.card.person.id)


async def newest(press: Press, outbox: Outbox) -> WaveId:
    (one, *_) = await outbox.claim(1)
    await outbox.give_back([one])
    return one.wave


async def test_editors_hear_once_that_there_is_something_to_decide_and_nothing_else(
    look_out: LookOut, alena: Phone, zoska: Person
) -> None:
    await look_out.look()
    await look_out.look()
    assert alena.heard == [
        "Somebody on our list may bear a name that is waited for. An editor has to look: /waiting"
    ]


async def test_as_long_as_nobody_is_listed_editors_hear_nothing(
    look_out: LookOut, waiting: Waiting, alena: Phone
) -> None:
    await waiting.wait(HANNA, ZOSKA, language="en")
    await look_out.look()
    assert alena.heard == []


async def test_a_note_that_reached_nobody_is_sent_again(
    look_out: LookOut, alena: Phone, zoska: Person, telegram: Telegram
) -> None:
    telegram.misbehave(faults.server_error(), method="sendMessage", times=1)
    await look_out.look()
    assert alena.heard == []
    await look_out.look()
    assert len(alena.heard) == 1


async def test_the_loop_outlives_a_locked_database(
    look_out: LookOut, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = asyncio.Event()

    async def locked(**_given: object) -> bool:
        looked.set()
        raise Unavailable

    monkeypatch.setattr(waiting, "look", locked)
    monkeypatch.setattr("delivery.waiting.EACH", 0.001)
    running = asyncio.create_task(look_out.run())
    await looked.wait()
    looked.clear()
    await looked.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_each_who_waits_is_told_once_in_his_or_her_language(
    postroom: Postroom, waiting: Waiting, outbox: Outbox, press: Press, zoska: Person
) -> None:
    await confirm(waiting)
    wave = await newest(press, outbox)
    await postroom.deliver(wave)
    assert postroom.told() == {HANNA: 1, MARYNA: 1}
    (text,) = postroom.texts(HANNA)
    assert text.startswith("A person of the name you wait for is now on our list:")
    assert ZOSKA in text.replace("⁨", "").replace("⁩", "")
    assert "1990" in text
    assert postroom.texts(MARYNA) != [text]
    assert await outbox.tally(wave) == Tally(delivered=2)


async def test_a_discreet_reader_sees_no_name_before_asking(
    postroom: Postroom, waiting: Waiting, outbox: Outbox, press: Press, zoska: Person
) -> None:
    await press.welcome(HANNA, waiting=(ZOSKA,), discreet=True)
    await confirm(waiting)
    wave = await newest(press, outbox)
    await postroom.deliver(wave, paid=True)
    assert postroom.texts(HANNA) == ["1 new message"]
    (call,) = [
        call
        for call in postroom.telegram.calls_of("sendMessage")
        if call.values["chat_id"] == HANNA
    ]
    assert f"A:{wave}" in str(call.values["reply_markup"])
    assert call.values["allow_paid_broadcast"] is True


async def test_who_may_not_be_known_any_more_is_told_to_nobody(
    postroom: Postroom,
    waiting: Waiting,
    outbox: Outbox,
    press: Press,
    zoska: Person,
    database: Database,
) -> None:
    await confirm(waiting)
    wave = await newest(press, outbox)
    async with database.write() as conn:
        await people.hide(conn, [zoska.id])
    await postroom.deliver(wave)
    assert postroom.told() == {}
    assert await outbox.tally(wave) == Tally(gone=2)


async def test_news_and_names_go_out_side_by_side(
    postroom: Postroom, waiting: Waiting, outbox: Outbox, press: Press, zoska: Person
) -> None:
    await press.welcome(7, follows=frozenset({MARIA}))
    news = await press.open(await press.release([MARIA]))
    await confirm(waiting)
    for wave in (news, WaveId(news + 1)):
        await postroom.deliver(wave)
    assert postroom.told() == {7: 1, HANNA: 1, MARYNA: 1}

"""Nothing leaves without two editors, whatever is pressed by whom and where.

T5, T6: somebody holds the phone of one editor, or knows what the buttons of editors carry.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from db.connection import Database
from db.vault import Vault
from handlers.context import BotApplication, Services
from model.codes import code_of
from model.notices import Dossier, NoticeId
from model.people import PersonId
from model.readers import ChatId
from simulator.core import Telegram
from simulator.phone import Phone
from simulator.world import Chat, Message
from tests.newsroom import ALENA, Newsroom
from tests.watch import Watch
from tests.world import enrol
from views import callbacks
from views.callbacks import Deed, Verb


@pytest.fixture
def newsroom(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> Newsroom:
    return Newsroom(database, vault, clock, random)


@pytest.fixture
async def listed(newsroom: Newsroom) -> PersonId:
    return (await newsroom.lists())["maria"]


@pytest.fixture
async def held(newsroom: Newsroom, listed: PersonId) -> NoticeId:
    """Hold a release of which one editor has said already that it is safe."""
    notice = await newsroom.held()
    await newsroom.notices.safe(ALENA, notice)
    return notice


def every_button(known: Dossier, person: PersonId) -> list[str]:
    """Return all that buttons of editors can carry about a notice."""
    notice, seal, code = known.notice, known.notice.seal, code_of(person)
    line = known.release.lines[0].id
    groups = [0, *(group.id for group in known.release.groups)]
    deeds: dict[Deed, list[list[str | int]]] = {
        Deed.PREVIEW: [["en"]],
        Deed.LINES: [[0]],
        Deed.LINE: [[line]],
        Deed.PERSON: [[line, code]],
        Deed.NEW: [[line]],
        Deed.LEAVE_OUT: [[line]],
        Deed.REOPEN: [[line]],
        Deed.CLOSE: [[0], [1]],
        Deed.APPROVE: [[seal]],
        Deed.SAFE: [[seal, group] for group in groups],
        Deed.TAKE_BACK: [[0]],
        Deed.CHOOSE: [[0, code]],
        Deed.UNCHOOSE: [[0, code]],
    }
    return [
        callbacks.data(verb, deed, notice.id, *rest)
        for verb in (Verb.EDIT, Verb.DECIDE)
        for deed in Deed
        for rest in deeds.get(deed, [[]])
    ]


async def presses_everything(phone: Phone, known: Dossier, person: PersonId, clock: Watch) -> None:
    """Press everything there is; whatever comes is "nothing here", or silence in a group."""
    below = phone.last
    for carried in every_button(known, person):
        await phone.presses_data(carried, below)
        assert phone.alert is not None
        assert phone.alert.startswith("There is nothing here"), carried
        clock.advance(timedelta(seconds=10))


@pytest.mark.parametrize("who", ["a stranger", "a reader", "a discreet reader", "once an editor"])
async def test_who_is_no_editor_moves_nothing_with_the_buttons_of_editors(
    who: str,
    application: BotApplication,
    telegram: Telegram,
    services: Services,
    clock: Watch,
    held: NoticeId,
    listed: PersonId,
):
    phone = Phone(telegram, "Zmicier", language="en")
    if who == "once an editor":
        phone = await enrol(telegram, services, "Zmicier")
        (editor,) = await services.editors.every()
        await services.editors.remove(editor.id)
    await phone.says("/start")
    if who.endswith("reader"):
        await phone.presses_data(f"d:{int(who == 'a discreet reader')}", phone.last)
    before = await services.notices.dossier(held)
    await presses_everything(phone, before, listed, clock)
    assert await services.notices.dossier(held) == before


async def test_an_editor_moves_nothing_from_a_group(
    editor: Phone, services: Services, clock: Watch, held: NoticeId, listed: PersonId
):
    """A card that is shown to others, or a button that is copied there, is nobody's."""
    group = await editor.creates_group("Families")
    await editor.adds_bot(group)
    before = await services.notices.dossier(held)
    post = _newest(group)
    for carried in every_button(before, listed):
        await editor.presses_data(carried, post)
        clock.advance(timedelta(seconds=10))
    assert await services.notices.dossier(held) == before


async def test_one_editor_alone_opens_nothing_however_often_everything_is_pressed(
    editor: Phone, telegram: Telegram, services: Services, clock: Watch, listed: PersonId
):
    await editor.says("/release\n2025-12-13\nHRW https://www.hrw.org/\nМарыя Калеснікава")
    (notice,) = await services.notices.open_notices()
    for _ in range(3):
        for carried in every_button(await services.notices.dossier(notice.id), listed):
            # What gives the notice up is nobody's way to let it out.
            if carried[:4] not in {"e:D:", "E:x:"}:
                await editor.presses_data(carried, editor.last)
                clock.advance(timedelta(seconds=10))
    (known,) = await services.notices.open_notices()
    assert known.opened == frozenset()
    assert (await services.search.card(listed)).custody.status == "imprisoned"
    assert all("not modified" in refusal.description for refusal in telegram.refusals)
    telegram.refusals.clear()


async def test_a_button_that_is_pressed_again_a_day_later_is_not_a_second_voice(
    editor: Phone, services: Services, clock: Watch, newsroom: Newsroom, listed: PersonId
):
    notice = await newsroom.held()
    seal = (await services.notices.dossier(notice)).notice.seal
    for _ in range(3):
        await editor.presses_data(f"E:g:{notice}:{seal}:0", editor.last)
        clock.advance(timedelta(days=1))
    assert editor.alert == "One editor alone cannot do this. Another editor has to."
    assert (await services.notices.dossier(notice)).notice.opened == frozenset()


async def test_a_link_of_an_invitation_that_two_open_makes_one_editor(
    telegram: Telegram, services: Services, reader: Phone, other: Phone
):
    code = await services.editors.invite("Hanna")
    link = f"https://t.me/{telegram.bot.username}?start=e_{code}"
    await reader.opens_link(link)
    await other.opens_link(link)
    await reader.opens_link(link)
    assert [editor.chat for editor in await services.editors.every()] == [ChatId(reader.id)]
    assert other.heard[-1].startswith("There is nothing here")


def _newest(chat: Chat) -> Message:
    return list(chat.messages.values())[-1]

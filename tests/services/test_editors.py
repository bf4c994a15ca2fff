"""Editors: invited once, one identity a chat, and removed without a trace of who they were."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from db import audit, tables
from db.connection import Database
from db.vault import Vault
from model.editors import LABEL_AT_MOST, Editor
from model.errors import BadInput, NotFound, WrongState
from model.notices import EditorId, NoticeId, NoticeState, Say
from model.readers import ChatId, Spot
from services.editors import Editors
from tests.newsroom import ALENA, BARYS, Newsroom
from tests.watch import Watch

HANNA, MARYNA = ChatId(52_000_000_001), ChatId(52_000_000_002)
NOTICE = NoticeId(1)


@pytest.fixture
def editors(database: Database, vault: Vault, clock: Watch) -> Editors:
    return Editors(database, vault, clock)


@pytest.fixture
def newsroom(
    database: Database, vault: Vault, clock: Watch, random: Callable[[int], int]
) -> Newsroom:
    return Newsroom(database, vault, clock, random)


@pytest.fixture
async def hanna(editors: Editors) -> Editor:
    return await editors.enrol(HANNA, await editors.invite("Hanna"), "be")


@pytest.fixture
async def notice(database: Database, clock: Watch) -> None:
    async with database.write() as conn:
        await conn.execute(insert(tables.release).values(id=1, ref="a", list_closed=False))
        await conn.execute(
            insert(tables.notice).values(
                id=NOTICE, kind="release", state="draft", release=1, created_at=clock()
            )
        )


async def acts(database: Database) -> list[tuple[str, str, str]]:
    columns = tables.audit.c
    query = select(columns.actor, columns.action, columns.subject).order_by(columns.number)
    async with database.read() as conn:
        return [(row.actor, row.action, row.subject) for row in await conn.execute(query)]


async def test_an_invitation_makes_an_editor(editors: Editors, hanna: Editor) -> None:
    assert (hanna.chat, hanna.label, hanna.language) == (HANNA, "Hanna", "be")
    assert await editors.of(HANNA) == hanna
    assert await editors.every() == (hanna,)


async def test_a_stranger_is_no_editor(editors: Editors, hanna: Editor) -> None:
    assert await editors.of(MARYNA) is None


async def test_a_code_fits_into_a_link(editors: Editors) -> None:
    code = await editors.invite("Hanna")
    assert len(code) == 16
    assert code.isalnum()
    assert code.isascii()


async def test_an_invitation_works_once(editors: Editors) -> None:
    code = await editors.invite("Hanna")
    await editors.enrol(HANNA, code, "be")
    with pytest.raises(NotFound):
        await editors.enrol(MARYNA, code, "be")
    with pytest.raises(NotFound):
        await editors.enrol(HANNA, code, "be")
    assert [editor.chat for editor in await editors.every()] == [HANNA]


@pytest.mark.parametrize("days", [1, 3])
async def test_an_invitation_expires(editors: Editors, clock: Watch, days: int) -> None:
    in_time, too_late = [await editors.invite(label, days) for label in ("Hanna", "Maryna")]
    clock.advance(timedelta(days=days, seconds=-1))
    await editors.enrol(HANNA, in_time, "be")
    clock.advance(timedelta(seconds=1))
    with pytest.raises(NotFound):
        await editors.enrol(MARYNA, too_late, "be")


@pytest.mark.parametrize("code", ["", "HELLO", "0" * 16, "0" * 15, "Ж" * 16])
async def test_a_wrong_code_is_like_any_unknown_one(editors: Editors, code: str) -> None:
    with pytest.raises(NotFound) as caught:
        await editors.enrol(HANNA, code, "be")
    assert str(caught.value) == ""
    assert await editors.every() == ()


async def test_a_return_code_is_no_invitation(
    editors: Editors, database: Database, vault: Vault
) -> None:
    code = await editors.invite("Hanna")
    assert vault.locate_code("invite", code) != vault.locate_code("slip", code)


async def test_one_chat_is_never_two_editors(editors: Editors, hanna: Editor) -> None:
    again = await editors.enrol(HANNA, await editors.invite("Hanna K."), "uk")
    assert again == Editor(hanna.id, HANNA, "Hanna K.", "uk")
    assert await editors.every() == (again,)


async def test_editors_are_listed_by_label(editors: Editors, hanna: Editor) -> None:
    alena = await editors.enrol(MARYNA, await editors.invite("Alena"), "be")
    assert await editors.every() == (alena, hanna)


async def test_an_editor_is_removed(editors: Editors, hanna: Editor) -> None:
    await editors.remove(hanna.id)
    assert await editors.of(HANNA) is None
    with pytest.raises(NotFound):
        await editors.remove(hanna.id)
    with pytest.raises(NotFound):
        await editors.remove(EditorId("nobody"))


async def test_who_comes_back_is_another_editor(editors: Editors, hanna: Editor) -> None:
    await editors.remove(hanna.id)
    again = await editors.enrol(HANNA, await editors.invite("Hanna"), "be")
    assert again.id != hanna.id


async def test_a_card_that_arrives_after_the_editor_was_removed_is_not_noted(
    editors: Editors, hanna: Editor, notice: None
) -> None:
    await editors.remove(hanna.id)
    await editors.remember_card(hanna, NOTICE, 7)
    again = await editors.enrol(HANNA, await editors.invite("Hanna"), "be")
    await editors.remember_card(hanna, NOTICE, 7)
    assert await editors.cards(NOTICE) == {}
    await editors.remember_card(again, NOTICE, 7)
    assert await editors.cards(NOTICE) == {again.id: Spot(HANNA, 7, "be")}


async def test_what_only_a_removed_editor_approved_waits_for_another(
    editors: Editors, hanna: Editor, newsroom: Newsroom
) -> None:
    await newsroom.lists()
    bystander = await newsroom.held()
    notice = await newsroom.submitted()
    await newsroom.notices.approve(hanna.id, notice)
    await editors.remove(hanna.id)
    known = (await newsroom.notices.dossier(notice)).notice
    assert (known.state, known.sayings) == (NoticeState.SUBMITTED, ())
    with pytest.raises(WrongState):
        await newsroom.notices.safe(ALENA, notice)
    await newsroom.notices.approve(BARYS, notice)
    assert (await newsroom.notices.dossier(bystander)).notice.state is NoticeState.HELD


async def test_somebody_removed_and_invited_again_is_not_two_editors(
    editors: Editors, hanna: Editor, newsroom: Newsroom
) -> None:
    """One person saying twice that a group is safe would open it."""
    await newsroom.lists()
    notice = await newsroom.held()
    vilnius, ukraine = await newsroom.groups(notice)
    for editor in (ALENA, hanna.id):
        await newsroom.notices.safe(editor, notice, [vilnius])
    await newsroom.notices.safe(hanna.id, notice, [ukraine])
    await editors.remove(hanna.id)
    again = await editors.enrol(MARYNA, await editors.invite("Hanna"), "be")
    assert await newsroom.notices.safe(again.id, notice, [ukraine]) == frozenset()
    known = (await newsroom.notices.dossier(notice)).notice
    assert known.opened == {vilnius}
    assert known.said(Say.SAFE, vilnius) == {ALENA, hanna.id}
    assert await newsroom.notices.safe(ALENA, notice, [ukraine]) == {ukraine}


async def test_what_a_removed_editor_called_safe_counts_no_more_though_other_news_is_out(
    editors: Editors, hanna: Editor, newsroom: Newsroom
) -> None:
    """What is told as a whole has no group of its own by which it could be told apart."""
    await newsroom.lists()
    written = "Марыя Калеснікава\nhospital\n2025-11-02\nhttps://hrw.org/2"
    first, second = [await newsroom.happenings.draft(ALENA, written) for _ in range(2)]
    for notice in (first, second):
        await newsroom.happenings.submit(ALENA, notice)
        await newsroom.notices.approve(BARYS, notice)
        await newsroom.notices.safe(hanna.id, notice)
    await newsroom.notices.safe(ALENA, first)
    await editors.remove(hanna.id)
    known = [(await newsroom.notices.dossier(notice)).notice for notice in (first, second)]
    assert [len(one.said(Say.SAFE)) for one in known] == [2, 0]


@pytest.mark.parametrize("label", ["", "  ", "x" * (LABEL_AT_MOST + 1)])
async def test_a_label_has_its_length(editors: Editors, label: str) -> None:
    with pytest.raises(BadInput, match="label"):
        await editors.invite(label)


async def test_the_longest_label_fits_in_any_script(editors: Editors) -> None:
    label = "🕊" * LABEL_AT_MOST
    editor = await editors.enrol(HANNA, await editors.invite(f" {label}\n"), "zh-Hant-TW")
    assert editor.label == label


async def test_a_card_is_where_an_editor_saw_it_last(
    editors: Editors, hanna: Editor, notice: None
) -> None:
    maryna = await editors.enrol(MARYNA, await editors.invite("Maryna"), "uk")
    assert await editors.cards(NOTICE) == {}
    await editors.remember_card(hanna, NOTICE, 7)
    await editors.remember_card(maryna, NOTICE, 8)
    await editors.remember_card(hanna, NOTICE, 9)
    assert await editors.cards(NOTICE) == {
        hanna.id: Spot(HANNA, 9, "be"),
        maryna.id: Spot(MARYNA, 8, "uk"),
    }
    await editors.remove(hanna.id)
    assert await editors.cards(NOTICE) == {maryna.id: Spot(MARYNA, 8, "uk")}


async def test_what_is_done_to_editors_is_in_the_audit_without_names(
    editors: Editors, database: Database, vault: Vault, hanna: Editor
) -> None:
    await editors.remove(hanna.id)
    assert await acts(database) == [
        ("operator", "invite", "editor"),
        (hanna.id, "enrol", hanna.id),
        ("operator", "remove", hanna.id),
    ]
    async with database.read() as conn:
        assert (await audit.verify(conn, vault)).number == 3


async def test_an_editor_chooses_the_language_of_the_cards(
    editors: Editors, hanna: Editor
) -> None:
    await editors.choose_language(hanna.chat, "lt")
    assert await editors.of(hanna.chat) == replace(hanna, language="lt")


async def test_a_stranger_who_chooses_a_language_is_no_editor(editors: Editors) -> None:
    await editors.choose_language(MARYNA, "lt")
    assert await editors.of(MARYNA) is None


async def test_an_editor_is_in_clear_in_no_file(
    sqlite: Database, vault: Vault, clock: Watch, state: Path
) -> None:
    def everything() -> bytes:
        return b"".join(file.read_bytes() for file in state.rglob("*") if file.is_file())

    editors = Editors(sqlite, vault, clock)
    hanna = await editors.enrol(HANNA, await editors.invite("Hanna"), "be")
    await sqlite.settle()
    assert hanna.id.encode() in everything()
    for trace in (b"Hanna", b"%d" % HANNA, HANNA.to_bytes(5, "big")):
        assert trace not in everything()
        assert trace[::-1] not in everything()

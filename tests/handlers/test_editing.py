"""An editor pastes a list and settles it, as it looks in the chat."""

from datetime import timedelta

import pytest

from handlers.context import Services
from model.notices import NoticeState
from model.people import Person
from model.readers import ChatId
from simulator.core import Telegram
from simulator.phone import Phone
from tests.watch import Watch

LIST = """/release
13 December 2025
123 https://example.org/news
Lithuania, Vilnius:
Алеся Ластаўка
"""


async def test_release_alone_says_how_a_list_is_written(editor: Phone):
    await editor.says("/release")
    assert "Lithuania, Vilnius:" in editor.heard[-1]


async def test_a_known_list_becomes_a_card_that_can_be_submitted(editor: Phone, lastauka: Person):
    await editor.says(LIST)
    card = editor.heard[-1]
    assert "Release 1 · December 13, 2025" in card
    assert "123 (example.org)" in card
    assert "1 name" in card
    assert "Submit" in editor.buttons
    await editor.presses("Names")
    assert "✓ \u2068Alesia Lastauka\u2069 (\u2068Алеся Ластаўка\u2069)" in editor.heard[-1]
    await editor.presses("‹ Back")
    await editor.presses("Submit")
    assert "Waits for approval" in editor.heard[-1]
    assert "Approve" not in editor.buttons


async def test_what_is_missing_is_named_on_the_card(editor: Phone, lastauka: Person):
    await editor.says("/release\nАлеся Ластаўка")
    assert "The date is missing." in editor.heard[-1]
    assert "A source is missing." in editor.heard[-1]
    assert "Submit" not in editor.buttons
    assert "Preview" not in editor.buttons
    await editor.says("13.12.2025\nhttps://example.org/news", reply_to=editor.last)
    assert "missing" not in editor.heard[-1]
    assert "Submit" in editor.buttons


async def test_namesakes_are_told_apart_one_by_one(
    editor: Phone, namesakes: tuple[Person, Person]
):
    await editor.says(
        "/release\n2025-12-13\nhttps://example.org/a\nАндрэй Верабейчык\nЯнка Ніхто\nЁж"
    )
    await editor.presses("Settle 3 lines")
    asked = editor.heard[-1]
    assert "born in 1970" in asked
    assert "born in 1995" in asked
    assert "in detention" in asked
    await editor.presses(next(label for label in editor.buttons if label.startswith("2.")))
    assert "Янка Ніхто" in editor.heard[-1]
    await editor.presses("A new person")
    assert "Ёж" in editor.heard[-1]
    await editor.presses("Leave this line out")
    assert "Submit" in editor.buttons


async def test_a_line_settled_wrongly_is_asked_again(
    editor: Phone, namesakes: tuple[Person, Person]
):
    await editor.says("/release\nАндрэй Верабейчык")
    await editor.presses("Settle 1 line")
    await editor.presses("Leave this line out")
    await editor.presses("Names")
    assert "left out" in editor.heard[-1]
    await editor.presses(next(label for label in editor.buttons if label.startswith("✏️")))
    assert "Who is this" in editor.heard[-1]
    await editor.presses("‹ Back")
    await editor.presses("Names")
    await editor.presses(next(label for label in editor.buttons if label.startswith("❓")))
    assert "Who is this" in editor.heard[-1]


async def test_nobody_is_given_to_two_lines(editor: Phone, lastauka: Person):
    await editor.says(
        "/release\n2025-12-13\nhttps://example.org/a\nАлеся Ластаўка\nЛастаўка Алеся"
    )
    assert "2 not settled" in editor.heard[-1]
    await editor.presses("Settle 2 lines")
    assert "Perhaps the same person: \u2068Ластаўка Алеся\u2069" in editor.heard[-1]
    await editor.presses(next(label for label in editor.buttons if label.startswith("1.")))
    assert "Perhaps the same person: \u2068Алеся Ластаўка\u2069" in editor.heard[-1]
    await editor.presses("Leave this line out")
    assert "Submit" in editor.buttons


async def test_the_same_person_twice_is_named(editor: Phone, lastauka: Person):
    await editor.says(
        "/release\n2025-12-13\nhttps://example.org/a\nАлеся Ластаўка\nЛастаўка Алеся"
    )
    await editor.presses("Settle 2 lines")
    for _ in range(2):
        await editor.presses(next(label for label in editor.buttons if label.startswith("1.")))
    assert "Named twice: \u2068Alesia Lastauka\u2069" in editor.heard[-1]


async def test_who_stands_in_the_list_is_not_given_to_a_line_that_is_added(
    editor: Phone, lastauka: Person
):
    await editor.says("/release\n2025-12-13\nhttps://example.org/a\nАлеся Ластаўка")
    await editor.says("UA:\nЛастаўка Алеся", reply_to=editor.last)
    assert "1 not settled" in editor.heard[-1]
    await editor.presses("Settle 1 line")
    assert "Perhaps the same person: \u2068Алеся Ластаўка\u2069" in editor.heard[-1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Алеся Ластаўка (1950)", "The year of birth differs."),
        ("Ластаўка", "The name is incomplete."),
        ("Алеся Лостафка", "The spelling is only similar."),
        ("Алеся Барыс Ластаўка", "There is more in this line than the name."),
        ("Янка Ніхто", "Nobody who is listed is called so."),
        ("Мінск", "There seems to be no name in this line."),
    ],
)
async def test_why_a_line_is_asked_about_is_said(
    editor: Phone, lastauka: Person, line: str, reason: str
):
    await editor.says(f"/release\n{line}")
    await editor.presses("Settle 1 line")
    assert reason in editor.heard[-1].splitlines()


async def test_a_long_list_has_pages(editor: Phone):
    names = "\n".join(f"Імя Прозвішча{letter}" for letter in "абвгдеёжзійклмнопрстуў")
    await editor.says(f"/release\n{names}")
    await editor.presses("Names")
    assert "1/2" in editor.buttons
    await editor.presses("›")
    assert "2/2" in editor.buttons
    await editor.presses("‹")
    assert "1/2" in editor.buttons


async def test_a_file_is_a_list_too(editor: Phone, lastauka: Person):
    table = "name,country,place\nАлеся Ластаўка,LT,Vilnius\n"
    await editor.sends_file("list.csv", table.encode(), caption="/release\n2025-12-13")
    assert "Lithuania, \u2068Vilnius\u2069: 1 name" in editor.heard[-1]
    await editor.sends_file("more.txt", "Янка Ніхто".encode(), reply_to=editor.last)
    assert "1 not settled" in editor.heard[-1]


@pytest.mark.parametrize(
    ("name", "content"),
    [("list.csv", b"\xff\xfe\x00"), ("../../etc/passwd", b"PK\x03\x04\x00")],
)
async def test_a_file_that_is_no_list_is_refused(editor: Phone, name: str, content: bytes):
    await editor.sends_file(name, content, caption="/release")
    assert editor.heard[-1] == "This file is not a text in UTF-8."


async def test_a_file_too_large_is_not_even_fetched(editor: Phone, telegram: Telegram):
    await editor.sends_file("list.txt", b"x", caption="/release", size=20_000_001)
    assert editor.heard[-1] == "The file is larger than 976 kB."
    assert "getFile" not in [call.method for call in telegram.calls]


async def test_own_words_are_added_by_a_reply_and_shown_in_the_preview(
    editor: Phone, lastauka: Person
):
    await editor.says(LIST)
    await editor.says("[be] Чакаем усіх.", reply_to=editor.last)
    assert "Your own words: be." in editor.heard[-1]
    await editor.presses("Preview")
    assert "\u2068Alesia Lastauka\u2069 — free" in editor.heard[-1]
    assert "Чакаем" not in editor.heard[-1]
    await editor.presses("be")
    assert "Чакаем усіх." in editor.heard[-1]
    await editor.presses("‹ Back")
    assert "Release 1" in editor.heard[-1]
    await editor.says("[xx] ?", reply_to=editor.last)
    assert editor.heard[-1] == "There is no such language here."


async def test_the_list_of_names_can_be_complete(editor: Phone, lastauka: Person):
    await editor.says(LIST)
    await editor.presses("☐ The list is closed")
    assert "The list of names is closed." in editor.heard[-1]
    await editor.presses("☑ The list is closed")
    assert "The list of names is closed." not in editor.heard[-1]


async def test_a_notice_is_discarded_after_a_question(
    editor: Phone, lastauka: Person, services: Services
):
    await editor.says(LIST)
    await editor.presses("Discard this notice")
    await editor.presses("Yes, discard it")
    assert "Discarded." in editor.heard[-1]
    assert editor.buttons == []
    await editor.says("/notices")
    assert editor.heard[-1].startswith("There are no notices")


async def test_notices_lists_what_is_under_way(
    editor: Phone, second_editor: Phone, lastauka: Person
):
    await editor.says(LIST)
    await second_editor.says("/notices")
    await second_editor.presses("Release 1: draft")
    assert "Submit" in second_editor.buttons


async def test_a_reply_moves_the_card_to_the_end_of_the_chat(
    editor: Phone, lastauka: Person, services: Services
):
    await editor.says(LIST)
    first = editor.last
    await editor.says("100 HRW", reply_to=first)
    (enrolled,) = await services.editors.every()
    (notice,) = await services.notices.open_notices()
    spot = (await services.editors.cards(notice.id))[enrolled.id]
    assert (spot.chat, spot.message) == (ChatId(editor.id), editor.last.id)
    assert "reply_markup" not in first.body
    assert notice.state is NoticeState.DRAFT


async def test_a_reply_to_a_list_of_notices_is_a_question(editor: Phone, lastauka: Person):
    await editor.says(LIST)
    await editor.says(LIST)
    await editor.says("/notices")
    await editor.says("Алеся Ластаўка", reply_to=editor.last)
    assert "Tell me news" in editor.buttons


@pytest.mark.parametrize("said", ["/release\nАлеся Ластаўка", "/notices"])
async def test_to_a_stranger_the_commands_of_editors_are_unknown(
    reader: Phone, other: Phone, lastauka: Person, said: str
):
    await reader.says(said)
    await other.says("/nosuchcommand")
    assert reader.heard == other.heard


async def test_a_stranger_cannot_draft_with_a_file(reader: Phone, other: Phone):
    await reader.sends_file("list.txt", b"Ales", caption="/release")
    await other.sends_file("list.txt", b"Ales", caption="hello")
    assert reader.heard == other.heard


@pytest.mark.parametrize(
    "data", ["e:s:1", "e:c:1", "e:L:1:0", "E:y:1:00000000", "E:x:1", "E:b:1:0", "E:W:1"]
)
async def test_to_a_stranger_the_buttons_of_editors_are_stale(
    reader: Phone, editor: Phone, lastauka: Person, data: str
):
    await editor.says(LIST)
    await reader.says("/start")
    await reader.presses_data("z:1", on=reader.last)
    stale = reader.alert
    await reader.presses_data(data, on=reader.last)
    assert reader.alert == stale
    assert stale


@pytest.mark.parametrize(
    "data",
    [
        "e",
        "e:c",
        "e:c:99",
        "e:c:x",
        "e:?:1",
        "e:p:1:xx",
        "e:l:1:x",
        "e:i:1:1:short",
        "e:C:1:2",
        "e:i:1:99:AAAAAAAAAAE",
        "E:y:1",
        "E:?:1",
        "E:h:1:0:short",
    ],
)
async def test_a_button_nobody_made_does_nothing(editor: Phone, lastauka: Person, data: str):
    await editor.says(LIST)
    await editor.presses_data(data, on=editor.last)
    assert editor.alert
    assert "Release 1" in editor.heard[-1]


async def test_a_line_settled_meanwhile_is_said_to_be(
    editor: Phone, second_editor: Phone, namesakes: tuple[Person, Person]
):
    await editor.says("/release\nАндрэй Верабейчык")
    await second_editor.says("/notices")
    await second_editor.presses("Release 1: draft")
    await editor.presses("Settle 1 line")
    await editor.presses("Leave this line out")
    await second_editor.presses("Settle 1 line")
    assert second_editor.heard[-1] == "This line is settled."


async def test_two_devices_settling_one_line_get_one_calm_sentence(
    editor: Phone, second_editor: Phone, namesakes: tuple[Person, Person]
):
    await editor.says("/release\nАндрэй Верабейчык")
    await second_editor.says("/notices")
    await second_editor.presses("Release 1: draft")
    for phone in (editor, second_editor):
        await phone.presses("Settle 1 line")
    for phone in (editor, second_editor):
        await phone.presses("Leave this line out")
    assert second_editor.alert == "This step is not possible now. See how things stand: /notices"


async def test_the_card_of_a_discreet_editor_does_not_fold(
    editor: Phone, lastauka: Person, services: Services, clock: Watch
):
    await editor.presses("Yes, hide")
    await editor.says(LIST)
    await editor.presses("Names")
    clock.advance(timedelta(hours=1))
    folding = {spot.message for spot in await services.foldings.due()}
    assert editor.last.id not in folding

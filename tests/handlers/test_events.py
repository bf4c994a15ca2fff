"""An editor writes down what happened to somebody, as it looks in the chat."""

import pytest

from handlers.context import Services
from model.people import EventKind, Person
from simulator.phone import Phone

TRANSFER = """/event
Алеся Ластаўка
transferred
12.11.2025
Гомель
Viasna https://example.org/transfer
"""


async def test_event_alone_says_how_it_is_written(editor: Phone):
    await editor.says("/event")
    assert "prison No. 4" in editor.heard[-1]


async def test_a_few_lines_become_a_card_that_can_be_submitted(editor: Phone, lastauka: Person):
    await editor.says(TRANSFER)
    assert "<b>" not in editor.heard[-1]
    assert "November 12, 2025: transfer to another place, \u2068Гомель\u2069" in editor.heard[-1]
    await editor.presses("Preview")
    await editor.presses("be")
    assert "перавод" in editor.heard[-1]
    await editor.presses("‹ Back")
    await editor.presses("Submit")
    assert "Waits for approval" in editor.heard[-1]


async def test_a_name_and_the_buttons_are_enough(editor: Phone, lastauka: Person):
    await editor.says("/event Алеся Ластаўка")
    await editor.presses("What happened? \u2068Alesia Lastauka\u2069")
    await editor.presses("release")
    await editor.presses("☐ exchange")
    await editor.presses("Yesterday")
    await editor.presses("☐ Reported, not confirmed")
    assert "reported, not confirmed" in editor.heard[-1]
    assert "A link to who says so is missing." in editor.heard[-1]
    await editor.says("https://example.org/1\nБрэст", reply_to=editor.last)
    assert "\u2068Брэст\u2069" in editor.heard[-1]
    assert "Submit" in editor.buttons


async def test_a_reply_to_one_of_several_changes_that_one(
    editor: Phone, lastauka: Person, services: Services
):
    await editor.says(TRANSFER + "\nhospital\n13.11.2025")
    await editor.presses("✏️ \u2068Alesia Lastauka\u2069: hospital")
    await editor.says("14.11.2025\nhttps://example.org/2", reply_to=editor.last)
    assert "November 12, 2025: transfer" in editor.heard[-1]
    assert "November 14, 2025: hospital" in editor.heard[-1]


async def test_what_is_crossed_out_is_gone_from_the_card(editor: Phone, lastauka: Person):
    await editor.says(TRANSFER + "\nhospital\n13.11.2025\nhttps://example.org/2")
    await editor.presses("✏️ \u2068Alesia Lastauka\u2069: transfer to another place")
    await editor.presses("Cross it out")
    assert "transfer" not in editor.heard[-1]
    assert "hospital" in editor.heard[-1]


async def test_namesakes_are_asked_about_and_can_be_asked_again(
    editor: Phone, namesakes: tuple[Person, Person]
):
    await editor.says("/event Андрэй Верабейчык\nhospital\n12.11.2025\nhttps://example.org/2")
    await editor.presses("Who is it? \u2068Андрэй Верабейчык\u2069")
    assert "born in 1970" in editor.heard[-1]
    await editor.presses(next(label for label in editor.buttons if label.startswith("2.")))
    assert "Submit" in editor.buttons
    await editor.presses(next(label for label in editor.buttons if label.startswith("✏️")))
    await editor.presses("It is somebody else")
    await editor.presses("Leave this line out")
    assert "Nobody is named yet." in editor.heard[-1]


async def test_own_words_stand_above_news_of_people_too(editor: Phone, lastauka: Person):
    await editor.says(TRANSFER)
    await editor.says("[en] Write to her.", reply_to=editor.last)
    assert "Your own words: en." in editor.heard[-1]
    await editor.presses("Preview")
    assert editor.heard[-1].startswith("Write to her.")


async def test_news_of_people_stands_in_the_list_and_is_discarded(editor: Phone, lastauka: Person):
    await editor.says(TRANSFER)
    await editor.says("/notices")
    await editor.presses("News of people 1: draft")
    await editor.presses("Discard this notice")
    await editor.presses("Yes, discard it")
    assert "Discarded." in editor.heard[-1]


@pytest.mark.parametrize(
    "data", ["e:Q:1:1:nothing", "e:m:1:1:?", "e:t:1:1:7", "e:j:1:1:x", "e:?:1:1", "e:z:1:99"]
)
async def test_a_button_nobody_made_does_nothing(
    editor: Phone, lastauka: Person, data: str, services: Services
):
    await editor.says(TRANSFER)
    await editor.presses_data(data, on=editor.last)
    assert editor.alert
    (notice,) = await services.notices.open_notices()
    (one,) = (await services.notices.dossier(notice.id)).happenings
    assert one.kind is EventKind.TRANSFERRED


@pytest.mark.parametrize("said", ["/event\nАлеся Ластаўка\ndied", "/event"])
async def test_to_a_stranger_the_command_is_unknown(
    reader: Phone, other: Phone, lastauka: Person, said: str
):
    await reader.says(said)
    await other.says("/nosuchcommand")
    assert reader.heard == other.heard

"""Writing to the editors: they see the words and nothing else, and the reader hears the truth."""

import json
from datetime import timedelta

from handlers.context import Services
from handlers.tips import A_DAY, LONGEST
from model.readers import ChatId
from simulator import faults
from simulator.core import Telegram
from simulator.phone import Phone
from tests.watch import Watch
from views.callbacks import Verb
from views.tips import SIGN

WORDS = "На Валадарцы была перадача <b>у чацвер</b> & ўсё добра"


async def tell(phone: Phone, words: str = WORDS) -> None:
    await phone.says("Нехта Невядомы")
    await phone.presses("Write to the editors")
    await phone.says(words, reply_to=phone.last)


async def test_every_editor_is_shown_the_words_and_nobody_who_wrote_them(
    reader: Phone, editor: Phone, second_editor: Phone, telegram: Telegram
):
    telegram.calls.clear()
    await tell(reader)
    for desk in (editor, second_editor):
        assert desk.heard[-1] == f"From a reader, not checked:\n\n{WORDS}"
    to_editors = [call for call in telegram.calls if call.chat_id in {editor.id, second_editor.id}]
    assert [call.method for call in to_editors] == ["sendMessage", "sendMessage"]
    for call in to_editors:
        carried = json.dumps(call.values)
        assert str(reader.id) not in carried
        assert reader.user.first_name not in carried
    assert reader.heard[-1].startswith("The editors have it.")


async def test_the_prompt_warns_first_and_forces_a_reply(reader: Phone, editor: Phone):
    await reader.says("Нехта Невядомы")
    await reader.presses("Write to the editors")
    assert reader.heard[-1].startswith(f"{SIGN} If you are where writing can be dangerous")
    assert reader.last.wants_reply


async def test_nothing_is_stored(reader: Phone, editor: Phone, services: Services):
    await tell(reader)
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_the_own_message_is_deleted_by_a_button(reader: Phone, editor: Phone):
    await tell(reader)
    (own,) = (message for message in reader.messages if message.body.get("text") == WORDS)
    await reader.presses("Delete my message")
    assert own not in reader.messages


async def test_without_editors_the_reader_is_told_so(reader: Phone):
    await tell(reader)
    assert reader.heard[-1].startswith("No editor could be reached, and nothing was kept.")


async def test_it_is_enough_that_one_editor_can_be_reached(
    reader: Phone, editor: Phone, second_editor: Phone, telegram: Telegram
):
    editor.closes_account()
    await tell(reader)
    assert WORDS in second_editor.heard[-1]
    assert reader.heard[-1].startswith("The editors have it.")
    telegram.refusals.clear()


async def test_what_reached_nobody_can_be_written_again(
    reader: Phone, editor: Phone, telegram: Telegram
):
    telegram.misbehave(faults.not_reached(), chat=editor, times=A_DAY)
    for _ in range(A_DAY):
        await tell(reader)
        assert reader.heard[-1].startswith("No editor could be reached")
    await tell(reader)
    assert reader.heard[-1].startswith("The editors have it.")


async def test_the_editors_are_written_to_three_times_a_day(
    reader: Phone, other: Phone, editor: Phone, clock: Watch
):
    for _ in range(A_DAY):
        await tell(reader)
    await tell(reader, "too much")
    assert reader.heard[-1].startswith("The editors can be written to 3 times a day.")
    assert "too much" not in editor.heard[-1]
    await tell(other)
    assert other.heard[-1].startswith("The editors have it.")
    clock.advance(timedelta(days=1))
    await tell(reader)
    assert reader.heard[-1].startswith("The editors have it.")


async def test_what_is_too_long_is_refused(reader: Phone, editor: Phone):
    before = len(editor.heard)
    await tell(reader, "ы" * (LONGEST + 1))
    assert reader.heard[-1] == "More characters than fit: 1,000."
    assert len(editor.heard) == before
    await reader.presses("Write to the editors")
    await reader.says("ы" * LONGEST, reply_to=reader.last)
    assert editor.heard[-1].endswith("ы" * LONGEST)


async def test_a_reply_to_anything_else_is_a_question(reader: Phone, editor: Phone):
    before = len(editor.heard)
    await reader.says("Нехта Невядомы")
    await reader.says(WORDS, reply_to=reader.last)
    own = await reader.says(f"{SIGN} my own words")
    await reader.says(WORDS, reply_to=own)
    assert not [text for text in reader.heard if text.startswith("The editors have it.")]
    assert len(editor.heard) == before


async def test_in_a_group_it_is_said_to_work_privately(reader: Phone, editor: Phone):
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    await reader.says("/who Нехта Невядомы", where=group)
    await reader.presses_data(Verb.TELL, reader.newest(group))
    assert reader.alert == "This works only in a private chat with the bot."

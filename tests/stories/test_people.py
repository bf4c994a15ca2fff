"""News of people: a transfer told to a mother in her language, seen, reminded of, taken back."""

from datetime import timedelta

import pytest

from db import people
from db.connection import Database
from model.notices import NoticeId
from names import keys_of
from simulator.phone import Phone
from tests.town import LIST, Town, find, tell
from views.callbacks import Deed, Verb, Wish

TRANSFER = """\
/event
Алеся Ластаўка
пераведзена
2025-12-01
Віцебск
Viasna https://example.org/transfer
"""
BOTH = (
    TRANSFER
    + """
Янка Верабей
шпіталь
2025-12-02
Viasna https://example.org/hospital
"""
)
THREE = (
    BOTH
    + """
Алеся Ластаўка
шпіталь
2025-12-03
Viasna https://example.org/ward
"""
)
WORDS = {
    "be": "перавод у іншае месца",
    "ru": "перевод в другое место",
    "de": "Verlegung an einen anderen Ort",
}


@pytest.fixture
async def editors(town: Town) -> tuple[Phone, Phone]:
    return await town.editor("Alena"), await town.editor("Barys", "lt")


async def follower(town: Town, name: str, language: str, **more: bool) -> Phone:
    phone = await town.reader(name, language, **more)
    await town.follow(phone, "Алеся Ластаўка")
    return phone


def arrived(town: Town, phone: Phone, before: int) -> list[str]:
    return town.telegram.told(phone)[before:]


async def test_a_transfer_is_told_to_each_follower_in_her_language_and_to_nobody_else(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    family = {language: await follower(town, f"Mother {language}", language) for language in WORDS}
    stranger = await town.reader("Jan", "pl")
    await stranger.says("/releases")
    before = {phone: len(town.telegram.told(phone)) for phone in (*family.values(), stranger)}
    await tell(town, *editors, text=TRANSFER)
    for language, phone in family.items():
        (message,) = arrived(town, phone, before[phone])
        assert WORDS[language] in message
        assert "Viasna" in message
    assert arrived(town, stranger, before[stranger]) == []
    await stranger.says("Алеся Ластаўка")
    await town.press(stranger, Verb.TIMELINE)
    assert "Віцебск" in stranger.heard[-1]


async def test_two_events_in_one_notice_are_one_message_with_the_followed_on_top(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    reader = await town.reader("Volha", "be")
    for name in ("Янка Верабей", "Алеся Ластаўка"):
        await town.follow(reader, name)
    other = await town.reader("Janka", "be")
    await town.follow(other, "Янка Верабей")
    before = [len(town.telegram.told(phone)) for phone in (reader, other)]
    await tell(town, *editors, text=BOTH)
    (both,), (one,) = (
        arrived(town, phone, known) for phone, known in zip((reader, other), before, strict=True)
    )
    assert both.index("Ластаўка") < both.index("Верабей")
    assert one.index("Верабей") < one.index("Ластаўка")


async def test_while_it_is_held_every_door_answers_as_if_nothing_had_happened(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    mother = await follower(town, "Volha", "be")
    questions = (
        "Алеся Ластаўка",
        "Што з Алесяй Ластаўкай?",
        "/news",
        "/following",
        "дзе Ластаўка",
    )

    async def answers() -> list[str]:
        heard = []
        for question in questions:
            await mother.says(question)
            heard.append(mother.heard[-1])
        await mother.says("Алеся Ластаўка")
        await town.press(mother, Verb.TIMELINE)
        return [*heard, mother.heard[-1]]

    before = await answers()
    author, other = editors
    await author.says(TRANSFER)
    await town.do(author, Verb.EDIT, Deed.SUBMIT)
    await town.do(other, Verb.DECIDE, Deed.APPROVE)
    (notice,) = await town.vestka.services.notices.open_notices()
    await town.do(author, Verb.DECIDE, Deed.SAFE, notice.id, notice.seal, 0)
    assert await answers() == before
    told = len(town.telegram.told(mother))
    await town.do(other, Verb.DECIDE, Deed.SAFE, notice.id, notice.seal, 0)
    await town.quiet()
    assert len(town.telegram.told(mother)) == told + 1
    assert await answers() != before


async def test_who_marks_it_seen_is_left_alone_and_who_asked_is_reminded_once(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    seen, unseen, silent = [
        await follower(town, name, "be") for name in ("Volha", "Marta", "Iryna")
    ]
    for phone in (seen, unseen):
        await phone.says("/settings")
        await town.press(phone, Verb.WISHES, Wish.REMINDERS)
        await town.press(phone, Verb.WISH, Wish.REMINDERS, 1)
    await tell(town, *editors, text=TRANSFER)
    await town.press(seen, Verb.SEEN)
    assert find(seen, Verb.SEEN) is None
    before = {phone: len(town.telegram.told(phone)) for phone in (seen, unseen, silent)}
    for _ in range(3):
        # The bot runs on all the while: nothing was interrupted.
        for _ in range(15):
            town.clock.advance(timedelta(minutes=55))
            await town.vestka.services.guard.beat()
        await town.vestka.services.reminders.begin()
        town.vestka.changed(NoticeId(1))
        await town.until(lambda: len(town.telegram.told(unseen)) > before[unseen])
    (reminder,) = arrived(town, unseen, before[unseen])
    assert "Ластаўка" in reminder
    assert "перавод" not in reminder
    for phone in (seen, silent):
        assert arrived(town, phone, before[phone]) == []
    await town.press(unseen, Verb.WAVE)
    assert "перавод" in unseen.heard[-1]


async def test_a_discreet_reader_learns_it_by_a_tap_and_no_name_leaves_before(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    discreet = await follower(town, "Volha", "be", discreet=True)
    before = len(town.telegram.told(discreet))
    await tell(town, *editors, text=TRANSFER)
    (hidden,) = arrived(town, discreet, before)
    assert hidden == "1 новае паведамленне"
    await town.press(discreet, Verb.WAVE)
    assert "перавод" in discreet.heard[-1]
    assert find(discreet, Verb.SEEN) is not None
    await town.press(discreet, Verb.SEEN)
    assert find(discreet, Verb.SEEN) is None


async def test_a_follower_of_two_entries_that_are_one_person_is_told_once(
    town: Town, editors: tuple[Phone, Phone], database: Database
) -> None:
    mother = await follower(town, "Volha", "be")
    await town.follow(mother, "Рыгор Салавей")
    async with database.write() as conn:
        known = await people.by_ref(conn, ["lastauka", "salaviej"])
        one = known["lastauka"]
        await people.merge(conn, known["salaviej"].id, one, keys_of(n.text for n in one.names))
    before = len(town.telegram.told(mother))
    await tell(town, *editors, text=TRANSFER)
    assert len(arrived(town, mother, before)) == 1


async def test_what_was_wrong_is_mended_in_place_and_said_aloud(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    mother = await follower(town, "Volha", "be")
    await tell(town, *editors, text=TRANSFER)
    before = len(town.telegram.told(mother))
    author, other = editors
    await town.do(author, Verb.DECIDE, Deed.TAKE_BACK)
    await town.do(author, Verb.DECIDE, Deed.CHOOSE)
    await town.do(author, Verb.DECIDE, Deed.CORRECT)
    await town.do(author, Verb.DECIDE, Deed.CORRECT_SURELY)
    await town.do(other, Verb.DECIDE, Deed.APPROVE)
    await town.quiet()
    (correction,) = arrived(town, mother, before)
    assert "Гэта была памылка." in correction
    await mother.says("Алеся Ластаўка")
    await town.press(mother, Verb.TIMELINE)
    assert "Віцебск" not in mother.heard[-1]


async def test_of_two_things_told_one_was_wrong_and_it_is_said_which(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    mother, friend = await follower(town, "Volha", "be"), await town.reader("Janka", "be")
    await town.follow(friend, "Янка Верабей")
    await tell(town, *editors, text=THREE)
    before = {phone: len(town.telegram.told(phone)) for phone in (mother, friend)}
    author, other = editors
    await town.do(author, Verb.DECIDE, Deed.TAKE_BACK)
    (ward,) = [one for one in author.buttons if "Ластаўка" in one and "бальніца" in one]
    await author.presses(ward)
    await town.do(author, Verb.DECIDE, Deed.CORRECT)
    await town.do(author, Verb.DECIDE, Deed.CORRECT_SURELY)
    await town.until(lambda: find(other, Verb.DECIDE, Deed.APPROVE) is not None)
    await town.do(other, Verb.DECIDE, Deed.APPROVE)
    await town.quiet()
    (correction,) = arrived(town, mother, before[mother])
    assert "бальніца" in correction
    assert "перавод" not in correction
    assert "Гэта была памылка." in correction
    assert len(arrived(town, friend, before[friend])) == 1
    await mother.says("Алеся Ластаўка")
    await town.press(mother, Verb.TIMELINE)
    assert "Віцебск" in mother.heard[-1]
    assert "бальніца" not in mother.heard[-1]


async def test_what_a_release_tells_makes_no_news_of_its_own(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    await tell(town, *editors, text=LIST)
    author, _ = editors
    await author.says(
        "/event\nАлеся Ластаўка\nвызвалена\n2025-12-13\nViasna https://example.org/freed"
    )
    assert "апавяшчэнне" in author.heard[-1]
    assert find(author, Verb.EDIT, Deed.SUBMIT, 2) is None

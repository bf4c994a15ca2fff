"""Following somebody: plainly, discreetly, from a group, and before a journey."""

from datetime import timedelta

from model.readers import ChatId
from simulator.phone import Phone, buttons_of, text_of
from simulator.world import Message
from tests.town import Town, find
from views.callbacks import Verb

NAMES = ("Ластаўка", "Lastauka", "Ласточка")


def named(text: str) -> bool:
    return any(name in text for name in NAMES)


async def test_a_reader_follows_sees_it_and_is_forgotten(town: Town) -> None:
    reader = await town.reader("Alesia", "be")
    await town.follow(reader, "Алеся Ластаўка")
    await reader.says("/following")
    assert named(reader.heard[-1]) or any(named(label) for label in reader.buttons)
    await reader.says("/mydata")
    assert named(reader.heard[-1])
    await reader.says("/forget")
    assert await town.stored(reader) is None
    erased = reader.heard[-1]
    await reader.says("/forget")
    assert reader.heard[-1] == erased


async def test_following_twice_is_answered_like_once(town: Town) -> None:
    reader = await town.reader("Alesia", "be")
    await town.follow(reader, "Алеся Ластаўка")
    first = reader.alert
    assert first
    await town.follow(reader, "Алеся Ластаўка")
    assert reader.alert == first


async def test_a_discreet_phone_shows_no_name_before_a_press_nor_a_minute_after(
    town: Town,
) -> None:
    reader = await town.reader("Marta", "be", discreet=True)
    sent = len(town.telegram.told(reader))
    await reader.says("Алеся Ластаўка")
    assert not any(named(text) for text in town.telegram.told(reader)[sent:])
    await town.press(reader, Verb.CARD)
    assert named(reader.heard[-1])
    town.clock.advance(timedelta(seconds=61))
    await town.until(lambda: not named(reader.heard[-1]))


async def test_before_a_journey_everything_goes_and_the_code_brings_it_back(town: Town) -> None:
    reader = await town.reader("Alesia", "be")
    await town.follow(reader, "Алеся Ластаўка")
    await reader.says("/travelling")
    await town.press(reader, Verb.DEPART)
    (code,) = [line for line in reader.heard[-1].splitlines() if line.count("-") == 3]
    assert await town.stored(reader) is None

    elsewhere = Phone(town.telegram, "Another account", language="pl")
    await elsewhere.says(f"/return {code.lower()}")
    back = await town.vestka.services.readers.following(ChatId(elsewhere.id))
    assert [person.ref for person in back] == ["lastauka"]
    again = Phone(town.telegram, "A thief", language="pl")
    await again.says(f"/return {code}")
    assert await town.stored(again) is None


async def test_in_a_group_only_administrators_decide(town: Town) -> None:
    owner = await town.reader("Alesia", "be")
    guest = Phone(town.telegram, "Jan", language="be")
    group = await owner.creates_group("Families", members=[guest])
    await owner.adds_bot(group)
    await guest.says("/who Алеся Ластаўка", where=group)
    card = owner.newest(group)
    assert named(text_of(card))
    pressed = find_on(card, Verb.FOLLOW)
    await guest.presses_data(pressed, card)
    assert await town.stored(group) is None
    await owner.presses_data(pressed, card)
    reader = await town.stored(group)
    assert reader is not None
    assert len(reader.follows) == 1


def find_on(message: Message, verb: Verb) -> str:
    return next(
        str(button["callback_data"])
        for button in buttons_of(message)
        if str(button.get("callback_data", "")).startswith(f"{verb}:")
    )


async def test_whoever_blocks_the_bot_is_forgotten(town: Town) -> None:
    reader = await town.reader("Alesia", "be")
    await town.follow(reader, "Алеся Ластаўка")
    await reader.blocks()
    assert await town.stored(reader) is None
    assert find(reader, Verb.FOLLOW)

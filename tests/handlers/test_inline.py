"""The bot's name and a person's, typed in any chat: what is offered, and what it becomes."""

from datetime import timedelta

import pytest

from db.connection import Database
from handlers import inline
from handlers.context import Services
from model.codes import code_of
from model.people import Person, Visibility
from model.readers import ChatId
from simulator import faults
from simulator.core import Telegram
from simulator.phone import Phone, buttons_of, text_of
from simulator.refusals import bad_request
from simulator.world import Chat
from tests.watch import Watch
from tests.world import Mishaps, list_person


@pytest.fixture
async def friends(reader: Phone, other: Phone) -> Chat:
    """Let two people have a group that has never heard of the bot."""
    return await reader.creates_group("Friends", members=[other])


def offered(phone: Phone) -> list[str]:
    assert phone.offer is not None, "the bot did not answer"
    return [each.title for each in phone.offer.results]


async def offers(phone: Phone, text: str) -> list[str]:
    await phone.types(text)
    return offered(phone)


async def test_a_name_in_any_chat_is_offered_as_a_card(
    reader: Phone, friends: Chat, lastauka: Person
):
    await reader.types("Алеся Ластаўка", where=friends)
    assert offered(reader) == ["Alesia Lastauka"]
    assert reader.offer is not None
    assert reader.offer.button is None
    message = await reader.shares("Alesia Lastauka", where=friends)
    words = text_of(message)
    assert "Alesia Lastauka" in words
    assert "Who says so: Viasna" in words
    assert words.endswith("As known on December 13, 2025; this may have changed since")
    (button,) = buttons_of(message)
    assert button["text"] == "What is known now"
    assert button["url"] == f"https://t.me/vestka_bot?start={code_of(lastauka.id)}"


async def test_who_gets_the_card_follows_in_two_steps(
    reader: Phone, other: Phone, friends: Chat, lastauka: Person, services: Services
):
    await reader.types("Алеся Ластаўка", where=friends)
    message = await reader.shares("Alesia Lastauka", where=friends)
    await other.presses("What is known now", on=message)
    assert "Alesia Lastauka" in other.heard[-1]
    await other.presses("Tell me news")
    known = await services.readers.of(ChatId(other.id))
    assert known is not None
    assert known.follows == {lastauka.id}


async def test_what_is_sent_says_nothing_of_who_sends_it(
    reader: Phone, other: Phone, friends: Chat, lastauka: Person
):
    await reader.says("Алеся Ластаўка")
    await reader.presses("Tell me news")
    for phone in (reader, other):
        await phone.types("Ластаўка Алеся", where=friends)
    assert reader.offer is not None
    assert reader.offer == other.offer


async def test_namesakes_are_offered_with_what_tells_them_apart(
    reader: Phone, namesakes: tuple[Person, Person]
):
    await reader.types("Андрэй Верабейчык")
    assert reader.offer is not None
    told = [each.description for each in reader.offer.results]
    assert len(set(told)) == 2
    assert all("year of" in each for each in told)
    assert not any("<" in each or "&" in each for each in told)


@pytest.mark.parametrize(
    "text", ["", " ", "?", "А", "a b", "Мінск", "123", "Зоська Гнездзюлькіна", "🕊", "x" * 256]
)
async def test_what_names_nobody_leads_to_the_chat_with_the_bot(
    reader: Phone, lastauka: Person, text: str
):
    await reader.types(text)
    assert offered(reader) == []
    assert reader.offer is not None
    assert reader.offer.button == {"text": "Ask in a private chat", "start_parameter": "ask"}


async def test_the_button_leads_to_the_first_screen(reader: Phone):
    await reader.opens_link("https://t.me/vestka_bot?start=ask")
    assert reader.heard[-1].startswith("Good day. Write a first name and a surname.")


async def test_somebody_hidden_is_offered_like_somebody_who_does_not_exist(
    reader: Phone, unlisted: Person
):
    await reader.types("Зоська Гняздоўская")
    hidden = reader.offer
    await reader.types("Зоська Гнездзюлькіна")
    assert hidden == reader.offer
    assert offered(reader) == []


async def test_letters_typed_one_by_one_show_nobody_but_who_is_meant(
    reader: Phone, database: Database, clock: Watch
):
    for number, name in enumerate(("Ластаўка", "Ластавецкая", "Лапцёнак", "Лабановіч"), 900):
        await list_person(database, number, [(f"Алеся {name}", "be"), (f"Alesia {name}", "en")])
    seen: set[str] = set()
    name = "Алеся Ластаўка"
    for length in range(1, len(name) + 1):
        seen.update(await offers(reader, name[:length]))
        clock.advance(timedelta(seconds=2))
    assert seen == {"Alesia Ластаўка"}


async def test_a_name_that_more_people_bear_than_can_be_shown_offers_nobody(
    reader: Phone, database: Database
):
    for number in range(800, 806):
        await list_person(database, number, [("Янка Салавей", "be")], born=1180 + number)
    assert await offers(reader, "Янка Салавей") == []
    assert await offers(reader, "Янка Салавей 1984") == ["Янка Салавей"]


async def test_a_discreet_reader_is_offered_what_nobodys_name_offers(
    discreet: Phone, reader: Phone, lastauka: Person
):
    await discreet.types("Алеся Ластаўка")
    await reader.types("Зоська Гнездзюлькіна")
    assert offered(discreet) == []
    assert discreet.offer == reader.offer


async def test_the_answer_is_for_who_asked_and_soon_forgotten(
    reader: Phone, lastauka: Person, telegram: Telegram
):
    await reader.types("Алеся Ластаўка")
    (call,) = telegram.calls_of("answerInlineQuery")
    assert call.values["is_personal"] is True
    assert 0 < call.values["cache_time"] <= inline.KEPT <= 60
    assert "next_offset" not in call.values


async def test_there_is_no_second_page(reader: Phone, lastauka: Person):
    await reader.types("Алеся Ластаўка", offset="5")
    assert offered(reader) == []


async def test_it_speaks_the_language_that_was_chosen(
    reader: Phone, lastauka: Person, services: Services
):
    await reader.says("/language")
    await reader.presses_data("g:be", reader.last)
    await reader.types("Alesia Lastauka")
    assert offered(reader) == ["Алеся Ластаўка"]
    stranger = Phone(reader.telegram, "Marek", language="pl")
    await stranger.types("?")
    assert stranger.offer is not None
    assert stranger.offer.button is not None
    polish = services.languages.speak("pl").gettext("Ask in a private chat")
    assert stranger.offer.button["text"] == polish


async def test_typing_remembers_nobody(reader: Phone, lastauka: Person, services: Services):
    await reader.types("Алеся Ластаўка")
    await reader.shares("Alesia Lastauka")
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_a_card_sent_to_the_bot_itself_is_not_taken_for_a_question(
    reader: Phone, lastauka: Person
):
    await reader.types("Алеся Ластаўка")
    await reader.shares("Alesia Lastauka")
    assert reader.heard == []


async def test_typing_uses_up_no_questions_and_has_an_end(
    reader: Phone, lastauka: Person, telegram: Telegram, clock: Watch
):
    await reader.says("/releases")  # no stranger
    for _ in range(60):
        await reader.types("Алеся Ластаўка")
    assert len(telegram.calls_of("answerInlineQuery")) == 40
    assert reader.offer is None
    await reader.says("Алеся Ластаўка")
    assert "Alesia Lastauka" in reader.heard[-1]
    for _ in range(300):
        clock.advance(timedelta(seconds=20))
        await reader.types("Алеся Ластаўка")
    assert len(telegram.calls_of("answerInlineQuery")) == 200 + 300 * 20 * 200 // 86_400


async def test_whom_it_offers_has_an_end_too_and_questions_go_on(
    reader: Phone, namesakes: tuple[Person, Person], clock: Watch
):
    await reader.says("/releases")  # no stranger
    shown = 0
    for _ in range(60):
        await reader.types("Андрэй Верабейчык")
        shown += len(reader.offer.results) if reader.offer else 0
        clock.advance(timedelta(seconds=2))
    assert 100 <= shown <= 104
    await reader.says("Андрэй Верабейчык")
    assert sum("Verabeichyk" in label for label in reader.buttons) == 2


async def test_strangers_who_type_are_answered_less_than_telegram_takes(
    reader: Phone, telegram: Telegram
):
    strangers = [Phone(telegram, f"S{number}") for number in range(60)]
    for stranger in strangers:
        await stranger.types("Ластаўка")
    assert sum(stranger.offer is not None for stranger in strangers) == 25
    # Who writes to the bot itself does not notice.
    await reader.says("/help")
    assert len(reader.heard) == 1


async def test_an_answer_that_comes_too_late_is_nobodys_concern(
    reader: Phone, telegram: Telegram, mishaps: Mishaps
):
    telegram.misbehave(
        faults.refusal(bad_request("query is too old and response timeout expired")),
        method="answerInlineQuery",
    )
    await reader.types("Ластаўка")
    assert reader.offer is None
    assert not [entry for entry in mishaps if entry["log_level"] == "error"]
    telegram.refusals.clear()


async def test_what_breaks_is_written_down_without_what_was_typed(
    reader: Phone, mishaps: Mishaps, services: Services, monkeypatch: pytest.MonkeyPatch
):
    async def ask(_self: object, text: str) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr(type(services.search), "ask", ask)
    await reader.types("Алеся Ластаўка")
    assert reader.offer is None
    (entry,) = [entry for entry in mishaps if entry["log_level"] == "error"]
    assert "Ластаўка" not in str(entry)
    assert str(reader.id) not in str(entry)
    mishaps.clear()


# --- the button that passes a card on ---------------------------------------------------------


async def test_a_card_is_passed_on_by_a_link_that_names_nobody(
    reader: Phone, other: Phone, lastauka: Person, services: Services
):
    await reader.says("Алеся Ластаўка")
    await reader.presses("Share")
    link = f"https%3A%2F%2Ft.me%2Fvestka_bot%3Fstart%3D{code_of(lastauka.id)}"
    assert reader.opened == f"https://t.me/share/url?url={link}"
    # Whoever gets it sees the card, and follows with one press.
    await other.opens_link(f"https://t.me/vestka_bot?start={code_of(lastauka.id)}")
    assert "Alesia Lastauka" in other.heard[-1]
    await other.presses("Tell me news")
    known = await services.readers.of(ChatId(other.id))
    assert known is not None
    assert known.follows == {lastauka.id}


async def test_a_link_sent_to_the_bot_itself_shows_the_card_too(reader: Phone, lastauka: Person):
    await reader.says(f"https://t.me/vestka_bot?start={code_of(lastauka.id)}")
    assert "Alesia Lastauka" in reader.heard[-1]
    await reader.says("https://t.me/vestka_bot?start=AAAAAAAAAAE")
    await reader.says("https://t.me/vestka_bot?start=ééééééééééé")
    assert reader.heard[-1] == reader.heard[-2]
    assert reader.heard[-1].startswith("There is no such name on our list.")


async def test_a_link_that_was_passed_on_is_passed_on_again(reader: Phone, lastauka: Person):
    await reader.opens_link(f"https://t.me/vestka_bot?start={code_of(lastauka.id)}")
    assert "Share" in reader.buttons


async def test_a_card_in_a_group_can_be_passed_on_by_everybody(
    reader: Phone, other: Phone, lastauka: Person
):
    group = await reader.creates_group("Families", members=[other])
    await reader.adds_bot(group)
    await other.says("/who Алеся Ластаўка", where=group)
    await other.presses("Share", on=other.newest(group))
    assert other.opened is not None
    assert code_of(lastauka.id) in other.opened


async def test_a_discreet_reader_is_not_tempted_to_pass_on(discreet: Phone, lastauka: Person):
    await discreet.says("Алеся Ластаўка")
    await discreet.presses("Show")
    assert "Tell me news" in discreet.buttons
    assert "Share" not in discreet.buttons
    await discreet.presses("What happened when")
    await discreet.presses("‹ Back")
    assert "Share" not in discreet.buttons


async def test_the_link_of_somebody_hidden_is_that_of_nobody(reader: Phone, database: Database):
    hidden = await list_person(
        database, 990, [("Зоська Гняздоўская", "be")], visibility=Visibility.HIDDEN
    )
    await reader.opens_link(f"https://t.me/vestka_bot?start={code_of(hidden.id)}")
    await reader.opens_link("https://t.me/vestka_bot?start=AAAAAAAAAAE")
    assert reader.heard[0] == reader.heard[1]
    assert reader.heard[0].startswith("There is no such name on our list.")

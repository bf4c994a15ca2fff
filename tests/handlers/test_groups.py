"""Groups and channels, and who decides for them."""

import pytest

from handlers.context import Services
from model.codes import code_of
from model.people import Person
from model.readers import ChatId
from simulator.core import Telegram
from simulator.phone import Phone, buttons_of, text_of
from simulator.world import Chat

ONLY_ADMINISTRATORS = "Only administrators of the group or channel can decide this."


@pytest.fixture
async def group(reader: Phone, other: Phone) -> Chat:
    """Make a group that belongs to ``reader``, with ``other`` and the bot in it."""
    group = await reader.creates_group("Families", members=[other])
    await reader.adds_bot(group)
    return group


@pytest.fixture
async def channel(reader: Phone) -> Chat:
    """Make a channel that belongs to ``reader``, with the bot in it."""
    await reader.says("/start")
    channel = await reader.creates_channel("Our news", username="our_news")
    await reader.adds_bot(channel)
    return channel


def forwarded(channel: Chat) -> dict[str, object]:
    return {"type": "channel", "chat": channel.body(), "message_id": 3, "date": 1_765_000_000}


async def test_a_group_that_lets_the_bot_in_hears_one_sentence(group: Chat, telegram: Telegram):
    assert len(telegram.told(group)) == 1
    assert "Administrators choose" in telegram.told(group)[0]


async def test_administrators_decide_and_the_rest_do_not(
    group: Chat, reader: Phone, other: Phone, lastauka: Person, services: Services
):
    await other.says("/who Алеся Ластаўка", where=group)
    card = other.newest(group)
    await other.presses("Tell me news", on=card)
    assert other.alert == ONLY_ADMINISTRATORS
    assert await services.readers.of(ChatId(group.id)) is None
    await reader.presses("Tell me news", on=card)
    assert reader.alert == "News will come here. To change this: /following"
    assert [p.id for p in await services.readers.following(ChatId(group.id))] == [lastauka.id]


@pytest.mark.parametrize("command", ["/following", "/releases", "/language", "/forget", "/mydata"])
async def test_a_member_is_told_who_decides(
    group: Chat, other: Phone, telegram: Telegram, command: str
):
    await other.says(command, where=group)
    assert telegram.told(group)[-1] == ONLY_ADMINISTRATORS


async def test_an_anonymous_administrator_decides_too(
    group: Chat, reader: Phone, telegram: Telegram, services: Services
):
    bot = {
        "id": 1087968824,
        "is_bot": True,
        "first_name": "Group",
        "username": "GroupAnonymousBot",
    }
    telegram.push(
        "message",
        {
            "message_id": 900,
            "date": 1_765_000_000,
            "chat": group.body(),
            "from": bot,
            "sender_chat": group.body(),
            "text": "/releases",
            "entities": [{"type": "bot_command", "offset": 0, "length": 9}],
        },
    )
    await telegram.settle()
    known = await services.readers.of(ChatId(group.id))
    assert known is not None
    assert known.releases


async def test_forget_in_a_group_erases_the_group(group: Chat, reader: Phone, services: Services):
    await reader.says("/releases", where=group)
    await reader.says("/forget", where=group)
    assert await services.readers.of(ChatId(group.id)) is None


async def test_a_group_that_throws_the_bot_out_is_forgotten(
    group: Chat, reader: Phone, services: Services
):
    await reader.says("/releases", where=group)
    await reader.removes_bot(group)
    assert await services.readers.of(ChatId(group.id)) is None


async def test_a_group_keeps_its_choice_when_it_becomes_a_supergroup(
    group: Chat, reader: Phone, services: Services
):
    await reader.says("/releases", where=group)
    new = await reader.upgrades(group)
    assert await services.readers.of(ChatId(group.id)) is None
    known = await services.readers.of(ChatId(new.id))
    assert known is not None
    assert known.releases


async def test_a_group_has_no_hidden_texts(group: Chat, reader: Phone):
    await reader.presses_data("d:1", reader.newest(group))
    assert reader.alert is not None


async def test_start_and_help_in_a_group_say_what_a_group_can_do(
    group: Chat, reader: Phone, telegram: Telegram
):
    await reader.says("/start", where=group)
    await reader.says("/help", where=group)
    assert len(set(telegram.told(group))) == 1


async def test_a_channel_says_nothing_and_its_administrator_is_told(
    channel: Chat, reader: Phone, telegram: Telegram
):
    assert telegram.told(channel) == []
    assert "/manage" in reader.heard[-1]
    assert "Our news" in reader.heard[-1]


async def test_an_administrator_who_never_wrote_to_the_bot_is_not_disturbed(
    other: Phone, telegram: Telegram
):
    quiet = await other.creates_channel("Quiet", username="quiet")
    await other.adds_bot(quiet)
    assert telegram.told(quiet) == []
    assert [each.status for each in telegram.refusals] == [403]
    telegram.refusals.clear()


async def test_a_channel_is_managed_by_its_name(
    channel: Chat, reader: Phone, lastauka: Person, services: Services
):
    await reader.says("/manage @our_news")
    assert "News of releases does not come there." in reader.heard[-1]
    await reader.presses("Tell of every release")
    assert "All news of releases comes there." in reader.heard[-1]
    await reader.says("/manage @our_news Алеся Ластаўка")
    await reader.presses("Alesia Lastauka")
    assert "Alesia Lastauka" in reader.heard[-1]
    known = await services.readers.of(ChatId(channel.id))
    assert known is not None
    assert known.releases
    assert known.follows == {lastauka.id}
    await reader.presses("✕ Alesia Lastauka")
    assert "No single person is chosen." in reader.heard[-1]


async def test_a_channel_is_managed_from_a_forwarded_post(
    channel: Chat, reader: Phone, lastauka: Person, services: Services
):
    post = await reader.sends(text="A post", forward_origin=forwarded(channel))
    await reader.presses("Tell of every release")
    await reader.says("/manage Алеся Ластаўка", reply_to=post)
    await reader.presses("Alesia Lastauka")
    known = await services.readers.of(ChatId(channel.id))
    assert known is not None
    assert known.releases
    assert known.follows == {lastauka.id}


async def test_a_channel_has_its_own_language(channel: Chat, reader: Phone, services: Services):
    await reader.says("/manage @our_news")
    await reader.presses("Language: English")
    await reader.presses("Polski")
    assert "Language: Polski" in reader.buttons
    known = await services.readers.of(ChatId(channel.id))
    assert known is not None
    assert known.language == "pl"
    await reader.presses_data("G:tlh", reader.last)
    assert reader.alert is not None


async def test_who_is_no_administrator_cannot_see_whether_there_is_a_channel(
    channel: Chat, other: Phone, telegram: Telegram
):
    await other.says("/manage @our_news")
    await other.says("/manage @no_such_channel")
    await other.sends(text="A post", forward_origin=forwarded(channel))
    assert len(set(other.heard)) == 1
    telegram.refusals.clear()


async def test_who_is_no_longer_administrator_decides_nothing(
    channel: Chat, reader: Phone, services: Services
):
    await reader.says("/manage @our_news")
    channel.members[reader.id] = channel.members[reader.id].__class__.MEMBER
    await reader.presses("Tell of every release")
    assert reader.alert == ONLY_ADMINISTRATORS
    assert await services.readers.of(ChatId(channel.id)) is None


async def test_a_button_whose_command_is_deleted_leads_nowhere(channel: Chat, reader: Phone):
    command = await reader.says("/manage @our_news")
    card = reader.last
    card.body.pop("reply_to_message")
    await reader.deletes(command)
    await reader.presses("Tell of every release", on=card)
    assert reader.alert is not None


async def test_manage_without_a_channel_says_how(reader: Phone):
    await reader.says("/manage")
    assert reader.heard[-1].startswith("To choose what news comes to your channel")


async def test_a_channel_nobody_is_listed_for(channel: Chat, reader: Phone):
    await reader.says("/manage @our_news Нехта Невядомы")
    assert reader.heard[-1] == "There is no such name on our list. The list is incomplete."


async def test_a_private_chat_is_no_channel(reader: Phone, telegram: Telegram):
    await reader.says("/start")
    await reader.says("/manage @vestka_bot")
    assert reader.heard[-1].startswith("Either there is no such channel")
    telegram.refusals.clear()


async def test_a_discreet_administrator_opens_the_card_of_a_channel(
    discreet: Phone, lastauka: Person
):
    channel = await discreet.creates_channel("Theirs", username="theirs")
    await discreet.adds_bot(channel)
    await discreet.says("/manage @theirs Алеся Ластаўка")
    assert discreet.heard[-1] == "1 new message"
    await discreet.presses("Show")
    await discreet.presses("Alesia Lastauka")
    await discreet.says("/manage @theirs")
    assert discreet.heard[-1] == "1 new message"
    await discreet.presses("Show")
    assert "Alesia Lastauka" in discreet.heard[-1]


async def test_a_channel_that_throws_the_bot_out_is_forgotten(
    channel: Chat, reader: Phone, services: Services
):
    await reader.says("/manage @our_news")
    await reader.presses("Tell of every release")
    await reader.removes_bot(channel)
    assert await services.readers.of(ChatId(channel.id)) is None


async def test_a_subscribers_press_leads_home_and_leaves_the_channel_alone(
    channel: Chat, reader: Phone, other: Phone, lastauka: Person, telegram: Telegram
):
    post = await reader.posts(channel, "News")
    await other.joins(channel)
    code = code_of(lastauka.id)
    for data, start in ((f"O:{code}", code), ("p:1:0", "news"), ("N", "news")):
        await other.presses_data(data, post)
        answer = telegram.calls_of("answerCallbackQuery")[-1]
        assert answer.values["url"] == f"https://t.me/vestka_bot?start={start}"
    assert telegram.told(channel) == []
    assert not telegram.calls_of("editMessageText")
    await other.says("/start news")
    await other.says("/news")
    assert other.heard[-1] == other.heard[-2] == "There is no news yet."


async def test_an_answer_in_a_group_is_short_and_has_no_buttons_for_private_chats(
    group: Chat, other: Phone, telegram: Telegram
):
    for asked in ("Зоська Гнездзюлькіна", "М", "Мінск", "?", "х" * 500):
        await other.says(f"/who {asked}", where=group)
        answer = other.newest(group)
        assert buttons_of(answer) == []
        assert "/mydata" not in text_of(answer)
    await other.says("/start AAAAAAAAAAE", where=group)
    assert buttons_of(other.newest(group)) == []
    await other.says("Зоська Гнездзюлькіна")
    assert "Write to the editors" in other.buttons

"""Following, /following and /releases, as a reader meets them."""

from handlers.context import Services
from model.people import Person, PersonId
from model.readers import FOLLOWS_AT_MOST, ChatId, ChatKind
from simulator.phone import Phone
from tests.world import list_person
from views import callbacks
from views.callbacks import Verb


async def test_following_is_confirmed_in_the_same_words_whether_new_or_not(
    reader: Phone, lastauka: Person
):
    await reader.says("Алеся Ластаўка")
    await reader.presses("Tell me news")
    first = reader.alert
    await reader.presses("Tell me news")
    assert first == reader.alert == "News will come here. To change this: /following"


async def test_following_lists_and_lets_go(reader: Phone, lastauka: Person, services: Services):
    await reader.says("Алеся Ластаўка")
    await reader.presses("Tell me news")
    await reader.says("/following")
    assert "Alesia Lastauka" in reader.heard[-1]
    await reader.presses("✕ Alesia Lastauka")
    assert "Alesia Lastauka" not in reader.heard[-1]
    known = await services.readers.of(ChatId(reader.id))
    assert known is not None
    assert not known.follows


async def test_all_releases_are_switched_on_and_off(reader: Phone):
    await reader.says("/following")
    assert "All releases: no" in reader.heard[-1]
    await reader.presses("Tell me of every release")
    assert "All releases: yes" in reader.heard[-1]
    await reader.presses("Stop news of every release")
    assert "All releases: no" in reader.heard[-1]


async def test_releases_follows_all_release_news(reader: Phone, services: Services):
    await reader.says("/releases")
    await reader.says("/releases")
    assert reader.heard[0] == reader.heard[1] == "News of releases will come here."
    known = await services.readers.of(ChatId(reader.id))
    assert known is not None
    assert known.releases


async def test_absences_are_switched_on_and_off(reader: Phone, lastauka: Person):
    await reader.says("Алеся Ластаўка")
    await reader.presses("Tell me news")
    await reader.says("/following")
    await reader.presses("Tell me if a name I chose is missing")
    assert "not among the names known at a release: yes" in reader.heard[-1]
    await reader.presses("Do not tell me if a name is missing")
    assert "not among the names known at a release: no" in reader.heard[-1]


async def test_a_button_for_somebody_unlisted_sounds_like_a_button_for_nobody(
    reader: Phone, lastauka: Person, unlisted: Person
):
    await reader.says("Алеся Ластаўка")
    for verb in "fct":
        alerts = set()
        for person in (unlisted.id, 12345):
            code = callbacks.person(Verb(verb), PersonId(person))
            await reader.presses_data(code, reader.last)
            alerts.add(reader.alert)
        assert alerts == {
            "There is nothing here, or not any more. Write a first name and a surname."
        }


async def test_the_limit_is_said(reader: Phone, lastauka: Person, services: Services, database):
    await reader.says("Алеся Ластаўка")
    for number in range(1, FOLLOWS_AT_MOST + 1):
        one = await list_person(database, number, [(f"Бусел Нумар{number}", "be")])
        await services.readers.follow(ChatId(reader.id), ChatKind.PRIVATE, one.id, language="en")
    await reader.presses("Tell me news")
    assert reader.alert is not None
    assert "50 people at most" in reader.alert
    await reader.says("/following")
    assert len(reader.buttons) == FOLLOWS_AT_MOST + 3


async def test_a_discreet_reader_opens_the_list(discreet: Phone, lastauka: Person):
    await discreet.says("Алеся Ластаўка")
    await discreet.presses("Show")
    await discreet.presses("Tell me news")
    await discreet.says("/following")
    assert discreet.heard[-1] == "1 new message"
    await discreet.presses("Show")
    assert "Alesia Lastauka" in discreet.heard[-1]

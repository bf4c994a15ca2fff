"""/settings: when news comes, chosen by buttons."""

from datetime import timedelta

from handlers.context import Services
from model.people import Person
from model.readers import ChatId
from model.wishes import NO_WISHES, ZONES, Rhythm, Wishes
from simulator.core import Telegram
from simulator.phone import Phone
from tests.watch import Watch
from views import callbacks
from views.callbacks import Verb, Wish


async def wished(services: Services, reader: Phone) -> Wishes:
    known = await services.readers.of(ChatId(reader.id))
    return NO_WISHES if known is None else known.wishes


async def test_nothing_is_chosen_before_it_is_chosen(reader: Phone, services: Services):
    await reader.says("/settings")
    for said in ("Quiet hours: none.", "Rest: no.", "Digest: no.", "Monthly note: no."):
        assert said in reader.heard[-1]
    assert await services.readers.of(ChatId(reader.id)) is None


async def test_quiet_hours_are_chosen_by_their_ends(reader: Phone, services: Services):
    await reader.says("/settings")
    await reader.presses("Quiet hours")
    await reader.presses("from 23:00")
    assert "Quiet hours: 23:00 to 7:00; news waits." in reader.heard[-1]
    await reader.presses("to 9:00")
    await reader.presses("Send without a sound")
    assert "Quiet hours: 23:00 to 9:00; news comes without a sound." in reader.heard[-1]
    assert await wished(services, reader) == Wishes("Europe/Vilnius", (23, 9), silently=True)
    await reader.presses("Wait until they end")
    await reader.presses("No quiet hours")
    assert "Quiet hours: none." in reader.heard[-1]
    await reader.presses("to 8:00")
    assert (await wished(services, reader)).quiet == (22, 8)


async def test_a_time_zone_is_known_by_what_time_it_is_there(reader: Phone, services: Services):
    await reader.says("/settings")
    await reader.presses("Time zone")
    await reader.presses("Tbilisi 16:00")
    assert "Time zone: Tbilisi 16:00." in reader.heard[-1]
    assert (await wished(services, reader)).zone == "Asia/Tbilisi"
    await reader.presses("Time zone")
    await reader.presses("UTC-9 3:00")
    assert (await wished(services, reader)).zone == "Etc/GMT+9"


async def test_a_digest_and_its_hour_are_chosen(reader: Phone, services: Services, clock: Watch):
    await reader.says("/settings")
    await reader.presses("Digest")
    await reader.presses("On Mondays")
    assert "Digest: on Mondays at 9:00." in reader.heard[-1]
    await reader.presses("18:00")
    assert "Digest: on Mondays at 18:00." in reader.heard[-1]
    now = await wished(services, reader)
    assert (now.digest, now.hour, now.since) == (Rhythm.WEEKLY, 18, clock.now)
    await reader.presses("Digest")
    await reader.presses("No digest")
    now = await wished(services, reader)
    assert (now.digest, now.since) == (None, None)


async def test_the_monthly_note_is_off_unless_it_is_asked_for(reader: Phone, services: Services):
    await reader.says("/settings")
    await reader.presses("Monthly note")
    await reader.presses("Send the monthly note")
    assert "Monthly note: yes, at 9:00." in reader.heard[-1]
    await reader.presses("No monthly note")
    assert "Monthly note: no." in reader.heard[-1]


async def test_the_reminder_is_off_unless_it_is_asked_for(reader: Phone, services: Services):
    await reader.says("/settings")
    assert "Reminder: no." in reader.heard[-1]
    await reader.presses("Reminder")
    await reader.presses("Remind me")
    assert "Reminder: yes." in reader.heard[-1]
    assert (await wished(services, reader)).reminders
    await reader.says("/mydata")
    assert "Reminder: yes." in reader.heard[-1]
    await reader.says("/settings")
    await reader.presses("Reminder")
    await reader.presses("No reminder")
    assert not (await wished(services, reader)).reminders


async def test_rest_is_chosen_in_days_and_ended_by_a_button(
    reader: Phone, services: Services, clock: Watch
):
    await reader.says("/settings")
    await reader.presses("Rest")
    await reader.presses("7 days")
    assert "Rest: until" in reader.heard[-1]
    now = await wished(services, reader)
    assert now.asleep == clock.now
    assert now.wakes == clock.now + timedelta(days=7)
    await reader.presses("Let news come again")
    assert "Rest: no." in reader.heard[-1]
    assert not (await wished(services, reader)).is_asleep(clock.now)


async def test_what_is_chosen_is_reached_from_the_list_of_what_comes(
    reader: Phone, lastauka: Person
):
    await reader.says("/following")
    await reader.presses("When news comes")
    assert "When news comes here" in reader.heard[-1]
    await reader.presses("Rest")
    await reader.presses("‹ Back")
    assert "When news comes here" in reader.heard[-1]


async def test_a_return_code_brings_back_what_was_wished(reader: Phone, services: Services):
    chat = ChatId(reader.id)
    await reader.says("/settings")
    await reader.presses("Quiet hours")
    await reader.presses("from 21:00")
    before = await wished(services, reader)
    code = await services.readers.depart(chat)
    assert await wished(services, reader) == NO_WISHES
    await reader.says(f"/return {code}")
    assert await wished(services, reader) == before


async def test_a_button_that_was_never_made_changes_nothing(reader: Phone, services: Services):
    await reader.says("/settings")
    for forged in (
        callbacks.data(Verb.WISH, Wish.ZONE, len(ZONES)),
        callbacks.data(Verb.WISH, Wish.DIGEST, "hourly"),
        callbacks.data(Verb.WISH, Wish.SLEEP, 31),
        callbacks.data(Verb.WISH, Wish.BEGINS, 24),
        callbacks.data(Verb.WISH, "?", 1),
        callbacks.data(Verb.WISH, Wish.QUIET, 1),
    ):
        await reader.presses_data(forged, reader.last)
    assert await wished(services, reader) == NO_WISHES


async def test_a_group_is_offered_no_rest_and_its_administrators_decide(
    reader: Phone, other: Phone, telegram: Telegram, services: Services
):
    group = await reader.creates_group("Families", members=[other])
    await reader.adds_bot(group)
    await reader.says("/settings", where=group)
    shown = reader.newest(group)
    assert "Quiet hours: none." in telegram.told(group)[-1]
    assert "Rest" not in telegram.told(group)[-1]
    await reader.presses_data(callbacks.data(Verb.WISH, Wish.SLEEP, 7), shown)
    await other.presses_data(callbacks.data(Verb.WISH, Wish.ENDS, 7), shown)
    assert await services.readers.of(ChatId(group.id)) is None
    await reader.presses_data(callbacks.data(Verb.WISH, Wish.ENDS, 7), shown)
    known = await services.readers.of(ChatId(group.id))
    assert known is not None
    assert known.wishes.quiet == (22, 7)

"""The gate: the pace, what is dropped, and what it remembers."""

from datetime import timedelta

import pytest

from db.connection import Database
from handlers import gate
from handlers.context import BotApplication
from handlers.gate import Pace, Ruling, Seen
from model.codes import code_of
from model.people import Person, PersonId
from simulator.core import Telegram
from simulator.phone import Phone
from tests.watch import Watch
from tests.world import list_person


class Seconds:
    """A clock of seconds that is set by hand."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def pace(seconds):
    return Pace((3, 60.0), (10, 86_400.0), clock=seconds)


def rulings(pace, times, chat=1):
    return [pace.rule(chat) for _ in range(times)]


def test_the_fourth_in_a_minute_is_refused_once_and_then_ignored(pace):
    assert rulings(pace, 3) == [Ruling.ADMITTED] * 3
    assert rulings(pace, 3) == [Ruling.REFUSED, Ruling.IGNORED, Ruling.IGNORED]


def test_one_chat_does_not_close_the_gate_for_another(pace):
    rulings(pace, 5, chat=1)
    assert rulings(pace, 1, chat=2) == [Ruling.ADMITTED]


def test_the_gate_opens_again_little_by_little(pace, seconds):
    rulings(pace, 5)
    seconds.now += 20
    assert rulings(pace, 2) == [Ruling.ADMITTED, Ruling.REFUSED]


def test_each_closing_is_told_once(pace, seconds):
    rulings(pace, 5)
    seconds.now += 60
    assert rulings(pace, 5) == [Ruling.ADMITTED] * 3 + [Ruling.REFUSED, Ruling.IGNORED]


def test_the_day_has_its_limit_too(pace, seconds):
    admitted = 0
    for _ in range(20):
        seconds.now += 60
        admitted += pace.rule(1) is Ruling.ADMITTED
    assert admitted == 10


def test_a_clock_that_goes_back_gives_nothing_away(pace, seconds):
    seconds.now = 100
    rulings(pace, 3)
    seconds.now = 0
    assert rulings(pace, 1) == [Ruling.REFUSED]


def test_a_flood_from_ever_new_chats_does_not_grow_the_memory(pace):
    for chat in range(3 * gate.REMEMBERED):
        rulings(pace, 4, chat)
    assert len(pace._buckets) == gate.REMEMBERED
    assert len(pace._told) <= gate.REMEMBERED


def test_of_three_that_answer_each_lets_a_third_through_and_never_nothing(pace, seconds):
    rulings(pace, 1)
    pace.share(3)
    # What is left from before is too much now.
    assert rulings(pace, 2) == [Ruling.ADMITTED, Ruling.REFUSED]
    seconds.now += 60
    pace.share(100)
    assert rulings(pace, 2) == [Ruling.ADMITTED, Ruling.REFUSED]


async def test_processes_that_answer_share_the_limits_but_not_that_of_leaving(
    reader: Phone, application: BotApplication
):
    (first,) = application.handlers[gate.BEFORE_ALL]
    first.callback.__self__.share(4)  # type: ignore[attr-defined]  # its method
    for _ in range(9):
        await reader.says("Ластаўка")
    assert len(reader.heard) == 6
    for _ in range(4):
        await reader.says("/forget")
    assert len(reader.heard) == 10


def test_what_was_seen_is_known_and_the_oldest_is_let_go():
    seen = Seen()
    assert not seen.before("a")
    assert seen.before("a")
    for number in range(gate.REMEMBERED):
        seen.before(number)
    assert not seen.before("a")


async def test_the_twenty_first_question_in_a_minute_is_refused_once(reader: Phone):
    for _ in range(30):
        await reader.says("Ластаўка")
    assert len(reader.heard) == 21
    assert reader.heard[-1] == (
        "That was very much at once. Please wait a little, then write again."
    )


async def test_leaving_is_not_refused_for_having_asked_too_much(reader: Phone):
    for _ in range(30):
        await reader.says("Ластаўка")
    await reader.says("/forget")
    assert reader.heard[-1].startswith("Nothing is stored about this chat now.")


async def test_buttons_have_a_pace_of_their_own(reader: Phone):
    await reader.says("/start")
    for _ in range(60):
        await reader.presses_data("L", reader.last)
        await reader.presses_data("s", reader.last)
    assert reader.alert is None
    await reader.presses_data("L", reader.last)
    assert reader.alert == "That was very much at once. Please wait a little, then write again."


async def test_a_flood_of_strangers_is_not_answered_beyond_what_telegram_takes(
    reader: Phone, telegram: Telegram
):
    await reader.says("/releases")
    strangers = [Phone(telegram, f"S{number}") for number in range(150)]
    for stranger in strangers:
        await stranger.says("/help")
    answered = sum(bool(stranger.heard) for stranger in strangers)
    assert answered == 99  # the reader was the first stranger
    # Somebody the bot knows is answered all the same.
    await reader.says("/help")
    assert len(reader.heard) == 2


async def test_an_editor_is_answered_in_a_flood_of_strangers(editor: Phone, telegram: Telegram):
    for number in range(150):
        await Phone(telegram, f"S{number}").says("/help")
    before = len(editor.heard)
    await editor.says("/help")
    assert len(editor.heard) == before + 1


async def test_people_talking_in_a_group_are_not_listened_to(reader: Phone, telegram: Telegram):
    telegram.reads_groups = True
    group = await reader.creates_group("Families")
    await reader.adds_bot(group)
    before = len(telegram.told(group))
    await reader.says("Алеся Ластаўка", where=group)
    assert len(telegram.told(group)) == before


async def test_who_asks_in_many_groups_asks_no_more_than_in_one(
    reader: Phone, other: Phone, telegram: Telegram
):
    groups = [await reader.creates_group(f"G{number}", members=[other]) for number in range(3)]
    for group in groups:
        await reader.adds_bot(group)
    before = sum(len(telegram.told(group)) for group in groups)
    for _ in range(15):
        for group in groups:
            await reader.says("/who Ластаўка", where=group)
    after = sum(len(telegram.told(group)) for group in groups)
    # Said once that it was too much.
    assert after - before == 21
    await reader.says("Ластаўка")
    assert reader.messages[-1].by_bot is False
    # Another in the group is still answered.
    await other.says("/who Ластаўка", where=groups[0])
    assert other.newest(groups[0]).id > max(
        m.id for m in groups[0].messages.values() if not m.by_bot
    )


async def test_a_group_asks_no_more_than_a_chat_however_many_ask(
    reader: Phone, telegram: Telegram
):
    people = [Phone(telegram, f"P{number}") for number in range(30)]
    group = await reader.creates_group("Families", members=people)
    await reader.adds_bot(group)
    before = len(telegram.told(group))
    for phone in people:
        await phone.says("/who Ластаўка", where=group)
    assert len(telegram.told(group)) - before == 21


async def test_the_list_cannot_be_walked(
    reader: Phone, database: Database, clock: Watch, telegram: Telegram
):
    """Somebody asks for one surname after another, for a quarter of an hour."""
    surnames = [
        f"{begin}{end}"
        for begin in (
            "Бабр",
            "Верас",
            "Гарох",
            "Дуб",
            "Жук",
            "Зязюл",
            "Камар",
            "Лебедз",
            "Снегір",
            "Шпак",
            "Щур",
        )
        for end in ("овіч", "онак", "анка", "ука", "іцкі", "ейка")
    ]
    names = [f"{first} {surname}" for surname in surnames for first in ("Алесь", "Янка")]
    for number, name in enumerate(names, 1):
        await list_person(database, number, [(name, "be")], history=())
    for surname in surnames:
        await reader.says(surname)
        clock.advance(timedelta(seconds=10))
    told = repr(telegram.calls)
    named = {name for name in names if name in told}
    assert 100 <= len(named) <= 100 + 100 / 4
    assert "That was very much at once. Please wait a little, then write again." in reader.heard
    clock.advance(timedelta(hours=1))
    await reader.says(surnames[-1])
    assert f"Янка {surnames[-1]}" in repr(reader.messages[-1].body)


async def test_asking_for_one_person_is_never_too_much(reader: Phone, lastauka: Person):
    for _ in range(15):
        await reader.says("Алеся Ластаўка")
    assert "Alesia Lastauka" in reader.heard[-1]


def test_whom_an_answer_names_counts_as_often_as_they_are(seconds):
    pace = Pace((10, 3600.0), clock=seconds)
    assert [pace.rule(1, 4) for _ in range(4)] == [
        Ruling.ADMITTED,
        Ruling.ADMITTED,
        Ruling.REFUSED,
        Ruling.IGNORED,
    ]
    assert pace.rule(1, 2) is Ruling.ADMITTED


@pytest.mark.parametrize("carried", ["c", "O", "t", "f", "o"])
async def test_guessed_codes_open_nobody(reader: Phone, lastauka: Person, carried: str):
    await reader.says("/start")
    for guess in range(1, 40):
        await reader.presses_data(f"{carried}:{code_of(PersonId(guess * 2**57))}", reader.last)
        assert "Lastauka" not in str(reader.heard)
    assert reader.alert is not None


async def test_guessed_links_open_nobody(reader: Phone, lastauka: Person):
    answers = set()
    for guess in range(1, 10):
        await reader.says(f"/start {code_of(PersonId(guess * 2**59 + 1))}")
        answers.add(reader.heard[-1])
    assert len(answers) == 1
    assert "There is no such name on our list." in answers.pop()

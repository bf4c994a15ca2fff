"""The screens of readers: whole in every language, and never too much for one message."""

from datetime import UTC, datetime, timedelta

import pytest

from locales import LANGUAGES, Tongue, speak
from model.cards import Card
from model.custody import custody_of
from model.dates import PartialDate
from model.deliveries import Address, DeliveryState
from model.digests import Digest, Unchanged
from model.disclosures import Disclosure, Held
from model.editors import Editor
from model.notices import EditorId, NewsItem, NoticeKind, Snapshot, WaveId
from model.people import Event, EventId, EventKind, Name, Person, PersonId, Place, Source
from model.readers import FOLLOWS_AT_MOST, WAITING_AT_MOST, ChatId, ChatKind, Reader
from model.releases import ReleaseId
from model.wishes import NO_WISHES, Rhythm, Wishes
from views import (
    digest,
    discretion,
    following,
    group,
    language,
    latest,
    privacy,
    start,
    tips,
    waiting,
    wishes,
)
from views.screen import Screen
from views.text import LIMIT, length

CHAT = ChatId(52_000_000_123)
CROWD = [
    Person(
        PersonId(number),
        f"p-{number}",
        (Name("Ж" * 300 + str(number), "be"),),
        birthday="05-17",
    )
    for number in range(1, FOLLOWS_AT_MOST + 1)
]


NAMES = tuple(f"{'Ж' * 41} <{number}>" for number in range(WAITING_AT_MOST))


NOON = datetime(2025, 12, 13, 12, tzinfo=UTC)
EVERY_WISH = Wishes(
    "Asia/Almaty",
    (22, 7),
    True,
    NOON,
    NOON + timedelta(days=30),
    Rhythm.WEEKLY,
    10,
    NOON,
    True,
    reminders=True,
)


SAID = Event(
    EventId(1),
    PersonId(1),
    EventKind.DETAINED,
    PartialDate.parse("2020-09"),
    (Source("Ж" * 300, "https://example.org/" + "x" * 900),) * 9,
    Place("BY", {"be": "Ж" * 300}),
)
CARDS = tuple(Card(one, custody_of([SAID]), (SAID,)) for one in CROWD)
DIGESTS = (
    Digest(NOON, NOON, (), (), 0, 0, NOON, ()),
    Digest(NOON, NOON, CARDS, CARDS[:10], 1234, 12345, NOON, CARDS[:3], CARDS[:5]),
    Unchanged(NOON, CARDS),
)


def reader(**more: object) -> Reader:
    return Reader(CHAT, "en", **more)  # type: ignore[arg-type]  # whichever fields a test sets


def screens(t: Tongue) -> list[Screen]:
    full = reader(
        kind=ChatKind.GROUP,
        discreet=True,
        releases=True,
        absences=True,
        follows=frozenset(one.id for one in CROWD),
        waiting=NAMES,
        wishes=EVERY_WISH,
    )
    everything = Disclosure(
        full,
        tuple(CROWD),
        (Held(DeliveryState.QUEUED, Address(CHAT, ChatKind.PRIVATE, "en", discreet=True)),) * 5,
        (1, 2),
        Editor(EditorId("e"), CHAT, "<Label>", "en"),
        (7, 8, 9),
    )
    return [
        start.start(t),
        start.chosen(t, discreet=True),
        start.chosen(t, discreet=False),
        start.help_(t),
        start.unreadable(t),
        language.choose(t, LANGUAGES),
        language.chosen(t),
        following.following(t, None, ()),
        following.following(t, full, CROWD),
        following.releases(t),
        privacy.privacy(t),
        privacy.mydata(t, Disclosure(None)),
        privacy.mydata(t, everything),
        privacy.forgotten(t),
        privacy.travelling(t),
        privacy.departed(t, "AAAA-BBBB-CCCC-DDDD"),
        privacy.returned(t),
        privacy.not_returned(t),
        group.welcome(t),
        group.who(t),
        group.only_privately(t),
        group.channel_added(t, "<Our> news"),
        group.manage(t),
        group.channel(t, "<Our> news", None, ()),
        group.channel(t, "<Our> news", full, CROWD),
        group.candidates(t, ()),
        group.candidates(t, CROWD[:5]),
        group.channel_unknown(t),
        waiting.noted(t),
        Screen(waiting.prompt(t)),
        Screen(tips.prompt(t, limit=1000)),
        tips.tip(t, "<&>" * 333),
        tips.passed_on(t, 2**31 - 1),
        tips.unreachable(t),
        tips.enough(t, limit=3),
        latest.latest(t, ()),
        *(
            screen
            for wished in (NO_WISHES, EVERY_WISH, EVERY_WISH._replace(silently=False))
            for screen in (
                wishes.wishes(t, wished, NOON),
                wishes.wishes(t, wished, NOON, private=False),
                wishes.quiet(t, wished),
                wishes.sleep(t, wished, NOON),
                wishes.digest(t, wished),
                wishes.monthly(t, wished),
                wishes.reminders(t, wished),
                wishes.zones(t, wished, NOON),
            )
        ),
        *(digest.digest(t, told, NOON.date()) for told in DIGESTS),
        discretion.hidden(t, "c:AAAAAAAAAAE"),
        discretion.hidden(t, "c:AAAAAAAAAAE", question=2**31 - 1),
    ]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_screen_fits_into_one_message(tag: str):
    for screen in screens(speak(tag)):
        assert 0 < length(screen.text) <= LIMIT
        assert all(len(button.text) >= 1 for row in screen.keyboard for button in row)
        assert sum(map(len, screen.keyboard)) <= 100


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_screen_tells_the_number_of_a_chat(tag: str):
    for screen in screens(speak(tag)):
        assert str(CHAT) not in screen.text
        assert str(CHAT) not in repr(screen.keyboard)


def test_names_from_outside_are_escaped():
    t = speak("en")
    assert "&lt;Our&gt;" in group.channel_added(t, "<Our>").text
    assert "&lt;Label&gt;" in screens(t)[12].text


@pytest.mark.parametrize("kind", ChatKind)
def test_mydata_says_what_kind_of_chat_it_is(kind: ChatKind):
    shown = privacy.mydata(speak("en"), Disclosure(reader(kind=kind))).text
    said = {ChatKind.PRIVATE: "private", ChatKind.GROUP: "a group", ChatKind.CHANNEL: "a channel"}
    assert f"The kind of chat: {said[kind]}." in shown


def test_every_field_of_a_reader_is_in_mydata():
    """A new field of the record is a new line here."""
    plain = privacy.mydata(speak("en"), Disclosure(reader())).text
    for field, changed in (
        ("language", reader().__class__(CHAT, "de")),
        ("kind", reader(kind=ChatKind.GROUP)),
        ("discreet", reader(discreet=True)),
        ("releases", reader(releases=True)),
        ("absences", reader(absences=True)),
        ("waiting", reader(waiting=NAMES)),
        *(
            (field, reader(wishes=NO_WISHES._replace(**{field: value})))
            for field, value in EVERY_WISH._asdict().items()
            if field not in {"asleep", "wakes"}  # which are told together
        ),
        ("asleep", reader(wishes=NO_WISHES._replace(asleep=NOON, wakes=NOON))),
    ):
        assert privacy.mydata(speak("en"), Disclosure(changed)).text != plain, field
    shown = privacy.mydata(speak("en"), Disclosure(reader(), tuple(CROWD[:1]))).text
    assert shown != plain
    assert set(Reader.__slots__) == {
        "chat", "language", "kind", "discreet", "follows", "releases", "absences",
        "waiting", "wishes",
    }  # fmt: skip


def test_names_that_are_waited_for_are_never_cut_off():
    full = reader(follows=frozenset(one.id for one in CROWD), waiting=NAMES)
    for screen in (
        following.following(speak("en"), full, CROWD),
        privacy.mydata(speak("en"), Disclosure(full, tuple(CROWD))),
    ):
        assert all(f"&lt;{number}&gt;" in screen.text for number in range(WAITING_AT_MOST))


def test_a_language_is_named_as_it_calls_itself():
    assert [language.own_name(tag) for tag in ("be", "lt", "de")] == [
        "Беларуская",
        "Lietuvių",
        "Deutsch",
    ]


def test_whoever_cannot_read_the_screen_finds_the_button_for_the_language():
    for tag in LANGUAGES:
        keyboard = start.start(speak(tag)).keyboard
        assert "Language" in keyboard[-1][-1].text


def test_deleting_a_question_says_whether_it_worked():
    t = speak("en")
    assert start.wiped(t, deleted=True) != start.wiped(t, deleted=False)


@pytest.mark.parametrize(
    ("kind", "headline"),
    [
        (NoticeKind.RELEASE, "Release, December 13, 2025"),
        (NoticeKind.CORRECTION, "Correction: release, December 13, 2025"),
        (NoticeKind.WITHDRAWAL, "Withdrawal: release on December 13, 2025"),
    ],
)
def test_the_latest_news_says_what_kind_of_news_it_is(kind: NoticeKind, headline: str):
    snapshot = Snapshot(kind, ReleaseId(1), "2025-12-13", (), (), (), list_closed=False)
    item = NewsItem(WaveId(4), snapshot, frozenset(), frozenset(), NOON)
    screen = latest.latest(speak("en"), [item])
    assert headline in screen.text
    assert screen.keyboard[0][0].callback_data == "w:4"

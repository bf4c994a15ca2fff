"""Custody: every path from events to what is said of a person."""

import zlib
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.custody import FREED, HELD, NOTHING_KNOWN, Custody, Status, custody_of
from model.dates import PartialDate
from model.people import Event, EventId, EventKind, PersonId, Place, Source

K = EventKind
BBC, HRW = Source("BBC"), Source("HRW")


def happened(
    kind: EventKind,
    on: str = "",
    *,
    country: str = "",
    months: int | None = None,
    source: Source = BBC,
    number: int = 0,
) -> Event:
    return Event(
        id=EventId(number or zlib.crc32(f"{kind} {on} {country} {months} {source}".encode())),
        person=PersonId(1),
        kind=kind,
        on=PartialDate.parse(on) if on else None,
        sources=(source,),
        place=Place(country) if country else None,
        months=months,
    )


def custody(*events: Event) -> Custody:
    """Derive custody, and insist that the order of the events never matters."""
    derived = custody_of(events)
    assert all(custody_of(order) == derived for order in list(permutations(events))[:120])
    return derived


def ids(*events: Event | None) -> set[EventId]:
    return {event.id for event in events if event is not None}


def on(text: str) -> PartialDate:
    return PartialDate.parse(text)


def test_nothing_known_is_said_to_be_not_known() -> None:
    assert custody() == NOTHING_KNOWN
    assert custody().status is Status.UNKNOWN


@pytest.mark.parametrize("kind", [K.CHARGED, K.HOSPITALISED, K.CONTACT, K.REFUSED_TO_LEAVE])
def test_what_happens_to_held_and_free_alike_tells_nothing(kind: EventKind) -> None:
    known = custody(happened(kind, "2021-05-01"))
    assert known.status is Status.UNKNOWN
    assert known.last_news == on("2021-05-01")
    assert known.decided_by is None


def test_silence_about_somebody_is_kept_even_if_nothing_else_is_known() -> None:
    silence = happened(K.NO_CONTACT, "2023")
    assert custody(silence).no_contact == silence


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (K.DETAINED, Status.DETAINED),
        (K.SENTENCED, Status.IMPRISONED),
        (K.IMPRISONED, Status.IMPRISONED),
        (K.TRANSFERRED, Status.IMPRISONED),
        (K.PUNISHMENT_CELL, Status.IMPRISONED),
        (K.HOUSE_ARREST, Status.HOUSE_ARREST),
        (K.DETAINED_AGAIN, Status.DETAINED),
        (K.RELEASED, Status.FREE),
        (K.TAKEN_ABROAD, Status.ABROAD),
        (K.MOVED_ON, Status.ABROAD),
        (K.DIED, Status.DIED),
    ],
)
@pytest.mark.parametrize("when", ["", "2021", "2021-07", "2021-07-14"])
def test_one_event_tells_where_a_person_is(kind: EventKind, when: str, status: Status) -> None:
    event = happened(kind, when)
    known = custody(event)
    assert (known.status, known.decided_by) == (status, event)
    assert known.as_of == event.on
    assert known.contradicted_by == ()


def test_arrest_sentence_prison() -> None:
    arrest = happened(K.DETAINED, "2021-07-14")
    sentence = happened(K.SENTENCED, "2023-03-03", months=120)
    confirmed = happened(K.IMPRISONED, "2025-12-01")
    known = custody(arrest, sentence, confirmed)
    assert known.status is Status.IMPRISONED
    assert known.since == arrest.on
    assert known.as_of == confirmed.on
    assert known.last_news == sentence.on
    assert known.sentences == (sentence,)


def test_a_year_of_sentence_does_not_come_before_the_arrest_of_that_year() -> None:
    known = custody(happened(K.DETAINED, "2021-07-14"), happened(K.SENTENCED, "2021", months=24))
    assert (known.status, known.since) == (Status.IMPRISONED, on("2021-07-14"))
    assert known.as_of == on("2021-07-14")


def test_a_sentence_without_date_belongs_to_the_only_arrest() -> None:
    known = custody(happened(K.DETAINED, "2020-09-07"), happened(K.SENTENCED, months=132))
    assert (known.status, known.since) == (Status.IMPRISONED, on("2020-09-07"))
    assert known.as_of == on("2020-09-07")


def test_a_sentence_without_date_does_not_speak_of_a_second_arrest() -> None:
    known = custody(
        happened(K.DETAINED, "2018-03"),
        happened(K.SENTENCED, months=12),
        happened(K.RELEASED, "2019-03"),
        happened(K.DETAINED_AGAIN, "2025-02-01"),
    )
    assert (known.status, known.sentences) == (Status.DETAINED, ())


def test_a_confirmation_does_not_tell_since_when() -> None:
    known = custody(happened(K.IMPRISONED, "2025-12-15"))
    assert (known.since, known.as_of) == (None, on("2025-12-15"))


def test_freed_and_taken_abroad() -> None:
    taken = happened(K.TAKEN_ABROAD, "2025-12-13", country="UA")
    known = custody(happened(K.DETAINED, "2020-09-07"), happened(K.RELEASED, "2025-12-13"), taken)
    assert known.status is Status.ABROAD
    assert known.since == known.as_of == on("2025-12-13")
    assert known.decided_by == known.located_by == taken


def test_a_release_of_which_only_the_month_is_known_does_not_undo_the_journey() -> None:
    taken = happened(K.TAKEN_ABROAD, "2025-12-13", country="LT")
    known = custody(happened(K.RELEASED, "2025-12"), taken)
    assert (known.status, known.decided_by) == (Status.ABROAD, taken)


def test_who_moved_on_nobody_knows_where_is_no_longer_located() -> None:
    moved = happened(K.MOVED_ON, "2026-02")
    known = custody(happened(K.TAKEN_ABROAD, "2025-12-13", country="UA"), moved)
    assert (known.status, known.located_by, known.decided_by) == (Status.ABROAD, None, moved)
    assert known.since == on("2025-12-13")


def test_released_and_detained_again() -> None:
    again = happened(K.DETAINED_AGAIN, "2025-03-10")
    known = custody(
        happened(K.DETAINED, "2020-08-09"),
        happened(K.SENTENCED, "2020-11", months=36),
        happened(K.NO_CONTACT, "2021"),
        happened(K.RELEASED, "2023-08-09"),
        again,
    )
    assert (known.status, known.since, known.decided_by) == (Status.DETAINED, again.on, again)
    assert known.contradicted_by == ()
    assert known.no_contact is None, "that silence was in another imprisonment"
    assert known.sentences == ()


def test_a_second_arrest_is_one_even_if_it_is_not_called_again() -> None:
    again = happened(K.DETAINED, "2023-09-01")
    known = custody(happened(K.DETAINED, "2020-08-09"), happened(K.RELEASED, "2023-09-01"), again)
    assert (known.status, known.decided_by) == (Status.DETAINED, again)
    assert known.contradicted_by == (happened(K.RELEASED, "2023-09-01"),)


def test_freed_detained_again_and_freed_again() -> None:
    known = custody(
        happened(K.DETAINED, "2020-08-09"),
        happened(K.RELEASED, "2023-08-09"),
        happened(K.DETAINED_AGAIN, "2024-01-01"),
        happened(K.RELEASED, "2025-09-11"),
    )
    assert (known.status, known.since) == (Status.FREE, on("2025-09-11"))
    assert known.contradicted_by == ()


@pytest.mark.parametrize("release", ["2025", "2025-03", "2025-03-10"])
@pytest.mark.parametrize("again", ["2025-03", "2025-03-10"])
def test_coarse_dates_never_make_free_who_was_detained_again(release: str, again: str) -> None:
    arrested = happened(K.DETAINED_AGAIN, again)
    known = custody(happened(K.DETAINED, "2020-08-09"), happened(K.RELEASED, release), arrested)
    assert (known.status, known.since) == (Status.DETAINED, on(again))
    assert known.contradicted_by == (), "the release may well have been before"


def test_a_later_release_frees_whatever_a_coarse_one_says() -> None:
    freed = happened(K.RELEASED, "2025-12-13")
    known = custody(happened(K.RELEASED, "2025"), happened(K.DETAINED_AGAIN, "2025-03-10"), freed)
    assert (known.status, known.decided_by) == (Status.FREE, freed)


def test_a_second_coarse_release_is_shown_beside_the_arrest_it_may_follow() -> None:
    doubtful = happened(K.RELEASED, "2025")
    known = custody(
        happened(K.DETAINED, "2020-08-09"),
        happened(K.RELEASED, "2024-05-01"),
        happened(K.DETAINED_AGAIN, "2025-03-10"),
        doubtful,
    )
    assert (known.status, known.contradicted_by) == (Status.DETAINED, (doubtful,))


def test_an_arrest_again_without_date_outweighs_a_release() -> None:
    doubtful = happened(K.RELEASED, "2025-12-13")
    known = custody(
        happened(K.DETAINED, "2020-08-09"),
        happened(K.RELEASED, "2022-02-02"),
        happened(K.DETAINED_AGAIN),
        doubtful,
    )
    assert (known.status, known.since) == (Status.DETAINED, None)
    assert known.contradicted_by == (doubtful,)


def test_a_release_without_date_does_not_free_who_has_a_dated_arrest() -> None:
    release = happened(K.RELEASED, source=HRW)
    known = custody(happened(K.DETAINED, "2020-09-07"), release)
    assert (known.status, known.contradicted_by) == (Status.DETAINED, (release,))


def test_a_release_without_date_does_not_free_who_has_a_dated_sentence() -> None:
    release = happened(K.RELEASED)
    known = custody(happened(K.SENTENCED, "2021", months=12), release)
    assert (known.status, known.contradicted_by) == (Status.IMPRISONED, (release,))


def test_events_without_any_date_are_taken_in_their_natural_order() -> None:
    known = custody(happened(K.DETAINED), happened(K.IMPRISONED), happened(K.RELEASED, source=HRW))
    assert (known.status, known.since, known.as_of) == (Status.FREE, None, None)
    assert known.contradicted_by == ()


def test_a_release_reported_and_later_denied() -> None:
    rumour = happened(K.RELEASED, "2025-12-13")
    denial = happened(K.IMPRISONED, "2025-12-15", source=HRW)
    known = custody(happened(K.DETAINED, "2021-07-14"), rumour, denial)
    assert (known.status, known.since) == (Status.IMPRISONED, on("2021-07-14"))
    assert known.as_of == on("2025-12-15")
    assert (known.decided_by, known.contradicted_by) == (denial, (rumour,))


def test_a_release_denied_of_somebody_whose_arrest_is_not_recorded() -> None:
    rumour = happened(K.TAKEN_ABROAD, "2025-12-13", country="UA")
    denial = happened(K.IMPRISONED, "2025-12-15", source=HRW)
    known = custody(rumour, denial)
    assert (known.status, known.since, known.located_by) == (Status.IMPRISONED, None, None)
    assert known.contradicted_by == (rumour,)


def test_a_denied_release_does_not_tell_since_when_somebody_is_free() -> None:
    known = custody(
        happened(K.RELEASED, "2025-12-13"),
        happened(K.IMPRISONED, "2025-12-15"),
        happened(K.RELEASED, "2026-02-01"),
    )
    assert (known.status, known.since) == (Status.FREE, on("2026-02-01"))


@pytest.mark.parametrize("when", ["2025-12-13", "2025-12", "2025"])
def test_held_and_free_at_one_time_are_both_shown(when: str) -> None:
    held = happened(K.IMPRISONED, when, source=HRW)
    known = custody(held, happened(K.RELEASED, "2025-12-13"))
    assert (known.status, known.contradicted_by) == (Status.FREE, (held,))


def test_held_in_june_of_the_year_of_release_contradicts_nothing() -> None:
    known = custody(happened(K.IMPRISONED, "2025-06-15"), happened(K.RELEASED, "2025"))
    assert (known.status, known.contradicted_by) == (Status.FREE, ())


def test_moved_within_the_year_of_release_contradicts_nothing() -> None:
    known = custody(happened(K.TRANSFERRED, "2025"), happened(K.RELEASED, "2025-12-13"))
    assert (known.status, known.contradicted_by) == (Status.FREE, ())


def test_two_days_of_release_are_both_shown() -> None:
    other = happened(K.RELEASED, "2025-12-14", source=HRW)
    known = custody(happened(K.RELEASED, "2025-12-13"), other)
    assert (known.since, known.contradicted_by) == (on("2025-12-13"), (other,))


def test_two_countries_of_one_journey_are_both_shown() -> None:
    one = happened(K.TAKEN_ABROAD, "2025-12-13", country="LT", number=1)
    other = happened(K.TAKEN_ABROAD, "2025-12-13", country="UA", source=HRW, number=2)
    known = custody(one, other)
    assert ids(*known.contradicted_by, known.located_by) == ids(one, other)


def test_taken_abroad_and_refused_to_leave_are_both_shown() -> None:
    refusal = happened(K.REFUSED_TO_LEAVE, "2025-09-11", source=HRW)
    known = custody(happened(K.TAKEN_ABROAD, "2025-09-11", country="LT"), refusal)
    assert (known.status, known.contradicted_by) == (Status.ABROAD, (refusal,))


def test_refused_to_leave_and_brought_back_to_prison() -> None:
    known = custody(
        happened(K.DETAINED, "2020-05-31"),
        happened(K.RELEASED, "2025-09-11"),
        happened(K.REFUSED_TO_LEAVE, "2025-09-11"),
        happened(K.DETAINED_AGAIN, "2025-09-12"),
    )
    assert (known.status, known.since) == (Status.DETAINED, on("2025-09-12"))


@pytest.mark.parametrize("when", ["2024-02-02", "2023-08-09"])
def test_a_sentence_in_absence_does_not_bring_back_to_prison(when: str) -> None:
    sentence = happened(K.SENTENCED, when, months=60)
    known = custody(
        happened(K.DETAINED, "2020-08-09"), happened(K.RELEASED, "2023-08-09"), sentence
    )
    assert (known.status, known.contradicted_by) == (Status.FREE, ())
    assert known.sentences == (sentence,)


def test_house_arrest_begins_when_it_begins() -> None:
    known = custody(
        happened(K.DETAINED, "2020-08-09"),
        happened(K.HOUSE_ARREST, "2020-10-01", country="BY"),
        happened(K.HOUSE_ARREST, "2020-12-01"),
    )
    assert (known.status, known.since) == (Status.HOUSE_ARREST, on("2020-10-01"))
    assert known.located_by is None


def test_let_go_into_house_arrest_is_not_free() -> None:
    release = happened(K.RELEASED, "2022-05-05")
    known = custody(
        happened(K.DETAINED, "2020-08-09"), release, happened(K.HOUSE_ARREST, "2022-05-05")
    )
    assert (known.status, known.contradicted_by) == (Status.HOUSE_ARREST, (release,))


def test_house_arrest_without_date_does_not_undo_a_release() -> None:
    known = custody(happened(K.HOUSE_ARREST), happened(K.RELEASED, "2022-05-05"))
    assert known.status is Status.FREE


def test_back_from_house_arrest_to_prison_is_held_since_the_arrest() -> None:
    known = custody(
        happened(K.DETAINED, "2020-08-09"),
        happened(K.HOUSE_ARREST, "2020-10-01"),
        happened(K.IMPRISONED, "2021-01-01"),
    )
    assert (known.status, known.since) == (Status.IMPRISONED, on("2020-08-09"))


def test_who_is_moved_without_a_word_where_is_nowhere() -> None:
    known_place = happened(K.IMPRISONED, "2023-01-01", country="BY")
    moved = happened(K.TRANSFERRED, "2023-02-01")
    assert custody(known_place).located_by == known_place
    assert custody(known_place, moved).located_by is None


def test_a_death_is_final() -> None:
    death = happened(K.DIED, "2023-07-11", country="BY")
    later = happened(K.RELEASED, "2025-12-13", source=HRW)
    known = custody(
        happened(K.DETAINED, "2021-07-11"),
        happened(K.SENTENCED, "2022-02-02", months=60),
        death,
        later,
        happened(K.SENTENCED, "2024-01-01"),
    )
    assert (known.status, known.since, known.located_by) == (Status.DIED, death.on, death)
    assert known.contradicted_by == (later,)
    assert known.days_without_news(date(2025, 1, 1)) is None


def test_a_death_without_date_is_final_too() -> None:
    known = custody(happened(K.DIED), happened(K.IMPRISONED, "2025-01-01"))
    assert (known.status, known.since, known.contradicted_by) == (Status.DIED, None, ())


def test_two_days_of_death_are_both_shown() -> None:
    one, other = happened(K.DIED, "2023-07-10"), happened(K.DIED, "2023-07-11", source=HRW)
    known = custody(one, other)
    assert ids(*known.contradicted_by, known.decided_by) == ids(one, other)


def test_no_contact_and_then_a_letter() -> None:
    arrest = happened(K.DETAINED, "2020-09-07")
    silence = happened(K.NO_CONTACT, "2023-02-15")
    assert custody(arrest, silence).no_contact == silence
    assert custody(arrest, silence, happened(K.CONTACT, "2024-11-12")).no_contact is None
    assert custody(arrest, silence, happened(K.CONTACT, "2023-02-15")).no_contact is None
    assert custody(arrest, silence, happened(K.CONTACT, "2023")).no_contact == silence
    assert custody(arrest, silence, happened(K.CONTACT)).no_contact == silence


def test_silence_without_date_ends_with_any_letter() -> None:
    arrest, silence = happened(K.DETAINED, "2020-09-07"), happened(K.NO_CONTACT)
    assert custody(arrest, silence).no_contact == silence
    assert custody(arrest, silence, happened(K.CONTACT)).no_contact is None
    assert custody(arrest, silence, happened(K.CONTACT, "2021")).no_contact is None


def test_the_freed_are_not_out_of_contact() -> None:
    known = custody(happened(K.NO_CONTACT), happened(K.RELEASED, "2025-12-13"))
    assert known.no_contact is None


def test_sentences_that_disagree_are_all_kept() -> None:
    ten = happened(K.SENTENCED, "2021-07-06", months=120)
    fourteen = happened(K.SENTENCED, "2021", months=168, source=HRW)
    assert ids(*custody(ten, fourteen).sentences) == ids(ten, fourteen)


def test_a_later_sentence_replaces_an_earlier_one() -> None:
    first = happened(K.SENTENCED, "2021-07-06", months=120)
    appeal = happened(K.SENTENCED, "2022-01-20", months=108)
    unspoken = happened(K.SENTENCED, "2022-06-01")
    assert custody(first, appeal, unspoken).sentences == (appeal,)


def test_days_without_public_news_are_counted_for_the_held_alone() -> None:
    today = date(2025, 12, 13)
    arrest = happened(K.DETAINED, "2025-12-03")
    confirmed = happened(K.IMPRISONED, "2025-12-12")
    assert custody(arrest).days_without_news(today) == 10
    assert custody(arrest, confirmed).days_without_news(today) == 10
    assert custody(confirmed).days_without_news(today) is None
    assert custody(happened(K.DETAINED, "2025")).days_without_news(today) == 0
    freed = happened(K.RELEASED, "2025-12-04")
    assert custody(arrest, freed).days_without_news(today) is None


days = st.dates(date(2018, 1, 1), date(2026, 12, 31))
whole_days = days.map(PartialDate)
partial = st.one_of(
    st.none(), whole_days, days.map(lambda d: on(f"{d:%Y-%m}")), days.map(lambda d: on(f"{d:%Y}"))
)


def events(dates: st.SearchStrategy[PartialDate | None]) -> st.SearchStrategy[list[Event]]:
    event = st.builds(
        Event,
        id=st.integers(1, 2**62).map(EventId),
        person=st.just(PersonId(1)),
        kind=st.sampled_from(EventKind),
        on=dates,
        sources=st.sampled_from([(BBC,), (HRW,)]),
        place=st.sampled_from([None, Place("BY"), Place("LT"), Place("UA")]),
        months=st.sampled_from([None, 12, 120]),
    )
    return st.lists(event, max_size=8, unique_by=lambda e: e.id)


@given(events(partial), st.randoms(use_true_random=False))
def test_the_order_of_events_never_matters(history: list[Event], shuffler: object) -> None:
    mixed = list(history)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined] # a random.Random in disguise
    assert custody_of(mixed) == custody_of(history)


@given(events(partial))
def test_what_is_said_comes_from_the_events(history: list[Event]) -> None:
    known = custody_of(history)
    dates = {e.on for e in history} | {None}
    assert {known.since, known.as_of, known.last_news} <= dates
    assert known.decided_by is None or known.decided_by in history
    assert known.decided_by not in known.contradicted_by
    assert ids(*known.contradicted_by) <= ids(*history)
    assert (known.decided_by is None) == (known.status is Status.UNKNOWN)
    assert known.located_by is None or known.located_by.place is not None


SAYS_HELD = {
    K.DETAINED,
    K.IMPRISONED,
    K.TRANSFERRED,
    K.PUNISHMENT_CELL,
    K.HOUSE_ARREST,
    K.DETAINED_AGAIN,
}
SAYS_FREE = {K.RELEASED, K.TAKEN_ABROAD, K.MOVED_ON}


@given(events(st.one_of(st.none(), whole_days)))
def test_nobody_is_free_whose_last_event_says_held(history: list[Event]) -> None:
    telling = [e for e in history if e.on and e.kind in SAYS_HELD | SAYS_FREE]
    last = max((e.on.last for e in telling if e.on), default=None)
    kinds = {e.kind for e in telling if e.on and e.on.last == last}
    status = custody_of(history).status
    if kinds and kinds <= SAYS_HELD:
        assert status not in FREED
    if any(e.kind is K.DIED for e in history):
        assert status is Status.DIED


@given(events(partial))
def test_nobody_is_free_who_may_have_been_detained_again_since(history: list[Event]) -> None:
    known = custody_of(history)
    for release in (e for e in history if e.kind in SAYS_FREE and e == known.decided_by):
        for again in (e for e in history if e.kind is K.DETAINED_AGAIN):
            assert release.on is not None
            assert again.on is not None
            assert again.on.last < release.on.first


@given(events(partial))
def test_every_release_that_does_not_count_is_shown_or_past(history: list[Event]) -> None:
    known = custody_of(history)
    arrests = [e for e in history if e.kind in {K.DETAINED, K.DETAINED_AGAIN}]
    if known.status in HELD and not arrests:
        freed = [e for e in history if e.kind in SAYS_FREE]
        assert ids(*known.contradicted_by) == ids(*freed)

"""The whole list of a release, from what was told of it at different times."""

from model.notices import (
    EditorId,
    GroupFacts,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    PersonFacts,
    Snapshot,
)
from model.people import PersonId, Source
from model.releases import Count, GroupId, ReleaseId
from model.rolls import Roll

ALENA = EditorId("alena")
BBC, HRW = Source("BBC"), Source("HRW")
VILNIUS, UKRAINE, LATER = GroupId(1), GroupId(2), GroupId(3)
ALES, MARIA, MARFA = (PersonFacts(PersonId(n), {"en": f"P{n}"}) for n in (1, 2, 3))


def part(
    number: int,
    kind: NoticeKind,
    state: NoticeState,
    *groups: GroupFacts,
    opened: frozenset[GroupId] | None = None,
    taken_back: frozenset[PersonId] = frozenset(),
    closed: bool = False,
) -> Notice:
    facts = Snapshot(
        kind, ReleaseId(1), "2025-12-13", (Count(120 + number, BBC),), (f"S{number}|",), groups,
        list_closed=closed,
    )  # fmt: skip
    return Notice(
        NoticeId(number),
        kind,
        state,
        ReleaseId(1),
        ALENA,
        snapshot=None if state is NoticeState.DRAFT else facts,
        opened=facts.every_group if opened is None else opened,
        taken_back=taken_back,
    )


def group(number: GroupId, country: str, *persons: PersonFacts) -> GroupFacts:
    return GroupFacts(number, country, "", (Count(9, HRW),), persons)


RELEASE = part(
    1,
    NoticeKind.RELEASE,
    NoticeState.OUT,
    group(VILNIUS, "LT", ALES),
    group(UKRAINE, "UA", MARIA),
)
ADDED = part(2, NoticeKind.ADDITION, NoticeState.OUT, group(LATER, "UA", MARFA))


def names(roll: Roll) -> list[list[PersonId]]:
    return [[p.id for p in one.persons] for one in roll.facts.groups]


def test_those_brought_to_one_place_stand_together_whenever_they_were_named():
    roll = Roll((RELEASE, ADDED))
    assert names(roll) == [[ALES.id], [MARIA.id, MARFA.id]]
    assert [one.id for one in roll.facts.groups] == [VILNIUS, UKRAINE]
    assert roll.told == roll.listed == {ALES.id, MARIA.id, MARFA.id}


def test_what_a_source_said_last_counts():
    roll = Roll((RELEASE, ADDED))
    assert roll.facts.counts == (Count(122, BBC),)
    assert roll.facts.groups[1].counts == (Count(9, HRW),)
    assert roll.facts.sources == ("S1|", "S2|")


def test_what_is_held_is_listed_and_not_told():
    held = part(
        1,
        NoticeKind.RELEASE,
        NoticeState.GOING_OUT,
        group(VILNIUS, "LT", ALES),
        group(UKRAINE, "UA", MARIA),
        opened=frozenset({VILNIUS}),
        closed=True,
    )
    roll = Roll((held,))
    assert roll.told == {ALES.id}
    assert roll.listed == {ALES.id, MARIA.id}
    assert names(roll) == [[ALES.id]]
    assert not roll.facts.list_closed, "that would say that nobody is held back"


def test_who_was_taken_back_and_is_named_again_stands_there_once():
    wrong = part(
        1,
        NoticeKind.RELEASE,
        NoticeState.CORRECTED,
        group(VILNIUS, "LT", ALES, MARIA),
        taken_back=frozenset({ALES.id, MARIA.id}),
    )
    again = part(2, NoticeKind.ADDITION, NoticeState.OUT, group(LATER, "UA", MARIA))
    roll = Roll((wrong, again))
    assert names(roll) == [[ALES.id], [MARIA.id]]
    assert roll.taken_back == {ALES.id}
    assert roll.told == roll.listed == {MARIA.id}


def test_who_was_named_twice_stands_there_once():
    again = part(2, NoticeKind.ADDITION, NoticeState.OUT, group(LATER, "UA", ALES, MARFA))
    assert names(Roll((RELEASE, again))) == [[ALES.id], [MARIA.id, MARFA.id]]


def test_what_was_given_up_lists_nobody():
    for state in (NoticeState.DISCARDED, NoticeState.DRAFT):
        given_up = part(
            2, NoticeKind.ADDITION, state, group(LATER, "UA", MARFA), opened=frozenset()
        )
        roll = Roll((RELEASE, given_up))
        assert MARFA.id not in roll.listed
        assert roll.additions == (() if state is NoticeState.DISCARDED else (given_up,))
    withdrawn = part(
        2,
        NoticeKind.ADDITION,
        NoticeState.WITHDRAWN,
        group(LATER, "UA", MARFA),
        group(GroupId(4), "PL", PersonFacts(PersonId(4), {})),
        opened=frozenset({LATER}),
        taken_back=frozenset({MARFA.id}),
    )
    roll = Roll((RELEASE, withdrawn))
    assert roll.listed == {ALES.id, MARIA.id}
    assert roll.taken_back == {MARFA.id}


def test_a_list_is_open_until_it_is_told_or_to_be_told_that_it_is_closed():
    assert Roll((RELEASE, ADDED)).is_open
    assert Roll((RELEASE,)).without(RELEASE.id).parts == ()
    for state, is_open in (
        (NoticeState.SUBMITTED, False),
        (NoticeState.GOING_OUT, False),
        (NoticeState.OUT, False),
        (NoticeState.DISCARDED, True),
        (NoticeState.WITHDRAWN, True),
    ):
        closing = part(3, NoticeKind.CLOSING, state)
        roll = Roll((RELEASE, closing))
        assert roll.is_open is is_open
        assert roll.facts.list_closed is (state in {NoticeState.GOING_OUT, NoticeState.OUT})
    for state in (NoticeState.HELD, NoticeState.WITHDRAWN, NoticeState.DRAFT):
        assert not Roll((part(1, NoticeKind.RELEASE, state),)).is_open
    assert not Roll((part(1, NoticeKind.RELEASE, NoticeState.OUT, closed=True),)).is_open

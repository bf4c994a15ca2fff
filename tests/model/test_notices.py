"""The life of a notice, step by step, and nothing beside it."""

import pytest

from model.errors import WrongState
from model.notices import (
    LIFE,
    GroupFacts,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    PersonFacts,
    Say,
    Saying,
    Snapshot,
    Step,
    after,
    read_source,
    write_source,
)
from model.notices import EditorId as Editor
from model.people import PersonId, Source
from model.releases import GroupId, ReleaseId

UNSAID = {NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.HELD}


def snapshot(*groups: GroupFacts) -> Snapshot:
    return Snapshot(NoticeKind.RELEASE, ReleaseId(1), "2025-12-13", (), (), groups, False)


def notice(**more) -> Notice:
    return Notice(
        NoticeId(1), NoticeKind.RELEASE, NoticeState.HELD, ReleaseId(1), Editor("alena"), **more
    )


def test_a_notice_goes_from_draft_to_out():
    state = NoticeState.DRAFT
    for step in (Step.SUBMIT, Step.APPROVE, Step.OPEN, Step.OPEN, Step.END):
        state = after(state, step)
    assert state is NoticeState.OUT


def test_every_state_says_what_can_follow():
    assert set(LIFE) == set(NoticeState)


@pytest.mark.parametrize("state", NoticeState)
def test_only_approval_leads_to_what_can_be_opened(state: NoticeState):
    ways = {step for step, to in LIFE[state].items() if to is NoticeState.HELD}
    assert ways == ({Step.APPROVE} if state is NoticeState.SUBMITTED else set())


@pytest.mark.parametrize("state", NoticeState)
def test_what_was_said_can_be_neither_changed_nor_discarded(state: NoticeState):
    for step in (Step.CHANGE, Step.DISCARD):
        if state in UNSAID:
            assert after(state, step) in {NoticeState.DRAFT, NoticeState.DISCARDED}
        else:
            with pytest.raises(WrongState):
                after(state, step)


def test_a_step_twice_is_refused():
    with pytest.raises(WrongState):
        after(after(NoticeState.SUBMITTED, Step.APPROVE), Step.APPROVE)


def test_a_draft_has_no_facts_to_decide_on():
    with pytest.raises(WrongState):
        _ = notice().facts


def test_a_notice_tells_who_said_what():
    one, other = Editor("alena"), Editor("barys")
    held = notice(
        sayings=(
            Saying(other, Say.APPROVE),
            Saying(one, Say.SAFE, GroupId(1)),
            Saying(other, Say.SAFE, GroupId(2)),
        )
    )
    assert held.said(Say.APPROVE) == {other}
    assert held.said(Say.SAFE, GroupId(1)) == {one}
    assert held.said(Say.SAFE) == frozenset()


def test_groups_stay_unopened_until_they_are_opened():
    facts = snapshot(
        GroupFacts(GroupId(1), "LT", "", (), ()), GroupFacts(GroupId(2), "", "", (), ())
    )
    assert notice(snapshot=facts, opened=frozenset({GroupId(2)})).unopened == {GroupId(1)}


@pytest.mark.parametrize(
    ("names", "languages", "shown"),
    [
        ({"be": "Марыя", "en": "Maria"}, ("ru", "be"), "Марыя"),
        ({"be": "Марыя", "en": "Maria"}, ("lt",), "Maria"),
        ({"": "Марыя"}, ("lt", "en"), "Марыя"),
    ],
)
def test_a_name_is_shown_in_the_nearest_language(names, languages, shown):
    assert PersonFacts(PersonId(1), names).name_in(languages) == shown


@pytest.mark.parametrize("url", ["", "https://a.example/?x=1|2"])
def test_a_source_is_read_as_it_was_written(url: str):
    assert read_source(write_source(Source("HRW", url))) == Source("HRW", url)


def test_a_stroke_in_the_name_of_a_source_does_not_become_an_address():
    assert read_source(write_source(Source("A|https://b.example"))).url == ""

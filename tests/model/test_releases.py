"""What a release still lacks before anybody can be told of it."""

from dataclasses import replace

from model.dates import PartialDate
from model.people import Name, Person, PersonId, Source
from model.releases import Group, GroupId, Line, LineId, LineState, Missing, Release, ReleaseId

ALES = Person(PersonId(1), "ales", (Name("Алесь"),))


def line(number: int, person: Person | None, state: LineState = LineState.SURE) -> Line:
    return Line(LineId(number), GroupId(1), "Алесь", state, person)


def release(*lines: Line) -> Release:
    return Release(
        ReleaseId(1),
        "release",
        PartialDate.parse("2025-12-13"),
        (),
        (Source("HRW"),),
        (Group(GroupId(1), lines=lines),),
    )


def test_a_whole_release_lacks_nothing():
    whole = release(line(1, ALES), line(2, None, LineState.LEFT_OUT))
    assert (whole.missing, whole.unsettled, whole.named_twice) == ((), (), ())


def test_an_empty_release_lacks_everything():
    empty = replace(release(), on=None, sources=())
    assert empty.missing == (Missing.DATE, Missing.SOURCE, Missing.NAME)


def test_a_line_nobody_settled_is_named():
    open_line = line(1, None, LineState.CHOOSE)
    assert release(open_line, line(2, ALES)).unsettled == (open_line,)


def test_nobody_is_freed_twice():
    twice = release(line(1, ALES), line(2, ALES, LineState.SETTLED))
    assert twice.named_twice == (ALES,)
    assert twice.missing == (Missing.ONCE,)

"""Notices: something to be told to many, and its life."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from model.custody import Custody, Status
from model.dates import PartialDate
from model.errors import WrongState
from model.happenings import Happening, Lack, lines_of
from model.people import (
    Confidence,
    Event,
    EventId,
    EventKind,
    Gender,
    Manner,
    Person,
    PersonId,
    Place,
    Source,
)
from model.releases import OPEN, WHOLE, Count, GroupId, Line, LineId, Release, ReleaseId

NoticeId = NewType("NoticeId", int)
WaveId = NewType("WaveId", int)
EditorId = NewType("EditorId", str)
"""Random and opaque; says nothing about who the editor is."""


class NoticeKind(StrEnum):
    RELEASE = "release"
    EVENTS = "events"
    """What happened to one or several people, without a release."""
    CORRECTION = "correction"
    """What a notice told of one or more persons was wrong."""
    WITHDRAWAL = "withdrawal"
    """A notice was wrong as a whole."""
    ADDITION = "addition"
    """More persons of a release became known by name while its list was open."""
    CLOSING = "closing"
    """The list of a release is closed: no more names are expected."""


LISTING = frozenset({NoticeKind.RELEASE, NoticeKind.ADDITION})
"""What puts names on the list of a release. It is held until it is said to be safe."""
NEWS = LISTING | {NoticeKind.EVENTS}
"""What tells of people for the first time, and is held until that is safe."""
TAKING_BACK = frozenset({NoticeKind.CORRECTION, NoticeKind.WITHDRAWAL})


class WaveKind(StrEnum):
    """Why a wave goes out. Stored; never rename a value."""

    NEWS = "news"
    """It belongs to a notice; all others belong to none."""
    FOUND = "found"
    """Somebody on the list bears a name that readers waited for."""
    DIGEST = "digest"
    WAKING = "waking"
    """The digest for a reader who rested and wants news again: asked for, so it comes at once."""
    UNCHANGED = "unchanged"
    """Once a month: still no change, checked today."""
    REMINDER = "reminder"


class NoticeState(StrEnum):
    """The life of a notice, in this order. Stored; never rename a value."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    HELD = "held"
    """Approved, but not to be said before two editors say of a group that it is safe."""
    GOING_OUT = "going_out"
    """At least one group is open."""
    OUT = "out"
    CORRECTED = "corrected"
    """Out, and later some of its persons were taken back."""
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class Step(StrEnum):
    """What can be done with a notice."""

    CHANGE = "change"
    SUBMIT = "submit"
    APPROVE = "approve"
    """The last approval that was needed."""
    UNSAY = "unsay"
    """Who approved it is an editor no more."""
    OPEN = "open"
    """A group is safe; a correction is approved."""
    END = "end"
    """All groups are open and every delivery is at its end."""
    TAKE_BACK = "take_back"
    """A correction took some persons out of it."""
    WITHDRAW = "withdraw"
    DISCARD = "discard"


LIFE: Mapping[NoticeState, Mapping[Step, NoticeState]] = {
    NoticeState.DRAFT: {
        Step.CHANGE: NoticeState.DRAFT,
        Step.SUBMIT: NoticeState.SUBMITTED,
        Step.DISCARD: NoticeState.DISCARDED,
    },
    NoticeState.SUBMITTED: {
        Step.CHANGE: NoticeState.DRAFT,
        Step.APPROVE: NoticeState.HELD,
        Step.DISCARD: NoticeState.DISCARDED,
    },
    NoticeState.HELD: {
        Step.CHANGE: NoticeState.DRAFT,
        Step.UNSAY: NoticeState.SUBMITTED,
        Step.OPEN: NoticeState.GOING_OUT,
        Step.DISCARD: NoticeState.DISCARDED,
    },
    NoticeState.GOING_OUT: {
        Step.OPEN: NoticeState.GOING_OUT,
        Step.END: NoticeState.OUT,
        Step.TAKE_BACK: NoticeState.GOING_OUT,
        Step.WITHDRAW: NoticeState.WITHDRAWN,
    },
    NoticeState.OUT: {
        Step.TAKE_BACK: NoticeState.CORRECTED,
        Step.WITHDRAW: NoticeState.WITHDRAWN,
    },
    NoticeState.CORRECTED: {
        Step.TAKE_BACK: NoticeState.CORRECTED,
        Step.WITHDRAW: NoticeState.WITHDRAWN,
    },
    NoticeState.WITHDRAWN: {},
    NoticeState.DISCARDED: {},
}
"""Every step there is. What is not here cannot happen, and a change leads back to the draft:
approvals are for what was seen, not for what came after."""


def after(state: NoticeState, step: Step) -> NoticeState:
    """Return the state a step leads to.

    Raises:
        WrongState: this step cannot be taken in this state.
    """
    try:
        return LIFE[state][step]
    except KeyError:
        raise WrongState(f"this notice is {state}: {step} is not possible") from None


_SEAL = 16
"""Bytes of the digest in the seal of a notice."""

STOPPABLE = frozenset({NoticeState.HELD, NoticeState.GOING_OUT})
"""What can be stopped: nothing of it has been said, or not yet to all."""


class Say(StrEnum):
    """What an editor says of a notice."""

    APPROVE = "approve"
    SAFE = "safe"


def write_source(source: Source) -> str:
    """Write a source as a snapshot holds it: its name, then its address if it has one."""
    return f"{source.name.replace('|', '/')}|{source.url}"


def read_source(written: str) -> Source:
    """Read a source as a snapshot holds it."""
    name, _, url = written.partition("|")
    return Source(name, url)


@dataclass(frozen=True, slots=True)
class LastKnown:
    """What was published of a person beside the release that is taken back."""

    status: Status
    as_of: str = ""
    """``str(PartialDate)``; empty when no source gives a date."""
    country: str = ""
    place: Mapping[str, str] = field(default_factory=dict)
    """Names of the place by language."""
    source: str = ""
    """As ``write_source`` writes it; empty when there is none."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person as frozen at submit: names by language tag."""

    id: PersonId
    names: Mapping[str, str]
    gender: Gender | None = None
    last: LastKnown | None = None
    """Only where the person is taken back."""

    def name_in(self, languages: Sequence[str]) -> str:
        """Return the name in the first of ``languages`` that has one, else any."""
        for language in (*languages, "en", "be"):
            if language in self.names:
                return self.names[language]
        return next(iter(self.names.values()))


@dataclass(frozen=True, slots=True)
class GroupFacts:
    id: GroupId
    country: str
    place: str
    counts: tuple[Count, ...]
    persons: tuple[PersonFacts, ...]
    abroad: bool = False
    """They were taken out of the country."""


@dataclass(frozen=True, slots=True)
class EventFacts:
    """One event as frozen at submit, with the id it is published under."""

    id: EventId
    person: PersonId
    kind: EventKind
    on: str
    """``str(PartialDate)``."""
    sources: tuple[str, ...]
    """As ``write_source`` writes them."""
    country: str = ""
    place: str = ""
    manner: Manner | None = None
    months: int | None = None
    confidence: Confidence = Confidence.CONFIRMED

    @property
    def event(self) -> Event:
        """What is published."""
        somewhere = Place(self.country, {"": self.place} if self.place else {})
        return Event(
            id=self.id,
            person=self.person,
            kind=self.kind,
            on=PartialDate.parse(self.on),
            sources=tuple(read_source(source) for source in self.sources),
            place=somewhere if self.country or self.place else None,
            manner=self.manner,
            months=self.months,
            confidence=self.confidence,
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The facts of a notice, frozen at submit. Preview and delivery render this and no more.

    For a correction or withdrawal ``groups`` holds the persons it takes back, and ``events``
    what was said of them. What is told as a whole has one group, ``WHOLE``, with all persons.
    """

    kind: NoticeKind
    release: ReleaseId | None
    """``None``: it is about ``events``."""
    on: str
    """The date of the release, or the last of the events, as ``str(PartialDate)``."""
    counts: tuple[Count, ...]
    sources: tuple[str, ...]
    """As ``write_source`` writes them."""
    groups: tuple[GroupFacts, ...]
    list_closed: bool
    texts: Mapping[str, str] = field(default_factory=dict)
    """The editors' own words on top, by language."""
    takes_back: NoticeKind = NoticeKind.RELEASE
    """What a correction or withdrawal is about."""
    events: tuple[EventFacts, ...] = ()

    @property
    def date(self) -> PartialDate:
        return PartialDate.parse(self.on)

    def persons(self, groups: frozenset[GroupId]) -> tuple[PersonFacts, ...]:
        """Return the persons of these groups, in the order of the list."""
        return tuple(p for group in self.groups if group.id in groups for p in group.persons)

    @property
    def every_group(self) -> frozenset[GroupId]:
        return frozenset(group.id for group in self.groups)


@dataclass(frozen=True, slots=True)
class Saying:
    editor: EditorId
    say: Say
    group: GroupId = WHOLE


@dataclass(frozen=True, slots=True)
class Notice:
    id: NoticeId
    kind: NoticeKind
    state: NoticeState
    of: ReleaseId | None
    """The release it is about, if it is about one."""
    author: EditorId | None
    """Who answers for it: the editor who began it, and later the one who submitted it.
    ``None``: an operator, by command line."""
    corrects: NoticeId | None = None
    snapshot: Snapshot | None = None
    digest: bytes = b""
    stopped: bool = False
    sayings: tuple[Saying, ...] = ()
    opened: frozenset[GroupId] = frozenset()
    taken_back: frozenset[PersonId] = frozenset()
    """Persons whom a later correction took out of this notice."""
    retracted: frozenset[EventId] = frozenset()
    """What later corrections took back of what happened."""
    sheet: ReleaseId | None = None
    """Where the names of an addition are drafted, apart from the list that is told already."""

    @property
    def drafted(self) -> ReleaseId:
        """Where the list of this notice is drafted."""
        return self.release if self.sheet is None else self.sheet

    @property
    def release(self) -> ReleaseId:
        """The release it is about.

        Raises:
            WrongState: it is about none.
        """
        if self.of is None:
            raise WrongState("this notice is about no release")
        return self.of

    @property
    def facts(self) -> Snapshot:
        """What was frozen.

        Raises:
            WrongState: it is a draft: nothing is frozen.
        """
        if self.snapshot is None:
            raise WrongState("nothing is frozen yet")
        return self.snapshot

    @property
    def seal(self) -> str:
        """Characters that stand for what is frozen: buttons carry them, so that nobody decides
        on something else than he or she saw. Enough of them that no editor can make two lists
        with the same."""
        return self.digest[:_SEAL].hex()

    def said(self, say: Say, group: GroupId = WHOLE) -> frozenset[EditorId]:
        """Return the editors who said this of the notice, or of one of its groups."""
        return frozenset(s.editor for s in self.sayings if (s.say, s.group) == (say, group))

    @property
    def unopened(self) -> frozenset[GroupId]:
        """The groups of which nothing has been said yet."""
        return self.facts.every_group - self.opened

    @property
    def standing(self) -> tuple[EventFacts, ...]:
        """What it told of what happened and was not taken back."""
        return tuple(one for one in self.facts.events if one.id not in self.retracted)


@dataclass(frozen=True, slots=True)
class Wave:
    """One going out: of a notice, the groups that were opened together; or what belongs to no
    notice."""

    id: WaveId
    notice: NoticeId | None
    groups: frozenset[GroupId]
    begun: datetime
    kind: WaveKind = WaveKind.NEWS
    made: bool = False
    """All deliveries exist; the audience is known."""
    ended: datetime | None = None
    purged: bool = False
    """Its deliveries are gone: who was told is not known any more."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How the deliveries of a wave stand. The six parts always add up to ``audience``."""

    waiting: int = 0
    sending: int = 0
    uncertain: int = 0
    delivered: int = 0
    gone: int = 0
    unknown: int = 0
    failed: int = 0

    @property
    def audience(self) -> int:
        return (
            self.waiting + self.sending + self.uncertain
            + self.delivered + self.gone + self.unknown + self.failed
        )  # fmt: skip

    @property
    def open(self) -> int:
        """How many are not at an end yet."""
        return self.waiting + self.sending + self.uncertain


@dataclass(frozen=True, slots=True)
class NewsItem:
    """What readers may see of a wave: the facts, and the groups that are open."""

    wave: WaveId
    snapshot: Snapshot
    groups: frozenset[GroupId]
    """The groups this wave tells of."""
    opened: frozenset[GroupId]
    """The groups that were open by then: all names known are theirs."""
    begun: datetime
    taken_back: frozenset[PersonId] = frozenset()
    retracted: frozenset[EventId] = frozenset()
    """What happened to those who are not taken back, and was wrong."""
    corrected: datetime | None = None
    """When the latest correction or the withdrawal of this notice went out."""
    withdrawn: bool = False
    wrong: NoticeKind = NoticeKind.RELEASE
    """What was withdrawn: the release as a whole, or what was said of its list later."""
    whole: bool = False
    """It is all that is known of the release by now, not what one wave told."""

    @property
    def list_closed(self) -> bool:
        """Whether no more names will come: never while a group is held, whatever editors know."""
        return self.snapshot.list_closed and self.opened >= self.snapshot.every_group

    def was_wrong(self, told: EventFacts) -> bool:
        """Say whether something that happened was taken back."""
        return told.id in self.retracted or told.person in self.taken_back

    @property
    def known(self) -> tuple[PersonFacts, ...]:
        """The persons who are known by name, without those taken back."""
        everybody = self.snapshot.persons(self.opened)
        return tuple(p for p in everybody if p.id not in self.taken_back)


def written(about: Release | tuple[Happening, ...]) -> tuple[Line, ...]:
    """Return the names as they were written, and whom they mean."""
    return about.lines if isinstance(about, Release) else lines_of(about)


def open_lines(about: Release | tuple[Happening, ...]) -> tuple[Line, ...]:
    """Return the lines of which it is not known yet who they are."""
    return tuple(line for line in written(about) if line.state in OPEN)


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that the editors' card of a notice shows."""

    notice: Notice
    about: Release | tuple[Happening, ...]
    """What is written down so far; nothing for a correction of what happened."""
    texts: Mapping[str, str]
    """The editors' own words by language."""
    candidates: Mapping[PersonId, Person]
    """The persons whom unsettled lines may mean."""
    custodies: Mapping[PersonId, Custody]
    """What is known of them, to tell namesakes apart."""
    waves: tuple[tuple[Wave, Tally], ...]
    approvals_needed: int
    others: tuple[Notice, ...] = ()
    """Corrections and withdrawals of this notice, and what was added to its list or closed it,
    oldest first."""
    listed: int = 0
    """Lines left out because whom they mean is on the list of the release already."""
    reachable: bool = True
    """Whether it is still known who got the notice, or what it corrects or closes."""
    told_by: Mapping[LineId, NoticeId] = field(default_factory=dict)
    """The notices of releases that tell what is written down here, by its lines."""
    languages: Mapping[str, Tally] = field(default_factory=dict)
    """How its deliveries ended so far, by the language of the readers."""
    speed: float | None = None
    """Deliveries a second of late; ``None`` when nothing is known of that."""

    @property
    def release(self) -> Release:
        """The release it is about.

        Raises:
            WrongState: it is about none.
        """
        if not isinstance(self.about, Release):
            raise WrongState("this notice is about no release")
        return self.about

    @property
    def happenings(self) -> tuple[Happening, ...]:
        """What happened, where that belongs to no release."""
        return () if isinstance(self.about, Release) else self.about

    @property
    def lines(self) -> tuple[Line, ...]:
        """The names as they were written, and whom they mean."""
        return written(self.about)

    @property
    def on(self) -> str:
        """The date of what it tells, as ``str(PartialDate)``; empty as long as there is none."""
        if isinstance(self.about, Release):
            return str(self.about.on or "")
        dates = [one.on for one in self.about if one.on is not None]
        return str(max(dates, key=lambda on: on.last)) if dates else ""

    @property
    def missing(self) -> tuple[str, ...]:
        """What must be mended before it can be submitted, beside the lines not settled."""
        if isinstance(self.about, Release):
            return tuple(what.value for what in self.about.missing)
        lacks = {lack.value for one in self.about for lack in one.lacks} - {Lack.PERSON.value}
        return tuple(sorted(lacks | ({"release"} if self.told_by else set())))

    @property
    def unsettled(self) -> tuple[Line, ...]:
        """The lines of which it is not known yet who they are."""
        return open_lines(self.about)

    @property
    def time_left(self) -> timedelta | None:
        """How long it takes, at this speed, until all is delivered."""
        left = sum(tally.open for _, tally in self.waves)
        if not (self.speed and left) or self.notice.stopped:
            return None
        return timedelta(seconds=round(left / self.speed))

    @property
    def doubted(self) -> bool:
        """Whether an editor wants it withdrawn."""
        return is_doubted(self.others)


def is_doubted(others: Iterable[Notice]) -> bool:
    """Say whether among the corrections of a notice is a withdrawal that waits for approval.

    Until that is decided no more of the notice is said: what would be opened meanwhile would
    not be taken back with the rest.
    """
    return any(
        (one.kind, one.state) == (NoticeKind.WITHDRAWAL, NoticeState.SUBMITTED) for one in others
    )

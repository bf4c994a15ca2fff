"""What editors read: the card of a notice, and the questions that lead from draft to done."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from locales import Tongue, isolate
from model import codes
from model.custody import Custody, Status
from model.notices import (
    LISTING,
    NEWS,
    Dossier,
    EditorId,
    GroupFacts,
    NewsItem,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    Say,
    Snapshot,
    Tally,
    WaveId,
)
from model.people import Name, Person, PersonId
from model.releases import OPEN, WHOLE, Group, GroupId, Line, LineId, Missing, Reason
from model.rolls import Roll
from views import bulletin, callbacks, card, happenings, news, text
from views.bulletin import edit
from views.callbacks import Deed, Verb
from views.screen import Button, Screen

LINES_A_PAGE = 20
FEW = 10
"""Readers fewer than this are not counted aloud."""

_SOMEBODY = Person(PersonId(0), "", (Name("…"),))
"""Stands in a preview for whoever is not on the list."""

_NAME = 64
_LABEL = 48
_GROUPS = 12
_OTHERS = 3

Buttons = list[list[Button]]


def dossier(
    t: Tongue, dossier: Dossier, *, labels: Mapping[EditorId, str], viewer: EditorId
) -> Screen:
    """Show how a notice stands, with the buttons that lead on for the editor who looks."""
    notice = dossier.notice
    stopped = text.bold(t.gettext("STOPPED. Nothing more of it is sent."))
    lines = [_title(t, dossier), stopped if notice.stopped else _state(t, dossier)]
    lines += ["", *_facts(t, dossier), "", *_decisions(t, dossier, labels), *_progress(t, dossier)]
    lines += [_other(t, other) for other in dossier.others]
    if _says_too_late(dossier):
        lines += ["", _too_late(t)]
    rows = _buttons(t, dossier, viewer)
    return Screen(text.clip(lines), rows)


def welcome(t: Tongue, label: str) -> Screen:
    """Say to somebody who became an editor what that means."""
    lines = [
        # Translators: {label} is the name by which the other editors know this one.
        t.gettext("You are an editor now: {label}.", label=text.name(label, _LABEL)),
        t.gettext(
            "/release begins the news of a release, /event the news of what happened to people, "
            "/notices shows what is under way. Another editor approves what you submit, and two "
            "say that it is safe."
        ),
    ]
    return Screen("\n".join(lines))


def how_to(t: Tongue) -> Screen:
    """Say how a list is written."""
    lines = [
        t.gettext("Send /release and below it, in the same message, what is known:"),
        "",
        # Translators: an example of a list; keep its form, a line each. Invented names.
        t.gettext(
            "<code>13 December 2025\n"
            "123 https://example.org/news\n"
            "Lithuania, Vilnius:\n"
            "Jan Kowalski\n"
            "Ukraine:\n"
            "Maria Nowak</code>"
        ),
        "",
        t.gettext("Or send it as a text or CSV file with /release as its caption."),
    ]
    return Screen("\n".join(lines))


def notices(t: Tongue, known: Sequence[Notice]) -> Screen:
    """List notices, each with a button that brings its card."""
    if not known:
        return Screen(t.gettext("There are no notices. /release or /event begins one."))
    rows = []
    for notice in known:
        label = f"{named(t, notice.kind, notice.id)}: {_state_word(t, notice.state)}"
        rows.append([edit(label, Deed.CARD, notice.id)])
    return Screen(t.gettext("Notices:"), rows)


# --- the list ---------------------------------------------------------------------------------


def lines_page(t: Tongue, dossier: Dossier, page: int) -> Screen:
    """List the lines of a release with whom each means; settled ones can be asked again."""
    every = dossier.lines
    pages = max(1, -(-len(every) // LINES_A_PAGE))
    page = min(page, pages - 1)
    shown = every[page * LINES_A_PAGE :][:LINES_A_PAGE]
    lines = [_title(t, dossier), ""]
    rows: Buttons = []
    for line in shown:
        lines.append(_line(t, line))
        if dossier.notice.state is NoticeState.DRAFT:
            deed = Deed.LINE if line.state in OPEN else Deed.REOPEN
            mark = "❓" if line.state in OPEN else "✏️"
            rows.append([edit(f"{mark} {_plain(line.text)}", deed, dossier.notice.id, line.id)])
    turns = [
        edit(label, Deed.LINES, dossier.notice.id, to)
        for label, to in (("‹", page - 1), (f"{page + 1}/{pages}", page), ("›", page + 1))
        if 0 <= to < pages and pages > 1
    ]
    rows += [turns] if turns else []
    rows.append([_back(t, dossier)])
    return Screen(text.clip(lines), rows)


def line(
    t: Tongue, dossier: Dossier, number: LineId, *, reasons: Collection[Reason] = ()
) -> Screen:
    """Ask whom a line means, and say why; what tells namesakes apart stands beside each."""
    asked = next((one for one in dossier.unsettled if one.id == number), None)
    if asked is None:
        return Screen(t.gettext("This line is settled."), [[_back(t, dossier)]])
    notice = dossier.notice.id
    left = len(dossier.unsettled)
    lines = [
        t.ngettext(
            "{number} line is not settled.", "{number} lines are not settled.", left,
            number=t.number(left),
        ),
        "",
        # Translators: {name} is a name from a pasted list.
        t.gettext("Who is this: {name}?", name=text.bold(text.name(asked.text, _NAME))),
        *(said for reason, said in _reasons(t).items() if reason in reasons),
        *(
            # Translators: {name} is another line of the same list.
            t.gettext("Perhaps the same person: {name}", name=text.name(other.text, _NAME))
            for other in _others(dossier.lines, asked)[:_OTHERS]
        ),
    ]  # fmt: skip
    rows: Buttons = []
    for place, one in enumerate(asked.candidates, 1):
        person = dossier.candidates[one]
        lines += ["", f"{place}. {_namesake(t, person, dossier.custodies.get(one))}"]
        label = f"{place}. {_plain(person.name_in(t.spellings))}"
        rows.append([edit(label, Deed.PERSON, notice, asked.id, codes.code_of(one))])
    rows.append([edit(t.gettext("A new person"), Deed.NEW, notice, asked.id)])
    rows.append([edit(t.gettext("Leave this line out"), Deed.LEAVE_OUT, notice, asked.id)])
    rows.append([_back(t, dossier)])
    return Screen(text.clip(lines), rows)


# --- previews and questions -------------------------------------------------------------------


def preview(
    t: Tongue,
    notice: NoticeId,
    snapshot: Snapshot,
    said: Tongue,
    offered: Iterable[str],
    *,
    at: datetime,
) -> Screen:
    """Show what readers of one language get who follow the first person on the list, or, where
    the list is closed, somebody who is not on it."""
    groups = snapshot.every_group
    item = NewsItem(WaveId(0), snapshot, groups, groups, at)
    absent = [_SOMEBODY] if snapshot.kind is NoticeKind.CLOSING else []
    freed = [p.id for p in snapshot.persons(groups)[:1]]
    shown = news.news(said, item, freed=freed, absent=absent)
    languages = [
        edit(f"· {one} ·" if one == said.language else one, Deed.PREVIEW, notice, one)
        for one in offered
    ]
    back = edit(t.gettext("‹ Back"), Deed.CARD, notice)
    rows = [languages[:4], languages[4:], [back]]
    return Screen(shown.text, [row for row in rows if row])


def said_safe(t: Tongue, *, opened: bool) -> str:
    """Say in a few words what came of saying that a group is safe."""
    if opened:
        return t.gettext("Open. It is going out.")
    return t.gettext("Noted. One more editor is needed.")


def discard(t: Tongue, dossier: Dossier) -> Screen:
    """Ask whether a notice is really given up."""
    notice = dossier.notice.id
    return _question(
        t,
        dossier,
        t.gettext("Discard this notice? Nothing of it has been said to readers."),
        edit(t.gettext("Yes, discard it"), Deed.DISCARD_SURELY, notice),
    )


def withdraw(t: Tongue, dossier: Dossier) -> Screen:
    """Ask whether a notice is really withdrawn as a whole."""
    return _question(
        t,
        dossier,
        t.gettext(
            "Withdraw this news as a whole? Everybody who got it is told that it was wrong, as "
            "soon as another editor approves."
        ),
        _decide(t.gettext("Yes, withdraw it"), Deed.WITHDRAW_SURELY, dossier.notice.id),
    )


def complete(t: Tongue, dossier: Dossier) -> Screen:
    """Ask whether no more names are expected."""
    return _question(
        t,
        dossier,
        t.gettext(
            "Close the list of names? Everybody who was told that somebody is not among the "
            "known names, and still waits, is told that the list is closed, as soon as another "
            "editor approves."
        ),
        _decide(t.gettext("Yes, close the list"), Deed.COMPLETE_SURELY, dossier.notice.id),
    )


def take_back(t: Tongue, dossier: Dossier, page: int, chosen: Iterable[int]) -> Screen:
    """Ask who was not released, or what did not happen. The buttons of what is chosen carry the
    choice."""
    notice, told, wanted = dossier.notice, _told(t, dossier), set(chosen)
    picked = {one: name for one, name in told.items() if one in wanted}
    rest = [one for one in told if one not in wanted]
    pages = max(1, -(-len(rest) // LINES_A_PAGE))
    page = min(page, pages - 1)
    rows: Buttons = _picked(notice, page, picked)
    for one in rest[page * LINES_A_PAGE :][:LINES_A_PAGE]:
        rows.append([_decide(told[one], Deed.CHOOSE, notice.id, page, codes.code_of(one))])
    turns = [
        _decide(label, Deed.TAKE_BACK, notice.id, to)
        for label, to in (("‹", page - 1), (f"{page + 1}/{pages}", page), ("›", page + 1))
        if 0 <= to < pages and pages > 1
    ]
    rows += [turns] if turns else []
    if picked:
        n = len(picked)
        label = t.ngettext(
            "{number} person was not released",
            "{number} people were not released",
            n,
            number=t.number(n),
        )
        if notice.kind is NoticeKind.EVENTS:
            # Translators: so many of the things that we said happened did not.
            label = t.ngettext("Wrong: {number}", "Wrong: {number}", n, number=t.number(n))
        rows.append([_decide(label, Deed.CORRECT, notice.id)])
    rows.append([_back(t, dossier)])
    asked = t.gettext("Who was not released?")
    if notice.kind is NoticeKind.EVENTS:
        asked = t.gettext("What was wrong? The rest of the news stays.")
    return Screen(asked, rows)


def correct(t: Tongue, dossier: Dossier, chosen: Iterable[int]) -> Screen:
    """Ask whether what is chosen is really taken back."""
    wanted = set(chosen)
    picked = {one: name for one, name in _told(t, dossier).items() if one in wanted}
    asked = t.gettext(
        "Tell everybody who got this news that it was wrong of these people? It goes out as "
        "soon as another editor approves."
    )
    if dossier.notice.kind is NoticeKind.EVENTS:
        asked = t.gettext(
            "Tell everybody who got this news that this was wrong? It goes out as soon as "
            "another editor approves."
        )
    lines = [
        asked,
        "",
        *map(text.escape, picked.values()),
        *(["", _too_late(t)] if _says_too_late(dossier) else []),
    ]
    rows: Buttons = _picked(dossier.notice, 0, picked)
    yes = t.gettext("Yes, propose the correction")
    rows.append([_decide(yes, Deed.CORRECT_SURELY, dossier.notice.id)])
    rows.append([_back(t, dossier)])
    return Screen(text.clip(lines), rows)


def _question(t: Tongue, dossier: Dossier, asked: str, yes: Button) -> Screen:
    lines = [_title(t, dossier), "", asked]
    if _says_too_late(dossier):
        lines += ["", _too_late(t)]
    return Screen(text.clip(lines), [[yes], [_back(t, dossier)]])


def _picked(notice: Notice, page: int, picked: Mapping[int, str]) -> Buttons:
    return [
        [_decide(f"✗ {label}", Deed.UNCHOOSE, notice.id, page, codes.code_of(one))]
        for one, label in picked.items()
    ]


def _told(t: Tongue, dossier: Dossier) -> Mapping[int, str]:
    """Name what can be taken back: the persons, or each of the things that happened."""
    notice = dossier.notice
    persons = {p.id: p for p in notice.facts.persons(notice.opened)}
    names = {one: _plain(p.name_in(t.spellings)) for one, p in persons.items()}
    if notice.kind is not NoticeKind.EVENTS:
        return {one: name for one, name in names.items() if one not in notice.taken_back}
    return {
        one.id: f"{names[one.person]}: {card.headline_of(t, one.event)}"
        for one in notice.standing
        if one.person in names
    }


# --- the card ---------------------------------------------------------------------------------


def _title(t: Tongue, dossier: Dossier) -> str:
    notice = dossier.notice
    kind = f"{text.bold(_kind(t, notice.kind))} {notice.id}"
    if notice.of is None:
        return kind
    # Translators: the date is not known yet.
    on = dossier.release.on
    date = t.gettext("no date yet") if on is None else t.date(on)
    return f"{kind} · {date}"


def named(t: Tongue, kind: NoticeKind, notice: NoticeId | None) -> str:
    """Name a notice by its kind and number."""
    return f"{_kind(t, kind)} {notice}"


def _kind(t: Tongue, kind: NoticeKind) -> str:
    match kind:
        case NoticeKind.RELEASE:
            return t.gettext("Release")
        case NoticeKind.EVENTS:
            # Translators: a notice of what happened to single people.
            return t.gettext("News of people")
        case NoticeKind.CORRECTION:
            return t.gettext("Correction")
        case NoticeKind.WITHDRAWAL:
            return t.gettext("Withdrawal")
        case NoticeKind.ADDITION:
            # Translators: more names of a release.
            return t.gettext("Addition")
        case NoticeKind.CLOSING:
            # Translators: the list of names of a release is closed.
            return t.gettext("Closing")


def _state_word(t: Tongue, state: NoticeState) -> str:
    match state:
        case NoticeState.DRAFT:
            return t.gettext("draft")
        case NoticeState.SUBMITTED:
            return t.gettext("waits for approval")
        case NoticeState.HELD:
            return t.gettext("held")
        case NoticeState.GOING_OUT:
            return t.gettext("going out")
        case NoticeState.OUT:
            return t.gettext("out")
        case NoticeState.CORRECTED:
            return t.gettext("out, corrected")
        case NoticeState.WITHDRAWN:
            return t.gettext("withdrawn")
        case NoticeState.DISCARDED:
            return t.gettext("discarded")


def _state(t: Tongue, dossier: Dossier) -> str:
    match dossier.notice.state:
        case NoticeState.DRAFT:
            return t.gettext(
                "Draft. Reply to this message with more lines or a file. A reply that begins with "
                "a language in brackets, such as [be], puts your own words above the facts."
            )
        case NoticeState.SUBMITTED:
            return t.gettext("Waits for approval. Whoever submitted it cannot approve it.")
        case NoticeState.HELD:
            return t.gettext(
                "Approved and held. Nothing is said before two editors say that a group is safe."
            )
        case state:
            word = _state_word(t, state)
            return f"{word[:1].upper()}{word[1:]}."


def _facts(t: Tongue, dossier: Dossier) -> list[str]:
    notice = dossier.notice
    if notice.kind is NoticeKind.EVENTS:
        return [*bulletin.facts(t, dossier), *_words(t, dossier)]
    if notice.kind is NoticeKind.CLOSING:
        known = len(notice.facts.persons(notice.facts.every_group))
        return [
            t.gettext("Names known: {number}.", number=t.number(known)),
            t.gettext(
                "Goes to everybody who was told that somebody is not among the known names, and "
                "still waits."
            ),
        ]
    if notice.kind not in LISTING:
        named = notice.facts.persons(notice.facts.every_group)
        if notice.of is None:
            wrong = notice.facts.events
            return [line for p in named for line in happenings.told_of(t, wrong, p)]
        return [text.name(p.name_in(t.spellings), _NAME) for p in named[:LINES_A_PAGE]]
    release, lines = dossier.release, []
    if release.counts:
        given = news.counts(t, release.counts)
        lines.append(t.gettext("Said to be free: {counts}.", counts=given))
    lines += [_group(t, group) for group in release.groups[:_GROUPS]]
    if release.sources:
        names = [text.link(text.shorten(s.name, _NAME), s.url) for s in release.sources[:_GROUPS]]
        lines.append(t.gettext("Sources: {sources}.", sources=", ".join(names)))
    lines += _words(t, dossier)
    if dossier.listed:
        lines.append(
            t.ngettext(
                "{number} is on the list of the release already and is not told again.",
                "{number} are on the list of the release already and are not told again.",
                dossier.listed,
                number=t.number(dossier.listed),
            )
        )
    if release.list_closed:
        lines.append(t.gettext("The list of names is closed."))
    elif _can_be_added_to(dossier):
        lines.append(t.gettext("The list is open: reply to this message with names to add to it."))
    if notice.state is NoticeState.DRAFT:
        lines += [f"❗ {_missing(t, dossier, what)}" for what in release.missing]
    return lines


def _can_be_added_to(dossier: Dossier) -> bool:
    notice = dossier.notice
    return notice.kind is NoticeKind.RELEASE and Roll((notice, *dossier.others)).is_open


def _words(t: Tongue, dossier: Dossier) -> list[str]:
    if not dossier.texts:
        return []
    languages = ", ".join(sorted(dossier.texts))
    return [t.gettext("Your own words: {languages}.", languages=languages)]


def _group(t: Tongue, group: Group) -> str:
    named = sum(1 for line in group.lines if line.person is not None)
    parts = [
        news.counts(t, group.counts),
        t.ngettext("{number} name", "{number} names", named, number=t.number(named)),
    ]
    asked = sum(1 for line in group.lines if line.state in OPEN)
    if asked:
        parts.append(
            t.ngettext(
                "{number} not settled", "{number} not settled", asked, number=t.number(asked)
            )
        )
    return f"• {_where(t, group.country, group.place)}: {', '.join(p for p in parts if p)}"


def _where(t: Tongue, country: str, place: str) -> str:
    # Translators: those of whom it is not known where they were brought.
    return news.place_of(t, country, place) or t.gettext("place not named")


def _missing(t: Tongue, dossier: Dossier, what: Missing) -> str:
    match what:
        case Missing.DATE:
            return t.gettext("The date is missing.")
        case Missing.SOURCE:
            return t.gettext("A source is missing.")
        case Missing.NAME:
            return t.gettext("Nobody is named yet.")
        case Missing.ONCE:
            twice = dossier.release.named_twice[:3]
            names = [text.name(p.name_in(t.spellings), _NAME) for p in twice]
            return t.gettext("Named twice: {names}.", names=t.listing(names))


def _decisions(t: Tongue, dossier: Dossier, labels: Mapping[EditorId, str]) -> list[str]:
    notice = dossier.notice
    if notice.state is NoticeState.DRAFT or notice.snapshot is None:
        return []
    # Translators: who made a notice, when no editor did: somebody at the command line.
    operator = t.gettext("an operator")
    author = operator if notice.author is None else _label(t, labels, notice.author)
    approved = notice.said(Say.APPROVE)
    lines = [
        t.gettext("Author: {editor}.", editor=author),
        # Translators: {editors} are labels of editors, or a dash.
        t.gettext(
            "Approvals: {editors} ({number} of {needed}).",
            editors=_labels(t, labels, approved),
            number=t.number(len(approved)),
            needed=t.number(dossier.approvals_needed),
        ),
    ]
    if notice.kind in NEWS and notice.state in _HOLDING:
        lines += [
            _safety(t, notice, group.id, _whose(t, dossier, group), labels)
            for group in notice.facts.groups[:_GROUPS]
        ]
    return lines


def _whose(t: Tongue, dossier: Dossier, group: GroupFacts) -> str:
    """Say of whom it is to be said whether they are safe."""
    if group.id == WHOLE:
        return bulletin.named(t, dossier)
    return _where(t, group.country, group.place)


def _safety(
    t: Tongue, notice: Notice, group: GroupId, where: str, labels: Mapping[EditorId, str]
) -> str:
    said = notice.said(Say.SAFE, group)
    editors = _labels(t, labels, said)
    if group in notice.opened:
        return t.gettext("✓ {place}: safe ({editors})", place=where, editors=editors)
    if said:
        return t.gettext(
            "⏸ {place}: safe, says {editor}. One more editor is needed.",
            place=where,
            editor=editors,
        )
    return t.gettext("⏸ {place}: held. Two editors are needed.", place=where)


def _progress(t: Tongue, dossier: Dossier) -> list[str]:
    lines = []
    for wave, tally in dossier.waves:
        if wave.ended is not None:
            state = t.gettext("done")
        elif wave.made:
            state = t.gettext("being sent")
        else:
            state = t.gettext("being prepared")
        began = t.gettext("Begun on {moment}, {state}:", moment=t.moment(wave.begun), state=state)
        lines += ["", began, _tally(t, tally)]
        if wave.ended is not None:
            # Translators: the report at the end; {number} is how many readers the news was for.
            lines.append(
                t.gettext(
                    "Ended on {moment}. Readers in all: {number}.",
                    moment=t.moment(wave.ended),
                    number=counted(t, tally.audience),
                )
            )
    if len(dossier.languages) > 1:
        # Translators: below stand the languages; of messages that still wait it is not known.
        lines += ["", t.gettext("At an end, by language:")]
        lines += [f"{one}: {_tally(t, sums)}" for one, sums in dossier.languages.items()]
    left = dossier.time_left
    if left is not None and dossier.speed is not None:
        # Translators: how many messages go out in a second, and the time left as 1:05:00.
        lines += [
            "",
            t.gettext(
                "A second: {number}. Time left: {time}.",
                number=t.number(max(1, round(dossier.speed))),
                time=str(left),
            ),
        ]
    return lines


def _tally(t: Tongue, tally: Tally) -> str:
    parts = [t.gettext("delivered: {number}", number=counted(t, tally.delivered))]
    if tally.open:
        parts.append(t.gettext("waiting: {number}", number=counted(t, tally.open)))
    if tally.gone:
        # Translators: readers who blocked the bot or left before the message came.
        parts.append(t.gettext("left or blocked: {number}", number=counted(t, tally.gone)))
    if tally.unknown:
        # Translators: it is not known whether the message arrived.
        parts.append(t.gettext("unknown: {number}", number=counted(t, tally.unknown)))
    if tally.failed:
        parts.append(t.gettext("failed: {number}", number=counted(t, tally.failed)))
    return ", ".join(parts)


def _says_too_late(dossier: Dossier) -> bool:
    """Whether an editor must know that a correction, or the closing, goes to others than those
    who were told."""
    notice = dossier.notice
    waits = notice.state is NoticeState.SUBMITTED
    return not dossier.reachable and (notice.corrects is None or waits)


def _too_late(t: Tongue) -> str:
    # Translators: said to editors who correct old news, or close a list late.
    return t.gettext(
        "More than 72 hours have passed: who was told is no longer known. What you say of it now "
        "goes to those who want such news now."
    )


def counted(t: Tongue, n: int) -> str:
    """Say how many readers, but for a few."""
    if 0 < n < FEW:
        return t.gettext("fewer than {number}", number=t.number(FEW))
    return t.number(n)


def _other(t: Tongue, other: Notice) -> str:
    return f"↳ {_kind(t, other.kind)} {other.id}: {_state_word(t, other.state)}"


# --- the buttons ------------------------------------------------------------------------------


def _buttons(t: Tongue, dossier: Dossier, viewer: EditorId) -> Buttons:
    notice = dossier.notice
    match notice.state:
        case NoticeState.DRAFT:
            return _drafting(t, dossier)
        case NoticeState.SUBMITTED:
            return _approving(t, notice, viewer)
        case NoticeState.HELD:
            return [
                *_opening(t, dossier, viewer),
                _looking(t, notice),
                [
                    _halt(t, notice),
                    edit(t.gettext("Discard this notice"), Deed.DISCARD, notice.id),
                ],
            ]
        case NoticeState.GOING_OUT if notice.kind in NEWS:
            return [
                *_opening(t, dossier, viewer),
                _looking(t, notice),
                [_halt(t, notice)],
                *_taking_back(t, notice),
            ]
        case NoticeState.GOING_OUT:
            return [_looking(t, notice), [_halt(t, notice)]]
        case NoticeState.OUT | NoticeState.CORRECTED if notice.kind in NEWS:
            return [_looking(t, notice), *_completing(t, dossier), *_taking_back(t, notice)]
        case NoticeState.OUT if notice.kind is NoticeKind.CLOSING:
            return [_looking(t, notice), _withdrawing(t, notice)]
        case _:
            return []


def _drafting(t: Tongue, dossier: Dossier) -> Buttons:
    notice = dossier.notice.id
    discarding = [edit(t.gettext("Discard this notice"), Deed.DISCARD, notice)]
    if dossier.notice.kind is NoticeKind.EVENTS:
        return [*bulletin.buttons(t, dossier), *_finishing(t, dossier), discarding]
    rows: Buttons = []
    release = dossier.release
    if release.unsettled:
        n = len(release.unsettled)
        label = t.ngettext("Settle {number} line", "Settle {number} lines", n, number=t.number(n))
        rows.append([edit(label, Deed.LINE, notice, release.unsettled[0].id)])
    looking = [edit(t.gettext("Names"), Deed.LINES, notice, 0)]
    if release.on is not None:
        looking.append(_preview_button(t, dossier.notice))
    rows.append(looking)
    if dossier.notice.kind is NoticeKind.RELEASE:
        ticked, unticked = t.gettext("☑ The list is closed"), t.gettext("☐ The list is closed")
        label = ticked if release.list_closed else unticked
        rows.append([edit(label, Deed.CLOSE, notice, int(not release.list_closed))])
    if not release.unsettled and not release.missing:
        rows.append([edit(t.gettext("Submit"), Deed.SUBMIT, notice)])
    rows.append(discarding)
    return rows


def _finishing(t: Tongue, dossier: Dossier) -> Buttons:
    """Offer to look at news of people, as soon as there is something to see, and to submit it."""
    ready = any(one.person and one.kind and one.on for one in dossier.happenings)
    rows = [[_preview_button(t, dossier.notice)]] if ready else []
    if bulletin.is_whole(dossier):
        rows.append([edit(t.gettext("Submit"), Deed.SUBMIT, dossier.notice.id)])
    return rows


def _approving(t: Tongue, notice: Notice, viewer: EditorId) -> Buttons:
    rows: Buttons = [_looking(t, notice)]
    if viewer != notice.author and viewer not in notice.said(Say.APPROVE):
        rows.append([_decide(t.gettext("Approve"), Deed.APPROVE, notice.id, notice.seal)])
    rows.append([edit(t.gettext("Discard this notice"), Deed.DISCARD, notice.id)])
    return rows


def _opening(t: Tongue, dossier: Dossier, viewer: EditorId) -> Buttons:
    """Offer to say that groups are safe, where this editor has not said so yet."""
    notice = dossier.notice
    held = [
        group
        for group in notice.facts.groups
        if group.id in notice.unopened and viewer not in notice.said(Say.SAFE, group.id)
    ]
    if notice.stopped or dossier.doubted or not held:
        return []
    rows: Buttons = []
    if len(held) > 1:
        rows = [
            [
                _decide(
                    t.gettext("Safe: {place}", place=_plain_where(t, group.country, group.place)),
                    Deed.SAFE,
                    notice.id,
                    notice.seal,
                    group.id,
                )
            ]
            for group in held[:_BUTTONS]
        ]
    everyone = t.gettext("Everyone is safe")
    if notice.kind is NoticeKind.EVENTS:
        # Translators: a button: nobody comes to harm if this news is told.
        everyone = t.gettext("Safe to tell")
    return [*rows, [_decide(everyone, Deed.SAFE, notice.id, notice.seal, 0)]]


def _looking(t: Tongue, notice: Notice) -> list[Button]:
    if notice.kind not in LISTING:
        return [_preview_button(t, notice)]
    return [edit(t.gettext("Names"), Deed.LINES, notice.id, 0), _preview_button(t, notice)]


def _preview_button(t: Tongue, notice: Notice) -> Button:
    return edit(t.gettext("Preview"), Deed.PREVIEW, notice.id, t.language)


def _halt(t: Tongue, notice: Notice) -> Button:
    if notice.stopped:
        # Translators: a button that lets a stopped notice go on.
        return _decide(t.gettext("Resume sending"), Deed.RESUME, notice.id)
    return _decide(t.gettext("STOP"), Deed.STOP, notice.id)


def _taking_back(t: Tongue, notice: Notice) -> list[list[Button]]:
    somebody = t.gettext("Somebody named was not released")
    if notice.kind is NoticeKind.EVENTS:
        somebody = t.gettext("Something in it was wrong")
    return [
        [_decide(somebody, Deed.TAKE_BACK, notice.id, 0)],
        _withdrawing(t, notice),
    ]


def _withdrawing(t: Tongue, notice: Notice) -> list[Button]:
    return [_decide(t.gettext("Withdraw"), Deed.WITHDRAW, notice.id)]


def _completing(t: Tongue, dossier: Dossier) -> Buttons:
    """Offer to close the list of a release when nothing is being added to it."""
    notice = dossier.notice
    if (
        notice.kind is not NoticeKind.RELEASE
        or dossier.doubted
        or not Roll((notice, *dossier.others)).may_be_closed
    ):
        return []
    return [[_decide(t.gettext("Close the list of names"), Deed.COMPLETE, notice.id)]]


def _back(t: Tongue, dossier: Dossier) -> Button:
    return edit(t.gettext("‹ Back"), Deed.CARD, dossier.notice.id)


def _decide(label: str, deed: Deed, *arguments: str | int) -> Button:
    return Button(label, callback_data=callbacks.data(Verb.DECIDE, deed, *arguments))


# --- small parts ------------------------------------------------------------------------------

_HOLDING = frozenset({NoticeState.HELD, NoticeState.GOING_OUT})
_BUTTONS = 40


def _line(t: Tongue, line: Line) -> str:
    written = text.name(line.text, _NAME)
    if line.state in OPEN:
        return f"❓ {written}"
    if line.person is None:
        # Translators: a line of a list that an editor left out.
        return t.gettext("✗ {name}: left out", name=written)
    name = text.name(line.person.name_in(t.spellings), _NAME)
    return f"✓ {name}" if name == written else f"✓ {name} ({written})"


def _reasons(t: Tongue) -> Mapping[Reason, str]:
    """Return what is said of a doubt; namesakes are seen as they stand side by side."""
    return {
        Reason.NOBODY: t.gettext("Nobody who is listed is called so."),
        Reason.NO_NAME: t.gettext("There seems to be no name in this line."),
        Reason.YEAR: t.gettext("The year of birth differs."),
        # Translators: Бабенко Александра is she, or in another case he.
        Reason.SEX: t.gettext("It may be a woman or a man."),
        Reason.UNEXPLAINED: t.gettext("There is more in this line than the name."),
        Reason.PART: t.gettext("The name is incomplete."),
        Reason.SPELLING: t.gettext("The spelling is only similar."),
        Reason.MANY: t.gettext("More people than these may be called so."),
    }


def _others(lines: Iterable[Line], asked: Line) -> list[Line]:
    """Return other lines that mean one of the candidates, or may mean the likeliest as well."""
    return [
        other
        for other in lines
        if other.id != asked.id
        and (
            (other.person is not None and other.person.id in asked.candidates)
            or (other.state in OPEN and other.candidates[:1] == asked.candidates[:1] != ())
        )
    ]


def _namesake(t: Tongue, person: Person, custody: Custody | None) -> str:
    """Say what tells one bearer of a name from another."""
    facts = [text.bold(text.name(person.name_in(t.spellings), _NAME))]
    if person.born is not None:
        facts.append(t.gettext("born in {year}", year=str(person.born)))
    about = next((person.about[x] for x in (*t.spellings, "en") if x in person.about), "")
    if about:
        facts.append(text.name(about, 100))
    if custody is not None and custody.status is not Status.UNKNOWN:
        facts.append(news.status(t, custody.status, person.gender))
        place = custody.located_by.place if custody.located_by is not None else None
        if place is not None:
            facts.append(news.place_of(t, place.country, news.local(t, place.names)))
        if custody.since is not None:
            # Translators: since when a person is in prison, or free.
            facts.append(t.gettext("since: {date}", date=t.date(custody.since)))
    return ", ".join(facts)


def _plain(name: str) -> str:
    return isolate(text.shorten(name, _NAME))


def _plain_where(t: Tongue, country: str, place: str) -> str:
    parts = [t.country(country)] if country else []
    parts += [isolate(text.shorten(place, _NAME))] if place else []
    return ", ".join(parts) or t.gettext("place not named")


def _labels(t: Tongue, labels: Mapping[EditorId, str], editors: Iterable[EditorId]) -> str:
    return t.listing([_label(t, labels, editor) for editor in sorted(editors)]) or "–"


def _label(t: Tongue, labels: Mapping[EditorId, str], editor: EditorId) -> str:
    if editor not in labels:
        # Translators: an editor who is one no more.
        return t.gettext("a former editor")
    return text.name(labels[editor], _LABEL)

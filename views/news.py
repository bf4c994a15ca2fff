"""Release news, corrections and withdrawals, as one message for one reader."""

from collections.abc import Mapping, Sequence

from locales import Tongue, isolate
from model.custody import Status
from model.dates import PartialDate
from model.notices import (
    LISTING,
    NEWS,
    EventFacts,
    GroupFacts,
    LastKnown,
    NewsItem,
    NoticeKind,
    PersonFacts,
    Snapshot,
    read_source,
)
from model.people import Gender, Person, PersonId, Source
from model.releases import Count
from views import callbacks, happenings, text
from views.callbacks import Verb
from views.screen import Button, Keyboard, Screen

NAMES_A_PAGE = 30

# Two budgets, so that the part that is for everybody can be made once for a wave: with the empty
# line between them they stay within one message, whatever is put in.
_HEAD = 2000
_BODY = 2000

_LATER = frozenset({NoticeKind.ADDITION, NoticeKind.CLOSING})

_NAME = 64
_PLACE = 100
_SOURCE = 60
_SOURCES = 8
_COUNTS = 6
_ABSENT = 8


def news(
    t: Tongue,
    item: NewsItem,
    *,
    freed: Sequence[PersonId] = (),
    absent: Sequence[Person] = (),
    body: str = "",
    late: bool = False,
    asks: bool = False,
) -> Screen:
    """Tell a reader who follows ``freed`` and ``absent`` what a wave brought.

    ``asks`` adds the button by which it is said to be seen.

    ``body`` is what ``body_of`` made of this item in this language, if it is at hand. Somebody
    among ``freed`` who was taken back is told of as our error: leave such persons out for a
    reader who was not told of them before. ``late``: it is not known any more who was told.
    """
    wanted = set(freed)
    followed = [p for p in item.snapshot.persons(item.opened) if p.id in wanted]
    if item.snapshot.release is None:
        return Screen(_of_people(t, item, followed, late=late), _keyboard(t, item, followed, asks))
    head = _head(t, item, followed, absent, late=late)
    # A correction of the one person somebody follows says all in its first lines.
    if not _all_said(item, followed):
        head = "\n\n".join(part for part in (head, body or body_of(t, item)) if part)
    return Screen(head, _keyboard(t, item, [*followed, *absent], asks))


def asks(item: NewsItem, freed: Sequence[PersonId]) -> bool:
    """Say whether a button asks if this was seen: somebody followed is still told of in it."""
    told = item.snapshot.kind in NEWS and not item.withdrawn
    return told and any(one not in item.taken_back for one in freed)


def reminder(t: Tongue, item: NewsItem, freed: Sequence[PersonId]) -> Screen:
    """Remind a reader of news that is not marked as seen, without repeating it."""
    wanted = set(freed)
    persons = [p for p in item.snapshot.persons(item.opened) if p.id in wanted]
    # Translators: {names} are one or more names of people; the news itself is not repeated.
    said = t.gettext(
        "A reminder: there is news about {names}, and it is not marked as seen.",
        names=t.listing([_bold_name(t, person) for person in persons[:_ABSENT]]),
    )
    show = Button(t.gettext("Show"), callback_data=callbacks.data(Verb.WAVE, item.wave))
    seen = Button(t.gettext("Seen"), callback_data=callbacks.data(Verb.SEEN, item.wave))
    return Screen(said, [[show], [seen]])


def thanks(t: Tongue) -> str:
    """Say that it was noted that something was seen."""
    # Translators: a few words that show for a moment after [Seen] was pressed.
    return t.gettext("Thank you.")


def body_of(t: Tongue, item: NewsItem) -> str:
    """Say what a wave brought to everybody, whomever they follow."""
    if item.snapshot.release is None:
        return _of_people(t, item, ())
    kind = item.snapshot.kind
    if item.withdrawn:
        lines = [_was_wrong(t, item, item.wrong)]
    elif kind is NoticeKind.ADDITION:
        lines = _addition(t, item)
    elif kind is NoticeKind.CORRECTION:
        lines = [*_correction(t, item), _sorry(t)]
    elif kind is NoticeKind.WITHDRAWAL:
        lines = [_was_wrong(t, item, item.snapshot.takes_back), _sorry(t)]
    else:
        lines = _release(t, item)
    return text.clip([*_own_words(t, item), *lines], limit=_BODY)


def names_page(t: Tongue, item: NewsItem, page: int) -> Screen:
    """List the names a wave brought, a page at a time; ``page`` counts from 0."""
    if item.withdrawn:
        return Screen(f"{_withdrawn(t, item)}\n{body_of(t, item)}")
    rows = [(group, p) for group in _groups(item) for p in _persons(item, group)]
    pages = max(1, -(-len(rows) // NAMES_A_PAGE))
    page = min(page, pages - 1)
    lines = [_title(t, item)]
    above: GroupFacts | None = None
    for group, person in rows[page * NAMES_A_PAGE :][:NAMES_A_PAGE]:
        if group is not above and (where := _place(t, group)):
            lines += ["", text.bold(where)]
        above = group
        lines.append(text.name(person.name_in(t.spellings), _NAME))
    lines += _corrected(t, item)
    turns = [
        Button(label, callback_data=_page(item, to))
        for label, to in (("‹", page - 1), (f"{page + 1}/{pages}", page), ("›", page + 1))
        if 0 <= to < pages and pages > 1
    ]
    # Translators: a button that leads back to the news.
    back = Button(t.gettext("‹ Back"), callback_data=carried(item))
    return Screen(text.clip(lines), [turns, [back]] if turns else [[back]])


def carried(item: NewsItem) -> str:
    """Return what the button carries that shows this news again."""
    return callbacks.data(Verb.WHOLE if item.whole else Verb.WAVE, item.wave)


def _page(item: NewsItem, page: int) -> str:
    return callbacks.data(Verb.WHOLE_NAMES if item.whole else Verb.NAMES, item.wave, page)


def discreet(t: Tongue, callback: str) -> Screen:
    """Say that there is something to read, and nothing else; ``callback`` shows it."""
    # Translators: the button under "1 new message", which hides what the message says.
    show = Button(t.gettext("Show"), callback_data=callback)
    return Screen(
        t.ngettext("{number} new message", "{number} new messages", 1, number=t.number(1)),
        [[show]],
    )


def counts(t: Tongue, given: Sequence[Count]) -> str:
    """Say numbers with their sources; all of them where sources disagree."""
    said = []
    for count in given[:_COUNTS]:
        number, source = t.number(count.number), _link(count.source)
        if count.at_least:
            # Translators: a number of people and who says so: "at least 120 (Radio Svoboda)".
            said.append(t.gettext("at least {number} ({source})", number=number, source=source))
        else:
            # Translators: a number of people and who says so: "123 (Radio Svoboda)".
            said.append(t.gettext("{number} ({source})", number=number, source=source))
    return "; ".join(said)


# --- what is for this reader ------------------------------------------------------------------


def _head(
    t: Tongue,
    item: NewsItem,
    followed: Sequence[PersonFacts],
    absent: Sequence[Person],
    *,
    late: bool,
) -> str:
    after: list[str] = []
    kind = item.snapshot.kind
    if item.withdrawn:
        lines = [_withdrawn(t, item), *(_told_wrongly(t, person) for person in followed)]
    elif kind in LISTING:
        where = {p.id: group for group in item.snapshot.groups for p in group.persons}
        lines = [
            _told_wrongly(t, person)
            if person.id in item.taken_back
            else _free(t, person, where[person.id])
            for person in followed
        ]
        if absent:
            after = [*([""] if lines else []), *_absences(t, item, absent)]
    elif kind is NoticeKind.CLOSING:
        lines = _absences(t, item, absent) if absent else []
    else:
        lines = [_headline(t, item.snapshot)]
        for person in followed:
            lines += _taken_back(t, person)
        if _all_said(item, followed):
            after = [_sorry(t)]
        if late:
            after.append(_late(t))
    return text.clip(lines, after=after, limit=_HEAD)


def _all_said(item: NewsItem, followed: Sequence[PersonFacts]) -> bool:
    return (
        item.snapshot.kind is NoticeKind.CORRECTION
        and len(followed) == len(item.snapshot.persons(item.opened))
        and not item.snapshot.texts
    )


def _free(t: Tongue, person: PersonFacts, group: GroupFacts) -> str:
    name, place = _bold_name(t, person), _place(t, group)
    if not place:
        match person.gender:
            case Gender.FEMALE:
                return t.pgettext("female", "{name} — free.", name=name)
            case Gender.MALE:
                return t.pgettext("male", "{name} — free.", name=name)
            case None:
                return t.pgettext("unknown", "{name} — free.", name=name)
    if not group.abroad:
        match person.gender:
            case Gender.FEMALE:
                return t.pgettext(
                    "female", "{name} — free. Where: {place}.", name=name, place=place
                )
            case Gender.MALE:
                return t.pgettext("male", "{name} — free. Where: {place}.", name=name, place=place)
            case None:
                return t.pgettext(
                    "unknown", "{name} — free. Where: {place}.", name=name, place=place
                )
    # Translators: taken out of the country, not by the person's own choice: "вывезена",
    # "wywieziona", never "left". The place stands in the nominative.
    match person.gender:
        case Gender.FEMALE:
            return t.pgettext(
                "female",
                "{name} — free. Taken out of the country. Where to: {place}.",
                name=name,
                place=place,
            )
        case Gender.MALE:
            return t.pgettext(
                "male",
                "{name} — free. Taken out of the country. Where to: {place}.",
                name=name,
                place=place,
            )
        case None:
            return t.pgettext(
                "unknown",
                "{name} — free. Taken out of the country. Where to: {place}.",
                name=name,
                place=place,
            )


def _absences(t: Tongue, item: NewsItem, absent: Sequence[Person]) -> list[str]:
    names = [text.bold(text.name(p.name_in(t.spellings), _NAME)) for p in absent[:_ABSENT]]
    if len(absent) > _ABSENT:
        more = len(absent) - _ABSENT
        # Translators: the last item of a list of names.
        names.append(t.ngettext("{number} more", "{number} more", more, number=t.number(more)))
    lines = [
        # Translators: {moment} is a date and time of day, {names} one or more names.
        t.ngettext(
            "{names} — not among the names known at {moment}.",
            "{names} — none of them is among the names known at {moment}.",
            len(absent),
            names=t.listing(names),
            moment=t.moment(item.begun),
        )
    ]
    lines += _said_free(t, item)
    known = len(item.known)
    lines.append(
        t.ngettext(
            "{number} name is known.", "{number} names are known.", known, number=t.number(known)
        )
    )
    if item.snapshot.kind is NoticeKind.CLOSING:
        lines.append(
            t.gettext(
                "The list of names is closed now. This is not yet an answer. If anything "
                "changes, we will tell you."
            )
        )
    elif item.list_closed:
        lines.append(
            t.gettext("The list of names is closed. If anything changes, we will tell you.")
        )
    else:
        lines.append(t.gettext("This is not yet an answer."))
    return lines


def _said_free(t: Tongue, item: NewsItem) -> list[str]:
    said = {(count.number, count.at_least) for count in item.snapshot.counts}
    if not said:
        return []
    (number, at_least), *others = sorted(said, reverse=True)[:_COUNTS]
    if others or at_least:
        numbers = "; ".join(_number(t, *each) for each in ((number, at_least), *others))
        # Translators: several numbers, because sources disagree, or "at least" one: "123; 120".
        return [t.gettext("Said to be free: {numbers} (sources below).", numbers=numbers)]
    return [
        t.ngettext(
            "{number} person is said to be free.",
            "{number} people are said to be free.",
            number,
            number=t.number(number),
        )
    ]


def _number(t: Tongue, number: int, at_least: bool) -> str:
    said = t.number(number)
    return t.gettext("at least {number}", number=said) if at_least else said


def _told_wrongly(t: Tongue, person: PersonFacts) -> str:
    name = _bold_name(t, person)
    match person.gender:
        case Gender.FEMALE:
            return t.pgettext("female", "We told you: {name} — free. That was wrong.", name=name)
        case Gender.MALE:
            return t.pgettext("male", "We told you: {name} — free. That was wrong.", name=name)
        case None:
            return t.pgettext("unknown", "We told you: {name} — free. That was wrong.", name=name)


def _taken_back(t: Tongue, person: PersonFacts) -> list[str]:
    lines = [_told_wrongly(t, person)]
    if person.last is not None:
        lines.append(_last_confirmed(t, person.last, person.gender))
    return lines


def _last_confirmed(t: Tongue, last: LastKnown, gender: Gender | None) -> str:
    if last.status is Status.UNKNOWN:
        return t.gettext("Nothing was confirmed before.")
    facts = [status(t, last.status, gender)]
    place = [local(t, last.place)] if last.place else []
    place += [t.country(last.country)] if last.country else []
    if place:
        facts.append(text.escape(text.shorten(", ".join(place), _PLACE)))
    if last.as_of:
        facts.append(t.date(PartialDate.parse(last.as_of)))
    if last.source:
        facts.append(_link(read_source(last.source)))
    # Translators: what was last published of a person: "in prison, Belarus, 1 May 2025, HRW".
    return t.gettext("Last confirmed: {facts}", facts=", ".join(facts))


def status(t: Tongue, known: Status, gender: Gender | None) -> str:
    """Say where a person is, in few words."""
    match known:
        case Status.DETAINED:
            return t.gettext("in detention")
        case Status.IMPRISONED:
            return t.gettext("in prison")
        case Status.HOUSE_ARREST:
            return t.gettext("under house arrest")
        case Status.FREE:
            return t.gettext("free")
        case Status.ABROAD:
            return t.gettext("free, abroad")
        case Status.DIED if gender is Gender.FEMALE:
            return t.pgettext("female", "died")
        case Status.DIED if gender is Gender.MALE:
            return t.pgettext("male", "died")
        case Status.DIED:
            return t.pgettext("unknown", "died")
        case Status.UNKNOWN:
            return t.gettext("nothing is known")


# --- news of people ---------------------------------------------------------------------------


def _of_people(
    t: Tongue, item: NewsItem, followed: Sequence[PersonFacts], *, late: bool = False
) -> str:
    """Say what happened to people, those first whom the reader follows."""
    others = [p for p in item.snapshot.persons(item.opened) if p not in followed]
    every = item.snapshot.events
    if item.withdrawn:
        return text.clip([_withdrawn(t, item), *_wrong(t, every, [*followed, *others])])
    if item.snapshot.kind is not NoticeKind.EVENTS:
        lines = [_headline(t, item.snapshot), *_wrong(t, every, [*followed, *others])]
        return text.clip(lines, after=[_sorry(t), *([_late(t)] if late else [])])
    told = [one for one in every if item.was_wrong(one)]
    wrong = [p for p in followed if p.id in {one.person for one in told}]
    lines = _wrong(t, told, wrong) if wrong else []
    holds = [one for one in every if one not in told]
    right = [p for p in (*followed, *others) if p.id in {one.person for one in holds}]
    lines += [] if wrong and not right else _own_words(t, item)
    for person in right:
        lines += [*([""] if lines and lines[-1] else []), *happenings.told_of(t, holds, person)]
    return text.clip(lines, after=_corrected(t, item))


def _wrong(t: Tongue, told: Sequence[EventFacts], persons: Sequence[PersonFacts]) -> list[str]:
    """Repeat what was told, and take it back."""
    # Translators: below stands what we said, then "That was wrong."
    lines = [t.gettext("We told you:")]
    for person in persons:
        lines += happenings.told_of(t, told, person)
    lines.append(t.gettext("That was wrong."))
    for person in persons:
        if person.last is not None:
            said = _last_confirmed(t, person.last, person.gender)
            lines.append(f"{_bold_name(t, person)}: {said}" if len(persons) > 1 else said)
    return lines


# --- what is for everybody --------------------------------------------------------------------


def _release(t: Tongue, item: NewsItem) -> list[str]:
    snapshot = item.snapshot
    lines = [_title(t, item), *_corrected(t, item)]
    if snapshot.counts:
        # Translators: {counts} are numbers with their sources.
        lines.append(t.gettext("Said to be free: {counts}.", counts=counts(t, snapshot.counts)))
    known = len(item.known)
    # Translators: how many of the freed are known by name.
    lines.append(t.gettext("Names known: {number}.", number=t.number(known)))
    lines += [
        _group(t, where, group, len(_persons(item, group)))
        for group in _groups(item)
        if (where := _place(t, group))
    ]
    return [*lines, *_sources(t, snapshot.sources)]


def _addition(t: Tongue, item: NewsItem) -> list[str]:
    snapshot = item.snapshot
    date = t.date(snapshot.date)
    # Translators: the title of news that brings more names of a release.
    lines = [text.bold(t.gettext("Release, {date}: more names", date=date))]
    lines += _corrected(t, item)
    if snapshot.counts:
        lines.append(t.gettext("Said to be free: {counts}.", counts=counts(t, snapshot.counts)))
    # Translators: how many names were added to the list.
    lines.append(t.gettext("Names added: {number}.", number=t.number(len(item.known))))
    return [*lines, *_sources(t, snapshot.sources)]


def _group(t: Tongue, where: str, group: GroupFacts, known: int) -> str:
    if not group.counts:
        # Translators: a place and how many of those brought there are known by name.
        return t.gettext("• {place}. Names known: {number}.", place=where, number=t.number(known))
    # Translators: a place, how many were brought there, and how many are known by name.
    return t.gettext(
        "• {place}: {counts}. Names known: {number}.",
        place=where,
        counts=counts(t, group.counts),
        number=t.number(known),
    )


def _sources(t: Tongue, sources: Sequence[str]) -> list[str]:
    if not sources:
        return []
    links = [_link(read_source(source)) for source in sources[:_SOURCES]]
    if len(sources) > _SOURCES:
        links.append("…")
    # Translators: {sources} are the names of newspapers and organisations.
    return ["", t.gettext("Sources: {sources}.", sources=", ".join(links))]


def _correction(t: Tongue, item: NewsItem) -> list[str]:
    persons = item.snapshot.persons(item.opened)
    told = t.gettext(
        "We told you of a release ({date}). These people were named by mistake:",
        date=t.date(item.snapshot.date),
    )
    return [told, *(text.name(p.name_in(t.spellings), _NAME) for p in persons)]


def _withdrawn(t: Tongue, item: NewsItem) -> str:
    at = item.begun if item.corrected is None else item.corrected
    # Translators: over news that was wrong as a whole; {moment} is a date and time of day.
    return text.bold(t.gettext("WITHDRAWN at {moment}.", moment=t.moment(at)))


def _sorry(t: Tongue) -> str:
    return t.gettext("We are sorry.")


def _was_wrong(t: Tongue, item: NewsItem, wrong: NoticeKind) -> str:
    date = t.date(item.snapshot.date)
    if wrong is NoticeKind.ADDITION:
        return t.gettext(
            "We told you of more names of a release ({date}). That was wrong.", date=date
        )
    if wrong is NoticeKind.CLOSING:
        return t.gettext(
            "We told you that the list of names of a release ({date}) is closed. That was wrong: "
            "more names may come.",
            date=date,
        )
    return t.gettext("We told you of a release ({date}). That was wrong.", date=date)


def _late(t: Tongue) -> str:
    # Translators: in a correction, long after the news that it corrects.
    return t.gettext(
        "This goes to all who want such news now: who got the wrong news is no longer kept."
    )


def _headline(t: Tongue, snapshot: Snapshot) -> str:
    if (snapshot.kind, snapshot.takes_back) == (NoticeKind.WITHDRAWAL, NoticeKind.RELEASE):
        # Translators: the first word of a message that takes back news as a whole.
        return text.bold(t.gettext("WITHDRAWAL."))
    # Translators: the first word of a message that takes back a part of what was told.
    return text.bold(t.gettext("CORRECTION."))


def _corrected(t: Tongue, item: NewsItem) -> list[str]:
    gone = len(item.snapshot.persons(item.opened)) - len(item.known)
    if item.corrected is None or not (gone or item.retracted):
        return []
    if not gone:
        moment = t.moment(item.corrected)
        # Translators: under news of people of which something was wrong and is left out now.
        return [t.gettext("Corrected at {moment}: what was wrong is left out.", moment=moment)]
    return [
        t.ngettext(
            "Corrected at {moment}: {number} person was named by mistake and is taken out.",
            "Corrected at {moment}: {number} people were named by mistake and are taken out.",
            gone,
            moment=t.moment(item.corrected),
            number=t.number(gone),
        )
    ]


def _title(t: Tongue, item: NewsItem) -> str:
    # Translators: the title of release news.
    return text.bold(t.gettext("Release, {date}", date=t.date(item.snapshot.date)))


def _own_words(t: Tongue, item: NewsItem) -> list[str]:
    words = item.snapshot.texts.get(t.language, "")
    if not words or item.withdrawn:
        return []
    return [*(text.escape(line) for line in words.splitlines()), ""]


# --- small parts ------------------------------------------------------------------------------


def _groups(item: NewsItem) -> list[GroupFacts]:
    return [group for group in item.snapshot.groups if group.id in item.groups]


def _persons(item: NewsItem, group: GroupFacts) -> list[PersonFacts]:
    return [p for p in group.persons if p.id not in item.taken_back]


def _bold_name(t: Tongue, person: PersonFacts) -> str:
    return text.bold(text.name(person.name_in(t.spellings), _NAME))


def _place(t: Tongue, group: GroupFacts) -> str:
    return place_of(t, group.country, group.place)


def place_of(t: Tongue, country: str, place: str) -> str:
    """Say where a group was brought: the country in this language, the place as written."""
    parts = [text.escape(t.country(country))] if country else []
    parts += [text.name(place, _PLACE)] if place else []
    return ", ".join(parts)


def _link(source: Source) -> str:
    return text.link(text.shorten(source.name, _SOURCE), source.url)


def local(t: Tongue, names: Mapping[str, str]) -> str:
    """Return the name of a place in the nearest language."""
    for language in (*t.spellings, "en", "be"):
        if language in names:
            return names[language]
    return next(iter(names.values()), "")


def _keyboard(
    t: Tongue, item: NewsItem, persons: Sequence[PersonFacts | Person], asks: bool
) -> Keyboard:
    rows = [
        [
            Button(
                isolate(text.shorten(person.name_in(t.spellings), _NAME)),
                callback_data=callbacks.person(Verb.OPEN, person.id),
            )
        ]
        for person in persons
    ]
    brought = sum(len(_persons(item, group)) for group in _groups(item))
    kind = item.snapshot.kind
    if kind is NoticeKind.RELEASE and brought and not item.withdrawn:
        label = t.gettext("All names: {number}", number=t.number(brought))
        rows.append([Button(label, callback_data=_page(item, 0))])
    elif kind in _LATER and not item.withdrawn:
        names = callbacks.data(Verb.WHOLE_NAMES, item.wave, 0)
        # Translators: a button that shows all names of a release.
        label = t.gettext("The whole list")
        rows.append([Button(label, callback_data=names)])
    if asks:
        # Translators: the button by which a reader says: I have seen this. No gender, no person:
        # "Прачытана", "Przeczytane".
        seen = callbacks.data(Verb.SEEN, item.wave)
        rows.append([Button(t.gettext("Seen"), callback_data=seen)])
    return rows

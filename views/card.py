"""What is known of one person, who says so, and what happened when."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from locales import Tongue
from model.cards import Card
from model.custody import FREED, FREEING, HELD, Custody, Status
from model.dates import PartialDate, Precision
from model.people import (
    Confidence,
    Event,
    EventKind,
    Gender,
    Manner,
    Person,
    Place,
    Source,
)
from model.questions import Intent
from views import callbacks, text
from views.callbacks import Verb
from views.screen import Button, Screen

SHOWN_AT_MOST = 5
"""Buttons of a choice."""

# Parts of a card are bounded one by one, so that what must be said always fits.
_ABOUT = 300
_NOTE = 300
_PLACE = 100
_SOURCE = 60
_SOURCES = 6
_SHORT = 2
"""Sources named in a line."""
_DOUBTS = 6
_LABEL = 60
_STEM = 3
"""Letters that a word has in common with another case of it, at least."""


def card(
    t: Tongue,
    who: Card,
    *,
    today: date,
    why: Sequence[tuple[str, str]] = (),
    intent: Intent = Intent.NONE,
    share: str = "",
) -> Screen:
    """Say where a person is, since when, as of when, and who says so.

    ``why`` pairs words as asked with words as listed; what answers the ``intent`` comes first;
    ``share`` is the link that a button passes on.
    """
    person, custody = who.person, who.custody
    first = _answer(t, who, intent)
    lines = [*_heading(t, person), *_found_as(t, person, why), "", *first]
    where_and_how = [said for said in _custody(t, person, custody) if said not in first]
    told = [" ".join(where_and_how)] if where_and_how else []
    told += _since(t, custody)
    told += _manner(t, who)
    told += _who_says_so(t, who)
    told += _confirmed(t, custody)
    told += _doubts(t, custody)
    told += _sentences(t, custody)
    told += _silence(t, custody, today)
    lines += (line for line in told if line not in first)
    if person.recognised_by:
        organisation = text.escape(text.shorten(person.recognised_by, _ABOUT))
        lines.append(t.gettext("Recognised as a political prisoner by: {who}", who=organisation))
    buttons = []
    # Nobody is to be asked whether to be told news of the dead.
    if custody.status is not Status.DIED:
        carried = callbacks.person(Verb.FOLLOW, person.id)
        buttons.append(Button(t.gettext("Tell me news"), callback_data=carried))
    if who.events:
        # Translators: a button that shows all that happened to a person, with dates.
        label = t.gettext("What happened when")
        carried = callbacks.person(Verb.TIMELINE, person.id)
        buttons.append(Button(label, callback_data=carried))
    rows = [buttons]
    if share:
        rows.append([_share(t, share)])
    return Screen(text.clip(lines), rows)


def timeline(t: Tongue, who: Card) -> Screen:
    """Tell all that happened to a person, oldest first."""
    heading = [text.bold(_name(t, who.person)), ""]
    told = [_told_with_note(t, event) for event in who.events]
    # What is too much for a message is left out from the oldest on: the latest matters most.
    room = text.LIMIT - text.length("\n".join((*heading, text.LEFT_OUT))) - 2
    shown = text.fit(reversed(told), room)
    if shown < len(told):
        heading.append(text.LEFT_OUT)
    if not told:
        heading.append(t.gettext("Nothing is known to us."))
    lines = [*heading, *told[len(told) - shown :]]
    # Translators: a button that leads back to the card of a person.
    back = Button(t.gettext("‹ Back"), callback_data=callbacks.person(Verb.CARD, who.person.id))
    return Screen("\n".join(lines), [[back]])


def choice(
    t: Tongue, cards: Sequence[Card], *, more: bool = False, private: bool = False
) -> Screen:
    """Ask which of at most five persons is meant, with what tells them apart.

    For a namesake of theirs can be waited in a ``private`` chat only.
    """
    shown = cards[:SHOWN_AT_MOST]
    alone = len(shown) == 1
    lines = [
        t.gettext("Is it this person?")
        if alone
        else t.gettext("Several people may be meant. Who is it?"),
        "",
    ]
    for number, who in enumerate(shown, 1):
        told = "; ".join(apart(t, who))
        name = text.bold(_name(t, who.person))
        lines.append(f"{number}. {name}" + (f": {told}" if told else ""))
    if more or len(cards) > len(shown):
        lines += [
            "",
            t.gettext(
                "There are more people by that name. Please add the first name, the patronymic, "
                "the year of birth or a place."
            ),
        ]
    buttons = [
        [
            Button(
                f"{number}. {text.label(who.person.name_in(t.spellings), _LABEL)}",
                callback_data=callbacks.person(Verb.OPEN, who.person.id),
            )
        ]
        for number, who in enumerate(shown, 1)
    ]
    if private:
        # Translators: a button: none of the people shown is the one who is meant.
        label = t.gettext("Somebody else")
        buttons.append([Button(label, callback_data=callbacks.data(Verb.WAIT))])
    return Screen(text.clip(lines), buttons)


def nobody(t: Tongue, *, private: bool = True) -> Screen:
    """Say that nobody by that name is listed, and what that does not mean.

    What can be done about it can be done in a ``private`` chat only.
    """
    buttons = (
        (t.gettext("Wait for this name"), Verb.WAIT),
        (t.gettext("Write to the editors"), Verb.TELL),
    )
    rows = [[Button(label, callback_data=callbacks.data(verb))] for label, verb in buttons]
    return Screen(
        t.gettext(
            "There is no such name on our list. That does not mean that the person is free, and "
            "not that something bad has happened: the list is incomplete.\n\n"
            "Another spelling may help: write the first name and the surname."
        ),
        rows if private else (),
    )


def _share(t: Tongue, link: str) -> Button:
    """Let a link be put into another chat. It carries a code, no name, and needs no inline mode,
    which would put the name into the text field of that chat."""
    # Translators: a button that passes a link on to somebody.
    label = t.gettext("Share")
    return Button(label, url="https://t.me/share/url?" + urlencode({"url": link}))


# --- who --------------------------------------------------------------------------------------


def _name(t: Tongue, person: Person) -> str:
    return text.name(person.name_in(t.spellings))


def _heading(t: Tongue, person: Person) -> list[str]:
    lines = [text.bold(_name(t, person))]
    about = _in_tongue(t, person.about)
    if about:
        lines.append(text.escape(text.shorten(about, _ABOUT)))
    if person.born is not None:
        lines.append(_born(t, person.born))
    if person.birthday:
        # Translators: a day of the year: "birthday: 17 May".
        lines.append(t.gettext("birthday: {day}", day=t.day(person.birthday)))
    return lines


def _born(t: Tongue, year: int) -> str:
    # Translators: the year as digits: "year of birth: 1990".
    return t.gettext("year of birth: {year}", year=str(year))


def _found_as(t: Tongue, person: Person, why: Sequence[tuple[str, str]]) -> list[str]:
    """Say which words of the question stand for which of the name, where one may wonder."""
    shown = person.name_in(t.spellings).split()
    listed = [word for _, word in why]
    form = next((f for n in person.names if set(listed) <= set(f := n.text.split())), [])
    # What is listed in one spelling is shown in the reader's, where the words are as many.
    spelt = dict(zip(form, shown, strict=True)) if len(form) == len(shown) else {}
    pairs = []
    for asked, word in why:
        meant = spelt.get(word, word)
        if not _is_spelt_alike(asked, meant):
            pairs.append(f"{text.name(asked)} → {text.name(meant)}")
        elif meant not in shown:
            pairs.append(text.name(meant))
    if not pairs:
        return []
    # Translators: the question was spelt in another way than the list spells the name; what
    # follows are words as asked and as listed: "Masha → Марыя; Kolesnikova → Калеснікава".
    return [t.gettext("Found under: {words}", words="; ".join(pairs))]


def _is_spelt_alike(asked: str, shown: str) -> bool:
    """Say whether a word is the same but for its ending: nobody wonders at another case."""
    stem = shown.casefold()[: max(_STEM, len(shown) - 2)]
    return asked.casefold().startswith(stem) and len(asked) <= len(shown) + 2


def _in_tongue(t: Tongue, said: Mapping[str, str]) -> str:
    """Return words in the reader's language or the nearest there is."""
    return next((said[x] for x in (*t.spellings, "en", *said) if x in said), "")


def apart(t: Tongue, who: Card) -> list[str]:
    """Return what tells a person from a namesake."""
    person = who.person
    told: list[str] = []
    if person.born is not None:
        told.append(_born(t, person.born))
    about = _in_tongue(t, person.about)
    if about:
        told.append(text.escape(text.shorten(about, _LABEL)))
    arrests = [e for e in who.events if e.kind is EventKind.DETAINED and e.on is not None]
    for arrest in arrests[:1]:
        # Translators: the year as digits: "year of arrest: 2020".
        year = str(arrest.on).split("-")[0]
        told.append(t.gettext("year of arrest: {year}", year=year))
    located = who.custody.located_by
    if located is not None and located.place is not None:
        told.append(_place(t, located.place))
    return told


def freed(t: Tongue, who: Card) -> str:
    """Say in a line since when a person is free, and where he or she was taken."""
    custody = who.custody
    told = [_when(t, custody.since)]
    if custody.located_by is not None and custody.located_by.place is not None:
        told.append(_place(t, custody.located_by.place))
    if custody.decided_by is not None and custody.decided_by.confidence is Confidence.REPORTED:
        told.append(t.gettext("reported, not confirmed"))
    return f"{text.bold(_name(t, who.person))}: {', '.join(told)}"


def in_short(t: Tongue, who: Card, today: date) -> str:
    """Say in a line how a person stands, when that was last confirmed, and by whom."""
    told = " ".join([*_custody(t, who.person, who.custody), *_confirmed(t, who.custody)])
    days = _days(t, who, today)
    return f"{told}{said_by(who)}" + (f";{days}" if days else "")


def silent(t: Tongue, who: Card, today: date) -> str:
    """Say in a line for how long nothing was heard of a person in public, and who told last."""
    return f"{text.bold(_name(t, who.person))}:{_days(t, who, today)}{said_by(who)}"


def birthday(t: Tongue, who: Card) -> str:
    """Say in a line when somebody has a birthday."""
    name = text.bold(_name(t, who.person))
    return f"{name}: {t.day(who.person.birthday)}{said_by(who)}"


def said_by(who: Card) -> str:
    """Name those who say so, in brackets; nothing if nobody is known to."""
    decisive = who.custody.decided_by
    named = "" if decisive is None else _sources(decisive.sources[:_SHORT])
    return f" ({named})" if named else ""


def _days(t: Tongue, who: Card, today: date) -> str:
    days = who.custody.days_without_news(today)
    if not days:
        return ""
    # Translators: behind a name or a sentence: "no public news for 30 days".
    said = t.ngettext(
        "no public news for {number} day",
        "no public news for {number} days",
        days,
        number=t.number(days),
    )
    return f" {said}"


# --- what was asked for -----------------------------------------------------------------------


def _answer(t: Tongue, who: Card, intent: Intent) -> list[str]:
    """Return the lines that answer what was asked for, where the card would not begin so."""
    # Of the dead there is one thing to say first.
    if who.custody.status is Status.DIED:
        return []
    match intent:
        case Intent.WHEN:
            return _when_free(t, who)
        case Intent.WHERE:
            return _where_now(t, who)
        case Intent.WRITE:
            return _how_to_write(t, who.custody)
    return []


def _when_free(t: Tongue, who: Card) -> list[str]:
    custody = who.custody
    if custody.since is not None and custody.status in FREED:
        # With who says so, and how sure that is.
        return [line_of(t, e) for e in who.events if e.kind in FREEING and e.on == custody.since]
    unknown = t.gettext("The date of release is not known to us.")
    return [unknown, *(_sentences(t, custody) if custody.status in HELD else [])]


def _where_now(t: Tongue, who: Card) -> list[str]:
    custody = who.custody
    where, unknown = _where(t, custody), t.gettext("The place is not known to us.")
    if custody.status in HELD:
        return [where or unknown]
    # That somebody is free is said first; of whom nothing is known, neither is the place.
    said = " ".join(_custody(t, who.person, custody))
    return [said] if where or custody.status is Status.UNKNOWN else [said, unknown]


def _how_to_write(t: Tongue, custody: Custody) -> list[str]:
    where = _where(t, custody)
    told = [where, t.gettext("A more exact address is not known to us.")] if where else []
    if not told:
        told = [t.gettext("An address is not known to us.")]
    if custody.status not in HELD:
        return told
    warning = t.gettext(
        "If you are in the country yourself, think of your own safety first: letters to prisoners "
        "are read, and show who writes."
    )
    return [warning, *told, *_out_of_contact(t, custody)]


# --- where ------------------------------------------------------------------------------------


def _custody(t: Tongue, person: Person, custody: Custody) -> list[str]:
    """Say in the nominative how a person is held or free, and where."""
    where = _where(t, custody)
    said = state(t, custody.status, person.gender, _name(t, person))
    return [said, where] if where else [said]


def _where(t: Tongue, custody: Custody) -> str:
    """Say the place, or nothing if none is known."""
    if custody.located_by is None or custody.located_by.place is None:
        return ""
    place = _place(t, custody.located_by.place)
    if custody.status is Status.ABROAD:
        # Translators: the place where somebody was taken, in the nominative.
        return t.gettext("Where to: {place}.", place=place)
    # Translators: a place in the nominative.
    return t.gettext("Where: {place}.", place=place)


def _since(t: Tongue, custody: Custody) -> list[str]:
    """Say since when; without a full stop, because a date may end with one."""
    if custody.since is None:
        return [t.gettext("Since when is not known.")] if custody.status in HELD else []
    on = t.date(custody.since)
    if custody.status is Status.DIED:
        return [t.gettext("Date: {date}", date=on)]
    if custody.since.precision is Precision.DAY:
        # Translators: a whole date: "Since 13 December 2025".
        return [t.gettext("Since {date}", date=on)]
    # Translators: a month or year in the nominative: "Since: September 2020".
    return [t.gettext("Since: {date}", date=on)]


def state(t: Tongue, status: Status, gender: Gender | None, name: str) -> str:
    """Say in a sentence how somebody stands; the name is HTML."""
    match status:
        case Status.DETAINED:
            return _detained(t, gender, name)
        case Status.IMPRISONED:
            return _imprisoned(t, gender, name)
        case Status.HOUSE_ARREST:
            return _under_house_arrest(t, gender, name)
        case Status.FREE:
            return _free(t, gender, name)
        case Status.ABROAD:
            return _abroad(t, gender, name)
        case Status.DIED:
            return _died(t, gender, name)
        case Status.UNKNOWN:
            return _unknown(t, gender, name)


def _detained(t: Tongue, gender: Gender | None, name: str) -> str:
    match gender:
        case Gender.FEMALE:
            return t.pgettext("female", "{name} — detained.", name=name)
        case Gender.MALE:
            return t.pgettext("male", "{name} — detained.", name=name)
        case None:
            return t.pgettext("unknown", "{name} — detained.", name=name)


def _imprisoned(t: Tongue, gender: Gender | None, name: str) -> str:
    match gender:
        case Gender.FEMALE:
            return t.pgettext("female", "{name} — in prison.", name=name)
        case Gender.MALE:
            return t.pgettext("male", "{name} — in prison.", name=name)
        case None:
            return t.pgettext("unknown", "{name} — in prison.", name=name)


def _under_house_arrest(t: Tongue, gender: Gender | None, name: str) -> str:
    match gender:
        case Gender.FEMALE:
            return t.pgettext("female", "{name} — under house arrest.", name=name)
        case Gender.MALE:
            return t.pgettext("male", "{name} — under house arrest.", name=name)
        case None:
            return t.pgettext("unknown", "{name} — under house arrest.", name=name)


def _free(t: Tongue, gender: Gender | None, name: str) -> str:
    match gender:
        case Gender.FEMALE:
            return t.pgettext("female", "{name} — free.", name=name)
        case Gender.MALE:
            return t.pgettext("male", "{name} — free.", name=name)
        case None:
            return t.pgettext("unknown", "{name} — free.", name=name)


def _abroad(t: Tongue, gender: Gender | None, name: str) -> str:
    # Translators: taken out of the country, not by the person's own choice: "вывезена",
    # "wywieziona", never "left".
    match gender:
        case Gender.FEMALE:
            return t.pgettext("female", "{name} — free. Taken out of the country.", name=name)
        case Gender.MALE:
            return t.pgettext("male", "{name} — free. Taken out of the country.", name=name)
        case None:
            return t.pgettext("unknown", "{name} — free. Taken out of the country.", name=name)


def _died(t: Tongue, gender: Gender | None, name: str) -> str:
    match gender:
        case Gender.FEMALE:
            return t.pgettext("female", "{name} — died.", name=name)
        case Gender.MALE:
            return t.pgettext("male", "{name} — died.", name=name)
        case None:
            return t.pgettext("unknown", "{name} — died.", name=name)


def _unknown(t: Tongue, gender: Gender | None, name: str) -> str:
    match gender:
        case Gender.FEMALE:
            return t.pgettext(
                "female", "{name} — on our list. Where she is now is not known to us.", name=name
            )
        case Gender.MALE:
            return t.pgettext(
                "male", "{name} — on our list. Where he is now is not known to us.", name=name
            )
        case None:
            return t.pgettext(
                "unknown",
                "{name} — on our list. Where this person is now is not known to us.",
                name=name,
            )


def _place(t: Tongue, place: Place) -> str:
    parts = [_in_tongue(t, place.names), t.country(place.country) if place.country else ""]
    return text.name(", ".join(part for part in parts if part), _PLACE)


# --- who says so ------------------------------------------------------------------------------


def _manner(t: Tongue, who: Card) -> list[str]:
    """Say how somebody came free, as far as a source tells."""
    since = who.custody.since
    released = [e for e in who.events if e.kind is EventKind.RELEASED and e.on == since]
    if who.custody.status in HELD or not released:
        return []
    match released[-1].manner:
        case Manner.PARDON:
            # Translators: always a quotation: some of them asked for no pardon.
            return [t.gettext("The authorities call it a “pardon”.")]
        case Manner.EXCHANGE:
            return [t.gettext("Freed in an exchange.")]
        case Manner.TERM_ENDED:
            return [t.gettext("Freed at the end of the term.")]
    return []


def _who_says_so(t: Tongue, who: Card) -> list[str]:
    decisive = who.custody.decided_by
    if decisive is None:
        return []
    sources = dict.fromkeys(decisive.sources)
    if who.custody.status is Status.ABROAD:
        # Who tells of the release tells of the same day.
        for event in who.events:
            if event.kind is EventKind.RELEASED and event.on == who.custody.since:
                sources |= dict.fromkeys(event.sources)
    lines = []
    if decisive.confidence is Confidence.REPORTED:
        lines.append(t.gettext("This is reported, but not confirmed."))
    if sources:
        # Translators: newspapers, organisations; several are separated by commas.
        lines.append(t.gettext("Who says so: {sources}", sources=_sources(list(sources))))
    return lines


def _sources(sources: Sequence[Source]) -> str:
    named = [text.link(text.shorten(s.name, _SOURCE), s.url) for s in sources[:_SOURCES]]
    return ", ".join(named)


def _confirmed(t: Tongue, custody: Custody) -> list[str]:
    if custody.as_of is not None:
        if custody.decided_by and custody.decided_by.confidence is Confidence.REPORTED:
            return [t.gettext("As of: {date}", date=t.date(custody.as_of))]
        return [t.gettext("Last confirmed: {date}", date=t.date(custody.as_of))]
    if custody.decided_by is not None:
        return [t.gettext("When this was last confirmed is not known.")]
    if custody.last_news is not None:
        return [t.gettext("Last public news: {date}", date=t.date(custody.last_news))]
    return []


def _doubts(t: Tongue, custody: Custody) -> list[str]:
    """Show both sides where sources disagree."""
    if custody.decided_by is None or not custody.contradicted_by:
        return []
    told = [custody.decided_by, *custody.contradicted_by[:_DOUBTS]]
    return ["", t.gettext("Sources disagree:"), *(f"• {line_of(t, event)}" for event in told)]


def _sentences(t: Tongue, custody: Custody) -> list[str]:
    given = [e for e in custody.sentences[:_DOUBTS] if e.months]
    terms = []
    for event in given:
        term, sources = _term(t, event.months or 0), _sources(event.sources)
        # Translators: how long a sentence is, and who says so: "11 years (BBC)".
        said = t.gettext("{term} ({sources})", term=term, sources=sources) if sources else term
        terms.append(said)
    if not terms:
        return []
    if len(terms) > 1:
        return [t.gettext("Sources disagree on the sentence: {terms}", terms="; ".join(terms))]
    return [t.gettext("Sentence: {term}", term=terms[0])]


def _term(t: Tongue, months: int) -> str:
    years, rest = divmod(months, 12)
    parts = []
    if years:
        parts.append(t.ngettext("{number} year", "{number} years", years, number=t.number(years)))
    if rest:
        parts.append(t.ngettext("{number} month", "{number} months", rest, number=t.number(rest)))
    return t.listing(parts)


def _out_of_contact(t: Tongue, custody: Custody) -> list[str]:
    silence = custody.no_contact
    if silence is None:
        return []
    if silence.on is None:
        return [t.gettext("It is reported that no letters, calls or visits come through.")]
    said = t.gettext(
        "No letters, calls or visits come through. Reported: {date}", date=t.date(silence.on)
    )
    return [said]


def _silence(t: Tongue, custody: Custody, today: date) -> list[str]:
    """Say for how long nothing was heard; the family may have heard."""
    lines = _out_of_contact(t, custody)
    days = custody.days_without_news(today)
    if days:
        lines.append(
            t.ngettext(
                "No public news for {number} day. The family may know more than it can say.",
                "No public news for {number} days. The family may know more than it can say.",
                days,
                number=t.number(days),
            )
        )
    return lines


# --- what happened ----------------------------------------------------------------------------


def _told_with_note(t: Tongue, event: Event) -> str:
    line, note = f"• {line_of(t, event)}", _in_tongue(t, event.notes)
    if not note:
        return line
    return f"{line}\n<i>{text.escape(text.shorten(note, _NOTE))}</i>"


def line_of(t: Tongue, event: Event) -> str:
    """Tell one event in a line: when, what, where, who says so."""
    parts = [headline_of(t, event)]
    if event.place is not None:
        parts.append(_place(t, event.place))
    if event.kind is EventKind.SENTENCED and event.months:
        parts.append(_term(t, event.months))
    if event.confidence is Confidence.REPORTED:
        parts.append(t.gettext("reported, not confirmed"))
    line = ", ".join(parts)
    sources = _sources(event.sources)
    return f"{line} ({sources})" if sources else line


def headline_of(t: Tongue, event: Event) -> str:
    """Tell when something happened, and what, without any markup."""
    return f"{_when(t, event.on)}: {what(t, event.kind, event.manner)}"


def _when(t: Tongue, on: PartialDate | None) -> str:
    # Translators: in place of a date, when no source gives one.
    return t.gettext("date not known") if on is None else t.date(on)


def what(t: Tongue, kind: EventKind, manner: Manner | None = None) -> str:
    """Say what happened, as the heading of a chronicle."""
    # Translators: what happened, as the headings of a chronicle: nouns without gender where
    # the language allows it.
    match kind:
        case EventKind.DETAINED:
            return t.gettext("arrest")
        case EventKind.CHARGED:
            return t.gettext("charge")
        case EventKind.SENTENCED:
            return t.gettext("sentence")
        case EventKind.IMPRISONED:
            return t.gettext("still in prison")
        case EventKind.TRANSFERRED:
            return t.gettext("transfer to another place")
        case EventKind.HOSPITALISED:
            return t.gettext("hospital")
        case EventKind.PUNISHMENT_CELL:
            return t.gettext("punishment cell")
        case EventKind.NO_CONTACT:
            return t.gettext("no letters, calls or visits")
        case EventKind.CONTACT:
            return t.gettext("a letter, call or visit came through")
        case EventKind.HOUSE_ARREST:
            return t.gettext("house arrest")
        case EventKind.RELEASED if manner is Manner.PARDON:
            # Translators: always a quotation: some of them asked for no pardon.
            return t.gettext("release, “pardon” as the authorities call it")
        case EventKind.RELEASED:
            return t.gettext("release")
        case EventKind.TAKEN_ABROAD:
            # Translators: not by the person's own choice.
            return t.gettext("removal from the country")
        case EventKind.MOVED_ON:
            return t.gettext("moved on to another place")
        case EventKind.REFUSED_TO_LEAVE:
            return t.gettext("refusal to leave the country")
        case EventKind.DETAINED_AGAIN:
            return t.gettext("new arrest")
        case EventKind.DIED:
            return t.gettext("death")

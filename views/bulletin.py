"""What editors read while they write down what happened to people."""

from locales import Tongue, isolate
from model.happenings import Happening, Lack
from model.notices import Dossier
from model.people import Confidence, Event, EventId, EventKind, Manner, PersonId
from model.releases import OPEN, LineId
from views import callbacks, card, text
from views.callbacks import Deed, Verb
from views.screen import Button, Screen

_NAME = 64
_LABEL = 40
_FEW = 3

Buttons = list[list[Button]]


def how_to(t: Tongue) -> Screen:
    """Say how it is written down what happened to people."""
    lines = [
        t.gettext("Send /event and below it, in the same message, what is known:"),
        "",
        # Translators: an example of a message; keep its form, a line each. Invented names.
        t.gettext(
            "<code>Maria Nowak\n"
            "transferred\n"
            "12 March 2026\n"
            "Homel, prison No. 4\n"
            "Radio Svoboda https://example.org/news</code>"
        ),
        "",
        t.gettext(
            "Several people of one kind of news: one name a line. An empty line, and the next "
            "begins. A name alone is enough to begin with: the buttons ask for the rest."
        ),
    ]
    return Screen("\n".join(lines))


def facts(t: Tongue, dossier: Dossier) -> list[str]:
    """List what is written down, and what is missing of each."""
    lines: list[str] = []
    for one in dossier.happenings:
        lines.append(_told(t, one))
        lines += [f"❗ {_lack(t, lack)}" for lack in one.lacks]
        if one.id in dossier.told_by:
            lines.append(f"❗ {_belongs(t, dossier, one.id)}")
    return lines or [f"❗ {t.gettext('Nobody is named yet.')}"]


def is_whole(dossier: Dossier) -> bool:
    """Say whether nothing is missing any more."""
    written = dossier.happenings
    return bool(written) and not dossier.told_by and not any(one.lacks for one in written)


def buttons(t: Tongue, dossier: Dossier) -> Buttons:
    """Offer what comes next for each thing that happened."""
    notice = dossier.notice.id
    rows: Buttons = []
    for one in dossier.happenings:
        label = text.label(_name(t, one), _LABEL)
        if one.state in OPEN:
            asked = t.gettext("Who is it? {name}", name=isolate(label))
            rows.append([edit(asked, Deed.LINE, notice, one.id)])
        elif one.kind is None:
            asked = t.gettext("What happened? {name}", name=isolate(label))
            rows.append([edit(asked, Deed.WHAT, notice, one.id)])
        else:
            said = f"✏️ {isolate(label)}: {card.what(t, one.kind)}"
            rows.append([edit(said, Deed.HAPPENING, notice, one.id)])
    return rows


def happening(t: Tongue, dossier: Dossier, number: LineId) -> Screen:
    """Show one thing that happened, and all that can be changed of it."""
    one = next((each for each in dossier.happenings if each.id == number), None)
    notice = dossier.notice.id
    back = [edit(t.gettext("‹ Back"), Deed.CARD, notice)]
    if one is None:
        return Screen(t.gettext("This line is settled."), [back])
    lines = [_told(t, one), *(f"❗ {_lack(t, lack)}" for lack in one.lacks), ""]
    lines.append(
        t.gettext(
            "Reply to this message with the date, the place, or a link to who says so, a line "
            "each: what you write takes the place of what was there."
        )
    )
    rows: Buttons = []
    if one.on is None:
        rows.append(
            [
                edit(t.gettext("Today"), Deed.DAY, notice, one.id, 0),
                edit(t.gettext("Yesterday"), Deed.DAY, notice, one.id, 1),
            ]
        )
    rows.append([edit(t.gettext("What happened?"), Deed.WHAT, notice, one.id)])
    if one.kind is EventKind.RELEASED:
        rows += [
            [edit(f"{mark} {said}", Deed.MANNER, notice, one.id, manner)]
            for manner, said in _manners(t).items()
            for mark in ("☑" if one.manner is manner else "☐",)
        ]
    doubtful = one.confidence is Confidence.REPORTED
    reported = t.gettext("Reported, not confirmed")
    mark = "☑" if doubtful else "☐"
    rows.append([edit(f"{mark} {reported}", Deed.DOUBT, notice, one.id, int(not doubtful))])
    if one.candidates:
        rows.append([edit(t.gettext("It is somebody else"), Deed.REOPEN, notice, one.id)])
    rows += [[edit(t.gettext("Cross it out"), Deed.REMOVE, notice, one.id)], back]
    return Screen(text.clip(lines), rows)


def kinds(t: Tongue, dossier: Dossier, number: LineId) -> Screen:
    """Ask what happened."""
    notice = dossier.notice.id
    named = [_name(t, one) for one in dossier.happenings if one.id == number]
    choices = [
        edit(card.what(t, kind), Deed.KIND, notice, number, kind.value) for kind in EventKind
    ]
    rows: Buttons = [choices[place : place + 2] for place in range(0, len(choices), 2)]
    rows.append([edit(t.gettext("‹ Back"), Deed.CARD, notice)])
    lines = [*(text.bold(text.name(name, _NAME)) for name in named), t.gettext("What happened?")]
    return Screen("\n".join(lines), rows)


def named(t: Tongue, dossier: Dossier) -> str:
    """Name those whom a frozen notice tells of, in a few words."""
    persons = dossier.notice.facts.persons(dossier.notice.facts.every_group)
    names = [text.name(p.name_in(t.spellings), _NAME) for p in persons[:_FEW]]
    return t.listing([*names, "…"] if len(persons) > _FEW else names)


def edit(label: str, deed: Deed, *arguments: str | int) -> Button:
    """Make a button with which a notice is made."""
    return Button(label, callback_data=callbacks.data(Verb.EDIT, deed, *arguments))


def _told(t: Tongue, one: Happening) -> str:
    name = text.bold(text.name(_name(t, one), _NAME))
    if one.kind is None:
        return f"{name} · {t.date(one.on)}" if one.on else name
    event = Event(
        id=EventId(0),
        person=PersonId(0),
        kind=one.kind,
        on=one.on,
        sources=one.sources,
        place=one.somewhere,
        manner=one.manner,
        months=one.months,
        confidence=one.confidence,
    )
    return f"{name}\n• {card.line_of(t, event)}"


def _name(t: Tongue, one: Happening) -> str:
    return one.text if one.person is None else one.person.name_in(t.spellings)


def _lack(t: Tongue, lack: Lack) -> str:
    match lack:
        case Lack.PERSON:
            return t.gettext("It is not settled who this is.")
        case Lack.KIND:
            return t.gettext("What happened is not said yet.")
        case Lack.DATE:
            return t.gettext("The date is missing.")
        case Lack.SOURCE:
            return t.gettext("A link to who says so is missing.")


def _belongs(t: Tongue, dossier: Dossier, number: LineId) -> str:
    # Translators: {number} is that of a notice in the list of notices.
    return t.gettext(
        "This belongs to the release that notice {number} tells: it makes no news of its own. Add "
        "the name there, and cross it out here. See /notices",
        number=t.number(dossier.told_by[number]),
    )


def _manners(t: Tongue) -> dict[Manner, str]:
    return {
        Manner.TERM_ENDED: t.gettext("the term ended"),
        # Translators: always a quotation: some of them asked for no pardon.
        Manner.PARDON: t.gettext("“pardon”, as the authorities call it"),
        Manner.EXCHANGE: t.gettext("exchange"),
        Manner.UNKNOWN: t.gettext("how is not known"),
    }

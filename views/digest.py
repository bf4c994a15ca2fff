"""Digests and monthly notes: who stands how, in plain lines, each with its source."""

from datetime import date

from locales import Tongue
from model.cards import Card
from model.dates import PartialDate
from model.digests import Digest, Unchanged
from views import callbacks, card, text
from views.callbacks import Verb
from views.screen import Button, Screen

_BUTTONS = 10
_FOLLOWED = 1900
"""Units for those a reader follows: the rest always fits beside them."""
_MONTH = 31
"""Days in which something that was heard is no news of old."""


def digest(t: Tongue, told: Digest | Unchanged, today: date) -> Screen:
    """Tell a digest or a monthly note."""
    if isinstance(told, Unchanged):
        return _unchanged(t, told, today)
    lines = [text.bold(t.gettext("Digest: {date}", date=t.date(PartialDate(today))))]
    if told.followed:
        followed = [f"• {card.in_short(t, who, today)}" for who in told.followed]
        chosen = text.bold(t.gettext("People you chose"))
        lines += ["", text.clip([chosen, *followed], limit=_FOLLOWED)]
    lines += ["", *_freed(t, told), ""]
    lines.append(
        t.ngettext(
            "Still held, of our whole list: {number} person, as far as is known to us.",
            "Still held, of our whole list: {number} people, as far as is known to us.",
            told.held,
            number=t.number(told.held),
        )
    )
    lines.append(t.gettext("The list is incomplete: this is not the number of all prisoners."))
    if told.longest:
        lines += ["", text.bold(t.gettext("Longest without public news"))]
        lines += [f"• {card.silent(t, who, today)}" for who in told.longest]
    if told.birthdays:
        lines += ["", text.bold(t.gettext("Birthdays in the next seven days"))]
        lines += [f"• {card.birthday(t, who)}" for who in told.birthdays]
    lines += ["", t.gettext("When news comes: /settings")]
    return _screen(t, lines, (*told.followed, *told.freed))


def _unchanged(t: Tongue, told: Unchanged, today: date) -> Screen:
    heading = t.gettext("Checked: {date}", date=t.date(PartialDate(today)))
    lines = [text.bold(heading), ""]
    lines += [f"• {_line(t, who, told, today)}" for who in told.followed]
    after = ["", t.gettext("When news comes: /settings")]
    return _screen(t, [text.clip(lines, after=after)], told.followed)


def _line(t: Tongue, who: Card, told: Unchanged, today: date) -> str:
    last = who.custody.last_news
    said = card.in_short(t, who, today)
    if last is not None and (told.at.date() - last.last).days <= _MONTH:
        return said
    # Translators: at the end of a line about one person, checked today.
    unchanged = t.gettext("No change is known to us.")
    return f"{said.removesuffix('.')}. {unchanged}"


def _freed(t: Tongue, told: Digest) -> list[str]:
    since = t.moment(told.since)
    if not told.freed:
        return [t.gettext("No release has become known to us since {moment}.", moment=since)]
    lines = [text.bold(t.gettext("Freed, as has become known since {moment}", moment=since))]
    lines += [f"• {card.freed(t, who)}{card.said_by(who)}" for who in told.freed]
    if told.more:
        lines.append(
            t.ngettext(
                "And {number} more person: /news",
                "And {number} more people: /news",
                told.more,
                number=t.number(told.more),
            )
        )
    return lines


def _screen(t: Tongue, lines: list[str], shown: tuple[Card, ...]) -> Screen:
    rows = [
        [
            Button(
                text.label(who.person.name_in(t.spellings)),
                callback_data=callbacks.person(Verb.OPEN, who.person.id),
            )
        ]
        for who in shown[:_BUTTONS]
    ]
    return Screen(text.clip(lines), rows)

"""What the list as a whole says: how many are held, and who was released last."""

from collections.abc import Sequence
from datetime import datetime

from locales import Tongue
from model.cards import Card
from views import callbacks, card, text
from views.callbacks import Verb
from views.screen import Button, Screen


def held(t: Tongue, number: int, at: datetime) -> Screen:
    """Say how many on the list are held, and that it is not everybody."""
    said = t.ngettext(
        "{number} person on our whole list is held, as far as is known to us.",
        "{number} people on our whole list are held, as far as is known to us.",
        number,
        number=t.number(number),
    )
    # Translators: when people were counted: "Counted: 14:20, 13 December".
    counted = t.gettext("Counted: {moment}", moment=t.moment(at))
    incomplete = t.gettext("The list is incomplete: this is not the number of all prisoners.")
    return Screen("\n".join((said, counted, "", incomplete)))


def released(t: Tongue, cards: Sequence[Card], *, more: bool) -> Screen:
    """Name those who were released last, each behind a button."""
    if not cards:
        return Screen(t.gettext("No release is known to us."))
    lines = [t.gettext("Released last, as far as is known to us:"), ""]
    lines += (f"{number}. {card.freed(t, who)}" for number, who in enumerate(cards, 1))
    if more:
        lines += ["", t.gettext("More people were released on the same day. News: /news")]
    buttons = [
        [
            Button(
                f"{number}. {text.label(who.person.name_in(t.spellings))}",
                callback_data=callbacks.person(Verb.OPEN, who.person.id),
            )
        ]
        for number, who in enumerate(cards, 1)
    ]
    return Screen(text.clip(lines), buttons)

"""Waiting for a name: what is asked, what was promised, and what came of it."""

from collections.abc import Sequence

from locales import Tongue
from model.codes import code_of
from model.people import Person
from model.waiting import Pair
from views.callbacks import Verb, data, person
from views.screen import Button, Screen
from views.text import bold, label, name

SIGN = "⏳"
"""What the prompt begins with in every language: a reply to it is a name to wait for."""


def prompt(t: Tongue) -> str:
    """Ask for the name, and say what becomes of it."""
    # Translators: "⏳" stays in front of this.
    words = t.gettext(
        "Reply to this message with the first name and the surname as they stand in the "
        "passport, and nothing else. If somebody else of that name is on our list, add the year "
        "of birth. What you write is then stored, encrypted, until you are told or let it go."
    )
    return f"{SIGN} {words}"


def noted(t: Tongue) -> Screen:
    """Say what will happen, without the name, and the same whether it is new or not."""
    following = Button(t.pgettext("menu", "What comes here"), callback_data=data(Verb.FOLLOWING))
    return Screen(
        t.gettext(
            "You will be told when a person of that name is put on our list and an editor has "
            "checked that it is the same name. /following shows the name and lets it go, "
            "/forget erases it."
        ),
        ((following,),),
    )


def found(t: Tongue, people: Sequence[Person]) -> Screen:
    """Tell a reader who is on the list by now, and no more than that is known."""
    lines = [t.gettext("A person of the name you wait for is now on our list:")]
    lines += [_who(t, each) for each in people]
    lines += [
        "",
        t.gettext(
            "An editor has checked that it is the same name. Whether it is the person you mean, "
            "you may see from what is known. The bot waits for this name no more."
        ),
    ]
    return Screen("\n".join(lines), [[_card(t, each)] for each in people])


def note(t: Tongue) -> Screen:
    """Tell editors that there is something to decide; how much, and for whom, nobody learns."""
    return Screen(
        t.gettext(
            "Somebody on our list may bear a name that is waited for. An editor has to look: "
            "/waiting"
        )
    )


def pair(t: Tongue, asked: Pair | None) -> Screen:
    """Ask an editor whether a name is a person's; never who waits for it, nor how many."""
    if asked is None:
        return Screen(t.gettext("Nobody on our list bears a name that is waited for."))
    who = asked.card.person
    carried = (asked.blind, code_of(who.id))
    # Translators: {name} is a name as a reader wrote it.
    lines = [
        t.gettext("Waited for: {name}", name=bold(name(asked.name))),
        t.gettext("On our list: {name}", name=_who(t, who)),
        "",
        t.gettext("Is it the same name? Then whoever waits for it is told, once."),
    ]
    buttons = [
        [Button(t.gettext("Same name: tell them"), callback_data=data(Verb.SAME_NAME, *carried))],
        [
            Button(t.gettext("Another name"), callback_data=data(Verb.OTHER_NAME, *carried)),
            # Translators: a button that puts a question off.
            Button(t.gettext("Later"), callback_data=data(Verb.LATER, *carried)),
        ],
        [_card(t, who)],
    ]
    return Screen("\n".join(lines), buttons)


def _who(t: Tongue, who: Person) -> str:
    called = bold(name(who.name_in(t.spellings)))
    if who.born is None:
        return called
    return f"{called}, " + t.gettext("year of birth: {year}", year=str(who.born))


def _card(t: Tongue, who: Person) -> Button:
    return Button(label(who.name_in(t.spellings)), callback_data=person(Verb.OPEN, who.id))

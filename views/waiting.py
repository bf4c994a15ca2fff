"""Waiting for a name: what is asked, what was promised, and what came of it."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from locales import Tongue
from views.callbacks import Verb, data
from views.screen import Screen

SIGN = "⏳"
"""What the prompt begins with in every language: a reply to it is a name to wait for."""


def prompt(t: Tongue) -> str:
    """Ask for the name, and say what becomes of it."""
    # Translators: "⏳" stays in front of this.
    words = t.gettext(
        "Reply to this message with the first name and the surname as they stand in the "
        "passport, and nothing else. The name is then stored, encrypted, until you are told or "
        "let it go."
    )
    return f"{SIGN} {words}"


def noted(t: Tongue) -> Screen:
    """Say what will happen, without the name, and the same whether it is new or not."""
    following = InlineKeyboardButton(
        t.pgettext("menu", "What comes here"), callback_data=data(Verb.FOLLOWING)
    )
    return Screen(
        t.gettext(
            "You will be told when a person of that name is put on our list and an editor has "
            "checked that it is the same name. /following shows the name and lets it go, "
            "/forget erases it."
        ),
        InlineKeyboardMarkup(((following,),)),
    )

"""Telling the editors: what is asked, what they see, and what became of it."""

from locales import Tongue
from views.callbacks import Verb, data
from views.screen import Button, Screen
from views.text import bold, escape

SIGN = "✉"
"""What the prompt begins with in every language: a reply to it is meant for the editors."""


def prompt(t: Tongue, *, limit: int) -> str:
    """Ask what the editors should know, after saying what to think of first."""
    # Translators: "✉" stays in front of this. Never a word that smells of denouncing.
    paragraphs = (
        t.gettext(
            "If you are where writing can be dangerous, think first: Telegram can see this chat, "
            "and the message stays on your phone."
        ),
        t.gettext(
            "Reply to this message with what the editors should know, in at most {limit} "
            "characters. They see the text, but not who wrote it, and cannot answer through the "
            "bot yet. The bot does not keep it.",
            limit=t.number(limit),
        ),
    )
    return f"{SIGN} " + "\n\n".join(paragraphs)


def tip(t: Tongue, words: str) -> Screen:
    """Show an editor what a reader wrote; nothing says who that was."""
    # Translators: above the words of a reader, as editors see them.
    heading = bold(t.gettext("From a reader, not checked:"))
    return Screen(f"{heading}\n\n{escape(words)}")


def passed_on(t: Tongue, message: int) -> Screen:
    """Confirm, with a button that deletes the reader's own message."""
    delete = Button(t.gettext("Delete my message"), callback_data=data(Verb.WIPE, message))
    return Screen(
        t.gettext(
            "The editors have it. They see the text, but not who wrote it, and cannot answer "
            "through the bot yet."
        ),
        ((delete,),),
    )


def unreachable(t: Tongue) -> Screen:
    """Say honestly that nobody got it."""
    return Screen(
        t.gettext("No editor could be reached, and nothing was kept. Please try again later.")
    )


def enough(t: Tongue, *, limit: int) -> Screen:
    """Say that the editors have been written to often enough for today."""
    return Screen(
        t.ngettext(
            "The editors can be written to {limit} time a day. Please try again tomorrow.",
            "The editors can be written to {limit} times a day. Please try again tomorrow.",
            limit,
            limit=t.number(limit),
        )
    )

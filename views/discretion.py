"""How an answer looks to a reader who wants texts hidden."""

from locales import Tongue
from views import news
from views.callbacks import Verb, data
from views.screen import Button, Screen


def hidden(t: Tongue, callback: str, *, question: int | None = None) -> Screen:
    """Say that there is an answer; ``callback`` shows it.

    ``question`` is the message of the reader's own that led to it, to be deleted by a button.
    """
    screen = news.discreet(t, callback)
    if question is None:
        return screen
    delete = Button(t.gettext("Delete my question"), callback_data=data(Verb.WIPE, question))
    return Screen(screen.text, (*screen.keyboard, (delete,)))

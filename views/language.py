"""Choosing a language."""

from collections.abc import Sequence

from babel import Locale

from locales import Tongue
from views.callbacks import Verb, data
from views.screen import Button, Screen


def choose(t: Tongue, languages: Sequence[str], verb: Verb = Verb.LANGUAGE) -> Screen:
    """Offer every language under the name it has for itself."""
    buttons = [
        Button(own_name(language), callback_data=data(verb, language)) for language in languages
    ]
    rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    return Screen(t.gettext("Which language?"), rows)


def chosen(t: Tongue) -> Screen:
    """Confirm, in the language chosen."""
    return Screen(
        # Translators: {language} is the language's own name, e.g. "English".
        t.gettext("Language: {language}. News will come in it too.", language=own_name(t.language))
    )


def own_name(language: str) -> str:
    """Return how a language calls itself, with a capital: it stands alone on a button."""
    name = str(Locale.parse(language).get_display_name(language))
    return name[:1].upper() + name[1:]

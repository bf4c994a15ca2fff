"""The bot's name, descriptions and menu: seen on locked and borrowed phones, so neutral."""

from collections.abc import Mapping

from locales import Tongue


def name(t: Tongue) -> str:
    """Return the bot's name, at most 64 characters."""
    # Translators: the bot's name. Spell it as your language would; do not explain it.
    return t.gettext("Vestka")


def description(t: Tongue) -> str:
    """Return what an empty chat shows, at most 512 characters."""
    # Translators: anybody may see this on a borrowed phone: neutral words only.
    return t.gettext("Write a name and get an answer. News on the topics you choose.")


def short_description(t: Tongue) -> str:
    """Return what the bot's profile shows, at most 120 characters."""
    # Translators: anybody may see this on a borrowed phone: neutral words only.
    return t.gettext("Answers and news")


def commands(t: Tongue) -> Mapping[str, str]:
    """Return the menu of the private chat: commands and their descriptions, in order."""
    # Translators: the texts of the menu; anybody may see them on a borrowed phone.
    return {
        "start": t.pgettext("menu", "Begin"),
        "following": t.pgettext("menu", "What comes here"),
        "settings": t.pgettext("menu", "When news comes"),
        "news": t.pgettext("menu", "Latest news"),
        "language": t.pgettext("menu", "Language"),
        "travelling": t.pgettext("menu", "Before travelling"),
        "privacy": t.pgettext("menu", "What is stored"),
        "mydata": t.pgettext("menu", "All about this chat"),
        "forget": t.pgettext("menu", "Erase everything now"),
        "help": t.pgettext("menu", "Help"),
    }


def group_commands(t: Tongue) -> Mapping[str, str]:
    """Return the menu of groups."""
    return {
        "who": t.pgettext("menu", "Ask about a name"),
        "news": t.pgettext("menu", "Latest news"),
        "following": t.pgettext("menu", "What comes here"),
        "settings": t.pgettext("menu", "When news comes"),
        "language": t.pgettext("menu", "Language"),
    }

"""What is said in groups, and to who manages a channel from the private chat."""

from collections.abc import Sequence

from locales import Tongue
from model.people import Person
from model.readers import FOLLOWS_AT_MOST, Reader
from views.callbacks import Verb, data, person
from views.language import own_name
from views.screen import Button, Screen
from views.text import bold, clip, name, shorten


def welcome(t: Tongue) -> Screen:
    """Say once, when added to a group, what can be done here."""
    return Screen(
        t.gettext(
            "Good day. Anybody here can ask: /who with a first name and a surname. "
            "Administrators choose what news comes here: /following, /releases, /language. "
            "/forget erases the choice."
        )
    )


def who(t: Tongue) -> Screen:
    """Say how to ask in a group."""
    return Screen(t.gettext("Write the name after the command: /who first name and surname"))


def only_privately(t: Tongue) -> Screen:
    """Say that a command belongs into the private chat."""
    return Screen(t.gettext("This works only in a private chat with the bot."))


def channel_added(t: Tongue, title: str) -> Screen:
    """Tell an administrator, privately, how a channel is managed."""
    return Screen(
        t.gettext(
            "The bot can now write in {channel}. To choose what news comes there, write "
            "/manage and the channel's @name here, or forward a post of the channel to this chat.",
            channel=name(title),
        )
    )


def manage(t: Tongue) -> Screen:
    """Say how to begin with a channel."""
    return Screen(
        t.gettext(
            "To choose what news comes to your channel: add the bot to it as an administrator, "
            "then write <code>/manage @channel</code>, or forward a post of the channel here. "
            "With a name after it, <code>/manage @channel name</code> looks for a person to tell "
            "about."
        )
    )


def channel(t: Tongue, title: str, reader: Reader | None, following: Sequence[Person]) -> Screen:
    """Show an administrator what news a channel gets, to switch it."""
    releases = reader is not None and reader.releases
    lines = [bold(name(title)), ""]
    lines.append(
        t.gettext("All news of releases comes there.")
        if releases
        else t.gettext("News of releases does not come there.")
    )
    lines.append(
        t.gettext("News comes about:") if following else t.gettext("No single person is chosen.")
    )
    names = [name(each.name_in(t.spellings)) for each in following]
    after = (
        "",
        t.gettext(
            "To add a person, reply to the forwarded post with /manage and the name, or write "
            "<code>/manage @channel name</code>. To erase all of this, remove the bot from the "
            "channel."
        ),
    )
    switch = (
        t.gettext("Stop news of every release") if releases else t.gettext("Tell of every release")
    )
    language = reader.language if reader is not None else t.language
    # Translators: {language} is the language's own name, e.g. "English".
    speaks = t.gettext("Language: {language}", language=own_name(language))
    rows = [
        (Button(switch, callback_data=data(Verb.CHANNEL_RELEASES, int(not releases))),),
        (Button(speaks, callback_data=data(Verb.CHANNEL_LANGUAGES)),),
    ]
    rows += [
        (
            Button(
                "✕ " + shorten(each.name_in(t.spellings), 60),
                callback_data=person(Verb.CHANNEL_LET_GO, each.id),
            ),
        )
        for each in following[:FOLLOWS_AT_MOST]
    ]
    return Screen(clip((*lines, *names), after=after), rows)


def candidates(t: Tongue, people: Sequence[Person]) -> Screen:
    """Let an administrator say which of these people a channel shall hear of."""
    if not people:
        return Screen(t.gettext("There is no such name on our list. The list is incomplete."))
    rows = [
        (
            Button(
                shorten(each.name_in(t.spellings), 60),
                callback_data=person(Verb.CHANNEL_FOLLOW, each.id),
            ),
        )
        for each in people
    ]
    return Screen(t.gettext("About whom shall news come there?"), rows)


def channel_unknown(t: Tongue) -> Screen:
    """Say that a channel cannot be seen; the same to everybody who is not its administrator."""
    return Screen(
        t.gettext(
            "Either there is no such channel, or the bot is not in it, or you are not its "
            "administrator."
        )
    )

"""What is stored, how it is erased, and how to leave before travelling."""

from collections.abc import Sequence

from locales import Tongue
from model.disclosures import Disclosure
from model.people import Person
from model.readers import ChatKind, Reader
from views import wishes
from views.callbacks import Verb, data
from views.language import own_name
from views.screen import Button, Screen
from views.text import bold, clip, escape, name


def privacy(t: Tongue) -> Screen:
    """Say what is stored, who could read it, and what we cannot protect."""
    paragraphs = (
        t.gettext(
            "<b>Stored</b>, and only once you choose something: the number of this chat, your "
            "language, whom and what you are told about, names you wait for, when news comes, and "
            "whether texts are hidden. All of it is encrypted. /mydata shows it, /forget erases "
            "it at once."
        ),
        t.gettext(
            "<b>Not stored</b>: your name, your questions, when you wrote, which answers you "
            "read. Who only asks leaves nothing with us."
        ),
        t.gettext(
            "<b>For three days</b> after news went out, the bot keeps, encrypted, to which chats "
            "it went, so that a correction can reach exactly them, and where it was marked as "
            "seen."
        ),
        t.gettext(
            "<b>What could come out.</b> Who steals the switched-off server or a copy of its "
            "database learns how many readers there are, and nothing about them. Who takes over "
            "the running server, or gets its key, can read who is told about whom."
        ),
        t.gettext(
            "<b>Telegram</b> can see this chat: your questions and the answers. It also stays on "
            "your phone and on others you use, until you delete it. The bot cannot do that for "
            "you."
        ),
        t.gettext("Before a border or a search: /travelling"),
    )
    return Screen("\n\n".join(paragraphs))


def mydata(t: Tongue, stored: Disclosure) -> Screen:
    """List everything that is stored about a chat."""
    if stored == _NOTHING:
        return Screen(t.gettext("Nothing is stored about this chat."))
    lines = [bold(t.gettext("All that is stored about this chat")), ""]
    if stored.deliveries:
        held = len(stored.deliveries)
        lines.append(
            t.ngettext(
                "For three days, in case it must be corrected: {number} message that went to "
                "this chat, in which language, and whom of those you chose it named.",
                "For three days, in case they must be corrected: {number} messages that went to "
                "this chat, in which language, and whom of those you chose they named.",
                held,
                number=t.number(held),
            )
        )
        seen = sum(one.address.seen for one in stored.deliveries)
        if seen:
            # Translators: of the messages of the last three days.
            lines.append(t.gettext("Marked as seen: {number}.", number=t.number(seen)))
    if stored.unfolded:
        opened = len(stored.unfolded)
        lines.append(
            t.gettext("For a minute, messages to hide again: {number}.", number=t.number(opened))
        )
    if stored.editor is not None:
        cards = len(stored.cards)
        lines += [
            t.gettext("You are an editor; name: {label}.", label=name(stored.editor.label)),
            t.gettext("Cards of news in this chat: {number}.", number=t.number(cards)),
        ]
    if stored.reader is not None:
        lines += _remembered(t, stored.reader, stored.following)
    return Screen(clip(lines, after=("", t.gettext("/forget erases this at once."))))


def _remembered(t: Tongue, reader: Reader, following: Sequence[Person]) -> list[str]:
    yes, no = t.gettext("yes"), t.gettext("no")
    lines = [
        # Translators: the number by which Telegram knows a chat.
        t.gettext("The number of this chat."),
        t.gettext("The kind of chat: {kind}.", kind=_kind(t, reader.kind)),
        t.gettext("Language: {language}.", language=own_name(reader.language)),
        t.gettext("Texts are hidden: {yes_or_no}.", yes_or_no=yes if reader.discreet else no),
        t.gettext("All releases: {yes_or_no}.", yes_or_no=yes if reader.releases else no),
        t.gettext(
            "Also when somebody chosen is not among the names known: {yes_or_no}.",
            yes_or_no=yes if reader.absences else no,
        ),
    ]
    lines += wishes.remembered(t, reader.wishes)
    if reader.waiting:
        lines.append(t.gettext("Names you wait for:"))
        lines += [f"• {name(each)}" for each in reader.waiting]
    if following:
        lines.append(t.gettext("News comes about:"))
    return lines + [f"• {name(each.name_in(t.spellings))}" for each in following]


def _kind(t: Tongue, kind: ChatKind) -> str:
    match kind:
        case ChatKind.PRIVATE:
            return t.gettext("private")
        case ChatKind.GROUP:
            return t.gettext("a group")
        case ChatKind.CHANNEL:
            return t.gettext("a channel")


_NOTHING = Disclosure(None)


def forgotten(t: Tongue) -> Screen:
    """Say what is erased and what is not; the same whether there was anything."""
    return Screen(
        "\n\n".join(
            (
                t.gettext("Nothing is stored about this chat now. No more news will come."),
                _by_hand(t),
            )
        )
    )


def travelling(t: Tongue) -> Screen:
    """Say what will happen, before it does."""
    text = "\n\n".join(
        (
            t.gettext(
                "Before a border, a search or a dangerous journey the bot can forget this chat. "
                "No more news will come, and nothing stays on the server by which you could be "
                "found."
            ),
            t.gettext(
                "You get a code to write on paper. For a year it brings back what you had chosen: "
                "/return and the code, from any account."
            ),
            _by_hand(t),
        )
    )
    return Screen(
        text,
        (
            (
                Button(
                    t.gettext("Forget this chat and give me the code"),
                    callback_data=data(Verb.DEPART),
                ),
            ),
            (
                Button(
                    # Translators: a button: do not go on, go back to the first screen.
                    t.gettext("Not now"),
                    callback_data=data(Verb.START),
                ),
            ),
        ),
    )


def departed(t: Tongue, code: str) -> Screen:
    """Give the return code, and say what is left to do by hand."""
    text = "\n\n".join(
        (
            t.gettext("The bot has forgotten this chat. The code:"),
            f"<code>{escape(code)}</code>",
            t.gettext(
                "Write it on paper and keep it where it means nothing to others. It works once, "
                "and for a year. Nobody can give it to you again."
            ),
            _by_hand(t),
        )
    )
    return Screen(
        text,
        (
            (
                Button(
                    t.gettext("Written down: delete this message"),
                    callback_data=data(Verb.WIPE),
                ),
            ),
        ),
    )


def returned(t: Tongue) -> Screen:
    """Confirm that a return code has brought back what was chosen."""
    return Screen(t.gettext("What you had chosen is in place: /following"))


def not_returned(t: Tongue) -> Screen:
    """Say why a return code may not work; the same for every reason."""
    return Screen(
        t.gettext(
            "This code does not work: it was mistyped, or used, or is older than a year. It goes "
            "like this: /return and the sixteen letters and digits."
        )
    )


def _by_hand(t: Tongue) -> str:
    return t.gettext(
        "The messages above stay in this chat, because the bot keeps no list of them. Please "
        "delete the whole chat by hand: open its menu, choose “Delete chat”, and, if you are "
        "asked, delete it for the bot too."
    )

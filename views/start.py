"""The first screen, and what is said to who does not know what to write."""

from locales import Tongue
from model.questions import Unclear
from views.callbacks import Verb, data
from views.screen import Button, Screen


def start(t: Tongue) -> Screen:
    """Greet, the same way every time: nobody learns whether this chat was here before."""
    text = "\n\n".join(
        (
            t.gettext(
                "Good day. Write a first name and a surname. The answer says what is known, "
                "since when, and who confirmed it."
            ),
            t.gettext("Questions are not kept by the bot, but they stay in this chat."),
            t.gettext(
                "Hide the texts of messages? Then a message only says that it is there; its "
                "text comes when you press, and is hidden again after a minute."
            ),
        )
    )
    return Screen(
        text,
        (
            (
                Button(t.gettext("Yes, hide"), callback_data=data(Verb.DISCREET, 1)),
                Button(
                    # Translators: answer to "Hide the texts of messages?"
                    t.pgettext("do not hide", "No"),
                    callback_data=data(Verb.DISCREET, 0),
                ),
            ),
            (
                _before_travelling(t),
                Button(_language(t), callback_data=data(Verb.LANGUAGES)),
            ),
        ),
    )


def chosen(t: Tongue, *, discreet: bool) -> Screen:
    """Confirm the choice of the first screen, and say where it is changed."""
    if discreet:
        text = t.gettext(
            "Texts are hidden from now on. Under every answer there is a button that deletes "
            "your own question from this chat. To change this: /start"
        )
    else:
        text = t.gettext("Texts are not hidden. To change this: /start")
    return Screen(
        "\n\n".join((text, t.gettext("Now write a first name and a surname."))),
        ((_before_travelling(t),),),
    )


def help_(t: Tongue) -> Screen:
    """Say what can be written here."""
    lines = (
        t.gettext("Write a first name and a surname, in any language."),
        "",
        "/following – " + t.gettext("whom and what you are told about"),
        "/releases – " + t.gettext("be told of every release"),
        "/news – " + t.gettext("the latest news"),
        "/language – " + t.gettext("another language"),
        "/start – " + t.gettext("hide or show the texts of messages"),
        "/travelling – " + t.gettext("before travelling: forget me, with a way back"),
        "/privacy – " + t.gettext("what is stored, and what is not"),
        "/mydata – " + t.gettext("all that is stored about this chat"),
        "/forget – " + t.gettext("erase it now"),
    )
    return Screen("\n".join(lines))


def unclear(t: Tongue, why: Unclear) -> Screen:
    """Say kindly what a text lacks to be a question about somebody."""
    return Screen(_lack(t, why))


def unreadable(t: Tongue) -> Screen:
    """Say that only text is read here."""
    return Screen(t.gettext("Only text is read here. Please write a first name and a surname."))


def wiped(t: Tongue, *, deleted: bool) -> str:
    """Say whether the reader's own question could be deleted."""
    if deleted:
        return t.gettext("Your question is deleted.")
    return t.gettext(
        "Telegram does not let the bot delete this any more. Please delete it by hand."
    )


def _before_travelling(t: Tongue) -> Button:
    return Button(t.gettext("Before travelling"), callback_data=data(Verb.TRAVELLING))


def _language(t: Tongue) -> str:
    # Somebody who cannot read the language of this screen must find the button.
    word = t.gettext("Language")
    return word if word == "Language" else f"{word} / Language"


def _lack(t: Tongue, why: Unclear) -> str:
    match why:
        case Unclear.NAMELESS:
            return t.gettext("There is no name in this. Please write a first name and a surname.")
        case Unclear.LETTER:
            return t.gettext("One letter is too little. Please write the surname in full.")
        case Unclear.PLACE:
            return t.gettext("This is a place. Please write the name of the person.")
        case Unclear.GIVEN:
            return t.gettext("Many people have this first name. Please add the surname.")
        case Unclear.SEVERAL:
            return t.gettext("Please write one name at a time.")

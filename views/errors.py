"""One sentence for everything that may be refused or fail."""

from collections.abc import Callable, Mapping
from typing import Any

from locales import Tongue
from model import errors
from model.errors import Fault, VestkaError


def sentence(t: Tongue, error: VestkaError) -> str:
    """Say in plain text what an error means for the person who caused it."""
    kind = next(kind for kind in type(error).mro() if kind in _SENTENCES)
    return _SENTENCES[kind](t, error)


def unexpected(t: Tongue, reference: str) -> str:
    """Say that something of ours broke; by the reference an operator finds it in the log."""
    # Translators: {reference} is a short code such as K7Q2.
    return t.gettext(
        "Something went wrong on our side. If you write to us about it, give this reference: "
        "{reference}",
        reference=reference,
    )


def _not_found(t: Tongue, _error: Any) -> str:
    # Translators: also said to somebody who pressed an old button, or has no right to know.
    return t.gettext("There is nothing here, or not any more. Write a first name and a surname.")


def _too_fast(t: Tongue, _error: Any) -> str:
    return t.gettext("That was very much at once. Please wait a little, then write again.")


def _too_many_follows(t: Tongue, error: errors.TooManyFollows) -> str:
    return t.ngettext(
        "News can come about {limit} person at most. To make room, let somebody go: /following",
        "News can come about {limit} people at most. To make room, let somebody go: /following",
        error.limit,
        limit=t.number(error.limit),
    )


def _too_many_names(t: Tongue, error: errors.TooManyNames) -> str:
    return t.ngettext(
        "You can wait for {limit} name at most. To make room, let one go: /following",
        "You can wait for {limit} names at most, and fewer if they are long. To make room, let "
        "one go: /following",
        error.limit,
        limit=t.number(error.limit),
    )


def _not_a_name(t: Tongue, _error: Any) -> str:
    return t.gettext("Please write the first name and the surname, and nothing else.")


def _not_an_administrator(t: Tongue, _error: Any) -> str:
    return t.gettext("Only administrators of the group or channel can decide this.")


def _needs_another_editor(t: Tongue, _error: Any) -> str:
    return t.gettext("One editor alone cannot do this. Another editor has to.")


def _wrong_state(t: Tongue, _error: Any) -> str:
    return t.gettext("This step is not possible now. See how things stand: /notices")


def _unsettled(t: Tongue, error: errors.Unsettled) -> str:
    if not error.lines:
        return t.gettext("Something is still missing. The card says what: /notices")
    return t.ngettext(
        "{lines} line is not settled yet: say who it is, or leave it out.",
        "{lines} lines are not settled yet: say who they are, or leave them out.",
        error.lines,
        lines=t.number(error.lines),
    )


def _bad_input(t: Tongue, _error: Any) -> str:
    return t.gettext("This cannot be read.")


def _unreadable(t: Tongue, error: errors.Unreadable) -> str:
    what = _fault(t, error)
    # Translators: {line} is the number of a line, {what} one of the sentences such as
    # "There is no such day."
    return (
        t.gettext("Line {line}: {what}", line=t.number(error.line), what=what)
        if error.line
        else what
    )


def _fault(t: Tongue, error: errors.Unreadable) -> str:
    limit = t.number(error.limit)
    match error.fault:
        case Fault.EMPTY:
            return t.gettext("There is nothing in it that could be read.")
        case Fault.TOO_LARGE:
            kilobytes = t.number(error.limit // 1024)
            return t.gettext("The file is larger than {kilobytes} kB.", kilobytes=kilobytes)
        case Fault.TOO_MANY_LINES:
            return t.gettext("More lines than can be read at once: {limit}.", limit=limit)
        case Fault.TOO_LONG:
            return t.gettext("More characters than fit: {limit}.", limit=limit)
        case Fault.NOT_TEXT:
            return t.gettext("This file is not a text in UTF-8.")
        case Fault.NOT_A_TABLE:
            return t.gettext("This file is not a table.")
        case Fault.NO_SUCH_DAY:
            return t.gettext("There is no such day.")
        case Fault.NO_SUCH_LANGUAGE:
            return t.gettext("There is no such language here.")


def _unavailable(t: Tongue, _error: Any) -> str:
    return t.gettext("This did not work just now; nothing was changed. Please try again soon.")


def _refused(t: Tongue, _error: Any) -> str:
    return t.gettext("This is not possible.")


_SENTENCES: Mapping[type[BaseException], Callable[[Tongue, Any], str]] = {
    errors.NotFound: _not_found,
    errors.TooFast: _too_fast,
    errors.TooManyFollows: _too_many_follows,
    # Strangers are answered as if it did not exist.
    errors.TooManyNames: _too_many_names,
    errors.NotAName: _not_a_name,
    errors.NotAnAdministrator: _not_an_administrator,
    errors.NeedsAnotherEditor: _needs_another_editor,
    errors.WrongState: _wrong_state,
    errors.Unsettled: _unsettled,
    errors.BadInput: _bad_input,
    errors.Unreadable: _unreadable,
    errors.Unavailable: _unavailable,
    VestkaError: _refused,
}

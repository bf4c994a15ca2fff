"""What editors are asked when the bot was interrupted and something was due."""

from locales import Tongue
from model.interruptions import Arrears, Cause, Decision, Interruption, Waiting
from views.callbacks import Verb, data
from views.dossier import counted, named
from views.screen import Button, Keyboard, Screen
from views.text import clip

_MANY = 12


def arrears(t: Tongue, waiting: Arrears) -> Screen:
    """Say what happened and what waits, and ask what becomes of it."""
    of = waiting.interruption
    lines = [_happened(t, of), ""]
    if waiting.waits:
        lines.append(t.gettext("Messages that wait:"))
        lines += [_waits(t, one) for one in waiting.waits[:_MANY]]
    if len(waiting.waits) > _MANY:
        lines.append("…")
    if waiting.waits:
        lines += ["", _stands(t, of), *([] if of.decision else ["", _halts(t)])]
        buttons = _buttons(t, of)
    else:
        lines.append(_stands_alone(t, of))
        buttons = [[_button(t.gettext("Go on"), 0, of)]]
    return Screen(clip(lines), () if of.decision is not None else buttons)


def _happened(t: Tongue, of: Interruption) -> str:
    begun, ended = t.moment(of.begun), t.moment(of.ended)
    match of.cause:
        case Cause.AWAY:
            return t.gettext("The bot was away from {begun} to {ended}.", begun=begun, ended=ended)
        case Cause.CLOCK:
            # Translators: the computer the bot runs on.
            return t.gettext(
                "The clock of the bot's computer jumped from {begun} to {ended}, or the computer "
                "slept.",
                begun=begun,
                ended=ended,
            )
        case Cause.RESTORED:
            return t.gettext(
                "The bot was put back to a backup of {begun}. It does not know what happened "
                "since then: what waits in it may have been sent, stopped or withdrawn already.",
                begun=begun,
            )


def _waits(t: Tongue, one: Waiting) -> str:
    what = t.gettext("Other messages") if one.kind is None else named(t, one.kind, one.notice)
    if one.messages:
        what = f"{what}: {counted(t, one.messages)}"
    if one.made:
        return what
    return t.gettext("{what}, and more that are not counted yet", what=what)


def _stands(t: Tongue, of: Interruption) -> str:
    if of.decision is Decision.SEND:
        return t.gettext("Editors decided: it is being sent.")
    if of.decision is Decision.DROP:
        return t.gettext("Editors decided: it is not sent.")
    lines = [
        t.gettext(
            "None of it is sent before editors say so. What you approve from now on goes out as "
            "usual."
        )
    ]
    if of.needed > 1:
        lines.append(
            t.gettext(
                "To send it, two editors have to say so; not to send it, one. So far: {number}.",
                number=t.number(len(of.said)),
            )
        )
    return "\n".join(lines)


def _halts(t: Tongue) -> str:
    return t.gettext("Until then no digests and no reminders begin, either.")


def _stands_alone(t: Tongue, of: Interruption) -> str:
    """Say how it stands where nothing was on its way."""
    if of.decision is not None:
        return t.gettext("Editors decided: digests and reminders begin again.")
    return "\n".join(
        [
            t.gettext(
                "Nothing waits to be sent. Look whether anything was published, corrected or "
                "withdrawn since then, and do it again."
            ),
            t.gettext("No digests and no reminders begin before an editor presses the button."),
        ]
    )


def _buttons(t: Tongue, of: Interruption) -> Keyboard:
    return [
        [_button(t.gettext("Send it now"), 1, of)],
        [_button(t.gettext("Do not send it"), 0, of)],
    ]


def _button(label: str, sends: int, of: Interruption) -> Button:
    return Button(label, callback_data=data(Verb.INTERRUPTION, sends, of.id))

"""What a chat is told about, and how it lets go."""

from collections.abc import Sequence

from locales import Tongue
from model.people import Person
from model.readers import Reader, tag_of
from views.callbacks import Verb, data, person
from views.screen import Button, Screen
from views.text import clip, label, name, shorten


def following(t: Tongue, reader: Reader | None, people: Sequence[Person]) -> Screen:
    """List whom and what news comes about, with a button to let go of each."""
    releases = reader is not None and reader.releases
    absences = reader is not None and reader.absences
    lines = [
        t.gettext("News comes here about:")
        if people
        else t.gettext(
            "No single person is chosen. Write a name; under the answer is the button "
            "“Tell me news”."
        )
    ]
    lines += [f"• {name(each.name_in(t.spellings))}" for each in people]
    waiting = reader.waiting if reader is not None else ()
    after = [""]
    if waiting:
        after += [
            t.gettext(
                "Names you wait for. You will be told when a person of that name is put on our "
                "list and an editor has checked that it is the same name:"
            ),
            *(f"• {name(each)}" for each in waiting),
            "",
        ]
    after += [
        t.gettext("All releases: yes") if releases else t.gettext("All releases: no"),
        t.gettext("Also when somebody chosen is not among the names known at a release: yes")
        if absences
        else t.gettext("Also when somebody chosen is not among the names known at a release: no"),
    ]
    if people or waiting:
        after += ["", t.gettext("Press a name to hear no more about that person.")]
    rows = [
        (
            Button(
                "✕ " + shorten(each.name_in(t.spellings), 60),
                callback_data=person(Verb.LET_GO, each.id),
            ),
        )
        for each in people
    ]
    rows += [
        (Button("✕ " + label(each), callback_data=data(Verb.STOP_WAITING, tag_of(each))),)
        for each in waiting
    ]
    rows += [_releases(t, wanted=not releases), _absences(t, wanted=not absences), _wishes(t)]
    return Screen(clip(lines, after=after), rows)


def followed(t: Tongue) -> str:
    """Confirm without a name, and the same whether it is new or not."""
    return t.gettext("News will come here. To change this: /following")


def releases(t: Tongue) -> Screen:
    """Confirm that all news of releases will come, the same whether that is new or not."""
    return Screen(
        t.gettext("News of releases will come here."),
        (_releases(t, wanted=False),),
    )


def _wishes(t: Tongue) -> tuple[Button]:
    # Translators: a button: quiet hours, digests and the like.
    words = t.gettext("When news comes")
    return (Button(words, callback_data=data(Verb.WISHES)),)


def _releases(t: Tongue, *, wanted: bool) -> tuple[Button]:
    words = (
        t.gettext("Tell me of every release")
        if wanted
        else t.gettext("Stop news of every release")
    )
    return (Button(words, callback_data=data(Verb.RELEASES, int(wanted))),)


def _absences(t: Tongue, *, wanted: bool) -> tuple[Button]:
    words = (
        t.gettext("Tell me if a name I chose is missing")
        if wanted
        else t.gettext("Do not tell me if a name is missing")
    )
    return (Button(words, callback_data=data(Verb.ABSENCES, int(wanted))),)

"""When news comes: quiet hours, sleep, digests and monthly notes, and how they are chosen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from locales import Tongue
from model.wishes import (
    BEGINNINGS,
    DAYS_ASLEEP,
    ENDINGS,
    HOURS,
    NO_WISHES,
    ZONES,
    Rhythm,
    Wishes,
)
from views.callbacks import Verb, Wish, data
from views.screen import Button, Screen
from views.text import bold, escape

_CHOSEN = "• "


def wishes(t: Tongue, wished: Wishes, now: datetime, *, private: bool = True) -> Screen:
    """Say when news comes, with a button to choose each part anew.

    Sleep and monthly notes are for a ``private`` chat only.
    """
    quiet = _quiet(t, wished)
    digest = _digest(t, wished)
    lines = [bold(t.gettext("When news comes here")), "", quiet, digest]
    buttons = [
        _button(t.gettext("Quiet hours"), Verb.WISHES, Wish.QUIET),
        _button(t.gettext("Digest"), Verb.WISHES, Wish.DIGEST),
    ]
    if private:
        lines += [_sleep(t, wished, now), _monthly(t, wished), _reminders(t, wished)]
        buttons += [
            _button(t.gettext("Rest"), Verb.WISHES, Wish.SLEEP),
            _button(t.gettext("Monthly note"), Verb.WISHES, Wish.MONTHLY),
            _button(t.gettext("Reminder"), Verb.WISHES, Wish.REMINDERS),
        ]
    if wished.zone:
        lines.append(_zone_line(t, wished.zone, now))
    buttons.append(_button(t.gettext("Time zone"), Verb.WISHES, Wish.ZONE))
    lines += ["", _corrections(t)]
    return Screen("\n".join(lines), _in_rows(buttons, 2))


def quiet(t: Tongue, wished: Wishes) -> Screen:
    """Offer the hours in which nothing comes."""
    begins, ends = wished.quiet or (None, None)
    explained = [
        t.gettext("What falls into them waits until they end, or comes without a sound."),
        _corrections(t),
    ]
    rows = [
        *_in_rows(
            [
                # Translators: a button: quiet hours begin then, "from 22:00".
                _choice(t.gettext("from {hour}", hour=_hour(h)), h == begins, Wish.BEGINS, h)
                for h in BEGINNINGS
            ],
            3,
        ),
        *_in_rows(
            [
                # Translators: a button: quiet hours end then, "to 7:00".
                _choice(t.gettext("to {hour}", hour=_hour(h)), h == ends, Wish.ENDS, h)
                for h in ENDINGS
            ],
            3,
        ),
    ]
    if wished.quiet is not None:
        rows += [
            [
                _button(t.gettext("Wait until they end"), Verb.WISH, Wish.SILENTLY, 0)
                if wished.silently
                else _button(t.gettext("Send without a sound"), Verb.WISH, Wish.SILENTLY, 1)
            ],
            [_button(t.gettext("No quiet hours"), Verb.WISH, Wish.QUIET, 0)],
        ]
    return _page(t, t.gettext("Quiet hours"), _quiet(t, wished), explained, rows)


def sleep(t: Tongue, wished: Wishes, now: datetime) -> Screen:
    """Offer some days in which nothing comes."""
    explained = [
        t.gettext(
            "For some days nothing comes here by itself; you can ask at any time. What happens "
            "meanwhile comes afterwards, in one message."
        ),
        _corrections(t),
    ]
    rows = _in_rows(
        [
            _button(
                t.ngettext("{number} day", "{number} days", days, number=t.number(days)),
                Verb.WISH,
                Wish.SLEEP,
                days,
            )
            for days in DAYS_ASLEEP
        ],
        2,
    )
    if wished.is_asleep(now):
        rows.append([_button(t.gettext("Let news come again"), Verb.WISH, Wish.SLEEP, 0)])
    return _page(t, t.gettext("Rest"), _sleep(t, wished, now), explained, rows)


def digest(t: Tongue, wished: Wishes) -> Screen:
    """Offer a digest instead of single news of releases."""
    explained = [
        t.gettext(
            "One message, once a day or once a week, instead of one about every release: the "
            "people you chose, who was freed, how many are still held. News about the people you "
            "chose comes at once all the same."
        ),
    ]
    rhythms: tuple[tuple[str, Rhythm | None], ...] = (
        (t.gettext("Every day"), Rhythm.DAILY),
        (t.gettext("On Mondays"), Rhythm.WEEKLY),
        (t.gettext("No digest"), None),
    )
    rows = [
        [
            _choice(label, rhythm is wished.digest, Wish.DIGEST, rhythm or 0)
            for label, rhythm in rhythms
        ]
    ]
    if wished.digest is not None:
        rows += _hours(wished)
    return _page(t, t.gettext("Digest"), _digest(t, wished), explained, rows)


def monthly(t: Tongue, wished: Wishes) -> Screen:
    """Offer a note once a month that nothing has changed."""
    explained = [
        t.gettext(
            "At the beginning of each month: about each person you chose, whether anything has "
            "changed, when that was last confirmed, and by whom."
        ),
    ]
    switch = (
        _button(t.gettext("No monthly note"), Verb.WISH, Wish.MONTHLY, 0)
        if wished.monthly
        else _button(t.gettext("Send the monthly note"), Verb.WISH, Wish.MONTHLY, 1)
    )
    rows = [[switch], *(_hours(wished) if wished.monthly else ())]
    return _page(t, t.gettext("Monthly note"), _monthly(t, wished), explained, rows)


def reminders(t: Tongue, wished: Wishes) -> Screen:
    """Offer to be reminded of what was not seen."""
    explained = [
        t.gettext(
            "News about the people you chose has a button: Seen. If it is not pressed within "
            "twelve hours, you are reminded, once and without a word of what the news is."
        ),
    ]
    switch = (
        _button(t.gettext("No reminder"), Verb.WISH, Wish.REMINDERS, 0)
        if wished.reminders
        else _button(t.gettext("Remind me"), Verb.WISH, Wish.REMINDERS, 1)
    )
    return _page(t, t.gettext("Reminder"), _reminders(t, wished), explained, [[switch]])


def zones(t: Tongue, wished: Wishes, now: datetime) -> Screen:
    """Offer the time zones."""
    lines = [bold(t.gettext("Time zone")), ""]
    if wished.zone:
        lines.append(_zone_line(t, wished.zone, now))
    lines.append(t.gettext("What time is it where you are now?"))
    buttons = [
        _choice(_zone(t, zone, now), zone == wished.zone, Wish.ZONE, place)
        for place, zone in enumerate(ZONES)
    ]
    cities = [one for one, zone in zip(buttons, ZONES, strict=True) if not _is_offset(zone)]
    offsets = [one for one, zone in zip(buttons, ZONES, strict=True) if _is_offset(zone)]
    rows = [*_in_rows(cities, 2), *_in_rows(offsets, 4), [_back(t)]]
    return Screen("\n".join(lines), rows)


def remembered(t: Tongue, wished: Wishes) -> list[str]:
    """Say all that is stored of what is wished, a line each."""
    if wished == NO_WISHES:
        return []
    lines = [
        _quiet(t, wished),
        _digest(t, wished),
        _monthly(t, wished),
        _reminders(t, wished),
    ]
    if wished.zone:
        lines.append(t.gettext("Time zone: {zone}.", zone=_city(t, wished.zone)))
    lines.append(t.gettext("Digests and monthly notes come at {hour}.", hour=_hour(wished.hour)))
    if wished.since is not None:
        lines.append(
            t.gettext("Digest chosen: {moment}.", moment=_moment(t, wished, wished.since))
        )
    if wished.asleep is not None and wished.wakes is not None:
        lines.append(
            t.gettext(
                "Rest: from {begin} to {end}.",
                begin=_moment(t, wished, wished.asleep),
                end=_moment(t, wished, wished.wakes),
            )
        )
    return lines


def _page(
    t: Tongue,
    title: str,
    stands: str,
    explained: Sequence[str],
    rows: Sequence[list[Button]],
) -> Screen:
    """Say how one thing stands and what it is, with the buttons that choose it anew."""
    lines = [bold(title), "", stands, "", *explained]
    return Screen("\n".join(lines), [*rows, [_back(t)]])


# --- what is so now ---------------------------------------------------------------------------


def _quiet(t: Tongue, wished: Wishes) -> str:
    if wished.quiet is None:
        return t.gettext("Quiet hours: none.")
    begins, ends = map(_hour, wished.quiet)
    if wished.silently:
        return t.gettext(
            "Quiet hours: {begins} to {ends}; news comes without a sound.",
            begins=begins,
            ends=ends,
        )
    return t.gettext("Quiet hours: {begins} to {ends}; news waits.", begins=begins, ends=ends)


def _sleep(t: Tongue, wished: Wishes, now: datetime) -> str:
    if wished.wakes is None or not wished.is_asleep(now):
        return t.gettext("Rest: no.")
    return t.gettext("Rest: until {moment}.", moment=_moment(t, wished, wished.wakes))


def _digest(t: Tongue, wished: Wishes) -> str:
    match wished.digest:
        case Rhythm.DAILY:
            return t.gettext("Digest: every day at {hour}.", hour=_hour(wished.hour))
        case Rhythm.WEEKLY:
            return t.gettext("Digest: on Mondays at {hour}.", hour=_hour(wished.hour))
        case None:
            return t.gettext("Digest: no.")


def _monthly(t: Tongue, wished: Wishes) -> str:
    if wished.monthly:
        return t.gettext("Monthly note: yes, at {hour}.", hour=_hour(wished.hour))
    return t.gettext("Monthly note: no.")


def _reminders(t: Tongue, wished: Wishes) -> str:
    # Translators: one reminder of news that was not marked as seen.
    return t.gettext("Reminder: yes.") if wished.reminders else t.gettext("Reminder: no.")


def _corrections(t: Tongue) -> str:
    return t.gettext("If something you were told was wrong, you are told that at once.")


def _zone_line(t: Tongue, zone: str, now: datetime) -> str:
    return t.gettext("Time zone: {zone}.", zone=_zone(t, zone, now))


# --- small parts ------------------------------------------------------------------------------


def _hour(hour: int) -> str:
    return f"{hour}:00"


def _moment(t: Tongue, wished: Wishes, at: datetime) -> str:
    return replace(t, zone=ZoneInfo(wished.zone or t.zone.key)).moment(at)


def _is_offset(zone: str) -> bool:
    return zone.startswith("Etc/")


def _zone(t: Tongue, zone: str, now: datetime) -> str:
    """Name a time zone, with the time it is there."""
    there = now.astimezone(ZoneInfo(zone))
    return f"{_city(t, zone)} {there.hour}:{there.minute:02}"


def _city(t: Tongue, zone: str) -> str:
    if _is_offset(zone):
        return f"UTC{-int(zone.removeprefix('Etc/GMT')):+d}"
    named = t.locale.time_zones.get(zone, {}).get("city")
    return escape(str(named or zone.rpartition("/")[2].replace("_", " ")))


def _hours(wished: Wishes) -> list[list[Button]]:
    buttons = [_choice(_hour(h), h == wished.hour, Wish.HOUR, h) for h in HOURS]
    return _in_rows(buttons, 4)


def _choice(label: str, chosen: bool, wish: Wish, value: str | int) -> Button:
    return _button(_CHOSEN * chosen + label, Verb.WISH, wish, value)


def _button(label: str, verb: Verb, *arguments: str | int) -> Button:
    return Button(label, callback_data=data(verb, *arguments))


def _back(t: Tongue) -> Button:
    # Translators: a button that leads back to all that can be chosen.
    return Button(t.gettext("‹ Back"), callback_data=data(Verb.WISHES))


def _in_rows(buttons: Sequence[Button], width: int) -> list[list[Button]]:
    return [list(buttons[start : start + width]) for start in range(0, len(buttons), width)]

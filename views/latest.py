"""The latest news, to choose from."""

from collections.abc import Sequence

from locales import Tongue
from model.notices import NewsItem, NoticeKind
from views.news import carried
from views.screen import Button, Screen


def latest(t: Tongue, items: Sequence[NewsItem]) -> Screen:
    """List the latest news, newest first, each behind a button."""
    if not items:
        return Screen(t.gettext("There is no news yet."))
    lines, rows = [t.gettext("The latest news:"), ""], []
    for item in items:
        lines.append(f"• {_headline(t, item)} ({t.moment(item.begun)})")
        shown = Button(_headline(t, item), callback_data=carried(item))
        rows.append((shown,))
    return Screen("\n".join(lines), rows)


def _headline(t: Tongue, item: NewsItem) -> str:
    date = t.date(item.snapshot.date)
    match item.snapshot.kind:
        case NoticeKind.RELEASE | NoticeKind.ADDITION | NoticeKind.CLOSING:
            return t.gettext("Release, {date}", date=date)
        case NoticeKind.WITHDRAWAL if item.snapshot.takes_back is NoticeKind.RELEASE:
            return t.gettext("Withdrawal: release on {date}", date=date)
        case _:
            return t.gettext("Correction: release, {date}", date=date)

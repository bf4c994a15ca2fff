"""Release news from the command line, as far as an operator may go."""

import html
import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from handlers.context import Services
from locales import Languages
from model.errors import BadInput
from model.interruptions import Arrears, Cause
from model.notices import Dossier, NewsItem, NoticeId, WaveId
from views import news
from views.dossier import FEW

_TAG = re.compile(r"<[^<>]*>")


def read_text(file: Path) -> str:
    """Read a list from a file, or from standard input if it is ``-``.

    Raises:
        BadInput: it cannot be read, or is not UTF-8.
    """
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as exc:
        raise BadInput(exc.strerror or "cannot be read", str(file)) from exc
    except UnicodeDecodeError as exc:
        raise BadInput("this is not UTF-8", str(file)) from exc


def told(dossier: Dossier) -> Mapping[str, Any]:
    """Return how a notice stands, for programs."""
    notice = dossier.notice
    return {
        "notice": notice.id,
        "kind": notice.kind.value,
        "state": notice.state.value,
        "stopped": notice.stopped,
        "date": dossier.on or None,
        "lines": len(dossier.lines),
        "unsettled": [line.text for line in dossier.unsettled],
        "missing": list(dossier.missing),
        "waves": [
            {
                "audience": tally.audience if wave.made else None,
                "waiting": tally.open,
                "delivered": tally.delivered,
                "gone": tally.gone,
                "unknown": tally.unknown,
                "failed": tally.failed,
            }
            for wave, tally in dossier.waves
        ],
        # In which language those will be read that wait is sealed: they are counted in sum alone.
        "ended_by_language": {
            language: {
                part: _blurred(getattr(sums, part))
                for part in ("delivered", "gone", "unknown", "failed")
            }
            for language, sums in dossier.languages.items()
        },
        "per_second": None if dossier.speed is None else round(dossier.speed, 1),
        "seconds_left": None
        if dossier.time_left is None
        else int(dossier.time_left.total_seconds()),
    }


def _blurred(number: int) -> int | None:
    """Return a number as it may be shown: ``None`` where it is of fewer than ten readers."""
    return None if 0 < number < FEW else number


def summary(dossier: Dossier) -> str:
    """Return how a notice stands, in a few lines."""
    standing = told(dossier)
    state = f"{standing['state']}, stopped" if standing["stopped"] else standing["state"]
    lines = [
        f"notice {standing['notice']}: {standing['kind']}, {state}, "
        f"{standing['date'] or 'no date'}, names: {standing['lines']}"
    ]
    lines += [f"  not settled: {text}" for text in standing["unsettled"]]
    lines += [f"  missing: {what}" for what in standing["missing"]]
    for wave in standing["waves"]:
        lines.append("  " + ", ".join(f"{what} {number}" for what, number in wave.items()))
    if standing["ended_by_language"]:
        lines.append("  at an end, by language:")
    for language, sums in standing["ended_by_language"].items():
        said = (f"{what} {f'<{FEW}' if n is None else n}" for what, n in sums.items())
        lines.append(f"  {language}: {', '.join(said)}")
    if standing["seconds_left"] is not None:
        left = timedelta(seconds=standing["seconds_left"])
        lines.append(f"  {standing['per_second']} a second, time left {left}")
    if standing["unsettled"]:
        lines.append("  Editors settle lines in the chat: /notices")
    return "\n".join(lines)


def waits(arrears: Arrears) -> str:
    """Say in one line what waits for editors since the bot was interrupted."""
    of = arrears.interruption
    happened = {
        Cause.AWAY: f"the bot was away from {of.begun:%Y-%m-%d %H:%M} to "
        f"{of.ended:%Y-%m-%d %H:%M} UTC",
        Cause.CLOCK: f"the clock jumped from {of.begun:%Y-%m-%d %H:%M} to "
        f"{of.ended:%Y-%m-%d %H:%M} UTC",
        Cause.RESTORED: f"a backup of {of.begun:%Y-%m-%d %H:%M} UTC was put back",
    }[of.cause]
    if not arrears.waits:
        return f"{happened}; digests and reminders wait for the editors' word"
    messages = sum(one.messages for one in arrears.waits)
    more = "" if all(one.made for one in arrears.waits) else ", and more not counted yet"
    return f"{happened}; {messages} messages wait for the editors' word{more}"


async def preview(services: Services, notice: NoticeId, language: str = "") -> list[str]:
    """Return what a reader of all release news would get, in one language or in all."""
    offered: Languages = services.languages
    if language and language not in offered:
        raise BadInput(f"the languages are {', '.join(offered)}", "--language")
    kind = (await services.notices.dossier(notice)).notice.kind
    snapshot = await services.desk(kind).preview(notice)
    every = snapshot.every_group
    item = NewsItem(WaveId(0), snapshot, every, every, services.clock())
    lines: list[str] = []
    for spoken in [language] if language else offered:
        t = offered.speak(spoken)
        plain = html.unescape(_TAG.sub("", news.news(t, item).text))
        named = [f"  {person.name_in(t.spellings)}" for person in item.known]
        lines += [f"── {spoken} ──", *plain.splitlines(), "", *named, ""]
    return lines

"""Text for Telegram: escaped, measured in its units, cut to what one message holds."""

import html
import re
from collections.abc import Iterable, Sequence

from locales import isolate

LIMIT = 4096
"""UTF-16 units of one message once its HTML is parsed."""

LEFT_OUT = "…"
"""Stands where lines were left out."""

_TAG = re.compile(r"<[^<>]*>")
# Lone surrogates cannot be encoded; NUL and the other controls make Telegram refuse a message.
_HARMFUL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def escape(text: str) -> str:
    """Make any text harmless inside Telegram's HTML."""
    return html.escape(_HARMFUL.sub("", text))


def name(text: str, units: int = 128) -> str:
    """Escape a name and keep it from turning the sentence around it."""
    return escape(isolate(shorten(" ".join(_HARMFUL.sub("", text).split()), units)))


def label(text: str, limit: int = 60) -> str:
    """Make any text fit for a button, which knows no HTML."""
    return shorten(" ".join(_HARMFUL.sub("", text).split()), limit)


def bold(text: str) -> str:
    """Set escaped text in bold."""
    return f"<b>{text}</b>"


def link(text: str, url: str) -> str:
    """Link a plain text to a web page; anything but http and https stays plain."""
    if not url.startswith(("https://", "http://")):
        return escape(text)
    return f'<a href="{escape(url)}">{escape(text)}</a>'


def units(text: str) -> int:
    """Count the UTF-16 units of a plain text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def length(text: str) -> int:
    """Count the UTF-16 units that Telegram counts of its HTML: no tags, entities as one."""
    return units(html.unescape(_TAG.sub("", text)))


def shorten(text: str, limit: int) -> str:
    """Cut a plain text to at most ``limit`` UTF-16 units; an ellipsis shows that it was cut."""
    if units(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)]
    return kept.decode("utf-16-le", "ignore").rstrip() + "…"


def fit(lines: Iterable[str], limit: int) -> int:
    """Count the first lines of HTML that, joined, are at most ``limit`` units long."""
    kept, room = 0, limit + 1
    for line in lines:
        room -= length(line) + 1
        if room < 0:
            break
        kept += 1
    return kept


def clip(lines: Sequence[str], *, after: Sequence[str] = (), limit: int = LIMIT) -> str:
    """Join lines of HTML, leaving out whole lines from the end of ``lines`` until all fits.

    Every line must be HTML that stands alone. ``after`` follows what is left; it is never cut.
    """
    room = limit - sum(length(line) + 1 for line in after)
    if fit(lines, room) == len(lines):
        return "\n".join((*lines, *after))
    kept = lines[: fit(lines, room - length(LEFT_OUT) - 1)]
    return "\n".join((*kept, LEFT_OUT, *after))

"""What a translation must be before a reader may see it."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import locales

ALLOWED = {"b", "i", "u", "s", "code", "a", "blockquote", "tg-spoiler"}
TEMPLATE = locales.CATALOGUES / "messages.pot"

# The catalogue's header is the truth of gettext; CLDR counts some forms otherwise.
_SLAVIC = "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)"
PLURALS = {
    "be": (3, _SLAVIC),
    "ru": (3, _SLAVIC),
    "uk": (3, _SLAVIC),
    "pl": (3, "(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)"),
    "lt": (3, "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2)"),
    "de": (2, "(n != 1)"),
}


def place(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return locales.CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def read(path: Path) -> Catalog:
    """Read a catalogue or the template."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def messages(catalogue: Catalog) -> Iterator[Message]:
    """Go through the messages, without the header."""
    return (message for message in catalogue if message.id)


def forms(words: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """Return the singular and plural forms, or the one form there is."""
    return [words] if isinstance(words, str) else list(words or ())


def check(message: Message, plurals: int) -> None:
    """Assert that a translation, as far as it is there, can be spoken and does no harm."""
    sources, targets = forms(message.id), forms(message.string)
    if not any(targets):
        return
    assert len(targets) == (plurals if len(sources) > 1 else 1), "wrong number of plural forms"
    wanted = names(sources[-1])
    for target in targets:
        assert target, "one plural form is empty"
        found = names(target)
        assert found <= wanted, f"no such values: {found - wanted}"
        # "One person" may leave the number out; everything else must be said.
        assert found == wanted or len(sources) > 1, f"left out: {wanted - found}"
        assert tags(target) == tags(sources[-1]), "other tags than the source"


def names(text: str) -> set[str]:
    """Return the names in braces, each a plain one."""
    found = set()
    for _, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        assert re.fullmatch(r"[a-z][a-z_]*", name), f"only plain names in braces: {{{name}}}"
        assert not spec, f"no format: {{{name}:{spec}}}"
        assert not conversion, f"no conversion: {{{name}!{conversion}}}"
        found.add(name)
    return found


def tags(text: str) -> list[tuple[str, str]]:
    """Return the tags that are opened, with where they link to, in no order of importance."""
    parser = _Tags()
    parser.feed(text)
    parser.close()
    assert not parser.open, f"never closed: {parser.open}"
    return sorted(parser.seen)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, f"Telegram has no <{tag}>"
        assert all(name == "href" and tag == "a" for name, _ in attrs), f"<{tag}> with {attrs}"
        self.open.append(tag)
        self.seen.append((tag, attrs[0][1] or "" if attrs else ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another tag"

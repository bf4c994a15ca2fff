"""Texts as Telegram counts and parses them: UTF-16 units, HTML tags, entities."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

from telegram.constants import MessageEntityType as Kind

Entity = dict[str, Any]

_TAGS = {
    "b": Kind.BOLD,
    "strong": Kind.BOLD,
    "i": Kind.ITALIC,
    "em": Kind.ITALIC,
    "u": Kind.UNDERLINE,
    "ins": Kind.UNDERLINE,
    "s": Kind.STRIKETHROUGH,
    "strike": Kind.STRIKETHROUGH,
    "del": Kind.STRIKETHROUGH,
    "tg-spoiler": Kind.SPOILER,
    "span": Kind.SPOILER,
    "a": Kind.TEXT_LINK,
    "code": Kind.CODE,
    "pre": Kind.PRE,
    "blockquote": Kind.BLOCKQUOTE,
    "tg-emoji": Kind.CUSTOM_EMOJI,
}
_ATTRIBUTES = {
    "a": {"href"},
    "span": {"class"},
    "code": {"class"},
    "blockquote": {"expandable"},
    "tg-emoji": {"emoji-id"},
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_MARKUP = re.compile(r"[<&]")
_TAG_NAME = re.compile(r"[a-zA-Z0-9-]*")
_ATTRIBUTE = re.compile(
    r"""\s*([a-zA-Z0-9-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([a-zA-Z0-9.-]+)))?"""
)
_LINK = re.compile(r"(?:https?|tg|tonsite)://[^\s/?#][^\s]*", re.IGNORECASE)
# What Telegram drops or blanks in what it is sent: control characters, line and paragraph
# separators, and the embeddings and overrides that could turn a sentence round.
_CONTROLS = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_DROPPED = re.compile(r"[\r\u2028-\u202e]")
_DETECTED = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?)\]'»”]|(?<![\w/.@])(?:t\.me|telegram\.me)/\w[^\s<>\"]*\w)"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[a-zA-Z]{2,}\b)"
    r"|(?<![\w/])(?P<mention>@[a-zA-Z]\w{3,31})\b"
    r"|(?<![\w/<>])(?P<bot_command>/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z]\w{2,31})?)(?![\w/])"
    r"|(?<!\w)(?P<hashtag>#\w*[^\W\d]\w*)"
)


class Malformed(Exception):
    """Raised when a text cannot be parsed; its words are Telegram's."""


class Formatted(NamedTuple):
    """A text without its tags, and the entities they became."""

    text: str
    entities: tuple[Entity, ...]


def units(text: str) -> int:
    """Count the UTF-16 units of a text, as Telegram does in offsets and limits."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Blank control characters and drop what Telegram drops."""
    return _DROPPED.sub("", _CONTROLS.sub(" ", text))


def detect(text: str) -> list[Entity]:
    """Find the links, mentions, commands and hashtags of a plain text."""
    found = []
    for match in _DETECTED.finditer(text):
        entity = {
            "type": str(match.lastgroup),
            "offset": units(text[: match.start()]),
            "length": units(match[0]),
        }
        found.append(entity)
    return found


# A broadcast says the same words to thousands: parsed once. 256 texts are at most a few MB.
@lru_cache(maxsize=256)
def parse_html(source: str) -> Formatted:
    """Parse Telegram's HTML into a text and its entities.

    Raises:
        Malformed: an unknown or unbalanced tag, or an attribute Telegram does not know.
    """
    return trim(*_Parser(clean(source)).parse())


@lru_cache(maxsize=256)
def parse_plain(source: str) -> Formatted:
    """Take a text as it is, with the links and commands found in it."""
    text = clean(source)
    return trim(text, detect(text))


def trim(text: str, entities: Iterable[Entity]) -> Formatted:
    """Cut the spaces round a text, and the entities with them."""
    start = units(text[: len(text) - len(text.lstrip())])
    text = text.strip()
    end = units(text)
    kept = []
    for entity in sorted(entities, key=lambda each: (each["offset"], -each["length"])):
        first = max(entity["offset"] - start, 0)
        last = min(entity["offset"] + entity["length"] - start, end)
        if last > first:
            kept.append({**entity, "offset": first, "length": last - first})
    return Formatted(text, tuple(kept))


class _Parser:
    """One walk over one HTML text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.parts: list[str] = []
        self.offset = 0
        self.open: list[tuple[str, int, dict[str, str]]] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while match := _MARKUP.search(self.source, self.at):
            self._say(self.source[self.at : match.start()])
            self.at = match.start()
            if match[0] == "&":
                self._reference()
            elif self.source.startswith("</", self.at):
                self._end_tag()
            else:
                self._start_tag()
        self._say(self.source[self.at :])
        if self.open:
            tag = self.open[-1][0]
            self._refuse(f'Can\'t find end tag corresponding to start tag "{tag}"')
        text = "".join(self.parts)
        inside = [(e["offset"], e["offset"] + e["length"]) for e in self.entities]
        found = (e for e in detect(text) if not _overlaps(e, inside, self.entities))
        return text, [*self.entities, *found]

    def _say(self, text: str) -> None:
        self.parts.append(text)
        self.offset += units(text)

    def _reference(self) -> None:
        match = _REFERENCE.match(self.source, self.at)
        if match is None:
            self._say("&")
            self.at += 1
            return
        decimal, hexadecimal, name = match.groups()
        code = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else 0
        if name or (0 < code < 0x110000 and not 0xD800 <= code < 0xE000):
            self._say(_NAMED[name] if name else chr(code))
        else:
            self._say(match[0])
        self.at = match.end()

    def _start_tag(self) -> None:
        begin = self.at
        name = _TAG_NAME.match(self.source, begin + 1)
        tag = name[0].lower() if name else ""
        where = f"at byte offset {self._bytes(begin)}"
        if tag not in _TAGS:
            self._refuse(f'Unsupported start tag "{tag}" {where}')
        self.at = begin + 1 + len(tag)
        attributes = self._attributes(tag, where)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            self._refuse(f'Tag "span" must have class "tg-spoiler" {where}')
        self._refuse_nesting(tag, where)
        self.open.append((tag, self.offset, attributes))

    def _attributes(self, tag: str, where: str) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while match := _ATTRIBUTE.match(self.source, self.at):
            self.at = match.end()
            name = match[1].lower()
            if name not in _ATTRIBUTES.get(tag, ()):
                self._refuse(f'Unsupported attribute "{name}" of the tag "{tag}" {where}')
            attributes[name] = _unescape(match[2] or match[3] or match[4] or "")
        rest = self.source[self.at :].lstrip()
        self.at = len(self.source) - len(rest) + 1
        if not rest:
            self._refuse(f"Unclosed start tag {where}")
        if not rest.startswith(">"):
            place = self._bytes(self.at - 1)
            self._refuse(f'Empty attribute name in the tag "{tag}" at byte offset {place}')
        return attributes

    def _refuse_nesting(self, tag: str, where: str) -> None:
        around = [name for name, _, _ in self.open]
        fenced = "code" in around or ("pre" in around and tag != "code")
        if fenced or (tag == "blockquote" and "blockquote" in around):
            self._refuse(f'Tag "{tag}" can\'t be inside the tag "{around[-1]}" {where}')

    def _end_tag(self) -> None:
        begin = self.at
        end = self.source.find(">", begin)
        where = f"at byte offset {self._bytes(begin)}"
        if end < 0:
            self._refuse(f"Unclosed end tag {where}")
        tag = self.source[begin + 2 : end].strip().lower()
        if not self.open:
            self._refuse(f"Unexpected end tag {where}")
        expected, start, attributes = self.open.pop()
        if tag and tag != expected:
            self._refuse(f'Unmatched end tag {where}, expected "</{expected}>", found "</{tag}>"')
        self.at = end + 1
        if self.offset > start:
            self._close(expected, start, attributes)

    def _close(self, tag: str, start: int, attributes: dict[str, str]) -> None:
        kind = _TAGS[tag]
        entity: Entity = {"type": str(kind), "offset": start, "length": self.offset - start}
        language = attributes.get("class", "").removeprefix("language-")
        if kind == Kind.TEXT_LINK:
            link = attributes.get("href") or "".join(self.parts).encode("utf-16-le")[
                start * 2 :
            ].decode("utf-16-le")
            if not _LINK.fullmatch(link):
                return  # Telegram keeps the words and drops a link it cannot follow
            entity["url"] = link
        elif kind == Kind.CUSTOM_EMOJI:
            entity["custom_emoji_id"] = attributes.get("emoji-id", "")
        elif kind == Kind.BLOCKQUOTE and "expandable" in attributes:
            entity["type"] = str(Kind.EXPANDABLE_BLOCKQUOTE)
        elif tag == "code" and self.open and self.open[-1][0] == "pre":
            if language:
                self.open[-1][2]["language"] = language
            return
        elif tag == "pre" and "language" in attributes:
            entity["language"] = attributes["language"]
        self.entities.append(entity)

    def _bytes(self, index: int) -> int:
        return len(self.source[:index].encode())

    def _refuse(self, why: str) -> NoReturn:
        raise Malformed(f"can't parse entities: {why}")


def _overlaps(entity: Entity, ranges: list[tuple[int, int]], entities: list[Entity]) -> bool:
    """Say whether a found link lies in a tag that forbids links of its own."""
    start, end = entity["offset"], entity["offset"] + entity["length"]
    shut = {Kind.CODE, Kind.PRE, Kind.TEXT_LINK}
    return any(
        start < last and first < end and other["type"] in shut
        for (first, last), other in zip(ranges, entities, strict=True)
    )


def _unescape(value: str) -> str:
    return _REFERENCE.sub(
        lambda match: _NAMED[match[3]] if match[3] else match[0],
        value,
    )

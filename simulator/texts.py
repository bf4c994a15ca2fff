"""The words of a message, as a method brings them: text or caption, with its formatting."""

from collections.abc import Mapping
from typing import Any

from telegram.constants import MessageEntityType as Kind
from telegram.constants import MessageLimit, ParseMode

from simulator.arguments import Values
from simulator.formatting import (
    Entity,
    Formatted,
    Malformed,
    clean,
    parse_html,
    parse_plain,
    trim,
    units,
)
from simulator.refusals import bad_request
from simulator.world import Body

_ENTITY_KINDS = {str(kind) for kind in Kind}
_ENTITY_FIELDS = {
    "type",
    "offset",
    "length",
    "url",
    "user",
    "language",
    "custom_emoji_id",
    "unix_time",
    "date_time_format",
}
_PREVIEW_FIELDS = {
    "is_disabled": bool,
    "url": str,
    "prefer_small_media": bool,
    "prefer_large_media": bool,
    "show_above_text": bool,
}


def read_text(values: Values, name: str) -> Body:
    """Shape the text that a parameter brings, and whether links are previewed.

    Raises:
        Refused: it is empty, too long, or its formatting cannot be read.
    """
    formatted = _formatted(values, name, "entities")
    length = units(formatted.text)
    if length < MessageLimit.MIN_TEXT_LENGTH:
        raise bad_request("message text is empty")
    if length > MessageLimit.MAX_TEXT_LENGTH:
        raise bad_request("message is too long")
    body: Body = {"text": formatted.text}
    if formatted.entities:
        body["entities"] = list(formatted.entities)
    if preview := values.get("link_preview_options"):
        body["link_preview_options"] = check_fields(preview, _PREVIEW_FIELDS)
    return body


def read_caption(values: Values) -> Body:
    """Shape the caption of a file; there may be none.

    Raises:
        Refused: it is too long, or its formatting cannot be read.
    """
    formatted = _formatted(values, "caption", "caption_entities")
    if units(formatted.text) > MessageLimit.CAPTION_LENGTH:
        raise bad_request("message caption is too long")
    caption: Body = {}
    if formatted.text:
        caption["caption"] = formatted.text
    if formatted.entities:
        caption["caption_entities"] = list(formatted.entities)
    return caption


def check_fields(given: Values, fields: Mapping[str, Any]) -> Values:
    """Return an object whose fields are all known and of the right type.

    Raises:
        Refused: one is not.
    """
    for name, value in given.items():
        kind = fields.get(name)
        if kind is None:
            raise bad_request(f'field "{name}" is not known here')
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise bad_request(f'field "{name}" is of a wrong type')
    return given


def _formatted(values: Values, name: str, entities: str) -> Formatted:
    source = values.get(name, "")
    mode = values.get("parse_mode", "")
    if mode and values.get(entities):
        raise bad_request("can't use parse_mode together with entities")
    if values.get(entities):
        return trim(clean(source), _checked_entities(source, values[entities]))
    if not mode:
        return parse_plain(source)
    if mode.upper() != ParseMode.HTML:
        raise bad_request("unsupported parse_mode")
    try:
        return parse_html(source)
    except Malformed as malformed:
        raise bad_request(str(malformed)) from None


def _checked_entities(text: str, entities: list[Entity]) -> tuple[Entity, ...]:
    longest = units(clean(text))
    for entity in entities:
        offset, length = entity.get("offset"), entity.get("length")
        if entity.get("type") not in _ENTITY_KINDS or entity.keys() - _ENTITY_FIELDS:
            raise bad_request("can't parse MessageEntity: unsupported type or field")
        if type(offset) is not int or type(length) is not int:
            raise bad_request("can't parse MessageEntity: offset and length expected")
        if offset < 0 or length <= 0 or offset + length > longest:
            raise bad_request("ENTITY_BOUNDS_INVALID")
    return tuple(entities)

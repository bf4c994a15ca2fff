"""Editors: people who may propose, approve or hold; never alone."""

from dataclasses import dataclass

from model.notices import EditorId
from model.readers import ChatId

LABEL_AT_MOST = 30
"""Characters of the name that the operator gives an editor."""


@dataclass(frozen=True, slots=True)
class Editor:
    """An enrolled editor. ``label`` is the name the operator gave; sealed like ``chat``."""

    id: EditorId
    chat: ChatId
    label: str
    language: str

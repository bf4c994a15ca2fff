"""Refusals: why a text names nobody who could be looked for."""

import re

from model.questions import Unclear
from names import Question, read

_BETWEEN = re.compile(r"\s*[,;&+\n]\s*|\s+(?:и|і|й|ды|та|i|oraz|ir|bei|und|and)\s+")
_SURELY_GIVEN = 0.29
"""What a given name may cost in another case; what costs more may be a surname as well."""


def why_unclear(text: str, question: Question) -> Unclear | None:
    """Say what is wrong with a text that names nobody; ``None`` if a name is all it is."""
    if not question.named:
        return _why_nameless(text, question)
    if all(asked.text in question.places for asked in question.readings[0].asked):
        return Unclear.PLACE
    if _is_given(question):
        return Unclear.GIVEN
    parts = [read(part) for part in _BETWEEN.split(text) if part.strip()]
    named = [part for part in parts if part.named]
    if len(named) < 2:
        return None
    if all(map(_is_given, named)):
        return Unclear.GIVEN
    # Who writes "Petrov, Sergei" names one person.
    return None if any(map(_is_given, named)) else Unclear.SEVERAL


def _why_nameless(text: str, question: Question) -> Unclear:
    if question.places:
        return Unclear.PLACE
    words = [word for word in re.split(r"[\W\d_]+", text) if word]
    return Unclear.LETTER if words and max(map(len, words)) == 1 else Unclear.NAMELESS


def _is_given(question: Question) -> bool:
    """Tell whether a text names somebody by a first name alone."""
    name = question.readings[0].asked
    return len(name) == 1 and min(name[0].classes.values(), default=1.0) < _SURELY_GIVEN

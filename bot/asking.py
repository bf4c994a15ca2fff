"""Asking at the command line, one question or line by line."""

import html
import json
import re
from collections.abc import Sequence
from typing import TextIO

import msgspec

from handlers.context import Services
from locales import Tongue
from model.questions import Unclear
from services.search import Answer, AnswerKind
from views import card, overview, start
from views.screen import Screen

_LONGEST_LINE = 100_000
_TAG = re.compile(r"<[^<>]*>")


class Asked(msgspec.Struct):
    """One line of what a program asks; it may add fields of its own, like a number."""

    text: str


async def answer_lines(services: Services, lines: TextIO, answers: TextIO) -> None:
    """Answer JSON lines with JSON lines, each as soon as it is there.

    A line that cannot be read is answered with its error, and the next one is read.
    """
    decode = msgspec.json.Decoder(Asked).decode
    # Nothing else goes on here that could not wait for the line: another thread to read it would
    # cost a good part of an answer.
    while line := lines.readline(_LONGEST_LINE):
        if not line.strip():
            continue
        if len(line) == _LONGEST_LINE and not line.endswith("\n"):
            # One line has one answer, however long it is.
            while (rest := lines.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
                pass
        try:
            asked = decode(line)
            answer = await as_json(services, asked.text)
        except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError) as exc:
            answer = json.dumps({"error": str(exc)}, ensure_ascii=False)
        answers.write(answer + "\n")
        answers.flush()


async def as_json(services: Services, text: str) -> str:
    """Answer a question in one line of JSON."""
    found = await services.search.find(text)
    told = {"ids": found.refs, "confident": found.sure, "why": found.why}
    return json.dumps(told, ensure_ascii=False)


async def as_text(services: Services, text: str, language: str) -> Sequence[str]:
    """Answer a question in lines, as a reader would see it."""
    t = services.languages.speak(language)
    answer = await services.search.ask(text)
    shown = await _screen(services, t, answer)
    lines = html.unescape(_TAG.sub("", shown.text)).splitlines()
    if answer.kind is AnswerKind.CHOICE:
        lines += [f"- {found.person.name_in(t.spellings)}" for found in answer.cards]
    return lines


async def _screen(services: Services, t: Tongue, answer: Answer) -> Screen:
    match answer.kind:
        case AnswerKind.ONE:
            (found,) = answer.cards
            today = services.clock().astimezone(t.zone).date()
            why = answer.whys[found.person.id]
            return card.card(t, found, today=today, why=why, intent=answer.intent)
        case AnswerKind.CHOICE:
            return card.choice(t, answer.cards, more=answer.more)
        case AnswerKind.NOBODY:
            return card.nobody(t)
        case AnswerKind.HELD:
            held = await services.overview.held()
            return overview.held(t, held.number, held.at)
        case AnswerKind.FREED:
            freed = await services.overview.released()
            return overview.released(t, freed.cards, more=freed.more)
        case AnswerKind.UNCLEAR:
            return start.unclear(t, answer.unclear or Unclear.NAMELESS)

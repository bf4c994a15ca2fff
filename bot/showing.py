"""Answering at the command line what somebody asks, as a reader would see it."""

import html
import re
from collections.abc import Sequence

from handlers.context import Services
from locales import Tongue
from model.questions import Unclear
from services.search import Answer, AnswerKind
from views import card, overview, start
from views.screen import Screen

_TAG = re.compile(r"<[^<>]*>")


async def answer(services: Services, text: str, language: str) -> Sequence[str]:
    """Answer a question in lines, as a reader would see it."""
    t = services.languages.speak(language)
    found = await services.search.ask(text)
    shown = await _screen(services, t, found)
    lines = html.unescape(_TAG.sub("", shown.text)).splitlines()
    if found.kind is AnswerKind.CHOICE:
        lines += [f"- {one.person.name_in(t.spellings)}" for one in found.cards]
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

"""Recollection: what was last asked in a chat, for ten minutes, in the memory of this process.

It is never written down: a restart, ``/forget`` and the next question end it.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from model.clock import Clock
from model.people import PersonId
from model.questions import Intent
from model.readers import ChatId

LASTS = timedelta(minutes=10)
CHATS_AT_MOST = 1_000

Why = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Recalled:
    """What somebody asked for, and how the words were spelt beside how they are listed."""

    intent: Intent = Intent.NONE
    why: Why = field(default=(), repr=False)
    more: bool = False
    """Whether more people fitted than were shown."""


NOTHING = Recalled()


@dataclass(frozen=True, slots=True, repr=False)
class _Question:
    asked: datetime
    intent: Intent
    whys: Mapping[PersonId, Why]
    more: bool


class Recollection:
    """Keeps the latest question of each chat only as long as its buttons are likely pressed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._questions: OrderedDict[ChatId, _Question] = OrderedDict()

    def note(
        self,
        chat: ChatId,
        intent: Intent,
        whys: Mapping[PersonId, Why],
        *,
        more: bool = False,
    ) -> None:
        """Keep in mind whom a question found, and by which spelling of them."""
        self.forget(chat)
        self._questions[chat] = _Question(self._clock(), intent, whys, more)
        if len(self._questions) > CHATS_AT_MOST:
            self._questions.popitem(last=False)

    def of(self, chat: ChatId, person: PersonId) -> Recalled:
        """Return what is still in mind of a question that found this person."""
        self.fade()
        question = self._questions.get(chat)
        if question is None or person not in question.whys:
            return NOTHING
        return Recalled(question.intent, question.whys[person], question.more)

    def forget(self, chat: ChatId) -> None:
        """Put the question of a chat out of mind."""
        self._questions.pop(chat, None)

    def fade(self) -> None:
        """Put out of mind what was asked too long ago."""
        now = self._clock()
        while self._questions:
            oldest = next(iter(self._questions))
            if now - self._questions[oldest].asked < LASTS:
                return
            del self._questions[oldest]

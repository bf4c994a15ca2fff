"""First in line: drops what is not for us, keeps the pace, and knows the reader."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Set
from dataclasses import dataclass
from enum import Enum
from functools import partial, wraps
from time import monotonic
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatType, UpdateType
from telegram.ext import ApplicationHandlerStop, TypeHandler

from handlers.context import BotApplication, BotContext, place_of
from model.editors import Editor
from model.errors import NotFound, TooFast
from model.readers import ChatId, ChatKind

ALLOWED_UPDATES = (
    UpdateType.MESSAGE,
    UpdateType.CALLBACK_QUERY,
    UpdateType.INLINE_QUERY,
    UpdateType.MY_CHAT_MEMBER,
)
"""What Telegram is asked for. Anything else that arrives all the same is dropped."""

BEFORE_ALL = -4
"""The handler group of the gate."""
CHANNELS_FIRST = -3
"""The handler group of what is pressed in channels, where no other door is open."""
EDITORS_FIRST = -2
"""The handler group of what editors alone may do; from there an update of anybody else goes on to
the doors of readers, as if there were no editors."""
REPLIES_FIRST = -1
"""The handler group of replies that, after a look, may turn out to be questions."""

REMEMBERED = 10_000
"""How many chats, and how many updates, the gate holds in memory at most."""

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
# Leaving is never refused for having asked too much.
_LEAVING = ("/forget", "/travelling")


def for_editors(
    answer: Callable[[Update, BotContext, Editor], Awaitable[None]],
) -> Callable[[Update, BotContext], Coroutine[Any, Any, None]]:
    """Make a handler that answers editors in their private chats, and lets all else pass by."""

    @wraps(answer)
    async def handle(update: Update, context: BotContext) -> None:
        chat, kind = place_of(update)
        editor = await context.services.editors.of(chat) if kind is ChatKind.PRIVATE else None
        if editor is None:
            return
        context.speak(editor.language)
        await answer(update, context, editor)
        raise ApplicationHandlerStop

    return handle


class Ruling(Enum):
    ADMITTED = "admitted"
    REFUSED = "refused"
    """Refused for the first time since this chat was last admitted: say so."""
    IGNORED = "ignored"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float
    """When tokens were last added, in seconds."""

    def fill(self, size: float, seconds: float, now: float) -> float:
        """Add what has dripped in since; ``seconds`` fill an empty bucket of this size."""
        gained = max(0.0, now - self.filled) * size / seconds
        self.tokens, self.filled = min(size, self.tokens + gained), now
        return self.tokens


class Pace:
    """How much one chat may ask: each limit is a number of questions and the seconds it is for.

    Only the chats heard last are remembered; a flood from ever new chats pushes out old ones,
    never grows the memory.
    """

    def __init__(self, *limits: tuple[int, float], clock: Callable[[], float]) -> None:
        self._limits = limits
        self._of = 1
        self._clock = clock
        self._buckets: OrderedDict[int, tuple[_Bucket, ...]] = OrderedDict()
        self._told: set[int] = set()

    def share(self, of: int) -> None:
        """Let through what is one share of so many, as others let through the rest."""
        self._of = of

    def rule(self, chat: int, take: int = 1) -> Ruling:
        """Take so much from what the chat may still ask, and say whether it was left."""
        now = self._clock()
        limits = [(max(1.0, size / self._of), seconds) for size, seconds in self._limits]
        buckets = self._buckets.setdefault(chat, tuple(_Bucket(size, now) for size, _ in limits))
        self._buckets.move_to_end(chat)
        if len(self._buckets) > REMEMBERED:
            self._told.discard(self._buckets.popitem(last=False)[0])
        left = [b.fill(*limit, now) for b, limit in zip(buckets, limits, strict=True)]
        if min(left) < take:
            told = chat in self._told
            self._told.add(chat)
            return Ruling.IGNORED if told else Ruling.REFUSED
        self._told.discard(chat)
        for bucket in buckets:
            bucket.tokens -= take
        return Ruling.ADMITTED

    def give_back(self, chat: int) -> None:
        """Let what was admitted last not count: nothing came of it."""
        for bucket in self._buckets.get(chat, ()):
            bucket.tokens += 1


class Seen:
    """What has come before, as far back as the gate remembers."""

    def __init__(self) -> None:
        self._seen: OrderedDict[Hashable, None] = OrderedDict()

    def before(self, what: Hashable) -> bool:
        """Say whether this has come before; from now on it has."""
        if what in self._seen:
            return True
        self._seen[what] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return False


class Gate:
    """The one door every update comes through. ``clock`` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._questions = Pace((20, _MINUTE), (200, _DAY), clock=clock)
        # Whom the answers named, however many questions that took: nobody walks the list.
        self._people = Pace((100, _HOUR), (300, _DAY), clock=clock)
        # Editors settle a list of a hundred names with buttons.
        self._presses = Pace((120, _MINUTE), (5_000, _DAY), clock=clock)
        self._leaving = Pace((5, _MINUTE), (50, _DAY), clock=clock)
        # All chats together that nothing is remembered about: readers and editors are answered
        # even while a flood of strangers is not. Telegram takes 29 answers a second in all.
        self._strangers = Pace((100, 5.0), clock=clock)
        # What is typed after the bot's name in other chats comes at every pause, some five times
        # a name, and must not use up what the chat with the bot may ask, nor open a wider door.
        self._typing = Pace((40, _MINUTE), (200, _DAY), clock=clock)
        self._offered = Pace((100, _HOUR), (300, _DAY), clock=clock)
        self._typing_strangers = Pace((25, 5.0), clock=clock)
        self._seen = Seen()

    def share(self, of: int) -> None:
        """Let through one share of so many: so many processes answer, and an update may come to
        any of them. Who leaves is let through by each."""
        for pace in (
            self._questions,
            self._people,
            self._presses,
            self._strangers,
            self._typing,
            self._offered,
            self._typing_strangers,
        ):
            pace.share(of)

    async def pass_through(self, update: Update, context: BotContext) -> None:
        """Let an update on to its handler, or stop it here.

        Raises:
            NotFound: a button was pressed that carries nothing.
            TooFast: this chat has just reached what it may ask; said once, then there is silence.
            ApplicationHandlerStop: nobody needs to look at this update.
        """
        if self._seen.before(update.update_id) or not _is_for_us(update, context.bot.id):
            raise ApplicationHandlerStop
        if update.inline_query:
            # Who types is known by the chat with the bot, which has the number of the person.
            await self._let_type(ChatId(update.inline_query.from_user.id), context)
            return
        chat, _ = place_of(update)
        message = update.message
        album = message.media_group_id if message else None
        if album and self._seen.before((chat, album)):
            # It arrives as many messages; one answer is enough.
            raise ApplicationHandlerStop
        if update.my_chat_member or (message and _is_service(message)):
            # Telegram's own word about the chat: it must be heard, however often.
            await context.meet(chat)
            return
        self._keep_pace(chat, update)
        context.toll = partial(_toll, self._people, _asker(update))
        await context.meet(chat)
        if update.callback_query and not update.callback_query.data:
            raise NotFound  # no button of ours carries nothing
        await _spare(self._strangers, chat, context)

    async def _let_type(self, chat: ChatId, context: BotContext) -> None:
        """Let on what is typed in another chat; too much is passed over in silence."""
        if self._typing.rule(chat) is not Ruling.ADMITTED:
            raise ApplicationHandlerStop
        context.toll = partial(_toll, self._offered, chat)
        await context.meet(chat)
        await _spare(self._typing_strangers, chat, context)

    def _keep_pace(self, chat: int, update: Update) -> None:
        text = (update.message and update.message.text) or ""
        if update.callback_query:
            pace = self._presses
        elif text.startswith(_LEAVING):
            pace = self._leaving
        else:
            pace = self._questions
        # Whoever asks in ten groups may not ask ten times as much.
        askers = {chat, _asker(update)} if pace is self._questions else {chat}
        _enforce({pace.rule(asker) for asker in askers})


def register(application: BotApplication, gate: Gate) -> None:
    """Put the gate before all other handlers."""
    application.add_handler(TypeHandler(Update, gate.pass_through), group=BEFORE_ALL)


def _enforce(rulings: Set[Ruling]) -> None:
    if Ruling.IGNORED in rulings:
        raise ApplicationHandlerStop
    if Ruling.REFUSED in rulings:
        raise TooFast


def _toll(people: Pace, asker: int, count: int) -> None:
    _enforce({people.rule(asker, count)} if count else set())


async def _spare(strangers: Pace, chat: ChatId, context: BotContext) -> None:
    """Pass over a chat that nothing is remembered about while there is a flood of such."""
    if (
        context.reader is None
        and strangers.rule(0) is not Ruling.ADMITTED
        and await context.services.editors.of(chat) is None
    ):
        raise ApplicationHandlerStop


def _asker(update: Update) -> int:
    """Return who writes: a person, or the group or channel in whose name somebody does."""
    sender = update.effective_sender
    return sender.id if sender else 0


def _is_for_us(update: Update, bot: int) -> bool:
    """Tell whether anybody here serves this kind of update."""
    if update.inline_query:
        return True
    if update.effective_chat is None:
        return False
    message = update.message
    if message is None:
        return bool(update.callback_query or update.my_chat_member)
    if message.via_bot and message.via_bot.id == bot:
        return False  # a card of ours that somebody passed on
    if message.chat.type == ChatType.PRIVATE or _is_service(message):
        return True
    # In a group people talk to one another: only commands are meant for the bot.
    return bool(message.text and message.text.startswith("/"))


def _is_service(message: Message) -> bool:
    return message.migrate_to_chat_id is not None

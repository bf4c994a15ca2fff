"""The core of the stand-in: takes Bot API calls one by one and answers as Telegram does."""

import asyncio
import contextlib
import itertools
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from telegram.constants import ChatMemberStatus as Status
from telegram.constants import ChatType, PollingLimit, UpdateType

from simulator import answers
from simulator.arguments import Upload, Values, read_arguments
from simulator.faults import CONFLICT, Answer, Fault, Limiter, Limits, Rule
from simulator.methods import METHODS
from simulator.profile import Profile
from simulator.refusals import Refused, bad_request, forbidden
from simulator.world import Body, Chat, Clock, File, Message, User, World, member_body

# Shaped like a real one, so that what scrubs tokens from logs has something to scrub.
TOKEN = "5000000001:AAE-stand-in-only-not-a-secret-000x"  # noqa: S105
LONGEST_POLL = 50
# What a bot gets that never said what it wants: all but these, as the Bot API has it.
_ON_REQUEST = {
    UpdateType.CHAT_MEMBER,
    UpdateType.MESSAGE_REACTION,
    UpdateType.MESSAGE_REACTION_COUNT,
}
_USUAL = frozenset(str(kind) for kind in UpdateType) - _ON_REQUEST
_NOBODY: Mapping[str, Upload] = {}


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was taken: what was asked, in the order it was taken."""

    method: str
    values: Values
    result: Any
    text: str | None = None

    @property
    def chat_id(self) -> int | str | None:
        """The chat it was about, if any."""
        return self.values.get("chat_id")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that was refused: a bot without mistakes leaves none behind."""

    method: str
    given: Mapping[str, Any]
    status: int
    description: str


@dataclass(slots=True)
class Query:
    """A button press that waits for its answer."""

    id: str
    user: User
    asked_at: int
    answered: Callable[[str, bool], None] | None


class Telegram:
    """A Telegram with one bot on it.

    `accept_strangers` takes messages to chats nobody opened and forgets them at once, for load;
    `keep_calls` bounds the log of calls; `latency` is how long an answer takes, in seconds.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        token: str = TOKEN,
        username: str = "vestka_bot",
        name: str = "Vestka",
        accept_strangers: bool = False,
        keep_calls: int | None = None,
        latency: tuple[float, float] = (0.0, 0.0),
        limits: Limits | None = None,
        chance: random.Random | None = None,
    ) -> None:
        bot = User(int(token.split(":")[0]), name, username=username, is_bot=True)
        self.token = token
        self.world = World(bot, clock)
        self.profile = Profile(name)
        self.accept_strangers = accept_strangers
        self.latency = latency
        self.limiter = Limiter(limits) if limits else None
        self.reads_groups = False
        self.allowed_updates: frozenset[str] = _USUAL
        self.updates: deque[Body] = deque()
        self.calls: deque[Call] = deque(maxlen=keep_calls)
        self.refusals: deque[Refusal] = deque(maxlen=keep_calls)
        self.queries: dict[str, Query] = {}
        self.arrived: Callable[[], Awaitable[None]] | None = None
        self.rules: list[Rule] = []
        self._chance = chance or random.Random()  # noqa: S311  # latency, not a secret
        self._update_ids = itertools.count(700_000_001)
        self._query_ids = itertools.count(4_300_000_000_001)
        self._watchers: list[Callable[[Body], None]] = []
        self._poller: asyncio.Future[None] | None = None

    @property
    def bot(self) -> User:
        """The bot's own account."""
        return self.world.bot

    # What the bot does

    async def call(
        self, method: str, given: Mapping[str, Any], files: Mapping[str, Upload] = _NOBODY
    ) -> Answer:
        """Take one Bot API call and answer it.

        Raises:
            Dropped: a fault broke the connection.
        """
        fault: Fault | None = None
        try:
            values = read_arguments(method, _with_files(method, given, files))
            fault = self._struck(method, values)
            if fault and fault.instead:
                answer = fault.instead()
                self.refusals.append(Refusal(method, given, answer.status, fault.name))
                return answer
            if method == "getUpdates":
                result: Any = await self._get_updates(values)
            else:
                result = answers.ANSWERS[method](self, values, files)
                self._log(method, values, result)
            answer = Answer(200, {"ok": True, "result": result})
        except Refused as refused:
            self.refusals.append(Refusal(method, given, refused.status, refused.description))
            answer = Answer(refused.status, refused.body())
        await self._take_time(method, fault)
        return fault.after(answer) if fault and fault.after else answer

    async def post(self, method: str, body: bytes) -> tuple[int, bytes]:
        """Take one call as JSON bytes and answer in bytes, as over HTTP.

        Raises:
            Dropped: a fault broke the connection.
        """
        try:
            given = msgspec.json.decode(body) if body else {}
        except (msgspec.DecodeError, UnicodeDecodeError):
            given = None
        if not isinstance(given, dict):
            answer = bad_request("can't parse the request as JSON").body()
            return 400, msgspec.json.encode(answer)
        return encode(await self.call(method, given))

    def _log(self, method: str, values: Values, result: Any) -> None:
        text = None
        if isinstance(result, dict):
            text = result.get("text", result.get("caption"))
        self.calls.append(Call(method, values, result, text))

    def _struck(self, method: str, values: Values) -> Fault | None:
        return next((rule.fault for rule in self.rules if rule.strikes(method, values)), None)

    async def _take_time(self, method: str, fault: Fault | None) -> None:
        shortest, longest = self.latency
        seconds = fault.seconds if fault else 0.0
        if longest and method != "getUpdates":
            seconds += self._chance.uniform(shortest, longest)
        if seconds:
            await asyncio.sleep(seconds)

    async def _get_updates(self, values: Values) -> list[Body]:
        if "allowed_updates" in values:
            self.allowed_updates = frozenset(values["allowed_updates"]) or _USUAL
        self._acknowledge(values.get("offset", 0))
        limit = values.get("limit", PollingLimit.MAX_LIMIT)
        if not PollingLimit.MIN_LIMIT <= limit <= PollingLimit.MAX_LIMIT:
            raise bad_request("limit must be between 1 and 100")
        if self._poller and not self._poller.done():
            self._poller.set_exception(Refused(409, CONFLICT))
        seconds = min(max(values.get("timeout", 0), 0), LONGEST_POLL)
        if not self.updates and seconds:
            self._poller = asyncio.get_running_loop().create_future()
            # Waits in real time, whatever the clock says: a frozen clock must not freeze polling.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._poller, seconds)
        return list(itertools.islice(self.updates, limit))

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            offset = self.updates[offset]["update_id"] if len(self.updates) >= -offset else 0
        while self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()

    # What a bad day does

    def misbehave(
        self,
        fault: Fault,
        *,
        method: str | None = None,
        chat: Any = None,
        times: int | None = None,
        when: Callable[[str, Values], bool] | None = None,
    ) -> Rule:
        """Let a fault strike calls of a method, to a chat (or its id), under a condition."""
        chat_id = getattr(chat, "id", chat)
        rule = Rule(fault, method, chat_id, when, times)
        self.rules.append(rule)
        return rule

    def behave(self) -> None:
        """Take all faults away."""
        self.rules.clear()

    # What tests ask

    def told(self, chat: Any) -> list[str]:
        """List the texts sent to a chat (or its id), as they were when sent, in order."""
        chat_id = getattr(chat, "id", chat)
        return [
            call.text or ""
            for call in self.calls
            if call.method.startswith("send") and call.chat_id == chat_id and call.text is not None
        ]

    def calls_of(self, *methods: str) -> list[Call]:
        """List the taken calls of some methods, in order."""
        return [call for call in self.calls if call.method in methods]

    # What happens on phones reaches the bot here

    def push(self, kind: str, content: Body) -> None:
        """Put an update in the queue, if the bot wants its kind."""
        if kind not in self.allowed_updates:
            return
        self.push_raw({"update_id": next(self._update_ids), kind: content})

    def push_raw(self, update: Body) -> None:
        """Put an update in the queue just as it is, however odd."""
        self.updates.append(update)
        if self._poller and not self._poller.done():
            self._poller.set_result(None)

    def take_update(self) -> Body | None:
        """Take the next pending update out of the queue."""
        return self.updates.popleft() if self.updates else None

    async def settle(self) -> None:
        """Let whoever waits for updates handle them, where a test has asked for that."""
        if self.arrived is not None:
            await self.arrived()

    def open_query(self, user: User, answered: Callable[[str, bool], None] | None = None) -> Query:
        """Note that somebody pressed a button; `answered` takes the text and whether it alerts."""
        query = Query(str(next(self._query_ids)), user, self.world.now(), answered)
        self.queries[query.id] = query
        return query

    # Chats, as the bot finds them

    def chat(self, chat_id: int | str) -> Chat:
        """Find a chat the bot may know of.

        Raises:
            Refused: there is none by this id or name.
        """
        if isinstance(chat_id, str):
            return self._chat_by_name(chat_id)
        if found := self.world.chats.get(chat_id):
            return found
        if self.accept_strangers:
            return _stranger(chat_id)
        raise bad_request("chat not found" if chat_id else "chat_id is empty")

    def _chat_by_name(self, name: str) -> Chat:
        for chat in self.world.chats.values():
            if not chat.is_private and chat.username and f"@{chat.username}" == name:
                return chat
        raise bad_request("chat not found" if name else "chat_id is empty")

    def open_chat(self, chat_id: int | str) -> Chat:
        """Find a chat the bot may write to.

        Raises:
            Refused: blocked, deactivated, kicked, moved to another id, or not found.
        """
        chat = self.chat(chat_id)
        if chat.user is not None:
            if chat.user.deactivated:
                raise forbidden("user is deactivated")
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
            return chat
        if chat.migrated_to is not None:
            why = "group chat was upgraded to a supergroup chat"
            raise bad_request(why, migrate_to_chat_id=chat.migrated_to)
        status = chat.status(self.bot.id)
        if status == Status.BANNED:
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if status == Status.LEFT:
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        if chat.type == ChatType.CHANNEL and status != Status.ADMINISTRATOR:
            raise bad_request("need administrator rights in the channel chat")
        return chat

    def keeps(self, chat: Chat) -> bool:
        """Say whether a chat is one that lasts, not a stranger's."""
        return self.world.chats.get(chat.id) is chat

    # Messages come and go

    def add_message(self, chat: Chat, message: Message) -> None:
        """Lay a message into a chat for everybody to see."""
        if self.keeps(chat):
            chat.messages[message.id] = message
            self.tell("message", chat, message=message)

    def change_message(self, chat: Chat, message: Message, body: Body) -> None:
        """Show another text or other buttons in place."""
        message.body = body
        self.tell("edit", chat, message=message)

    def remove_message(self, chat: Chat, message: Message) -> None:
        """Take a message away from everybody."""
        del chat.messages[message.id]
        self.tell("delete", chat, message=message)

    def change_membership(self, chat: Chat, user: User, status: Status, by: User) -> None:
        """Make somebody something in a group or a channel; the bot hears when it is about it."""
        old, chat.members[user.id] = chat.status(user.id), status
        kind = UpdateType.MY_CHAT_MEMBER if user is self.bot else UpdateType.CHAT_MEMBER
        if user is self.bot or chat.holds(self.bot.id):
            self._push_change(kind, chat, user, by, old)
        self.tell("members", chat)

    def change_blocking(self, chat: Chat, by: User, *, blocked: bool) -> None:
        """Let the person of a private chat block the bot, or take it back."""
        old = Status.BANNED if chat.blocked else Status.MEMBER
        chat.blocked = blocked
        chat.members[self.bot.id] = Status.BANNED if blocked else Status.MEMBER
        if chat.status(self.bot.id) != old:
            self._push_change(UpdateType.MY_CHAT_MEMBER, chat, self.bot, by, old)
        self.tell("members", chat)

    def _push_change(self, kind: str, chat: Chat, user: User, by: User, old: Status) -> None:
        change = {
            "chat": chat.body(),
            "from": by.body(),
            "date": self.world.now(),
            "old_chat_member": member_body(chat, user, old),
            "new_chat_member": member_body(chat, user),
        }
        self.push(kind, change)

    # Who looks on

    def watch(self, watcher: Callable[[Body], None]) -> Callable[[], None]:
        """Tell a watcher of everything that changes; returns how to stop."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def tell(self, kind: str, chat: Chat | None = None, **more: Any) -> None:
        """Tell the watchers of one change."""
        for watcher in tuple(self._watchers):
            watcher({"type": kind, "chat": chat, **more})

    def find_file(self, path: str) -> File | None:
        """Find a file by the path `getFile` told."""
        return next((file for file in self.world.files.values() if file.path == path), None)


def encode(answer: Answer) -> tuple[int, bytes]:
    """Turn an answer into what goes over the wire."""
    if isinstance(answer.body, bytes):
        return answer.status, answer.body
    return answer.status, msgspec.json.encode(answer.body)


def _with_files(
    method: str, given: Mapping[str, Any], files: Mapping[str, Upload]
) -> Mapping[str, Any]:
    """Let a file that came under a parameter's own name stand for that parameter."""
    if not files:
        return given
    named = files.keys() & METHODS.get(method, {}).keys()
    return {**given, **{name: f"attach://{name}" for name in named}}


def _stranger(chat_id: int) -> Chat:
    if chat_id > 0:
        user = User(chat_id, "Stranger")
        return Chat(chat_id, ChatType.PRIVATE, user=user, started=True)
    kind = ChatType.SUPERGROUP if chat_id < -1_000_000_000_000 else ChatType.GROUP
    return _WithBot(chat_id, kind, "Strangers")


class _WithBot(Chat):
    """A group of strangers: whoever asks is in it."""

    def status(self, _user_id: int) -> Status:
        return Status.MEMBER

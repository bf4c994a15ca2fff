"""What the bot and the people share: the world, the updates on their way, who looks on."""

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from telegram.constants import ChatMemberStatus as Status
from telegram.constants import ChatType, UpdateType

from simulator.arguments import Values
from simulator.faults import Limiter, Limits
from simulator.inline import Offer
from simulator.profile import Profile
from simulator.refusals import Refused, bad_request, forbidden
from simulator.webhook import Asked, Webhook
from simulator.world import Body, Chat, Clock, File, Message, User, World, member_body

# What a bot gets that never said what it wants: all but these, as the Bot API has it.
_ON_REQUEST = {
    UpdateType.CHAT_MEMBER,
    UpdateType.MESSAGE_REACTION,
    UpdateType.MESSAGE_REACTION_COUNT,
}
USUAL_UPDATES = frozenset(str(kind) for kind in UpdateType) - _ON_REQUEST


@dataclass(slots=True)
class Query:
    """A button press that waits for its answer."""

    id: str
    user: User
    asked_at: int
    answered: Callable[[str, bool], None] | None


@dataclass(frozen=True, slots=True)
class InlineQuery:
    """What somebody typed after the bot's name, as long as it waits for its answer."""

    id: str
    user: User
    text: str
    asked_at: int
    answered: Callable[[Offer], None]


class Network:
    """A Telegram without its Bot API: chats that change, and everybody who is told of it."""

    def __init__(
        self,
        bot: User,
        clock: Clock,
        *,
        accept_strangers: bool = False,
        limits: Limits | None = None,
    ) -> None:
        self.world = World(bot, clock)
        self.profile = Profile(bot.first_name)
        self.accept_strangers = accept_strangers
        self.limiter = Limiter(limits) if limits else None
        self.reads_groups = False
        self.inline = True
        """Whether @BotFather was told that the bot answers in any chat."""
        self.allowed_updates: frozenset[str] = USUAL_UPDATES
        self.updates: deque[Body] = deque()
        self.webhook: Webhook | None = None
        self.resends = 1.0
        """Seconds until what a webhook refused twice is brought again; then twice as many."""
        self.queries: dict[str, Query] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.arrived: Callable[[], Awaitable[None]] | None = None
        self._update_ids = itertools.count(700_000_001)
        self._query_ids = itertools.count(4_300_000_000_001)
        self._watchers: list[Callable[[Body], None]] = []
        self._poller: asyncio.Future[None] | None = None

    @property
    def bot(self) -> User:
        """The bot's own account."""
        return self.world.bot

    # What happens on phones reaches the bot here

    def push(self, kind: str, content: Body) -> None:
        """Put an update in the queue, if the bot wants its kind."""
        if kind not in self.allowed_updates:
            return
        self.push_raw({"update_id": next(self._update_ids), kind: content})

    def push_raw(self, update: Body) -> None:
        """Put an update in the queue just as it is, however odd."""
        self.updates.append(update)
        if self.webhook:
            self.webhook.bring(update)
        if self._poller and not self._poller.done():
            self._poller.set_result(None)

    def ask_for(self, values: Values) -> None:
        """Push only the kinds of update that were asked for, where any were named."""
        if "allowed_updates" in values:
            self.allowed_updates = frozenset(values["allowed_updates"]) or USUAL_UPDATES

    def bring_to(self, asked: Asked | None) -> None:
        """Bring what waits, and what comes, to a webhook; to none, so that it is polled."""
        if self.webhook:
            if self.webhook.asked == asked:
                return
            self.webhook.end()
            self.webhook = None
        if asked:
            if self._poller and not self._poller.done():
                why = "Conflict: terminated by setWebhook request"
                self._poller.set_exception(Refused(409, why))
            self.webhook = Webhook(asked, self.updates, now=self.world.now, pause=self.resends)

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

    def open_inline_query(
        self, user: User, text: str, answered: Callable[[Offer], None]
    ) -> InlineQuery:
        """Note that somebody typed the bot's name and a text; `answered` takes what is offered."""
        number = str(next(self._query_ids))
        query = InlineQuery(number, user, text, self.world.now(), answered)
        self.inline_queries[query.id] = query
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

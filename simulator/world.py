"""Who and what there is: users, chats, messages, files, shaped as the Bot API shows them."""

import itertools
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram.constants import ChatMemberStatus as Status
from telegram.constants import ChatType

Body = dict[str, Any]
Clock = Callable[[], datetime]

_ADMIN_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages")
_GROUP_RIGHTS = ("can_pin_messages",)
_PRESENT = {Status.OWNER, Status.ADMINISTRATOR, Status.MEMBER}


@dataclass(slots=True, eq=False)
class User:
    """Somebody with an account; the bot is one too."""

    id: int
    first_name: str
    language_code: str | None = None
    username: str | None = None
    last_name: str | None = None
    is_bot: bool = False
    deactivated: bool = False

    def body(self) -> Body:
        """Shape the user as in `from`."""
        body: Body = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if (value := getattr(self, name)) is not None:
                body[name] = value
        return body


@dataclass(slots=True, eq=False)
class Message:
    """A message lying in a chat: its Bot API shape, and what only the chat knows of it."""

    body: Body
    by_bot: bool
    silent: bool = False
    wants_reply: bool = False
    inline_id: str = ""
    """By which the bot knows a message that somebody sent with its help, in any chat."""

    @property
    def id(self) -> int:
        """The number of the message in its chat."""
        return int(self.body["message_id"])

    @property
    def chat_id(self) -> int:
        """The chat it lies in."""
        return int(self.body["chat"]["id"])


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat with the bot, a group, a supergroup or a channel."""

    id: int
    type: ChatType
    title: str = ""
    username: str | None = None
    user: User | None = None
    started: bool = False
    blocked: bool = False
    migrated_to: int | None = None
    members: dict[int, Status] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    last_message_id: int = 0

    @property
    def is_private(self) -> bool:
        """Whether this is a chat of one person with the bot."""
        return self.type == ChatType.PRIVATE

    def body(self) -> Body:
        """Shape the chat as in a message."""
        body: Body = {"id": self.id, "type": str(self.type)}
        if self.user is not None:
            person = self.user.body()
            return body | {k: person[k] for k in _PERSON if k in person}
        body["title"] = self.title
        if self.username is not None:
            body["username"] = self.username
        return body

    def status(self, user_id: int) -> Status:
        """Say what somebody is in this chat."""
        return self.members.get(user_id, Status.LEFT)

    def holds(self, user_id: int) -> bool:
        """Say whether somebody is in this chat now."""
        return self.status(user_id) in _PRESENT

    def is_administrator(self, user_id: int) -> bool:
        """Say whether somebody may decide for this chat."""
        return self.status(user_id) in {Status.OWNER, Status.ADMINISTRATOR}


_PERSON = ("first_name", "last_name", "username")


def member_body(chat: Chat, user: User, status: Status | None = None) -> Body:
    """Shape what somebody is in a chat, as `ChatMember`."""
    status = chat.status(user.id) if status is None else status
    body: Body = {"status": str(status), "user": user.body()}
    if status == Status.ADMINISTRATOR:
        body |= dict.fromkeys(_ADMIN_RIGHTS, True)
        body |= dict.fromkeys(_CHANNEL_RIGHTS if chat.type == "channel" else _GROUP_RIGHTS, True)
    if status in {Status.OWNER, Status.ADMINISTRATOR}:
        body["is_anonymous"] = False
    if status == Status.BANNED:
        body["until_date"] = 0
    return body


@dataclass(frozen=True, slots=True)
class File:
    """A file somebody sent; `size` may be told larger than what is kept of it."""

    id: str
    unique_id: str
    path: str
    name: str
    mime: str
    content: bytes
    size: int

    def document(self) -> Body:
        """Shape the file as `Document`."""
        return {
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_name": self.name,
            "mime_type": self.mime,
            "file_size": self.size,
        }


class World:
    """Everybody and everything on this Telegram, as seen by one bot."""

    def __init__(self, bot: User, clock: Clock) -> None:
        self.bot = bot
        self.clock = clock
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self._user_ids = itertools.count(5_200_000_001)
        self._group_ids = itertools.count(4_000_000_001)
        self._last_message_id = 0

    def now(self) -> int:
        """Tell the time in whole Unix seconds, as Telegram does."""
        return int(self.clock().timestamp())

    def user(self, first_name: str, *, user_id: int | None = None, **more: Any) -> User:
        """Let somebody join Telegram."""
        if user_id is None:
            user_id = next(i for i in self._user_ids if i not in self.users)
        user = self.users[user_id] = User(user_id, first_name, **more)
        return user

    def private_chat(self, user: User) -> Chat:
        """Return the chat of a user with the bot, empty at first."""
        if user.id not in self.chats:
            self.chats[user.id] = Chat(user.id, ChatType.PRIVATE, user=user)
        return self.chats[user.id]

    def gathering(self, kind: ChatType, title: str, username: str | None = None) -> Chat:
        """Open a group, a supergroup or a channel with nobody in it."""
        number = next(self._group_ids)
        chat_id = -number if kind == ChatType.GROUP else -1_000_000_000_000 - number
        chat = self.chats[chat_id] = Chat(chat_id, kind, title, username)
        return chat

    def next_message_id(self, chat: Chat | None) -> int:
        """Give a message its number: supergroups and channels count each for itself."""
        if chat is not None and chat.type in {ChatType.SUPERGROUP, ChatType.CHANNEL}:
            chat.last_message_id += 1
            return chat.last_message_id
        self._last_message_id += 1
        return self._last_message_id

    def keep_file(self, name: str, content: bytes, *, mime: str = "", size: int = -1) -> File:
        """Store a file and give it its ids and its path."""
        number = len(self.files)
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        suffix = f".{name.rsplit('.', 1)[1]}" if "." in name else ""
        suffix = suffix if suffix[1:].isalnum() else ""
        file = File(
            id=f"BQACAgIAAxkBAAI{number:06d}",
            unique_id=f"AgAD{number:06d}",
            path=f"documents/file_{number}{suffix}",
            name=name,
            mime=mime or guessed,
            content=content,
            size=len(content) if size < 0 else size,
        )
        self.files[file.id] = file
        return file

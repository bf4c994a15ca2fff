"""The people's side: what somebody does on a phone, and what the phone then shows."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from telegram.constants import ChatMemberStatus as Status
from telegram.constants import (
    ChatType,
    InlineQueryLimit,
    MessageEntityType,
    MessageLimit,
    UpdateType,
)

from simulator.answers import one_level
from simulator.core import Telegram
from simulator.formatting import detect, units
from simulator.inline import Offer
from simulator.world import Body, Chat, Message, User


class CannotDo(Exception):
    """Raised when somebody tries on a phone what a phone does not offer."""


class Phone:
    """One person's phone, writing to the bot.

    `messages` is what the private chat shows now; `toast` and `alert` what the last press said;
    `offer` what the bot offers to what was typed after its name.
    Pass `where=` to act in a group or a channel.
    """

    def __init__(
        self,
        telegram: Telegram,
        name: str = "Reader",
        *,
        language: str | None = "en",
        user_id: int | None = None,
        role: str = "",
        **more: Any,
    ) -> None:
        self.telegram = telegram
        self.role = role
        self.user: User = telegram.world.user(
            name, user_id=user_id, language_code=language, **more
        )
        self.chat = telegram.world.private_chat(self.user)
        self.toast: str | None = None
        self.alert: str | None = None
        self.opened: str | None = None
        self.offer: Offer | None = None

    @property
    def id(self) -> int:
        """The person's id, which is the private chat's too."""
        return self.user.id

    # What the phone shows

    @property
    def messages(self) -> list[Message]:
        """All messages of the private chat, oldest first."""
        return list(self.chat.messages.values())

    @property
    def heard(self) -> list[str]:
        """The bot's texts as the private chat shows them now, oldest first."""
        return [text_of(message) for message in self.chat.messages.values() if message.by_bot]

    @property
    def last(self) -> Message:
        """The bot's newest message in the private chat."""
        return self.newest()

    def newest(self, where: Chat | None = None) -> Message:
        """Return the bot's newest message in a chat."""
        chat = where or self.chat
        for message in reversed(chat.messages.values()):
            if message.by_bot:
                return message
        raise CannotDo("the bot has said nothing here")

    @property
    def buttons(self) -> list[str]:
        """The labels under the bot's newest message, row by row."""
        return [button["text"] for button in buttons_of(self.last)]

    @property
    def menu(self) -> list[str]:
        """The commands the menu offers in the private chat."""
        return [each["command"] for each in self.telegram.profile.menu(self.chat, self.user)]

    # What the person does

    async def says(
        self, text: str, *, reply_to: Message | None = None, where: Chat | None = None
    ) -> Message:
        """Write a text; a long one is cut into several messages, as the apps do."""
        pieces = _cut(text)
        for piece in pieces[:-1]:
            self._write({"text": piece, **_found(piece)}, reply_to, where)
        message = self._write({"text": pieces[-1], **_found(pieces[-1])}, reply_to, where)
        await self.telegram.settle()
        return message

    async def sends(
        self, *, reply_to: Message | None = None, where: Chat | None = None, **content: Any
    ) -> Message:
        """Send anything else, given as a message's fields (`location=…`, `poll=…`)."""
        message = self._write(content, reply_to, where)
        await self.telegram.settle()
        return message

    async def sends_file(
        self,
        name: str,
        content: bytes,
        *,
        caption: str | None = None,
        mime: str = "",
        size: int = -1,
        reply_to: Message | None = None,
        where: Chat | None = None,
    ) -> Message:
        """Send a file; `size` tells a size other than that of what is kept."""
        file = self.telegram.world.keep_file(name, content, mime=mime, size=size)
        body: Body = {"document": file.document()}
        if caption:
            body |= {"caption": caption}
            if entities := detect(caption):
                body["caption_entities"] = entities
        return await self.sends(reply_to=reply_to, where=where, **body)

    async def edits(self, message: Message, text: str) -> None:
        """Change an own message."""
        chat = self.telegram.world.chats[message.chat_id]
        if message.by_bot:
            raise CannotDo("only own messages can be edited")
        changed = message.body | {"text": text, "edit_date": self.telegram.world.now()}
        changed.pop("entities", None)
        self.telegram.change_message(chat, message, changed | _found(text))
        self.telegram.push(UpdateType.EDITED_MESSAGE, message.body)
        await self.telegram.settle()

    async def presses(self, button: str, on: Message | None = None) -> None:
        """Press a button by its label or data, on a message or the newest that has it."""
        message, found = self._button(button, on)
        if "url" in found:
            self.opened = found["url"]
            if _is_bot_link(found["url"], self.telegram.bot.username):
                await self.opens_link(found["url"])
            return
        if "copy_text" in found:
            self.opened = found["copy_text"]["text"]
            return
        await self.presses_data(found["callback_data"], message)

    async def presses_data(self, data: str, on: Message) -> None:
        """Send the data of a press on a message, whether a button there has it or not."""
        query = self.telegram.open_query(self.user, self._hear)
        self.toast = self.alert = None
        chat = self.telegram.world.chats[on.chat_id]
        gone = on.id not in chat.messages
        shown = {"chat": chat.body(), "message_id": on.id, "date": 0} if gone else on.body
        place = {"inline_message_id": on.inline_id} if on.inline_id else {"message": shown}
        press = {
            "id": query.id,
            "from": self.user.body(),
            **place,
            "chat_instance": str(abs(chat.id) * 1_000_003),
            "data": data,
        }
        self.telegram.push(UpdateType.CALLBACK_QUERY, press)
        await self.telegram.settle()

    async def types(self, text: str, *, where: Chat | None = None, offset: str = "") -> None:
        """Type the bot's name and a text into any chat, and pause until it offers something."""
        if not self.telegram.inline:
            raise CannotDo("the bot does not answer in other chats")
        if units(text) > InlineQueryLimit.MAX_QUERY_LENGTH:
            raise CannotDo("Telegram sends no more than 256 characters")
        self.offer = None
        query = self.telegram.open_inline_query(self.user, text, self._be_offered)
        chat = where or self.chat
        typed = {
            "id": query.id,
            "from": self.user.body(),
            "query": text,
            "offset": offset,
            "chat_type": "sender" if chat is self.chat else str(chat.type),
        }
        self.telegram.push(UpdateType.INLINE_QUERY, typed)
        await self.telegram.settle()

    async def shares(self, result: str, *, where: Chat | None = None) -> Message:
        """Send what the bot offers, by its title or id, to a chat in one's own name."""
        offered = self.offer.results if self.offer else ()
        chosen = next((each for each in offered if result in (each.title, each.id)), None)
        if chosen is None:
            raise CannotDo(f"the bot does not offer {result!r}")
        self.offer = None
        bot = self.telegram.bot
        message = self._write({**chosen.content, "via_bot": bot.body()}, None, where)
        message.inline_id = f"AgAAAA{message.chat_id}_{message.id}"
        await self.telegram.settle()
        return message

    async def opens_link(self, link: str) -> Message:
        """Follow a link to the bot and press Start there."""
        if not _is_bot_link(link, self.telegram.bot.username):
            raise CannotDo(f"{link} does not lead to the bot")
        payload = parse_qs(urlsplit(link).query).get("start", [""])[0]
        if self.chat.blocked:
            await self.unblocks()
        return await self.says(f"/start {payload}".rstrip())

    async def blocks(self) -> None:
        """Block the bot."""
        self.telegram.change_blocking(self.chat, self.user, blocked=True)
        await self.telegram.settle()

    async def unblocks(self) -> None:
        """Take the blocking back."""
        self.telegram.change_blocking(self.chat, self.user, blocked=False)
        await self.telegram.settle()

    async def deletes(self, message: Message) -> None:
        """Delete a message for everybody; the bot is not told."""
        chat = self.telegram.world.chats[message.chat_id]
        if message.id in chat.messages:
            self.telegram.remove_message(chat, message)

    def closes_account(self) -> None:
        """Leave Telegram for good."""
        self.user.deactivated = True

    # Groups and channels

    async def creates_group(self, title: str, *, members: Sequence["Phone"] = ()) -> Chat:
        """Open a group, with some others in it."""
        return self._create(ChatType.GROUP, title, members)

    async def creates_channel(
        self, title: str, *, username: str | None = None, members: Sequence["Phone"] = ()
    ) -> Chat:
        """Open a channel."""
        return self._create(ChatType.CHANNEL, title, members, username)

    async def adds_bot(self, chat: Chat, *, as_administrator: bool = False) -> None:
        """Bring the bot into a group or a channel, which only takes bots as administrators."""
        administrator = as_administrator or chat.type == ChatType.CHANNEL
        status = Status.ADMINISTRATOR if administrator else Status.MEMBER
        self.telegram.change_membership(chat, self.telegram.bot, status, self.user)
        if chat.type != ChatType.CHANNEL:
            bot = self.telegram.bot.body()
            self._write({"new_chat_members": [bot], "new_chat_member": bot}, None, chat)
        await self.telegram.settle()

    async def promotes_bot(self, chat: Chat) -> None:
        """Make the bot an administrator."""
        change = self.telegram.change_membership
        change(chat, self.telegram.bot, Status.ADMINISTRATOR, self.user)
        await self.telegram.settle()

    async def removes_bot(self, chat: Chat) -> None:
        """Throw the bot out."""
        self.telegram.change_membership(chat, self.telegram.bot, Status.BANNED, self.user)
        await self.telegram.settle()

    async def joins(self, chat: Chat) -> None:
        """Enter a group or a channel."""
        self.telegram.change_membership(chat, self.user, Status.MEMBER, self.user)
        await self.telegram.settle()

    async def promotes(self, chat: Chat, phone: "Phone") -> None:
        """Make somebody an administrator."""
        change = self.telegram.change_membership
        change(chat, phone.user, Status.ADMINISTRATOR, self.user)
        await self.telegram.settle()

    async def posts(self, channel: Chat, text: str) -> Message:
        """Write a post in a channel, in the channel's name."""
        return await self.says(text, where=channel)

    async def upgrades(self, group: Chat) -> Chat:
        """Make a supergroup of a group: it gets another id and keeps its members."""
        telegram = self.telegram
        new = telegram.world.gathering(ChatType.SUPERGROUP, group.title)
        new.members = dict(group.members)
        self._write({"migrate_to_chat_id": new.id}, None, group)
        group.migrated_to = new.id
        self._write({"migrate_from_chat_id": group.id}, None, new)
        telegram.tell("members", new)
        await telegram.settle()
        return new

    # How it is done

    def _create(
        self,
        kind: ChatType,
        title: str,
        members: Sequence["Phone"],
        username: str | None = None,
    ) -> Chat:
        chat = self.telegram.world.gathering(kind, title, username)
        chat.members[self.id] = Status.OWNER
        chat.members |= {phone.id: Status.MEMBER for phone in members}
        self.telegram.tell("members", chat)
        return chat

    def _write(self, content: Body, reply_to: Message | None, where: Chat | None) -> Message:
        chat = where or self.chat
        self._check_writable(chat)
        telegram = self.telegram
        body: Body = {
            "message_id": telegram.world.next_message_id(chat),
            "date": telegram.world.now(),
            "chat": chat.body(),
        }
        if chat.type == ChatType.CHANNEL:
            body["sender_chat"] = chat.body()
        else:
            body["from"] = self.user.body()
        if reply_to is not None:
            body["reply_to_message"] = one_level(reply_to.body)
        message = Message(body | content, by_bot=False)
        chat.started = True
        telegram.add_message(chat, message)
        if self._bot_reads(chat, message, reply_to):
            is_post = chat.type == ChatType.CHANNEL
            kind = UpdateType.CHANNEL_POST if is_post else UpdateType.MESSAGE
            telegram.push(kind, message.body)
        return message

    def _check_writable(self, chat: Chat) -> None:
        if self.user.deactivated:
            raise CannotDo("the account is closed")
        if chat.is_private:
            if chat.blocked:
                raise CannotDo("the bot is blocked: unblock it first")
            return
        if not chat.holds(self.id):
            raise CannotDo(f"{self.user.first_name} is not in {chat.title}")
        if chat.migrated_to is not None:
            raise CannotDo(f"{chat.title} has become a supergroup")
        if chat.type == ChatType.CHANNEL and not chat.is_administrator(self.id):
            raise CannotDo("only administrators post in a channel")

    def _bot_reads(self, chat: Chat, message: Message, reply_to: Message | None) -> bool:
        """In groups a bot reads only what is meant for it, unless it is an administrator."""
        bot = self.telegram.bot
        if chat.is_private:
            return True
        if not chat.holds(bot.id):
            return False
        body = message.body
        service = body.keys() & {"new_chat_members", "migrate_to_chat_id", "migrate_from_chat_id"}
        if self.telegram.reads_groups or chat.is_administrator(bot.id) or service:
            return True
        if (reply_to is not None and reply_to.by_bot) or "via_bot" in body:
            return True
        text = text_of(message)
        for entity in body.get("entities", ()) or body.get("caption_entities", ()):
            words = _slice(text, entity["offset"], entity["length"])
            name = words.partition("@")[2]
            if entity["type"] == MessageEntityType.BOT_COMMAND and name in ("", bot.username):
                return True
            if entity["type"] == MessageEntityType.MENTION and name == bot.username:
                return True
        return False

    def _button(self, button: str, on: Message | None) -> tuple[Message, Body]:
        for message in [on] if on else reversed(self.chat.messages.values()):
            for found in buttons_of(message):
                if button in (found["text"], found.get("callback_data")):
                    return message, found
        raise CannotDo(f"there is no button {button!r}")

    def _be_offered(self, offer: Offer) -> None:
        self.offer = offer

    def _hear(self, text: str, alert: bool) -> None:
        self.toast = None if alert else text or None
        self.alert = text or None if alert else None


def text_of(message: Message) -> str:
    """Return the words of a message or its caption."""
    return str(message.body.get("text", message.body.get("caption", "")))


def buttons_of(message: Message) -> list[Body]:
    """List the buttons under a message, row by row."""
    rows = message.body.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def _found(text: str) -> Body:
    entities = detect(text)
    return {"entities": entities} if entities else {}


def _slice(text: str, offset: int, length: int) -> str:
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[offset * 2 : (offset + length) * 2].decode("utf-16-le", "surrogatepass")


def _cut(text: str) -> list[str]:
    """Cut a text too long for one message, at a line's end where there is one."""
    longest = MessageLimit.MAX_TEXT_LENGTH
    pieces = []
    while len(text) > longest:
        at = text.rfind("\n", 0, longest) + 1 or int(longest)
        pieces.append(text[:at])
        text = text[at:]
    return [*pieces, text]


def _is_bot_link(link: str, username: str | None) -> bool:
    parts = urlsplit(link if "//" in link else f"https://{link}")
    if parts.scheme == "tg":
        return parse_qs(parts.query).get("domain") == [username]
    return parts.netloc in {"t.me", "telegram.me"} and parts.path.strip("/") == username

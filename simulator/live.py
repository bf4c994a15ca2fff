"""What the chat page is told: everything at first, then every change as it happens."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from simulator.core import Telegram
from simulator.inline import Offer
from simulator.phone import Phone, text_of
from simulator.profile import Command
from simulator.world import Body, Chat, Message

# A page this far behind is not reading any more; it will come back and start afresh.
_LONGEST_QUEUE = 5000


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the tour: what to do, on whose phone, and a text to put there."""

    title: str
    text: str
    phone: int | None = None
    message: str | None = None


class Tour:
    """The steps shown beside the phones, and which of them are done."""

    def __init__(self, telegram: Telegram, steps: Iterable[Step] = ()) -> None:
        self._telegram = telegram
        self.steps: Sequence[Step] = tuple(steps)
        self.done: set[int] = set()

    def tick(self, number: int) -> None:
        """Note that a step, counted from zero, is done."""
        if number not in self.done:
            self.done.add(number)
            self._telegram.tell("tour")


class Live:
    """Tells open pages what happens."""

    def __init__(
        self, telegram: Telegram, phones: Sequence[Phone], *, banner: str, tour: Tour
    ) -> None:
        self.telegram = telegram
        self.phones = phones
        self.banner = banner
        self.tour = tour
        self._pages: set[asyncio.Queue[bytes | None]] = set()
        telegram.watch(self._hear)

    def open(self) -> asyncio.Queue[bytes | None]:
        """Start telling one more page; the queue ends with None when the page falls behind."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(_LONGEST_QUEUE)
        self._pages.add(queue)
        queue.put_nowait(self.everything())
        return queue

    def close(self, queue: asyncio.Queue[bytes | None]) -> None:
        """Stop telling a page."""
        self._pages.discard(queue)

    def everything(self) -> bytes:
        """Tell all that a page shows, as JSON."""
        telegram = self.telegram
        return msgspec.json.encode(
            {
                "type": "everything",
                "bot": {"username": telegram.bot.username},
                "banner": self.banner,
                "tour": self._tour(),
                "phones": [self._phone(phone) for phone in self.phones],
            }
        )

    def _tour(self) -> list[Body]:
        return [
            {
                "title": step.title,
                "text": step.text,
                "phone": step.phone,
                "message": step.message,
                "done": number in self.tour.done,
            }
            for number, step in enumerate(self.tour.steps)
        ]

    def _phone(self, phone: Phone) -> Body:
        profile = self.telegram.profile
        language = (phone.user.language_code or "")[:2]
        chats = [phone.chat] + [
            chat
            for chat in self.telegram.world.chats.values()
            if not chat.is_private and chat.holds(phone.id) and chat.migrated_to is None
        ]
        return {
            "id": phone.id,
            "name": phone.user.first_name,
            "role": phone.role,
            "language": phone.user.language_code or "",
            "bot": profile.text("name", language),
            "about": profile.text("description", language)
            or profile.text("short_description", language),
            "chats": [self._chat(chat, phone) for chat in chats],
        }

    def _chat(self, chat: Chat, phone: Phone) -> Body:
        writes = chat.type != "channel" or chat.is_administrator(phone.id)
        return {
            "id": chat.id,
            "type": str(chat.type),
            "title": chat.title,
            "started": chat.started,
            "blocked": chat.blocked,
            "writes": writes,
            "commands": self._menu(chat, phone),
            "messages": [shown(message) for message in chat.messages.values()],
        }

    def _menu(self, chat: Chat, phone: Phone) -> list[Command]:
        telegram = self.telegram
        there = chat.is_private or chat.holds(telegram.bot.id)
        return telegram.profile.menu(chat, phone.user) if there else []

    def _hear(self, change: Body) -> None:
        if not self._pages:
            return
        line = self._line(change)
        for page in list(self._pages):
            if page.qsize() < _LONGEST_QUEUE - 1:
                page.put_nowait(line)
            else:
                page.put_nowait(None)
                self._pages.discard(page)

    def _line(self, change: Body) -> bytes:
        kind = change["type"]
        line: Body = {"type": kind}
        if kind in {"message", "edit"}:
            line |= {"chat": change["chat"].id, "message": shown(change["message"])}
        elif kind == "delete":
            line |= {"chat": change["chat"].id, "message": change["message"].id}
        elif kind == "typing":
            line |= {"chat": change["chat"].id}
        elif kind == "answer":
            line |= {"phone": change["user"].id, "text": change["text"], "alert": change["alert"]}
        elif kind == "offer":
            line |= {"phone": change["user"].id, "text": change["text"]}
            line |= _offered(change["offer"])
        elif kind == "tour":
            line |= {"tour": self._tour()}
        else:
            return self.everything()
        return msgspec.json.encode(line)


def shown(message: Message) -> Body:
    """Shape a message for the page."""
    body = message.body
    sender = body.get("from") or {}
    result: Body = {
        "id": message.id,
        "from": sender.get("id"),
        "name": sender.get("first_name", body["chat"].get("title", "")),
        "bot": message.by_bot,
        "date": body["date"],
        "text": text_of(message),
        "entities": body.get("entities", body.get("caption_entities", [])),
        "buttons": [
            [_button(button) for button in row]
            for row in body.get("reply_markup", {}).get("inline_keyboard", [])
        ],
        "via": body.get("via_bot", {}).get("username", ""),
        "silent": message.silent,
        "edited": "edit_date" in body,
        "protected": "has_protected_content" in body,
        "wants_reply": message.wants_reply,
    }
    if document := body.get("document"):
        result["file"] = {
            "id": document["file_id"],
            "name": document["file_name"],
            "size": document["file_size"],
        }
    if reply := body.get("reply_to_message"):
        name = reply.get("from", reply["chat"]).get("first_name", "")
        words = str(reply.get("text", reply.get("caption", "")))
        result["reply"] = {"id": reply["message_id"], "name": name, "text": words[:200]}
    if service := _SERVICE.keys() & body.keys():
        result["service"] = _SERVICE[min(service)]
    return result


def _offered(offer: Offer) -> Body:
    return {
        "results": [
            {"id": each.id, "title": each.title, "description": each.description}
            for each in offer.results
        ],
        "button": offer.button,
    }


_SERVICE = {
    "new_chat_members": "The bot was added",
    "migrate_to_chat_id": "The group became a supergroup",
    "migrate_from_chat_id": "The group became a supergroup",
}


def _button(button: dict[str, Any]) -> Body:
    kind = next(name for name in button if name not in {"text", "style"})
    value = button[kind]
    return {
        "text": button["text"],
        "style": button.get("style", ""),
        "kind": kind,
        "value": value["text"] if kind == "copy_text" else value,
    }

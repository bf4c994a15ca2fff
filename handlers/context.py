"""What every handler is given beside the update, and the two ways to answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from telegram import (
    CallbackQuery,
    Chat,
    ChatFullInfo,
    ForceReply,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import BadRequest, Forbidden
from telegram.ext import Application, CallbackContext, ExtBot, filters

from locales import Languages, Tongue
from model.clock import Clock
from model.codes import code_of
from model.errors import NotAnAdministrator
from model.notices import NoticeKind
from model.people import PersonId
from model.readers import ChatId, ChatKind, Reader
from services.digests import Digests
from services.drafting import Drafting
from services.editors import Editors
from services.foldings import Foldings
from services.guard import Guard
from services.happenings import Happenings
from services.moves import Moves
from services.news import News
from services.notices import Notices
from services.outbox import Outbox
from services.overview import Overview
from services.people import People
from services.readers import Readers
from services.recollection import Recollection
from services.releases import Releases
from services.reminders import Reminders
from services.search import Search
from services.waiting import Waiting
from services.wishes import Choices
from views import callbacks, discretion, group
from views.markup import markup
from views.screen import Screen

BotApplication = Application[
    ExtBot[None], "BotContext", dict[Any, Any], dict[Any, Any], dict[str, Any], None
]

SERVICES = "services"
"""Where ``bot_data`` holds what handlers use."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_ADMINISTRATORS = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR})
_KINDS = {ChatType.PRIVATE: ChatKind.PRIVATE, ChatType.CHANNEL: ChatKind.CHANNEL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases and what the process was given, built once by ``bot.app``."""

    search: Search
    readers: Readers
    moves: Moves
    foldings: Foldings
    news: News
    people: People
    editors: Editors
    releases: Releases
    happenings: Happenings
    notices: Notices
    outbox: Outbox
    reminders: Reminders
    guard: Guard
    overview: Overview
    recollection: Recollection
    waiting: Waiting
    choices: Choices
    digests: Digests
    clock: Clock
    random: Callable[[int], int]
    """Returns so many random bits."""
    languages: Languages

    def desk(self, kind: NoticeKind) -> Drafting:
        """Return where notices of a kind are drafted."""
        return self.happenings if kind is NoticeKind.EVENTS else self.releases


class BotContext(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[str, Any]]):
    """One update being answered: who reads the answer, and in which language."""

    reader: Reader | None
    """What is remembered about the chat; the gate fills it in."""
    met: bool
    """Whether the gate has. As long as it has not, the reader counts as discreet."""
    tongue: Tongue
    toll: Callable[[int], None]
    """Counts whom an answer names; raises ``TooFast`` when that is too many. The gate's."""

    @classmethod
    def from_update(
        cls, update: object, application: Application[Any, Any, Any, Any, Any, Any]
    ) -> "BotContext":
        context = super().from_update(update, application)
        user = update.effective_user if isinstance(update, Update) else None
        context.reader, context.met = None, False
        context.speak(user.language_code if user else None)
        return context

    @property
    def services(self) -> Services:
        services: Services = self.bot_data[SERVICES]
        return services

    @property
    def discreet(self) -> bool:
        """Whether this reader wants every text hidden until it is asked for."""
        return not self.met or (self.reader is not None and self.reader.discreet)

    @property
    def today(self) -> date:
        """The day it is where the organisation is."""
        return self.services.clock().astimezone(self.tongue.zone).date()

    def link(self, person: PersonId) -> str:
        """Return the link that shows the card of a person in the chat with the bot."""
        return f"https://t.me/{self.bot.username}?start={code_of(person)}"

    def share(self, person: PersonId) -> str:
        """Return the link that a reader may pass on; none for a discreet one.

        What is passed on stays in another chat, under the reader's own name, where nothing folds
        it and ``/forget`` does not reach it.
        """
        return "" if self.discreet else self.link(person)

    def speak(self, language: str | None) -> None:
        """Answer in this language, or in the nearest that is offered."""
        self.tongue = self.services.languages.speak(language)

    async def meet(self, chat: ChatId) -> None:
        """Recall the reader, and answer in the language that he or she chose."""
        self.reader, self.met = await self.services.readers.of(chat), True
        if self.reader is not None:
            self.speak(self.reader.language)

    async def say(
        self, update: Update, screen: Screen, *, shows: str = "", under: Message | None = None
    ) -> None:
        """Answer with a new message; with ``under`` as a reply to that message.

        ``shows`` is what a button must carry to show the same again. A discreet reader gets
        that button instead of the screen.
        """
        if self.discreet and shows:
            question = update.message.message_id if update.message else None
            screen = discretion.hidden(self.tongue, shows, question=question)
        message = update.effective_message
        if isinstance(message, Message):
            await message.reply_text(
                screen.text,
                parse_mode=ParseMode.HTML,
                reply_markup=markup(screen.keyboard),
                link_preview_options=_NO_PREVIEW,
                reply_to_message_id=under.message_id if under else None,
                allow_sending_without_reply=True,
            )
        elif update.effective_chat is not None:
            await self.bot.send_message(
                update.effective_chat.id,
                screen.text,
                parse_mode=ParseMode.HTML,
                reply_markup=markup(screen.keyboard),
                link_preview_options=_NO_PREVIEW,
            )

    async def turn(
        self,
        update: Update,
        screen: Screen,
        *,
        shows: str | None = None,
        toast: str | None = None,
        folds: bool = True,
    ) -> None:
        """Answer a press by turning its message into the screen.

        What a discreet reader opened is noted first, so that it folds even after a crash; what
        gives nothing away, and what editors work with, does not fold. ``shows`` is what a button
        must carry to show it again, where that is not the same as what was pressed.
        """
        query, place = update.callback_query, update.effective_chat
        if query is None or place is None:
            return
        message = query.message
        if not isinstance(message, Message) or not message.is_accessible:
            # Deleted, or too old to be changed.
            again = (shows or query.data or "") if folds else ""
            await self.say(update, screen, shows=again)
        else:
            if self.discreet and folds:
                await self.services.foldings.unfolded(
                    ChatId(place.id),
                    message.message_id,
                    self.tongue.language,
                    shows=shows or query.data or "",
                )
            await self._edit(message, screen)
        await query.answer(toast)

    async def prompt(self, update: Update, question: str) -> None:
        """Answer a press by asking for a reply to this very message, in a private chat.

        What is replied to says what the reply is about (:class:`ReplyTo`): nothing of the
        conversation is remembered.
        """
        query, (chat, kind) = press_of(update), place_of(update)
        if kind is not ChatKind.PRIVATE:
            await query.answer(group.only_privately(self.tongue).text, show_alert=True)
            return
        await self.bot.send_message(
            chat, question, parse_mode=ParseMode.HTML, reply_markup=ForceReply()
        )
        await query.answer()

    async def _edit(self, message: Message, screen: Screen) -> None:
        try:
            await message.edit_text(
                screen.text,
                parse_mode=ParseMode.HTML,
                reply_markup=markup(screen.keyboard),
                link_preview_options=_NO_PREVIEW,
            )
        except BadRequest as exc:
            # Pressed twice: it already looks like this.
            if "not modified" not in exc.message.lower():
                raise

    async def require_administrator(
        self, update: Update, chat: Chat | ChatFullInfo | None = None
    ) -> None:
        """See to it that only administrators decide for a group or channel.

        Raises:
            NotAnAdministrator: this person is none there, or the bot cannot see it.
        """
        place, message = chat or update.effective_chat, update.effective_message
        if place is None or place.type == ChatType.PRIVATE:
            return
        sender = message.sender_chat if isinstance(message, Message) else None
        if update.callback_query is None and sender is not None and sender.id == place.id:
            return  # an administrator who writes in the name of the group
        user = update.effective_user
        try:
            member = await self.bot.get_chat_member(place.id, user.id) if user else None
        except (BadRequest, Forbidden) as exc:
            raise NotAnAdministrator from exc
        if member is None or member.status not in _ADMINISTRATORS:
            raise NotAnAdministrator


class ReplyTo(filters.MessageFilter):
    """Replies to a message of the bot's own that begins with this sign."""

    def __init__(self, sign: str) -> None:
        super().__init__()
        self._sign = sign

    def filter(self, message: Message) -> bool:
        above = message.reply_to_message
        if above is None or above.from_user is None:
            return False
        return above.from_user.is_bot and (above.text or "").startswith(self._sign)


def place_of(update: Update) -> tuple[ChatId, ChatKind]:
    """Return the chat an update came from, and what kind of chat it is."""
    chat = update.effective_chat
    if chat is None:
        raise ValueError("an update without a chat passed the gate")
    return ChatId(chat.id), kind_of(chat)


def message_of(update: Update) -> Message:
    """Return the message of an update that has one."""
    if update.message is None:
        raise ValueError("an update without a message came to who reads messages")
    return update.message


def press_of(update: Update) -> CallbackQuery:
    """Return the pressing of a button."""
    if update.callback_query is None:
        raise ValueError("an update without a press came to who answers presses")
    return update.callback_query


def arguments_of(update: Update, least: int, most: int | None = None) -> tuple[str, ...]:
    """Return what the pressed button carried beside its verb.

    Raises:
        NotFound: there is more or less of it: the button was never made by us, or long ago.
    """
    return callbacks.arguments(press_of(update).data, least, most)


def kind_of(chat: Chat | ChatFullInfo) -> ChatKind:
    """Return what kind of reader a chat is."""
    return _KINDS.get(ChatType(chat.type), ChatKind.GROUP)

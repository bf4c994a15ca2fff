"""Groups and channels: being added, thrown out and moved, and what news a channel gets."""

from contextlib import suppress

from telegram import Chat, ChatFullInfo, Message, MessageOriginChannel, Update
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import BadRequest, Forbidden
from telegram.ext import (
    ApplicationHandlerStop,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from handlers.context import (
    BotApplication,
    BotContext,
    arguments_of,
    kind_of,
    message_of,
    place_of,
    press_of,
)
from handlers.gate import CHANNELS_FIRST
from model.codes import LENGTH, person_of
from model.errors import NotAnAdministrator, NotFound
from model.readers import ChatId, ChatKind
from views import callbacks, group, language
from views.callbacks import Verb
from views.screen import Screen

_OUTSIDE: frozenset[str] = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})


class _ChannelPost(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return isinstance(message.forward_origin, MessageOriginChannel)


def register(application: BotApplication) -> None:
    private = filters.ChatType.PRIVATE
    application.add_handler(ChatMemberHandler(notice, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(CallbackQueryHandler(lead_home), group=CHANNELS_FIRST)
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, move))
    application.add_handler(CommandHandler("manage", manage, filters=private))
    application.add_handler(MessageHandler(private & _ChannelPost(), manage))
    for verb, handler in (
        (Verb.CHANNEL, show),
        (Verb.CHANNEL_CHOICE, offer),
        (Verb.CHANNEL_FOLLOW, follow),
        (Verb.CHANNEL_LET_GO, let_go),
        (Verb.CHANNEL_RELEASES, switch_releases),
        (Verb.CHANNEL_LANGUAGES, offer_languages),
        (Verb.CHANNEL_LANGUAGE, choose_language),
    ):
        application.add_handler(CallbackQueryHandler(handler, callbacks.pattern(verb)))


async def notice(update: Update, context: BotContext) -> None:
    """Erase a chat that blocked the bot or threw it out; greet one that let it in."""
    change, (chat, kind) = update.my_chat_member, place_of(update)
    if change is None:
        return
    if change.new_chat_member.status in _OUTSIDE:
        await context.services.readers.forget(chat)
        return
    if change.old_chat_member.status not in _OUTSIDE:
        return
    if kind is ChatKind.GROUP:
        await context.say(update, group.welcome(context.tongue))
    elif kind is ChatKind.CHANNEL:
        # What a channel says is read by thousands: its administrator is told instead, and as he
        # or she wants to be told: the title alone may say too much.
        await context.meet(ChatId(change.from_user.id))
        t, title = context.tongue, change.chat.title or ""
        welcome = group.manage(t) if context.discreet else group.channel_added(t, title)
        with suppress(BadRequest, Forbidden):  # has perhaps never written to the bot
            await context.bot.send_message(
                change.from_user.id, welcome.text, parse_mode=ParseMode.HTML
            )


async def lead_home(update: Update, context: BotContext) -> None:
    """Take who presses a button in a channel to the private chat: a post is everybody's, and one
    subscriber's press must neither change it nor add to it.

    Raises:
        ApplicationHandlerStop: the button was in a channel.
    """
    _, kind = place_of(update)
    if kind is not ChatKind.CHANNEL:
        return
    query, (_, *given) = press_of(update), (press_of(update).data or "").split(":")
    code = given[0] if given and len(given[0]) == LENGTH else "news"
    await query.answer(url=f"https://t.me/{context.bot.username}?start={code}")
    raise ApplicationHandlerStop


async def move(update: Update, context: BotContext) -> None:
    """Follow a group to its new number."""
    (chat, _), new = place_of(update), message_of(update).migrate_to_chat_id
    if new is not None:
        await context.services.moves.move(chat, ChatId(new))


async def manage(update: Update, context: BotContext) -> None:
    """Show an administrator what news a channel gets, or whom a name after it may mean."""
    anchor, name = _read(message_of(update))
    if anchor is None:
        await context.say(update, group.manage(context.tongue))
        return
    try:
        channel = await _channel(update, context, anchor)
    except NotAnAdministrator:
        await context.say(update, group.channel_unknown(context.tongue))
        return
    if name:
        answer = await context.services.search.ask(name)
        context.toll(len(answer.cards))
        people = [each.person for each in answer.cards]
        screen = group.candidates(context.tongue, people)
        shows = callbacks.people(Verb.CHANNEL_CHOICE, [each.id for each in people])
    else:
        screen, shows = await _card(context, channel), callbacks.data(Verb.CHANNEL)
    await context.say(update, screen, shows=shows, under=anchor)


async def show(update: Update, context: BotContext) -> None:
    """Show what news a channel gets, in place of the message that hid it."""
    channel = await _pressed(update, context)
    await _turn(update, context, channel)


async def offer(update: Update, context: BotContext) -> None:
    """Show whom a name may mean, in place of the message that hid it."""
    (codes,) = arguments_of(update, 1)
    await _pressed(update, context)
    cards = await context.services.search.cards(callbacks.read_people(codes))
    people = [each.person for each in cards]
    await context.turn(update, group.candidates(context.tongue, people))


async def follow(update: Update, context: BotContext) -> None:
    """Tell a channel about a person."""
    channel, t = await _pressed(update, context), context.tongue
    (code,) = arguments_of(update, 1)
    await context.services.readers.follow(
        ChatId(channel.id), kind_of(channel), person_of(code), language=t.language
    )
    await _turn(update, context, channel)


async def let_go(update: Update, context: BotContext) -> None:
    """Tell a channel no more about a person."""
    channel = await _pressed(update, context)
    (code,) = arguments_of(update, 1)
    await context.services.readers.unfollow(ChatId(channel.id), person_of(code))
    await _turn(update, context, channel)


async def switch_releases(update: Update, context: BotContext) -> None:
    """Tell a channel of every release, or stop."""
    channel, t = await _pressed(update, context), context.tongue
    (wanted,) = arguments_of(update, 1)
    await context.services.readers.want_releases(
        ChatId(channel.id), kind_of(channel), callbacks.switch(wanted), language=t.language
    )
    await _turn(update, context, channel)


async def offer_languages(update: Update, context: BotContext) -> None:
    """Offer the languages a channel can be told in."""
    await _pressed(update, context)
    offered = tuple(context.services.languages)
    await context.turn(update, language.choose(context.tongue, offered, Verb.CHANNEL_LANGUAGE))


async def choose_language(update: Update, context: BotContext) -> None:
    """Speak the chosen language in a channel from now on."""
    channel = await _pressed(update, context)
    (chosen,) = arguments_of(update, 1)
    if chosen not in context.services.languages:
        raise NotFound
    await context.services.readers.choose_language(ChatId(channel.id), kind_of(channel), chosen)
    await _turn(update, context, channel)


def _read(message: Message) -> tuple[Message | None, str]:
    """Return the message that says which channel is meant, and the name looked for in it.

    Buttons carry no chat: their message replies to the one that tells the channel, a forwarded
    post or a command with its @name.
    """
    if isinstance(message.forward_origin, MessageOriginChannel):
        return message, ""
    words = (message.text or "").split()[1:]
    above = message.reply_to_message
    if above is not None and isinstance(above.forward_origin, MessageOriginChannel):
        return above, " ".join(words)
    if words and words[0].startswith("@"):
        return message, " ".join(words[1:])
    return None, ""


async def _channel(update: Update, context: BotContext, anchor: Message) -> Chat | ChatFullInfo:
    """Return the channel an anchor tells of.

    Raises:
        NotAnAdministrator: this person may not decide for it, or it cannot be seen.
    """
    if isinstance(anchor.forward_origin, MessageOriginChannel):
        channel: Chat | ChatFullInfo = anchor.forward_origin.chat
    else:
        try:
            channel = await context.bot.get_chat((anchor.text or "").split()[1])
        except (BadRequest, Forbidden) as exc:
            raise NotAnAdministrator from exc
    if channel.type == ChatType.PRIVATE:
        raise NotAnAdministrator
    await context.require_administrator(update, channel)
    return channel


async def _pressed(update: Update, context: BotContext) -> Chat | ChatFullInfo:
    """Return the channel for which a button was pressed.

    Raises:
        NotFound: the message that told of the channel is gone.
        NotAnAdministrator: this person may not, or no longer, decide for it.
    """
    message = press_of(update).message
    above = message.reply_to_message if isinstance(message, Message) else None
    anchor, _ = _read(above) if above is not None else (None, "")
    if anchor is None:
        raise NotFound
    return await _channel(update, context, anchor)


async def _turn(update: Update, context: BotContext, channel: Chat | ChatFullInfo) -> None:
    screen = await _card(context, channel)
    await context.turn(update, screen, shows=callbacks.data(Verb.CHANNEL))


async def _card(context: BotContext, channel: Chat | ChatFullInfo) -> Screen:
    chat, readers = ChatId(channel.id), context.services.readers
    title = channel.title or ""
    return group.channel(
        context.tongue, title, await readers.of(chat), await readers.following(chat)
    )

"""What each method does to the world, and what it answers."""

from collections.abc import Callable, Mapping
from typing import Any

from telegram.constants import (
    BulkRequestLimit,
    CallbackQueryLimit,
    ChatAction,
    ChatType,
    FileSizeLimit,
)
from telegram.constants import ChatMemberStatus as Status

from simulator.arguments import Upload, Values
from simulator.formatting import units
from simulator.inline import read_offer
from simulator.keyboards import check_markup
from simulator.network import Network
from simulator.refusals import Refused, bad_request
from simulator.texts import check_fields, read_caption, read_text
from simulator.webhook import read_webhook
from simulator.world import Body, Chat, Message, member_body

Files = Mapping[str, Upload]

LARGEST_UPLOAD = int(FileSizeLimit.FILESIZE_UPLOAD)
DELETABLE_SECONDS = 48 * 3600
# Telegram does not say how long a press waits; a minute is on the safe side of what it allows.
QUERY_SECONDS = 60
# Who types waits less long than who presses.
INLINE_SECONDS = 10

_REPLY_FIELDS = {"message_id": int, "allow_sending_without_reply": bool, "chat_id": (int, str)}
_MENU_BUTTONS = ("commands", "default")


# Sending


def send_message(network: Network, values: Values, _files: Files) -> Body:
    """Send a text."""
    chat = network.open_chat(values["chat_id"])
    return _send(network, chat, values, read_text(values, "text"))


def send_document(network: Network, values: Values, files: Files) -> Body:
    """Send a file: one that came along, or one known by its id."""
    chat = network.open_chat(values["chat_id"])
    given = values["document"]
    upload = files.get(given.removeprefix("attach://"))
    if upload is not None:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > LARGEST_UPLOAD:
            raise Refused(413, "Request Entity Too Large")
        file = network.world.keep_file(upload.name, upload.content, mime=upload.mime)
    elif given in network.world.files:
        file = network.world.files[given]
    else:
        raise bad_request("wrong file identifier/HTTP URL specified")
    content = {"document": file.document(), **read_caption(values)}
    return _send(network, chat, values, content)


def send_chat_action(network: Network, values: Values, _files: Files) -> bool:
    """Show that the bot is busy."""
    chat = network.open_chat(values["chat_id"])
    if values["action"] not in set(ChatAction):
        raise bad_request("wrong parameter action in request")
    if chat.type == ChatType.CHANNEL:
        raise bad_request("chat actions are not supported in channels")
    network.tell("typing", chat)
    return True


def _send(network: Network, chat: Chat, values: Values, content: Body) -> Body:
    markup = values.get("reply_markup")
    if markup is not None:
        markup = check_markup(markup)
    body: Body = {"message_id": 0, "chat": chat.body(), "date": network.world.now(), **content}
    if chat.type == ChatType.CHANNEL:
        body["sender_chat"] = body["chat"]
    else:
        body["from"] = network.bot.body()
    if (thread := values.get("message_thread_id")) is not None:
        if chat.type != ChatType.SUPERGROUP:
            raise bad_request("message thread not found")
        body["message_thread_id"] = thread
    if reply := values.get("reply_parameters"):
        replied = _replied(chat, check_fields(reply, _REPLY_FIELDS))
        if replied is not None:
            body["reply_to_message"] = one_level(replied.body)
    if markup and markup.get("inline_keyboard"):
        body["reply_markup"] = markup
    if values.get("protect_content"):
        body["has_protected_content"] = True
    if network.limiter is not None:
        now = network.world.clock().timestamp()
        paid = bool(values.get("allow_paid_broadcast"))
        network.limiter.check(chat.id, now, paid=paid)
    body["message_id"] = network.world.next_message_id(chat)
    message = Message(body, by_bot=True, silent=bool(values.get("disable_notification")))
    message.wants_reply = bool(markup and markup.get("force_reply"))
    network.add_message(chat, message)
    return body


def _replied(chat: Chat, reply: Values) -> Message | None:
    if "message_id" not in reply:
        raise bad_request("message identifier is not specified")
    if reply.get("chat_id", chat.id) != chat.id:
        raise bad_request("replies to other chats are not simulated")
    message = chat.messages.get(reply["message_id"])
    if message is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message


def one_level(body: Body) -> Body:
    """Leave out what a message replied to: Telegram shows replies one level deep."""
    return {name: value for name, value in body.items() if name != "reply_to_message"}


# Changing and deleting


def edit_message_text(network: Network, values: Values, _files: Files) -> Body:
    """Change the text of one of the bot's messages; buttons not given again go away."""
    chat, message = _editable(network, values)
    content = read_text(values, "text")
    if "text" not in message.body:
        raise bad_request("there is no text in the message to edit")
    return _edit(network, chat, message, values, content)


def edit_message_caption(network: Network, values: Values, _files: Files) -> Body:
    """Change the caption of one of the bot's files."""
    chat, message = _editable(network, values)
    if "document" not in message.body:
        raise bad_request("there is no caption in the message to edit")
    content = {"document": message.body["document"], **read_caption(values)}
    return _edit(network, chat, message, values, content)


def edit_message_reply_markup(network: Network, values: Values, _files: Files) -> Body:
    """Change or take away the buttons under one of the bot's messages."""
    chat, message = _editable(network, values)
    content = {name: message.body[name] for name in _CONTENT if name in message.body}
    return _edit(network, chat, message, values, content)


_CONTENT = (
    "text",
    "entities",
    "caption",
    "caption_entities",
    "document",
    "link_preview_options",
)


def _editable(network: Network, values: Values) -> tuple[Chat, Message]:
    if "chat_id" not in values:
        raise bad_request("chat_id is empty")
    if "message_id" not in values:
        raise bad_request("message identifier is not specified")
    chat = network.open_chat(values["chat_id"])
    message = chat.messages.get(values["message_id"])
    if message is None and not network.keeps(chat):
        # A stranger's messages are not kept: any of them may be changed into anything.
        message = Message({"message_id": values["message_id"], "text": ""}, by_bot=True)
        message.body |= {"chat": chat.body(), "date": network.world.now()}
    if message is None:
        raise bad_request("message to edit not found")
    if not message.by_bot:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(network: Network, chat: Chat, message: Message, values: Values, content: Body) -> Body:
    if (markup := values.get("reply_markup")) is not None:
        markup = check_markup(markup, inline_only=True)
        if markup["inline_keyboard"]:
            content["reply_markup"] = markup
    changing = (*_CONTENT, "reply_markup")
    before = {name: message.body[name] for name in changing if name in message.body}
    if before == content:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    kept = {name: value for name, value in message.body.items() if name not in changing}
    body = kept | content | {"edit_date": network.world.now()}
    network.change_message(chat, message, body)
    return body


def delete_message(network: Network, values: Values, _files: Files) -> bool:
    """Delete a message for everybody."""
    chat = network.open_chat(values["chat_id"])
    message = chat.messages.get(values["message_id"])
    if message is None:
        if network.keeps(chat):
            raise bad_request("message to delete not found")
        return True
    _check_deletable(network, chat, message)
    network.remove_message(chat, message)
    return True


def delete_messages(network: Network, values: Values, _files: Files) -> bool:
    """Delete up to a hundred messages; those not found are passed over."""
    chat = network.open_chat(values["chat_id"])
    ids = values["message_ids"]
    if not BulkRequestLimit.MIN_LIMIT <= len(ids) <= BulkRequestLimit.MAX_LIMIT:
        raise bad_request("there must be 1-100 message identifiers")
    found = [chat.messages[number] for number in dict.fromkeys(ids) if number in chat.messages]
    for message in found:
        _check_deletable(network, chat, message)
    for message in found:
        network.remove_message(chat, message)
    return True


def _check_deletable(network: Network, chat: Chat, message: Message) -> None:
    administrator = not chat.is_private and chat.is_administrator(network.bot.id)
    if not (message.by_bot or chat.is_private or administrator):
        raise bad_request("message can't be deleted")
    if network.world.now() - message.body["date"] >= DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")


# Answering, files


def answer_callback_query(network: Network, values: Values, _files: Files) -> bool:
    """Answer a press, once and in time."""
    text = values.get("text", "")
    if units(text) > CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    query = network.queries.get(values["callback_query_id"])
    if query is None or network.world.now() - query.asked_at > QUERY_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    del network.queries[query.id]
    alert = values.get("show_alert", False)
    if query.answered is not None:
        query.answered(text, alert)
    network.tell("answer", user=query.user, text=text, alert=alert)
    return True


def answer_inline_query(network: Network, values: Values, _files: Files) -> bool:
    """Offer something to who types the bot's name, once and in time."""
    offer = read_offer(values)
    query = network.inline_queries.get(values["inline_query_id"])
    if query is None or network.world.now() - query.asked_at > INLINE_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    del network.inline_queries[query.id]
    query.answered(offer)
    network.tell("offer", user=query.user, text=query.text, offer=offer)
    return True


def get_file(network: Network, values: Values, _files: Files) -> Body:
    """Say where a file can be downloaded."""
    file = network.world.files.get(values["file_id"])
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > FileSizeLimit.FILESIZE_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }


# Chats and members


def get_chat(network: Network, values: Values, _files: Files) -> Body:
    """Tell what is known of a chat."""
    chat = network.open_chat(values["chat_id"])
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return {
        **chat.body(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def get_chat_member(network: Network, values: Values, _files: Files) -> Body:
    """Tell what somebody is in a chat."""
    chat = network.open_chat(values["chat_id"])
    user = network.world.users.get(values["user_id"])
    if user is None:
        raise bad_request("user not found")
    status = Status.MEMBER if chat.is_private else None
    return member_body(chat, user, status)


def get_chat_administrators(network: Network, values: Values, _files: Files) -> list[Body]:
    """List who may decide for a chat."""
    chat = network.open_chat(values["chat_id"])
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    users = network.world.users
    return [member_body(chat, users[i]) for i in chat.members if chat.is_administrator(i)]


def get_chat_member_count(network: Network, values: Values, _files: Files) -> int:
    """Count who is in a chat."""
    chat = network.open_chat(values["chat_id"])
    return 2 if chat.is_private else sum(chat.holds(user_id) for user_id in chat.members)


def leave_chat(network: Network, values: Values, _files: Files) -> bool:
    """Leave a group or a channel."""
    chat = network.open_chat(values["chat_id"])
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    network.change_membership(chat, network.bot, Status.LEFT, network.bot)
    return True


# The bot itself


def get_me(network: Network, _values: Values, _files: Files) -> Body:
    """Tell who the bot is."""
    never = (
        "supports_guest_queries",
        "can_connect_to_business",
        "has_main_web_app",
        "has_topics_enabled",
        "allows_users_to_create_topics",
        "can_manage_bots",
        "supports_join_request_queries",
    )
    return {
        **network.bot.body(),
        **dict.fromkeys(never, False),
        "can_join_groups": True,
        "supports_inline_queries": network.inline,
        "can_read_all_group_messages": network.reads_groups,
    }


def set_webhook(network: Network, values: Values, files: Files) -> bool:
    """Bring updates to an address from now on, or, to an empty one, no longer."""
    if not values["url"]:
        return delete_webhook(network, values, files)
    asked = read_webhook(values)
    if values.get("drop_pending_updates"):
        network.updates.clear()
    network.ask_for(values)
    network.bring_to(asked)
    return True


def delete_webhook(network: Network, values: Values, _files: Files) -> bool:
    """Go back to polling."""
    network.bring_to(None)
    if values.get("drop_pending_updates"):
        network.updates.clear()
    return True


def get_webhook_info(network: Network, _values: Values, _files: Files) -> Body:
    """Tell where updates are brought, how many wait, and what went wrong last."""
    return {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(network.updates),
        **(network.webhook.body() if network.webhook else {}),
        "allowed_updates": sorted(network.allowed_updates),
    }


def set_my_commands(network: Network, values: Values, _files: Files) -> bool:
    """Set the menu of commands."""
    language = values.get("language_code", "")
    network.profile.set_commands(values["commands"], values.get("scope"), language)
    network.tell("profile")
    return True


def get_my_commands(network: Network, values: Values, _files: Files) -> list[Body]:
    """Tell the menu set for a scope and a language."""
    commands = network.profile.commands(values.get("scope"), values.get("language_code", ""))
    return [dict(command) for command in commands]


def delete_my_commands(network: Network, values: Values, _files: Files) -> bool:
    """Take the menu for a scope and a language away."""
    network.profile.set_commands([], values.get("scope"), values.get("language_code", ""))
    network.tell("profile")
    return True


def set_chat_menu_button(network: Network, values: Values, _files: Files) -> bool:
    """Choose what the button beside the text field does: always the menu, here."""
    if "chat_id" in values:
        network.open_chat(values["chat_id"])
    if values.get("menu_button", {"type": "default"}).get("type") not in _MENU_BUTTONS:
        raise bad_request("this menu button is not simulated")
    return True


def get_chat_menu_button(_network: Network, _values: Values, _files: Files) -> Body:
    """Tell what the button beside the text field does."""
    return {"type": "commands"}


def _text_setter(kind: str) -> Callable[[Network, Values, Files], bool]:
    def set_text(network: Network, values: Values, _files: Files) -> bool:
        network.profile.set_text(kind, values.get(kind, ""), values.get("language_code", ""))
        network.tell("profile")
        return True

    return set_text


def _text_getter(kind: str) -> Callable[[Network, Values, Files], Body]:
    def get_text(network: Network, values: Values, _files: Files) -> Body:
        return {kind: network.profile.text(kind, values.get("language_code", ""))}

    return get_text


ANSWERS: dict[str, Callable[[Network, Values, Files], Any]] = {
    "getMe": get_me,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "getFile": get_file,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
    "setMyName": _text_setter("name"),
    "getMyName": _text_getter("name"),
    "setMyDescription": _text_setter("description"),
    "getMyDescription": _text_getter("description"),
    "setMyShortDescription": _text_setter("short_description"),
    "getMyShortDescription": _text_getter("short_description"),
}

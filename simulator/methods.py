"""Which Bot API methods the stand-in knows, as one table: what each takes, of which type."""

import re
from dataclasses import dataclass

# One line a method: `name:Type`, `!` after a name means required, `|` means either, `[]` a list.
# `make check-api` compares this with the Bot API as data.
_SENDING = """
    business_connection_id:String chat_id!:Integer|String message_thread_id:Integer
    direct_messages_topic_id:Integer disable_notification:Boolean protect_content:Boolean
    allow_paid_broadcast:Boolean message_effect_id:String
    suggested_post_parameters:SuggestedPostParameters reply_parameters:ReplyParameters
    reply_markup:InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply
    parse_mode:String"""
_EDITING = """
    business_connection_id:String chat_id:Integer|String message_id:Integer
    inline_message_id:String reply_markup:InlineKeyboardMarkup"""
_CAPTION = "caption:String caption_entities:MessageEntity[]"

_TABLE = {
    "getMe": "",
    "getUpdates": "offset:Integer limit:Integer timeout:Integer allowed_updates:String[]",
    "setWebhook": """url!:String certificate:InputFile ip_address:String
        max_connections:Integer allowed_updates:String[] drop_pending_updates:Boolean
        secret_token:String""",
    "deleteWebhook": "drop_pending_updates:Boolean",
    "getWebhookInfo": "",
    "sendMessage": f"""{_SENDING} text!:String entities:MessageEntity[]
        link_preview_options:LinkPreviewOptions""",
    "sendDocument": f"""{_SENDING} {_CAPTION} document!:InputFile|String
        thumbnail:InputFile|String disable_content_type_detection:Boolean""",
    "sendChatAction": """business_connection_id:String chat_id!:Integer|String
        message_thread_id:Integer action!:String""",
    "editMessageText": f"""{_EDITING} text:String parse_mode:String entities:MessageEntity[]
        link_preview_options:LinkPreviewOptions rich_message:InputRichMessage""",
    "editMessageCaption": f"""{_EDITING} {_CAPTION} parse_mode:String
        show_caption_above_media:Boolean""",
    "editMessageReplyMarkup": _EDITING,
    "deleteMessage": "chat_id!:Integer|String message_id!:Integer",
    "deleteMessages": "chat_id!:Integer|String message_ids!:Integer[]",
    "answerCallbackQuery": """callback_query_id!:String text:String show_alert:Boolean
        url:String cache_time:Integer""",
    "answerInlineQuery": """inline_query_id!:String results!:InlineQueryResult[]
        cache_time:Integer is_personal:Boolean next_offset:String
        button:InlineQueryResultsButton""",
    "getFile": "file_id!:String",
    "getChat": "chat_id!:Integer|String",
    "getChatMember": "chat_id!:Integer|String user_id!:Integer",
    "getChatAdministrators": "chat_id!:Integer|String return_bots:Boolean",
    "getChatMemberCount": "chat_id!:Integer|String",
    "leaveChat": "chat_id!:Integer|String",
    "setMyCommands": "commands!:BotCommand[] scope:BotCommandScope language_code:String",
    "getMyCommands": "scope:BotCommandScope language_code:String",
    "deleteMyCommands": "scope:BotCommandScope language_code:String",
    "setMyName": "name:String language_code:String",
    "getMyName": "language_code:String",
    "setMyDescription": "description:String language_code:String",
    "getMyDescription": "language_code:String",
    "setMyShortDescription": "short_description:String language_code:String",
    "getMyShortDescription": "language_code:String",
    "setChatMenuButton": "chat_id:Integer menu_button:MenuButton",
    "getChatMenuButton": "chat_id:Integer",
}

# Known to the Bot API, but nothing here knows what they would do: refused rather than ignored.
NOT_SIMULATED = frozenset(
    {
        "business_connection_id",
        "certificate",
        "direct_messages_topic_id",
        "inline_message_id",
        "ip_address",
        "message_effect_id",
        "rich_message",
        "suggested_post_parameters",
        "thumbnail",
    }
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a method: what it is called, what it takes, whether it may be left out."""

    name: str
    types: tuple[str, ...]
    required: bool


def _read(line: str) -> dict[str, Parameter]:
    parameters = {}
    for word in line.split():
        name, required, types = re.fullmatch(r"(\w+)(!?):(\S+)", word).groups()  # type: ignore[union-attr]  # a wrong table must not start
        parameters[name] = Parameter(name, tuple(types.split("|")), bool(required))
    return parameters


METHODS = {name: _read(line) for name, line in _TABLE.items()}

"""What the bot says of itself in each language: name, descriptions, menu of commands."""

import re
from typing import Any

from telegram.constants import BotCommandLimit, BotDescriptionLimit, BotNameLimit

from simulator.formatting import units
from simulator.refusals import bad_request
from simulator.world import Chat, User

Command = dict[str, str]
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_LIMITS = {
    "name": BotNameLimit.MAX_NAME_LENGTH,
    "description": BotDescriptionLimit.MAX_DESCRIPTION_LENGTH,
    "short_description": BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH,
}
# What a scope needs besides its type.
_SCOPES: dict[str, set[str]] = {
    "default": set(),
    "all_private_chats": set(),
    "all_group_chats": set(),
    "all_chat_administrators": set(),
    "chat": {"chat_id"},
    "chat_administrators": {"chat_id"},
    "chat_member": {"chat_id", "user_id"},
}


class Profile:
    """The bot's own texts; a language without one of its own shows the one set for none."""

    def __init__(self, name: str) -> None:
        self._texts: dict[str, dict[str, str]] = {kind: {} for kind in _LIMITS}
        self._texts["name"][""] = name
        self._commands: dict[tuple[str, str], list[Command]] = {}

    def set_text(self, kind: str, text: str, language: str) -> None:
        """Set the name or a description in one language, or take it away with an empty text.

        Raises:
            Refused: too long, or the language is not two letters.
        """
        _check_language(language)
        if units(text) > _LIMITS[kind]:
            raise bad_request(f"{kind.replace('_', ' ')} is too long")
        if text:
            self._texts[kind][language] = text
        else:
            self._texts[kind].pop(language, None)

    def text(self, kind: str, language: str) -> str:
        """Return a text as somebody with this language sees it."""
        _check_language(language)
        return self._texts[kind].get(language) or self._texts[kind].get("", "")

    def set_commands(
        self, commands: list[Command], scope: dict[str, Any] | None, language: str
    ) -> None:
        """Set the menu for a scope and a language; an empty one takes it away.

        Raises:
            Refused: a name or a description is not as Telegram wants it, or too many.
        """
        if len(commands) > BotCommandLimit.MAX_COMMAND_NUMBER:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            _check_command(command)
        key = (_scope_key(scope), _checked(language))
        if commands:
            self._commands[key] = commands
        else:
            self._commands.pop(key, None)

    def commands(self, scope: dict[str, Any] | None, language: str) -> list[Command]:
        """Return the menu set for exactly this scope and language."""
        return self._commands.get((_scope_key(scope), _checked(language)), [])

    def menu(self, chat: Chat, user: User) -> list[Command]:
        """Return the menu somebody sees in a chat: the narrowest scope wins."""
        if chat.is_private:
            scopes = [f"chat:{chat.id}", "all_private_chats", "default"]
        else:
            scopes = [f"chat_member:{chat.id}:{user.id}"]
            if chat.is_administrator(user.id):
                scopes.append(f"chat_administrators:{chat.id}")
            scopes.append(f"chat:{chat.id}")
            if chat.is_administrator(user.id):
                scopes.append("all_chat_administrators")
            scopes += ["all_group_chats", "default"]
        language = (user.language_code or "")[:2]
        for scope in scopes:
            for spoken in (language, ""):
                if (scope, spoken) in self._commands:
                    return self._commands[scope, spoken]
        return []


def _check_language(language: str) -> None:
    if language and not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")


def _checked(language: str) -> str:
    _check_language(language)
    return language


def _check_command(command: Command) -> None:
    name, description = command.get("command"), command.get("description")
    if set(command) != {"command", "description"}:
        raise bad_request("can't parse BotCommand: command and description expected")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    longest = BotCommandLimit.MAX_DESCRIPTION
    if not isinstance(description, str) or not 1 <= units(description.strip()) <= longest:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def _scope_key(scope: dict[str, Any] | None) -> str:
    if scope is None:
        return "default"
    kind = scope.get("type")
    if not isinstance(kind, str) or kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if scope.keys() - {"type"} != _SCOPES[kind]:
        raise bad_request(f"can't parse BotCommandScope: {kind} needs other fields")
    return ":".join([kind, *(str(scope[name]) for name in sorted(_SCOPES[kind]))])

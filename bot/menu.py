"""How the bot introduces itself: name, descriptions and menu, in every language offered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats
from telegram.error import RetryAfter, TelegramError

from delivery.replies import seconds_of
from locales import Languages, Tongue
from views import menu

P = ParamSpec("P")
T = TypeVar("T")

_log = structlog.get_logger(__name__)


async def introduce(bot: Bot, languages: Languages) -> None:
    """Set what people see of the bot before they write to it, where it is not so already.

    Telegram closes these methods for hours when they are called too often; the bot answers
    meanwhile.
    """
    try:
        await _introduce(bot, languages.speak(None), "")
        for language in languages:
            await _introduce(bot, languages.speak(language), language)
    except TelegramError as exc:
        _log.warning("name and menu were not set", error=type(exc).__name__)


async def _introduce(bot: Bot, t: Tongue, language: str) -> None:
    named = await _patiently(bot.get_my_name, language)
    if named.name != menu.name(t):
        await _patiently(bot.set_my_name, menu.name(t), language)
    described = await _patiently(bot.get_my_description, language)
    if described.description != menu.description(t):
        await _patiently(bot.set_my_description, menu.description(t), language)
    shortly = await _patiently(bot.get_my_short_description, language)
    if shortly.short_description != menu.short_description(t):
        await _patiently(bot.set_my_short_description, menu.short_description(t), language)
    for scope, texts in (
        (None, menu.commands(t)),
        (BotCommandScopeAllGroupChats(), menu.group_commands(t)),
    ):
        commands = tuple(BotCommand(command, text) for command, text in texts.items())
        if await _patiently(bot.get_my_commands, scope, language) != commands:
            await _patiently(bot.set_my_commands, commands, scope, language)


async def _patiently(call: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    while True:
        try:
            return await call(*args, **kwargs)
        except RetryAfter as exc:
            await asyncio.sleep(seconds_of(exc.retry_after))

"""What is said when something is refused or fails, and what is written down about it."""

import traceback
from contextlib import suppress
from pathlib import Path

import structlog
from telegram import Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ApplicationHandlerStop

from handlers.context import BotApplication, BotContext, place_of
from model.errors import Misconfigured, VestkaError
from model.readers import ChatId
from views import errors
from views.screen import Screen
from views.text import escape, shorten

_log = structlog.get_logger(__name__)

_TOAST = 200
"""UTF-16 units that fit into the answer to a press."""

_TOO_LATE = (
    "query is too old",
    "message to edit not found",
    "message can't be edited",
    "message to be replied not found",
    "message is not modified",
)
"""What Telegram says when the reader was faster, or deleted what we wanted to change."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ROOT = Path(__file__).parent.parent


def register(application: BotApplication) -> None:
    """Catch whatever a handler raises."""
    application.add_error_handler(answer)


async def answer(update: object, context: BotContext) -> None:
    """Turn an error into a sentence, and end the work on this update.

    Raises:
        ApplicationHandlerStop: always, so that no later handler acts on half a context.
    """
    error = context.error
    if isinstance(error, BadRequest) and error.message.lower().startswith(_TOO_LATE):
        raise ApplicationHandlerStop
    if isinstance(error, Exception) and isinstance(update, Update) and update.effective_chat:
        try:
            await _answer(update, context, error)
        except (TelegramError, VestkaError) as exc:
            _write_down(exc, "")
    elif isinstance(error, Exception):
        _write_down(error, "")
    raise ApplicationHandlerStop


async def _answer(update: Update, context: BotContext, error: Exception) -> None:
    chat, _ = place_of(update)
    if isinstance(error, Forbidden):
        # Blocked, or thrown out, between the question and the answer.
        await context.services.readers.forget(chat)
        return
    if isinstance(error, ChatMigrated):
        await context.services.moves.move(chat, ChatId(error.new_chat_id))
        return
    if isinstance(error, RetryAfter | NetworkError) and not isinstance(error, BadRequest):
        # Telegram does not take messages now: one more would not arrive either.
        _write_down(error, "")
        return
    with suppress(VestkaError):
        await context.meet(chat)
    if isinstance(error, VestkaError) and not isinstance(error, Misconfigured):
        await _tell(update, context, errors.sentence(context.tongue, error))
        return
    reference = "".join(_CROCKFORD[context.services.random(5)] for _ in range(4))
    _write_down(error, reference)
    await _tell(update, context, errors.unexpected(context.tongue, reference))


async def _tell(update: Update, context: BotContext, sentence: str) -> None:
    if update.callback_query:
        await update.callback_query.answer(shorten(sentence, _TOAST), show_alert=True)
    elif update.message:
        await context.say(update, Screen(escape(sentence)))


def _write_down(error: Exception, reference: str) -> None:
    """Log what kind of error it was and where; its words may hold what a reader wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if Path(f.filename).is_relative_to(_ROOT)] or frames
    where = [f"{Path(f.filename).name}:{f.lineno}" for f in ours[-3:]]
    _log.error("failed", reference=reference, error=type(error).__name__, where=where)

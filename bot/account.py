"""The bot's own account at Telegram: whether the token is right, and what it is called."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from telegram import Bot, User, WebhookInfo
from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.settings import Settings
from delivery.request import AiohttpRequest
from model.errors import Misconfigured, Unavailable


async def whoami(settings: Settings) -> User:
    """Ask Telegram whose token this is.

    Raises:
        Misconfigured: there is no token, or Telegram does not know it.
        Unavailable: Telegram does not answer.
    """
    async with _opened(settings) as bot:
        return bot.bot


async def where_updates_go(settings: Settings) -> WebhookInfo:
    """Ask Telegram whether it brings updates somewhere, how many wait, and what went wrong.

    Raises:
        Misconfigured: there is no token, or Telegram does not know it.
        Unavailable: Telegram does not answer.
    """
    async with _opened(settings) as bot:
        return await bot.get_webhook_info()


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Bot]:
    bot = Bot(
        settings.secret_token(),
        base_url=f"{settings.api_url}/bot",
        request=AiohttpRequest(connections=1, proxy=proxy_of(settings), read_timeout=10),
        get_updates_request=AiohttpRequest(connections=1, proxy=proxy_of(settings)),
    )
    with refusals(settings):
        try:
            await bot.initialize()
            yield bot
        finally:
            await bot.shutdown()


@contextmanager
def refusals(settings: Settings) -> Iterator[None]:
    """Turn what goes wrong on the first call into a line that says what to mend.

    Raises:
        Misconfigured: Telegram does not know this token.
        Unavailable: Telegram does not answer.
    """
    try:
        yield
    except InvalidToken as exc:
        raise Misconfigured(
            "the Bot API server does not know this token; @BotFather has the right one"
        ) from exc
    except NetworkError as exc:
        raise Unavailable(f"no Bot API server answers at {settings.api_url}") from exc
    except TelegramError as exc:
        raise Unavailable(
            f"the Bot API server at {settings.api_url} refused: {type(exc).__name__}"
        ) from exc


def proxy_of(settings: Settings) -> str:
    """Return the proxy's address, with its password, or nothing."""
    return settings.proxy.get_secret_value() if settings.proxy else ""


def link(username: str, payload: str) -> str:
    """Return the link that opens the bot with a payload."""
    return f"https://t.me/{username}?start={payload}"

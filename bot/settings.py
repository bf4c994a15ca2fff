"""Settings: one frozen object, read once from the environment, ``.env`` and secret files."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from yarl import URL

from locales import FALLBACKS, LANGUAGES, Languages
from model.errors import BadInput, Misconfigured

PREFIX = "VESTKA_"
APP = "vestka"

_PROXIES = ("socks5h://", "socks5://", "socks4a://", "socks4://", "http://", "https://")
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,100}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ADDRESS = re.compile(r"(?P<host>[^\s:/]+|\[[0-9A-Fa-f:]+\]):(?P<port>[0-9]{1,5})")
_THIS_MACHINE = ("127.0.0.1", "localhost")


def default_database_url() -> str:
    """Return the URL of ``vestka.db`` in the user's state folder."""
    return f"sqlite+aiosqlite:///{platformdirs.user_state_path(APP) / 'vestka.db'}"


def default_key_file() -> Path:
    """Return the keyring's place in the user's config folder, never beside the database."""
    return platformdirs.user_config_path(APP) / "keyring.json"


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen: at a host and port, or, where there is a path, at a unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where Telegram brings updates to, how it proves that it is Telegram, where we listen."""

    url: URL
    secret: str = field(repr=False)
    listen: Address


class Settings(BaseSettings):
    """What an operator may set. Docs: ``docs/operating.md``; every name has a row there."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    token: SecretStr | None = None
    token_file: Path | None = None
    api_url: str = "https://api.telegram.org"
    database_url: str = Field(default_factory=default_database_url)
    key_file: Path = Field(default_factory=default_key_file)
    proxy: SecretStr | None = None
    pace: float = Field(default=29, gt=0, le=1000)
    paid_broadcast: bool = False
    approvals: int = Field(default=1, ge=1, le=9)
    languages: str = " ".join(LANGUAGES)
    timezone: str = "Europe/Vilnius"
    webhook_url: str | None = None
    webhook_secret_file: Path | None = None
    webhook_listen: str = "127.0.0.1:8083"
    log: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("api_url")
    @classmethod
    def _has_a_scheme(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")):
            raise ValueError("must start with https:// or http://")
        return url.rstrip("/")

    @field_validator("proxy")
    @classmethod
    def _is_of_a_kind_we_speak(cls, proxy: SecretStr | None) -> SecretStr | None:
        # Of another kind it would be found out only when nothing is sent.
        if proxy and not proxy.get_secret_value().startswith(_PROXIES):
            raise ValueError("must start with " + " or ".join(_PROXIES))
        return proxy

    @field_validator("webhook_url")
    @classmethod
    def _leads_to_us_and_nobody_listens_in(cls, url: str | None) -> str | None:
        if url is not None:
            _read_url(url)
        return url

    @field_validator("webhook_listen")
    @classmethod
    def _can_be_listened_at(cls, listen: str) -> str:
        _read_address(listen)
        return listen

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as exc:
            raise ValueError("is not a time zone such as Europe/Vilnius") from exc
        return zone

    @field_validator("languages")
    @classmethod
    def _are_offered(cls, languages: str) -> str:
        try:
            return read_languages(languages)
        except BadInput as exc:
            raise ValueError(exc.reason) from exc

    def offered(self) -> Languages:
        """Return the languages offered, in order, each with what it falls back to for names.

        ``VESTKA_LANGUAGES="be:ru ru lt:en,pl"``: a colon lists the fall-backs.
        """
        offered: dict[str, tuple[str, ...]] = {}
        for item in self.languages.split():
            language, colon, fallbacks = item.partition(":")
            chosen = tuple(filter(None, fallbacks.split(",")))
            offered[language] = chosen if colon else FALLBACKS[language]
        return Languages(offered, self.timezone)

    def rate(self) -> float:
        """Return how many messages a second go out in all.

        Raises:
            Misconfigured: a pace that Telegram allows only to paid broadcasts.
        """
        if self.pace > 30 and not self.paid_broadcast:
            raise Misconfigured(
                "VESTKA_PACE above 30 is a paid service of Telegram; "
                "set VESTKA_PAID_BROADCAST=1 as well"
            )
        return self.pace

    def hook(self) -> Hook | None:
        """Return how updates are taken in by webhook; nothing where Telegram is polled.

        Raises:
            Misconfigured: only half of it is set, or the secret cannot be used.
        """
        if self.webhook_url is None and self.webhook_secret_file is None:
            return None
        if self.webhook_secret_file is None:
            raise Misconfigured(
                "VESTKA_WEBHOOK_URL needs VESTKA_WEBHOOK_SECRET_FILE: without a secret anybody "
                "could send false updates; make one with: openssl rand -hex 32"
            )
        if self.webhook_url is None:
            raise Misconfigured(
                "VESTKA_WEBHOOK_SECRET_FILE is set, but no VESTKA_WEBHOOK_URL; set both, or "
                "neither to poll"
            )
        try:
            secret = self.webhook_secret_file.read_text().strip()
        except (OSError, UnicodeDecodeError) as exc:
            raise Misconfigured(
                f"cannot read VESTKA_WEBHOOK_SECRET_FILE {self.webhook_secret_file}"
            ) from exc
        if not _SECRET.fullmatch(secret):
            raise Misconfigured(
                f"VESTKA_WEBHOOK_SECRET_FILE {self.webhook_secret_file} must hold 1 to 256 of "
                "A-Z, a-z, 0-9, _ and -"
            )
        return Hook(_read_url(self.webhook_url), secret, _read_address(self.webhook_listen))

    def secret_token(self) -> str:
        """Return the bot token.

        Raises:
            Misconfigured: there is none, or what is there cannot be one.
        """
        if self.token is not None:
            return read_token(self.token.get_secret_value(), "VESTKA_TOKEN")
        if self.token_file is None:
            raise Misconfigured(
                "no bot token: set VESTKA_TOKEN_FILE to a file that holds it "
                "(@BotFather gives one), or run: vestka setup"
            )
        try:
            text = self.token_file.read_text()
        except (OSError, UnicodeDecodeError) as exc:
            raise Misconfigured(f"cannot read VESTKA_TOKEN_FILE {self.token_file}") from exc
        return read_token(text, f"VESTKA_TOKEN_FILE {self.token_file}")


def read() -> Settings:
    """Read the settings from the environment and ``.env``.

    Raises:
        Misconfigured: a setting is unknown or has a value that cannot be used; values are
            never repeated in the message, they may be secrets.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(n for n in os.environ if n.startswith(PREFIX) and n not in known)
    if unknown:
        raise Misconfigured(f"unknown setting: {', '.join(unknown)}; see docs/operating.md")
    try:
        return Settings()
    except ValidationError as exc:
        problems = [
            f"{PREFIX}{'.'.join(map(str, e['loc'])).upper().removeprefix(PREFIX)}: "
            + e["msg"].removeprefix("Value error, ")
            for e in exc.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise Misconfigured("; ".join(problems)) from exc


def _read_url(text: str) -> URL:
    """Read where Telegram brings updates to.

    Raises:
        ValueError: somebody could read them on the way, or Telegram could not come there.
    """
    try:
        url = URL(text)
        port = url.port
    except ValueError:
        raise ValueError("is not a URL") from None
    safe = url.scheme == "https" or (url.scheme == "http" and url.host in _THIS_MACHINE)
    if not (safe and url.host and port):
        raise ValueError("must start with https:// and name a host")
    if url.user is not None or url.query_string or url.fragment:
        raise ValueError("must be a host and a path, with no user, ? or # in it")
    return url


def _read_address(text: str) -> Address:
    """Read where to listen: ``host:port``, or the path of a unix socket.

    Raises:
        ValueError: it is neither.
    """
    if "/" in text:
        return Address(path=text)
    found = _ADDRESS.fullmatch(text)
    if found is None or int(found["port"]) > 65_535:
        raise ValueError("must be HOST:PORT, or the path of a unix socket")
    return Address(found["host"].strip("[]"), int(found["port"]))


def read_languages(text: str) -> str:
    """Return the languages to offer as ``VESTKA_LANGUAGES`` has them.

    Raises:
        BadInput: one of them is none that Vestka speaks, or there is none.
    """
    items = text.split()
    for item in items:
        language, _, fallbacks = item.partition(":")
        if not {language, *filter(None, fallbacks.split(","))} <= set(LANGUAGES):
            raise BadInput(f"Vestka speaks only: {' '.join(LANGUAGES)}", item)
    if not items:
        raise BadInput("needs at least one language")
    return " ".join(items)


def read_token(text: str, where: str) -> str:
    """Return the bot token in a text that came from ``where``.

    Raises:
        Misconfigured: it cannot be one.
    """
    if not _TOKEN.fullmatch(text.strip()):
        raise Misconfigured(f"{where} does not hold a bot token (12345678:AA…, from @BotFather)")
    return text.strip()

"""Settings: one frozen object, read once from the environment, ``.env`` and secret files."""

import os
import re
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from locales import FALLBACKS, LANGUAGES, Languages
from model.errors import BadInput, Misconfigured

PREFIX = "VESTKA_"
APP = "vestka"

_PROXIES = ("socks5h://", "socks5://", "socks4a://", "socks4://", "http://", "https://")
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,100}")


def default_database_url() -> str:
    """Return the URL of ``vestka.db`` in the user's state folder."""
    return f"sqlite+aiosqlite:///{platformdirs.user_state_path(APP) / 'vestka.db'}"


def default_key_file() -> Path:
    """Return the keyring's place in the user's config folder, never beside the database."""
    return platformdirs.user_config_path(APP) / "keyring.json"


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

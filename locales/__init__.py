"""Languages: negotiating one, speaking it; the catalogues."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, localedata
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from model.dates import PartialDate, Precision

CATALOGUES = Path(__file__).parent
SOURCE = "en"
LANGUAGES = ("be", "ru", "en", "uk", "pl", "lt", "de")
"""All languages with a complete, twice-read catalogue, in the order they are offered."""

FALLBACKS = {
    "be": ("ru",),
    "ru": ("be",),
    "uk": ("be", "ru"),
    "pl": ("en",),
    "lt": ("en",),
    "de": ("en",),
    "en": (),
}
"""Whose spelling of a name is shown where a list has none in the language itself."""

_NEVER_SAID = (
    "compact_currency_formats",
    "compact_decimal_formats",
    "compound_unit_patterns",
    "currency_names",
    "currency_names_plural",
    "date_fields",
    "interval_formats",
    "meta_zones",
    "unit_display_names",
    "unit_patterns",
)
"""What Babel knows of a language and no message says."""

_ISOLATE, _END = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language. Its four ``…gettext`` methods are the words Babel extracts.

    Values are strings only: an object would let a translation read its attributes.
    """

    language: str
    locale: Locale
    zone: ZoneInfo
    spellings: tuple[str, ...]
    """The languages whose spelling of a name is shown, best first."""
    _catalogue: NullTranslations = field(repr=False)

    def gettext(self, message: str, /, **values: str) -> str:
        return self._catalogue.gettext(message).format_map(values)

    def ngettext(self, one: str, many: str, n: int, /, **values: str) -> str:
        return self._catalogue.ngettext(one, many, n).format_map(values)

    def pgettext(self, context: str, message: str, /, **values: str) -> str:
        return self._catalogue.pgettext(context, message).format_map(values)

    def npgettext(self, context: str, one: str, many: str, n: int, /, **values: str) -> str:
        return self._catalogue.npgettext(context, one, many, n).format_map(values)

    def date(self, on: PartialDate) -> str:
        """Say a date, or as much of it as is known."""
        if on.precision is Precision.YEAR:
            return str(on.value.year)
        if on.precision is Precision.MONTH:
            return format_skeleton("yMMMM", on.value, locale=self.locale)
        return format_date(on.value, "long", locale=self.locale)

    def day(self, birthday: str) -> str:
        """Say a day of the year: ``05-17``."""
        # Of a year that has every day.
        on = date.fromisoformat(f"2000-{birthday}")
        return format_skeleton("MMMMd", on, locale=self.locale)

    def moment(self, at: datetime) -> str:
        """Say a time of day with its date, in the organisation's zone."""
        day = format_skeleton("MMMMd", at, tzinfo=self.zone, locale=self.locale)
        time = format_skeleton("Hm", at, tzinfo=self.zone, locale=self.locale)
        return str(self.locale.datetime_formats["medium"]).format(time, day)

    def number(self, n: int) -> str:
        return format_decimal(n, locale=self.locale)

    def listing(self, items: Sequence[str]) -> str:
        return format_list(list(items), locale=self.locale)

    def country(self, code: str) -> str:
        """Name a country by its ISO 3166 code, in the nominative."""
        return str(self.locale.territories.get(code, code))


def isolate(text: str) -> str:
    """Keep a name of any script from disturbing the direction of the sentence around it."""
    harmless = "".join(c for c in text if c not in _DIRECTIONS)
    return f"{_ISOLATE}{harmless}{_END}"


_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")


@cache
def speak(
    language: str, zone: str = "Europe/Vilnius", fallbacks: tuple[str, ...] | None = None
) -> Tongue:
    """Return the tongue of one of ``LANGUAGES``.

    Raises:
        KeyError: there is no such language.
    """
    chosen = FALLBACKS[language] if fallbacks is None else fallbacks
    return Tongue(
        language,
        _locale(language),
        ZoneInfo(zone),
        (language, *chosen),
        _catalogue(language),
    )


def _locale(language: str) -> Locale:
    """Return what Babel knows of a language, without what only takes up memory: of all of them
    together some 6 MB, a fifth of what a broadcast adds to the process."""
    for name in ("root", language):
        known = localedata.load(name)
        for unsaid in _NEVER_SAID:
            known.pop(unsaid, None)
    return Locale.parse(language)


def count_missing(language: str) -> int:
    """Return how many texts a language says in English, for want of a translation."""
    if language == SOURCE:
        return 0
    return sum(
        message.fuzzy or not all([words] if isinstance(words, str) else words or [""])
        for message in _read(language)
        for words in [message.string]
        if message.id
    )


def _read(language: str) -> Catalog:
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, _read(language), use_fuzzy=False)
    compiled.seek(0)
    return GNUTranslations(compiled)


def negotiate(asked: str | None, offered: Sequence[str] = LANGUAGES, default: str = SOURCE) -> str:
    """Return the offered language nearest to an IETF tag such as Telegram's ``language_code``."""
    if asked is not None and len(asked) <= 35:
        try:
            language = Locale.parse(asked, sep="-" if "-" in asked else "_").language
        except (ValueError, TypeError, UnknownLocaleError):
            language = asked.replace("_", "-").split("-")[0].lower()
        if language in offered:
            return language
    return default if default in offered else offered[0]


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages an operator offers, in order, each with what it falls back to for names."""

    offered: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {language: FALLBACKS[language] for language in LANGUAGES}
    )
    zone: str = "Europe/Vilnius"

    def __iter__(self) -> Iterator[str]:
        return iter(self.offered)

    def __contains__(self, language: object) -> bool:
        return language in self.offered

    def negotiate(self, asked: str | None) -> str:
        """Return the offered language nearest to what Telegram says of a person."""
        return negotiate(asked, tuple(self.offered))

    def speak(self, language: str | None) -> Tongue:
        """Return the tongue of a language, or of the nearest one that is offered."""
        nearest = self.negotiate(language)
        return speak(nearest, self.zone, self.offered[nearest])

"""How a name sounds: one short code for its spellings in Cyrillic and in Latin letters.

A sound is a string of phones. Vowels: ``a o e i u`` and the soft ``A`` (я), ``O`` (ё), ``U`` (ю).
Consonants: as in English, and ``c`` (ц), ``T`` (ць), ``C`` (ч), ``S`` (ш), ``Z`` (ж), ``x`` (х),
``g`` (г), ``h`` (a Latin h, which may be either), ``j`` (й), ``q`` and ``Q`` (a German s and sch,
which may be з and ж). What East Slavic spellings never tell apart (ў and в, дз and д, doubled
letters, the soft sign) is one phone already here.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import groupby
from operator import eq

from anyascii import anyascii

from names.repair import is_cyrillic

VOWELS = frozenset("aoeiuAOU")

_CYRILLIC = dict(
    zip("абвгґдежзийклмнопрстуфхцчшыэюя", "abvggdeZzijklmnoprstufxcCSieUA", strict=True)
) | {
    "ё": "O", "і": "i", "ї": "i", "ў": "v", "щ": "SC", "ъ": "a", "ь": "", "є": "e", "'": "",
    "ј": "j", "љ": "l", "њ": "n", "ђ": "dZ", "ћ": "C", "џ": "dZ", "ѓ": "g", "ќ": "k",
    "ә": "a", "ө": "o", "ү": "u", "ұ": "u", "қ": "k", "ғ": "g", "ң": "n", "һ": "h",
    "ѣ": "e", "ѕ": "z", "ҳ": "x", "ҷ": "C", "ӣ": "i", "ӯ": "u",
    "ьо": "O", "ъе": "e", "ъё": "O", "ъю": "U", "ъя": "A", "дз": "d", "тц": "c", "ць": "T",
}  # fmt: skip
_LATIN = dict(
    zip("abdefghiklmnoprstuvwyzjcq", "abdefghiklmnoprstuvvizjkk", strict=True)
) | {
    "č": "C", "š": "S", "ž": "Z", "ś": "s", "ź": "z", "ż": "Z", "ł": "l", "ŭ": "v", "ń": "n",
    "ó": "o", "ą": "a", "ę": "e", "ė": "e", "į": "i", "ų": "u", "ū": "u", "ř": "r", "ě": "e",
    "ä": "A", "ö": "O", "ü": "U", "ß": "s", "ș": "S", "ş": "S", "ç": "C", "ğ": "", "ı": "i",
    "ć": "T", "ț": "c", "ţ": "c", "đ": "d", "ľ": "l", "ĺ": "l", "ď": "d", "ť": "t", "ň": "n",
    "ý": "i", "ŝ": "SC", "û": "U", "â": "A", "ĉ": "C", "ĵ": "Z", "ĝ": "dZ", "è": "e", "x": "ks",
    "'": "", "šč": "SC", "ść": "sT", "dz": "d", "dź": "d", "dž": "dZ", "dż": "dZ",
}  # fmt: skip
_ENGLISH = _LATIN | {
    "zh": "Z", "kh": "x", "ts": "c", "tz": "c", "ch": "C", "sh": "S", "shch": "SC",
    "sch": "S", "tsch": "C", "tch": "C", "dzh": "dZ", "ck": "k", "ph": "f", "th": "t",
    "qu": "kv", "ce": "se", "ci": "si", "cy": "si", "cz": "C",
    "sz": "S", "gh": "g", "szcz": "SC", "schtsch": "SC", "dj": "dZ", "stch": "SC",
}  # fmt: skip
_WESTERN = _ENGLISH | {"cs": "C", "j": "dZ", "ee": "i", "oo": "u", "ea": "i", "ow": "au"}
_SLAVIC = _LATIN | {
    "c": "c", "ch": "x", "cz": "C", "sz": "S", "rz": "Z", "szcz": "SC", "sch": "S",
    "kh": "x", "sh": "S", "zh": "Z", "ts": "c", "ck": "ck", "x": "x",
}  # fmt: skip
_GERMAN = _LATIN | {
    "s": "q", "ss": "s", "sch": "Q", "tsch": "C", "ch": "x", "z": "c", "tz": "c", "sh": "Q",
    "schtsch": "SC", "dsch": "dZ", "dsh": "dZ", "ck": "k", "ph": "f", "th": "t",
    "dsm": "dm", "dsj": "dj", "dsi": "di",
    "kh": "x", "ts": "c", "zh": "Z", "c": "k", "ae": "A", "oe": "O", "ue": "U", "tj": "C",
    "st": "st", "sk": "sk", "sp": "sp",
}  # fmt: skip
_FRENCH = _LATIN | {
    "tch": "C", "ch": "S", "j": "Z", "ou": "u", "dj": "dZ", "kh": "x", "chtch": "SC",
    "gu": "g", "ts": "c", "ph": "f", "th": "t", "qu": "k", "zh": "Z", "sh": "S", "oï": "oj",
    "eï": "ej", "aï": "aj", "ï": "i", "ç": "s", "ce": "se", "ci": "si", "eau": "o",
}  # fmt: skip


class _Phones(dict[int, str]):
    """The phones of signs, for ``str.translate``."""

    def __missing__(self, sign: int) -> str:
        plain = anyascii(chr(sign)).lower()
        return "".join(_LATIN.get(letter, "") for letter in plain)


_FIRST_SIGN = 0xE000
"""From here on no letter means anything to anybody."""


def _habit(table: Mapping[str, str]) -> Callable[[str], str]:
    """Return what hears letters as ``table`` spells. Pieces of several letters are first made one
    sign each: then all of a word is translated in one go."""
    pieces = sorted((piece for piece in table if len(piece) > 1), key=len, reverse=True)
    signs = {piece: chr(sign) for sign, piece in enumerate(pieces, _FIRST_SIGN)}
    phones = _Phones({ord(signs.get(piece, piece)): table[piece] for piece in table})
    shorten = partial(re.compile("|".join(pieces)).sub, lambda found: signs[found[0]])
    return lambda letters: shorten(letters).translate(phones)


_HABITS = tuple(map(_habit, (_ENGLISH, _SLAVIC, _GERMAN, _FRENCH, _WESTERN)))
_CYRILLIC_HABIT = _habit(_CYRILLIC)
_HABITS_OF_ENGLISH = re.compile(r"sh|zh|kh|ts|y[aoue]|[^cs]h[aeiouy]")
_HABITS_OF_SLAVIC = re.compile(r"[čšžśźżłŭńćřěėąęųūį]|cz|sz|w|rz(?![bcdfghklmnprstw])")
_HABITS_OF_GERMAN = re.compile(r"sch|tsch")
_SURELY_GERMAN = re.compile(r"w|sch")
_HABITS_OF_POLISH = re.compile(r"cz|(?=.*w)[bcdfghklmnprstwz]i[aeou]")
_WITH_MARKS = re.compile(r"[čšžśźżłŭńćřěėąęųū]")
_UNSURE = re.compile(r"[cj]")

# A last -ic is -ич without its mark (Stefanovic, Stefanovicius) far oftener than -иц.
_MARKLESS_IC = re.compile(r"i[cć](?=$|i(?:us|aus|ui|u|umi)$)")

_SOFTENED = {"a": "A", "o": "O", "u": "U"}
_TIDY: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"dz"), "d"),
    (re.compile(r"t+[cs]"), "c"),
    (re.compile(r"[ij]+([aAoOuUe])"), lambda found: _SOFTENED.get(found[1], found[1])),
    (re.compile(r"(?<=[aoeiuAOU])u(?![aoeAO])"), "v"),
    (re.compile(r"^u(?=[^aoeiuAOUj])"), "v"),
    (re.compile(r"[ij]{2,}"), "i"),
    (re.compile(r"(?<=[aoeuAOU])i"), "j"),
    (re.compile(r"[sqQ]C"), "SC"),
    (re.compile(r"(?<=[CSZQc])[AOU]"), lambda found: found[0].lower()),
)
# Three words in four are tidy as they are.
_UNTIDY = re.compile(r"dz|t[cs]|[ij][aAoOuUeij]|[aoeiuAOU][ui]|^u|[sqQ]C|[CSZQc][AOU]")
# Two vowels side by side may be what a lost letter left: in Чуинов и is no й.
_HIATUS = re.compile(r"(?<=[aoei])(?=u)|(?<=[aoeu])(?=i)|(?<=i)(?=[aoeu])")
_APART = "."

_COARSE = str.maketrans("oAOUhxcTSZqQCf", "aeeuggttszsscv", "j")
_MERGED = str.maketrans("hxcTSZzqQCf", "ggttssssscv", "j")
_WITHOUT_VOWELS = str.maketrans("", "", "aeoiuAOU")


@lru_cache(maxsize=8192)
def sounds(word: str, wide: bool = True) -> tuple[str, ...]:
    """Return how ``word`` may sound, likeliest first; ``wide`` tries every habit of spelling."""
    letters = word.lower().replace("-", "")
    if is_cyrillic(letters):
        phones = _CYRILLIC_HABIT(letters)
        heard = [_tidy(phones)]
        if wide:
            heard.append(_tidy(_HIATUS.sub(_APART, phones)).replace(_APART, ""))
        return tuple(dict.fromkeys(heard))
    letters = unicodedata.normalize("NFC", letters)
    if not _WITH_MARKS.search(letters):
        letters = _MARKLESS_IC.sub("ič", letters)
    habits = _possible(letters) if wide else _likely(letters)
    raw = dict.fromkeys([_HABITS[habit](letters) for habit in habits])
    if not _SURELY_GERMAN.search(letters):
        # Only among German spellings is a plain s as likely з: Sakharova is not Zakharova.
        raw = dict.fromkeys(phones.replace("q", "s") for phones in raw)
    return tuple(dict.fromkeys(map(_tidy, raw)))


def _possible(letters: str) -> Sequence[int]:
    """Return the habits that may have led the pen: nobody writes a word with two."""
    if _WITH_MARKS.search(letters):
        # Whoever sets marks means every letter: in Wołczok the c is no English one.
        return (1, 0) if "rz" in letters else (1,)
    if _HABITS_OF_GERMAN.search(letters):
        return range(len(_HABITS))
    if _HABITS_OF_POLISH.search(letters):
        return (1, 0, 3, 4) if "v" in letters else (1,)
    # Only where German w stands for в, sh stands for ж.
    return (0, 1, 3, 4) if "v" in letters and "sh" in letters else range(len(_HABITS))


def _likely(letters: str) -> tuple[int, ...]:
    if _HABITS_OF_GERMAN.search(letters):
        return (0, 2)
    if _HABITS_OF_ENGLISH.search(letters):
        return (0,)
    if _HABITS_OF_SLAVIC.search(letters):
        return (1,)
    # Whoever writes v and ch writes English: Ovcharenko is no Овхаренко.
    is_english = "v" in letters and "ch" in letters
    return (0, 1) if _UNSURE.search(letters) and not is_english else (0,)


def _tidy(phones: str) -> str:
    if _UNTIDY.search(phones):
        for pattern, instead in _TIDY:
            phones = pattern.sub(instead, phones)
    return undoubled(phones)


@lru_cache(maxsize=8192)
def coarse(sound: str) -> str:
    """Return ``sound`` with the vowels and consonants merged that spellings confuse."""
    return undoubled(sound.translate(_COARSE))


@lru_cache(maxsize=8192)
def skeleton(sound: str) -> str:
    """Return the merged consonants of ``sound``, which survive case, аканне and most habits."""
    return undoubled(sound.translate(_MERGED)).translate(_WITHOUT_VOWELS)


def undoubled(sound: str) -> str:
    """Return ``sound`` with every doubled phone as one."""
    if not any(map(eq, sound, sound[1:])):
        return sound
    return "".join([phone for phone, _ in groupby(sound)])

"""The text of a question or a name, made clean: only letters, digits and single spaces count."""

import re
import unicodedata
from functools import lru_cache

LONGEST = 400
"""Characters that are read; a name and a question around it are shorter."""
MOST_WORDS = 40
LONGEST_WORD = 32
_MARKS_A_LETTER = 2

APOSTROPHES = "'’ʼ‘`´ʹʺ′＇ˈ"
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—−﹣－―"), "-")
_JOINERS = dict.fromkeys(map(ord, APOSTROPHES), "'")

_CYRILLIC_FOR_LATIN = str.maketrans(
    "AaBCcEeËëHIiÏïJjKkĸMmOoPpTXxYyŸÿ", "АаВСсЕеЁёНІіЇїЈјКккМмОоРрТХхУуЎў"
)
_LATIN_FOR_CYRILLIC = str.maketrans(
    "АаВвСсЕеЁёНнІіЇїЈјКкМмОоРрТтХхУуЅѕ", "AaBvCcEeËëHnIiÏïJjKkMmOoPpTtXxYySs"
)
_LOOK_LATIN = frozenset("AaBCcEeËëHIiÏïJjKkĸMmOoPpTXxYy")
_LOOK_CYRILLIC = frozenset("АаВСсЕеЁёНІіЇїЈјКМОоРрТХхУуЅѕк")
_GREEK = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορ", "ABEZHIKMNOPTYXaop")

_DIGITS_IN_CYRILLIC = str.maketrans("034616", "озчбіб")
_DIGITS_IN_LATIN = str.maketrans("0135", "oles")

_KEYS_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_KEYS_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_CYRILLIC = str.maketrans(
    _KEYS_LATIN.upper() + _KEYS_LATIN + '{}:"<>~',
    _KEYS_CYRILLIC.upper() + _KEYS_CYRILLIC + "ХЪЖЭБЮЁ",
)
_TO_LATIN = str.maketrans(
    _KEYS_CYRILLIC + _KEYS_CYRILLIC.upper() + "іІўЎ",
    _KEYS_LATIN + _KEYS_LATIN.upper() + "bBoO",
)

_WORD = re.compile(r"[^\W_]+(?:['\-]?[^\W_]+)*", re.UNICODE)
# Nearly every listed name; to prove it clean letter by letter takes ten times as long.
_ALREADY_CLEAN = re.compile(r"[A-Za-zА-яЁёІіЎўЇїЄє]+(?: [A-Za-zА-яЁёІіЎўЇїЄє]+)*")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_NOT_BELARUSIAN = re.compile(r"[ищъїєґ]|[жшчр][её]|[дт][еёяюь]|р[ьюя]|(?:[оеё]в|[ыо]й|енко)(?!\w)")
_BELARUSIAN = re.compile(r"[ўі]|дз[еёяюь]|[жшчрдт]э|[жшчр]ы")
_VOWELS = frozenset("aeiouyаеёиіїоуыэюяєąęėįųūóáéíúäöü")
_OR_ELSE = re.compile(r"(?<=\w)/\w+|(?<=[A-Za-z])'s\b")
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])")


def clean(text: str) -> str:
    """Return ``text`` without controls, invisible characters and heaps of marks; idempotent."""
    if len(text) <= LONGEST and _ALREADY_CLEAN.fullmatch(text):
        return text
    cleaned = _clean_once(text)
    return cleaned if cleaned == text else clean(cleaned)


def _clean_once(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFKC", text[:LONGEST]):
        category = unicodedata.category(character)
        if category == "Mn" or category == "Me":
            marks += 1
            if marks > _MARKS_A_LETTER:
                continue
        else:
            marks = 0
        if character.isspace() or category == "Cc":
            kept.append(" ")
        elif category[0] != "C":
            kept.append(character)
    folded = "".join(kept).translate(_HYPHENS).translate(_JOINERS)
    return " ".join(unicodedata.normalize("NFKC", folded)[:LONGEST].split())


def split(text: str) -> list[str]:
    """Return the words of clean ``text``: initials come apart, second spellings are left out."""
    apart = _BETWEEN_LETTERS.sub(". ", _OR_ELSE.sub("", text))
    return [repair(word[:LONGEST_WORD]) for word in _WORD.findall(apart)[:MOST_WORDS]]


@lru_cache(maxsize=1024)
def repair(word: str) -> str:
    """Return ``word`` in one script, with letters for the digits that stand for them."""
    if word.isascii() and word.isalpha():
        return word
    word = word.translate(_GREEK)
    cyrillic, latin = len(_CYRILLIC.findall(word)), len(_LATIN.findall(word))
    if cyrillic and latin:
        word = _in_one_script(word, cyrillic >= latin)
    if not word.isalpha() and (cyrillic or latin):
        word = word.translate(_DIGITS_IN_CYRILLIC if cyrillic else _DIGITS_IN_LATIN)
    return word


def _in_one_script(word: str, mostly_cyrillic: bool) -> str:
    latin = {c for c in word if _LATIN.match(c)}
    cyrillic = {c for c in word if _CYRILLIC.match(c)}
    if latin <= _LOOK_LATIN and (mostly_cyrillic or not cyrillic <= _LOOK_CYRILLIC):
        return word.translate(_CYRILLIC_FOR_LATIN)
    if cyrillic <= _LOOK_CYRILLIC:
        return word.translate(_LATIN_FOR_CYRILLIC)
    return word.translate(_CYRILLIC_FOR_LATIN if mostly_cyrillic else _LATIN_FOR_CYRILLIC)


def in_cyrillic(word: str) -> str:
    """Return ``word`` with the Cyrillic letters its Latin letters look like."""
    return word.translate(_CYRILLIC_FOR_LATIN) if set(word) <= _LOOK_LATIN else word


def is_cyrillic(text: str) -> bool:
    """Tell whether ``text`` holds a Cyrillic letter."""
    return _CYRILLIC.search(text) is not None


def is_latin(text: str) -> bool:
    """Tell whether ``text`` holds a Latin letter."""
    return _LATIN.search(text) is not None


def is_belarusian(text: str) -> bool | None:
    """Tell whether Cyrillic ``text`` is spelt in Belarusian; ``None`` where it does not show."""
    letters = text.lower()
    if _NOT_BELARUSIAN.search(letters):
        return False
    return True if _BELARUSIAN.search(letters) else None


def plain(word: str) -> str:
    """Return ``word`` in small letters without marks and apostrophes."""
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in letters if letter.isalpha())


def retype(text: str) -> str:
    """Return ``text`` as the same keys give it on the other keyboard layout."""
    return text.translate(_TO_LATIN if is_cyrillic(text) else _TO_CYRILLIC)


def looks_mistyped(text: str) -> bool:
    """Tell whether ``text`` can hardly be words: too few vowels, or signs inside words."""
    letters = [c for c in text.lower() if c.isalpha()]
    if len(letters) < 3:
        return False
    vowels = sum(c in _VOWELS for c in letters)
    return vowels / len(letters) < 0.2 or re.search(r"\w[\[\];,`<>{}:\"]\w", text) is not None

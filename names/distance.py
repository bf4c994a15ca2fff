"""How far two sounds are apart, weighed by what spellings and ears confuse."""

from functools import lru_cache

from names.sound import VOWELS

FAR = 9.0
_SWAP = 0.8
_SLIP = 0.75
"""A finger that hits the key beside."""
_OTHER = 1.15
_FIRST = 0.3
"""Hardly anybody errs in the first letter."""
_CONFUSED = 0.5
_KEYBOARDS = (
    ("jcukengS-zx", "fivaproldZe", "ACsmit-bU"),
    ("jcukengSvzx", "fivaproldZe", "ACsmit-bU"),
    ("kvertiuiop", "asdfghjkl", "zkcvbnm"),
)


def _beside() -> set[tuple[str, str]]:
    """Return the pairs of phones whose keys lie side by side."""
    found = set()
    for rows in _KEYBOARDS:
        for number, keys in enumerate(rows):
            below = rows[number + 1] if number < 2 else ""
            for i, key in enumerate(keys):
                for other in keys[i + 1 : i + 2] + below[max(0, i - 1) : i + 1]:
                    found |= {(key, other), (other, key)}
    return found


_BESIDE = _beside()
_PAIRS = {
    "ao": 0.04, "eO": 0.03, "oO": 0.08, "aA": 0.34, "eA": 0.08, "ae": 0.34, "eo": 0.34, "AO": 0.1,
    "ei": 0.34, "iA": 0.35, "uU": 0.04, "ij": 0.12, "oA": 0.3, "aO": 0.2, "oi": 0.5,
    "ai": 0.5, "iU": 0.4, "iu": 0.5, "gh": 0.03, "hx": 0.05, "gx": 0.3, "ct": 0.45, "cC": 0.32,
    "sS": 0.32, "zZ": 0.32, "tC": 0.5, "kx": 0.5, "fv": 0.4, "sz": 0.4, "ck": 0.4, "sc": 0.4,
    "Sc": 0.5, "SC": 0.5, "SZ": 0.5, "jZ": 0.4, "kg": 0.7, "dt": 0.5, "bp": 0.6, "zc": 0.3,
    "jg": 0.6, "tT": 0.06, "cT": 0.0, "CT": 0.25,
    "qs": 0.02, "qz": 0.03, "QS": 0.02, "QZ": 0.05, "qS": 0.3, "qZ": 0.4, "qc": 0.4,
    "xS": 0.5, "bv": 0.5, "vu": 0.15, "CZ": 0.5, "vU": 0.3, "Cx": 0.5, "xC": 0.5,
}  # fmt: skip
_COST = {pair: cost for two, cost in _PAIRS.items() for pair in (two, two[::-1])}
_DROP = {"j": 0.12, "h": 0.5, "i": 0.5, "e": 0.45, "a": 0.5, "A": 0.5, "o": 0.45}


def _substitute(a: str, b: str) -> float:
    if a in VOWELS and b in VOWELS:
        return _COST.get(a + b, 0.6)
    return _COST.get(a + b, _SLIP if (a, b) in _BESIDE else _OTHER)


_PHONES = "abcdefghijklmnopqrstuvwxyzACOQSTUZ"
_SUBSTITUTE = {a: {b: 0.0 if a == b else _substitute(a, b) for b in _PHONES} for a in _PHONES}
_SOFT = frozenset("ieAOU")
_SOFT_T = frozenset(("ct", "tc"))
"""Ціхан is Тихон, but Вайц is not Войт: т turns to ц only before a soft vowel."""
_A_AFTER_L = frozenset(("aA", "Aa"))
"""In Łacinka and Polish a plain l is soft: Bialacki is Бяляцкі."""
_AFTER_HARD = {
    hard + pair: 0.08
    for pairs, consonants in ((("ae", "ea"), "rCSZc"), (("oe", "eo"), "CSZc"))
    for pair in pairs
    for hard in consonants
}


def _drop(phone: str) -> float:
    return _DROP.get(phone, 0.6 if phone in VOWELS else 1.0)


_DROPS = {phone: _drop(phone) for phone in _PHONES}


@lru_cache(maxsize=4096)
def distance(a: str, b: str, limit: float = 2.5, across: bool = True, latin: bool = True) -> float:
    """Return what it costs to hear ``a`` as ``b``: about 1 a letter, ``FAR`` beyond ``limit``.

    ``across``: they may be of two languages, which write other vowels; ``latin``: one may be in
    Latin letters, where hard and soft look alike.
    """
    if a == b:
        return 0.0
    if abs(len(a) - len(b)) > 3:
        return FAR
    before: list[float] = []
    row = [0.0]
    for phone in b:
        row.append(row[-1] + _DROPS[phone] + (0 if row[1:] else _FIRST))
    for i, p in enumerate(a):
        older, before = before, row
        steps, drop = _SUBSTITUTE[p], _DROPS[p]
        best = last = before[0] + drop + (0 if i else _FIRST)
        row = [last]
        hard = a[i - 1] if i else "-"
        is_softened = (a[i + 1 : i + 2] or "-") in _SOFT
        for j, q in enumerate(b):
            if p == q:
                cost = before[j]
            else:
                step = steps[q]
                if is_softened and p + q in _SOFT_T and b[j + 1 : j + 2]:
                    step = 0.08
                elif latin and hard == "l" and p + q in _A_AFTER_L:
                    step = 0.06
                if across and j and b[j - 1] == hard:
                    step = _AFTER_HARD.get(hard + p + q, step)
                if not (i or j) and step >= _CONFUSED:
                    step += _FIRST
                cost = before[j] + step
                if j and q == hard and p == b[j - 1]:
                    cost = min(cost, older[j - 1] + _SWAP)
            # Not min(): this is where most of the time of a hard question went.
            if before[j + 1] + drop < cost:
                cost = before[j + 1] + drop
            if last + _DROPS[q] < cost:
                cost = last + _DROPS[q]
            row.append(cost)
            last = cost
            if cost < best:
                best = cost
        if best > limit:
            return FAR
    return row[-1] if row[-1] <= limit else FAR

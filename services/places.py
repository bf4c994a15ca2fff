"""Places: whether somebody was where a question says."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from locales import LANGUAGES, speak
from model.cards import Card
from names.reading import hear
from names.sound import coarse

_WORD = re.compile(r"[^\W\d_]{3,}")


def are_known(card: Card) -> bool:
    """Say whether any place is known of a person."""
    return any(event.place for event in card.events)


def fit(words: Sequence[str], card: Card) -> bool:
    """Say whether one of ``words`` is a place of a person, in whatever language and case."""
    asked = frozenset[str]().union(*map(_sounds, words))
    return any(not asked.isdisjoint(sounds) for sounds in _told(card))


def _told(card: Card) -> Iterator[frozenset[str]]:
    """Yield how all words sound that may say where a person is, was or comes from."""
    places = [event.place for event in card.events if event.place]
    names = [text for place in places for text in place.names.values()]
    for text in (*names, *card.person.about.values()):
        yield from map(_sounds, _WORD.findall(text))
    for code in {place.country for place in places if place.country}:
        yield _sounds_of_country(code)


@cache
def _sounds_of_country(code: str) -> frozenset[str]:
    names = " ".join(speak(language).country(code) for language in LANGUAGES)
    return frozenset[str]().union(*map(_sounds, _WORD.findall(names)))


def _sounds(word: str) -> frozenset[str]:
    return frozenset(coarse(stem.sound) for stem in hear(word).stems)

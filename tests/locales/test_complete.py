"""A language is offered only when all of it is translated and nothing in it is a guess."""

import pytest

import locales
from tests.catalogues import forms, messages, place, read

TRANSLATED = sorted(set(locales.LANGUAGES) - {locales.SOURCE})


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_is_translated(language: str) -> None:
    missing = [m.id for m in messages(read(place(language))) if not all(forms(m.string))]
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_a_guess(language: str) -> None:
    assert [m.id for m in messages(read(place(language))) if m.fuzzy] == []

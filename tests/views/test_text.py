"""Text for Telegram: nothing in it can break a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.text import LIMIT, bold, clip, escape, label, length, link, name, shorten, units

anything = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("<b>&amp;<script>", "&lt;b&gt;&amp;amp;&lt;script&gt;"),
        ("%s %(x)s {name} {0.__class__}", "%s %(x)s {name} {0.__class__}"),
        ("a\x00b\x1fc\ud83dd", "abcd"),
        ("a\n\tb", "a\n\tb"),
        ("О'Браен \"", "О&#x27;Браен &quot;"),
    ],
)
def test_any_text_is_harmless_once_escaped(raw: str, safe: str) -> None:
    assert escape(raw) == safe


def test_a_name_cannot_turn_the_sentence_around_it() -> None:
    assert name("Марыя\u202e\n  Калеснікава") == "\u2068Марыя Калеснікава\u2069"


def test_a_name_without_end_is_cut() -> None:
    assert length(name("Ы" * 5000)) == 130


def test_an_astral_character_counts_as_two() -> None:
    assert units("a𐌀") == 3


def test_tags_count_for_nothing_and_an_entity_for_one() -> None:
    assert length(bold("a&amp;b") + '<a href="https://example.org">ж</a>') == 4


def test_a_link_carries_its_address_escaped() -> None:
    assert link("R&D", 'https://example.org/?a=1&b="') == (
        '<a href="https://example.org/?a=1&amp;b=&quot;">R&amp;D</a>'
    )


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "tg://user?id=1", "file:///etc"])
def test_what_is_no_web_page_is_not_linked(url: str) -> None:
    assert link("source", url) == "source"


@given(anything, st.integers(2, 50))
def test_a_shortened_text_is_never_too_long(text: str, limit: int) -> None:
    assert units(shorten(text, limit)) <= limit


def test_a_short_text_stays_whole() -> None:
    assert shorten("Вільня", 6) == "Вільня"
    assert shorten("Вільня", 5) == "Віль…"
    assert shorten("ab𐌀c", 4) == "ab…"


def test_a_button_shows_plain_words() -> None:
    assert label("Марыя\x00\ud83d\n <b>") == "Марыя <b>"
    assert len(label("Ы" * 100)) == 60


def test_lines_that_fit_are_all_kept() -> None:
    assert clip(["a", "b"], after=["c"], limit=5) == "a\nb\nc"


def test_whole_lines_are_left_out_and_what_comes_after_is_kept() -> None:
    assert clip(["aaa", "bbb", "ccc"], after=["end"], limit=12) == "aaa\n…\nend"


@given(st.lists(anything.map(escape), max_size=40), st.integers(12, 200))
def test_a_clipped_text_always_fits(lines: list[str], limit: int) -> None:
    assert length(clip(lines, after=["last word"], limit=limit)) <= limit


def test_one_message_holds_what_telegram_takes() -> None:
    assert length(clip(["𐌀" * 100] * 100)) <= LIMIT

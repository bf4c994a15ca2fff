"""Texts are counted and parsed as Telegram does."""

import pytest

from simulator.formatting import Malformed, parse_html, parse_plain, units


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("abc", 3), ("вестка", 6), ("🕊", 2), ("я🕊я", 4), ("e\u0301", 2)]
)
def test_lengths_are_counted_in_utf16_units(text: str, length: int) -> None:
    assert units(text) == length


def test_a_tag_becomes_an_entity_behind_an_astral_character() -> None:
    text, entities = parse_html("🕊 <b>Марыя</b>")
    assert text == "🕊 Марыя"
    assert entities == ({"type": "bold", "offset": 3, "length": 5},)


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("b", "bold"),
        ("strong", "bold"),
        ("i", "italic"),
        ("em", "italic"),
        ("u", "underline"),
        ("ins", "underline"),
        ("s", "strikethrough"),
        ("strike", "strikethrough"),
        ("del", "strikethrough"),
        ("tg-spoiler", "spoiler"),
        ("code", "code"),
        ("pre", "pre"),
        ("blockquote", "blockquote"),
        ("B", "bold"),
    ],
)
def test_every_tag_telegram_knows_is_an_entity(tag: str, kind: str) -> None:
    assert parse_html(f"<{tag}>so</{tag}>").entities == ({"type": kind, "offset": 0, "length": 2},)


@pytest.mark.parametrize(
    ("source", "entity"),
    [
        (
            '<a href="https://example.org/?a=1&amp;b=2">here</a>',
            {"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/?a=1&b=2"},
        ),
        (
            "<a href='tg://user?id=7'>here</a>",
            {"type": "text_link", "offset": 0, "length": 4, "url": "tg://user?id=7"},
        ),
        (
            '<span class="tg-spoiler">hush</span>',
            {"type": "spoiler", "offset": 0, "length": 4},
        ),
        (
            "<blockquote expandable>long</blockquote>",
            {"type": "expandable_blockquote", "offset": 0, "length": 4},
        ),
        (
            '<pre><code class="language-python">x = 1</code></pre>',
            {"type": "pre", "offset": 0, "length": 5, "language": "python"},
        ),
        (
            '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
            {
                "type": "custom_emoji",
                "offset": 0,
                "length": 2,
                "custom_emoji_id": "5368324170671202286",
            },
        ),
        (
            "<a>https://example.org</a>",
            {"type": "text_link", "offset": 0, "length": 19, "url": "https://example.org"},
        ),
    ],
)
def test_attributes_are_read(source: str, entity: dict[str, object]) -> None:
    assert parse_html(source).entities == (entity,)


def test_a_link_that_leads_nowhere_is_only_words() -> None:
    assert parse_html('<a href="javascript:alert(1)">here</a>') == ("here", ())


def test_tags_nest() -> None:
    text, entities = parse_html("<b>bold <i>both</i></b>")
    assert text == "bold both"
    assert entities == (
        {"type": "bold", "offset": 0, "length": 9},
        {"type": "italic", "offset": 5, "length": 4},
    )


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("ж<script>", 'Unsupported start tag "script" at byte offset 2'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<b class="x">x</b>', 'Unsupported attribute "class" of the tag "b" at byte offset 0'),
        ('<b ="x">x</b>', 'Empty attribute name in the tag "b" at byte offset 3'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<code><b>x</b></code>", 'Tag "b" can\'t be inside the tag "code" at byte offset 6'),
        (
            "<blockquote>a<blockquote>b</blockquote></blockquote>",
            'Tag "blockquote" can\'t be inside the tag "blockquote" at byte offset 13',
        ),
    ],
)
def test_malformed_html_is_refused_with_telegrams_words(source: str, why: str) -> None:
    with pytest.raises(Malformed) as refusal:
        parse_html(source)
    assert str(refusal.value) == f"can't parse entities: {why}"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("&lt;b&gt; &amp; &quot;q&quot;", '<b> & "q"'),
        ("&#1046;&#x416;", "ЖЖ"),
        ("&nbsp;", "&nbsp;"),
        ("a & b", "a & b"),
        ("a > b", "a > b"),
        ("&#0;x &#xD800;", "&#0;x &#xD800;"),
    ],
)
def test_character_references_are_those_telegram_knows(source: str, text: str) -> None:
    assert parse_html(source).text == text


def test_spaces_round_a_text_go_and_entities_shrink_with_them() -> None:
    assert parse_html("  <b> x </b>\n") == ("x", ({"type": "bold", "offset": 0, "length": 1},))


def test_control_characters_and_overrides_do_not_survive() -> None:
    assert parse_plain("a\x00b\tc\r\u202ed\u2068e\u2069").text == "a b cd\u2068e\u2069"


@pytest.mark.parametrize(
    ("text", "kind", "offset", "length"),
    [
        ("🕊 /start now", "bot_command", 3, 6),
        ("/who@vestka_bot Марыя", "bot_command", 0, 15),
        ("see https://example.org/a?b=c.", "url", 4, 25),
        ("t.me/vestka_bot?start=abc", "url", 0, 25),
        ("ask @vestka_bot", "mention", 4, 11),
        ("write to a@example.org", "email", 9, 13),
        ("#вестка", "hashtag", 0, 7),
    ],
)
def test_links_and_commands_are_found_in_plain_text(
    text: str, kind: str, offset: int, length: int
) -> None:
    assert parse_plain(text).entities == ({"type": kind, "offset": offset, "length": length},)


def test_what_only_looks_like_a_command_is_none() -> None:
    assert parse_plain("and/or 1/2 https 5/start /старт").entities == ()


def test_no_link_is_found_inside_code() -> None:
    entities = parse_html("<code>https://example.org</code>").entities
    assert [each["type"] for each in entities] == ["code"]

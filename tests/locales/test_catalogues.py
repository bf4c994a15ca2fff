"""Every translation can be spoken: same names in braces, same tags, right number of plurals."""

import ast
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir

import locales
from tests.catalogues import PLURALS, TEMPLATE, check, forms, messages, names, place, read, tags

ROOT = locales.CATALOGUES.parent
ROOMS = ("bot", "db", "delivery", "exchange", "handlers", "model", "names", "services", "views")
TRANSLATED = sorted(set(locales.LANGUAGES) - {locales.SOURCE})
KEYWORDS = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
WORDS = {"gettext": [0], "ngettext": [0, 1], "pgettext": [0, 1], "npgettext": [0, 1, 2]}


def extracted() -> Iterator[tuple[str | None, tuple[str, ...]]]:
    for room in ROOMS:
        for _, _, message, _, context in extract_from_dir(ROOT / room, keywords=KEYWORDS):
            yield context, tuple(forms(message))


def test_the_template_holds_the_words_of_the_code() -> None:
    gathered = {
        (message.context, tuple(forms(message.id))) for message in messages(read(TEMPLATE))
    }
    assert gathered == set(extracted()), "run: make messages"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_the_words_of_the_template(language: str) -> None:
    wanted = [(message.context, message.id) for message in messages(read(TEMPLATE))]
    held = [(message.context, message.id) for message in messages(read(place(language)))]
    assert held == wanted, "run: make messages"


@pytest.mark.parametrize("language", TRANSLATED)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    catalogue = read(place(language))
    assert (catalogue.num_plurals, catalogue.plural_expr) == PLURALS[language]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_can_be_spoken(language: str) -> None:
    for message in messages(read(place(language))):
        check(message, PLURALS[language][0])


@pytest.mark.parametrize("room", ROOMS)
def test_only_words_that_can_be_gathered_are_spoken(room: str) -> None:
    """Babel passes over f-strings and variables without a word."""
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                for place_ in WORDS.get(node.func.attr, ()):
                    word = node.args[place_]
                    assert isinstance(word, ast.Constant), f"{path}:{node.lineno}"
                    assert isinstance(word.value, str), f"{path}:{node.lineno}"


def test_the_words_themselves_are_well_formed() -> None:
    for message in messages(read(TEMPLATE)):
        assert {frozenset(names(form)) for form in forms(message.id)[1:]} <= {
            frozenset(names(forms(message.id)[-1]))
        }
        for form in forms(message.id):
            tags(form)


@pytest.mark.parametrize(
    "hostile",
    [
        "{nmae} <b>x</b>",
        "{name.__class__} <b>x</b>",
        "{name:>99999999} <b>x</b>",
        "{name!r} <b>x</b>",
        "{0} <b>x</b>",
        "{} <b>x</b>",
        "<b>без імя</b>",
        "{name} без тэга",
        "<b>{name}",
        "{name}</b>",
        "<b><i>{name}</b></i>",
        "<b>{name}</b><script>alert(1)</script>",
        '<b>{name}</b> <a href="https://evil.example">тут</a>',
        '<b onclick="x">{name}</b>',
    ],
)
def test_a_hostile_translation_is_refused(hostile: str) -> None:
    with pytest.raises(AssertionError):
        check(Message("{name} <b>released</b>", hostile), 3)


def test_a_link_may_only_lead_where_the_source_leads() -> None:
    source = '<a href="https://example.org/">{name}</a>'
    check(Message(source, '{name}: <a href="https://example.org/">тут</a>'), 3)
    with pytest.raises(AssertionError):
        check(Message(source, '<a href="https://evil.example/">{name}</a>'), 3)


def test_braces_that_do_not_close_are_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        check(Message("{name} <b>released</b>", "{name <b>x</b>"), 3)


@pytest.mark.parametrize(
    "targets", [("{n} чалавек",), ("{n} чалавек", "{n} чалавекі"), ("{n} ч", "", "{n} ч")]
)
def test_a_missing_plural_is_refused(targets: tuple[str, ...]) -> None:
    with pytest.raises(AssertionError):
        check(Message(("{n} person", "{n} persons"), targets), 3)


def test_a_good_translation_is_taken() -> None:
    check(Message("{name} <b>released</b>", "<b>на волі</b>: {name}"), 3)
    check(Message(("{n} person", "{n} persons"), ("адзін", "{n} чалавекі", "{n} чалавек")), 3)
    check(Message("{name}", ""), 3)

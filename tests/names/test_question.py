"""What a question is taken for."""

import pytest

from model.people import PersonId
from model.questions import Intent
from names import Candidate, Verdict, decide, read


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "\u200b\u2800", "М", "?", "...", "12", "😀😀😀", "\ud83d", "\x00\x01",
        "Мінск", "у Вільні", "хто зараз у Вільні", "/start", "колькі цяпер палітвязняў",
        "хто апошні выйшаў", "' OR 1=1 --", "%", "AND* NEAR(", "дзякуй вам",
    ],
)  # fmt: skip
def test_what_names_nobody_is_not_looked_up(text: str) -> None:
    question = read(text)
    assert question.named is bool(question.tiers)
    if text not in {"' OR 1=1 --", "AND* NEAR("}:
        assert not question.named


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Марта Вярбіцкая", Intent.NONE),
        ("Ці вызвалілі Марту Вярбіцкую?", Intent.STATUS),
        ("wann wurde Wierbicka freigelassen", Intent.WHEN),
        ("Kiedy wypuszczono Martę Wierbicką?", Intent.WHEN),
        ("у якой калоніі трымаюць Марту Вярбіцкую", Intent.WHERE),
        ("where is Marta held", Intent.WHERE),
        ("як напісаць ліст Марце Вярбіцкай", Intent.WRITE),
        ("kaip parašyti laišką", Intent.WRITE),
        ("скільки ще тримають", Intent.COUNT),
        ("who was released last", Intent.LATEST),
    ],
)
def test_the_intent_is_read_where_it_is_plain(text: str, intent: Intent) -> None:
    assert read(text).intent is intent


def test_a_question_never_shows_its_words() -> None:
    shown = repr(read("Марта Вярбіцкая 1988"))
    assert "Марта" not in shown
    assert "1988" not in shown
    assert str(read("Марта Вярбіцкая").keys[0]) not in shown


def test_the_keys_are_bounded_and_most_selective_first() -> None:
    question = read("Schamtschuschnowitsch Jaschischtschenko Czczewszczyk Dzhordzhinskij Ouchtch")
    assert all(len(tier) <= 160 for tier in question.tiers)
    assert len(question.tiers) <= 4
    assert question.keys == tuple(key for tier in question.tiers for key in tier)


def test_a_long_story_is_read_around_its_given_name() -> None:
    story = "абракадабра хрумшчык шапаткуха Марта Вярбіцкая зюзюкалка бармаглот хлівкія шарыкі"
    texts = {asked.text for reading in read(story).readings for asked in reading.asked}
    assert {"Марта", "Вярбіцкая"} <= texts


def test_a_long_story_without_a_given_name_is_read_at_its_end() -> None:
    story = "абракадабра хрумшчык шапаткуха зюзюкалка бармаглот хлівкія шарыкі"
    texts = {asked.text for reading in read(story).readings for asked in reading.asked}
    assert {"хлівкія", "шарыкі"} <= texts


def test_six_unknown_words_are_one_reading() -> None:
    reading, *_ = read("абракадабра хрумшчык шапаткуха зюзюкалка бармаглот хлівкія").readings
    assert len(reading.asked) == 6


def test_a_word_that_only_begins_like_a_question_may_be_a_name() -> None:
    assert read("Прыгаворскі").named
    assert not read("приговор").named


@pytest.mark.parametrize("text", ["Борисов", "Где сидит Борисов?", "Што з Барысавым"])
def test_a_town_called_like_a_man_may_be_a_surname(text: str) -> None:
    question = read(text)
    assert question.named
    assert decide(question, [Candidate(PersonId(1), ("Вяргіній Барысаў",))]).matches


def test_a_town_alone_is_nobody_for_sure() -> None:
    person = Candidate(PersonId(1), ("Вяргіній Борисов",))
    assert decide(read("Борисов"), [person]).kind is Verdict.CHOICE
    assert decide(read("Вяргіній Борисов"), [person]).kind is Verdict.SURE


def test_a_question_tells_which_of_its_words_are_places() -> None:
    assert read("Марта Вярбіцкая, Гомель").places == ("Гомель",)
    assert read("Марта Вярбіцкая").places == ()

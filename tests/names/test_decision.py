"""Who is found, who is asked back, and who is nobody."""

from collections.abc import Callable

import pytest

from model.people import Gender, PersonId
from names import MOST_SHOWN, Candidate, Doubt, Verdict, decide, read
from tests.names.conftest import Town

Found = Callable[[str], tuple[Verdict, list[int]]]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Марта Вярбіцкая", 1),
        ("вярбіцкая марта", 1),
        ("МАРТА ВЕРБИЦКАЯ", 1),
        ("Marta Viarbitskaya", 1),
        ("Marta Vierbickaja", 1),
        ("Marta Wierbicka", 1),
        ("Marta Werbizkaja", 1),
        ("Marta Verbickaja", 1),
        ("Маpта Вepбицкaя", 1),  # Latin letters that look Cyrillic
        ("Vfhnf Dth,bwrfz", 1),  # typed on the other keyboard layout
        ("Что с Мартой Вербицкой?", 1),
        ("Ці вызвалілі Марту Вярбіцкую?", 1),
        ("co z Martą Wierbicką", 1),
        ("Ar paleido Martą Verbickają?", 1),
        ("wo ist Marta Werbizkaja", 1),
        ("Сяргей Пятровіч Галавень", 2),
        ("Головень Сергей Петрович", 2),
        ("С. П. Галавень", 2),
        ("Галавень С.П.", 2),
        ("Саша Журавлинский", 4),
        ("Alexander Schurawlinskij", 4),
        ("Аляксандру Жураўлінскаму", 4),
        ("Олька Бусько", 5),
        ("пра Вольгу Бусько", 5),
        ("Владимир Кленов", 6),
        ("Володя Клёнов", 6),
        ("пра Валянціна Хмарава", 29),
        ("Аляксандра Жураўлінскага", 4),
        ("Wowa Klonow", 6),
        ("Екатерина Чабарова", 7),
        ("Kasia Chabarova", 7),
        ("Барыс Яўхім", 28),
        ("Ядвига Лазовская", 8),
        ("Ядвіга Шаўчук Лазоўская", 8),
        ("Ядвіга Шаўчуклазоўская", 8),
        ("Юры Чапялец", 9),
        ("Юрась Чап ялец", 9),
        ("ЮрасьЧапялец", 9),
        ("што з Юрасём Чапяльцом", 9),
        ("Паўлік Рамонак", 10),
        ("Тодар Свирепа", 12),
        ("Марта Вярбіцкая 1988 г.р.", 1),
        ("Марта Вербицкая г. Брест", 1),
        ("Marta Viarbitskaya's sentence", 1),
        ("як напісаць ліст Валянціну Хмараву", 29),  # who is written to stands in the dative
        ("Зянон Нікіціч Барадзей", 40),
        ("Слава Мятла", 41),  # short for more than twenty names
        ("письмо Лёше Дрыгвичу", 42),
        ("Эмили Торнтон", 13),
        ("Танака Юкио", 16),
        ("Юкіо Танака", 16),
        ("Кирилл Адвокат", 15),
        ("Аўгіння Хмурэц", 19),
        ("Авгинья Хмурык/Хмурик", 19),
    ],
)
def test_one_person_is_surely_found(found: Found, text: str, person: int) -> None:
    assert found(text) == (Verdict.SURE, [person])


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Сяргей Галавень", {2, 3}),
        ("Галавень", {2, 3}),
        ("что с Головнем", {2, 3}),
        ("Рамонак", {10, 11}),
        ("Валянціна Хмарава", {29}),  # a woman's name, or his in the genitive
        ("Саргей Пятровіч Галавень", {2}),  # a misspelt given name
        ("Марта Вярбіцбая", {1}),  # a misspelt surname
        ("Мрата Вярбіцкая", {1}),
        ("Павел Рамоіак", {10}),  # a vowel typed beside a vowel
        ("Марта Вярбіцкая шапаткуха", {1}),
        ("Марта Вярбіцкая 1950", {1}),  # another birth year
        ("Уладзімір Кленаук", {6}),
        ("шукаю Валянціну Хмараву", {29}),  # her accusative, or his dative
        ("Валя Хмарава", {29}),  # a woman's surname beside a name of both
        ("Юрсь Чапялец", {9}),  # a slip in a given name
        ("Марта Вярбіцыя", {1}),  # two keys beside
        ("Ядвіга Шаўукч-Лазоўская", {8}),
        ("Narman Belialau", {17, 18}),  # one surname with and without its Russian ending
        ("Барыс", {28}),  # his surname, or only a given name
        ("што чуваць пра няўрымсную Вярбіцкую", {1}),  # a word nobody can explain
    ],
)
def test_a_doubt_is_a_choice(found: Found, text: str, people: set[int]) -> None:
    verdict, shown = found(text)
    assert verdict is Verdict.CHOICE
    assert set(shown) >= people


@pytest.mark.parametrize(
    "text",
    [
        "Ганна Вярбіцкая",  # only a namesake by surname
        "Марта Галавень",
        "Сяргей Мікалаевіч Галавень",  # another father
        "М. П. Галавень",
        "Марта",
        "Сяргей Пятровіч",
        "Зянон Пазьняковіч",
        "Ольга Бусловская",
        "Аляксандра Пятроўна Жураўлінская",  # a woman
        "Мікола Рамонак",
        "Вярбіцкая Ядзьвігараўна",  # a word that is no given name of hers
        "надвор'е сёння добрае",
        "Марцін Вярбіцкая Хмурык",
        "П. С. Галавень",  # initials the wrong way round
        "Марта Тодур",  # a given name is not taken for a surname beside a misspelt one
        "Вярбіц карусель",  # words put together must fit
        "Зянон Пятровіч Барадзей",  # Нікіціч is a patronymic, too
        "Siarhei Viarbitskaya",
        "Юрась Чап ялуц",
        "К. С. Галавень",
        "І. Галавень",  # the initial of a father's name
        "Аляксандр Жураў",  # only foreign surnames lose their Russian ending
    ],
)
def test_nobody_of_that_name_is_nobody(found: Found, text: str) -> None:
    assert found(text) == (Verdict.NOBODY, [])


def test_more_than_five_say_so(town: Town) -> None:
    decision = town.ask("Лазовік")
    assert decision.kind is Verdict.CHOICE
    assert decision.more
    assert len(decision.matches) == 7 > MOST_SHOWN
    assert not town.ask("Рамонак").more


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("Марта Вярбіцкая", ()),
        ("Галавень", (Doubt.NAMESAKES,)),
        ("Сяргей Галавень", (Doubt.NAMESAKES,)),
        ("Марта Вярбіцкая 1950", (Doubt.YEAR,)),
        ("Марта Вярбіцкая шапаткуха", (Doubt.UNEXPLAINED,)),
        ("Czabarowa", (Doubt.PART,)),
        ("Марта Вярбіцбая", (Doubt.SPELLING,)),
        ("Рамонак 1950", (Doubt.NAMESAKES,)),
    ],
)
def test_a_choice_says_why_it_is_not_sure(
    town: Town, text: str, doubts: tuple[Doubt, ...]
) -> None:
    assert town.ask(text).doubts == doubts


def test_of_two_who_sound_alike_the_one_spelt_alike_is_first() -> None:
    people = [Candidate(PersonId(1), ("Марта Ганак",)), Candidate(PersonId(2), ("Марта Ганакь",))]
    decision = decide(read("Ганакь Марта"), people)
    assert [match.person for match in decision.matches] == [2, 1]


def test_a_birth_year_tells_namesakes_apart(town: Town) -> None:
    question = read("Лазовік 1973")
    assert question.born == 1973
    decision = town.answer(question)
    assert (decision.kind, [m.person for m in decision.matches]) == (Verdict.SURE, [33])


def test_the_birth_year_of_nobody_leaves_the_choice(town: Town) -> None:
    assert town.ask("Рамонак 1950").kind is Verdict.CHOICE


def test_the_year_of_an_arrest_is_no_birth_year(town: Town) -> None:
    assert town.ask("Марта Вярбіцкая 2021").kind is Verdict.SURE


def test_a_bare_surname_of_one_person_is_sure(found: Found) -> None:
    assert found("Вярбіцкая") == (Verdict.SURE, [1])
    assert found("Chabarova") == (Verdict.SURE, [7])


def test_a_given_name_alone_is_no_surname_that_only_sounds_like_it() -> None:
    listed = [Candidate(PersonId(1), ("Юзеф Олексы",))]
    assert decide(read("что с Алексеем"), listed).kind is not Verdict.SURE


def test_a_bare_surname_spelt_otherwise_in_latin_is_asked_back(found: Found) -> None:
    assert found("Czabarowa") == (Verdict.CHOICE, [7])


def test_the_answer_says_why_where_the_spelling_differs(town: Town) -> None:
    (match,) = town.ask("Marta Wierbicka").matches
    assert match.why == (("Marta", "Марта"), ("Wierbicka", "Вербицкая"))
    (same,) = town.ask("марта вярбіцкая").matches
    assert same.why == ()
    assert same.score == 1.0
    assert match.score < 1.0


def test_the_spelling_differences_are_not_in_a_repr(town: Town) -> None:
    assert "Вербицкая" not in repr(town.ask("Marta Wierbicka"))


def test_without_candidates_nobody_is_found_and_more_may_be_looked_up() -> None:
    decision = decide(read("Марта Вярбіцкая"), [])
    assert decision.kind is Verdict.NOBODY
    assert not decision.settled


def test_the_gender_on_record_helps_where_the_name_shows_none() -> None:
    people = [
        Candidate(PersonId(1), ("Саша Крук",), Gender.FEMALE),
        Candidate(PersonId(2), ("Саша Крук",), Gender.MALE),
    ]
    decision = decide(read("што з Круком"), people)
    assert (decision.kind, decision.matches[0].person) == (Verdict.SURE, 2)
    assert decide(read("Саша Крук"), people).kind is Verdict.CHOICE


def test_a_form_of_one_word_is_found_by_it() -> None:
    decision = decide(read("Бессмяротны"), [Candidate(PersonId(1), ("Бессмяротны",))])
    assert decision.kind is Verdict.SURE


def test_a_form_without_words_fits_nobody() -> None:
    people = [Candidate(PersonId(1), ("???", "/", ""))]
    assert decide(read("Марта Вярбіцкая"), people).kind is Verdict.NOBODY


def test_another_fathers_name_is_anothers_however_alike_it_sounds() -> None:
    listed = Candidate(PersonId(1), ("Кірыл Міхайлавіч Кавальчук",), Gender.MALE)
    assert decide(read("Кавальчук Кірыл Мікалаевіч"), [listed]).kind is Verdict.NOBODY
    assert decide(read("Ковальчук Кирилл Михайлович"), [listed]).kind is Verdict.SURE


def _one(question: str, listed: str, gender: Gender | None = None) -> Verdict:
    """Ask for the only person on a list."""
    return decide(read(question), [Candidate(PersonId(1), (listed,), gender)]).kind


@pytest.mark.parametrize(
    ("question", "listed"),
    [
        # A woman's name is not his, whatever the case: women's surnames stay as they are.
        ("письмо Александре Хмурык", "Александр Хмурык"),
        ("что с Аляксандрай Хмурык", "Аляксандр Хмурык"),
        ("новости по Евгении Хмурык", "Евгений Хмурык"),
        ("куды пісаць Вікторыі Хмурык", "Віктар Хмурык"),
        ("Yauheniya Khmuryk", "Яўген Хмурык"),
        # His is not hers.
        ("куды пісаць Яўгену Хмурыку", "Яўгенія Хмурык"),
        ("за што трымаюць Аляксандра Свірэпіна", "Александра Свірэпіна"),
        # Whoever sets marks means every letter, and a mark makes another letter.
        ("Tkaŭcoŭ Ihar", "Ігар Ткаўчоў"),
        ("Mačkulevič Mikita", "Мікіта Мацкулевіч"),
        ("Halina Dubcyk", "Галіна Дубчык"),
        ("Anastasija Wacilkiewicz", "Анастасія Васількевіч"),
        ("Sergey Ryshankov", "Сергей Рыжанков"),
        # Within one language the vowels after hard consonants are not free.
        ("Александр Шейкин", "Александр Шайкин"),
        ("Аляксандр Рэўкоў", "Аляксандр Раўкоў"),
        ("Уладзімір Лясякін", "Уладзімір Ласякін"),
        # A short pet name is no other that only merges with it.
        ("Лаыса Хмурык", "Алексей Хмурык"),
        # A word alone is a surname for sure only if it is heard so.
        ("дубрак", "Дмитрий Добрак"),
        ("Тюркач", "Михаил Туркач"),
        ("Kowalewski", "Agata Kowalewska"),
        ("Вторник", "Зянон Вторник"),
        ("ООО Орлякевич", "Зенон Орлякевич"),
        ("О. Хмурык", "Андрей Хмурык"),
        ("Тарежкин", "Зянон Таражкин / Zianon Tarazhkin"),  # no vowel is free for its Latin form
        ("Zhanna Chmuryk", "Яна Хмурык"),
    ],
)
def test_somebody_else_may_be_meant(question: str, listed: str) -> None:
    assert _one(question, listed) is not Verdict.SURE


@pytest.mark.parametrize(
    ("question", "listed"),
    [
        ("новости об Александре Хмурыке", "Александр Хмурык"),
        ("што вядома аб Аляксандры Свірэпіне", "Аляксандр Свірэпін"),
        ("сколько дали Валерию Свирепину", "Валерий Свирепин"),
        ("шукаю Валерыя Свірэпіна", "Валерый Свірэпін"),
        ("адрас Свірэпіна Валерыя Віктаравіча", "Валерый Віктаравіч Свірэпін"),
        ("Марыя Свірэпіна за кратамі", "Марыя Свірэпіна"),
        ("Ar paleido Aleną Svirepiną", "Алена Свірэпіна"),
        ("што з Мікітам Хмурыкам", "Мікіта Хмурык"),
        ("пра Валерыю Свірэпіну", "Валерыя Свірэпіна"),
        ("szukam Haliny Salej", "Галина Никитична Салей"),
        ("Александр Шейкин", "Аляксандр Шайкін"),
        ("Оля Хмурык", "Вольга Хмурык"),
        ("О. Хмурык", "Ольга Хмурык"),
        ("А. Хмурык", "Омадур Хмурык"),  # how others write it nobody knows
        ("Алена Berziņša", "Алена Берзинша"),
        ("Юрка Чапялец", "Юрась Чапялец"),
    ],
)
def test_what_tells_him_from_her_is_read(question: str, listed: str) -> None:
    assert _one(question, listed) is Verdict.SURE

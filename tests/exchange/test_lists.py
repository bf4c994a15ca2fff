"""A pasted list becomes facts and names, whatever it is pasted from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.lists import LINE_AT_MOST, LINES_AT_MOST, PastedGroup, PastedName, parse, read_file
from model.dates import PartialDate
from model.errors import BadInput
from model.people import Source
from model.releases import Count

LANGUAGES = ("be", "ru", "en", "uk", "pl", "lt", "de")

WHOLE = """\
13 снежня 2025
123 https://racyja.com/by/palityka
120+ BBC News

Літва, Вільня:
9 HRW https://www.hrw.org/news
1. Алесь Бяляцкі
2) Раман Галуза

Украина:
Meduza: https://meduza.io/feature
• Марыя Калеснікава,
— Віктар Бабарыка
"""


def names_of(group: PastedGroup) -> list[str]:
    return [name.text for name in group.names]


def test_a_whole_list_is_read():
    pasted = parse(WHOLE, LANGUAGES)
    racyja = Source("racyja.com", "https://racyja.com/by/palityka")
    hrw = Source("HRW", "https://www.hrw.org/news")
    assert pasted.on == PartialDate.parse("2025-12-13")
    assert pasted.counts == (Count(123, racyja), Count(120, Source("BBC News"), at_least=True))
    assert pasted.sources == (
        racyja,
        Source("BBC News"),
        hrw,
        Source("Meduza", "https://meduza.io/feature"),
    )
    assert pasted.groups == (
        PastedGroup(
            "LT",
            "Вільня",
            (Count(9, hrw),),
            (
                PastedName("Алесь Бяляцкі", "1. Алесь Бяляцкі"),
                PastedName("Раман Галуза", "2) Раман Галуза"),
            ),
        ),
        PastedGroup(
            "UA",
            "",
            (),
            (
                PastedName("Марыя Калеснікава", "• Марыя Калеснікава,"),
                PastedName("Віктар Бабарыка", "— Віктар Бабарыка"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("line", "on"),
    [
        ("2025", "2025"),
        ("2025-12", "2025-12"),
        ("2025-12-13", "2025-12-13"),
        ("13.12.2025", "2025-12-13"),
        ("13 December 2025", "2025-12-13"),
        ("13. Dezember 2025", "2025-12-13"),
        ("13 grudnia 2025 r.", "2025-12-13"),
        ("13 декабря 2025 г.", "2025-12-13"),
        ("13 грудня 2025", "2025-12-13"),
        ("2025 m. gruodžio 13 d.", "2025-12-13"),
        ("снежань 2025", "2025-12"),
    ],
)
def test_a_date_is_read_as_people_write_it(line: str, on: str):
    assert parse(line, LANGUAGES).on == PartialDate.parse(on)


@pytest.mark.parametrize("line", ["2025-02-30", "31.11.2025", "31 November 2025", "2025-13"])
def test_a_day_that_does_not_exist_is_refused_with_its_line(line: str):
    with pytest.raises(BadInput) as refused:
        parse(f"Vilnius:\n{line}", LANGUAGES)
    assert refused.value.place == "line 2"


def test_words_before_a_year_are_a_name_unless_they_are_a_month():
    assert parse("Gefängnis 2025", LANGUAGES).groups[0].names[0].text == "Gefängnis 2025"


@pytest.mark.parametrize(
    ("heading", "country", "place"),
    [
        ("Літва, Вільня:", "LT", "Вільня"),
        ("Вильнюс, Литва:", "LT", "Вильнюс"),
        ("LT:", "LT", ""),
        ("Ukraine :", "UA", ""),
        ("Польшча, Германія:", "PL", "Германія"),
        ("Medininkai:", "", "Medininkai"),
    ],
)
def test_a_heading_says_where(heading: str, country: str, place: str):
    group = parse(f"{heading}\nAles", LANGUAGES).groups[0]
    assert (group.country, group.place) == (country, place)


@pytest.mark.parametrize("heading", ["Женщины:", "Kobiety (25):", "Men, foreigners :"])
def test_a_heading_that_says_of_whom_moves_nobody(heading: str):
    (group,) = parse(f"UA, Kyiv:\nMaria\n{heading}\nAles", LANGUAGES).groups
    assert (group.country, group.place, names_of(group)) == ("UA", "Kyiv", ["Maria", "Ales"])


def test_a_heading_that_says_of_whom_may_come_first():
    (group,) = parse("Women:\nMaria", LANGUAGES).groups
    assert (group.country, group.place, names_of(group)) == ("", "", ["Maria"])


def test_the_same_line_twice_is_two_lines():
    (group,) = parse("Roman\nRoman", LANGUAGES).groups
    assert names_of(group) == ["Roman", "Roman"]


def test_cells_of_a_table_are_parted_by_commas():
    (group,) = parse("7\tKalesnikava\tMaria\t\t1982", LANGUAGES).groups
    assert group.names == (PastedName("Kalesnikava, Maria, 1982", "7 Kalesnikava Maria 1982"),)


def is_maria(text: str) -> bool:
    return "Maria Kalesnikava" in text


def test_a_list_that_begins_in_its_middle_loses_nobody():
    pasted = parse("15 Maria Kalesnikava\n114 Radio Svoboda\n", LANGUAGES, is_maria)
    assert (pasted.counts, [*map(names_of, pasted.groups)]) == (
        (),
        [["Maria Kalesnikava", "Radio Svoboda"]],
    )
    assert parse("114 Radio Svoboda\n", LANGUAGES, is_maria).groups == ()


@pytest.mark.parametrize("bullet", ["1. ", "- ", "Ales\n", "Ales\n2 "])
def test_an_address_beside_a_listed_name_is_no_source(bullet: str):
    text = f"{bullet}Maria Kalesnikava (1982) https://example.org/maria"
    pasted = parse(text, LANGUAGES, is_maria)
    assert pasted.sources == ()
    assert names_of(pasted.groups[0])[-1] == "Maria Kalesnikava (1982)"


def test_who_says_so_may_have_a_persons_name():
    pasted = parse("Maria Kalesnikava https://example.org/maria\nAles", LANGUAGES, is_maria)
    assert [source.name for source in pasted.sources] == ["Maria Kalesnikava"]


def test_the_same_place_again_is_the_same_group():
    pasted = parse("LT:\nAles\nUA:\nMaria\nLitwa:\nRoman", LANGUAGES)
    assert [(g.country, names_of(g)) for g in pasted.groups] == [
        ("LT", ["Ales", "Roman"]),
        ("UA", ["Maria"]),
    ]


@pytest.mark.parametrize(
    "listed",
    [
        "1 Ales\n2 Maria\n3 Roman",
        "1\tAles\n2\tMaria\n3\tRoman",
        "1. Ales\n2. Maria\n3. Roman",
        "- Ales\n- Maria\n- Roman\n---",
        "Ales;\nMaria;\nRoman",
        "\ufeffAles\r\n\u200bMaria\n\x00\u202eRoman\u2069\ud83d",
    ],
)
def test_no_name_is_lost_to_numbers_and_signs(listed: str):
    (group,) = parse(listed, LANGUAGES).groups
    assert names_of(group) == ["Ales", "Maria", "Roman"]


def test_a_number_with_an_address_counts_even_below_names():
    (group,) = parse("UA:\nAles\n114 https://www.radiosvoboda.org/a", LANGUAGES).groups
    assert group.counts == (
        Count(114, Source("radiosvoboda.org", "https://www.radiosvoboda.org/a")),
    )


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("HRW (https://hrw.org)", "HRW"),
        ("RFE/RL (Radio Svoboda) https://hrw.org", "RFE/RL (Radio Svoboda)"),
        ("HRW — https://hrw.org.", "HRW"),
        ("https://www.hrw.org/", "hrw.org"),
    ],
)
def test_a_source_is_called_what_stands_beside_its_address(line: str, name: str):
    (source,) = parse(line, LANGUAGES).sources
    assert source.name == name
    assert source.url.rstrip("/") in {"https://hrw.org", "https://www.hrw.org"}


@pytest.mark.parametrize(
    "line", ["Ales Vietra, 1980 g.r.", "Ales Vietra 45 years", "3. Ales Vietra, 1980 born"]
)
def test_a_year_or_an_age_stays_with_the_name(line: str):
    (group,) = parse(line, LANGUAGES).groups
    assert group.names[0].text == line.removeprefix("3. ")


def test_a_note_in_brackets_stays_with_the_name():
    (group,) = parse("Марыя Калеснікава (1982)", LANGUAGES).groups
    assert names_of(group) == ["Марыя Калеснікава (1982)"]


@pytest.mark.parametrize("line", ["https://[broken", "https://", "see https:// there"])
def test_an_address_that_is_none_is_no_source(line: str):
    assert parse(line, LANGUAGES).sources == ()


def test_an_endless_address_is_no_source():
    assert parse("https://a.example/" + "x" * 2000, LANGUAGES).sources == ()


def test_too_much_is_refused_with_its_place():
    with pytest.raises(BadInput, match="lines"):
        parse("a\n" * (LINES_AT_MOST + 1), LANGUAGES)
    with pytest.raises(BadInput, match="line 2"):
        parse("Ales\n" + "x" * (LINE_AT_MOST + 1), LANGUAGES)


def test_a_table_becomes_a_list():
    table = "Name;Country;Place\nAles;LT;Vilnius\nRoman;LT;Vilnius\nMaria;UA;\nNobody\n"
    assert read_file("list.CSV", b"\xef\xbb\xbf" + table.encode()) == (
        "LT, Vilnius:\nAles\nRoman\nUA:\nMaria\nNobody"
    )


def test_a_table_without_a_heading_has_its_names_in_front():
    assert read_file("list.csv", b"Ales,1962\n\nMaria,1982\n") == "Ales\nMaria"
    assert read_file("list.csv", b"\n") == ""


def test_a_text_file_is_its_text():
    assert read_file("../../list.txt", "Алесь\n".encode()) == "Алесь\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.txt", b"x" * 1_000_001),
        ("list.txt", "Алесь".encode("cp1251")),
        ("list.csv", b"PK\x03\x04\x00\x00"),
        ("list.csv", b"x" * 200_000),
    ],
)
def test_a_file_that_is_no_list_is_refused(name: str, content: bytes):
    with pytest.raises(BadInput):
        read_file(name, content)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str):
    try:
        pasted = parse(text, LANGUAGES)
    except BadInput:
        return
    for group in pasted.groups:
        assert all(name.strip() and len(name) <= LINE_AT_MOST for name in names_of(group))

"""People files: what can be read is read, what cannot says where; nothing written is a formula."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exchange.people
from exchange.people import Entry, Told, columns_of, read, write_csv, write_json
from model.cards import Card
from model.custody import custody_of
from model.dates import PartialDate
from model.errors import BadInput
from model.people import (
    Event,
    EventId,
    EventKind,
    Gender,
    Name,
    NameKind,
    Person,
    PersonId,
    Place,
    Source,
)

RADIO = Source("Radio", "https://example.org/1")
FULL = (
    "ref,gender,born,name.be,name.en,aliases,about.en,detained_on,sentenced_on,sentence_months,"
    "place,country,status,status_on,source,source_url,recognised_by,birthday\n"
    'alena,F,1990,Алена Лясная,Alena Lasnaja,"Леся; Лена;",teacher,2020-09-07,2021-02,60,'
    "Homel,by,Imprisoned,2025,Radio,https://example.org/1,Viasna,05-17\n"
)
ALENA = Entry(
    line=2,
    ref="alena",
    names=(
        Name("Алена Лясная", "be"),
        Name("Alena Lasnaja", "en"),
        Name("Леся", kind=NameKind.ALIAS),
        Name("Лена", kind=NameKind.ALIAS),
    ),
    gender=Gender.FEMALE,
    born=1990,
    about={"en": "teacher"},
    recognised_by="Viasna",
    told=(
        Told(EventKind.DETAINED, PartialDate.parse("2020-09-07"), RADIO),
        Told(EventKind.SENTENCED, PartialDate.parse("2021-02"), RADIO, months=60),
        Told(
            EventKind.IMPRISONED,
            PartialDate.parse("2025"),
            RADIO,
            Place("BY", {"en": "Homel"}),
        ),
    ),
    birthday="05-17",
)


def entries(text: str) -> list[Entry]:
    return list(read(text.encode()))


def refusal(data: bytes | str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        list(read(data if isinstance(data, bytes) else data.encode()))
    return caught.value


def is_read_or_refused(data: bytes) -> bool:
    try:
        return len(list(read(data))) > 0
    except BadInput as refused:
        return refused.reason != ""


def one(row: str, columns: str = "ref,name.be") -> Entry:
    (entry,) = entries(f"{columns}\n{row}\n")
    return entry


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("declared", [False, True])
def test_a_table_is_read_however_it_was_saved(mark: bytes, delimiter: str, declared: bool) -> None:
    table = io.StringIO(newline="")
    rows = list(csv.reader(io.StringIO(FULL)))
    csv.writer(table, delimiter=delimiter).writerows(rows)
    text = f"sep={delimiter}\r\n" * declared + table.getvalue()
    (entry,) = read(mark + text.encode())
    assert (entry.line, entry.names, entry.told) == (2 + declared, ALENA.names, ALENA.told)


def test_all_columns_are_read() -> None:
    assert entries(FULL) == [ALENA]


def test_lines_may_end_as_on_old_machines() -> None:
    assert [e.ref for e in entries("ref,name.be\ra,Алена\rb,Барыс\r")] == ["a", "b"]


def test_rows_without_anything_are_passed_over() -> None:
    assert [(e.line, e.ref) for e in entries("ref,name.be\n,\n\na,Алена\n")] == [(4, "a")]


def test_a_cell_may_hold_a_line_break() -> None:
    assert one('a,"Алена\nЛясная"').names[0].text == "Алена Лясная"


def test_spaces_of_every_kind_are_one_space() -> None:
    assert one("a, Алена\u00a0\u2003Лясная\u200b ").names[0].text == "Алена Лясная"


def test_a_neutralised_cell_is_what_it_was() -> None:
    assert one("a,'=Алена").names[0].text == "=Алена"
    assert one("a,'Алена").names[0].text == "'Алена"


def test_a_person_may_have_aliases_only() -> None:
    assert one("a,Леся", "ref,aliases").names == (Name("Леся", kind=NameKind.ALIAS),)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("released", EventKind.RELEASED),
        ("free", EventKind.RELEASED),
        ("ABROAD", EventKind.TAKEN_ABROAD),
        ("held", EventKind.IMPRISONED),
        ("died\u00a0", EventKind.DIED),
    ],
)
def test_a_status_is_one_event(status: str, kind: EventKind) -> None:
    entry = one(f"a,Алена,{status},2025-12-13,Radio", "ref,name.be,status,status_on,source")
    assert entry.told == (Told(kind, PartialDate.parse("2025-12-13"), Source("Radio")),)


@pytest.mark.parametrize("days", ["2020-09,", ",2020-09"])
def test_the_status_detained_is_the_arrest(days: str) -> None:
    columns = "ref,name.be,detained_on,status_on,status,source"
    entry = one(f"a,Алена,{days},detained,Radio", columns)
    assert entry.told == (Told(EventKind.DETAINED, PartialDate.parse("2020-09"), Source("Radio")),)


def test_a_country_alone_is_a_place() -> None:
    entry = one("a,Алена,abroad,lt,Radio", "ref,name.be,status,country,source")
    assert entry.told[0].place == Place("LT")


def test_a_length_alone_is_a_sentence() -> None:
    entry = one("a,Алена,12,Radio", "ref,name.be,sentence_months,source")
    assert entry.told == (Told(EventKind.SENTENCED, None, Source("Radio"), months=12),)


def test_json_lines_are_read() -> None:
    row = {
        "ref": "a",
        "name.be": "Алена",
        "aliases": ["Леся"],
        "born": 1990,
        "about.en": None,
    }
    (entry,) = entries("\n" + json.dumps(row) + "\n\n")
    assert (entry.line, entry.born, entry.about) == (2, 1990, {})
    assert entry.names == (Name("Алена", "be"), Name("Леся", kind=NameKind.ALIAS))


def test_a_plain_list_of_names_is_read() -> None:
    row = {
        "id": "P1",
        "gender": "male",
        "names": [
            {"text": "Барыс", "lang": "be", "script": "Cyrl"},
            {"text": "Boris", "lang": "ru", "script": "Latn"},
            {"text": "Барыска", "lang": "be", "script": "Cyrl"},
            {"text": "Борька"},
        ],
    }
    (entry,) = entries(json.dumps(row))
    assert (entry.ref, entry.gender) == ("P1", Gender.MALE)
    assert entry.names == (
        Name("Барыс", "be"),
        Name("Boris", "ru-latn"),
        Name("Барыска", kind=NameKind.ALIAS),
        Name("Борька", kind=NameKind.ALIAS),
    )


BAD_TABLES = {
    "an empty file": ("", "", "ref is missing"),
    "a head alone": ("ref,name.be\n", "", "nobody"),
    "no head": ("a,Алена\n", "line 1", "unknown columns: 'a', 'алена'"),
    "unknown columns": ("ref,name.be,phone\na,Алена,1\n", "line 1", "'phone'"),
    "no such language": ("ref,name.belarusian\n", "line 1", "'name.belarusian'"),
    "no ref": ("name.be\nАлена\n", "line 1", "ref is missing"),
    "a column twice": ("ref,ref\n", "line 1, column ref", "twice"),
    "too many columns": (",".join(f"name.a{n}" for n in range(201)), "line 1", "200 columns"),
    "ragged rows": ("ref,name.be\na,Алена\nb\n", "line 3", "1 cells under 2 columns"),
    "an open quote": ('ref,name.be\na,"Алена\n', "line 2", "not a CSV file"),
    "a huge cell": (f"ref,name.be\na,{'Ы' * 4001}\n", "line 2, column name.be", "4000"),
    "an endless cell": (f"ref,name.be\na,{'Ы' * 200_000}\n", "line 2", "not a CSV file"),
    "a ref with spaces": ("ref,name.be\na b,Алена\n", "line 2, column ref", "64"),
    "a ref without end": (f"ref,name.be\n{'a' * 65},Алена\n", "line 2, column ref", "64"),
    "no name": ("ref,name.be\na,\n", "line 2", "no name"),
    "no letters": ("ref,name.be\na,12 - 3\n", "line 2", "no letter"),
    "the same person": ("ref,name.be\na,А\nb,Б\na,В\n", "line 4, column ref", "line 2"),
    "no such gender": ("ref,name.be,gender\na,А,x\n", "line 2, column gender", "female"),
    "no such year": ("ref,name.be,born\na,А,1990.5\n", "line 2, column born", "number"),
    "digits of another script": ("ref,name.be,born\na,А,١٩٩٠\n", "line 2, column born", "1850"),
    "an endless number": (f"ref,name.be,born\na,А,{'9' * 4000}\n", "line 2, column born", "2100"),
    "no such status": ("ref,name.be,status\na,А,lost\n", "line 2, column status", "released"),
    "an American date": (
        "ref,name.be,detained_on\na,А,03/04/2024\n",
        "line 2, column detained_on",
        "2020-09-07",
    ),
    "no such day": (
        "ref,name.be,detained_on\na,А,2024-02-30\n",
        "line 2, column detained_on",
        "date",
    ),
    "a serial number": ("ref,name.be,status_on\na,А,44927\n", "line 2, column status_on", "date"),
    "a day of nothing": (
        "ref,name.be,status_on\na,А,2024\n",
        "line 2, column status",
        "needs the status",
    ),
    "a place of nothing": (
        "ref,name.be,place\na,А,Homel\n",
        "line 2, column status",
        "needs the status",
    ),
    "nobody says so": ("ref,name.be,status\na,А,died\n", "line 2, column source", "source"),
    "no country": (
        "ref,name.be,status,country\na,А,died,Litva\n",
        "line 2, column country",
        "two letters",
    ),
    "no address": (
        "ref,name.be,source,source_url\na,А,R,javascript:1\n",
        "line 2, column source_url",
        "https://",
    ),
    "an address without a name": (
        "ref,name.be,source_url\na,А,https://example.org\n",
        "line 2, column source",
        "needs a name",
    ),
    "NUL bytes": ("ref,name.be\na,А\0\n", "line 2", "NUL"),
    "another sep": ("sep=|\nref|name.be\n", "line 1", "unknown columns"),
}


@pytest.mark.parametrize(("text", "place", "reason"), BAD_TABLES.values(), ids=BAD_TABLES)
def test_a_bad_table_is_refused_with_its_place(text: str, place: str, reason: str) -> None:
    refused = refusal(text)
    assert refused.place == place or (place == "" and refused.place in {"", "line 1"})
    assert reason in refused.reason


BAD_LINES = {
    "a list": ('["ref"]', "line 1", "one JSON object"),
    "a number": ('{"ref":"a","name.be":"А"}\n7', "line 2", "one JSON object"),
    "half an object": ('{"ref":"a"', "line 1", "not a line of JSON"),
    "a trailing comma": ('{"ref":"a",}', "line 1", "not a line of JSON"),
    "a key twice": ('{"ref":"a","ref":"b","name.be":"А"}', "line 1", "twice"),
    "not a number": ('{"ref":"a","name.be":"А","born":NaN}', "line 1", "not a line of JSON"),
    "too many digits": (f'{{"ref":{"9" * 5000}}}', "line 1", "not a line of JSON"),
    "endless nesting": ('{"ref":' + "[" * 30_000, "line 1", "not a line of JSON"),
    "an endless line": ('{"ref":"' + "a" * 70_000 + '"}', "line 1", "too long"),
    "half a character": ('{"ref":"a","name.be":"\\ud83d"}', "line 1, column name.be", "half"),
    "a list for a name": ('{"ref":"a","name.be":["А"]}', "line 1, column name.be", "text"),
    "truth for a year": ('{"ref":"a","name.be":"А","born":true}', "line 1, column born", "text"),
    "numbers as aliases": ('{"ref":"a","aliases":[1]}', "line 1, column aliases", "text"),
    "a large number": ('{"ref":"a","name.be":"А","born":1e999}', "line 1, column born", "text"),
    "an unknown column": ('{"ref":"a","phone":"1"}', "line 1", "'phone'"),
    "names that are none": ('{"id":"a","names":"А"}', "line 1, column names", "list"),
    "a name without text": ('{"id":"a","names":[{"lang":"be"}]}', "line 1, column names", "text"),
    "a language of lists": (
        '{"id":"a","names":[{"text":"А","lang":["be"]}]}',
        "line 1, column names",
        "lang",
    ),
    "more than names": ('{"id":"a","names":[],"phone":1}', "line 1", "phone"),
    "a language that is none": (
        '{"id":"a","names":[{"text":"А","lang":"../x"}]}',
        "line 1",
        "unknown columns",
    ),
    "no id": ('{"names":[{"text":"А","lang":"be"}]}', "line 1, column ref", "ref"),
}


@pytest.mark.parametrize(("text", "place", "reason"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_refused_with_its_place(text: str, place: str, reason: str) -> None:
    refused = refusal(text)
    assert (refused.place, reason in refused.reason) == (place, True), refused


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1251", "koi8-r"])
def test_another_encoding_is_refused_and_never_guessed(encoding: str) -> None:
    refused = refusal("ref,name.be\na,Алена Лясная\n".encode(encoding))
    assert "save it as UTF-8" in refused.reason
    assert refused.place in {"line 1", "line 2"}


def test_a_mixed_file_says_where_it_breaks() -> None:
    data = "ref,name.be\na,Алена\n".encode() + "b,Барыс\n".encode("windows-1251")
    assert refusal(data).place == "line 3"


def test_a_file_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange.people, "BYTES_AT_MOST", 2**20)
    assert "1 MiB" in refusal(b"a" * (2**20 + 1)).reason


def test_a_file_has_so_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange.people, "ROWS_AT_MOST", 2)
    assert refusal("ref,name.be\na,А\nb,Б\nc,В\n").place == "line 4"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert is_read_or_refused(data)


@given(st.text(max_size=300))
def test_any_text_below_a_head_is_read_or_refused(text: str) -> None:
    head = "ref,name.be,born,status,source\n"
    assert is_read_or_refused((head + text).encode("utf-8", "surrogatepass"))


def card_of(*names: Name, ref: str = "alena", events: tuple[Event, ...] = ()) -> Card:
    return Card(Person(PersonId(1), ref, names), custody_of(events), events)


def event(kind: EventKind, on: str, *sources: Source, place: Place | None = None) -> Event:
    return Event(
        EventId(len(on) + len(kind)),
        PersonId(1),
        kind,
        PartialDate.parse(on) if on else None,
        sources,
        place=place,
        months=60 if kind is EventKind.SENTENCED else None,
    )


def full_card() -> Card:
    events = (
        event(EventKind.DETAINED, "2020-09-07", RADIO),
        event(EventKind.SENTENCED, "2021-02", RADIO),
        event(EventKind.IMPRISONED, "2025", RADIO, place=Place("BY", {"en": "Homel"})),
    )
    person = Person(
        PersonId(1),
        "alena",
        ALENA.names,
        ALENA.gender,
        ALENA.born,
        ALENA.about,
        "Viasna",
        birthday=ALENA.birthday,
    )
    return Card(person, custody_of(events), events)


def test_what_is_written_as_a_table_reads_the_same() -> None:
    assert entries("".join(write_csv([full_card()], ["be", "en"]))) == [ALENA]


def test_what_is_written_as_json_reads_the_same() -> None:
    (entry,) = entries("".join(write_json([full_card()])))
    assert (entry.told, entry.about, set(entry.names)) == (
        ALENA.told,
        ALENA.about,
        set(ALENA.names),
    )


def test_who_nothing_is_known_of_is_a_name() -> None:
    (line,) = write_json([card_of(Name("Алена", "be"), Name("Лясная"))])
    assert json.loads(line) == {"ref": "alena", "name.be": "Алена", "aliases": "Лясная"}


def test_a_sentence_is_no_status() -> None:
    sentenced = event(EventKind.SENTENCED, "2021-02", RADIO)
    (line,) = write_json([card_of(Name("Алена", "be"), events=(sentenced,))])
    row = json.loads(line)
    assert (row["sentenced_on"], row["sentence_months"]) == ("2021-02", "60")
    assert "status" not in row


def test_where_somebody_is_may_be_told_by_nobody_and_at_no_time() -> None:
    nowhere = event(EventKind.RELEASED, "", place=Place("LT", {"be": "Вільня"}))
    (line,) = write_json([card_of(Name("Алена", "be"), events=(nowhere,))])
    row = json.loads(line)
    assert (row["status"], row["place"], row["country"]) == ("released", "Вільня", "LT")
    assert "status_on" not in row
    assert "source" not in row
    (abroad,) = write_json(
        [
            card_of(
                Name("Алена", "be"),
                events=(event(EventKind.TAKEN_ABROAD, "2025", place=Place("LT")),),
            )
        ]
    )
    assert "place" not in json.loads(abroad)


@given(st.lists(st.sampled_from(["=1+1", "+7", "-1", "@x", "\tx", "\rx", "Алена", "'=", "a;b"])))
def test_no_cell_is_a_formula(texts: list[str]) -> None:
    names = [Name(text, "be") for text in texts[:1]] + [
        Name(text, kind=NameKind.ALIAS) for text in texts[1:]
    ]
    written = "".join(write_csv([card_of(*names, ref=text) for text in texts], ["be"]))
    for row in csv.reader(io.StringIO(written, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_a_file_has_the_columns_it_can_be_read_by() -> None:
    head = ",".join(columns_of(["be", "lt"])) + "\n"
    assert refusal(head).reason == "there is nobody in it"


@pytest.mark.parametrize("written", ["02-29", "12-31", "01-01"])
def test_a_birthday_needs_no_year(written: str):
    (entry,) = read(f"ref,name.en,birthday\na,Ann,{written}\n".encode())
    assert entry.birthday == written


@pytest.mark.parametrize(
    "written", ["02-30", "1990-05-17", "17.05", "5-17", "05", "W01-5", "0517"]
)
def test_what_is_no_day_of_the_year_is_refused(written: str):
    with pytest.raises(BadInput, match="must be a month and a day: 05-17") as caught:
        list(read(f"ref,name.en,birthday\na,Ann,{written}\n".encode()))
    assert "line 2, column birthday" in str(caught.value)

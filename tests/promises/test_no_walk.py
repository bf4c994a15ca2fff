"""The list cannot be walked: letters, beginnings and first names show nobody, at no door.

T8: whoever wants all names must know them; only who is meant is shown.
"""

import itertools
from datetime import timedelta

import pytest

from db.connection import Database
from simulator.phone import Phone
from tests.watch import Watch
from tests.world import list_person

LISTED = (
    "Алеся Ластаўка", "Алеся Сінічкіна", "Ганна Жаваранак", "Марыя Бусліцкая", "Сяргей Крумкач",
    "Андрэй Салавейчык", "Янка Шпачок", "Мікалай Дзяцел", "Вольга Зязюлька", "Павел Арлоўскі",
)  # fmt: skip
LETTERS = "абвгджзіклмнопрстуўфхцчшыэюя"
GIVEN = sorted({name.split()[0] for name in LISTED})
BEGINNINGS = [name.split()[1][: len(name.split()[1]) // 2] for name in LISTED]
WALK = [
    *LETTERS,
    *map("".join, itertools.product("аксм", LETTERS)),
    *GIVEN,
    *BEGINNINGS,
    *(f"{name.split()[0]} {name.split()[1][:2]}" for name in LISTED),
    *(f"{name[0]} {name.split()[1][0]}" for name in LISTED),
]


@pytest.fixture
async def listed(database: Database) -> None:
    for number, name in enumerate(LISTED, 700):
        await list_person(database, number, [(name, "be")])


@pytest.mark.usefixtures("listed")
async def test_typing_letters_and_beginnings_shows_nobody(reader: Phone, clock: Watch):
    for text in WALK:
        clock.advance(timedelta(minutes=10))  # in as much time as anybody likes
        await reader.types(text)
        assert reader.offer is not None
        assert reader.offer.results == (), text
    await reader.types(LISTED[0])
    assert reader.offer is not None
    assert [each.title for each in reader.offer.results] == [LISTED[0]]


@pytest.mark.usefixtures("listed")
async def test_asking_for_letters_and_beginnings_shows_nobody(reader: Phone, clock: Watch):
    surnames = [name.split()[1] for name in LISTED]
    for text in WALK:
        clock.advance(timedelta(minutes=10))
        await reader.says(text)
        shown = "\n".join((reader.heard[-1], *reader.buttons))
        assert not [surname for surname in surnames if surname in shown], text
    await reader.says(LISTED[0])
    assert surnames[0] in reader.heard[-1]

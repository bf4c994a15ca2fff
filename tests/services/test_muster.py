"""The muster: every reader once, in the order in which deliveries are kept."""

import pytest

from db.vault import Vault
from model.notices import WaveId
from model.readers import ChatId
from services.muster import Muster

WAVE = WaveId(7)


@pytest.fixture
def muster(vault: Vault) -> Muster:
    muster = Muster(vault, WAVE)
    for chat in range(5_000_000_000, 5_000_002_000):
        muster.add([vault.locate(ChatId(chat))])
    return muster


def test_everybody_comes_once_and_in_the_order_of_the_marks(muster: Muster, vault: Vault) -> None:
    called, cursor = [], None
    while chunk := muster.after(cursor, 300):
        called += chunk
        cursor = chunk[-1][0]
    marks = [vault.mark(WAVE, ChatId(chat)) for chat in range(5_000_000_000, 5_000_002_000)]
    assert [mark for mark, _ in called] == sorted(marks)
    assert {locator for _, locator in called} == {
        vault.locate(ChatId(chat)) for chat in range(5_000_000_000, 5_000_002_000)
    }


def test_no_more_come_than_were_asked_for(muster: Muster) -> None:
    assert [len(muster.after(None, most)) for most in (1, 7, 5000)] == [1, 7, 2000]


def test_it_goes_on_after_any_mark_wherever_it_was_left(muster: Muster) -> None:
    everybody = muster.after(None, 5000)
    for place in (0, 1, 2, 700, 1998, 1999):
        assert muster.after(everybody[place][0], 5000) == everybody[place + 1 :]


def test_who_shares_a_shelf_is_in_order_too(vault: Vault) -> None:
    muster = Muster(vault, WAVE)
    every = (vault.locate(ChatId(chat)) for chat in range(1, 10_000))
    near = [one for one in every if vault.mark_at(WAVE, one)[:1] == b"\x07"]
    muster.add(near)
    marks = [mark for mark, _ in muster.after(None, 100)]
    assert len(marks) > 20
    assert marks == sorted(vault.mark_at(WAVE, one) for one in near)


def test_the_order_of_one_wave_tells_nothing_of_another(vault: Vault) -> None:
    one, other = Muster(vault, WaveId(1)), Muster(vault, WaveId(2))
    for chat in range(1, 200):
        for muster in (one, other):
            muster.add([vault.locate(ChatId(chat))])
    orders = [[locator for _, locator in m.after(None, 500)] for m in (one, other)]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]

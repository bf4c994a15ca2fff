"""The list of a release afterwards: names are added to it, and it is closed."""

import pytest

from simulator.phone import Phone, buttons_of
from tests.discretion import PRISON
from tests.town import Town, everyone_is_safe, tell
from views.callbacks import Deed, Verb, data

MORE = """\
4 Viasna https://example.org/freed
https://example.org/more
Польшча:
Рыгор Салавей
"""


@pytest.fixture
async def editors(town: Town) -> tuple[Phone, Phone]:
    return await town.editor("Alena"), await town.editor("Barys", "lt")


@pytest.fixture
async def family(town: Town) -> dict[str, Phone]:
    """Let three readers of three languages follow somebody who is not among the first names."""
    readers = {
        "be": await town.reader("Volha", "be", discreet=True),
        "pl": await town.reader("Marek", "pl"),
        "de": await town.reader("Jana", "de"),
    }
    for reader in readers.values():
        await town.follow(reader, "Рыгор Салавей")
        await reader.presses_data(data(Verb.ABSENCES, 1), reader.last)
    return readers


async def replies_to_card(town: Town, editor: Phone, text: str) -> None:
    """Let an editor reply to the newest card that has buttons."""
    card = next(one for one in reversed(editor.messages) if buttons_of(one))
    await editor.says(text, reply_to=card)


async def test_more_names_reach_those_alone_who_wait_for_them(
    town: Town, editors: tuple[Phone, Phone], family: dict[str, Phone]
) -> None:
    author, other = editors
    other_follower = await town.reader("Nina", "uk")
    await town.follow(other_follower, "Алеся Ластаўка")
    everything = await town.reader("Petras", "lt")
    await everything.presses_data(data(Verb.RELEASES, 1), everything.last)
    await tell(town, *editors)
    phones = (*family.values(), other_follower, everything)
    before = {phone: len(town.telegram.told(phone)) for phone in phones}
    await replies_to_card(town, author, MORE)
    await town.do(author, Verb.EDIT, Deed.SUBMIT)
    await town.do(other, Verb.DECIDE, Deed.APPROVE)
    await everyone_is_safe(town, author, other)
    await town.quiet()
    for phone in family.values():
        assert len(town.telegram.told(phone)) == before[phone] + 1
    for phone in (other_follower, everything):
        assert len(town.telegram.told(phone)) == before[phone]
    hidden = town.telegram.told(family["be"])[-1]
    assert "Салавей" not in hidden
    assert not PRISON.search(hidden)
    await town.press(family["be"], Verb.WAVE)
    assert "Рыгор Салавей" in family["be"].heard[-1]
    assert "Ryhor Saławiej" in family["pl"].heard[-1]
    assert "Ryhor Salawej" in family["de"].heard[-1]
    await everything.says("/news")
    await town.press(everything, Verb.WHOLE)
    await town.press(everything, Verb.WHOLE_NAMES)
    for name in ("Lastauka", "Vierabejus", "Salavejus"):
        assert name in everything.heard[-1]


async def test_when_the_list_is_closed_those_hear_it_who_were_told_that_a_name_is_missing(
    town: Town, editors: tuple[Phone, Phone], family: dict[str, Phone]
) -> None:
    author, other = editors
    late = await town.reader("Nina", "uk")
    await tell(town, *editors)
    assert "2025" in family["de"].heard[-1]
    await town.follow(late, "Рыгор Салавей")
    await late.presses_data(data(Verb.ABSENCES, 1), late.last)
    phones = (*family.values(), late)
    before = {phone: len(town.telegram.told(phone)) for phone in phones}
    await town.do(author, Verb.DECIDE, Deed.COMPLETE)
    await town.do(author, Verb.DECIDE, Deed.COMPLETE_SURELY)
    await town.do(other, Verb.DECIDE, Deed.APPROVE)
    await town.quiet()
    for phone in family.values():
        assert len(town.telegram.told(phone)) == before[phone] + 1
    assert len(town.telegram.told(late)) == before[late]
    hidden = town.telegram.told(family["be"])[-1]
    assert "Салавей" not in hidden
    assert not PRISON.search(hidden)
    await town.press(family["be"], Verb.WAVE)
    assert "Рыгор Салавей" in family["be"].heard[-1]
    assert "Ryhor Salawej" in family["de"].heard[-1]
    # It was too early: all who were told hear that, too, and the old message says so.
    await town.do(other, Verb.DECIDE, Deed.WITHDRAW)
    await town.do(other, Verb.DECIDE, Deed.WITHDRAW_SURELY)
    await town.do(author, Verb.DECIDE, Deed.APPROVE)
    await town.quiet()
    for phone in family.values():
        assert len(town.telegram.told(phone)) == before[phone] + 2
    assert len(town.telegram.told(late)) == before[late]

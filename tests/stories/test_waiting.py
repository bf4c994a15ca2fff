"""Waiting for somebody who is not on the list yet, from the first question to the news."""

from exchange import people
from simulator.phone import Phone
from tests.town import PEOPLE, Town, find
from views.callbacks import Verb

NAME = "Зоська Гняздоўская"
ROW = "zoska,female,Зоська Гняздоўская,,,,,,,imprisoned,2024-05,Гомель,Viasna\n"


async def wait(town: Town, reader: Phone, name: str) -> None:
    await reader.says(name)
    if find(reader, Verb.WAIT) is None:
        await town.press(reader, Verb.NOBODY)
    await town.press(reader, Verb.WAIT)
    await reader.says(name, reply_to=reader.last)


def told(town: Town, reader: Phone) -> list[str]:
    return [text for text in town.telegram.told(reader) if "Гняздоўская" in text]


async def test_whoever_waits_is_told_when_an_editor_has_looked_and_not_before(town: Town) -> None:
    editor = await town.editor("Alena")
    hanna = await town.reader("Hanna", "be")
    marta = await town.reader("Marta", "pl", discreet=True)
    await wait(town, hanna, NAME)
    await wait(town, marta, "Zoska Hniazdouskaja")
    await town.vestka.services.people.apply(people.read((PEOPLE + ROW).encode()))
    await editor.says("/waiting")
    assert told(town, hanna) == []
    for _ in range(2):
        await town.press(editor, Verb.SAME_NAME)
    await town.until(lambda: len(told(town, hanna)) == 1)
    await town.until(lambda: find(marta, Verb.FOUND) is not None)
    assert told(town, marta) == []
    await town.press(marta, Verb.FOUND)
    assert "Гняздоўская" in marta.heard[-1]
    for reader in (hanna, marta):
        stored = await town.stored(reader)
        assert stored is not None
        assert stored.waiting == ()
    await town.press(hanna, Verb.OPEN)
    await town.press(hanna, Verb.FOLLOW)
    await hanna.says("/following")
    assert "Гняздоўская" in hanna.heard[-1]

"""A release: from a pasted list to its arrival in three languages, a correction, a withdrawal."""

from contextlib import suppress
from datetime import timedelta

import pytest

from model.errors import WrongState
from simulator.phone import Phone
from tests.town import LIST, Town, everyone_is_safe, find, tell
from views.callbacks import Deed, Verb

DATES = {"be": "13 снежня 2025", "pl": "13 grudnia 2025", "de": "13. Dezember 2025"}


@pytest.fixture
async def editors(town: Town) -> tuple[Phone, Phone]:
    return await town.editor("Alena"), await town.editor("Barys", "lt")


@pytest.fixture
async def family(town: Town) -> dict[str, Phone]:
    """Let three readers of three languages follow the same person, one of them discreetly."""
    readers = {
        "be": await town.reader("Volha", "be", discreet=True),
        "pl": await town.reader("Marek", "pl"),
        "de": await town.reader("Jana", "de"),
    }
    for reader in readers.values():
        await town.follow(reader, "Алеся Ластаўка")
    return readers


def arrived(town: Town, phone: Phone, after: int) -> list[str]:
    return town.telegram.told(phone)[after:]


async def test_news_arrives_in_three_languages_once(
    town: Town, editors: tuple[Phone, Phone], family: dict[str, Phone]
) -> None:
    before = {language: len(town.telegram.told(phone)) for language, phone in family.items()}
    await tell(town, *editors)
    for language, phone in family.items():
        (text,) = arrived(town, phone, before[language])
        if language == "be":
            assert "Ластаўка" not in text
            await town.press(phone, Verb.WAVE)
            text = phone.heard[-1]
        assert DATES[language] in text.replace("\u00a0", " ")
    assert "Łastauka" in family["pl"].heard[-1]
    assert "Lastauka" in family["de"].heard[-1]
    town.clock.advance(timedelta(seconds=61))
    await town.until(lambda: "Ластаўка" not in family["be"].heard[-1])


async def test_while_it_is_held_nobody_can_tell(town: Town, editors: tuple[Phone, Phone]) -> None:
    asking = await town.reader("Jana", "de")
    await asking.says("Alesia Lastauka")
    before = asking.heard[-1]
    author, other = editors
    await author.says(LIST)
    for step, phone, verb, deed in (
        (1, author, Verb.EDIT, Deed.SUBMIT),
        (2, other, Verb.DECIDE, Deed.APPROVE),
        (3, author, Verb.DECIDE, Deed.SAFE),
    ):
        await town.do(phone, verb, deed)
        await asking.says("Alesia Lastauka")
        assert asking.heard[-1] == before, f"step {step}"
    await everyone_is_safe(town, author, other)
    await town.quiet()
    await asking.says("Alesia Lastauka")
    assert asking.heard[-1] != before


async def test_the_author_cannot_approve(town: Town, editors: tuple[Phone, Phone]) -> None:
    author, other = editors
    await author.says(LIST)
    await town.do(author, Verb.EDIT, Deed.SUBMIT)
    await town.until(lambda: find(other, Verb.DECIDE, Deed.APPROVE) is not None)
    found = find(other, Verb.DECIDE, Deed.APPROVE)
    assert found is not None
    assert find(author, Verb.DECIDE, Deed.APPROVE) is None
    await author.presses_data(found[1], author.last)
    (notice,) = await town.vestka.services.notices.open_notices()
    assert notice.state == "submitted"


async def test_a_group_is_told_when_it_is_safe_and_not_before(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    first = await town.reader("Jana", "de")
    await town.follow(first, "Alesia Lastauka")
    second = await town.reader("Marek", "pl")
    await town.follow(second, "Janka Vierabej")
    before = [len(town.telegram.told(phone)) for phone in (first, second)]
    author, other = editors
    await author.says(LIST)
    await town.do(author, Verb.EDIT, Deed.SUBMIT)
    await town.do(other, Verb.DECIDE, Deed.APPROVE)
    (notice,) = await town.vestka.services.notices.open_notices()
    vilnius, ukraine = (group.id for group in notice.facts.groups)
    seal = notice.seal
    await town.do(author, Verb.DECIDE, Deed.SAFE, notice.id, seal, vilnius)
    await town.do(other, Verb.DECIDE, Deed.SAFE, notice.id, seal, vilnius)
    await town.until(lambda: len(town.telegram.told(first)) > before[0])
    await second.says("Janka Vierabej")
    assert "2025" not in second.heard[-1]
    assert len(town.telegram.told(second)) == before[1] + 1
    await everyone_is_safe(town, author, other)
    await town.quiet()
    assert len(town.telegram.told(first)) == before[0] + 1
    assert len(town.telegram.told(second)) == before[1] + 2
    assert ukraine != vilnius


async def test_a_correction_reaches_exactly_those_who_were_told(
    town: Town, editors: tuple[Phone, Phone], family: dict[str, Phone]
) -> None:
    await tell(town, *editors)
    late = await town.reader("Late", "en")
    await town.follow(late, "Alesia Lastauka")
    before = {phone: len(town.telegram.told(phone)) for phone in (*family.values(), late)}
    author, other = editors
    await town.do(author, Verb.DECIDE, Deed.TAKE_BACK)
    await town.do(author, Verb.DECIDE, Deed.CHOOSE)
    await town.do(author, Verb.DECIDE, Deed.CORRECT)
    await town.do(author, Verb.DECIDE, Deed.CORRECT_SURELY)
    await town.do(other, Verb.DECIDE, Deed.APPROVE)
    await town.quiet()
    for phone in family.values():
        assert len(town.telegram.told(phone)) == before[phone] + 1
    assert len(town.telegram.told(late)) == before[late]
    await late.says("Alesia Lastauka")
    assert "2025" not in late.heard[-1]


async def test_what_is_stopped_goes_on_without_repeats_and_the_card_adds_it_up(
    town: Town, editors: tuple[Phone, Phone]
) -> None:
    readers = [await town.reader(f"Reader {number}", "pl") for number in range(12)]
    for reader in readers:
        await town.follow(reader, "Alesia Lastauka")
    before = {reader: len(town.telegram.told(reader)) for reader in readers}

    def told() -> list[int]:
        return [len(town.telegram.told(reader)) - before[reader] for reader in readers]

    author, other = editors
    await author.says(LIST)
    await town.do(author, Verb.EDIT, Deed.SUBMIT)
    await town.do(other, Verb.DECIDE, Deed.APPROVE)
    (notice,) = await town.vestka.services.notices.open_notices()
    await town.do(author, Verb.DECIDE, Deed.SAFE, notice.id, notice.seal, 0)
    await town.do(other, Verb.DECIDE, Deed.SAFE, notice.id, notice.seal, 0)
    await town.until(lambda: sum(told()) > 0)
    # However many were told by then: stopped twice and let go on, nobody is told twice.
    for _ in range(2):
        with suppress(WrongState):
            await town.vestka.services.notices.stop(None, notice.id)
            await town.vestka.services.notices.resume(None, notice.id)
    await town.quiet()
    assert told() == [1] * 12
    await town.until(lambda: any("12" in heard and "20" in heard for heard in author.heard))
    dossier = await town.vestka.services.notices.dossier(notice.id)
    ((_, tally),) = dossier.waves
    assert (tally.audience, tally.delivered, tally.open) == (12, 12, 0)
    assert {language: sums.delivered for language, sums in dossier.languages.items()} == {"pl": 12}


async def test_a_withdrawal_takes_everything_back(
    town: Town, editors: tuple[Phone, Phone], family: dict[str, Phone]
) -> None:
    await tell(town, *editors)
    before = {phone: len(town.telegram.told(phone)) for phone in family.values()}
    author, other = editors
    await town.do(other, Verb.DECIDE, Deed.WITHDRAW)
    await town.do(other, Verb.DECIDE, Deed.WITHDRAW_SURELY)
    await town.do(author, Verb.DECIDE, Deed.APPROVE)
    await town.quiet()
    for phone in family.values():
        assert len(town.telegram.told(phone)) == before[phone] + 1
    await family["de"].says("Alesia Lastauka")
    assert "2025" not in family["de"].heard[-1]

"""The tour of the demo, as somebody does it in a browser: every step in the chat."""

import os
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from bot.demo import ASKED
from locales import Tongue, speak


def phone(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=f"{name}'s phone")


def button(phone: Locator, label: str) -> Locator:
    return phone.get_by_test_id("button").filter(has_text=label).last


async def send(phone: Locator, text: str | None = None) -> None:
    if text is not None:
        await phone.get_by_test_id("input").fill(text)
    await phone.get_by_test_id("send").click()


async def put(page: Page, step: int) -> None:
    await page.get_by_test_id("step").nth(step).get_by_test_id("step-put").click()


async def done(page: Page, step: int) -> None:
    await expect(page.get_by_test_id("step").nth(step)).to_have_attribute("data-done", "true")


async def follow(reader: Locator, t: Tongue) -> None:
    await button(reader, t.gettext("Tell me news")).click()
    await reader.get_by_test_id("alert-ok").click()


async def settle_lines(editor: Locator, t: Tongue) -> None:
    """Do as the tour says: choose where the list is unsure, leave out whom nobody knows."""
    shown = editor.get_by_test_id("text").last
    first = editor.get_by_test_id("message").last.get_by_test_id("button").first
    await first.click()
    await expect(shown).to_contain_text("Лапкович")
    await first.click()
    await expect(shown).to_contain_text("Neznajomy")
    await button(editor, t.gettext("Leave this line out")).click()


async def test_the_five_steps_are_done_in_the_chat(page: Page, demo: str) -> None:
    await page.goto(demo)
    be, pl, de, lt = (speak(language) for language in ("be", "pl", "de", "lt"))
    volha, marek, jana, alena, tomas = (
        phone(page, name) for name in ("Volha", "Marek", "Jana", "Alena", "Tomas")
    )
    await expect(page.get_by_test_id("banner")).to_contain_text("Later events are not in here")

    await put(page, 0)
    await send(volha)
    await button(volha, be.gettext("Show")).click()
    await expect(volha.get_by_test_id("text").last).to_contain_text(ASKED)
    await done(page, 0)

    await follow(volha, be)
    for other, t, asked in ((marek, pl, "Maria Kalesnikawa"), (jana, de, "Kolesnikowa Maria")):
        await send(other, asked)
        await follow(other, t)
    await done(page, 1)

    await put(page, 2)
    await send(alena)
    await settle_lines(alena, be)
    await button(alena, be.gettext("Submit")).click()
    await done(page, 2)

    received = volha.get_by_test_id("message")
    before = await received.count()
    await button(tomas, lt.gettext("Approve")).click()
    await button(alena, be.gettext("Everyone is safe")).click()
    await button(tomas, lt.gettext("Everyone is safe")).click()
    await done(page, 3)

    await expect(marek.get_by_test_id("text").last).to_contain_text("13 grudnia 2025")
    await expect(jana.get_by_test_id("text").last).to_contain_text("13. Dezember 2025")
    await expect(received).to_have_count(before + 1)
    hidden = volha.get_by_test_id("text").last
    await expect(hidden).not_to_contain_text("2025")
    await button(volha, be.gettext("Show")).click()
    await expect(volha.get_by_test_id("text").last).to_contain_text("13 снежня 2025")
    await done(page, 4)
    await expect(page.locator("#tour-where")).to_have_text("all done")
    if place := os.environ.get("SCREENSHOT"):
        await page.get_by_role("heading", name="Phones").click()
        await expect(page.get_by_test_id("toast").filter(visible=True)).to_have_count(0)
        await page.screenshot(path=Path(place))

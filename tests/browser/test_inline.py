"""In a chat of friends: the bot's name and a person's are typed, and the card is sent."""

import pytest
from playwright.async_api import Locator, Page, expect

from bot.demo import FRIENDS
from locales import speak
from tests.browser.test_tour import button, phone

pytestmark = pytest.mark.timeout(240)


async def enter(phone: Locator, chat: str) -> None:
    await phone.get_by_test_id("chat-tab").filter(has_text=chat).click()


async def test_a_card_goes_from_hand_to_hand(page: Page, demo: str) -> None:
    await page.goto(demo)
    pl, de, be = speak("pl"), speak("de"), speak("be")
    marek, jana, volha = (phone(page, name) for name in ("Marek", "Jana", "Volha"))

    await enter(marek, FRIENDS)
    await enter(jana, FRIENDS)
    await marek.get_by_test_id("input").press_sequentially("@vestka_bot Maria Kal")
    await expect(marek.get_by_test_id("offer-button")).to_have_text(
        pl.gettext("Ask in a private chat")
    )
    await marek.get_by_test_id("input").press_sequentially("esnikawa")
    await marek.get_by_test_id("offered").click()
    await expect(marek.get_by_test_id("input")).to_have_value("")
    await expect(jana.get_by_test_id("via").last).to_have_text("via @vestka_bot")
    await expect(jana.get_by_test_id("text").last).to_contain_text("Maria Kalesnikawa")

    # The link leads to the chat with the bot, and from there the card is passed on.
    await button(jana, pl.gettext("What is known now")).click()
    await expect(jana.get_by_test_id("text").last).to_contain_text("Kolesnikowa")
    await button(jana, de.gettext("Share")).click()
    await jana.get_by_test_id("offered").filter(has_text=FRIENDS).click()
    await expect(marek.get_by_test_id("text").last).to_contain_text("?start=")

    # Who hides texts is led to the chat with the bot, by the same button as for nobody's name.
    await volha.get_by_test_id("input").press_sequentially("@vestka_bot Марыя Калеснікава")
    await expect(volha.get_by_test_id("offer-button")).to_have_text(
        be.gettext("Ask in a private chat")
    )
    await expect(volha.get_by_test_id("offered")).to_have_count(0)
    await volha.get_by_test_id("offer-button").click()
    await expect(volha.get_by_test_id("text").last).to_contain_text("Добры дзень")

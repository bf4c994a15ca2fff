"""The chat page: what somebody presses is done, whatever the bot does at that very moment."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Locator, Page, WebSocket, expect

from simulator.core import Telegram
from simulator.http import create_app, serve
from simulator.live import Step, Tour
from simulator.phone import Phone


@dataclass
class Open:
    """A page with two phones, which have two chats each; one a button to press, and a step."""

    page: Page
    telegram: Telegram
    phone: Phone
    other: Phone
    tour: Tour
    socket: WebSocket

    async def call(self, method: str, **given: Any) -> None:
        """Let the bot do something, and wait until the page has heard of it."""
        async with self.socket.expect_event("framereceived"):
            answer = await self.telegram.call(method, given)
        assert answer.status == 200, answer.body
        # Whatever is asked of the page is answered after what came before.
        await self.page.get_by_role("heading", name="Phones").inner_text()

    async def arrived(self, kind: str) -> None:
        """Wait until the bot can take an update of this kind, and see that it is alone."""
        answer = await self.telegram.call("getUpdates", {"timeout": 50})
        assert isinstance(answer.body, dict)
        assert [kind in update for update in answer.body["result"]] == [True]

    @asynccontextmanager
    async def pressing(self, what: Locator) -> AsyncIterator[None]:
        """Have a finger on something for as long as this lasts."""
        await what.hover()
        await self.page.mouse.down()
        yield
        await self.page.mouse.up()


@pytest.fixture
async def opened(page: Page, telegram: Telegram) -> AsyncIterator[Open]:
    phone, other = Phone(telegram, "Volha"), Phone(telegram, "Marek")
    await phone.creates_group("Friends", members=[other])
    for each in (phone, other):
        await each.says("/start")
    tour = Tour(telegram, [Step("Ask", "…", phone.id, "Марыя"), Step("Follow", "…")])
    keyboard = {"inline_keyboard": [[{"text": "Press me", "callback_data": "pressed"}]]}
    given = {"chat_id": phone.id, "text": "Hello", "reply_markup": keyboard}
    assert (await telegram.call("sendMessage", given)).status == 200
    telegram.updates.clear()
    async with serve(create_app(telegram, [phone, other], tour=tour)) as address:
        async with page.expect_websocket() as socket:
            await page.goto(address)
        await expect(page.get_by_test_id("button")).to_have_text("Press me")
        yield Open(page, telegram, phone, other, tour, await socket.value)


async def test_a_step_is_done_although_the_tour_goes_on_meanwhile(opened: Open) -> None:
    async with opened.pressing(opened.page.get_by_test_id("step-put").first):
        async with opened.socket.expect_event("framereceived"):
            opened.tour.tick(1)
        await opened.call("setMyName", name="Other")
    await expect(opened.page.get_by_test_id("input").first).to_have_value("Марыя")
    await expect(opened.page.get_by_test_id("step").nth(1)).to_have_attribute("data-done", "true")


async def test_a_button_is_pressed_although_its_message_changes_meanwhile(opened: Open) -> None:
    message = opened.phone.last
    given = {"chat_id": message.chat_id, "message_id": message.id, "text": "Bye"}
    async with opened.pressing(opened.page.get_by_test_id("button")):
        await opened.call("editMessageText", **given)
    await expect(opened.page.get_by_test_id("text").filter(has_text="Bye")).to_be_visible()
    await opened.arrived("callback_query")


async def test_whoever_uses_the_keyboard_stays_where_he_or_she_is(opened: Open) -> None:
    await opened.page.get_by_test_id("button").focus()
    await opened.call("setMyName", name="Other")
    await expect(opened.page.get_by_test_id("chat-tab").first).to_contain_text("Other")
    await opened.page.keyboard.press("Enter")
    await opened.arrived("callback_query")


async def test_another_chat_is_entered_by_one_press_with_something_unread_in_this(
    opened: Open,
) -> None:
    await opened.page.evaluate("document.activeElement.blur()")
    await opened.call("sendMessage", chat_id=opened.other.id, text="Unread")
    tabs = opened.page.get_by_role("region", name="Marek's phone").get_by_test_id("chat-tab")
    await expect(tabs.first).to_contain_text("1")
    await tabs.last.click()
    await expect(tabs.last).to_have_attribute("aria-selected", "true")

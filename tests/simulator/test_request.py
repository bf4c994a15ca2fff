"""A real python-telegram-bot application talks to the stand-in without a socket."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from simulator import faults
from simulator.core import Telegram
from simulator.faults import Fault
from simulator.phone import Phone
from simulator.request import AnyApplication, SimulatedRequest, drain
from tests.watch import AT_MOST

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Again", callback_data="again")]])


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    text = update.message.text or "nothing"
    await update.message.reply_html(f"<i>{text}</i>", reply_markup=KEYBOARD, do_quote=True)


async def again(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("Here you are")
    await query.edit_message_text("again")


@pytest.fixture
async def application(telegram: Telegram) -> AsyncIterator[AnyApplication]:
    application = (
        Application.builder()
        .token(telegram.token)
        .request(SimulatedRequest(telegram))
        .get_updates_request(SimulatedRequest(telegram))
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.add_handler(CallbackQueryHandler(again))
    async with application:
        yield application


async def test_an_echo_is_heard_when_the_updates_are_drained(
    application: AnyApplication, telegram: Telegram, reader: Phone
) -> None:
    await reader.says("Марыя")
    await reader.says("Віктар")
    await drain(application, telegram)
    assert reader.heard == ["Марыя", "Віктар"]
    assert not telegram.refusals


async def test_a_phone_can_wait_for_the_answer(
    application: AnyApplication, telegram: Telegram, reader: Phone
) -> None:
    telegram.arrived = partial(drain, application, telegram)
    await reader.says("Марыя")
    assert reader.last.body["reply_to_message"]["text"] == "Марыя"
    assert reader.buttons == ["Again"]
    await reader.presses("Again")
    assert reader.toast == "Here you are"
    assert reader.heard == ["again"]
    assert reader.buttons == []


async def test_an_echo_is_heard_by_polling(
    application: AnyApplication, telegram: Telegram, reader: Phone
) -> None:
    assert application.updater is not None
    await application.start()
    await application.updater.start_polling(timeout=5, allowed_updates=["message"])
    heard = asyncio.Event()
    telegram.watch(lambda _: heard.set() if reader.heard else None)
    await reader.says("Марыя")
    await asyncio.wait_for(heard.wait(), AT_MOST)
    await application.updater.stop()
    await application.stop()
    assert reader.heard == ["Марыя"]
    assert telegram.allowed_updates == {"message"}
    assert not telegram.updates


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.flood(5), RetryAfter),
        (faults.blocked(), Forbidden),
        (faults.chat_not_found(), BadRequest),
        (faults.migrated(-100), ChatMigrated),
        (faults.conflict(), Conflict),
        (faults.unauthorized(), InvalidToken),
        (faults.server_error(), NetworkError),
        (faults.truncated(), TelegramError),
        (faults.not_reached(), NetworkError),
        (faults.answer_lost(), TimedOut),
    ],
)
@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
async def test_a_bad_day_is_raised_as_the_library_raises_it(
    application: AnyApplication,
    telegram: Telegram,
    reader: Phone,
    fault: Fault,
    error: type[Exception],
) -> None:
    telegram.misbehave(fault, method="sendMessage")
    with pytest.raises(error):
        await application.bot.send_message(reader.id, "x")


async def test_what_a_broken_connection_raises_can_be_chosen(telegram: Telegram) -> None:
    request = SimulatedRequest(
        telegram, not_reached=ConnectionRefusedError, answer_lost=TimeoutError
    )
    telegram.misbehave(faults.not_reached(), times=1)
    with pytest.raises(ConnectionRefusedError):
        await request.do_request(f"https://telegram.example/bot{telegram.token}/getMe", "POST")
    telegram.misbehave(faults.answer_lost(), times=1)
    with pytest.raises(TimeoutError):
        await request.do_request(f"https://telegram.example/bot{telegram.token}/getMe", "POST")


async def test_a_wrong_token_is_unauthorized(telegram: Telegram) -> None:
    application = (
        Application.builder().token("1:WRONG").request(SimulatedRequest(telegram)).build()
    )
    with pytest.raises(InvalidToken):
        await application.bot.get_me()


async def test_files_go_both_ways(
    application: AnyApplication, telegram: Telegram, reader: Phone
) -> None:
    sent = await reader.sends_file("names.csv", "Марыя".encode())
    file = await application.bot.get_file(sent.body["document"]["file_id"])
    assert await file.download_as_bytearray() == "Марыя".encode()
    await application.bot.send_document(
        reader.id, b"report", filename="report.txt", caption="<b>Report</b>", parse_mode="HTML"
    )
    document = reader.last.body["document"]
    assert (document["file_name"], document["file_size"]) == ("report.txt", 6)
    assert reader.heard == ["Report"]
    with pytest.raises(InvalidToken, match="Not Found"):
        await SimulatedRequest(telegram).retrieve(
            f"https://telegram.example/file/bot{telegram.token}/documents/none"
        )


async def test_the_library_understands_every_answer(
    application: AnyApplication, telegram: Telegram, reader: Phone
) -> None:
    bot = application.bot
    group = await reader.creates_group("Families")
    await reader.adds_bot(group, as_administrator=True)
    assert (await bot.get_me()).username == "vestka_bot"
    assert (await bot.get_chat(group.id)).title == "Families"
    assert (await bot.get_chat_member(group.id, reader.id)).status == "creator"
    assert len(await bot.get_chat_administrators(group.id)) == 2
    assert (await bot.get_webhook_info()).pending_update_count == len(telegram.updates)
    commands = [BotCommand("who", "Ask about somebody")]
    await bot.set_my_commands(commands, language_code="be")
    assert await bot.get_my_commands(language_code="be") == tuple(commands)
    await bot.set_my_name("Вестка", language_code="be")
    assert (await bot.get_my_name("be")).name == "Вестка"
    assert (await bot.get_chat_menu_button()).type == "commands"
    await bot.set_chat_menu_button(reader.id)
    message = await bot.send_message(
        reader.id, "<b>x</b>", parse_mode=ParseMode.HTML, protect_content=True
    )
    assert message.parse_entities() == {message.entities[0]: "x"}
    updates: Any = await bot.get_updates()
    assert {each.my_chat_member is not None for each in updates} == {True, False}

"""Digests and monthly notes, in place of the message that hid them."""

from telegram import Update
from telegram.ext import CallbackQueryHandler

from handlers.context import BotApplication, BotContext, arguments_of, place_of
from model.errors import NotFound
from model.notices import WaveId
from views import callbacks, digest
from views.callbacks import Verb


def register(application: BotApplication) -> None:
    application.add_handler(CallbackQueryHandler(show, callbacks.pattern(Verb.DIGEST)))


async def show(update: Update, context: BotContext) -> None:
    """Turn the message into what it hid, as it stands now."""
    (number,) = arguments_of(update, 1)
    chat, _ = place_of(update)
    wave = WaveId(callbacks.number(number, 2**31 - 1))
    told = await context.services.outbox.told(chat, wave)
    if told is None:
        raise NotFound
    said = await context.services.digests.read(wave, told)
    if said is None:
        raise NotFound
    await context.turn(update, digest.digest(context.tongue, said, context.today))

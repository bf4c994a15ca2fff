"""What is offered, in any chat, to who types the bot's name there and that of a person."""

import html
from datetime import date

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode

from locales import Tongue
from model.cards import Card
from model.codes import code_of
from model.dates import PartialDate
from views import card, text

START = "ask"
"""What /start carries when the button was pressed: the first screen, as for anything unknown."""

_TITLE = 100
_DESCRIPTION = 200


def article(t: Tongue, who: Card, *, today: date, link: str) -> InlineQueryResultArticle:
    """Offer the card of a person, with what tells namesakes apart.

    What is sent stays in that chat as it is: it says of which day it is, and ``link`` leads to
    what is known then.
    """
    # Translators: below a card that was sent to another chat and stays there as it is; a whole
    # date, which may end with a full stop.
    stands = t.gettext(
        "As known on {date}; this may have changed since", date=t.date(PartialDate(today))
    )
    # Translators: a button below a card that was sent to another chat: it leads to the bot.
    now = InlineKeyboardButton(t.gettext("What is known now"), url=link)
    lines = card.card(t, who, today=today).text.split("\n")
    return InlineQueryResultArticle(
        id=code_of(who.person.id),
        title=text.label(who.person.name_in(t.spellings), _TITLE),
        description=text.label(html.unescape("; ".join(card.apart(t, who))), _DESCRIPTION) or None,
        input_message_content=InputTextMessageContent(
            text.clip(lines, after=("", f"<i>{stands}</i>")),
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
        reply_markup=InlineKeyboardMarkup([[now]]),
    )


def elsewhere(t: Tongue) -> InlineQueryResultsButton:
    """Lead to the chat with the bot. It says the same whatever was typed, and to whom.

    It can be seen by whoever looks on: no word of what the bot is about.
    """
    # Translators: a button that leads to the chat with the bot, where questions are answered.
    return InlineQueryResultsButton(t.gettext("Ask in a private chat"), start_parameter=START)

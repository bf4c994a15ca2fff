"""Cards: every editor has one message for each notice, and it shows how things stand."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from delivery.finishing import finish
from delivery.resting import rest
from locales import Tongue
from model.editors import Editor
from model.errors import NotFound, Unavailable
from model.notices import Dossier, EditorId, NoticeId, NoticeState
from model.readers import Spot
from services.editors import Editors
from services.notices import Notices
from views.dossier import dossier as draw
from views.markup import markup
from views.screen import Screen

EACH = 2.0
"""Seconds between two looks at the notices that are under way."""

_SHOWN_TO_ALL = frozenset({NoticeState.SUBMITTED, NoticeState.HELD})
"""From submission on a notice is every editor's matter, not its author's alone."""


class Cards:
    """Keeps the cards of notices fresh, until it is cancelled."""

    def __init__(
        self, notices: Notices, editors: Editors, bot: Bot, speak: Callable[[str], Tongue]
    ) -> None:
        self._notices = notices
        self._editors = editors
        self._bot = bot
        self._speak = speak
        self._stale: set[NoticeId] = set()
        self._shown: dict[tuple[NoticeId, EditorId], Screen] = {}
        self._awake = asyncio.Event()

    def changed(self, notice: NoticeId) -> None:
        """Draw the cards of this notice anew, soon."""
        self._stale.add(notice)
        self._awake.set()

    async def run(self) -> None:
        """Keep cards fresh until cancelled."""
        while True:
            self._awake.clear()
            # Operators change notices from other processes, and nobody tells of that.
            for notice in sorted(self._stale | await self._under_way()):
                self._stale.discard(notice)
                try:
                    await self.refresh(notice)
                except (TelegramError, Unavailable):
                    self._stale.add(notice)
            await rest(self._awake, EACH)

    async def refresh(self, notice: NoticeId) -> None:
        """Bring the cards of a notice up to date, and give one to each editor who has none."""
        try:
            dossier = await finish(self._notices.dossier(notice))
        except NotFound:
            return
        state = dossier.notice.state
        cards = await finish(self._editors.cards(notice))
        editors = await finish(self._editors.every())
        labels = {editor.id: editor.label for editor in editors}
        for editor in editors:
            card = cards.get(editor.id)
            if card is None and state not in _SHOWN_TO_ALL:
                continue
            if state is NoticeState.DRAFT and editor.id == dossier.notice.author:
                # The author is at work on it: a question about a line may stand there.
                continue
            t = self._speak(editor.language)
            screen = draw(t, dossier, labels=labels, viewer=editor.id)
            if self._shown.get((notice, editor.id)) != screen:
                # An editor who cannot be reached sees no cards.
                with suppress(BadRequest, Forbidden):
                    await self._show(editor, dossier, card, screen)
                self._shown[notice, editor.id] = screen

    async def _show(
        self, editor: Editor, dossier: Dossier, card: Spot | None, screen: Screen
    ) -> None:
        if card is not None:
            try:
                await self._bot.edit_message_text(
                    screen.text,
                    chat_id=card.chat,
                    message_id=card.message,
                    parse_mode=ParseMode.HTML,
                    reply_markup=markup(screen.keyboard),
                    link_preview_options=_NO_PREVIEW,
                )
            except BadRequest as exc:
                if "not modified" in exc.message.lower():
                    return
                # Deleted by the editor: a new one follows.
            else:
                return
        message = await self._bot.send_message(
            editor.chat,
            screen.text,
            parse_mode=ParseMode.HTML,
            reply_markup=markup(screen.keyboard),
            link_preview_options=_NO_PREVIEW,
        )
        await finish(self._editors.remember_card(editor, dossier.notice.id, message.message_id))

    async def _under_way(self) -> set[NoticeId]:
        with suppress(Unavailable):
            known = await finish(self._notices.open_notices())
            return {notice.id for notice in known if notice.state is not NoticeState.DRAFT}
        return set()


_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

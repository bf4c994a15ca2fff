"""Letters: what each delivery says, as JSON that is complete but for the chat.

What many readers are told in the same words is rendered once.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from locales import Tongue
from model.deliveries import Address, Delivery, Mend
from model.notices import TAKING_BACK, NewsItem, WaveId, WaveKind
from model.people import Person, PersonId
from model.readers import ChatId
from views import callbacks, news, waiting
from views.callbacks import Verb
from views.screen import Screen

RENDERED_AT_MOST = 4096
"""Different letters kept at a time, of about 2 KB each."""

COMPOSED = frozenset({WaveKind.DIGEST, WaveKind.WAKING, WaveKind.UNCHANGED})
"""Waves that tell each reader something else."""

_Wording = tuple[WaveId, str, bool, tuple[PersonId, ...], tuple[PersonId, ...], bool, bool]


class Letters:
    """Renders the deliveries of one claim after the other."""

    def __init__(
        self,
        item_of: Callable[[WaveId], Awaitable[NewsItem]],
        people: Callable[[Collection[PersonId]], Awaitable[Mapping[PersonId, Person]]],
        speak: Callable[[str], Tongue],
        *,
        compose: Callable[[WaveId, Address], Awaitable[Screen | None]] | None = None,
        paid: bool = False,
    ) -> None:
        self._item_of = item_of
        self._people = people
        self._speak = speak
        self._compose = compose
        self._paid = paid
        self._items: dict[WaveId, NewsItem] = {}
        self._composed: dict[tuple[WaveId, ChatId], bytes | None] = {}
        self._persons: Mapping[PersonId, Person] = {}
        self._bodies: dict[tuple[WaveId, str], str] = {}
        self._rendered: dict[_Wording, bytes] = {}

    async def prepare(self, claimed: Iterable[Delivery]) -> None:
        """Read what these deliveries are about. What changed since is rendered anew."""
        waves: set[WaveId] = set()
        named: set[PersonId] = set()
        for one in claimed:
            for mend in one.mends:
                if mend.told.since is not None:
                    await self._put_together(mend.wave, mend.told)
            if one.kind in COMPOSED:
                await self._put_together(one.wave, one.address)
                continue
            if one.address.found:
                # It belongs to no news.
                named.update(one.address.found)
                continue
            mended = {mend.wave for mend in one.mends if mend.told.since is None}
            waves |= {one.address.reminds or one.wave, *mended}
            named.update(one.address.absent, *(mend.told.absent for mend in one.mends))
        items = {wave: await self._item_of(wave) for wave in sorted(waves)}
        if any(self._items.get(wave, item) != item for wave, item in items.items()) or (
            len(self._rendered) > RENDERED_AT_MOST
        ):
            self._bodies.clear()
            self._rendered.clear()
        self._items.update(items)
        if named:
            # Those of the claim before are still being sent.
            found = await self._people(named)
            others = {one: p for one, p in self._persons.items() if one not in named}
            self._persons = others | dict(found)

    def letter(self, delivery: Delivery) -> bytes | None:
        """Return the arguments of ``sendMessage``; ``None`` if nothing is left to say."""
        address = delivery.address
        wording = self._worded(delivery)
        return wording and b'{"chat_id":%d,%b%b' % (address.chat, self._manner(address), wording)

    def mended(self, mend: Mend) -> bytes:
        """Return the arguments of ``editMessageText`` for a message that told a mistake."""
        told = mend.told
        composed = self._composed.get((mend.wave, told.chat))
        wording = composed or self._wording(self._items[mend.wave], told, told.freed)
        return b'{"chat_id":%d,"message_id":%d,%b' % (told.chat, told.message, wording)

    def _worded(self, delivery: Delivery) -> bytes | None:
        address = delivery.address
        if delivery.kind in COMPOSED:
            return self._composed.get((delivery.wave, address.chat))
        if address.found:
            return self._found(delivery.wave, address)
        item = self._items[address.reminds or delivery.wave]
        freed = address.freed
        if item.snapshot.kind not in TAKING_BACK:
            freed = tuple(one for one in freed if one not in item.taken_back)
            if item.withdrawn or not (address.releases or freed or address.absent):
                return None
        if address.reminds:
            return _json(self._reminder(item, address, freed))
        return self._wording(item, address, freed)

    async def _put_together(self, wave: WaveId, told: Address) -> None:
        """Make a letter that is like no other."""
        screen = await self._compose(wave, told) if self._compose else None
        if screen is not None and told.discreet:
            t = self._speak(told.language)
            screen = news.discreet(t, callbacks.data(Verb.DIGEST, wave))
        self._composed.pop((wave, told.chat), None)
        self._composed[wave, told.chat] = None if screen is None else _json(screen)
        if len(self._composed) > RENDERED_AT_MOST:
            # The oldest: those of the claims before are still being sent.
            del self._composed[next(iter(self._composed))]

    def _manner(self, address: Address) -> bytes:
        manner = b'"disable_notification":true,' if address.silent else b""
        return manner + b'"allow_paid_broadcast":true,' if self._paid else manner

    def _found(self, wave: WaveId, address: Address) -> bytes | None:
        """Tell that somebody is listed by now; ``None`` if readers may not know of it any more."""
        people = [self._persons[one] for one in address.found if one in self._persons]
        if not people:
            return None
        t = self._speak(address.language)
        if address.discreet:
            return _json(news.discreet(t, callbacks.data(Verb.FOUND, wave)))
        return _json(waiting.found(t, people))

    def _wording(self, item: NewsItem, address: Address, freed: tuple[PersonId, ...]) -> bytes:
        asks = address.asks and news.asks(item, freed)
        wording = (
            item.wave,
            address.language,
            address.discreet,
            freed,
            address.absent,
            address.late,
            asks,
        )
        rendered = self._rendered.get(wording)
        if rendered is None:
            screen = self._screen(item, address, freed, asks=asks)
            rendered = self._rendered[wording] = _json(screen)
        return rendered

    def _reminder(self, item: NewsItem, address: Address, freed: Sequence[PersonId]) -> Screen:
        """Remind of what was told, without a word of what it was: it may be corrected soon."""
        t = self._speak(address.language)
        if address.discreet:
            return news.discreet(t, callbacks.data(Verb.WAVE, item.wave))
        return news.reminder(t, item, freed)

    def _screen(
        self, item: NewsItem, address: Address, freed: Sequence[PersonId], *, asks: bool
    ) -> Screen:
        t = self._speak(address.language)
        if address.discreet:
            return news.discreet(t, callbacks.data(Verb.WAVE, item.wave))
        absent = [self._persons[one] for one in address.absent if one in self._persons]
        body, late = self._body(t, item), address.late
        return news.news(t, item, freed=freed, absent=absent, body=body, late=late, asks=asks)

    def _body(self, t: Tongue, item: NewsItem) -> str:
        key = item.wave, t.language
        if key not in self._bodies:
            self._bodies[key] = news.body_of(t, item)
        return self._bodies[key]


def _json(screen: Screen) -> bytes:
    arguments: dict[str, Any] = {
        "text": screen.text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if screen.keyboard:
        arguments["reply_markup"] = {"inline_keyboard": screen.keyboard}
    return msgspec.json.encode(arguments)[1:]

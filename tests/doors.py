"""Every door a reader can knock at, by the handler behind it.

Whoever adds a handler adds its door here: ``tests/promises`` knocks at all of them, to see that
what is held makes no difference and that nothing shows that should be hidden.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler

from handlers.context import BotApplication
from model.codes import code_of
from model.people import PersonId
from simulator.phone import Phone
from simulator.world import Chat
from tests.watch import Watch
from views.callbacks import Deed, Verb, Wish


@dataclass
class Visit:
    """A reader at the doors, asking about somebody listed and somebody who is not."""

    phone: Phone
    listed: PersonId
    listed_name: str
    ghost: PersonId
    ghost_name: str
    group: Chat | None = field(default=None, init=False)
    channel: Chat | None = field(default=None, init=False)

    @property
    def codes(self) -> tuple[str, str]:
        return code_of(self.listed), code_of(self.ghost)

    async def arrive(self) -> None:
        """Open the chat, and own a group and a channel with the bot in them."""
        await self.phone.says("/start")
        self.group = await self.phone.creates_group("Families")
        await self.phone.adds_bot(self.group)
        self.channel = await self.phone.creates_channel("Ours", username=f"ours{self.phone.id}")
        await self.phone.adds_bot(self.channel)

    async def says(self, *texts: str) -> None:
        for text in texts:
            await self.phone.says(text)

    async def presses(self, *carried: str) -> None:
        for data in carried:
            await self.phone.presses_data(data, self.phone.last)

    async def manages(self, *carried: str) -> None:
        """Press buttons under the card of the channel."""
        for data in carried:
            await self.phone.says(f"/manage @ours{self.phone.id}")
            await self.phone.presses_data(data, self.phone.last)


Door = Callable[[Visit], Awaitable[None]]


def typed(*texts: str) -> Door:
    """Write these; ``{listed}`` and ``{ghost}`` are codes, ``{…_name}`` names."""

    async def door(visit: Visit) -> None:
        listed, ghost = visit.codes
        for text in texts:
            words = text.format(
                listed=listed,
                ghost=ghost,
                listed_name=visit.listed_name,
                ghost_name=visit.ghost_name,
                me=visit.phone.id,
            )
            await visit.says(words)

    return door


def pressed(*carried: str) -> Door:
    """Press buttons that carry these."""

    async def door(visit: Visit) -> None:
        listed, ghost = visit.codes
        await visit.presses(*(data.format(listed=listed, ghost=ghost) for data in carried))

    return door


async def looks_again(visit: Visit) -> None:
    """Ask how many are held when the last count is no longer told."""
    clock = visit.phone.telegram.world.clock
    assert isinstance(clock, Watch)
    clock.advance(timedelta(minutes=2))
    await visit.presses("h")


def managed(*carried: str) -> Door:
    """Press buttons that carry these, for a channel."""

    async def door(visit: Visit) -> None:
        listed, ghost = visit.codes
        await visit.manages(*(data.format(listed=listed, ghost=ghost) for data in carried))

    return door


async def blocks(visit: Visit) -> None:
    await visit.phone.blocks()
    await visit.phone.unblocks()
    assert visit.group is not None
    await visit.phone.removes_bot(visit.group)
    await visit.phone.adds_bot(visit.group)


async def in_the_channel(visit: Visit) -> None:
    assert visit.channel is not None
    post = await visit.phone.posts(visit.channel, "A post")
    for data in (f"c:{visit.codes[0]}", "c:AAAAAAAAAAE", "p:1:0"):
        await visit.phone.presses_data(data, post)


async def moves(visit: Visit) -> None:
    assert visit.group is not None
    await visit.phone.says("/releases", where=visit.group)
    await visit.phone.upgrades(visit.group)


async def replies(visit: Visit) -> None:
    """Reply to what was the card of a notice when one was an editor still."""
    card = visit.phone.last
    button = {"text": "Preview", "callback_data": f"{Verb.EDIT}:{Deed.CARD}:1"}
    card.body["reply_markup"] = {"inline_keyboard": [[button]]}
    await visit.phone.says(visit.listed_name, reply_to=card)


async def waits(visit: Visit) -> None:
    await visit.presses("y")
    prompt = visit.phone.last
    for name in (visit.ghost_name, visit.listed_name, "Verabej"):
        await visit.phone.says(name, reply_to=prompt)


async def tells(visit: Visit) -> None:
    await visit.presses("q")
    prompt = visit.phone.last
    for name in (visit.listed_name, visit.ghost_name):
        await visit.phone.says(name, reply_to=prompt)


async def sends_a_file(visit: Visit) -> None:
    await visit.phone.sends(location={"longitude": 0.0, "latitude": 0.0})
    await visit.phone.sends_file("names.txt", visit.listed_name.encode())


async def types(visit: Visit) -> None:
    for text in ("", visit.listed_name, visit.ghost_name, visit.ghost_name[:5]):
        await visit.phone.types(text, where=visit.group)


DOORS: Mapping[str, Door] = {
    "start.begin": typed("/start", "/start {listed}", "/start {ghost}", "/start news", "/start x"),
    "start.open_link": typed(
        "https://t.me/vestka_bot?start={listed}", "t.me/vestka_bot?start={ghost}"
    ),
    "start.begin_again": pressed("s"),
    "start.explain": typed("/help"),
    "start.choose": pressed("d:0", "d:1"),
    "start.wipe": pressed("x", "x:999999"),
    "language.offer": typed("/language"),
    "language.offer_here": pressed("L"),
    "language.choose": pressed("g:en"),
    "follow.follow": pressed("f:{listed}", "f:{ghost}", "f:{listed}"),
    "follow.show": typed("/following"),
    "follow.unfold": pressed("f:{listed}", "F"),
    "follow.let_go": pressed("f:{listed}", "l:{listed}", "l:{ghost}"),
    "follow.follow_releases": typed("/releases"),
    "follow.switch_releases": pressed("r:1", "r:0"),
    "follow.switch_absences": pressed("f:{listed}", "a:1", "a:0"),
    "privacy.explain": typed("/privacy"),
    "privacy.disclose": typed("/mydata"),
    "privacy.unfold": pressed("f:{listed}", "m"),
    "privacy.forget": typed("/forget"),
    "privacy.travel": typed("/travelling"),
    "privacy.travel_here": pressed("T"),
    "privacy.depart": pressed("D"),
    "privacy.come_back": typed("/return", "/return AAAA-BBBB-CCCC-DDDD"),
    "news.show": typed("/news"),
    "news.unfold": pressed("N"),
    "news.show_wave": pressed("w:1", "w:2"),
    "news.show_names": pressed("p:1:0", "p:2:0"),
    "news.show_whole": pressed("B:1", "B:2"),
    "news.show_whole_names": pressed("b:1:0", "b:2:0"),
    "news.see": pressed("v:1", "v:2", "v:x"),
    "digests.show": pressed("C:1", "C:2"),
    "wishes.show": typed("/settings"),
    "wishes.turn": pressed("W", *(f"W:{wish}" for wish in Wish), "W:none"),
    "wishes.choose": pressed(*(f"V:{wish}:1" for wish in Wish), "V:d:weekly", "V:d:0", "V:x:1"),
    "card.show": pressed("c:{listed}", "c:{ghost}"),
    "card.open_": pressed("O:{listed}", "O:{ghost}"),
    "card.show_timeline": pressed("t:{listed}", "t:{ghost}"),
    "card.offer": pressed("o:{listed}{ghost}", "o:{ghost}"),
    "card.deny": pressed("n"),
    "overview.show_held": looks_again,
    "overview.show_freed": pressed("k"),
    "inline.offer": types,
    "groups.notice": blocks,
    "groups.lead_home": in_the_channel,
    "groups.move": moves,
    "groups.manage": typed(
        "/manage", "/manage @ours{me}", "/manage @ours{me} {listed_name}",
        "/manage @ours{me} {ghost_name}",
    ),
    "groups.show": managed("K"),
    "groups.offer": managed("J:{listed}{ghost}", "J:{ghost}"),
    "groups.follow": managed("+:{listed}", "+:{ghost}"),
    "groups.let_go": managed("-:{listed}", "-:{ghost}"),
    "groups.switch_releases": managed("R:1", "R:0"),
    "groups.offer_languages": managed("j"),
    "groups.choose_language": managed("G:en"),
    "enrolment.enrol": typed("/start e_", "/start e_AAAA-BBBB-CCCC-DDDD"),
    "waiting.ask": pressed("y"),
    "waiting.wait": waits,
    "waiting.let_go": pressed("Y:0123abcd"),
    "waiting.show": pressed("A:1", "A:2"),
    "tips.ask": pressed("q"),
    "tips.pass_on": tells,
    # What only editors may do: to a reader it does not exist.
    "editing.draft": typed("/release", "/release\n{listed_name}"),
    "editing.begin": typed("/event", "/event {listed_name}"),
    "editing.show_all": typed("/notices"),
    "editing.reply": replies,
    "editing.press": pressed(*(f"{Verb.EDIT}:{deed}:1" for deed in Deed)),
    "waiting.look": typed("/waiting"),
    "waiting.decide": pressed(*(f"{verb}:00:{{ghost}}" for verb in "SXZ")),
    "approving.press": pressed(*(f"{Verb.DECIDE}:{deed}:1" for deed in Deed)),
    "interruption.press": pressed("!:1:1", "!:0:1"),
    "ask.ask": typed(
        "{listed_name}", "{ghost_name}", "Хто такая {ghost_name}?", "?", "Гомель",
        "Дзе {listed_name}, Мінск?", "{listed_name} і {ghost_name}", "Каго вызвалілі апошнім?",
    ),
    "ask.who": typed("/who {listed_name}", "/who {ghost_name}", "/who"),
    "ask.misunderstand": typed("/nonsense"),
    "ask.decline": sends_a_file,
    "ask.shrug": pressed("v9:nonsense"),
}  # fmt: skip
"""The handlers for readers, each as ``module.function``."""


def handlers_of(application: BotApplication) -> Mapping[str, list[BaseHandler[Any, Any, Any]]]:
    """Return what is registered, by the name of the function that handles it."""
    found: dict[str, list[BaseHandler[Any, Any, Any]]] = {}
    for group in application.handlers.values():
        for handler in group:
            function = handler.callback
            module = function.__module__.removeprefix("handlers.")
            found.setdefault(f"{module}.{function.__name__}", []).append(handler)
    return found


def note_visits(application: BotApplication) -> list[str]:
    """Have the handlers note, from now on, that an update came to them."""
    visited: list[str] = []
    for name, handlers in handlers_of(application).items():
        for handler in handlers:
            handler.callback = _noting(name, handler.callback, visited)
    return visited


def _noting(
    name: str, function: Callable[[Update, Any], Awaitable[None]], visited: list[str]
) -> Callable[[Update, Any], Coroutine[Any, Any, None]]:
    async def noted(update: Update, context: Any) -> None:
        visited.append(name)
        await function(update, context)

    return noted

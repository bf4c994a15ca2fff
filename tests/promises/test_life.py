"""Whatever readers, editors, Telegram and the power supply do, in any order: the promises hold.

T16: a machine draws what happens, with the real services and the real sender over a scripted
Telegram, on a clock that stands still unless it is moved.
"""

import asyncio
import json
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from db import deliveries, waves
from db.connection import Database, open_database
from db.keyring import Keyring
from db.tables import delivery, reader
from db.vault import ADDRESS, READER, Vault
from delivery.letters import Letters
from delivery.pace import Pace
from delivery.sender import Load, Sender
from delivery.transport import Unanswered, Unsent
from locales import speak
from model.deliveries import Delivery, DeliveryState, Lane, Mark, Outcome
from model.errors import NotFound, Refused, Unavailable
from model.notices import TAKING_BACK, EditorId, Notice, NoticeId, Tally, Wave, WaveId
from model.people import PersonId
from model.readers import ChatId, ChatKind
from services.fanout import FanOut
from services.guard import Guard
from services.news import News
from services.outbox import Outbox
from services.readers import Readers
from tests.newsroom import ALENA, BARYS, PEOPLE, VERA, Newsroom
from tests.promises.test_bytes import traces
from tests.watch import AT_MOST, Watch

EDITORS = (ALENA, BARYS, VERA)
KNOWN = tuple(PEOPLE)
FOUR, GROUP = 4, 4
"""Four people read, and a group."""
FOREVER = 10**6


class Answer(Enum):
    OK = "ok"
    BLOCKED = "403"
    FLOOD = "429"
    ERROR = "5xx"
    NOT_SENT = "timed out before it was sent"
    NOT_TAKEN = "timed out before it was taken"
    TAKEN = "timed out after it was taken"


class Fuse:
    """Burns down while a process works; then that process is dead, and writes nothing more."""

    def __init__(self, countdown: int) -> None:
        self._countdown = countdown
        self.dead = asyncio.Event()

    def pass_by(self) -> None:
        """Raise ``Unavailable`` from the end on."""
        self._countdown -= 1
        if self._countdown <= 0:
            self.dead.set()
        if self.dead.is_set():
            raise Unavailable


class MortalOutbox(Outbox):
    """The outbox of a process that may die at each step."""

    fuse: Fuse
    quiet: asyncio.Event

    async def recover(self, *, alone: bool = False) -> int:
        self.fuse.pass_by()
        return await super().recover(alone=alone)

    async def claim(self, most: int, last: Lane = Lane.DIGEST) -> list[Delivery]:
        self.fuse.pass_by()
        claimed = await super().claim(most, last)
        self.fuse.pass_by()
        return claimed

    async def still_to_send(self, claimed: Sequence[Delivery]) -> frozenset[Mark]:
        self.fuse.pass_by()
        return await super().still_to_send(claimed)

    async def give_back(self, claimed: Sequence[Delivery]) -> None:
        self.fuse.pass_by()
        await super().give_back(claimed)

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        self.fuse.pass_by()
        await super().settle(outcomes)
        self.fuse.pass_by()

    async def end_waves(self) -> tuple[WaveId, ...]:
        self.fuse.pass_by()
        ended = await super().end_waves()
        # Asked for when nothing is left to do.
        self.quiet.set()
        return ended


class NotedLetters(Letters):
    """Remembers what each letter is about, which only who wrote it can tell."""

    about: dict[bytes, WaveId]

    def letter(self, delivery: Delivery) -> bytes | None:
        letter = super().letter(delivery)
        if letter is not None:
            self.about[letter] = delivery.wave
        return letter


@dataclass
class Someone:
    """A chat, and what it wants: as it said, not as we remember."""

    number: int
    chat: ChatId
    kind: ChatKind = ChatKind.PRIVATE
    follows: set[PersonId] = field(default_factory=set)
    releases: bool = False
    known: bool = False
    blocks: bool = False
    moved_to: ChatId | None = None

    def wants(self, persons: set[PersonId]) -> bool:
        return self.releases or bool(self.follows & persons)


@dataclass
class Told:
    """What is known of a wave apart from the database."""

    wave: Wave
    notice: Notice
    must: set[int]
    """Readers who have wanted it from its opening until all deliveries were made."""
    may: set[int]
    """Readers who wanted it at any time meanwhile."""
    made: bool = False


class World:
    """All that there is, and what must be true of it."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.vault = Vault(Keyring(1, {1: bytes(range(32))}))
        self.clock = Watch()
        self.newsroom = Newsroom(database, self.vault, self.clock, Random(2025).getrandbits)
        self.notices = self.newsroom.notices
        self.doors = Readers(database, self.vault, self.clock)
        self.guard = Guard(database, self.vault, self.clock, monotonic=self.monotonic)
        self.fanout = FanOut(database, self.vault, self.clock, chunk=2)
        self.pace = Pace(None, monotonic=self.monotonic, sleep=self.sleep)
        self.persons: dict[str, PersonId] = {}
        self.everybody = [Someone(n, ChatId(7_123_456_700 + n)) for n in range(FOUR)]
        self.everybody.append(Someone(GROUP, ChatId(-7_123_456_789), ChatKind.GROUP))
        self.by_chat = {one.chat: one for one in self.everybody}
        self.forgotten: set[int] = set()
        """Chats that nothing may be sent to."""
        # What editors said, as they said it.
        self.lists: list[NoticeId] = []
        self.authors: dict[NoticeId, EditorId] = {}
        self.approved: dict[NoticeId, set[EditorId]] = defaultdict(set)
        self.safe: dict[tuple[NoticeId, int], set[EditorId]] = defaultdict(set)
        self.stopped: set[NoticeId] = set()
        self.took_back: dict[NoticeId, set[NoticeId]] = defaultdict(set)
        self.told: dict[WaveId, Told] = {}
        self.halted: set[WaveId] = set()
        """Waves that wait until editors say what becomes of them after an interruption."""
        self.dropped: set[WaveId] = set()
        # What Telegram knows.
        self.taken: Counter[tuple[int, WaveId]] = Counter()
        self.uncertain: Counter[tuple[int, WaveId]] = Counter()
        self.given_up: set[tuple[int, WaveId]] = set()
        self.about: dict[bytes, WaveId] = {}
        self.script: list[Answer] = []
        self.meanwhile: list[Callable[[], Awaitable[None]]] = []
        self.broken: list[str] = []

    def monotonic(self) -> float:
        return self.clock.now.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds, milliseconds=1))
        await self.guard.beat()

    # What readers do

    async def writes(self, one: Someone) -> None:
        """Let somebody write to the bot: whoever was forgotten may come back."""
        one.known, one.blocks = True, False
        self.forgotten.discard(one.chat)

    async def changes(self, one: Someone) -> None:
        """Whoever changes what is wanted while deliveries are made may or may not be told."""
        for told in self.told.values():
            if not told.made:
                told.must.discard(one.number)
                if self.concerns(told, one):
                    told.may.add(one.number)

    def concerns(self, told: Told, one: Someone) -> bool:
        if told.notice.kind in TAKING_BACK:
            return one.number in told.may
        persons = {person.id for person in told.notice.facts.persons(told.wave.groups)}
        return one.known and one.wants(persons)

    async def forget(self, one: Someone) -> None:
        before = await self.sealed_of(one)
        await self.doors.forget(one.chat)
        self.forgotten.add(one.chat)
        self.erased(one)
        for file in self.folder.iterdir():
            content = await asyncio.to_thread(file.read_bytes)
            if any(sealed in content for sealed in before):
                self.broken.append(f"a record of who was forgotten is still in {file.name}")

    def erased(self, one: Someone) -> None:
        """Give up with the reader all that waits for him or her, and what was told is forgotten:
        who comes back is another."""
        one.known, one.releases = False, False
        one.follows.clear()
        for told in self.told.values():
            if not told.made:
                told.must.discard(one.number)
            self.given_up.add((one.number, told.wave.id))

    async def sealed_of(self, one: Someone) -> list[bytes]:
        async with self.database.read() as conn:
            found = await deliveries.of_chat(conn, self.vault, one.chat)
            locator = self.vault.locate(one.chat)
            records = await conn.execute(
                select(reader.c.sealed).where(reader.c.locator == locator)
            )
            return [*(stored.sealed for stored in found), *records.scalars()]

    # What editors do

    async def opens(self, notice: NoticeId) -> None:
        """Take note of the waves that an editor has just begun."""
        known = (await self.notices.dossier(notice)).notice
        async with self.database.read() as conn:
            begun = await waves.of_notice(conn, notice)
        for wave in begun:
            if wave.id in self.told:
                continue
            told = self.told[wave.id] = Told(wave, known, set(), set())
            if known.kind in TAKING_BACK:
                persons = {p.id for p in known.facts.persons(known.facts.every_group)}
                mistaken = [
                    other
                    for other in self.told.values()
                    if other.notice.id == known.corrects
                    and persons & {p.id for p in other.notice.facts.persons(other.wave.groups)}
                ]
                for one in self.everybody:
                    keys = {(one.number, other.wave.id) for other in mistaken} - self.given_up
                    if any(self.taken[key] for key in keys):
                        told.must.add(one.number)
                    told.may.add(one.number)
            else:
                told.must = {o.number for o in self.everybody if self.concerns(told, o)}
                told.may = set(told.must)

    def need_not_be_made(self, of: Iterable[WaveId]) -> None:
        """Expect no more deliveries of these waves than there are."""
        for wave in of:
            if not self.told[wave].made:
                self.told[wave].must.clear()

    # What Telegram does

    async def post(self, method: str, body: bytes) -> tuple[int, bytes]:
        arguments = json.loads(body)
        chat = arguments["chat_id"]
        one = self.by_chat[chat]
        wave = self.about.get(body)
        if chat in self.forgotten:
            self.broken.append(f"{method} to {one.number}, who was forgotten")
        if wave is not None:
            self.look_at(wave)
        if self.meanwhile:
            await self.meanwhile.pop()()
        if one.moved_to is not None and chat != one.moved_to:
            return 400, refusal(400, "upgraded", migrate_to_chat_id=one.moved_to)
        answer = self.script.pop() if self.script else Answer.OK
        if one.blocks or answer is Answer.BLOCKED:
            one.blocks = True
            self.erased(one)
            return 403, refusal(403, "Forbidden: bot was blocked by the user")
        if answer is Answer.FLOOD:
            return 429, refusal(429, "Too Many Requests", retry_after=3)
        if answer is Answer.ERROR:
            return 502, b"<html>Bad Gateway</html>"
        if answer is Answer.NOT_SENT:
            raise Unsent("no connection")
        if wave is not None:
            self.taken[one.number, wave] += answer is not Answer.NOT_TAKEN
            self.uncertain[one.number, wave] += answer is not Answer.OK
        if answer is not Answer.OK:
            raise Unanswered
        return 200, json.dumps({"ok": True, "result": {"message_id": 77}}).encode()

    def look_at(self, wave: WaveId) -> None:
        """Look whether this may be said at all."""
        told = self.told[wave]
        notice, groups = told.notice.id, told.wave.groups
        if not self.approved[notice] - {self.authors[notice]}:
            self.broken.append("news went out that nobody else had approved")
        if told.notice.kind not in TAKING_BACK and any(
            len(self.safe[notice, group]) < 2 for group in groups
        ):
            self.broken.append("news went out of a group that two had not said is safe")
        if notice in self.stopped:
            self.broken.append("news went out that was stopped")
        if wave in self.halted | self.dropped:
            self.broken.append("news went out after an interruption, and nobody had said so")

    # What the bot does

    async def make(self, chunks: int = FOREVER) -> None:
        while chunks and await self.fanout.advance():
            chunks -= 1
        for told in self.told.values():
            async with self.database.read() as conn:
                told.made = told.made or (await waves.get(conn, told.wave.id)).made

    async def send(self, countdown: int = FOREVER) -> None:
        """Send until nothing is left to do, or the process dies."""
        fuse, quiet = Fuse(countdown), asyncio.Event()
        outbox = MortalOutbox(self.database, self.vault, self.clock)
        outbox.fuse, outbox.quiet = fuse, quiet
        letters = NotedLetters(News(self.database).wave, outbox.people, speak)
        letters.about = self.about

        async def post(method: str, body: bytes) -> tuple[int, bytes]:
            try:
                fuse.pass_by()
                answer = await self.post(method, body)
                fuse.pass_by()
            except Unavailable:
                raise Unsent("dead") from None
            return answer

        sender = Sender(
            outbox,
            letters,
            post,
            self.pace,
            self.clock,
            done=self.notices.done,
            random=lambda: 0.5,
            load=Load(claims=4, unsettled=2, settles=0.001),
            idles=0.001,
            monotonic=self.monotonic,
        )
        working = asyncio.create_task(sender.run())
        ends = [asyncio.create_task(event.wait()) for event in (quiet, fuse.dead)]
        async with asyncio.timeout(AT_MOST):
            await asyncio.wait([working, *ends], return_when=asyncio.FIRST_COMPLETED)
        for task in (working, *ends):
            task.cancel()
        results = await asyncio.gather(working, *ends, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError), results[0]
        self.script.clear()
        self.meanwhile.clear()
        if fuse.dead.is_set():
            await self.count_uncertain()

    async def count_uncertain(self) -> None:
        """Excuse what had been taken and not yet been settled when the process died."""
        for mark, state in await self.rows():
            one, wave = self.whose(mark)
            if state in deliveries.IN_FLIGHT and one is not None and wave is not None:
                self.uncertain[one.number, wave] += 1

    async def rows(self) -> list[tuple[Mark, DeliveryState]]:
        async with self.database.read() as conn:
            found = await conn.execute(select(delivery.c.mark, delivery.c.state))
            return [(mark, DeliveryState(state)) for mark, state in found]

    def whose(self, mark: Mark) -> tuple[Someone | None, WaveId | None]:
        for wave in self.told:
            for chat, one in self.by_chat.items():
                if self.vault.mark(wave, ChatId(chat)) == mark:
                    return one, wave
        return None, None

    async def beats(self) -> None:
        """Look whether the bot was away, as it does each minute."""
        await self.guard.beat()
        arrears = await self.guard.arrears()
        self.halted = set() if arrears is None else {one.wave for one in arrears.waits}

    # What must be true

    async def look(self) -> None:
        """Look at the end, when all is done that could be."""
        async with self.database.read() as conn:
            tallies = await waves.tallies(conn, list(self.told))
        states: dict[tuple[int, WaveId], set[DeliveryState]] = defaultdict(set)
        counted: Counter[WaveId] = Counter()
        for mark, state in await self.rows():
            one, wave = self.whose(mark)
            assert one is not None
            assert wave is not None
            states[one.number, wave].add(state)
            counted[wave] += 1
        for number, told in self.told.items():
            tally = tallies.get(number, Tally())
            ends = tally.delivered + tally.gone + tally.unknown + tally.failed
            assert ends == tally.audience == counted[number], f"the sums of wave {number}"
            for reader_number in told.must:
                assert states[reader_number, number], f"{reader_number} was missed by {told.wave}"
            for one in self.everybody:
                self.look_at_one(told, one, states[one.number, number])

    def look_at_one(self, told: Told, one: Someone, states: set[DeliveryState]) -> None:
        key = one.number, told.wave.id
        taken, uncertain = self.taken[key], self.uncertain[key]
        assert taken <= 1 + uncertain, f"{one} was told {taken} times of {told}"
        if taken:
            assert one.number in told.may, f"{one} did not want {told}"
            assert states, f"{one} is not counted in {told}"
        if states == {DeliveryState.DELIVERED}:
            assert taken, f"{one} is said to know of {told}"
        if states == {DeliveryState.UNKNOWN}:
            assert uncertain, f"nothing was uncertain between {one} and {told}"
        assert DeliveryState.FAILED not in states
        excused = (
            key in self.given_up or self.took_back[told.notice.id] or told.wave.id in self.dropped
        )
        if states == {DeliveryState.GONE} and one.number in told.must:
            assert excused, f"{one} was given up for no cause in {told}"

    async def look_at_files(self) -> None:
        """Whoever was forgotten is in no record, and in the open nobody is."""
        async with self.database.read() as conn:
            addressed = (await conn.execute(select(delivery.c.mark, delivery.c.sealed))).all()
            kept = (await conn.execute(select(reader.c.locator, reader.c.sealed))).all()
        chats = {self.vault.open(ADDRESS, mark, sealed).chat for mark, sealed in addressed}
        chats |= {self.vault.open(READER, locator, sealed).chat for locator, sealed in kept}
        assert not chats & self.forgotten
        for file in self.folder.iterdir():
            content = await asyncio.to_thread(file.read_bytes)
            for chat in self.by_chat:
                assert not [way for way, trace in traces(chat).items() if trace in content]


def refusal(status: int, why: str, **parameters: int) -> bytes:
    answer = {"ok": False, "error_code": status, "description": why, "parameters": parameters}
    return json.dumps(answer).encode()


NOTICE = st.integers(0, 5)
"""Which of the notices, from the latest."""
EVERY = 2
"""Instead of one of two groups."""
SOMEONE = st.integers(0, GROUP)
PERSON = st.sampled_from(KNOWN)
EDITOR = st.sampled_from(EDITORS)


class Life(RuleBasedStateMachine):
    """Draws what happens."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vestka-life-"))
        shutil.copy(self.template, self.folder / "vestka.db")
        self.runner = asyncio.Runner()
        database = open_database(f"sqlite+aiosqlite:///{self.folder / 'vestka.db'}")
        self.world = World(self.folder, database)

    def do(self, what: Coroutine[Any, Any, object]) -> None:
        """Do it; what is refused does not happen."""
        with suppress(Refused, NotFound):
            self.runner.run(what)

    @initialize(
        countdown=st.integers(1, 40),
        answers=st.lists(st.sampled_from(Answer), max_size=6),
        number=SOMEONE,
    )
    def begins(self, countdown: int, answers: list[Answer], number: int) -> None:
        """Let a release go out on a bad day: somebody goes meanwhile, and then the power."""

        async def begin() -> None:
            self.world.persons = dict(await self.world.newsroom.lists())
            await self.world.guard.beat()
            for one, person in zip(
                self.world.everybody, self.world.persons.values(), strict=False
            ):
                await self.world.writes(one)
                await self.world.doors.follow(one.chat, one.kind, person, language="en")
                one.follows.add(person)
            for one in self.world.everybody[2:]:
                await self.world.writes(one)
                await self.world.doors.want_releases(one.chat, one.kind, True, language="en")
                one.releases = True

        self.do(begin())
        self.proposes(list(EDITORS), 3, {KNOWN[0]}, {KNOWN[1]})
        if number < GROUP:
            self.world.meanwhile = [partial(self.world.forget, self.world.everybody[number])]
        self.dies_while_sending(countdown, answers)

    # Readers

    @rule(number=SOMEONE, ref=PERSON)
    def follows(self, number: int, ref: str) -> None:
        one, person = self.world.everybody[number], self.world.persons[ref]

        async def follow() -> None:
            await self.world.writes(one)
            await self.world.doors.follow(one.chat, one.kind, person, language="en")
            one.follows.add(person)
            await self.world.changes(one)

        self.do(follow())

    @rule(number=SOMEONE, ref=PERSON)
    def lets_go(self, number: int, ref: str) -> None:
        one, person = self.world.everybody[number], self.world.persons[ref]

        async def unfollow() -> None:
            await self.world.doors.unfollow(one.chat, person)
            one.follows.discard(person)
            await self.world.changes(one)

        self.do(unfollow())

    @rule(number=SOMEONE, wanted=st.booleans())
    def wants_releases(self, number: int, wanted: bool) -> None:
        one = self.world.everybody[number]

        async def want() -> None:
            await self.world.writes(one)
            await self.world.doors.want_releases(one.chat, one.kind, wanted, language="en")
            one.releases = wanted
            await self.world.changes(one)

        self.do(want())

    @rule(number=SOMEONE)
    def forgets(self, number: int) -> None:
        self.do(self.world.forget(self.world.everybody[number]))

    @rule(number=SOMEONE)
    def blocks(self, number: int) -> None:
        self.world.everybody[number].blocks = True

    @precondition(lambda self: self.world.everybody[GROUP].moved_to is None)
    @rule()
    def becomes_a_supergroup(self) -> None:
        """Telegram says so only when it is written to."""
        group = self.world.everybody[GROUP]
        group.moved_to = ChatId(-1_007_123_456_789)
        self.world.by_chat[group.moved_to] = group

    # Editors

    @rule(
        editors=st.permutations(EDITORS),
        steps=st.integers(0, 3),
        vilnius=st.sets(PERSON, max_size=2),
        ukraine=st.sets(PERSON, min_size=1, max_size=2),
    )
    def proposes(
        self, editors: list[EditorId], steps: int, vilnius: set[str], ukraine: set[str]
    ) -> None:
        """Propose a release; the others may approve it and say that it is safe, at once."""
        editor, second, third = editors
        number = len(self.world.lists)
        lines = [f"{number + 1}.12.2025", f"123 https://example.org/{number}"]
        for place, refs in (("Літва, Вільня:", vilnius - ukraine), ("Украіна:", ukraine)):
            if refs:
                lines += [place, *(PEOPLE[ref][0] for ref in sorted(refs))]

        async def propose() -> None:
            releases = self.world.newsroom.releases
            notice = await releases.draft(editor, "\n".join(lines))
            await releases.submit(editor, notice)
            self.world.lists.append(notice)
            self.world.authors[notice] = editor

        self.do(propose())
        if steps > 0:
            self.approves(second, 0)
        for other in (second, third)[: max(0, steps - 1)]:
            self.says_safe(other, 0, EVERY)

    def pick(self, which: int) -> NoticeId | None:
        notices = sorted(self.world.authors)
        return notices[-1 - which % len(notices)] if notices else None

    @rule(editor=EDITOR, which=NOTICE)
    def approves(self, editor: EditorId, which: int) -> None:
        notice = self.pick(which)

        async def approve(notice: NoticeId) -> None:
            await self.world.notices.approve(editor, notice)
            self.world.approved[notice].add(editor)
            known = (await self.world.notices.dossier(notice)).notice
            if known.corrects is not None:
                self.world.took_back[known.corrects].add(notice)
                self.world.need_not_be_made(
                    told.wave.id
                    for told in self.world.told.values()
                    if told.notice.id == known.corrects
                )
            await self.world.opens(notice)

        if notice is not None:
            self.do(approve(notice))

    @rule(editor=EDITOR, which=NOTICE, group=st.integers(0, EVERY))
    def says_safe(self, editor: EditorId, which: int, group: int) -> None:
        notice = self.pick(which)

        async def safe(notice: NoticeId) -> None:
            known = (await self.world.notices.dossier(notice)).notice
            groups = sorted(known.facts.every_group)
            chosen = groups[group : group + 1] if group < len(groups) else groups
            await self.world.notices.safe(editor, notice, chosen)
            for one in chosen:
                self.world.safe[notice, one].add(editor)
            await self.world.opens(notice)

        if notice is not None:
            self.do(safe(notice))

    @rule(editor=EDITOR, which=NOTICE)
    def stops(self, editor: EditorId, which: int) -> None:
        notice = self.pick(which)
        if notice is not None:
            self.do(self.stop(editor, notice))

    async def stop(self, editor: EditorId, notice: NoticeId) -> None:
        await self.world.notices.stop(editor, notice)
        self.world.stopped.add(notice)

    @rule(editor=EDITOR, which=NOTICE)
    def lets_go_on(self, editor: EditorId, which: int) -> None:
        notice = self.pick(which)

        async def resume(notice: NoticeId) -> None:
            await self.world.notices.resume(editor, notice)
            self.world.stopped.discard(notice)

        if notice is not None:
            self.do(resume(notice))

    @rule(editor=EDITOR, other=EDITOR, which=NOTICE, ref=st.none() | PERSON)
    def takes_back(self, editor: EditorId, other: EditorId, which: int, ref: str | None) -> None:
        """Correct what was said of one person, or withdraw it as a whole; another may approve."""
        notice = self.pick(which)

        async def take_back(notice: NoticeId) -> None:
            if ref is None:
                back = await self.world.notices.withdraw(editor, notice)
            else:
                back = await self.world.notices.correct(editor, notice, [self.world.persons[ref]])
            self.world.authors[back] = editor

        if notice is not None:
            self.do(take_back(notice))
            self.approves(other, 0)

    @rule(editor=EDITOR, others=EDITOR, sends=st.booleans())
    def decides(self, editor: EditorId, others: EditorId, sends: bool) -> None:
        """Say what becomes of what waits since the bot was away."""

        async def decide() -> None:
            arrears = await self.world.guard.arrears()
            if arrears is None:
                return
            for one in (editor, others):
                if sends:
                    after = await self.world.guard.send(one, arrears.interruption.id)
                else:
                    after = await self.world.guard.drop(one, arrears.interruption.id)
                if after.interruption.decision is not None:
                    if not sends:
                        self.world.dropped |= self.world.halted
                        self.world.need_not_be_made(self.world.halted)
                    self.world.halted = set()
                    return

        self.do(decide())

    # The bot

    @rule(chunks=st.integers(1, 4))
    def makes_some(self, chunks: int) -> None:
        self.do(self.world.make(chunks))

    @rule(answers=st.lists(st.sampled_from(Answer), max_size=6))
    def sends(self, answers: list[Answer]) -> None:
        async def send() -> None:
            await self.world.make()
            self.world.script = answers
            await self.world.send()

        self.do(send())

    @rule(countdown=st.integers(1, 30), answers=st.lists(st.sampled_from(Answer), max_size=4))
    def dies_while_sending(self, countdown: int, answers: list[Answer]) -> None:
        async def send() -> None:
            await self.world.make()
            self.world.script = answers
            await self.world.send(countdown)

        self.do(send())

    @rule(number=SOMEONE, stops=st.booleans(), editor=EDITOR, which=NOTICE)
    def sends_while_somebody_goes(
        self, number: int, stops: bool, editor: EditorId, which: int
    ) -> None:
        """Let a reader be forgotten, or a notice be stopped, while messages are on their way."""
        notice = self.pick(which)

        async def stop() -> None:
            with suppress(Refused):
                if notice is not None:
                    await self.stop(editor, notice)

        async def forget() -> None:
            await self.world.forget(self.world.everybody[number])

        async def send() -> None:
            await self.world.make()
            self.world.meanwhile = [stop if stops else forget]
            await self.world.send()

        self.do(send())

    @rule(seconds=st.sampled_from([1, 11, 180]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.advance(timedelta(seconds=seconds))
        self.do(self.world.beats())

    @rule()
    def is_away_for_hours(self) -> None:
        self.world.clock.advance(timedelta(hours=2))
        self.do(self.world.beats())

    @invariant()
    def keeps_its_promises(self) -> None:
        assert not self.world.broken

    def teardown(self) -> None:
        async def end() -> None:
            await self.everything_ends()
            await self.world.look()
            await self.world.look_at_files()

        try:
            if not self.world.broken:
                self.runner.run(end())
            assert not self.world.broken
        finally:
            self.runner.run(self.world.database.close())
            self.runner.close()
            shutil.rmtree(self.folder)

    async def everything_ends(self) -> None:
        """Let go on what is stopped or waits, and send all there is on a good day."""
        world = self.world
        for notice in sorted(world.stopped):
            with suppress(Refused):
                await world.notices.resume(ALENA, notice)
        world.stopped.clear()
        while (arrears := await world.guard.arrears()) is not None:
            for editor in EDITORS:
                with suppress(Refused):
                    await world.guard.send(editor, arrears.interruption.id)
        world.halted = set()
        for _ in range(10):
            await world.make()
            await world.send()
            world.clock.advance(timedelta(seconds=11))
            await world.guard.beat()
            async with world.database.read() as conn:
                if not await waves.current(conn):
                    return
        pytest.fail("what is going out does not come to its end")


@pytest.mark.timeout(900)
def test_whatever_happens_the_promises_hold(sqlite_with_tables: Path) -> None:
    Life.template = sqlite_with_tables
    run_state_machine_as_test(Life, settings=settings(max_examples=20, stateful_step_count=25))

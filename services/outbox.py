"""The outbox: what is to be sent, who is sending it, and what became of it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from db import deliveries, interruptions, people, readers, waves
from db.connection import Connection, Database
from db.deliveries import Change, Held, Stored
from db.vault import ADDRESS, READER, Vault
from model.clock import Clock
from model.deliveries import (
    ENDS,
    NOWHERE,
    Address,
    Delivery,
    DeliveryState,
    Ending,
    Lane,
    Mark,
    Mend,
    Outcome,
)
from model.notices import NoticeKind, Tally, WaveId, WaveKind
from model.people import Person, PersonId
from model.readers import ChatId, Reader
from model.wishes import HOUR, hour_of
from services.fanout import TOLD, Mistake, awaited, mistake_of
from services.moves import Moves
from services.readers import erase
from services.reminders import stands, told_in
from services.wishes import left_to_digest, when

LEASE = timedelta(minutes=2)
"""Longer than any request to Telegram may take."""
KEPT = timedelta(hours=72)
"""How long deliveries are kept after their wave: a correction reaches exactly those who got it."""
PATIENCE = timedelta(seconds=10)
"""How long a lost answer rests before its one more try, and a correction waits for a message
that is on its way to the same chat."""
APART = timedelta(seconds=1)
"""How long after a message to a chat another sender sends the next there."""

_ENDED = {
    Ending.DELIVERED: DeliveryState.DELIVERED,
    Ending.GONE: DeliveryState.GONE,
    Ending.MOOT: DeliveryState.GONE,
    Ending.FAILED: DeliveryState.FAILED,
}

_ABOUT_THE_CHAT = frozenset({Ending.GONE, Ending.MIGRATED})
"""Endings that change what is known of readers, and so keep all other writers away."""

_SAY_NOTHING_OF_THE_FIRST = frozenset({Ending.MOOT, Ending.FAILED})
"""Endings of a second try after which the first may have arrived all the same: a correction has
to reach that chat."""


class Outbox:
    """Hands deliveries to senders and writes down what became of them.

    Not ``alone``, it looks what others are claiming and sending to the same chats. Several
    senders hold each the rows they change and nothing else. Whoever claims never waits for a row
    that another holds; whoever settles takes rows in the order of their marks.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        *,
        lease: timedelta = LEASE,
        alone: bool = True,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._lease = lease
        self._alone = alone
        self._moves = Moves(database, vault, clock)

    async def claim(self, most: int, last: Lane = Lane.DIGEST) -> list[Delivery]:
        """Take up to ``most`` deliveries that are due: by lane, down to the ``last``, then by
        turns between waves.

        What is stopped is not touched, nor is anything before the guard has looked what an
        interruption means; what was withdrawn, and what has nobody to go to any more, ends here.
        """
        now = self._clock()
        until = _whole(now + self._lease)
        async with self._database.share() as conn:
            if not await interruptions.is_steady(conn, now):
                return []
            queues: list[list[Stored]] = []
            kinds: dict[WaveId, WaveKind] = {}
            for one in await waves.current(conn):
                kinds[one.wave.id] = one.wave.kind
                if one.withdrawn:
                    await deliveries.drop_waiting(conn, one.wave.id)
                elif not one.stopped:
                    queues.append(await deliveries.due(conn, one.wave.id, now, most, last))
            chosen = _by_turns(queues)[:most]
            if not chosen:
                return []
            claimed, changes = await self._address(conn, chosen, kinds, now, until)
            if not self._alone and len(kinds) > 1:
                claimed, others = await self._keep_apart(conn, claimed, kinds, now)
                changes += others
            claimed, more = await self._correct(conn, claimed, now)
            await deliveries.change(conn, changes + more)
            for again, state in enumerate((DeliveryState.SENDING, DeliveryState.RETRYING)):
                marks = [one.mark for one in claimed if one.again == bool(again)]
                if marks:
                    await deliveries.lease(conn, marks, state, until)
        return claimed

    async def still_to_send(self, claimed: Sequence[Delivery]) -> frozenset[Mark]:
        """Return which of the claimed were not forgotten or stopped since they were claimed, and
        have so much of their lease left that no other sender takes them before they are sent."""
        now = self._clock()
        latest = now + self._lease / 2
        marks = [one.mark for one in claimed if one.until is None or one.until > latest]
        async with self._database.read() as conn:
            wanted = await deliveries.still_to_send(conn, marks, now)
            remind = [one for one in claimed if one.kind is WaveKind.REMINDER]
            if not remind:
                return wanted
            # What they remind of is sealed: the database cannot look.
            told = await told_in(conn, {one.address.reminds for one in remind})
            return wanted - {
                one.mark
                for one in remind
                for notice in [told[one.address.reminds]]
                if notice.stopped or not stands(notice, one.address)
            }

    async def give_back(self, claimed: Sequence[Delivery]) -> None:
        """Put claimed deliveries that were not sent back into the queue."""
        leases = defaultdict(list)
        for one in claimed:
            leases[one.until].append(one.mark)
        async with self._database.share() as conn:
            for until, marks in leases.items():
                await deliveries.give_back(conn, marks, until)

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Write down what became of tries: a chat that is gone is erased, one that moved is
        moved, a lost answer gets one more try."""
        now = self._clock()
        plain = [one for one in outcomes if one.ending not in _ABOUT_THE_CHAT]
        if plain:
            async with self._database.share() as conn:
                await self._write_down(conn, plain, now)
        about = [one for one in outcomes if one.ending in _ABOUT_THE_CHAT]
        if not about:
            return
        async with self._database.write() as conn:
            await self._write_down(conn, about, now)
            for one in about:
                chat = one.delivery.address.chat
                if one.ending is Ending.GONE:
                    await erase(conn, self._vault, chat, now)
                if one.moved_to is not None:
                    await self._moves.relocate(conn, chat, one.moved_to)

    async def _write_down(
        self, conn: Connection, outcomes: Sequence[Outcome], now: datetime
    ) -> None:
        """Write what became of tries, and count what came to its end by that and nothing else."""
        held = await deliveries.hold(conn, [one.delivery.mark for one in outcomes])
        counts = [one for one in outcomes if _counts(one, held.get(one.delivery.mark))]
        changes = [self._change(one, now) for one in counts]
        await deliveries.change(conn, changes)
        await waves.count(conn, _ends(counts, changes))

    async def recover(self, *, alone: bool = False) -> int:
        """Make uncertain what a sender left unsettled when it died; return how many.

        ``alone``: no other sender runs, so whatever is taken was left behind.
        """
        async with self._database.write() as conn:
            return await deliveries.recover(conn, None if alone else self._clock())

    async def told(self, chat: ChatId, wave: WaveId) -> Address | None:
        """Return what a chat was (or is to be) told by a wave, as long as that is kept."""
        async with self._database.read() as conn:
            found = await deliveries.find(conn, [self._vault.mark(wave, chat)])
        addresses = [self._vault.open(ADDRESS, one.mark, one.sealed) for one in found]
        return next((address for address in addresses if address.chat == chat), None)

    async def people(self, persons: Collection[PersonId]) -> Mapping[PersonId, Person]:
        """Return the persons whom deliveries name, as far as readers may know of them."""
        async with self._database.read() as conn:
            return await people.public(conn, persons)

    async def tally(self, wave: WaveId) -> Tally:
        """Count how the deliveries of a wave stand."""
        async with self._database.read() as conn:
            return (await waves.tallies(conn, [wave])).get(wave, Tally())

    async def end_waves(self) -> tuple[WaveId, ...]:
        """End the waves whose deliveries are all at their end.

        Returns all ended waves whose notice is still said to be going out, so that none is
        forgotten when the process dies in between.
        """
        async with self._database.write() as conn:
            made = [one.wave.id for one in await waves.current(conn) if one.wave.made]
            if made:
                standing = await waves.tallies(conn, made)
                for wave in made:
                    if standing[wave].open == 0:
                        await waves.end(conn, wave, self._clock())
            return await waves.unfinished(conn)

    async def purge(self) -> None:
        """Delete the deliveries of waves that ended 72 hours ago, and keep rounded totals."""
        async with self._database.write() as conn:
            ended = await waves.purgeable(conn, self._clock() - KEPT)
            languages = await waves.by_language(conn, ended)
            for wave, standing in (await waves.tallies(conn, ended)).items():
                await waves.keep_totals(conn, wave, _rounded(standing))
                told = languages.get(wave, {})
                rounded = {language: _rounded(sums) for language, sums in told.items()}
                await waves.keep_languages(conn, wave, rounded)
                await deliveries.purge(conn, wave)
        if ended:
            await self._database.settle()

    async def _address(
        self,
        conn: Connection,
        chosen: Sequence[Stored],
        kinds: Mapping[WaveId, WaveKind],
        now: datetime,
        until: datetime,
    ) -> tuple[list[Delivery], list[Change]]:
        """Open what was chosen, as its readers wish it now; end what has no reader any more.

        A reader may have chosen another language, discretion or hour since the delivery was
        made, and on PostgreSQL may have been forgotten while it was being made. Somebody who was
        not among the known names then may have been freed by news that overtook this.
        """
        addresses = {one.mark: self._vault.open(ADDRESS, one.mark, one.sealed) for one in chosen}
        locators = {mark: self._vault.locate(a.chat) for mark, a in addresses.items()}
        known = await readers.find_many(conn, list(locators.values()))
        absent = {person for address in addresses.values() for person in address.absent}
        still_absent = await awaited(conn, absent)
        reminded = {a.reminds for a in addresses.values() if a.reminds}
        told = await told_in(conn, reminded)
        claimed: list[Delivery] = []
        changes: list[Change] = []
        for one in chosen:
            locator = locators[one.mark]
            if locator not in known:
                empty = self._vault.seal(ADDRESS, one.mark, NOWHERE)
                changes.append(Change(one.mark, DeliveryState.GONE, now, empty))
                continue
            reader = self._vault.open(READER, locator, known[locator])
            again, kind = one.state is DeliveryState.UNCERTAIN, kinds[one.wave]
            left_out = kind is WaveKind.NEWS and left_to_digest(reader, one.lane, now)
            due, silent = when(reader, one.lane, now)
            if kind is WaveKind.REMINDER:
                reminder = addresses[one.mark]
                notice = told[reminder.reminds]
                left_out = not stands(notice, reminder) or not await self._is_wanted(
                    conn, reminder, reader
                )
                if notice.stopped:
                    # It may go on: to be looked at again.
                    due = max(due, hour_of(now) + HOUR)
            if left_out:
                ended = DeliveryState.UNKNOWN if again else DeliveryState.GONE
                changes.append(Change(one.mark, ended, now))
                continue
            if due > now and kind is not WaveKind.WAKING:
                changes.append(Change(one.mark, one.state, due))
                continue
            address = _as_wished(addresses[one.mark], reader, still_absent, silent)
            claimed.append(
                Delivery(
                    mark=one.mark,
                    wave=one.wave,
                    lane=one.lane,
                    address=address,
                    kind=kind,
                    again=again,
                    until=until,
                )
            )
        return claimed, changes

    async def _keep_apart(
        self,
        conn: Connection,
        claimed: Sequence[Delivery],
        current: Collection[WaveId],
        now: datetime,
    ) -> tuple[list[Delivery], list[Change]]:
        """Put off what would reach a chat in the same second as what another sender sends there,
        by another wave."""
        others = {
            one.mark: {
                wave: self._vault.mark(wave, one.address.chat)
                for wave in current
                if wave != one.wave
            }
            for one in claimed
        }
        marks = [mark for by_wave in others.values() for mark in by_wave.values()]
        standing = await deliveries.standing(conn, marks)
        waiting = [mark for mark, one in standing.items() if one.state in deliveries.TO_SEND]
        free = await deliveries.free(conn, waiting)

        def is_near(one: Delivery, wave: WaveId, mark: Mark) -> bool:
            other = standing.get(mark)
            if other is None:
                return False
            if other.state in deliveries.TO_SEND:
                # Of two that are being claimed at once, that of the older wave goes first.
                return mark not in free and wave < one.wave
            return other.state in deliveries.IN_FLIGHT or (
                other.state in TOLD and abs(now - other.due) < APART
            )

        apart: list[Delivery] = []
        changes: list[Change] = []
        for one in claimed:
            if any(is_near(one, *other) for other in others[one.mark].items()):
                waits = DeliveryState.UNCERTAIN if one.again else DeliveryState.QUEUED
                changes.append(Change(one.mark, waits, _whole(now + APART)))
            else:
                apart.append(one)
        return apart, changes

    async def _is_wanted(self, conn: Connection, reminder: Address, reader: Reader) -> bool:
        """Say whether a reminder is still wanted, and what it is about kept and not seen yet."""
        mark = self._vault.mark(reminder.reminds, reminder.chat)
        told = await deliveries.find(conn, [mark])
        return reader.wishes.reminders and any(
            not self._vault.open(ADDRESS, one.mark, one.sealed).seen for one in told
        )

    async def _correct(
        self, conn: Connection, claimed: Sequence[Delivery], now: datetime
    ) -> tuple[list[Delivery], list[Change]]:
        """Complete the corrections among the claimed by what the same chats were told.

        One waits for a message that is on its way; one to a chat that was told nothing ends.
        """
        ready: list[Delivery] = []
        changes: list[Change] = []
        mistakes = {
            wave: await mistake_of(conn, wave)
            for wave in {one.wave for one in claimed if one.lane is Lane.CORRECTION}
        }
        for one in claimed:
            mistake = mistakes.get(one.wave)
            if mistake is None:
                ready.append(one)
                continue
            if one.address.late:
                concerned = one.address.freed or one.address.absent
                address = replace(one.address, silent=not concerned)
                ready.append(replace(one, address=address))
                continue
            marks = [self._vault.mark(wave, one.address.chat) for wave in mistake.waves]
            olds = await deliveries.find(conn, marks)
            waiting = [old.mark for old in olds if old.state in deliveries.TO_SEND]
            being_claimed = not self._alone and frozenset(waiting) != (
                await deliveries.free(conn, waiting)
            )
            told = [
                (old.state, Mend(old.wave, address))
                for old in olds
                if old.state in TOLD
                for address in [self._vault.open(ADDRESS, old.mark, old.sealed)]
                if mistake.was_told(address)
            ]
            waits = DeliveryState.UNCERTAIN if one.again else DeliveryState.QUEUED
            if being_claimed or any(state in deliveries.IN_FLIGHT for state, _ in told):
                changes.append(Change(one.mark, waits, _whole(now + PATIENCE)))
            elif not told:
                changes.append(Change(one.mark, DeliveryState.GONE, now))
            else:
                ready.append(_mending(one, [mend for _, mend in told], mistake))
        return ready, changes

    def _change(self, one: Outcome, now: datetime) -> Change:
        mark, again = one.delivery.mark, one.delivery.again
        if one.ending is Ending.DELIVERED:
            address = replace(one.delivery.address, message=one.message)
            sealed = self._vault.seal(ADDRESS, mark, address)
            return Change(mark, DeliveryState.DELIVERED, now, sealed)
        if again and one.ending in _SAY_NOTHING_OF_THE_FIRST:
            return Change(mark, DeliveryState.UNKNOWN, now)
        if one.ending in _ENDED:
            return Change(mark, _ENDED[one.ending], now)
        if one.ending is Ending.LOST:
            state = DeliveryState.UNKNOWN if again else DeliveryState.UNCERTAIN
            return Change(mark, state, _whole(now + PATIENCE))
        state = DeliveryState.UNCERTAIN if again else DeliveryState.QUEUED
        return Change(mark, state, _whole(one.not_before or now))


def _counts(one: Outcome, held: Held | None) -> bool:
    """Say whether what became of a try is what became of the delivery.

    It is not, where it was forgotten meanwhile. What arrived arrived; of all else a sender says
    nothing whose lease was over and whose delivery another has taken, or may have.
    """
    if held is None or held.state in ENDS:
        return False
    return one.ending is Ending.DELIVERED or held.lease == one.delivery.until


def _ends(
    outcomes: Sequence[Outcome], changes: Sequence[Change]
) -> Mapping[tuple[WaveId, str], Mapping[DeliveryState, int]]:
    """Count what came to its end, by wave and language."""
    found: dict[tuple[WaveId, str], Counter[DeliveryState]] = {}
    for outcome, change in zip(outcomes, changes, strict=True):
        if change.state in ENDS:
            one = outcome.delivery
            found.setdefault((one.wave, one.address.language), Counter())[change.state] += 1
    return found


def _by_turns(queues: Sequence[Sequence[Stored]]) -> list[Stored]:
    """Merge the queues of waves: first by lane, then one from each wave in turn."""
    turns: list[tuple[Lane, int, int, Stored]] = []
    for number, queue in enumerate(queues):
        for lane, same in groupby(queue, key=lambda one: one.lane):
            turns += [(lane, turn, number, one) for turn, one in enumerate(same)]
    return [one for *_, one in sorted(turns, key=lambda turn: turn[:3])]


def _as_wished(
    address: Address, reader: Reader, absent: Collection[PersonId], silent: bool
) -> Address:
    absent = tuple(one for one in address.absent if reader.absences and one in absent)
    # Nearly always all is as it was, and to make it anew takes longer than to seal it.
    if (address.language, address.discreet, address.absent, address.silent) == (
        reader.language,
        reader.discreet,
        absent,
        silent,
    ):
        return address
    return replace(
        address,
        language=reader.language,
        discreet=reader.discreet,
        absent=absent,
        silent=silent,
    )


def _mending(one: Delivery, olds: Sequence[Mend], mistake: Mistake) -> Delivery:
    """Say who was named wrongly to this reader, and which messages are mended in place.

    Aloud to who follows one of them, silently to the rest. An old message of somebody who wants
    texts hidden by now is hidden by that.
    """
    named = {person for old in olds for person in old.told.freed} & mistake.persons
    # That a list is not closed after all concerns whom everybody was told it lacks.
    missed = mistake.of is NoticeKind.CLOSING
    absent = {person for old in olds for person in old.told.absent if missed}
    address = replace(
        one.address,
        freed=tuple(sorted(named)),
        absent=tuple(sorted(absent)),
        silent=not (named or absent),
    )
    hidden = one.address.discreet
    mends = tuple(
        replace(old, told=replace(old.told, discreet=hidden or old.told.discreet))
        for old in olds
        if old.told.message
    )
    return replace(one, address=address, mends=mends)


def _whole(at: datetime) -> datetime:
    """Round up to a whole second: nothing finer is stored."""
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)


def _rounded(standing: Tally) -> Tally:
    """Blur what is below ten: a small audience is not to be told."""
    return Tally(
        delivered=_blur(standing.delivered),
        gone=_blur(standing.gone),
        unknown=_blur(standing.unknown),
        failed=_blur(standing.failed),
    )


def _blur(number: int) -> int:
    return number if number >= 10 else 10 * (number >= 5)

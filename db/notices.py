"""Notices: how far each has come in its life, and what editors said of it."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Row, bindparam, delete, func, insert, select, update

from db.connection import Connection
from db.rows import put
from db.tables import (
    approval,
    notice,
    notice_taken_back,
    notice_text,
    release_group,
    release_line,
    wave,
    wave_group,
)
from model.errors import NotFound
from model.notices import (
    LISTING,
    EditorId,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    Say,
    Saying,
    Snapshot,
)
from model.people import EventId, PersonId
from model.releases import WHOLE, GroupId, LineId, ReleaseId
from model.rolls import Roll


async def add(
    conn: Connection,
    kind: NoticeKind,
    release: ReleaseId | None,
    author: EditorId | None,
    created_at: datetime,
    *,
    corrects: NoticeId | None = None,
    sheet: ReleaseId | None = None,
) -> NoticeId:
    """Begin a notice, as a draft; ``sheet`` is where it is drafted, if apart from its release."""
    row = insert(notice).values(
        kind=kind,
        state=NoticeState.DRAFT,
        release=release,
        author=author,
        corrects=corrects,
        sheet=sheet,
        stopped=False,
        created_at=created_at,
    )
    return NoticeId((await conn.execute(row.returning(notice.c.id))).scalar_one())


async def find(conn: Connection, number: NoticeId | None) -> Notice | None:
    """Return a notice. There is none without a number."""
    rows = await conn.execute(_FIND, {"number": number})
    found = await _notices(conn, rows.all())
    return found[0] if found else None


async def get(conn: Connection, number: NoticeId | None) -> Notice:
    """Return a notice. There is none without a number.

    Raises:
        NotFound: there is no such notice.
    """
    found = await find(conn, number)
    if found is None:
        raise NotFound
    return found


async def with_line(conn: Connection, line: LineId) -> NoticeId | None:
    """Return the notice on whose list a line stands."""
    number = await conn.scalar(
        select(notice.c.id)
        .join(
            release_group,
            release_group.c.release == func.coalesce(notice.c.sheet, notice.c.release),
        )
        .join(release_line, release_line.c.group == release_group.c.id)
        .where(release_line.c.id == line, notice.c.kind.in_(LISTING))
    )
    return None if number is None else NoticeId(number)


async def in_states(
    conn: Connection, states: Collection[NoticeState], limit: int | None = None
) -> tuple[Notice, ...]:
    """Return the notices that are in one of these states, newest first."""
    rows = await conn.execute(
        select(notice).where(notice.c.state.in_(states)).order_by(notice.c.id.desc()).limit(limit)
    )
    return await _notices(conn, rows.all())


async def latest(conn: Connection, limit: int) -> tuple[Notice, ...]:
    """Return the notices of releases that are out or going out, those with the newest wave first:
    what happened to single people is told to those who asked for it.

    What was added to the list of a release, or closed it, is a part of the release.
    """
    newest = func.max(wave.c.id)
    main = notice.alias()
    part_of = (
        (main.c.release == notice.c.release)
        & (main.c.kind == NoticeKind.RELEASE)
        & notice.c.kind.in_(_LATER)
    )
    number = func.coalesce(main.c.id, notice.c.id)
    numbers = list(
        await conn.scalars(
            select(number)
            .select_from(wave)
            .join(notice, notice.c.id == wave.c.notice)
            .outerjoin(main, part_of)
            .where(notice.c.state.in_(_TOLD), notice.c.release.is_not(None))
            .group_by(number)
            .order_by(newest.desc())
            .limit(limit)
        )
    )
    found = await conn.execute(select(notice).where(notice.c.id.in_(numbers)))
    known = {one.id: one for one in await _notices(conn, found.all())}
    return tuple(known[NoticeId(number)] for number in numbers)


async def correcting(conn: Connection, number: NoticeId) -> tuple[Notice, ...]:
    """Return the corrections and withdrawals of a notice, oldest first."""
    rows = await conn.execute(
        select(notice).where(notice.c.corrects == number).order_by(notice.c.id)
    )
    return await _notices(conn, rows.all())


async def following(conn: Connection, known: Notice) -> tuple[Notice, ...]:
    """Return what corrects a notice and, if it is a release, adds to its list or closes it,
    oldest first."""
    later = notice.c.corrects == known.id
    if known.kind is NoticeKind.RELEASE:
        later |= (notice.c.release == known.release) & notice.c.kind.in_(_LATER)
    rows = await conn.execute(select(notice).where(later).order_by(notice.c.id))
    return await _notices(conn, rows.all())


async def doubting(conn: Connection, known: Notice) -> tuple[Notice, ...]:
    """Return what corrects a notice, or the release to which it adds."""
    if known.of is None:
        return await correcting(conn, known.id)
    whole = await roll(conn, known.of)
    rows = await conn.execute(
        select(notice)
        .where(notice.c.corrects.in_({known.id, whole.main.id}))
        .order_by(notice.c.id)
    )
    return await _notices(conn, rows.all())


async def roll(conn: Connection, number: ReleaseId) -> Roll:
    """Return the whole list of a release: without what was taken back or corrects something."""
    rows = await conn.execute(_ROLL, {"number": number})
    return Roll(await _notices(conn, rows.all()))


async def corrected_at(conn: Connection, number: NoticeId) -> datetime | None:
    """Return when the latest correction or the withdrawal of a notice went out."""
    last: datetime | None = await conn.scalar(
        select(func.max(wave.c.begun))
        .join(notice, notice.c.id == wave.c.notice)
        .where(notice.c.corrects == number)
    )
    return last


async def move(
    conn: Connection, number: NoticeId, state: NoticeState, *, out_at: datetime | None = None
) -> None:
    """Bring a notice into a state of its life; ``out_at`` if it ended by that."""
    changes: dict[str, object] = {"state": state}
    if out_at is not None:
        changes["out_at"] = out_at
    await conn.execute(update(notice).where(notice.c.id == number).values(changes))


async def freeze(
    conn: Connection, number: NoticeId, author: EditorId | None, snapshot: Snapshot
) -> None:
    """Fix what a notice says: this, and nothing else, is approved and sent."""
    frozen = msgspec.json.encode(snapshot, order="deterministic")
    digest = hashlib.sha256(frozen).digest()
    await conn.execute(
        update(notice)
        .where(notice.c.id == number)
        .values(author=author, snapshot=frozen, digest=digest)
    )


async def thaw(conn: Connection, number: NoticeId) -> None:
    """Give up what was fixed, and with it all that editors said of it."""
    await conn.execute(
        update(notice).where(notice.c.id == number).values(snapshot=None, digest=None)
    )
    await conn.execute(delete(approval).where(approval.c.notice == number))


async def stop(conn: Connection, number: NoticeId, stopped: bool) -> None:
    """Stop a notice, or let it go on."""
    await conn.execute(update(notice).where(notice.c.id == number).values(stopped=stopped))


async def say(
    conn: Connection,
    about: Notice,
    editor: EditorId,
    say: Say,
    at: datetime,
    group: GroupId = WHOLE,
) -> None:
    """Note what an editor says of the frozen notice, or of one of its groups."""
    await conn.execute(
        insert(approval).values(
            notice=about.id,
            editor=editor,
            say=say,
            group=group,
            digest=about.digest,
            at=at,
        )
    )


async def unsay(conn: Connection, editor: EditorId) -> None:
    """Take out what an editor said, as far as it has not led to anything yet."""
    waiting = select(notice.c.id).where(notice.c.state == NoticeState.SUBMITTED)
    told = (
        select(wave_group.c.group)
        .join(wave, wave.c.id == wave_group.c.wave)
        .where(wave.c.notice == approval.c.notice)
    )
    await conn.execute(
        delete(approval).where(
            approval.c.editor == editor,
            approval.c.notice.in_(waiting)
            | ((approval.c.say == Say.SAFE) & approval.c.group.not_in(told)),
        )
    )


async def texts(conn: Connection, number: NoticeId) -> Mapping[str, str]:
    """Return the editors' own words by language."""
    rows = await conn.execute(
        select(notice_text.c.language, notice_text.c.text).where(notice_text.c.notice == number)
    )
    return {row.language: row.text for row in rows}


async def write(conn: Connection, number: NoticeId, language: str, text: str) -> None:
    """Put the editors' own words in one language, in place of those before; none if empty."""
    if text:
        await put(conn, notice_text, {"notice": number, "language": language, "text": text})
        return
    await conn.execute(
        delete(notice_text).where(
            notice_text.c.notice == number, notice_text.c.language == language
        )
    )


async def take_back(conn: Connection, number: NoticeId, persons: Collection[PersonId]) -> None:
    """Note the persons whom a correction takes out of a notice."""
    known = set(
        await conn.scalars(
            select(notice_taken_back.c.person).where(notice_taken_back.c.notice == number)
        )
    )
    fresh = [{"notice": number, "person": person} for person in persons if person not in known]
    if fresh:
        await conn.execute(insert(notice_taken_back), fresh)


_LATER = (NoticeKind.ADDITION, NoticeKind.CLOSING)
_TOLD = (NoticeState.GOING_OUT, NoticeState.OUT, NoticeState.CORRECTED)


async def _notices(conn: Connection, rows: Sequence[Row[Any]]) -> tuple[Notice, ...]:
    these = {"numbers": [row.id for row in rows]}
    sayings: dict[int, list[Saying]] = {}
    for number, editor, said, group in await conn.execute(_SAID, these):
        said_so = Saying(EditorId(editor), Say(said), GroupId(group))
        sayings.setdefault(number, []).append(said_so)
    opened: dict[int, set[GroupId]] = {}
    for number, group in await conn.execute(_OPENED, these):
        opened.setdefault(number, set()).add(GroupId(group))
    taken: dict[int, set[PersonId]] = {}
    for number, person in await conn.execute(_TAKEN_BACK, these):
        taken.setdefault(number, set()).add(PersonId(person))
    retracted: dict[int, set[EventId]] = {}
    of_events = {"numbers": [row.id for row in rows if row.kind == NoticeKind.EVENTS]}
    for number, snapshot in await conn.execute(_RETRACTED, of_events):
        wrong = msgspec.json.decode(snapshot, type=Snapshot).events
        retracted.setdefault(number, set()).update(one.id for one in wrong)
    return tuple(
        Notice(
            id=NoticeId(row.id),
            kind=NoticeKind(row.kind),
            state=NoticeState(row.state),
            of=None if row.release is None else ReleaseId(row.release),
            author=None if row.author is None else EditorId(row.author),
            corrects=None if row.corrects is None else NoticeId(row.corrects),
            snapshot=None
            if row.snapshot is None
            else msgspec.json.decode(row.snapshot, type=Snapshot),
            digest=row.digest or b"",
            stopped=row.stopped,
            sayings=tuple(sayings.get(row.id, ())),
            opened=frozenset(opened.get(row.id, ())),
            taken_back=frozenset(taken.get(row.id, ())),
            retracted=frozenset(retracted.get(row.id, ())),
            sheet=None if row.sheet is None else ReleaseId(row.sheet),
        )
        for row in rows
    )


# Put together once: they are asked with every two thousand deliveries that are made.
_THESE: BindParameter[Sequence[int]] = bindparam("numbers", expanding=True)
_FIND = select(notice).where(notice.c.id == bindparam("number"))
_ROLL = (
    select(notice)
    .where(notice.c.release == bindparam("number"), notice.c.corrects.is_(None))
    .order_by(notice.c.id)
)
# What was said of something else than what is frozen now does not count.
_SAID = (
    select(approval.c.notice, approval.c.editor, approval.c.say, approval.c.group)
    .join(notice, notice.c.id == approval.c.notice)
    .where(approval.c.notice.in_(_THESE), approval.c.digest == notice.c.digest)
    .order_by(approval.c.at, approval.c.editor, approval.c.group)
)
_OPENED = (
    select(wave.c.notice, wave_group.c.group)
    .join(wave, wave.c.id == wave_group.c.wave)
    .where(wave.c.notice.in_(_THESE))
)
_TAKEN_BACK = select(notice_taken_back.c.notice, notice_taken_back.c.person).where(
    notice_taken_back.c.notice.in_(_THESE)
)
_RETRACTED = select(notice.c.corrects, notice.c.snapshot).where(
    notice.c.corrects.in_(_THESE), notice.c.state.in_(_TOLD)
)

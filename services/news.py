"""The news as readers may see it: what is out or going out, and nothing else."""

from collections.abc import Sequence

from db import notices, waves
from db.connection import Connection, Database
from model.errors import NotFound
from model.notices import NewsItem, Notice, NoticeKind, NoticeState, Wave, WaveId
from model.releases import GroupId


class News:
    """Reads the waves that have begun."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, most: int = 3) -> tuple[NewsItem, ...]:
        """Return the latest news, newest first: one item a release, with all that is known of
        it, and one a correction."""
        items = []
        async with self._database.read() as conn:
            for notice in await notices.latest(conn, most):
                begun = await waves.of_notice(conn, notice.id)
                if notice.kind is NoticeKind.RELEASE:
                    items.append(await _whole(conn, notice))
                else:
                    items.append(await _item(conn, notice, begun, notice.opened))
        return tuple(items)

    async def wave(self, wave: WaveId) -> NewsItem:
        """Return what one wave told.

        Raises:
            NotFound: there is no such wave.
        """
        async with self._database.read() as conn:
            told = await waves.find(conn, wave)
            if told is None:
                raise NotFound
            notice = await notices.get(conn, told.notice)
            begun = [one for one in await waves.of_notice(conn, notice.id) if one.id <= wave]
            return await _item(conn, notice, begun, told.groups)

    async def release(self, wave: WaveId) -> NewsItem:
        """Return all that readers may know by now of the release that a wave told of.

        Raises:
            NotFound: there is no such wave, or it told of no release.
        """
        async with self._database.read() as conn:
            told = await waves.find(conn, wave)
            known = None if told is None else await notices.get(conn, told.notice)
            if known is None or known.of is None:
                raise NotFound
            return await _whole(conn, known)


async def _whole(conn: Connection, known: Notice) -> NewsItem:
    roll = await notices.roll(conn, known.release)
    begun = [
        wave for part in roll.parts if part.opened for wave in await waves.of_notice(conn, part.id)
    ]
    newest = max(begun, key=lambda wave: wave.id)
    facts = roll.facts
    corrected = [await notices.corrected_at(conn, part.id) for part in roll.parts]
    return NewsItem(
        wave=newest.id,
        snapshot=facts,
        groups=facts.every_group,
        opened=facts.every_group,
        begun=newest.begun,
        taken_back=roll.taken_back,
        corrected=max(filter(None, corrected), default=None),
        withdrawn=roll.main.state is NoticeState.WITHDRAWN,
        whole=True,
    )


async def _item(
    conn: Connection, notice: Notice, begun: Sequence[Wave], groups: frozenset[GroupId]
) -> NewsItem:
    latest = begun[-1]
    main, wrong = notice, notice.taken_back
    if notice.of is not None:
        roll = await notices.roll(conn, notice.of)
        main = roll.main
        if notice.kind is NoticeKind.CLOSING:
            # It names all that is known: what is corrected meanwhile is corrected in it, too.
            wrong = roll.taken_back
    withdrawn = notice.state is NoticeState.WITHDRAWN
    corrected = await notices.corrected_at(conn, notice.id)
    if corrected is None and withdrawn:
        # The release fell, and with it all that was said of its list.
        corrected = await notices.corrected_at(conn, main.id)
    return NewsItem(
        wave=latest.id,
        snapshot=notice.facts,
        groups=groups,
        opened=frozenset[GroupId]().union(*(one.groups for one in begun)),
        begun=latest.begun,
        taken_back=wrong,
        retracted=notice.retracted,
        corrected=corrected,
        withdrawn=withdrawn,
        wrong=main.kind if main.state is NoticeState.WITHDRAWN else notice.kind,
    )

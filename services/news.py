"""The news as readers may see it: what is out or going out, and nothing else."""

from collections.abc import Sequence

from db import notices, waves
from db.connection import Connection, Database
from model.errors import NotFound
from model.notices import NewsItem, Notice, NoticeState, Wave, WaveId
from model.releases import GroupId


class News:
    """Reads the waves that have begun."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, most: int = 3) -> tuple[NewsItem, ...]:
        """Return the latest news, newest first: one item a notice, with all its open groups."""
        items = []
        async with self._database.read() as conn:
            for notice in await notices.latest(conn, most):
                begun = await waves.of_notice(conn, notice.id)
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


async def _item(
    conn: Connection, notice: Notice, begun: Sequence[Wave], groups: frozenset[GroupId]
) -> NewsItem:
    latest = begun[-1]
    return NewsItem(
        wave=latest.id,
        snapshot=notice.facts,
        groups=groups,
        opened=frozenset[GroupId]().union(*(one.groups for one in begun)),
        begun=latest.begun,
        taken_back=notice.taken_back,
        corrected=await notices.corrected_at(conn, notice.id),
        withdrawn=notice.state is NoticeState.WITHDRAWN,
    )

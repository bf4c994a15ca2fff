"""Notices as the database keeps them: what was said counts for what is frozen, nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db import notices, people, releases, waves
from db.connection import Connection, Database
from db.releases import NewLine
from model.dates import PartialDate
from model.errors import NotFound
from model.notices import (
    EditorId,
    NoticeId,
    NoticeKind,
    NoticeState,
    Say,
    Saying,
    Snapshot,
)
from model.people import Name, Person, PersonId
from model.releases import GroupId, LineId, LineState, ReleaseId
from tests.watch import Watch

ALENA, BARYS = EditorId("alena"), EditorId("barys")
MARIA = Person(PersonId(7), "maria", (Name("Марыя", "be"),))


def facts(release: ReleaseId) -> Snapshot:
    return Snapshot(NoticeKind.RELEASE, release, "2025-12", (), (), (), list_closed=False)


async def begin(conn: Connection, clock: Watch, kind=NoticeKind.RELEASE, **more) -> NoticeId:
    release = await releases.add(conn, f"release-{clock.now:%H%M}-{kind}")
    return await notices.add(conn, kind, release, ALENA, clock(), **more)


async def test_a_notice_begins_as_a_draft_with_nothing_in_it(database: Database, clock: Watch):
    async with database.write() as conn:
        number = await begin(conn, clock)
        known = await notices.get(conn, number)
    assert (known.state, known.author, known.snapshot) == (NoticeState.DRAFT, ALENA, None)
    assert (known.sayings, known.opened, known.taken_back) == ((), frozenset(), frozenset())
    assert not known.stopped


async def test_a_notice_that_is_not_there_is_not_found(database: Database):
    async with database.read() as conn:
        assert await notices.find(conn, NoticeId(1)) is None
        with pytest.raises(NotFound):
            await notices.get(conn, NoticeId(1))


async def test_what_is_frozen_comes_back_as_it_was(database: Database, clock: Watch):
    async with database.write() as conn:
        number = await begin(conn, clock)
        release = (await notices.get(conn, number)).release
        await notices.freeze(conn, number, BARYS, facts(release))
        known = await notices.get(conn, number)
    assert known.facts == facts(release)
    assert known.author == BARYS
    assert len(known.digest) == 32


async def test_what_was_said_of_other_facts_does_not_count(database: Database, clock: Watch):
    async with database.write() as conn:
        number = await begin(conn, clock)
        frozen = facts((await notices.get(conn, number)).release)
        await notices.freeze(conn, number, ALENA, frozen)
        known = await notices.get(conn, number)
        await notices.say(conn, known, BARYS, Say.APPROVE, clock())
        await notices.say(conn, known, BARYS, Say.SAFE, clock(), GroupId(3))
        said = (await notices.get(conn, number)).sayings
        await notices.freeze(conn, number, ALENA, replace(frozen, on="2025-11"))
        assert (await notices.get(conn, number)).sayings == ()
        await notices.freeze(conn, number, ALENA, frozen)
        assert (await notices.get(conn, number)).sayings == said
        await notices.thaw(conn, number)
        await notices.freeze(conn, number, ALENA, frozen)
        assert (await notices.get(conn, number)).sayings == ()
    assert set(said) == {Saying(BARYS, Say.APPROVE), Saying(BARYS, Say.SAFE, GroupId(3))}


async def test_words_are_kept_by_language_and_replaced(database: Database, clock: Watch):
    async with database.write() as conn:
        number = await begin(conn, clock)
        for language, words in (("be", "Раз"), ("ru", "Раз"), ("be", "Два"), ("ru", "")):
            await notices.write(conn, number, language, words)
        assert await notices.texts(conn, number) == {"be": "Два"}


async def test_news_is_what_went_out_last(database: Database, clock: Watch):
    async with database.write() as conn:
        numbers = []
        for _ in range(4):
            numbers.append(await begin(conn, clock))
            clock.advance(timedelta(minutes=1))
        old, late, withdrawn, _draft = numbers
        for number in (late, old, withdrawn, late):
            await waves.add(conn, number, (), clock())
        for number in (old, late):
            await notices.move(conn, number, NoticeState.GOING_OUT)
        await notices.move(conn, withdrawn, NoticeState.WITHDRAWN)
        assert [one.id for one in await notices.latest(conn, 5)] == [late, old]
        assert [one.id for one in await notices.latest(conn, 1)] == [late]


async def test_a_notice_knows_what_corrects_it_and_since_when(database: Database, clock: Watch):
    async with database.write() as conn:
        number = await begin(conn, clock)
        assert await notices.corrected_at(conn, number) is None
        back = await begin(conn, clock, NoticeKind.CORRECTION, corrects=number)
        assert await notices.corrected_at(conn, number) is None
        clock.advance(timedelta(hours=1))
        await waves.add(conn, back, (), clock())
        assert await notices.corrected_at(conn, number) == clock()
        assert [one.id for one in await notices.correcting(conn, number)] == [back]


async def test_a_person_is_taken_back_once(database: Database, clock: Watch):
    async with database.write() as conn:
        await people.add(conn, MARIA, ())
        number = await begin(conn, clock)
        await notices.take_back(conn, number, [MARIA.id])
        await notices.take_back(conn, number, [MARIA.id])
        assert (await notices.get(conn, number)).taken_back == {MARIA.id}


async def test_a_line_leads_to_its_notice(database: Database, clock: Watch):
    async with database.write() as conn:
        number = await begin(conn, clock)
        release = (await notices.get(conn, number)).release
        group = await releases.add_group(conn, release, "LT", "")
        await releases.add_lines(conn, group, [NewLine("Марыя", LineState.UNKNOWN)])
        await releases.date(conn, release, PartialDate.parse("2025-12"))
        (line,) = (await releases.get(conn, release)).lines
        assert await notices.with_line(conn, line.id) == number
        assert await notices.with_line(conn, LineId(99)) is None

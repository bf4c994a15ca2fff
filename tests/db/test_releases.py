"""Releases as the database keeps them: nothing twice, everything in the order it was given."""

from db import people, releases
from db.connection import Database
from db.releases import NewLine
from model.dates import PartialDate
from model.people import Name, Person, PersonId, Source
from model.releases import Count, GroupId, LineState

HRW, BBC = Source("HRW", "https://www.hrw.org/"), Source("BBC")
MARIA = Person(PersonId(7), "maria", (Name("Марыя", "be"),))


async def test_a_release_begins_with_nothing_known(database: Database):
    async with database.write() as conn:
        known = await releases.get(conn, await releases.add(conn, "december"))
    assert (known.ref, known.on, known.counts, known.sources, known.groups) == (
        "december",
        None,
        (),
        (),
        (),
    )


async def test_a_later_date_and_number_replace_the_earlier(database: Database):
    async with database.write() as conn:
        release = await releases.add(conn, "december")
        for on in ("2025-12", "2025-12-13"):
            await releases.date(conn, release, PartialDate.parse(on))
        group = await releases.add_group(conn, release, "LT", "Vilnius")
        for number in (120, 123):
            await releases.add_count(conn, release, None, Count(number, HRW))
        await releases.add_count(conn, release, None, Count(114, BBC, at_least=True))
        await releases.add_count(conn, release, group, Count(9, HRW))
        known = await releases.get(conn, release)
    assert str(known.on) == "2025-12-13"
    assert known.counts == (Count(123, HRW), Count(114, BBC, at_least=True))
    assert known.groups[0].counts == (Count(9, HRW),)


async def test_sources_and_groups_are_kept_once(database: Database):
    async with database.write() as conn:
        release = await releases.add(conn, "december")
        for source in (HRW, BBC, HRW):
            await releases.add_source(conn, release, source)
        groups = [
            await releases.add_group(conn, release, country, "") for country in ("LT", "UA", "LT")
        ]
        known = await releases.get(conn, release)
    assert known.sources == (HRW, BBC)
    assert groups[0] == groups[2]
    assert [group.country for group in known.groups] == ["LT", "UA"]


async def test_lines_keep_their_order_and_candidates(database: Database):
    async with database.write() as conn:
        await people.add(conn, MARIA, ())
        release = await releases.add(conn, "december")
        group: GroupId = await releases.add_group(conn, release, "", "")
        first = NewLine("Марыя", LineState.CHOOSE, None, (MARIA.id,))
        await releases.add_lines(conn, group, [first, NewLine("Янка", LineState.UNKNOWN)])
        await releases.add_lines(conn, group, [NewLine("Алесь", LineState.UNKNOWN)])
        asked, *_ = (await releases.get(conn, release)).lines
        await releases.settle(conn, asked.id, LineState.SETTLED, MARIA.id)
        await releases.close_list(conn, release, True)
        known = await releases.get(conn, release)
    assert [line.text for line in known.lines] == ["Марыя", "Янка", "Алесь"]
    assert asked.candidates == (MARIA.id,)
    assert known.lines[0].person == MARIA
    assert known.list_closed

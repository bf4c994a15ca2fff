"""Editors at work, without Telegram: people on the list, a release, two or three editors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from db import events, people, waves
from db.connection import Database
from db.vault import Vault
from model.dates import PartialDate
from model.notices import EditorId, NoticeId, WaveId
from model.people import (
    Event,
    EventId,
    EventKind,
    EventState,
    Gender,
    Name,
    NameKind,
    Person,
    PersonId,
    Place,
    Source,
    Visibility,
)
from model.releases import GroupId
from names import keys_of
from services.happenings import Happenings
from services.news import News
from services.notices import Notices
from services.releases import Releases
from tests.watch import Watch

ALENA, BARYS, VERA = EditorId("alena"), EditorId("barys"), EditorId("vera")

LIST = """\
13.12.2025
123 https://racyja.com/by/palityka
Літва, Вільня:
Алесь Бяляцкі
Украіна:
Марыя Калеснікава
Віктар Бабарыка
"""

PEOPLE = {
    "ales": ("Алесь Бяляцкі", "Ales Bialiatski", Gender.MALE),
    "maria": ("Марыя Калеснікава", "Maria Kalesnikava", Gender.FEMALE),
    "viktar": ("Віктар Бабарыка", "Viktar Babaryka", Gender.MALE),
    "marfa": ("Марфа Рабкова", "Marfa Rabkova", Gender.FEMALE),
}


@dataclass
class Newsroom:
    """Give one the fixtures; ``changes`` is what ``changed`` was told."""

    database: Database
    vault: Vault
    clock: Watch
    random: Callable[[int], int]
    approvals_needed: int = 1
    changes: list[NoticeId] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.releases = Releases(
            self.database, self.vault, self.clock, self.random, self.changes.append
        )
        self.happenings = Happenings(
            self.database, self.vault, self.clock, self.random, self.changes.append
        )
        self.notices = Notices(
            self.database,
            self.vault,
            self.clock,
            self.random,
            self.approvals_needed,
            self.changes.append,
        )
        self.news = News(self.database)

    async def lists(self, *refs: str) -> Mapping[str, PersonId]:
        """Put people on the list, imprisoned since 2020 as HRW says."""
        known = {}
        async with self.database.write() as conn:
            for number, ref in enumerate(refs or PEOPLE, 1001):
                be, en, gender = PEOPLE[ref]
                known[ref] = PersonId(number)
                alias = Name(en.partition(" ")[2], "en", NameKind.ALIAS)
                names = (Name(be, "be"), Name(en, "en"), alias)
                person = Person(PersonId(number), ref, names, gender, born=1970)
                await people.add(conn, person, keys_of([be, en]))
                await events.add(
                    conn,
                    Event(
                        EventId(number),
                        PersonId(number),
                        EventKind.IMPRISONED,
                        PartialDate.parse("2020-09"),
                        (Source("HRW", "https://www.hrw.org/"),),
                        Place("BY", {"be": "Гомель"}),
                    ),
                    EventState.PUBLISHED,
                )
        return known

    async def hides(self, ref: str, name: str, number: int) -> PersonId:
        """Put somebody on the list whom no reader may know of."""
        person = Person(PersonId(number), ref, (Name(name, "be"),), visibility=Visibility.HIDDEN)
        async with self.database.write() as conn:
            await people.add(conn, person, keys_of([name]))
        return person.id

    async def submitted(self, text: str = LIST) -> NoticeId:
        """Bring a notice to where another editor must approve it."""
        notice = await self.releases.draft(ALENA, text)
        await self.releases.submit(ALENA, notice)
        return notice

    async def held(self, text: str = LIST) -> NoticeId:
        """Bring a notice to where its groups must be said to be safe."""
        notice = await self.submitted(text)
        await self.notices.approve(BARYS, notice)
        return notice

    async def opened(self, text: str = LIST, *groups: GroupId) -> NoticeId:
        """Bring a notice to where it is going out."""
        notice = await self.held(text)
        await self.notices.safe(ALENA, notice, groups)
        await self.notices.safe(BARYS, notice, groups)
        return notice

    async def ends(self, notice: NoticeId) -> None:
        """End the waves of a notice, as if all were delivered."""
        async with self.database.write() as conn:
            begun = [wave.id for wave in await waves.of_notice(conn, notice)]
            for wave in begun:
                await waves.end(conn, wave, self.clock())
        for wave in begun:
            await self.notices.done(WaveId(wave))

    async def groups(self, notice: NoticeId) -> list[GroupId]:
        """Return the groups of a notice, in the order of its list."""
        dossier = await self.notices.dossier(notice)
        return [group.id for group in dossier.release.groups]

    async def kinds(self, person: PersonId) -> list[EventKind]:
        """Return what readers see of a person's history."""
        async with self.database.read() as conn:
            published = await events.of(conn, [person])
        return [event.kind for event in published.get(person, ())]

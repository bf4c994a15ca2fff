"""When somebody wants to hear news, and how, is sealed: where a reader sleeps says where he is."""

from datetime import timedelta
from pathlib import Path

from db.connection import Database
from db.vault import Vault
from model.readers import ChatId, ChatKind
from model.wishes import Rhythm, Wishes
from services.readers import Readers
from services.wishes import Choices
from tests.promises.test_bytes import read
from tests.watch import Watch

READER, OTHER = ChatId(5_000_000_001), ChatId(5_000_000_002)
ZONE = "America/Chicago"


async def test_no_file_says_what_readers_wish_and_all_records_are_alike(
    database: Database, vault: Vault, clock: Watch, state: Path
) -> None:
    readers, choices = Readers(database, vault, clock), Choices(database, vault, clock, "UTC")
    for chat in (READER, OTHER):
        await readers.want_releases(chat, ChatKind.PRIVATE, True, language="be")
    wished = Wishes(
        ZONE, (23, 6), silently=True, digest=Rhythm.WEEKLY, hour=20, monthly=True, reminders=True
    )
    await choices.choose(READER, ChatKind.PRIVATE, lambda _: wished, language="be")
    await choices.sleep(READER, 30, language="be")
    known = await readers.of(READER)
    assert known is not None
    assert known.wishes.wakes is not None
    async with database.read() as conn:
        rows = await conn.exec_driver_sql("SELECT length(sealed) FROM reader")
        assert len(set(rows.scalars())) == 1
    await database.settle()
    wakes = clock() + timedelta(days=30)
    for name, content in read(state).items():
        for trace in (ZONE, "Chicago", "weekly", f"{wakes:%Y-%m-%d}"):
            assert trace.encode() not in content, f"{name} holds {trace}"

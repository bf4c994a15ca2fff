"""A digest behind its button."""

from db.connection import Database
from db.vault import Vault
from handlers.context import Services
from model.people import Person
from model.readers import ChatId, ChatKind
from model.wishes import Rhythm
from services.fanout import FanOut
from simulator.phone import Phone
from tests.watch import Watch
from views import callbacks
from views.callbacks import Verb


async def test_a_digest_is_shown_to_who_got_it_and_to_nobody_else(
    reader: Phone,
    other: Phone,
    lastauka: Person,
    services: Services,
    database: Database,
    vault: Vault,
    clock: Watch,
):
    chat, hour = ChatId(reader.id), 14  # in Vilnius, when the tests begin
    await services.readers.follow(chat, ChatKind.PRIVATE, lastauka.id, language="en")
    await services.choices.choose(
        chat,
        ChatKind.PRIVATE,
        lambda wished: wished._replace(digest=Rhythm.DAILY, hour=hour),
        language="en",
    )
    assert await services.digests.begin()
    fanout = FanOut(database, vault, clock)
    while await fanout.advance():
        pass
    (one,) = await services.outbox.claim(9)
    button = callbacks.data(Verb.DIGEST, one.wave)
    await reader.says("/start")
    await reader.presses_data(button, reader.last)
    assert reader.alert is None
    assert "Digest: December 13, 2025" in reader.heard[-1]
    assert "Alesia Lastauka" in reader.heard[-1]
    await other.says("/start")
    await other.presses_data(button, other.last)
    assert "Lastauka" not in "".join(other.heard)

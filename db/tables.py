"""Every table, in one place. Alembic compares this file with the database."""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.types import TypeDecorator, TypeEngine


class Instant(TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which knows no time zones, keeps it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Numbers(TypeDecorator[Sequence[int]]):
    """A list of numbers of 32 bits; SQLite, which knows no lists, keeps four bytes of each."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Integer) if _has_lists(dialect) else LargeBinary())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        if value is None or _has_lists(dialect):
            return value
        return struct.pack(f"<{len(value)}i", *value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Sequence[int] | None:
        if value is None or _has_lists(dialect):
            return cast("Sequence[int] | None", value)
        return [number for (number,) in struct.iter_unpack("<i", value)]


def _has_lists(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# --- public truth -----------------------------------------------------------------------------

# Ids are random and never reused: a sealed follow cannot be checked by the database.
# Persons are hidden or merged, never deleted.
person = Table(
    "person",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("ref", String(64), nullable=False, unique=True),
    Column("gender", String(8)),
    Column("born", SmallInteger),
    # Month and day, "05-17": many know it of somebody whose year they do not.
    Column("birthday", String(5), nullable=False, server_default=""),
    Column("recognised_by", Text, nullable=False, server_default=""),
    Column("visibility", String(8), nullable=False),
    Column("merged_into", BigInteger, ForeignKey("person.id")),
)

person_ref_alias = Table(
    "person_ref_alias",
    metadata,
    Column("ref", String(64), primary_key=True),
    Column("person", BigInteger, ForeignKey("person.id"), nullable=False),
)

person_about = Table(
    "person_about",
    metadata,
    Column("person", BigInteger, ForeignKey("person.id"), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("text", Text, nullable=False),
)

name = Table(
    "name",
    metadata,
    Column("person", BigInteger, ForeignKey("person.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("language", String(16), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("text", Text, nullable=False),
)

# The keys that find each person. Those of somebody hidden are others (``~key``): readers' look-ups
# neither see nor count them. Made by ``names``; ``meta`` holds the algorithm's version.
filing = Table(
    "filing",
    metadata,
    Column("person", BigInteger, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("keys", Numbers, nullable=False),
    sqlite_with_rowid=False,
)

# Only PostgreSQL can look into lists: there this finds who bears a key, in a third of the room of
# a table. What comes goes there at once: a list of what is pending slows every question.
BY_KEY = Index(
    "ix_filing_keys",
    filing.c["keys"],
    postgresql_using="gin",
    postgresql_with={"fastupdate": "off"},
    sqlite_where=false(),
)

# The same by key, for SQLite alone. Whom it refers to is looked after by ``filing``: here each
# person would be looked up thirty times.
bearer = Table(
    "bearer",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("person", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

source = Table(
    "source",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False, server_default=""),
    Column("published", Date),
    UniqueConstraint("name", "url", "published"),
)

place = Table(
    "place",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(64), nullable=False, unique=True),
    Column("country", String(2), nullable=False, server_default=""),
)

place_name = Table(
    "place_name",
    metadata,
    Column("place", Integer, ForeignKey("place.id"), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("text", Text, nullable=False),
)

release = Table(
    "release",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(64), nullable=False, unique=True),
    # A draft may not have its date yet.
    Column("on_value", Date),
    Column("on_precision", String(5)),
    Column("list_closed", Boolean(create_constraint=False), nullable=False),
    CheckConstraint("(on_value IS NULL) = (on_precision IS NULL)", name="whole_date"),
)

release_group = Table(
    "release_group",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("release", Integer, ForeignKey("release.id"), nullable=False, index=True),
    Column("position", SmallInteger, nullable=False),
    Column("country", String(2), nullable=False, server_default=""),
    Column("place", Text, nullable=False, server_default=""),
)

# Totals as sources give them; ``group`` is null for the release as a whole.
release_count = Table(
    "release_count",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("release", Integer, ForeignKey("release.id"), nullable=False, index=True),
    Column("group", Integer, ForeignKey("release_group.id")),
    Column("number", Integer, nullable=False),
    Column("at_least", Boolean(create_constraint=False), nullable=False, server_default=false()),
    Column("source", Integer, ForeignKey("source.id"), nullable=False),
)

release_source = Table(
    "release_source",
    metadata,
    Column("release", Integer, ForeignKey("release.id"), primary_key=True),
    Column("source", Integer, ForeignKey("source.id"), primary_key=True),
)

release_line = Table(
    "release_line",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group", Integer, ForeignKey("release_group.id"), nullable=False, index=True),
    Column("position", SmallInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("person", BigInteger, ForeignKey("person.id")),
)

release_candidate = Table(
    "release_candidate",
    metadata,
    Column("line", Integer, ForeignKey("release_line.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("person", BigInteger, ForeignKey("person.id"), nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("person", BigInteger, ForeignKey("person.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(9), nullable=False),
    Column("confidence", String(9), nullable=False),
    Column("on_value", Date),
    Column("on_precision", String(5)),
    Column("place", Integer, ForeignKey("place.id")),
    Column("manner", String(16)),
    Column("months", SmallInteger),
    Column("release", Integer, ForeignKey("release.id"), index=True),
    # With what it takes to count who is held, without a look at the rows themselves.
    Index("ix_event_person_state", "person", "state", "kind", "on_value"),
    Index("ix_event_kind_state", "kind", "state", "on_value", "person"),
    CheckConstraint("(on_value IS NULL) = (on_precision IS NULL)", name="whole_date"),
)

event_note = Table(
    "event_note",
    metadata,
    Column("event", BigInteger, ForeignKey("event.id"), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("text", Text, nullable=False),
)

event_source = Table(
    "event_source",
    metadata,
    Column("event", BigInteger, ForeignKey("event.id"), primary_key=True),
    Column("source", Integer, ForeignKey("source.id"), primary_key=True),
)

# --- notices ----------------------------------------------------------------------------------

notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    # Null where it is about people and no release.
    Column("release", Integer, ForeignKey("release.id")),
    Column("corrects", Integer, ForeignKey("notice.id")),
    # What an addition adds is drafted in a release of its own, so that giving the draft up leaves
    # nothing behind on the list that is told already.
    Column("sheet", Integer, ForeignKey("release.id")),
    # Opaque id of the editor; null for an operator at the command line. Not a foreign key: the
    # audit outlives an editor who leaves.
    Column("author", String(16)),
    Column("snapshot", LargeBinary),
    Column("digest", LargeBinary(32)),
    Column("stopped", Boolean(create_constraint=False), nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    Column("out_at", Instant),
)

notice_text = Table(
    "notice_text",
    metadata,
    Column("notice", Integer, ForeignKey("notice.id"), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("text", Text, nullable=False),
)

# What happened to people, as editors write it down before it is frozen: a line with a name each,
# and whom it may mean. What is published of it becomes events.
happening = Table(
    "happening",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("notice", Integer, ForeignKey("notice.id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("person", BigInteger, ForeignKey("person.id")),
    Column("kind", String(16)),
    Column("on_value", Date),
    Column("on_precision", String(5)),
    Column("country", String(2), nullable=False, server_default=""),
    Column("place", Text, nullable=False, server_default=""),
    Column("manner", String(16)),
    Column("months", SmallInteger),
    Column("confidence", String(9), nullable=False),
    CheckConstraint("(on_value IS NULL) = (on_precision IS NULL)", name="whole_date"),
)

happening_candidate = Table(
    "happening_candidate",
    metadata,
    Column("happening", Integer, ForeignKey("happening.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("person", BigInteger, ForeignKey("person.id"), nullable=False),
)

happening_source = Table(
    "happening_source",
    metadata,
    Column("happening", Integer, ForeignKey("happening.id"), primary_key=True),
    Column("source", Integer, ForeignKey("source.id"), primary_key=True),
)

# Persons whom a correction took out of a notice: what is still queued no longer names them.
notice_taken_back = Table(
    "notice_taken_back",
    metadata,
    Column("notice", Integer, ForeignKey("notice.id"), primary_key=True),
    Column("person", BigInteger, ForeignKey("person.id"), primary_key=True),
)

# What editors said of a notice. ``group`` is 0 where the saying is about the whole notice.
approval = Table(
    "approval",
    metadata,
    Column("notice", Integer, ForeignKey("notice.id"), primary_key=True),
    Column("editor", String(16), primary_key=True),
    Column("say", String(8), primary_key=True),
    Column("group", Integer, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("at", Instant, nullable=False),
)

# One going out: the groups opened together, how far the making of deliveries has come
# (``cursor``: the last locator or mark looked at), and the totals once deliveries are purged.
wave = Table(
    "wave",
    metadata,
    Column("id", Integer, primary_key=True),
    # Null where it belongs to no news, as its kind says.
    Column("notice", Integer, ForeignKey("notice.id"), index=True),
    Column("kind", String(12), nullable=False, server_default="news"),
    Column("begun", Instant, nullable=False),
    Column("cursor", LargeBinary),
    Column("made", Boolean(create_constraint=False), nullable=False, server_default=false()),
    Column("ended", Instant),
    # Filled when the deliveries are purged; rounded, so that a small audience is not told.
    Column("audience", Integer),
    Column("delivered", Integer),
    Column("gone", Integer),
    Column("unknown", Integer),
    Column("failed", Integer),
)

# ``group`` is 0 where the notice is told as a whole.
# How the deliveries of a wave ended, by language, never by person: what editors see of it.
wave_language = Table(
    "wave_language",
    metadata,
    Column("wave", Integer, ForeignKey("wave.id"), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("delivered", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
    Column("unknown", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)

wave_group = Table(
    "wave_group",
    metadata,
    Column("wave", Integer, ForeignKey("wave.id"), primary_key=True),
    Column("group", Integer, primary_key=True, autoincrement=False),
)

# When the bot was away, its clock jumped, or the database was put back from a copy; and what
# editors decided about the waves that were on their way then. ``said`` are opaque ids.
interruption = Table(
    "interruption",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cause", String(8), nullable=False),
    Column("begun", Instant, nullable=False),
    Column("ended", Instant, nullable=False),
    Column("decision", String(4)),
    Column("said", Text, nullable=False, server_default=""),
    # When editors were last tried to be told, and whether it reached one.
    Column("tried", Instant),
    Column("told", Boolean(create_constraint=False), nullable=False, server_default=false()),
)

interrupted_wave = Table(
    "interrupted_wave",
    metadata,
    Column("wave", Integer, ForeignKey("wave.id"), primary_key=True),
    Column("interruption", Integer, ForeignKey("interruption.id"), nullable=False, index=True),
)

# When the next may be sent, in one row, where several processes send: seconds of this server's own
# clock, and when they were last written.
pace = Table(
    "pace",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("next", Double, nullable=False),
    Column("lane_opens", Double, nullable=False),
    Column("level", Double, nullable=False),
    Column("sank", Double, nullable=False),
    Column("at", Double, nullable=False),
)

# --- readers ----------------------------------------------------------------------------------

# Nothing here says who a reader is, whom they follow, or when they came. Rows have no number.
reader = Table(
    "reader",
    metadata,
    Column("locator", LargeBinary(16), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("length(locator) = 16", name="locator_size"),
    sqlite_with_rowid=False,
)

# What a reader left behind a return code; opened by the code alone.
return_slip = Table(
    "return_slip",
    metadata,
    Column("locator", LargeBinary(16), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_on", Date, nullable=False),
    sqlite_with_rowid=False,
)

# What an editor said of a name that is waited for and somebody on the list: it is another. A
# keyed hash of both together, so that it is not asked again.
other_name = Table(
    "other_name",
    metadata,
    Column("pair", LargeBinary(16), primary_key=True),
    sqlite_with_rowid=False,
)

# Messages of discreet readers that are unfolded and must be folded again.
folding = Table(
    "folding",
    metadata,
    Column("locator", LargeBinary(16), primary_key=True),
    Column("due", Instant, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Found by a mark, the keyed hash of wave and chat together: two deliveries to one chat share
# nothing, and no row number tells their order. Purged 72 hours after the wave ends.
delivery = Table(
    "delivery",
    metadata,
    Column("mark", LargeBinary(16), primary_key=True),
    Column("wave", Integer, ForeignKey("wave.id"), nullable=False),
    Column("state", String(9), nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("due", Instant, nullable=False),
    Column("lease", Instant),
    Column("sealed", LargeBinary, nullable=False),
    # What a claim reads, in its order: wave by wave, so that a stopped one costs nothing.
    Index("ix_delivery_wave_state_lane_due", "wave", "state", "lane", "due"),
    sqlite_with_rowid=False,
)

# --- editors ----------------------------------------------------------------------------------

editor = Table(
    "editor",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("locator", LargeBinary(16), nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
)

invite = Table(
    "invite",
    metadata,
    Column("locator", LargeBinary(16), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

# Where an editor last saw the card of a notice, so that progress shows in it.
editor_card = Table(
    "editor_card",
    metadata,
    Column("notice", Integer, ForeignKey("notice.id"), primary_key=True),
    Column("editor", String(16), ForeignKey("editor.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

# Each entry's digest covers the entry and the digest before it.
audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(16), nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

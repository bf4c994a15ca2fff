"""The beginning: everything that is remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_table(
        "editor",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("locator", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editor")),
        sa.UniqueConstraint("locator", name=op.f("uq_editor_locator")),
    )
    op.create_table(
        "folding",
        sa.Column("locator", sa.LargeBinary(length=16), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("locator", name=op.f("pk_folding")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_folding_due"), "folding", ["due"])
    op.create_table(
        "invite",
        sa.Column("locator", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("locator", name=op.f("pk_invite")),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("gender", sa.String(length=8), nullable=True),
        sa.Column("born", sa.SmallInteger(), nullable=True),
        sa.Column("recognised_by", sa.Text(), server_default="", nullable=False),
        sa.Column("visibility", sa.String(length=8), nullable=False),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["person.id"], name=op.f("fk_person_merged_into_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("ref", name=op.f("uq_person_ref")),
    )
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("ref", name=op.f("uq_place_ref")),
    )
    op.create_table(
        "reader",
        sa.Column("locator", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(locator) = 16", name=op.f("ck_reader_locator_size")),
        sa.PrimaryKeyConstraint("locator", name=op.f("pk_reader")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("on_value", sa.Date(), nullable=True),
        sa.Column("on_precision", sa.String(length=5), nullable=True),
        sa.Column("list_closed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(on_value IS NULL) = (on_precision IS NULL)", name=op.f("ck_release_whole_date")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("ref", name=op.f("uq_release_ref")),
    )
    op.create_table(
        "return_slip",
        sa.Column("locator", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("locator", name=op.f("pk_return_slip")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("name", "url", "published", name=op.f("uq_source_name_url_published")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("confidence", sa.String(length=9), nullable=False),
        sa.Column("on_value", sa.Date(), nullable=True),
        sa.Column("on_precision", sa.String(length=5), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("manner", sa.String(length=16), nullable=True),
        sa.Column("months", sa.SmallInteger(), nullable=True),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(on_value IS NULL) = (on_precision IS NULL)", name=op.f("ck_event_whole_date")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_event_person_person")),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_event_place_place")),
        sa.ForeignKeyConstraint(
            ["release"], ["release.id"], name=op.f("fk_event_release_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_person_state", "event", ["person", "state"])
    op.create_index(op.f("ix_event_release"), "event", ["release"])
    op.create_table(
        "name",
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_name_person_person")),
        sa.PrimaryKeyConstraint("person", "position", name=op.f("pk_name")),
    )
    op.create_table(
        "name_key",
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_name_key_person_person")),
        sa.PrimaryKeyConstraint("public", "key", "person", name=op.f("pk_name_key")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_name_key_person", "name_key", ["person"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("author", sa.String(length=16), nullable=True),
        sa.Column("snapshot", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("stopped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("out_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["corrects"], ["notice.id"], name=op.f("fk_notice_corrects_notice")
        ),
        sa.ForeignKeyConstraint(
            ["release"], ["release.id"], name=op.f("fk_notice_release_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_table(
        "person_about",
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], name=op.f("fk_person_about_person_person")
        ),
        sa.PrimaryKeyConstraint("person", "language", name=op.f("pk_person_about")),
    )
    op.create_table(
        "person_ref_alias",
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], name=op.f("fk_person_ref_alias_person_person")
        ),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_person_ref_alias")),
    )
    op.create_table(
        "place_name",
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name=op.f("fk_place_name_place_place")),
        sa.PrimaryKeyConstraint("place", "language", name=op.f("pk_place_name")),
    )
    op.create_table(
        "release_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("country", sa.String(length=2), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["release"], ["release.id"], name=op.f("fk_release_group_release_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_group")),
    )
    op.create_index(op.f("ix_release_group_release"), "release_group", ["release"])
    op.create_table(
        "release_source",
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release"], ["release.id"], name=op.f("fk_release_source_release_release")
        ),
        sa.ForeignKeyConstraint(
            ["source"], ["source.id"], name=op.f("fk_release_source_source_source")
        ),
        sa.PrimaryKeyConstraint("release", "source", name=op.f("pk_release_source")),
    )
    op.create_table(
        "approval",
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("editor", sa.String(length=16), nullable=False),
        sa.Column("say", sa.String(length=8), nullable=False),
        sa.Column("group", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["notice.id"], name=op.f("fk_approval_notice_notice")),
        sa.PrimaryKeyConstraint("notice", "editor", "say", "group", name=op.f("pk_approval")),
    )
    op.create_table(
        "editor_card",
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("editor", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["editor"], ["editor.id"], name=op.f("fk_editor_card_editor_editor")
        ),
        sa.ForeignKeyConstraint(
            ["notice"], ["notice.id"], name=op.f("fk_editor_card_notice_notice")
        ),
        sa.PrimaryKeyConstraint("notice", "editor", name=op.f("pk_editor_card")),
    )
    op.create_table(
        "event_note",
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name=op.f("fk_event_note_event_event")),
        sa.PrimaryKeyConstraint("event", "language", name=op.f("pk_event_note")),
    )
    op.create_table(
        "event_source",
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name=op.f("fk_event_source_event_event")),
        sa.ForeignKeyConstraint(
            ["source"], ["source.id"], name=op.f("fk_event_source_source_source")
        ),
        sa.PrimaryKeyConstraint("event", "source", name=op.f("pk_event_source")),
    )
    op.create_table(
        "notice_taken_back",
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice"], ["notice.id"], name=op.f("fk_notice_taken_back_notice_notice")
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], name=op.f("fk_notice_taken_back_person_person")
        ),
        sa.PrimaryKeyConstraint("notice", "person", name=op.f("pk_notice_taken_back")),
    )
    op.create_table(
        "notice_text",
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice"], ["notice.id"], name=op.f("fk_notice_text_notice_notice")
        ),
        sa.PrimaryKeyConstraint("notice", "language", name=op.f("pk_notice_text")),
    )
    op.create_table(
        "release_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("group", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at_least", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group"], ["release_group.id"], name=op.f("fk_release_count_group_release_group")
        ),
        sa.ForeignKeyConstraint(
            ["release"], ["release.id"], name=op.f("fk_release_count_release_release")
        ),
        sa.ForeignKeyConstraint(
            ["source"], ["source.id"], name=op.f("fk_release_count_source_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_count")),
    )
    op.create_index(op.f("ix_release_count_release"), "release_count", ["release"])
    op.create_table(
        "release_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group"], ["release_group.id"], name=op.f("fk_release_line_group_release_group")
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], name=op.f("fk_release_line_person_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_line")),
    )
    op.create_index(op.f("ix_release_line_group"), "release_line", ["group"])
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("begun", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cursor", sa.LargeBinary(), nullable=True),
        sa.Column("made", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience", sa.Integer(), nullable=True),
        sa.Column("delivered", sa.Integer(), nullable=True),
        sa.Column("gone", sa.Integer(), nullable=True),
        sa.Column("unknown", sa.Integer(), nullable=True),
        sa.Column("failed", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["notice"], ["notice.id"], name=op.f("fk_wave_notice_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
    )
    op.create_index(op.f("ix_wave_notice"), "wave", ["notice"])
    op.create_table(
        "delivery",
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["wave"], ["wave.id"], name=op.f("fk_delivery_wave_wave")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_delivery")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_delivery_wave_state_lane_due", "delivery", ["wave", "state", "lane", "due"]
    )
    op.create_table(
        "release_candidate",
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line"], ["release_line.id"], name=op.f("fk_release_candidate_line_release_line")
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], name=op.f("fk_release_candidate_person_person")
        ),
        sa.PrimaryKeyConstraint("line", "position", name=op.f("pk_release_candidate")),
    )
    op.create_table(
        "wave_group",
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("group", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group"], ["release_group.id"], name=op.f("fk_wave_group_group_release_group")
        ),
        sa.ForeignKeyConstraint(["wave"], ["wave.id"], name=op.f("fk_wave_group_wave_wave")),
        sa.PrimaryKeyConstraint("wave", "group", name=op.f("pk_wave_group")),
    )


def downgrade() -> None:
    op.drop_table("wave_group")
    op.drop_table("release_candidate")
    op.drop_table("delivery")
    op.drop_table("wave")
    op.drop_table("release_line")
    op.drop_table("release_count")
    op.drop_table("notice_text")
    op.drop_table("notice_taken_back")
    op.drop_table("event_source")
    op.drop_table("event_note")
    op.drop_table("editor_card")
    op.drop_table("approval")
    op.drop_table("release_source")
    op.drop_table("release_group")
    op.drop_table("place_name")
    op.drop_table("person_ref_alias")
    op.drop_table("person_about")
    op.drop_table("notice")
    op.drop_table("name_key")
    op.drop_table("name")
    op.drop_table("event")
    op.drop_table("source")
    op.drop_table("return_slip")
    op.drop_table("release")
    op.drop_table("reader")
    op.drop_table("place")
    op.drop_table("person")
    op.drop_table("meta")
    op.drop_table("invite")
    op.drop_table("folding")
    op.drop_table("editor")
    op.drop_table("audit")

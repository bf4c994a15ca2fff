"""News of people: notices that are about no release, and what editors write down for them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.alter_column("release", existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table("wave_group") as wave_group:
        wave_group.drop_constraint("fk_wave_group_group_release_group", type_="foreignkey")
    op.create_table(
        "happening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("on_value", sa.Date(), nullable=True),
        sa.Column("on_precision", sa.String(length=5), nullable=True),
        sa.Column("country", sa.String(length=2), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("manner", sa.String(length=16), nullable=True),
        sa.Column("months", sa.SmallInteger(), nullable=True),
        sa.Column("confidence", sa.String(length=9), nullable=False),
        sa.CheckConstraint(
            "(on_value IS NULL) = (on_precision IS NULL)",
            name=op.f("ck_happening_whole_date"),
        ),
        sa.ForeignKeyConstraint(
            ["notice"], ["notice.id"], name=op.f("fk_happening_notice_notice")
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], name=op.f("fk_happening_person_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happening")),
    )
    op.create_index(op.f("ix_happening_notice"), "happening", ["notice"])
    op.create_table(
        "happening_candidate",
        sa.Column("happening", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["happening"],
            ["happening.id"],
            name=op.f("fk_happening_candidate_happening_happening"),
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], name=op.f("fk_happening_candidate_person_person")
        ),
        sa.PrimaryKeyConstraint("happening", "position", name=op.f("pk_happening_candidate")),
    )
    op.create_table(
        "happening_source",
        sa.Column("happening", sa.Integer(), nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["happening"],
            ["happening.id"],
            name=op.f("fk_happening_source_happening_happening"),
        ),
        sa.ForeignKeyConstraint(
            ["source"], ["source.id"], name=op.f("fk_happening_source_source_source")
        ),
        sa.PrimaryKeyConstraint("happening", "source", name=op.f("pk_happening_source")),
    )


def downgrade() -> None:
    op.drop_table("happening_source")
    op.drop_table("happening_candidate")
    op.drop_index(op.f("ix_happening_notice"), table_name="happening")
    op.drop_table("happening")
    # What was told of people and no release has nowhere to stay; what it published stays true.
    people = "(SELECT id FROM notice WHERE release IS NULL)"
    waves = f"(SELECT id FROM wave WHERE notice IN {people})"  # noqa: S608
    for table, column in (("delivery", "wave"), ("wave_group", "wave")):
        op.execute(f"DELETE FROM {table} WHERE {column} IN {waves}")  # noqa: S608
    for table in ("wave", "approval", "notice_text", "notice_taken_back", "editor_card"):
        op.execute(f"DELETE FROM {table} WHERE notice IN {people}")  # noqa: S608
    op.execute("DELETE FROM notice WHERE release IS NULL AND corrects IS NOT NULL")
    op.execute("DELETE FROM notice WHERE release IS NULL")
    with op.batch_alter_table("wave_group") as wave_group:
        wave_group.create_foreign_key(
            op.f("fk_wave_group_group_release_group"), "release_group", ["group"], ["id"]
        )
    with op.batch_alter_table("notice") as notice:
        notice.alter_column("release", existing_type=sa.Integer(), nullable=False)

"""Interruptions: what was due while the bot was away waits for an editor."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "interruption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=8), nullable=False),
        sa.Column("begun", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=4)),
        sa.Column("said", sa.Text(), nullable=False, server_default=""),
        sa.Column("tried", sa.DateTime(timezone=True)),
        sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interruption")),
    )
    op.create_table(
        "interrupted_wave",
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("interruption", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave"], ["wave.id"], name=op.f("fk_interrupted_wave_wave_wave")),
        sa.ForeignKeyConstraint(
            ["interruption"],
            ["interruption.id"],
            name=op.f("fk_interrupted_wave_interruption_interruption"),
        ),
        sa.PrimaryKeyConstraint("wave", name=op.f("pk_interrupted_wave")),
    )
    op.create_index(op.f("ix_interrupted_wave_interruption"), "interrupted_wave", ["interruption"])


def downgrade() -> None:
    op.drop_table("interrupted_wave")
    op.drop_table("interruption")

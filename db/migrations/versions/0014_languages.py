"""How deliveries end is counted by language."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "wave_language",
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave"], ["wave.id"], name=op.f("fk_wave_language_wave_wave")),
        sa.PrimaryKeyConstraint("wave", "language", name=op.f("pk_wave_language")),
    )


def downgrade() -> None:
    op.drop_table("wave_language")

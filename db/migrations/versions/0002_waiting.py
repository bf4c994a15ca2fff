"""Waiting for names: messages that belong to no news, and names that are another's."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "other_name",
        sa.Column("pair", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("pair", name=op.f("pk_other_name")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("wave") as wave:
        wave.alter_column("notice", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    # What was not sent of them has nowhere to stay.
    op.execute("DELETE FROM delivery WHERE wave IN (SELECT id FROM wave WHERE notice IS NULL)")
    op.execute("DELETE FROM wave WHERE notice IS NULL")
    with op.batch_alter_table("wave") as wave:
        wave.alter_column("notice", existing_type=sa.Integer(), nullable=False)
    op.drop_table("other_name")

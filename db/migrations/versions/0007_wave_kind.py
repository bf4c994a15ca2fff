"""Kinds of waves: news, and what belongs to no news."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"


def upgrade() -> None:
    # SQLite would add it to the last line of the table, where nobody reads it.
    anew: Literal["always", "never"] = (
        "always" if op.get_bind().dialect.name == "sqlite" else "never"
    )
    with op.batch_alter_table("wave", recreate=anew) as wave:
        wave.add_column(
            sa.Column("kind", sa.String(length=12), nullable=False, server_default="news")
        )
    op.execute("UPDATE wave SET kind = 'found' WHERE notice IS NULL")


def downgrade() -> None:
    # All others that belong to no news would be taken for names that were found.
    op.execute(
        "DELETE FROM delivery WHERE wave IN "
        "(SELECT id FROM wave WHERE notice IS NULL AND kind <> 'found')"
    )
    op.execute("DELETE FROM wave WHERE notice IS NULL AND kind <> 'found'")
    with op.batch_alter_table("wave") as wave:
        wave.drop_column("kind")

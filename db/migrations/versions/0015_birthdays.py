"""Birthdays: month and day, beside the year of birth."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    # SQLite would add it to the last line of the table, where nobody reads it.
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("person", recreate="always" if on_sqlite else "never") as person:
        person.add_column(
            sa.Column("birthday", sa.String(length=5), nullable=False, server_default="")
        )
        # Else SQLite would keep it in brackets.
        person.alter_column(
            "recognised_by", existing_type=sa.Text(), existing_nullable=False, server_default=""
        )


def downgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.drop_column("birthday")

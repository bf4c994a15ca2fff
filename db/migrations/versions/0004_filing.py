"""Filing: the keys of each person are kept together. Everybody is to be filed anew."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "filing",
        sa.Column("person", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_filing_person_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_filing")),
        sqlite_with_rowid=False,
    )
    op.drop_index("ix_name_key_person", "name_key")
    op.execute("DELETE FROM name_key")
    op.execute("DELETE FROM meta WHERE key IN ('names.algorithm', 'names.rebuilt')")


def downgrade() -> None:
    op.create_index("ix_name_key_person", "name_key", ["person"])
    op.drop_table("filing")

"""Bearers: keys of 31 bits, by person and, in SQLite, by key. Everybody is to be filed anew."""

import sqlalchemy as sa
from alembic import op

from db.tables import Numbers

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.drop_table("name_key")
    op.drop_table("filing")
    op.create_table(
        "filing",
        sa.Column("person", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("keys", Numbers(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_filing_person_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_filing")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_filing_keys",
        "filing",
        ["keys"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        sqlite_where=sa.false(),
    )
    op.create_table(
        "bearer",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "person", name=op.f("pk_bearer")),
        sqlite_with_rowid=False,
    )
    _file_anew()


def downgrade() -> None:
    op.drop_table("bearer")
    op.drop_table("filing")
    op.create_table(
        "filing",
        sa.Column("person", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_filing_person_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_filing")),
        sqlite_with_rowid=False,
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
    _file_anew()


def _file_anew() -> None:
    op.execute("DELETE FROM meta WHERE key IN ('names.algorithm', 'names.rebuilt')")

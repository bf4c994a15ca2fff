"""Additions: names added to a list that is told already are drafted apart from it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.add_column(sa.Column("sheet", sa.Integer(), nullable=True))
        notice.create_foreign_key(op.f("fk_notice_sheet_release"), "release", ["sheet"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f("fk_notice_sheet_release"), type_="foreignkey")
        notice.drop_column("sheet")

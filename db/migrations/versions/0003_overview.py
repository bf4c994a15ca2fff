"""Overviews: who is held is counted, and who was freed last is found, by indexes alone."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.drop_index("ix_event_person_state", "event")
    op.create_index("ix_event_person_state", "event", ["person", "state", "kind", "on_value"])
    op.create_index("ix_event_kind_state", "event", ["kind", "state", "on_value", "person"])


def downgrade() -> None:
    op.drop_index("ix_event_kind_state", "event")
    op.drop_index("ix_event_person_state", "event")
    op.create_index("ix_event_person_state", "event", ["person", "state"])

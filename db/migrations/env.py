"""What Alembic runs: it migrates the connection it is given (see ``db.upkeep``).

The steps are in ``versions``, one a file, up and down. Each has a test with data in
``tests/db/test_upkeep.py``.
"""

from alembic import context

from db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter much in place: a table is made anew and its rows are moved over.
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()

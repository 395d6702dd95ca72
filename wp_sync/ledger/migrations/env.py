# ruff: noqa: INP001
"""Run the revisions on the connection, and in the transaction, of the one who opens the ledger."""

from alembic import context

from wp_sync.ledger.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite can't alter a column in place
)
with context.begin_transaction():
    context.run_migrations()

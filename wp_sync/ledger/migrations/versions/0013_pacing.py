# ruff: noqa: INP001
"""Remember when posts go live, and until when items are deferred. Never edited."""

from alembic import op

from wp_sync.ledger.schema import make_columns

revision = "0013"
down_revision = "0012"

LIVE = "UPDATE receipts SET live = created_at WHERE status IN ('publish', 'future', 'private')"


def upgrade() -> None:
    for column in make_columns("due_at:time?"):
        op.add_column("items", column)
    for column in make_columns("live:time?"):
        op.add_column("receipts", column)
    op.execute(LIVE)

# ruff: noqa: INP001
"""Remember what was learned of the feeds: who publishes them, how they come. Never edited."""

from alembic import op

from wp_sync.ledger.schema import make_columns

revision = "0006"
down_revision = "0005"

COLUMNS = "feed* held held_since:time? record:json"


def upgrade() -> None:
    op.create_table("feed_health", *make_columns(COLUMNS))

# ruff: noqa: INP001
"""Remember in how many articles of a feed a picture stands. Never edited."""

from alembic import op

from wp_sync.ledger.schema import make_columns

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table("pictures", *make_columns("feed* picture* articles:json seen:time"))

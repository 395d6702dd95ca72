# ruff: noqa: INP001
"""Remember under which guids else a feed has its items. Never edited."""

from alembic import op

from wp_sync.ledger.schema import make_columns

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table("item_aliases", *make_columns("feed* guid* item seen:time"))

# ruff: noqa: INP001
"""Remember which posts' time was over, and what became of them. Never edited."""

from alembic import op

from wp_sync.ledger.schema import make_columns

revision = "0015"
down_revision = "0014"

COLUMNS = "site* feed* guid* how run at:time"


def upgrade() -> None:
    op.create_table("expiries", *make_columns(COLUMNS))

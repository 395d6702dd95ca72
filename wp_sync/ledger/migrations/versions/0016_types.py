# ruff: noqa: INP001
"""Remember of which type the posts are that were made or begun. Never edited."""

from alembic import op
from sqlalchemy import DefaultClause

from wp_sync.ledger.schema import make_columns

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    for table in ("receipts", "intents"):
        for column in make_columns("type"):
            column.server_default = DefaultClause("post")
            op.add_column(table, column)

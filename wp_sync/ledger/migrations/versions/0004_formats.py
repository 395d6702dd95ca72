# ruff: noqa: INP001
"""Remember how feeds and entries stood, to know the unchanged without reading it. Never edited."""

from alembic import op
from sqlalchemy import DefaultClause

from wp_sync.ledger.schema import make_columns

revision = "0004"
down_revision = "0003"

ADDED = (("feeds", "body_hash"), ("items", "trace"))


def upgrade() -> None:
    for table, spec in ADDED:
        for column in make_columns(spec):
            column.server_default = DefaultClause("")
            op.add_column(table, column)

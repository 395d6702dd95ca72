# ruff: noqa: INP001
"""Remember conflicts, begun uploads, and when WordPress says a post was changed. Never edited."""

from alembic import op
from sqlalchemy import DefaultClause

from wp_sync.ledger.schema import make_columns

revision = "0003"
down_revision = "0002"

TABLES = {
    "upload_intents": "site* sha256* name begun:time run",
    "conflicts": ("site* feed* guid* field* wp_id:int ours:json theirs:json run at:time settled"),
}
ADDED = (
    ("receipts", "modified", ""),
    ("receipts", "revision:int", "0"),
    ("receipts", "kept:json", "[]"),
    ("outcomes", "again:int", "0"),
    ("items", "tries:int", "0"),
)


def upgrade() -> None:
    for name, columns in TABLES.items():
        op.create_table(name, *make_columns(columns))
    for table, spec, default in ADDED:
        for column in make_columns(spec):
            column.server_default = DefaultClause(default)
            op.add_column(table, column)

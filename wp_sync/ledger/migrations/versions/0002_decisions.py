# ruff: noqa: INP001
"""Remember decisions of persons, withdrawn sources, and what was told. Never edited."""

from alembic import op
from sqlalchemy import DefaultClause

from wp_sync.ledger.schema import make_columns

revision = "0002"
down_revision = "0001"

TABLES = {
    "tombstones": "site* feed* guid* address fingerprint reason run at:time",
    "withdrawals": "feed* source reason run at:time",
    "alerts": "subject* state message since:time told:time?",
}
COLUMNS = {"receipts": "status doubt", "feeds": "first_seen:time?"}
INDEXES = ("address", "fingerprint")  # of the tombstones


def upgrade() -> None:
    for name, columns in TABLES.items():
        op.create_table(name, *make_columns(columns))
    for index in INDEXES:
        op.create_index(None, "tombstones", [index])
    for name, columns in COLUMNS.items():
        for column in make_columns(columns):
            if not column.nullable:  # the rows that are there get an empty text
                column.server_default = DefaultClause("")
            op.add_column(name, column)

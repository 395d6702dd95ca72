# ruff: noqa: INP001
"""Remember labels of feeds that are no tags yet, and persons' words. Never edited."""

from alembic import op

from wp_sync.ledger.schema import make_columns

revision = "0012"
down_revision = "0011"

LABELS = (
    "name* spellings:json articles:int marks:json feeds:json first:time last:time "
    "title url near standing word target decided:time?"
)


def upgrade() -> None:
    op.create_table("labels", *make_columns(LABELS))
    op.create_index(None, "labels", ["word"])

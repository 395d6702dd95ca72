# ruff: noqa: INP001
"""Remember what a language model answered, and what it was asked in a day. Never edited."""

from alembic import op

from wp_sync.ledger.schema import make_columns

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table("assistant_answers", *make_columns("article* model* part* answer at:time"))
    op.create_table("assistant_spending", *make_columns("day* requests:int tokens:int"))
    op.create_table("assistant_rests", *make_columns("address* until:time"))

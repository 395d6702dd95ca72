# ruff: noqa: INP001
"""Remember what topics are learned from, and by which words articles were judged. Never edited."""

from alembic import op

from wp_sync.ledger.schema import make_columns

revision = "0010"
down_revision = "0009"

LESSONS = "feed* guid* channel against:int teaching weight:int words at:time"
LEARNED = "id* made_of weights:json channels:json decisions:int"
JUDGEMENTS = "feed* guid* channel scores:json explained at:time"


def upgrade() -> None:
    op.create_table("lessons", *make_columns(LESSONS))
    op.create_table("learned", *make_columns(LEARNED))
    op.create_table("judgements", *make_columns(JUDGEMENTS))

# ruff: noqa: INP001
"""Remember which paragraphs recur in a feed's articles. Never edited."""

from alembic import op

from wp_sync.ledger.schema import make_columns

revision = "0009"
down_revision = "0008"

FEEDS = "feed* articles:int recent:json"
FOUND = (
    "feed* mark* place sign text articles:int since:int latest:int first:time last:time "
    "learned:time? verdict"
)


def upgrade() -> None:
    op.create_table("recurring_feeds", *make_columns(FEEDS))
    op.create_table("recurring", *make_columns(FOUND))

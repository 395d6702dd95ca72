# ruff: noqa: INP001
"""Remember by which texts a story is known again, and which articles repeat it. Never edited."""

from alembic import op

from wp_sync.ledger.schema import make_columns

revision = "0011"
down_revision = "0010"

SKETCHES = (
    "id:int* site feed guid title source url published:time? seen:time words:int runs numbers "
    "names marks wp_id:int"
)
TWINS = (
    "site* feed* guid* lead_feed lead_guid likeness:int source url seen:time listed:int parted:int"
)


def upgrade() -> None:
    op.create_table("sketches", *make_columns(SKETCHES))
    op.create_index("ix_sketches_site_feed_guid", "sketches", ["site", "feed", "guid"])
    op.create_index("ix_sketches_seen", "sketches", ["seen"])
    bands = make_columns("band:int* sketch:int*")
    op.create_table("sketch_bands", *bands, sqlite_with_rowid=False)
    op.create_table("twins", *make_columns(TWINS))
    op.create_index(
        "ix_twins_site_lead_feed_lead_guid", "twins", ["site", "lead_feed", "lead_guid"]
    )

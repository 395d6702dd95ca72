# ruff: noqa: INP001
"""Make the first tables. Never edited: what comes later is a revision of its own."""

from alembic import op

from wp_sync.ledger.schema import make_columns

revision = "0001"
down_revision = None

TABLES = {
    "meta": "key* value",
    "feeds": "id* address source title format etag last_modified validators_url"
    " last_pulled:time? last_ok:time? last_error failures:int",
    "feed_aliases": "address* feed>feeds",
    "items": "feed*>feeds guid* address url title raw:json hash position:int first_seen:time"
    " last_seen:time state stage channel reason updated_at:time",
    "receipts": "site* feed* guid* wp_id:int address channel link sent:json stored:json"
    " pending:json first_run last_run created_at:time updated_at:time",
    "intents": "site* feed* guid* slug begun:time run sent:json pending:json",
    "writes": "id:int* run site wp_id:int feed guid action field previous:json value:json at:time",
    "media": "site* sha256* wp_id:int name at:time run",
    "terms": "site* taxonomy* wp_id:int* name parent:int run at:time",
    "runs": "id* started:time finished:time? command status totals:json messages:json",
    "outcomes": "id:int* run feed guid status stage reason channel wp_id:int? link url title"
    " at:time",
}
INDEXES = (
    "items address",
    "items feed state",
    "receipts site wp_id",
    "receipts site address",
    "writes run",
    "writes feed guid",
    "outcomes run",
    "outcomes feed guid",
)


def upgrade() -> None:
    for name, columns in TABLES.items():
        op.create_table(name, *make_columns(columns))
    for index in INDEXES:
        table, *names = index.split()
        op.create_index(None, table, names)

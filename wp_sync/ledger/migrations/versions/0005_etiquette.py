# ruff: noqa: INP001
"""Remember when servers, and their feeds, want to be asked again. Never edited."""

from alembic import op
from sqlalchemy import DefaultClause

from wp_sync.ledger.schema import make_columns

revision = "0005"
down_revision = "0004"

HOSTS = "host* refusals:int until:time? asked:int"
# Of the feeds, by the default that the rows get which are there.
ADDED = {
    None: (
        "asked:time? fresh_until:time? rest_until:time? failing_since:time? "
        "unmodified_since:time? newest:time? moved_since:time?"
    ),
    "": "trouble moved_to",
    "0": "has_validators:int wait:int rhythm:int moved_count:int moved_ok:int",
    "[]": "skip_hours:json skip_days:json",
}


def upgrade() -> None:
    op.create_table("hosts", *make_columns(HOSTS))
    for default, specs in ADDED.items():
        for column in make_columns(specs):
            if default is not None:
                column.server_default = DefaultClause(default)
            op.add_column("feeds", column)
    op.execute(
        "UPDATE feeds SET has_validators = 1, asked = last_pulled"
        " WHERE etag <> '' OR last_modified <> ''"
    )

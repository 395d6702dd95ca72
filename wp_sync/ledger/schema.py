"""The tables of the ledger. A change here needs a new revision in migrations/ and in VERSIONS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Dialect

VERSIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
)  # Alembic's revisions, oldest first: compared without loading Alembic
VERSION_TABLE = "wp_sync_version"  # our own: a PostgreSQL database may serve other Alembic users
# The feed of receipts for posts of ours that were found on the site and whose item is not known
# (any more); their guid is the article's normalised address. They own nothing: the item that comes
# again takes its post over, and this receipt goes.
FOUND = "wp-sync:found-on-the-site"


class Words(TypeDecorator[str]):
    """Text without NUL, which PostgreSQL refuses, and lone surrogates, which have no UTF-8."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value and value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite has no such type and keeps ISO text, which sorts."""

    impl = DateTime(timezone=True).with_variant(String(32), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
        return time and time.astimezone(UTC)


_TYPES = {"": Words, "int": Integer, "json": JSON, "time": UtcTime}
_DEFAULTS: dict[str, Any] = {"": "", "int": 0, "json": list}  # the insert's, not the table's


def make_columns(specs: str) -> Iterator[Column[Any]]:
    """Read columns: name, ":" and type, "*" for the primary key, "?" for NULL, ">" and a table.

    The type is text where none is named; the table is the one whose id the column holds.
    """
    for spec in specs.split():
        name, _, kind = spec.partition(">")[0].rstrip("*?").partition(":")
        yield Column(
            name,
            _TYPES[kind],
            *(ForeignKey(f"{table}.id") for table in spec.split(">")[1:]),
            primary_key="*" in spec,
            nullable="?" in spec,
            autoincrement=name == "id" and kind == "int",
            default=None if "*" in spec or "?" in spec else _DEFAULTS.get(kind),
        )


def _table(name: str, *specs: str, indexes: tuple[str, ...] = ()) -> Table:
    ours = (Index(None, *names.split()) for names in indexes)
    return Table(name, metadata, *make_columns(" ".join(specs)), *ours)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
meta = _table("meta", "key* value")
feeds = _table(
    "feeds",
    "id*",  # ItemKey.feed: the first known address
    "address",  # the one that the configuration has now
    "source title format etag last_modified",
    "validators_url",  # the address, after redirects, that the two before belong to
    "last_pulled:time? last_ok:time? last_error",
    "failures:int",  # in a row
    "first_seen:time?",  # NULL: before this was kept
    "body_hash",  # of the last whole body, made by sources; "" when it is to be read again
    "asked:time?",  # when the last request began, kept before it did
    "fresh_until:time? rest_until:time?",  # by cache headers; by Retry-After
    "trouble failing_since:time?",  # model.TroubleKind of the last failure; "" when it is well
    "unmodified_since:time?",  # since when it answers nothing but 304
    "has_validators:int",  # 1: it has given one, once
    "wait:int skip_hours:json skip_days:json",  # model.Manners
    "newest:time? rhythm:int",  # its newest item; seconds between two
    "moved_to moved_since:time? moved_count:int",  # by permanent redirects, and how often
    "moved_ok:int",  # 1: it is asked there
)
# Hosts that want to be left alone.
hosts = _table("hosts", "host* refusals:int until:time? asked:int")  # model.HostRest
feed_aliases = _table(
    "feed_aliases",
    "address*",  # every address that ever led to the feed, its id included
    "feed>feeds",
)
# What was learned of a feed: who publishes it, how it usually comes (model.FeedHealth).
feed_health = _table(
    "feed_health",
    "feed*",
    "held held_since:time?",  # why nothing of it is published: it seems to have changed hands
    "record:json",
)
# What was learned of a feed's recurring paragraphs (model.Recurrences): their marks, how often they
# came, one example's text; never an article.
recurring_feeds = _table("recurring_feeds", "feed* articles:int recent:json")
recurring = _table(
    "recurring",
    "feed* mark*",
    "place sign text",
    "articles:int since:int latest:int",  # how many have it; the feed's count before and with it
    "first:time last:time",
    "learned:time?",  # when it was taken for the source's
    "verdict",  # a person's word: keep, remove, or ""
)
# What curation learns from (model.Lesson): one a article, by its item, or by its post on a site.
lessons = _table(
    "lessons",
    "feed* guid*",
    "channel",  # "": none of the channels
    "against:int",  # 1: all that is known is that it does not belong in the channel
    "teaching weight:int",  # how a person said it; in hundredths of a decision
    "words",  # folded, the beginning of the text: no article can be made of them
    "at:time",
)
# What was learned of all lessons at once, so that a run need not learn it again.
learned = _table("learned", "id* made_of weights:json channels:json decisions:int")
# By which words an article was judged when it was judged last.
judgements = _table("judgements", "feed* guid* channel scores:json explained at:time")
items = _table(
    "items",
    "feed*>feeds guid*",
    "address",  # normalised: the identity of the article; "" when it has no link
    "url title",
    "raw:json",  # model.Item without its key
    "hash",  # of the raw entry, made by sources
    "trace",  # of the entry's element and of what it takes from its feed; "" for unknown
    "position:int",  # in its feed, among those that came together
    "first_seen:time last_seen:time",
    # new, published, unfinished (published without something that another run may bring), held,
    # dropped, failed; and by a person's word: approved (due, whatever the rules say, in the channel
    # named here), rejected (never again), undone (waits for a person); deferred (until due_at)
    "state",
    "stage",  # at which it was held, dropped or failed; "right": an unfinished one waits for one
    "channel reason updated_at:time",
    "tries:int",  # at what an unfinished one lacks
    "due_at:time?",  # of a deferred one: when a run looks at it again
    indexes=("address", "feed state"),
)
item_aliases = _table(
    "item_aliases",
    "feed* guid*",  # as the feed has it
    "item",  # items.guid, by which it is known
    "seen:time",
)
# Pictures of a feed's articles, and in which of these they stand: one in many is a logo.
pictures = _table(
    "pictures",
    "feed*",
    "picture*",  # the beginning of its address's hash
    "articles:json",  # the beginnings of the hashes of their guids
    "seen:time",  # the last time
)
receipts = _table(
    "receipts",
    "site* feed* guid* wp_id:int",
    "address",  # normalised, of the article
    "channel",
    "link",  # of the post
    "sent:json stored:json",  # field -> hash
    "pending:json",  # field -> hashes: what an update in doubt may have left
    "modified",  # SitePost.modified of the answer to our last write; "" for unknown
    "revision:int",  # SitePost.revision of that answer
    "kept:json",  # the fields that held an editor's value then
    "status",  # in which the site had it when we looked last; "" for unknown
    "doubt",  # why a person should look at it
    "live:time?",  # when it went live by our hand, or will; NULL: it did not
    "type",  # WordPress's post type
    "first_run last_run created_at:time updated_at:time",
    indexes=("site wp_id", "site address"),
)
intents = _table("intents", "site* feed* guid* slug begun:time run sent:json pending:json type")
writes = _table(
    "writes",
    "id:int* run site wp_id:int feed guid action",
    "field",  # a row a field; one row with "" for a write without fields
    "previous:json value:json",  # what the site held, what we sent
    "at:time",
    indexes=("run", "feed guid"),
)
media = _table(
    "media",
    "site*",
    "sha256*",  # of the bytes as the source served them
    "wp_id:int name at:time run",
)
# Uploads that were begun and whose answer we do not have, by the hash in `media`.
upload_intents = _table("upload_intents", "site* sha256* name begun:time run")
# Fields in which the source and an editor want different values, until a person settles it.
conflicts = _table(
    "conflicts",
    "site* feed* guid*",
    "field*",  # of publish.merge
    "wp_id:int",
    "ours:json theirs:json",  # what we would write, what the site holds
    "run at:time",
    "settled",  # "": open; "site": the editor's stays; "source": ours was written
)
terms = _table("terms", "site* taxonomy* wp_id:int* name parent:int run at:time")  # that we made
# Labels of feeds for which the site has no tag, and persons' words about labels (model.Label).
labels = _table(
    "labels",
    "name*",  # folded
    "spellings:json articles:int marks:json feeds:json first:time last:time",
    "title url near standing",
    "word target decided:time?",  # a person's: accepted, mapped, ignored, or ""
    indexes=("word",),
)
# What a person rejected or trashed: it is not made again, under whatever guid or address.
tombstones = _table(
    "tombstones",
    "site* feed* guid*",
    "address",  # normalised, of the article; "" when it has none
    "fingerprint",  # of the raw item's title and text; "" when unknown
    "reason run at:time",
    indexes=("address", "fingerprint"),
)
# Texts by which the same story is known again from another source (model.Piece), for some days.
sketches = _table(
    "sketches",
    "id:int*",
    "site feed guid",  # FOUND: of a post that was read on the site, whose guid is its id
    "title source url",
    "published:time? seen:time",
    "words:int runs numbers names",  # model.Sketch: 32 bits each, base64; codes after the names
    "marks",  # of a post that was found: by which articles it is known
    "wp_id:int",  # of a post that was found
    indexes=("site feed guid", "seen"),
)
# By which hashes a sketch is looked up: 24 rows each, in the order in which they are asked for.
sketch_bands = _table("sketch_bands", "band:int* sketch:int*")
sketch_bands.dialect_options["sqlite"]["with_rowid"] = False  # half the size
# Articles that another one, the lead, has told already.
twins = _table(
    "twins",
    "site* feed* guid*",
    "lead_feed lead_guid",
    "likeness:int",  # in per cent
    "source url seen:time",  # as the lead names it
    "listed:int",  # 1: the lead's text is to name it; 2: that was written
    "parted:int",  # 1: a person said that it is no repeat of the lead
    indexes=("site lead_feed lead_guid",),
)
# Feeds whose source was withdrawn: nothing of theirs is fetched or published.
withdrawals = _table("withdrawals", "feed* source reason run at:time")
# Posts whose time was over.
expiries = _table(
    "expiries",
    "site* feed* guid*",
    "how",  # "draft", "excerpt", "trash"; "told" where an editor's work was in it, and it was left
    "run at:time",
)
# What was told to whom it concerns: one message a change of state.
alerts = _table(
    "alerts",
    "subject*",  # "feed:" + id, or a state of review.health and ":" + id; "site", "runs"
    "state",  # "bad" or "well"
    "message since:time",
    "told:time?",  # NULL: the message has not gone out yet
)
# What a language model answered: of an article as it was (a hash), part by part of a question; ""
# where there was nothing to use. Never its key, never the article.
assistant_answers = _table("assistant_answers", "article* model* part* answer at:time")
assistant_spending = _table("assistant_spending", "day* requests:int tokens:int")  # days of UTC
assistant_rests = _table("assistant_rests", "address* until:time")  # by Retry-After
runs = _table(
    "runs",
    "id*",  # begins with the time: sorting by id is sorting by start
    "started:time finished:time? command",
    "status",  # "" while it runs, and for ever when it was killed
    "totals:json messages:json",
)
outcomes = _table(
    "outcomes",
    "id:int* run feed guid status stage reason channel wp_id:int? link url title at:time",
    "again:int",  # 1: the post lacks something that another run may bring
    indexes=("run", "feed guid"),
)

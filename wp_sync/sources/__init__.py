"""From a feed's address to the items that are new in it."""

from .discovery import NamedFeed, find_feeds, list_feeds
from .parse import Source, parse_feed
from .pull import fetch_feed, pull_feed, read_answer

__all__ = [
    "NamedFeed",
    "Source",
    "fetch_feed",
    "find_feeds",
    "list_feeds",
    "parse_feed",
    "pull_feed",
    "read_answer",
]

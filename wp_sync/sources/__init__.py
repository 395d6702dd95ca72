"""From a feed's address to the items that are new in it."""

from .discovery import find_feeds
from .parse import Source, parse_feed
from .pull import pull_feed

__all__ = ["Source", "find_feeds", "parse_feed", "pull_feed"]

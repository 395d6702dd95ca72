"""What wp-sync remembers: feeds, items, posts and runs, in one SQL database."""

from .alerts import AlertRow
from .feeds import FeedRow
from .items import DueItem
from .ledger import Ledger, open_ledger
from .runs import RunRow
from .story import Story, StoryItem, StoryOutcome, StoryWrite

__all__ = [
    "AlertRow",
    "DueItem",
    "FeedRow",
    "Ledger",
    "RunRow",
    "Story",
    "StoryItem",
    "StoryOutcome",
    "StoryWrite",
    "open_ledger",
]

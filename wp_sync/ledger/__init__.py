"""What wp-sync remembers: feeds, items, posts and runs, in one SQL database."""

from .alerts import AlertRow
from .care import Fault
from .conflicts import ConflictRow
from .decisions import ItemRow
from .feeds import FeedRow
from .history import MadeTerm, MadeUpload, WriteRow
from .items import DueItem
from .ledger import Ledger, open_ledger
from .runs import RunRow
from .schema import FOUND
from .story import Story, StoryItem, StoryOutcome, StoryWrite
from .withdrawals import Withdrawal

__all__ = [
    "FOUND",
    "AlertRow",
    "ConflictRow",
    "DueItem",
    "Fault",
    "FeedRow",
    "ItemRow",
    "Ledger",
    "MadeTerm",
    "MadeUpload",
    "RunRow",
    "Story",
    "StoryItem",
    "StoryOutcome",
    "StoryWrite",
    "Withdrawal",
    "WriteRow",
    "open_ledger",
]

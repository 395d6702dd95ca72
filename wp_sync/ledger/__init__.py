"""What wp-sync remembers: feeds, items, posts and runs, in one SQL database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .alerts import AlertRow
from .conflicts import ConflictRow
from .feeds import FeedRow
from .items import DueItem
from .ledger import Ledger, open_ledger
from .runs import RunRow
from .schema import FOUND
from .withdrawals import Withdrawal

if TYPE_CHECKING:  # these are only named by others, and would cost `status` its quick start
    from .care import Fault as Fault
    from .decisions import ItemRow as ItemRow
    from .history import MadeTerm as MadeTerm
    from .history import MadeUpload as MadeUpload
    from .history import WriteRow as WriteRow
    from .story import Story as Story
    from .story import StoryItem as StoryItem
    from .story import StoryOutcome as StoryOutcome
    from .story import StoryWrite as StoryWrite

__all__ = [
    "FOUND",
    "AlertRow",
    "ConflictRow",
    "DueItem",
    "FeedRow",
    "Ledger",
    "RunRow",
    "Withdrawal",
    "open_ledger",
]

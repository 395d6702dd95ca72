"""The values that flow from a feed to the site, in the order in which they are made.

All are frozen. Text is never None, sequences are tuples, datetimes are aware and UTC; None means
"unknown date" or "no such thing".
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .changes import (
        Adopt,
        Amend,
        Change,
        Claim,
        Conflict,
        Create,
        Discard,
        NewTerm,
        Order,
        Plan,
        SiteState,
        Skip,
        Trash,
        Update,
    )
    from .etiquette import HostRest, Manners, Trouble, TroubleKind
    from .exhibits import Exhibit, Original
    from .feeds import FeedHealth, Habit, Identity
    from .items import (
        Article,
        Item,
        ItemKey,
        Page,
        Picture,
        Pull,
        Removal,
        Traces,
        Validators,
        Verdict,
    )
    from .labels import Label, Standing, Word
    from .pieces import Mentions, Piece, Sketch, Twin
    from .posts import (
        Intent,
        Post,
        Receipt,
        SitePost,
        Term,
        Tombstone,
        Upload,
        User,
    )
    from .recurring import Edge, EdgePlace, EdgeSign, Recurrence, Recurrences
    from .runs import FeedReport, FeedStatus, Outcome, OutcomeStatus, Run, Stage
    from .saved import Ended, Entry, SavedChange, SavedPlan, Seen
    from .topics import Learned, Lesson, Teaching
    from .words import Decision, PostStatus, Rights, Taxonomy, TermPath

__all__ = [
    "Adopt",
    "Amend",
    "Article",
    "Change",
    "Claim",
    "Conflict",
    "Create",
    "Decision",
    "Discard",
    "Edge",
    "EdgePlace",
    "EdgeSign",
    "Ended",
    "Entry",
    "Exhibit",
    "FeedHealth",
    "FeedReport",
    "FeedStatus",
    "Habit",
    "HostRest",
    "Identity",
    "Intent",
    "Item",
    "ItemKey",
    "Label",
    "Learned",
    "Lesson",
    "Manners",
    "Mentions",
    "NewTerm",
    "Order",
    "Original",
    "Outcome",
    "OutcomeStatus",
    "Page",
    "Picture",
    "Piece",
    "Plan",
    "Post",
    "PostStatus",
    "Pull",
    "Receipt",
    "Recurrence",
    "Recurrences",
    "Removal",
    "Rights",
    "Run",
    "SavedChange",
    "SavedPlan",
    "Seen",
    "SitePost",
    "SiteState",
    "Sketch",
    "Skip",
    "Stage",
    "Standing",
    "Taxonomy",
    "Teaching",
    "Term",
    "TermPath",
    "Tombstone",
    "Traces",
    "Trash",
    "Trouble",
    "TroubleKind",
    "Twin",
    "Update",
    "Upload",
    "User",
    "Validators",
    "Verdict",
    "Word",
]

# Making all of these classes takes 20 ms, and `status` needs a few.
_FILES = {
    "changes": (
        "Adopt Amend Change Claim Conflict Create Discard NewTerm Order Plan SiteState "
        "Skip Trash Update"
    ),
    "etiquette": "HostRest Manners Trouble TroubleKind",
    "exhibits": "Exhibit Original",
    "feeds": "FeedHealth Habit Identity",
    "items": ("Article Item ItemKey Page Picture Pull Removal Traces Validators Verdict"),
    "pieces": "Mentions Piece Sketch Twin",
    "labels": "Label Standing Word",
    "posts": ("Intent Post Receipt SitePost Term Tombstone Upload User"),
    "recurring": "Edge EdgePlace EdgeSign Recurrence Recurrences",
    "runs": "FeedReport FeedStatus Outcome OutcomeStatus Run Stage",
    "words": "Decision PostStatus Rights Taxonomy TermPath",
    "topics": "Learned Lesson Teaching",
    "saved": "Ended Entry SavedChange SavedPlan Seen",
}


def __getattr__(name: str) -> object:
    for file, names in _FILES.items():
        if name in names.split():
            return getattr(import_module(f".{file}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

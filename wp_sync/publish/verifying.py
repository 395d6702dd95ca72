"""Find an editor's save that came between our read of a post and our write to it.

REST has no conditional update: what WordPress can tell afterwards is in the post's revisions, and
they hold title, text and excerpt alone.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING, Any

from wp_sync.errors import RejectedError, SiteError
from wp_sync.markup import block_form

from .merge import TEXTS, held_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Receipt, SitePost

    from .target import Revision, Target

# As WordPress's own parser finds it (class-wp-block-parser.php, next_token), but in one piece.
_DELIMITER = re.compile(r"<!--\s+(/?)wp:([a-z0-9/_-]+)\s+(?:(\{.*?\})\s+)?(/?)-->", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What our write replaced that its reader had not seen."""

    slipped: Mapping[str, Any] = field(default_factory=dict)  # an editor's values, by field
    author: int = 0  # who saved them
    unverified: bool = False  # the site keeps no revisions that could tell, or does not show them


NOTHING = Finding()


def find_slipped(
    target: Target,
    there: SitePost,
    stored: SitePost,
    values: Mapping[str, Any],
    receipt: Receipt,
) -> Finding:
    """Compare the saves between what we read and what we wrote with both of them.

    `there` was read just before, `stored` is the answer to our write of `values`. An update before
    it whose answer we do not have (Receipt.pending) was never looked after: so is it now.
    """
    ours = {name: stored.values[name] for name in TEXTS if name in values and name in stored.values}
    if not ours:
        return NOTHING
    unsure = any(name in receipt.pending for name in ours)
    if unsure:
        there = replace(there, revision=min(there.revision, receipt.revision))
    saves = _read_saves(target, there, stored)
    if saves is None:
        return Finding(unverified=True)
    saves = _before_ours(saves, ours)
    if unsure:  # what we read may be what that update left
        saves = tuple(dropwhile(lambda one: _holds(one, there.values, tuple(ours)), saves))
    return _compare(saves, there, ours, receipt)


def find_own(
    target: Target, there: SitePost, stored: SitePost, values: Mapping[str, Any]
) -> SitePost | None:
    """Take for our answer what our write left, and not what somebody has saved since.

    Under a lock the first save after what we read is ours. None where the site can't tell: also
    where another text left no save behind, for such a site tells of nobody's.
    """
    texts = [name for name in TEXTS if name in values]
    numbered = None not in {there.revisions, stored.revisions}
    told = _has_grown_by_one(there, stored) or (
        _has_not_grown(there, stored) and _holds_values(there, stored, texts)
    )
    if not texts or (numbered and told):
        return stored
    try:
        saves = target.read_revisions(stored.wp_id, after=there.revision)
    except (RejectedError, SiteError):
        return None
    if not numbered:
        saves = tuple(takewhile(lambda one: not _holds(one, there.values, TEXTS), saves))
    if not saves:  # none is kept, or what we wrote was there already
        return stored if _holds_values(there, stored, texts) else None
    own = saves[-1].values
    theirs = [name for name in texts if not _same(own[name], stored.values.get(name))]
    kept = {name: own[name] for name in theirs}
    return replace(stored, values={**stored.values, **kept})


def _has_grown_by_one(there: SitePost, stored: SitePost) -> bool:
    return (stored.revisions or 0) == (there.revisions or 0) + 1


def _has_not_grown(there: SitePost, stored: SitePost) -> bool:
    return stored.revision == there.revision and stored.revisions == there.revisions


def _holds_values(there: SitePost, stored: SitePost, names: Sequence[str]) -> bool:
    return all(_same(there.values.get(name), stored.values.get(name)) for name in names)


def _read_saves(target: Target, there: SitePost, stored: SitePost) -> Sequence[Revision] | None:
    """Read the saves after what was read, newest first; None where the site can't tell.

    An outage is raised: the next run finds the update without an answer, and looks after it.
    """
    try:
        if there.revisions is None or stored.revisions is None:
            return _read_unnumbered(target, there)
        return None if _cannot_tell(there, stored) else _read_between(target, there, stored)
    except (RejectedError, SiteError):
        return None


def _read_between(target: Target, there: SitePost, stored: SitePost) -> Sequence[Revision]:
    """Read the saves between both; the newest one is ours, or came after ours."""
    if stored.revision == there.revision:
        return ()
    return target.read_revisions(there.wp_id, after=there.revision, before=stored.revision)


def _read_unnumbered(target: Target, there: SitePost) -> Sequence[Revision] | None:
    """Read the saves after what was read, by their texts; None where there are none to tell."""
    if target.lock_time():  # the lock has made sure of it
        return ()
    saves = target.read_revisions(there.wp_id)
    later = tuple(takewhile(lambda one: not _holds(one, there.values, TEXTS), saves))
    return later if saves else None


def _cannot_tell(there: SitePost, stored: SitePost) -> bool:
    """Tell whether the site keeps no revision, not of this write, or only the last one."""
    left_none = _has_not_grown(there, stored) and not _holds_values(there, stored, TEXTS)
    if not stored.revisions or left_none:
        return True
    only_last = stored.revisions == 1 and there.revision != 0
    return only_last and stored.revision != there.revision


def _before_ours(saves: Sequence[Revision], ours: Mapping[str, Any]) -> Sequence[Revision]:
    """Leave out our own save, and what was saved after it: that replaced us, and may."""
    at = next((at for at, one in enumerate(saves) if _holds(one, ours, tuple(ours))), -1)
    return saves[at + 1 :]


def _compare(
    saves: Sequence[Revision], there: SitePost, ours: Mapping[str, Any], receipt: Receipt
) -> Finding:
    if not saves:
        return NOTHING
    last = saves[0]
    slipped = {
        name: last.values[name]
        for name, value in ours.items()
        if not _same(last.values[name], there.values.get(name))
        and not _same(last.values[name], value)
        and held_hash(name, last.values[name]) != receipt.stored.get(name)
    }
    return Finding(slipped=slipped, author=last.author) if slipped else NOTHING


def _holds(one: Revision, values: Mapping[str, Any], names: Sequence[str]) -> bool:
    return all(_same(one.values[name], values.get(name)) for name in names)


def _same(one: object, other: object) -> bool:
    return _canonical(one) == _canonical(other)


def _canonical(text: object) -> str:
    """Write block delimiters in one way: an answer has them anew (blocks.php), a revision not."""
    return _DELIMITER.sub(_delimiter, block_form(str(text))).strip()


def _delimiter(found: re.Match[str]) -> str:
    closer, name, attributes, void = found.groups()
    try:
        settings = json.dumps(json.loads(attributes), sort_keys=True) if attributes else ""
    except ValueError:
        settings = attributes
    return f"<!-- {closer}wp:{name.removeprefix('core/')} {settings} {void}-->"

"""What one run may do without being asked: limits that stop a run, or hold items back visibly."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeGuard

from wp_sync.errors import UnsafePlanError
from wp_sync.model import Amend, Create, Plan, Skip, Trash, Update

from .likeness import fold_title

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from wp_sync.config.schema import SafetySection
    from wp_sync.model import Change

# Below this many changes a share means nothing: one of three posts is a third of the site.
_FEW = 10
# A feed gave its articles new ids when so many of its entries are new, and are not new after all:
# after a weekend a busy feed has new ids alone, but new titles too.
_NEW_SHARE = 0.8
_KNOWN_SHARE = 0.5
_FIRST_RUN = "the first run on a site with other posts makes"
_FLOOD = re.compile(r"more than \d{1,9} new posts from ")
_UNDATED = datetime.max.replace(tzinfo=UTC)

Name = tuple[str, str]  # of an article: its title and its normalised address


def is_allowed(what: str, allowed: Collection[str]) -> bool:
    """Tell whether --allow names this limit, or all."""
    return what in allowed or "all" in allowed


def check_safety(
    plan: Plan, limits: SafetySection, allowed: Collection[str], *, ours: int, touched: int
) -> None:
    """Refuse a plan that would change or trash too much.

    `ours` is the number of our posts on the site, `touched` how many this run changed already.
    """
    held = sum(_may_be_held(change) for change in plan.changes)
    if not held:  # what a person approved is no danger
        return
    count = touched + held
    too_many = count > limits.changes
    too_large = count > _FEW and count > limits.share * ours
    if (too_many or too_large) and not is_allowed("changes", allowed):
        limit = f"safety.changes = {limits.changes}"
        if not too_many:
            limit = f"safety.share = {limits.share:g} of {ours} posts"
        raise UnsafePlanError(
            f"this run would change or trash {count} posts, more than {limit}",
            cure="look at `wp-sync plan`; to let it pass: --allow changes",
        )


def hold_changes(plan: Plan, reason: str) -> Plan:
    """Hold all that would change or trash a post; new posts go."""
    changes = tuple(
        _hold_change(change, reason) if _may_be_held(change) else change for change in plan.changes
    )
    return replace(plan, changes=changes)


def why_first_run(limit: int) -> str:
    """Say why a first run holds an item."""
    return f"{_FIRST_RUN} {limit} drafts a channel; to let all pass: --allow first-run"


def why_flood(limit: int, source: str) -> str:
    """Say why an item of a flood is held."""
    flag = _quoted(f"flood:{source}")
    return f"more than {limit} new posts from {source} in one run; to let all pass: --allow {flag}"


def is_limited(reason: str) -> bool:
    """Tell whether an item was held for one of these."""
    return reason.startswith(_FIRST_RUN) or bool(_FLOOD.match(reason))


def passes_flood(source: str, allowed: Collection[str]) -> bool:
    """Tell whether a person lets any number of a source's new posts pass."""
    return is_allowed(f"flood:{source}", allowed)


def newness(published: datetime | None) -> datetime:
    """Rank an article of a flood by its date; what has none counts as new."""
    return published or _UNDATED


def hold_flood(plan: Plan, limit: int, source: str, allowed: Collection[str]) -> Plan:
    """Hold what a feed brings beyond its number of new posts a run: the newest articles go.

    The others pass in later runs: a site that fell behind is up to date at once. What has no date
    counts as new, and among the same dates the order of the plan.
    """
    if passes_flood(source, allowed):
        return plan
    reason = why_flood(limit, source)
    new = [one for one in plan.changes if isinstance(one, Create) and not one.post.approved]
    new.sort(key=lambda one: newness(one.post.published), reverse=True)
    beyond = {one.post.key for one in new[limit:]}
    changes = (
        _hold(one, reason) if isinstance(one, Create) and one.post.key in beyond else one
        for one in plan.changes
    )
    return replace(plan, changes=tuple(changes))


def find_rekey(known: Sequence[Name], fresh: Sequence[Name], entries: int) -> str:
    """Say that a feed's articles seem to have new ids; "" when they do not.

    `known` are the feed's items of before, `fresh` those of its `entries` whose ids are new.
    """
    if not is_overturned(len(known), len(fresh), entries):
        return ""
    titles = _tell_tales((fold_title(title), address) for title, address in known)
    addresses = _tell_tales((address, fold_title(title)) for title, address in known)
    found = sum(fold_title(title) in titles or address in addresses for title, address in fresh)
    if found < _KNOWN_SHARE * len(fresh):
        return ""
    by = f"{found} of {len(fresh)} titles or addresses are known"
    return f"the feed seems to have given its articles new ids: {by}"


def is_overturned(known: int, fresh: int, entries: int) -> bool:
    """Tell whether nearly all entries of a known feed are new to us."""
    return known >= _FEW and fresh > _NEW_SHARE * entries


def hold_rekeyed(plan: Plan, told: str, source: str, allowed: Collection[str]) -> Plan:
    """Hold all new posts of a feed whose articles seem to have new ids."""
    flag = f"rekey:{source}"
    if not told or is_allowed(flag, allowed):
        return plan
    reason = f"{told}; to let all pass: --allow {_quoted(flag)}"
    changes = (
        _hold(change, reason) if isinstance(change, Create) and not change.post.approved else change
        for change in plan.changes
    )
    return replace(plan, changes=tuple(changes))


def hold_first_run(plan: Plan, limit: int, made: Mapping[str, int]) -> Plan:
    """Make the first posts on a site of others drafts, a few a channel, and hold the rest.

    `made` counts by channel the posts that we made; those taken over are none of them.
    """
    reason = why_first_run(limit)
    count = Counter(made)
    changes: list[Change] = []
    for change in plan.changes:
        if isinstance(change, Create) and not change.post.approved:
            count[change.post.channel] += 1
            fits = count[change.post.channel] <= limit
            changes.append(_as_draft(change, reason) if fits else _hold(change, reason))
        else:
            changes.append(change)
    return replace(plan, changes=tuple(changes))


def _may_be_held(change: Change) -> TypeGuard[Update | Trash | Amend]:
    is_order = isinstance(change, Update) and change.post.approved
    if isinstance(change, Amend):
        return change.order == "expiry"
    return isinstance(change, Update | Trash) and not is_order


def _hold_change(change: Update | Trash | Amend, reason: str) -> Skip:
    if isinstance(change, Amend):
        ours = change.receipt
        return Skip(key=ours.key, reason=reason, status="held", wp_id=ours.wp_id)
    key = change.key if isinstance(change, Trash) else change.post.key
    return Skip(key=key, reason=reason, status="held", wp_id=change.wp_id)


def _hold(change: Create, reason: str) -> Skip:
    return Skip(key=change.post.key, reason=reason, status="held")


def _as_draft(change: Create, reason: str) -> Create:
    if reason in change.post.doubt:  # a saved plan: said before
        return change
    doubt = "; ".join(filter(None, (change.post.doubt, reason)))
    post = replace(change.post, status="draft", doubt=doubt)
    return replace(change, post=post, reason=f"{change.reason}; a draft: {reason}")


def _tell_tales(pairs: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Choose what names one article: a title that comes again every day does not."""
    articles: dict[str, set[str]] = defaultdict(set)
    for name, other in pairs:
        articles[name].add(other)
    return frozenset(name for name, others in articles.items() if name and len(others) == 1)


def _quoted(flag: str) -> str:
    return f"'{flag}'" if " " in flag else flag

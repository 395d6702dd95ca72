"""A plan that is carried out later: what it was decided on, and what of it still holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wp_sync.config.rights import as_expired, mark_of
from wp_sync.curate.screen import tombstone_of
from wp_sync.errors import PlanFileError
from wp_sync.hashing import digest
from wp_sync.model import (
    Adopt,
    Create,
    Entry,
    ItemKey,
    Outcome,
    Plan,
    SavedPlan,
    SiteState,
    Skip,
    Update,
)
from wp_sync.publish.outcomes import outcome_of
from wp_sync.publish.plan import make_plan
from wp_sync.publish.recheck import Article, is_done, seen_of, why_late, why_moved, why_not_ours
from wp_sync.review.plan_text import key_of

from .repeats import REPEATS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from wp_sync.config.channels import Source
    from wp_sync.config.schema import Config
    from wp_sync.ledger import Ledger
    from wp_sync.model import Receipt, SavedChange

    from .site import SiteReader

_GONE = frozenset({"rejected", "undone"})
_OPEN = frozenset(
    {"new", "failed", "held", "deferred"}
)  # states of items about which nothing was decided
NO_SOURCE = "no source of the configuration has its feed any more"
WITHDRAWN = "its source was withdrawn since the plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """What of a saved plan holds today, and what became of the rest."""

    plan: Plan
    site: SiteState
    done: tuple[Outcome, ...]  # by an earlier run with this plan
    told: tuple[Outcome, ...]  # which leave their items as they are


def rules_of(config: Config) -> str:
    """Hash what a plan, and what is dropped or held, depend on in the configuration."""
    rules = config.model_dump(mode="json", include={"sources", "channels", "duplicates"})
    section = config.assistant
    if section and "channel" in section.uses:
        # By which its answers are known, too; what it may cost decides no verdict, and its address
        # and key are nobody's business here.
        rules["assistant"] = section.model
    return digest(rules)


def entries_of(plan: Plan, site: SiteState, items: Mapping[str, str]) -> Iterator[Entry]:
    """Keep with each change what it was decided on; `items` holds the hashes by guid."""
    for change in plan.changes:
        if isinstance(change, Create | Update | Adopt | Skip):
            there = site.posts.get(change.wp_id) if isinstance(change, Update) else None
            there = change.found if isinstance(change, Adopt) else there
            yield Entry(change=change, item=items.get(key_of(change).guid, ""), seen=seen_of(there))


def check_plan(saved: SavedPlan, site: str) -> None:
    """Raise PlanFileError when a plan is another site's."""
    if saved.site != site:
        message = f"this plan is for {saved.site}, and the configuration for {site}"
        raise PlanFileError(message, cure="look at --config and at the file's name")


def of_feed(saved: SavedPlan) -> dict[str, list[Entry]]:
    """Sort the entries by their feeds, in the order of the plan."""
    found: dict[str, list[Entry]] = {}
    for entry in saved.entries:
        found.setdefault(key_of(entry.change).feed, []).append(entry)
    return found


def refuse_all(entries: Sequence[Entry], reason: str) -> tuple[Outcome, ...]:
    """Refuse these changes for one reason."""
    changes = (entry.change for entry in entries)
    return tuple(_refused(one, reason) for one in changes if not isinstance(one, Skip))


def refuse_some(entries: Sequence[Entry], reasons: Mapping[ItemKey, str]) -> tuple[Outcome, ...]:
    """Refuse the changes for which a reason is told."""
    changes = (entry.change for entry in entries)
    return tuple(_refused(one, reasons[key_of(one)]) for one in changes if key_of(one) in reasons)


def sift_rights(
    entries: Sequence[Entry], source: Source, cut: Collection[ItemKey]
) -> tuple[list[Entry], tuple[Outcome, ...]]:
    """Refuse the changes whose posts hold what their source has allowed then, and not now.

    `cut` are the items whose time is over.
    """
    narrow, whole = mark_of(as_expired(source)), mark_of(source)
    kept: list[Entry] = []
    other: list[Entry] = []
    for entry in entries:
        change = entry.change
        fits = isinstance(change, Skip) or (
            change.post.rights == narrow
            or (change.post.rights == whole and change.post.key not in cut)
        )
        (kept if fits else other).append(entry)
    reason = f"the rights of {source.name} have changed since the plan: make it anew"
    return kept, refuse_all(other, reason)


def sift(
    entries: Sequence[Entry],
    saved: SavedPlan,
    ledger: Ledger,
    reader: SiteReader,
    now: datetime,
) -> Sifted:
    """Look at the entries of one feed anew: at the ledger first, then at the site."""
    articles = _read_articles(entries, ledger, reader.identity.address)
    told: list[Outcome] = []
    done: list[Outcome] = []
    standing: list[Entry] = []
    for entry in entries:
        change, article = entry.change, articles[key_of(entry.change)]
        if isinstance(change, Skip):
            # What was held, and still waits, stays so; of the rest nothing is to be said.
            if article.state in _OPEN and article.item == entry.item:
                standing.append(entry)
        elif article.state not in _GONE and is_done(change, article.receipt):
            # What its source has changed since stays due.
            (done if article.item == entry.item else told).append(_done(change, article.receipt))
        elif reason := (
            why_not_ours(entry, article)
            or _why_repeat(change, article)
            or why_late(change, saved.made, now)
        ):
            told.append(_refused(change, reason))
        else:
            standing.append(entry)
    receipts = {key: one.receipt for key, one in articles.items() if one.receipt}
    posts = [one.change.post for one in standing if not isinstance(one.change, Skip)]
    site = reader.read(posts, receipts, now)
    today = {key_of(one): one for one in make_plan(posts, receipts, site).changes}
    kept: list[SavedChange] = []
    for entry in standing:
        change = entry.change
        decided = None if isinstance(change, Skip) else today[key_of(change)]
        reason = why_moved(entry, decided, site, saved.new_terms) if decided else ""
        if reason:
            told.append(_refused(change, reason))
        else:
            # What was found is written as it is now: the same, with the ids that it has.
            kept.append(decided if isinstance(decided, Adopt) else change)
    return Sifted(plan=Plan(changes=tuple(kept)), site=site, done=tuple(done), told=tuple(told))


def _read_articles(entries: Sequence[Entry], ledger: Ledger, site: str) -> dict[ItemKey, Article]:
    keys = [key_of(entry.change) for entry in entries]
    items, receipts = ledger.decisions.items(keys), ledger.posts.receipts(site, keys)
    hashes = {feed: ledger.feeds.known(feed) for feed in {key.feed for key in keys}}
    return {
        key: Article(
            state=items[key].state if key in items else "",
            reason=items[key].reason if key in items else "",
            item=hashes[key.feed].get(key.guid, ""),
            receipt=receipts.get(key),
            buried=_why_buried(ledger, site, key),
        )
        for key in keys
    }


def _why_buried(ledger: Ledger, site: str, key: ItemKey) -> str:
    raw = ledger.decisions.raw(key)
    stone = ledger.decisions.buried(site, tombstone_of(raw)) if raw else None
    return f"{stone.reason}, since the plan" if stone else ""


def _why_repeat(change: Create | Update | Adopt, now: Article) -> str:
    """Say that another source has told the story since, and got the post; "" when none has."""
    is_repeat = now.state == "held" and now.reason.startswith(REPEATS)
    is_new = isinstance(change, Create) and not change.post.approved
    return f"held since the plan: {now.reason}" if is_repeat and is_new else ""


def _done(change: SavedChange, ours: Receipt | None) -> Outcome:
    told = outcome_of(change, "unchanged", "done before, as planned")
    return replace(told, wp_id=ours.wp_id, link=ours.link) if ours else told


def _refused(change: SavedChange, reason: str) -> Outcome:
    return outcome_of(change, "failed", f"refused: {reason}")

"""Gather what waits for a person: our drafts on the site, and what the ledger holds back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from wp_sync.hashing import short_mark
from wp_sync.review.waiting import Kind, Waiting, item_handle
from wp_sync.text import plain_text

from .conflicts import list_conflicts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from wp_sync.config.schema import Config
    from wp_sync.ledger import ItemRow, Ledger
    from wp_sync.model import ItemKey, Receipt, SitePost
    from wp_sync.publish.lock import SiteLock
    from wp_sync.publish.target import SiteIdentity, Target


class Desk(Protocol):
    """What looking at what waits, and deciding on it, needs of a run or an office."""

    @property
    def config(self) -> Config: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def target(self) -> Target: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...
    @property
    def lock(self) -> SiteLock: ...


_KINDS: dict[str, Kind] = {  # of an item, by its state
    "approved": "approved",
    "deferred": "deferred",
    "published": "live",
    "rejected": "rejected",
    "undone": "undone",
    "unfinished": "live",
}
EDITOR = "post.php?post={}&action=edit"  # below wp-admin


def list_waiting(ledger: Ledger, target: Target, identity: SiteIdentity) -> tuple[Waiting, ...]:
    """List our drafts and pending posts, the held items and the conflicts, the oldest first."""
    there = {one.wp_id: one for one in target.read_waiting()}
    ours = ledger.posts.by_wp_ids(identity.address, tuple(there))
    rows = ledger.decisions.items([receipt.key for receipt in ours.values()])
    withdrawn = {one.feed: str(one) for one in ledger.withdrawals.all()}
    posts = {
        receipt.key: _post(
            receipt, there[wp_id], rows.get(receipt.key), identity, withdrawn.get(receipt.key.feed)
        )
        for wp_id, receipt in ours.items()
    }
    held = tuple(row for row in ledger.decisions.held() if row.key not in posts)
    receipts = ledger.posts.receipts(identity.address, [row.key for row in held])
    conflicts = list_conflicts(ledger, target, identity, identity.admin + EDITOR)
    items = (_item(row, receipts, identity) for row in held)
    waiting = (*posts.values(), *items, *conflicts)
    return tuple(sorted(waiting, key=lambda one: (str(one.since), one.handle)))


def find_decided(ledger: Ledger, identity: SiteIdentity, target: str) -> tuple[Waiting, ...]:
    """Find what a person named that waits for nobody: what is live, dropped or rejected."""
    if target.isdecimal():
        ours = ledger.posts.by_wp_ids(identity.address, [int(target)])
        rows = tuple(ledger.decisions.items([one.key for one in ours.values()]).values())
    else:
        rows = ledger.decisions.find(target)
    receipts = ledger.posts.receipts(identity.address, [row.key for row in rows])
    return tuple(_item(row, receipts, identity) for row in rows)


def _post(
    ours: Receipt,
    there: SitePost,
    row: ItemRow | None,
    identity: SiteIdentity,
    withdrawn: str | None,
) -> Waiting:
    return Waiting(
        key=ours.key,
        kind="pending" if there.status == "pending" else "draft",
        handle=str(ours.wp_id),
        source=row.source if row else "",
        channel=ours.channel,
        title=str(there.values.get("title", "")),
        url=row.url if row else "",
        reason=withdrawn or ours.doubt or f"a {there.status} on the site",
        since=row.updated_at if row else None,
        wp_id=ours.wp_id,
        link=there.link,
        edit=identity.admin + EDITOR.format(ours.wp_id),
    )


def _item(row: ItemRow, receipts: Mapping[ItemKey, Receipt], identity: SiteIdentity) -> Waiting:
    ours = receipts.get(row.key)
    return Waiting(
        key=row.key,
        kind=_KINDS.get(row.state, "held"),
        handle=item_handle(short_mark(f"{row.key.feed}\n{row.key.guid}")),
        source=row.source,
        channel=row.channel,
        title=plain_text(row.title),
        url=row.url,
        reason=row.reason,
        since=row.updated_at,
        wp_id=ours.wp_id if ours else None,
        link=ours.link if ours else "",
        edit=identity.admin + EDITOR.format(ours.wp_id) if ours else "",
    )

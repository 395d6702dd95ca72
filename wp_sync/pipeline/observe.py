"""What persons did on the site since the last run, taken as the decisions that they are.

An admin never opens a terminal: publishing a draft in wp-admin approves it, trashing it rejects it,
another category moves it to another channel, and an edited field is theirs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from wp_sync.curate.screen import tombstone_of
from wp_sync.hashing import digest
from wp_sync.ledger import FOUND
from wp_sync.model import Outcome, Tombstone
from wp_sync.publish.belonging import is_still_ours
from wp_sync.publish.merge import FOLLOWED, stored_hashes
from wp_sync.publish.target import FORBIDDEN
from wp_sync.publish.terms import find_term

from .conflicts import look_again
from .freeing import hold_repeats
from .teaching import teach_observed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wp_sync.config.channels import Channel
    from wp_sync.ledger import Ledger
    from wp_sync.model import ItemKey, Receipt, SitePost, Term
    from wp_sync.publish.target import SiteIdentity, Target

    from .build import Workshop

OBSERVED = "observed:"  # + the site's address, in the ledger's meta: until when we have looked
# WordPress compares with the local time of the change (posts controller, modified_after): in the
# night in which clocks go back an hour comes twice. The rest is for two clocks that differ.
_OVERLAP = timedelta(minutes=65)
_ZONE = "time zone:"  # + the site's address, in the ledger's meta: its zone when we looked last
_ZONES_APART = timedelta(hours=26)  # the first and the last on earth
_MANY = 10  # posts that a person deletes for good between two runs, past the trash
WAITING = ("draft", "pending")
_LIVE = ("publish", "future", "private")
_SEEN = ("publish", "private")
TRASHED = "trashed by a person"
_GONE = ("trash", "")  # "": deleted for good


class Seen(NamedTuple):
    """A post of ours, as we knew it and as the site has it; None: deleted for good."""

    ours: Receipt
    there: SitePost | None


class Decision(NamedTuple):
    """What a person did with a post of ours; no outcome for what WordPress did by itself."""

    before: Receipt
    now: Receipt
    outcome: Outcome | None


class Observation(NamedTuple):
    """What was seen, and what a person should know of it."""

    outcomes: tuple[Outcome, ...] = ()
    note: str = ""


def observe(shop: Workshop, identity: SiteIdentity, run: str, *, sure: bool) -> Observation:
    """Look at what was changed on the site, and remember the decisions in it.

    Many posts that are gone at once are no decision, unless a person is `sure` of it: a site that
    was put back from a backup lacks what was made since.
    """
    ledger, site = shop.ledger, identity.address
    now, place = shop.clock(), OBSERVED + site
    looked = ledger.meta.get(place)
    seen: Sequence[Seen] = ()
    if looked:
        since = _since(ledger, identity, datetime.fromisoformat(looked))
        seen = tuple(_look(ledger, shop.target, site, since))
    gone = [one for one in seen if one.there is None]
    note = ""
    if len(gone) > _MANY and not sure:
        seen = [one for one in seen if one.there]
        note = f"{len(gone)} posts of ours that waited are gone from the site at once: was it put"
        note += " back from a backup? (if somebody deleted them: --allow changes)"
    look_again(ledger, site, {one.there.wp_id: one.there for one in seen if one.there})
    decided = tuple(_decide(seen, shop.target, shop.config.channels))
    held = _remember(ledger, site, decided, run)
    ledger.meta.set(_ZONE + site, _zone_of(identity))
    ledger.meta.set(place, now.isoformat())
    return Observation((*(one.outcome for one in decided if one.outcome), *held), note)


def _since(ledger: Ledger, identity: SiteIdentity, looked: datetime) -> datetime:
    """Tell from when on the site may hold what we have not seen, going by its own clock.

    What was changed before a new time zone was set has the local time of the former one.
    """
    same = ledger.meta.get(_ZONE + identity.address, _zone_of(identity)) == _zone_of(identity)
    behind = timedelta(seconds=min(identity.clock_ahead, 0.0))
    return looked + behind - _OVERLAP - (timedelta(0) if same else _ZONES_APART)


def _zone_of(identity: SiteIdentity) -> str:
    return identity.timezone or str(identity.offset)


def _look(ledger: Ledger, target: Target, site: str, since: datetime) -> Iterator[Seen]:
    changed = {one.wp_id: one for one in target.changed_since(since)}
    ours = ledger.posts.by_wp_ids(site, tuple(changed))
    for wp_id, receipt in ours.items():
        if is_still_ours(receipt, changed[wp_id]):
            yield Seen(receipt, changed[wp_id])
    # What was deleted for good is in no list; of those that wait nobody else would tell.
    waiting = [one for one in ledger.posts.with_status(site, *WAITING) if one.wp_id not in ours]
    if not waiting:
        return
    there = target.waiting_ids()
    lost = [one for one in waiting if one.wp_id not in there]
    found = {one.wp_id: one for one in target.read_posts([one.wp_id for one in lost])}
    for one in lost:
        there_now = found.get(one.wp_id)
        if there_now is None or is_still_ours(one, there_now):
            yield Seen(one, there_now)


def _decide(
    seen: Sequence[Seen], target: Target, channels: Mapping[str, Channel]
) -> Iterator[Decision]:
    terms: tuple[Term, ...] | None = None
    for ours, there in seen:
        if there and there.status == FORBIDDEN:
            continue
        status = there.status if there else ""
        # An order of ours may have come to the site, and its answer not to the ledger.
        is_ours = digest(status) in ours.pending.get("status", ())
        channel, told = ours.channel, "" if is_ours else _told_status(ours.status, status)
        if there and status not in _GONE and "categories" in _edited(ours, there):
            terms = target.read_terms("categories") if terms is None else terms
            channel = channel_of(there, channels, terms) or ours.channel
            if channel != ours.channel:
                moved = f"moved to {channels[channel].label} by a person"
                told = "; ".join(filter(None, (told, moved)))
        now = replace(ours, status=status or "trash", channel=channel)
        if now != ours:
            yield Decision(ours, now, _outcome(now, there, told) if told else None)


def _told_status(before: str, now: str) -> str:
    """Say a change of status in words; "" for one that WordPress makes by itself."""
    if now in _GONE:
        how = "trashed" if now else "deleted for good"
        return "" if before == "trash" else f"{how} by a person: it is not made again"
    if before == "trash":
        return "taken out of the trash by a person"
    if before in WAITING and now in _LIVE:
        return "published by a person"
    if before in _LIVE and now in WAITING:
        return f"made a {now} by a person" if now == "draft" else "set to pending by a person"
    return ""


def _edited(ours: Receipt, there: SitePost) -> tuple[str, ...]:
    current = stored_hashes(there)
    return tuple(
        name
        for name in FOLLOWED
        if name in ours.stored
        and current.get(name) not in {ours.stored[name], *ours.pending.get(name, ())}
    )


def channel_of(there: SitePost, channels: Mapping[str, Channel], terms: Sequence[Term]) -> str:
    """Name the one channel whose category the post has now; "" for none or several."""
    ids = set(there.values.get("categories", ()))
    fitting = [
        name
        for name, channel in channels.items()
        if channel.post.category
        and (found := find_term(terms, _path(channel.post.category)))
        and found.wp_id in ids
    ]
    return fitting[0] if len(fitting) == 1 else ""


def _path(category: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in category.split(">"))


def _remember(
    ledger: Ledger, site: str, decided: Sequence[Decision], run: str
) -> Sequence[Outcome]:
    """Keep what persons decided; return what is held for it."""
    gone = [one.now for one in decided if one.outcome and one.outcome.status == "trashed"]
    back = [one.now.key for one in decided if one.before.status == "trash"]
    stones = [stone_of(ledger, one.key, TRASHED) for one in gone]
    # In this order: a run that dies in between finds the same again.
    # They are of no run of ours: to undo one takes back no decision of a person.
    ledger.decisions.bury(site, stones, "")
    ledger.decisions.unbury(site, back)
    for one in decided:
        if one.outcome:
            state = "rejected" if one.outcome.status == "trashed" else "published"
            ledger.items.decide(one.outcome, run, state)
    teach_observed(ledger, decided)
    # It is the article that is rejected, and not its story; of what readers saw it is the story.
    unseen = [one.now.key for one in decided if one.now in gone and one.before.status not in _SEEN]
    held = hold_repeats(ledger, site, unseen, run)
    ledger.posts.keep_seen(site, [one.now for one in decided])
    return held


def stone_of(ledger: Ledger, key: ItemKey, reason: str, url: str = "") -> Tombstone:
    """Make a tombstone; without its item, which the ledger may have lost, by its address alone."""
    if item := ledger.decisions.raw(key):
        return tombstone_of(item, reason)
    return Tombstone(key=key, url=url or (key.guid if key.feed == FOUND else ""), reason=reason)


def _outcome(ours: Receipt, there: SitePost | None, reason: str) -> Outcome:
    return Outcome(
        key=ours.key,
        status="trashed" if ours.status == "trash" else "unchanged",
        stage="publish",
        reason=reason,
        title=str(there.values.get("title", "")) if there else "",
        channel=ours.channel,
        wp_id=ours.wp_id,
        link=there.link if there else ours.link,
    )

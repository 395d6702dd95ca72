"""Cheap rules, before any page is fetched: what is dropped here, no page could mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.hashing import fingerprint
from wp_sync.model import Tombstone, Verdict
from wp_sync.text import limit_text, normalise_address, plain_text

from .objections import find_youth, object_early
from .views import view_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from wp_sync.config.channels import Channel, Source
    from wp_sync.model import Item, ItemKey

    from .filters import View
    from .seen import Seen

_LONGEST_NAME = 100  # characters of a title in a reason
SAME_ADDRESS, SAME_PAGE = "repeat of", "the same address as"  # begin the reasons of repeats


def screen_item(
    item: Item, source: Source, channels: Mapping[str, Channel], seen: Seen, now: datetime
) -> Verdict | None:
    """Drop what no channel of the source would take, whatever its page says; None lets it pass."""
    title, summary = plain_text(item.title), plain_text(item.summary_html)
    if not (title or summary or plain_text(item.body_html)):
        return Verdict(key=item.key, decision="drop", reasons=("no title and no text",))
    if stone := seen.buried(tombstone_of(item)) if seen.has_buried() else None:
        when = f" on {stone.at:%Y-%m-%d}" if stone.at else ""
        reason = f"{stone.reason}{when}: it is not made again"
        return Verdict(key=item.key, decision="drop", reasons=(reason,))
    if repeat := find_repeat(item.key, item.url, title, seen):
        return repeat
    texts = (title, *item.labels, summary)
    return _ask_rules(item.key, source, channels, view_item(item, source, now), texts)


def _ask_rules(
    key: ItemKey,
    source: Source,
    channels: Mapping[str, Channel],
    view: View,
    texts: tuple[str, ...],
) -> Verdict | None:
    """Ask the source's rules, and those of each channel: one that takes it is enough."""
    if against := [*object_early(source, view, texts)]:
        return _refuse(key, against)
    if waiting := [*find_youth(source, view)]:
        return _refuse(key, (), waiting)
    for name in reachable_channels(source):
        objections = [*object_early(channels[name], view, texts)]
        young = [] if objections else [*find_youth(channels[name], view)]
        if not (objections or young):
            return None
        against, waiting = [*against, *objections], [*waiting, *young]
    return _refuse(key, against, waiting) if against or waiting else None


def _refuse(key: ItemKey, against: Iterable[str], waiting: Iterable[str] = ()) -> Verdict:
    """Hold what is only too young for one of its channels yet; drop anything else."""
    if reasons := tuple(dict.fromkeys(waiting)):
        return Verdict(key=key, decision="hold", reasons=reasons, waits=True)
    return Verdict(key=key, decision="drop", reasons=tuple(dict.fromkeys(against)))


def reachable_channels(source: Source) -> tuple[str, ...]:
    """Name the channels that a source may reach, the one for what fits none among them."""
    last = () if source.otherwise in {"hold", "drop"} else (source.otherwise,)
    return tuple(dict.fromkeys((*source.to, *last)))


def tombstone_of(item: Item, reason: str = "") -> Tombstone:
    """Tell by what an article is known again once a person has rejected it."""
    text = plain_text(item.body_html or item.summary_html)
    mark = fingerprint(plain_text(item.title), text)
    return Tombstone(key=item.key, url=item.url, fingerprint=mark, reason=reason)


def find_repeat(key: ItemKey, url: str, title: str, seen: Seen) -> Verdict | None:
    """Drop what is another item's article, by its address.

    Within one feed, articles of other titles may share a page, such as a ticker's: hold these.
    """
    address = normalise_address(url)
    owner = seen.owner(address) if address else None
    if owner is None or owner == key:
        return None
    first = plain_text(seen.title_of(owner)) if owner.feed == key.feed else ""
    if title and first and title.casefold() != first.casefold():
        named = limit_text(first, _LONGEST_NAME)
        reason = f"{SAME_PAGE} {named}: a person decides whether it is another article"
        return Verdict(key=key, decision="hold", reasons=(reason,), duplicate_of=owner)
    reason = f"{SAME_ADDRESS} {' '.join(owner.guid.split())} in {owner.feed}: the same address"
    return Verdict(key=key, decision="drop", reasons=(reason,), duplicate_of=owner)

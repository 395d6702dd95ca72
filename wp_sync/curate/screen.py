"""Cheap rules, before any page is fetched; and the rules of a channel, which judging asks again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.hashing import fingerprint
from wp_sync.model import Tombstone, Verdict
from wp_sync.text import limit_text, normalise_address, plain_text

from .topics import find_phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from wp_sync.config.channels import Channel, Source
    from wp_sync.model import Item, ItemKey

    from .seen import Seen

_LONGEST_NAME = 100  # characters of a title in a reason


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
    against: list[str] = []
    for name in reachable_channels(source):
        texts = (title, *item.labels, summary)
        objections = (
            *find_drop_words(channels[name], texts),
            *find_old_age(channels[name], item.published, now),
        )
        if not objections:
            return None
        against += objections
    reasons = tuple(dict.fromkeys(against))
    return Verdict(key=item.key, decision="drop", reasons=reasons) if reasons else None


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
        reason = f"the same address as {named}: a person decides whether it is another article"
        return Verdict(key=key, decision="hold", reasons=(reason,), duplicate_of=owner)
    reason = f"repeat of {' '.join(owner.guid.split())} in {owner.feed}: the same address"
    return Verdict(key=key, decision="drop", reasons=(reason,), duplicate_of=owner)


def find_drop_words(channel: Channel, texts: tuple[str, ...]) -> Iterator[str]:
    """Say which words speak against it."""
    found = find_phrases(channel.drop.words, texts)
    if found:
        yield f"{channel.label} drops the words {', '.join(found)}"


def find_old_age(channel: Channel, published: datetime | None, now: datetime) -> Iterator[str]:
    """Say that it is too old. What has no date passes."""
    oldest = channel.keep.max_age
    if oldest is not None and published is not None and now - published > oldest:
        age = str(oldest).removesuffix(", 0:00:00")  # "14 days"
        yield f"published {published:%Y-%m-%d}, older than the {age} of {channel.label}"

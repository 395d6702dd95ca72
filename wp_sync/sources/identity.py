"""Is this still the feed that a person chose? Signs, weighed against what is known of it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from wp_sync.model import Identity
from wp_sync.text import normalise_address, plain_text
from wp_sync.tongues import find_tongue

from .domains import PLATFORMS, domain_of, is_carrier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import timedelta

    from wp_sync.model import Item, Pull

    Known = Mapping[str, tuple[str, str]]  # guid -> title and normalised address

HELD = 3.0  # points: what is surely a stranger's has them by one sign, what may be by several
_HREF = re.compile(r"href\s*=\s*[\"']?(https?://[^\"'\s>]+)", re.IGNORECASE)
_MOST_READ = 6  # items of one pull whose language is looked at
_MOST_WORDS = 2_500  # characters of one of them
_MOST_LINKED = 10  # items of one pull in whose texts links are looked for
_MOST_TEXT = 20_000  # characters of one item in which links are looked for
_LONGEST_NAME = 120  # of a title or an author, as it is kept and told
_MOST_DOMAINS = 60  # kept
_MOST_AUTHORS = 60
_FEW = 10  # items from which too little is learned to miss anything
_LONG_SILENCE, _LONGER_SILENCE = 90, 365  # days
_OWN_DOMAINS = 3  # that one publisher may have
_LIKE = 0.6  # of two titles


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One pull, as far as it tells who publishes it."""

    identity: Identity  # what one would learn of it alone
    entries: int  # in the feed
    known: int  # of these: articles that are known
    fresh: Counter[str] = field(default_factory=Counter)  # domain -> links of unknown articles
    moved: Counter[str] = field(default_factory=Counter)  # domain -> links of known ones
    overwritten: int = 0  # entries with a known id, and another article

    @property
    def is_continued(self) -> bool:
        """Tell whether the feed goes on from where it was."""
        return self.known >= max(2, self.entries / 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One thing that speaks against a feed; a hard one is not made up for by known articles."""

    points: float
    told: str
    is_hard: bool = True


def see(pull: Pull, known: Known, location: str) -> Sighting:
    """Look at who a pull comes from; `location` is the address that was asked."""
    titles = {fold(title) for title, _ in known.values()} - {""}
    addresses = {address for _, address in known.values()} - {""}
    recognised = set(pull.aliases.values())  # known articles, under ids that are new
    address = pull.validators.url or location
    fresh, moved = Counter[str](), Counter[str]()
    overwritten = 0
    for item in pull.items:
        is_known = (
            item.key.guid in recognised
            or fold(item.title) in titles
            or normalise_address(item.url) in addresses
        )
        overwritten += not is_known and item.key.guid in known
        (moved if is_known else fresh)[domain_of(item.url)] += 1
    return Sighting(
        identity=Identity(
            title=pull.title[:_LONGEST_NAME],
            site=domain_of(pull.site),
            location=domain_of(address),
            is_secure=address.lower().startswith("https://"),
            format=pull.format,
            items=len(pull.items),
            languages=tuple(dict.fromkeys(filter(None, map(_language, pull.items)))),
            tongues=dict(Counter(filter(None, map(_tongue, pull.items[:_MOST_READ])))),
            hosts=dict(_without_none(fresh + moved)),
            outbound=dict(
                Counter(one for item in pull.items[:_MOST_LINKED] for one in _outbound(item))
            ),
            authors=_authors(pull.items),
        ),
        entries=len(pull.items) + pull.unchanged,
        known=pull.unchanged + moved.total(),
        fresh=fresh,
        moved=moved,
        overwritten=overwritten,
    )


def find_signs(
    known: Identity, seen: Sighting, *, silence: timedelta, usual: timedelta
) -> tuple[Sign, ...]:
    """List what speaks against a feed; `usual` is the longest silence that it is known for."""
    if not (known.items and seen.identity.items):  # the first look, or nothing to publish
        return ()
    now = seen.identity
    return (
        *_of_address(known, seen),
        *_of_links(known, seen),
        *_of_language(known, now),
        *_of_silence(silence, usual, is_continued=seen.is_continued),
        *_of_content(known, seen),
    )


def weigh(signs: Iterable[Sign], seen: Sighting) -> float:
    """Add up the signs: known articles make up for one point of the soft ones."""
    soft = hard = 0.0
    for sign in signs:
        if sign.is_hard:
            hard += sign.points
        else:
            soft += sign.points
    return hard + max(0.0, soft - seen.is_continued)


def learn(known: Identity, seen: Identity) -> Identity:
    """Add what a pull tells to what is known; what it does not tell stays."""
    return replace(
        known,
        title=seen.title or known.title,
        site=seen.site or known.site,
        location=seen.location or known.location,
        is_secure=known.is_secure or seen.is_secure,
        format=seen.format or known.format,
        items=known.items + seen.items,
        languages=tuple(dict.fromkeys((*known.languages, *seen.languages)))[:20],
        tongues=_added(known.tongues, seen.tongues),
        hosts=_added(known.hosts, seen.hosts),
        outbound=_added(known.outbound, seen.outbound),
        authors=tuple(dict.fromkeys((*seen.authors, *known.authors)))[:_MOST_AUTHORS],
    )


def accept(known: Identity, candidate: Identity) -> Identity:
    """Learn who a feed is by a person's word: its address and its links are trusted from now on."""
    learned = learn(known, candidate)
    trusted = dict.fromkeys(candidate.hosts, learned.items)  # as if all of it came from there
    return replace(
        learned,
        is_secure=candidate.is_secure,
        hosts={**learned.hosts, **trusted},
        tongues={**learned.tongues, **dict.fromkeys(candidate.tongues, learned.items)},
    )


def fold(title: str) -> str:
    """Write a title so that its ways of writing are one."""
    return " ".join(plain_text(title).casefold().split())


def _of_address(known: Identity, seen: Sighting) -> Iterable[Sign]:
    now = seen.identity
    if known.is_secure and now.location and not now.is_secure:
        yield Sign(points=HELD, told="it comes by http, and came by https before")
    if not _has_moved(known, now) or now.location in _trusted(known):
        return
    told = f"it comes from {now.location}, and came from {known.location} before"
    if is_carrier(now.location) and seen.is_continued:
        return
    is_announced = 2 * seen.known >= seen.entries or seen.known >= 5  # noqa: PLR2004 (surely it)
    yield Sign(points=2 if is_announced else HELD, told=told)


def _has_moved(known: Identity, now: Identity) -> bool:
    return bool(known.location and now.location) and known.location != now.location


def _of_links(known: Identity, seen: Sighting) -> Iterable[Sign]:
    if _is_diverse(known):
        return
    trusted = _trusted(known) | _announced(known, seen)
    both = seen.fresh + seen.moved
    for links in (seen.fresh, both):
        strange = _without_none(links, trusted)
        total = _without_none(links).total()
        if not strange:
            continue
        names = ", ".join(name for name, _ in strange.most_common(3))
        told = f"{strange.total()} of {total} links lead to {names}, and never did"
        if 2 * strange.total() >= total:
            yield Sign(points=1 if _strays(known, strange.total(), total) else HELD, told=told)
            return
        if strange.total() > 2 and 5 * strange.total() >= total:  # noqa: PLR2004 (a fifth of them)
            yield Sign(points=1, told=told)
            return
    site = seen.identity.site
    if site and known.site and site not in trusted | {known.site} and not is_carrier(site):
        yield Sign(points=2, told=f"it calls itself the feed of {site}, and was {known.site}'s")


def _strays(known: Identity, strange: int, total: int) -> bool:
    """Tell whether a feed is known to link to strangers now and then, about as often as now."""
    trusted = _trusted(known)
    before = sum(count for domain, count in known.hosts.items() if domain not in trusted)
    usual = before / max(1, sum(known.hosts.values()))
    return before > 1 and strange <= max(1, 3 * usual * total)


def _trusted(known: Identity) -> frozenset[str]:
    """Choose the domains that a feed is known for: a single stranger is none of them."""
    least = min(3, max(1, known.items / 20))
    often = (domain for domain, count in known.hosts.items() if count >= least)
    return frozenset(filter(None, (*often, known.site, known.location)))


def _announced(known: Identity, seen: Sighting) -> frozenset[str]:
    """Name the domain to which known articles moved with their feed, or behind its carrier."""
    domain, count = (*_without_none(seen.moved).most_common(1), ("", 0))[0]
    now = seen.identity
    follows = _has_moved(known, now) and domain == now.location
    is_carried = is_carrier(now.location) and now.location == known.location
    is_whole = count > 1 and 3 * count >= seen.entries
    return frozenset({domain}) if is_whole and (follows or is_carried) else frozenset()


def _is_diverse(known: Identity) -> bool:
    """Tell a feed that links all over the web: new domains are its business."""
    total = sum(known.hosts.values())
    most = sum(sorted(known.hosts.values())[-_OWN_DOMAINS:])
    return total >= _FEW and most < 0.7 * total


def _of_language(known: Identity, now: Identity) -> Iterable[Sign]:
    tongues, count = Counter(now.tongues), sum(now.tongues.values())
    learned = sum(known.tongues.values())
    new = Counter({one: n for one, n in tongues.items() if not _speaks(known, one)})
    if learned >= _FEW // 2 and new.total() > 0.6 * count:
        told = f"its texts are {_list(new)}, and were {_list(known.tongues)}"
        yield Sign(points=HELD if new.total() > 2 else 2, told=told)  # noqa: PLR2004 (no quote)
        return
    declared = set(now.languages) - set(known.languages)
    if known.languages and declared and declared.issuperset(now.languages):
        old, new_one = "/".join(known.languages), "/".join(sorted(declared))
        yield Sign(points=2, told=f"its language is {new_one}, and was {old}")


def _speaks(known: Identity, tongue: str) -> bool:
    """Tell whether a feed is known for a language: one odd item is no sign of it."""
    return known.tongues.get(tongue, 0) >= max(1, 0.05 * sum(known.tongues.values()))


def _of_silence(silence: timedelta, usual: timedelta, *, is_continued: bool) -> Iterable[Sign]:
    told = f"it was silent for {silence.days} days"
    if silence.days > _LONGER_SILENCE and silence > 2 * usual:
        yield Sign(points=HELD, told=told)
    elif silence.days > _LONG_SILENCE and silence > 2 * usual:
        yield Sign(points=1 if is_continued else 2, told=told, is_hard=not is_continued)


def _of_content(known: Identity, seen: Sighting) -> Iterable[Sign]:
    now = seen.identity
    if known.title and now.title and not _is_like(known.title, now.title):
        told = f"its title is {now.title!r}, and was {known.title!r}"
        yield Sign(points=1, told=told, is_hard=_has_moved(known, now))
    if known.items < _FEW:
        return
    if not seen.known:
        yield Sign(points=1, told="it has none of its known articles", is_hard=False)
    if seen.overwritten > 1 and 2 * seen.overwritten >= now.items:
        told = f"{seen.overwritten} known ids stand for other articles"
        yield Sign(points=2, told=told)
    few = 0 < len(known.authors) <= _FEW
    if few and now.authors and not set(now.authors) & set(known.authors):
        yield Sign(points=1, told="none of its known authors writes in it", is_hard=False)
    if told := _new_destination(known, now):
        yield Sign(points=1.5, told=told, is_hard=False)
    if known.format and now.format and known.format != now.format:
        told = f"it is {now.format}, and was {known.format}"
        yield Sign(points=0.5, told=told, is_hard=False)


def _new_destination(known: Identity, now: Identity) -> str:
    """Tell where most texts link to, if none of them ever did."""
    usual = PLATFORMS | known.outbound.keys() | _trusted(known) | now.hosts.keys()
    new = Counter({one: n for one, n in now.outbound.items() if one not in usual})
    domain, count = (*new.most_common(1), ("", 0))[0]
    looked = min(now.items, _MOST_LINKED)
    if count < max(2, looked / 2):
        return ""
    return f"{count} of {looked} texts link to {domain}, and none did before"


def _is_like(one: str, other: str) -> bool:
    """Tell whether one title may be the other, renamed: they share a word that says something."""
    first, second = fold(one), fold(other)
    words = set(re.findall(r"\w{4,}", first)) & set(re.findall(r"\w{4,}", second))
    return bool(words) or SequenceMatcher(None, first, second).ratio() >= _LIKE


def _language(item: Item) -> str:
    return re.split("[-_]", item.language)[0][:8].lower()


def _tongue(item: Item) -> str:
    html = item.body_html or item.summary_html
    return find_tongue(f"{item.title} {plain_text(html[:_MOST_WORDS])}")


def _outbound(item: Item) -> set[str]:
    html = (item.body_html or item.summary_html)[:_MOST_TEXT]
    links = (domain_of(address) for address in _HREF.findall(html)) if "<a" in html else ()
    return {one for one in links if one}


def _authors(items: Collection[Item]) -> tuple[str, ...]:
    names = (fold(name[:_LONGEST_NAME]) for item in items for name in item.authors)
    return tuple(dict.fromkeys(filter(None, names)))[:_MOST_AUTHORS]


def _without_none(links: Counter[str], others: Collection[str] = ()) -> Counter[str]:
    kept = {one: n for one, n in links.items() if one and one not in others and not is_carrier(one)}
    return Counter(kept)


def _added(known: Mapping[str, int], seen: Mapping[str, int]) -> dict[str, int]:
    return dict((Counter(known) + Counter(seen)).most_common(_MOST_DOMAINS))


def _list(names: Iterable[str]) -> str:
    return "/".join(sorted(names))

"""What the sample sources hold, and what a demo has to make of it: read from `articles/*.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wp_sync.model import Rights

Fate = Literal["publish", "held", "off topic", "too old", "unwanted"]
Place = Literal["header", "summary", "start", "middle", "end", "footer"]
_STAGGER = timedelta(hours=7)  # between two articles of a source: thirty of them span nine days


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """Something of the source's own that must not reach the site."""

    kind: str
    phrase: str  # stands in the furniture and nowhere else
    place: Place
    html: str  # may name what a layout may name
    selector: str = ""  # for [clean] remove, where no general rule takes it out


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleArticle:
    """An article as its source tells it."""

    title: str  # plain text
    path: str  # of its page, from the server's root
    suffix: str = ""  # what a repeat hangs on the same address
    author: str = ""
    summary: str = ""  # plain text
    body: str = ""  # HTML
    labels: tuple[str, ...] = ()
    picture: str = ""  # path; "" when it has none
    alt: str = ""
    age: timedelta
    date: str = "%a, %d %b %Y %H:%M:%S +0000"  # as RSS writes it; "" leaves it undated
    feeds: tuple[str, ...]  # the files that list it
    channel: str = ""
    fate: Fate = "publish"

    @property
    def number(self) -> int:
        """Number the article as its source's own database might."""
        return crc32((self.path + self.suffix).encode())

    def find_date(self, now: datetime) -> datetime | None:
        """Date the article, to the second."""
        return (now - self.age).replace(microsecond=0) if self.date else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSource:
    """An invented publication."""

    slug: str
    name: str
    layout: str  # of its feeds
    feeds: Mapping[str, str]  # file -> title
    to: tuple[str, ...]
    rights: Rights
    licence: str = ""
    otherwise: str = "hold"
    zone: int = 0  # hours from UTC in which RSS dates are written
    furniture: tuple[Furniture, ...]
    articles: tuple[SampleArticle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """One more listing of an article: no second post may come of it."""

    title: str
    address: str  # path and suffix, from the server's root
    of: str  # path
    feed: str  # path of the feed that repeats it


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a run of the demo promises; articles are named by their titles."""

    articles: Mapping[str, tuple[str, ...]]  # channel -> published there
    furniture: tuple[tuple[str, str], ...]  # (kind, phrase that must not appear on the site)
    off_topic: tuple[str, ...]  # dropped: fit no channel of their source
    too_old: tuple[str, ...]  # dropped: beyond max_age
    unwanted: tuple[str, ...]  # dropped: hold a word of [drop]
    held: tuple[str, ...]  # fit no channel of a source that holds such
    repeats: tuple[Repeat, ...]
    remove: Mapping[str, tuple[str, ...]]  # channel -> the selectors that its [clean] needs


@cache
def load_sources() -> tuple[SampleSource, ...]:
    """Read every source, in the order of their file names."""
    folder = files(__package__) / "articles"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    sources = [
        _make_source(name.removesuffix(".toml"), read_table(f"articles/{name}")) for name in names
    ]
    originals = {
        article.path: article
        for source in sources
        for article in source.articles
        if not article.suffix
    }
    return tuple(
        replace(
            source,
            articles=tuple(
                replace(originals[article.path], suffix=article.suffix, feeds=article.feeds)
                for article in source.articles
            ),
        )
        for source in sources
    )


@cache
def load_manifest() -> Manifest:
    """Tell what is to become of every article, repeat and piece of furniture."""
    sources = load_sources()
    channels = sorted({channel for source in sources for channel in source.to})
    return Manifest(
        articles={channel: _find_titles("publish", channel) for channel in channels},
        furniture=tuple(
            sorted({(part.kind, part.phrase) for source in sources for part in source.furniture})
        ),
        off_topic=_find_titles("off topic"),
        too_old=_find_titles("too old"),
        unwanted=_find_titles("unwanted"),
        held=_find_titles("held"),
        repeats=tuple(repeat for source in sources for repeat in _find_repeats(source)),
        remove={channel: _find_selectors(channel) for channel in channels},
    )


def read_table(name: str) -> dict[str, Any]:
    """Read one TOML file of this package."""
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))


def _make_source(slug: str, table: dict[str, Any]) -> SampleSource:
    feed = next(iter(table["feeds"]))
    entries = table.pop("articles")
    return SampleSource(
        slug=slug,
        articles=tuple(_make_article(slug, feed, *numbered) for numbered in enumerate(entries, 1)),
        furniture=tuple(Furniture(**part) for part in table.pop("furniture")),
        **_with_tuples(table),
    )


def _make_article(source: str, feed: str, number: int, table: dict[str, Any]) -> SampleArticle:
    age = number * _STAGGER + timedelta(minutes=crc32(source.encode()) % 360)
    entry: dict[str, Any] = {"title": "", "feeds": [feed], "age": age} | table
    slug = entry.pop("slug", "") or re.sub(r"\W+", "-", entry["title"].lower()).strip("-")
    path = entry.pop("same_as", "") or f"{source}/{slug}"
    if "hours" in entry:
        entry["age"] = timedelta(hours=entry.pop("hours"))
    if "picture" in entry:
        entry["picture"] = f"/{source}/img/{slug}--{entry['picture']}"
    return SampleArticle(path=f"/{path}", **_with_tuples(entry))


def _with_tuples(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


def _find_titles(fate: Fate, channel: str = "") -> tuple[str, ...]:
    return tuple(
        article.title
        for source in load_sources()
        for article in source.articles
        if article.fate == fate and not article.suffix and channel in ("", article.channel)
    )


def _find_repeats(source: SampleSource) -> Iterator[Repeat]:
    for article in source.articles:
        for file in article.feeds if article.suffix else article.feeds[1:]:
            yield Repeat(
                title=article.title,
                address=article.path + article.suffix,
                of=article.path,
                feed=f"/{source.slug}/{file}",
            )


def _find_selectors(channel: str) -> tuple[str, ...]:
    parts = (part for source in load_sources() if channel in source.to for part in source.furniture)
    return tuple(sorted({part.selector for part in parts} - {""}))

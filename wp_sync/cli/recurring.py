"""feeds recurring: the paragraphs that feeds repeat, and a person's word about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wp_sync.clean.recurring import SHOWN, is_left_out, is_shown, share_of
from wp_sync.config import load_config
from wp_sync.config.problems import did_you_mean
from wp_sync.errors import ConfigError, Problem
from wp_sync.ledger import open_ledger
from wp_sync.pipeline.build import utc_now
from wp_sync.unattended.lock import hold_lock

from .feeds import find_feeds
from .output import Result, Table, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wp_sync.config.schema import Config
    from wp_sync.ledger import Ledger
    from wp_sync.model import Recurrence, Recurrences

_HEADINGS = ("Mark", "State", "Source", "Where", "Articles", "Of all", "Newest", "Text")
_PREFIX = "r-"  # begins what names a paragraph
_SEEN = "seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One paragraph of one feed."""

    source: str
    address: str
    feed: str
    one: Recurrence
    known: Recurrences

    @property
    def handle(self) -> str:
        """Name it, as a person at a terminal does."""
        return f"{_PREFIX}{self.one.mark}"

    @property
    def state(self) -> str:
        """Say what becomes of it."""
        if self.one.verdict == "keep":
            return "kept"
        return "left out" if is_left_out(self.one) else _SEEN


def show_recurring(
    path: Path,
    wanted: str,
    keep: Sequence[str],
    remove: Sequence[str],
    *,
    dry_run: bool = False,
) -> Result:
    """Show what recurs, and take a person's word: `keep` is the article's, `remove` goes."""
    config = load_config(path)
    if not (keep or remove):
        with open_ledger(config.ledger.url, path.parent, clock=utc_now, create=False) as ledger:
            return _shown([*_list(config, ledger, wanted)], wanted)
    with (
        hold_lock(path.parent),
        open_ledger(config.ledger.url, path.parent, clock=utc_now, create=not dry_run) as ledger,
    ):
        listed = [*_list(config, ledger, wanted)]
        kept, removed = _find(config, listed, keep), _find(config, listed, remove)
        if not dry_run:
            for one in kept:
                ledger.recurring.decide(one.feed, [one.one.mark], "keep")
            for one in removed:
                ledger.recurring.decide(one.feed, [one.one.mark], "remove")
        marks = {one.handle for one in (*kept, *removed)}
        after = [one for one in _list(config, ledger, wanted) if one.handle in marks]
    return _decided(after, kept, removed, dry_run=dry_run)


def summary_lines(config: Config, ledger: Ledger) -> Iterator[str]:
    """Say of each feed in a line how much of it recurs; nothing of the others."""
    listed = [*_list(config, ledger, "")]
    for source, address in dict.fromkeys((one.source, one.address) for one in listed):
        states = [one.state for one in listed if one.address == address]
        out, seen = states.count("left out"), states.count(_SEEN)
        told = [f"{counted(out, 'recurring paragraph')} left out"] if out else []
        told += [f"{counted(seen, 'recurring paragraph')} for you to look at"] if seen else []
        if told:
            yield f"{source}: {address}: {', '.join(told)} (wp-sync feeds recurring)"


def _list(config: Config, ledger: Ledger, wanted: str) -> Iterator[Told]:
    every = ledger.recurring.telling(SHOWN.articles)
    for source, address in find_feeds(config, wanted):
        feed = ledger.feeds.find(address)
        known = every.get(feed)
        if known is None:
            continue
        shown = [one for one in known.found.values() if is_shown(one, known)]
        for one in sorted(shown, key=lambda one: (-one.articles, one.mark)):
            yield Told(source=source.name, address=address, feed=feed, one=one, known=known)


def _find(config: Config, listed: Sequence[Told], names: Sequence[str]) -> list[Told]:
    """Find what a person names. Raises ConfigError."""
    handles = {one.handle: one for one in listed}
    problems = [
        Problem(
            file=str(config.path),
            line=0,
            key="",
            message=f"no paragraph is called {name!r}{did_you_mean(name, tuple(handles))}",
        )
        for name in names
        if name not in handles
    ]
    if problems:
        raise ConfigError(problems)
    return [one for name in names for one in listed if one.handle == name]


def _shown(listed: Sequence[Told], wanted: str) -> Result:
    rows = tuple(map(_row, listed))
    text: list[str | Table] = [Table(headings=_HEADINGS, rows=rows)] if rows else []
    if any(one.state == "left out" for one in listed):
        text.append(
            "What is left out and belongs to the articles: wp-sync feeds recurring --keep MARK"
        )
    if any(one.state == _SEEN for one in listed):
        text.append("What is seen, and should go as well: wp-sync feeds recurring --remove MARK")
    if not listed:
        text.append(f"Nothing recurs in {wanted or 'the feeds'}, as far as it was read.")
    return Result(command="feeds recurring", data=_data(listed), text=tuple(text))


def _decided(
    after: Sequence[Told], kept: Sequence[Told], removed: Sequence[Told], *, dry_run: bool
) -> Result:
    would = "would be " if dry_run else ""
    lines = [f"{one.handle} {would}kept: {one.one.text}" for one in kept]
    lines += [f"{one.handle} {would}left out: {one.one.text}" for one in removed]
    if not dry_run:
        lines.append("New posts follow it; those that are there: wp-sync remap --fields body")
    return Result(command="feeds recurring", data=_data(after), text=tuple(lines))


def _row(told: Told) -> tuple[str, ...]:
    one = told.one
    return (
        told.handle,
        told.state,
        told.source,
        one.place,
        str(one.articles),
        f"{min(1.0, share_of(one, told.known.articles)):.0%}",
        f"{one.last:%Y-%m-%d}",
        one.text,
    )


def _data(listed: Sequence[Told]) -> dict[str, Any]:
    return {
        "recurring": [
            {
                "mark": told.handle,
                "state": told.state,
                "source": told.source,
                "feed": told.address,
                "place": told.one.place,
                "sign": told.one.sign,
                "articles": told.one.articles,
                "share": round(min(1.0, share_of(told.one, told.known.articles)), 2),
                "first": told.one.first.isoformat(),
                "last": told.one.last.isoformat(),
                "text": told.one.text,
            }
            for told in listed
        ]
    }

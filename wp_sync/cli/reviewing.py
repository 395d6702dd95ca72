"""review list, show and open: what waits for a person."""

from __future__ import annotations

import os
import webbrowser
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wp_sync.config import load_config
from wp_sync.errors import WpSyncError
from wp_sync.markup import text_lines
from wp_sync.pipeline.orders import open_office
from wp_sync.pipeline.stop import Stop
from wp_sync.pipeline.waiting import find_decided, list_waiting
from wp_sync.review.waiting import Filter, Waiting, find_waiting
from wp_sync.text import limit_text, plain_text

from .output import Result, Table, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wp_sync.pipeline.orders import Office
    from wp_sync.pipeline.waiting import Desk
    from wp_sync.publish.target import SiteIdentity

    from .output import Screen

_LONGEST_REASON = 90  # characters of a reason in the list; `review show` has it whole
_LONGEST_TEXT = 3_000  # characters of an article that `review show` prints


@contextmanager
def open_desk(path: Path) -> Iterator[Office]:
    """Open the ledger and the site, for looking only."""
    with open_office(load_config(path), os.environ, Stop()) as office:
        yield office


def show_list(path: Path, wanted: Filter, screen: Screen) -> Result:
    """List what waits, those that wait longest first."""
    with open_desk(path) as office, screen.progress("asking the site"):
        waiting = choose(office, office.identity, (), wanted)
        labels = office.ledger.terms.count_open()
    rows = tuple(
        (
            one.handle,
            one.kind,
            one.channel,
            one.source,
            one.title,
            limit_text(one.reason, _LONGEST_REASON),
            f"{one.since:%Y-%m-%d %H:%M}" if one.since else "",
        )
        for one in waiting
    )
    headings = ("", "What", "Channel", "Source", "Title", "Why it waits", "Since (UTC)")
    text = (Table(headings=headings, rows=rows),) if rows else ()
    hint = "`wp-sync review show ID` tells more; approve and reject take IDs, or --all."
    end = f"{counted(len(waiting), 'article')} waiting. {hint}" if rows else "Nothing waits."
    data = {"waiting": [waiting_data(one) for one in waiting], "unknown_terms": labels}
    more = (f"{counted(labels, 'unknown term')}: wp-sync terms list",) if labels else ()
    return Result(command="review list", data=data, text=(*text, end, *more))


def show_one(path: Path, target: str, screen: Screen) -> Result:
    """Show one article as it would be read, and why it waits."""
    with open_desk(path) as office, screen.progress("asking the site"):
        one = choose(office, office.identity, (target,), Filter())[0]
        text = _both_values(one) if one.kind == "conflict" else _text_of(office, one)
    lines = [
        one.title,
        f"  {one.handle}: {one.kind}, {one.channel or 'no channel yet'}, from {one.source}",
        f"  why it waits: {one.reason}",
        f"  article:      {one.url or 'no address'}",
    ]
    lines += [f"  edit:         {one.edit}"] if one.edit else []
    data = waiting_data(one) | {"text": text}
    return Result(command="review show", data=data, text=("\n".join(lines), "", text))


def open_one(path: Path, target: str, screen: Screen) -> Result:
    """Open a post in wp-admin's editor, an item without one at its source."""
    with open_desk(path) as office, screen.progress("asking the site"):
        one = choose(office, office.identity, (target,), Filter())[0]
    address = one.edit or one.url
    # Else the address that is printed would be all there is, and a text browser takes the terminal.
    shown = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    opened = shown and webbrowser.open(address)
    text = f"Opened {address}" if opened else address
    return Result(command="review open", data={"address": address, "opened": opened}, text=(text,))


def choose(
    desk: Desk, identity: SiteIdentity, targets: Sequence[str], wanted: Filter
) -> tuple[Waiting, ...]:
    """Find what a person named; without a name all that fits the filter. Raises WpSyncError."""
    waiting = list_waiting(desk.ledger, desk.target, identity)
    if not targets:
        return tuple(one for one in waiting if wanted.fits(one))
    found: dict[str, Waiting] = {}
    for target in targets:
        named = find_waiting(waiting, target) or find_decided(desk.ledger, identity, target)
        if not named:
            message = f"nothing that waits is called {target!r}"
            raise WpSyncError(message, cure="`wp-sync review list` names all")
        found |= {one.handle: one for one in named}
    return tuple(found.values())


def waiting_data(one: Waiting) -> dict[str, Any]:
    """Return what waits as --json shows it."""
    return {
        "id": one.handle,
        "kind": one.kind,
        "wp_id": one.wp_id,
        "title": one.title,
        "channel": one.channel,
        "source": one.source,
        "reason": one.reason,
        "since": one.since.isoformat() if one.since else None,
        "url": one.url,
        "link": one.link,
        "edit": one.edit,
        "feed": one.key.feed,
        "guid": one.key.guid,
        "field": one.field,
        "ours": one.ours,
        "theirs": one.theirs,
    }


def _both_values(one: Waiting) -> str:
    """Show what the source wants, and what the site has."""
    ours, theirs = one.ours, one.theirs
    if one.field == "body":
        ours, theirs = text_lines(ours), text_lines(theirs)
    return (
        f"the source's {one.field} (`wp-sync review approve {one.handle}` writes it):\n"
        f"{limit_text(ours, _LONGEST_TEXT)}\n\n"
        f"the site's {one.field} (`wp-sync review reject {one.handle}` keeps it):\n"
        f"{limit_text(theirs, _LONGEST_TEXT)}"
    )


def _text_of(office: Office, one: Waiting) -> str:
    """Read the post as it is on the site, else the item as its feed gave it."""
    posts = office.target.read_posts([one.wp_id]) if one.wp_id else ()
    if posts:
        text = text_lines(str(posts[0].values.get("body", "")))
    else:
        item = office.ledger.decisions.raw(one.key)
        text = plain_text(item.body_html or item.summary_html) if item else ""
    return limit_text(text, _LONGEST_TEXT)

"""The page on the site that tells admins without a terminal what waits for them."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from wp_sync.markup import WORD_JOINER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .waiting import Waiting

SLUG = "wp-sync-review"
TITLE = "Waiting for review"
_MOST = 200  # rows: the newest; a page of thousands helps nobody
_HEADINGS = ("Article", "Channel", "Source", "Why it waits", "Since (UTC)")
_NOTHING = "<!-- wp:paragraph -->\n<p>Nothing waits for review.</p>\n<!-- /wp:paragraph -->"


def page_body(waiting: Sequence[Waiting]) -> str:
    """Write the list as block markup that the editor takes for valid."""
    if not waiting:
        return _NOTHING
    shown = waiting[-_MOST:]
    head = "".join(f"<th>{heading}</th>" for heading in _HEADINGS)
    rows = "".join(f"<tr>{_cells(one)}</tr>" for one in reversed(shown))
    more = f", the newest {_MOST} of them here" if len(waiting) > _MOST else ""
    intro = f"{len(waiting)} wait{more}. Publish or trash a draft: wp-sync understands it."
    return (
        f"<!-- wp:paragraph -->\n<p>{intro}</p>\n<!-- /wp:paragraph -->\n\n"
        '<!-- wp:table -->\n<figure class="wp-block-table"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></figure>\n"
        "<!-- /wp:table -->"
    )


def _cells(one: Waiting) -> str:
    since = f"{one.since:%Y-%m-%d %H:%M}" if one.since else ""
    cells = (_linked(one), one.channel, one.source, one.reason, since)
    return "".join(
        f"<td>{cell if number == 0 else _escape(cell)}</td>" for number, cell in enumerate(cells)
    )


def _linked(one: Waiting) -> str:
    """Link to the editor of a post, or to the article of what has none."""
    href = one.edit or one.url
    text = _escape(one.title or one.url or one.handle)
    if not href.startswith(("http://", "https://")):
        return text
    address = html.escape(href).replace("[", "%5B").replace("]", "%5D")
    return f'<a href="{address}">{text}</a>'


def _escape(text: str) -> str:
    """Write text that comes from feeds: no tag, no shortcode, no address alone on a line."""
    return html.escape(" ".join(text.split()), quote=False).replace("[", f"[{WORD_JOINER}")

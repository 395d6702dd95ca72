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
_MOST = 200  # articles: the newest; a page of thousands helps nobody
_NOTHING = "Nothing waits for review."
_POSTS = "Drafts: publish or trash them here, wp-sync understands it"
_ITEMS = "Held back, not on the site yet"
_CONFLICTS = "Edited here, and changed at the source since: what is here stays"


def page_body(waiting: Sequence[Waiting]) -> str:
    """Write the list as blocks that every editor and every width of a theme can show."""
    if not waiting:
        return _paragraph(_NOTHING)
    shown = tuple(reversed(waiting[-_MOST:]))
    more = f", the newest {_MOST} of them here" if len(waiting) > _MOST else ""
    conflicts = [one for one in shown if one.kind == "conflict"]
    posts = [one for one in shown if one.edit and one.kind != "conflict"]
    items = [one for one in shown if not one.edit]
    intro = "1 article waits." if len(waiting) == 1 else f"{len(waiting)} articles wait{more}."
    parts = [_paragraph(intro)]
    for heading, ones in ((_POSTS, posts), (_ITEMS, items), (_CONFLICTS, conflicts)):
        if ones:
            parts.append(_heading(heading))
            parts += [_paragraph(_article(one)) for one in ones]
    return "\n\n".join(parts)


def _article(one: Waiting) -> str:
    since = f"since {one.since:%Y-%m-%d %H:%M} UTC" if one.since else ""
    # By which an editor at a terminal decides.
    number = "" if one.edit and one.kind != "conflict" else one.handle
    facts = " · ".join(filter(None, (one.source, one.channel, since, number)))
    return f"<strong>{_linked(one)}</strong><br>{_escape(one.reason)}<br><em>{_escape(facts)}</em>"


def _paragraph(markup: str) -> str:
    return f"<!-- wp:paragraph -->\n<p>{markup}</p>\n<!-- /wp:paragraph -->"


def _heading(text: str) -> str:
    # The class is what the editor itself writes since 6.2, and takes for valid before.
    return (
        '<!-- wp:heading {"level":3} -->\n'
        f'<h3 class="wp-block-heading">{text}</h3>\n<!-- /wp:heading -->'
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

"""Fill the templates of [post]: slugs, tags, and the attribution with its source link."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from wp_sync.markup import escape_address
from wp_sync.text import slugify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.model import Mentions

LONGEST_SLUG = 180  # characters; WordPress cuts at 200 (wp_posts.post_name), and appends -2

MENTION = "wp-sync-also"  # the class of a link to who else reports a story
_MOST_MENTIONS = 8

_PLACEHOLDER = re.compile(r"\{([a-z.]+)\}")
_LINK = re.compile(r"\[([^\[\]]+)\]\(([^()\s]+)\)")
# The words about an unknown byline, between what separates them from the rest.
_SEPARATORS = r",;|\u00b7\u2013\u2014"  # the last ones: middle dot, en dash, em dash
_BYLINE = re.compile(
    rf"(^|[{_SEPARATORS}]|(?<=[\].}})]))[^.{_SEPARATORS}{{}}\[\]()]*"
    rf"\{{byline\}}([:.{_SEPARATORS}]?\s*)"
)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put the values in."""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def fill_whole(template: str, values: Mapping[str, str]) -> str:
    """Put the values in; "" when one of them is unknown."""
    known = all(values[name].strip() for name in _PLACEHOLDER.findall(template))
    return " ".join(fill(template, values).split()) if known else ""


def fill_slug(template: str, values: Mapping[str, str]) -> str:
    """Make a slug a-z, 0-9 and "-" of at most 180 characters, cut in the title, at a word."""
    words = {name: slugify(value) for name, value in values.items()}
    key = words["key"]
    title = words["title"] or ("item" if "{key}" in template else f"item-{key}")
    rest = slugify(fill(template, words | {"title": "x"}))
    room = max(LONGEST_SLUG - len(rest), 0)
    if len(title) > room:
        cut = title[: room + 1]
        title = cut.rpartition("-")[0] or cut[:-1]
    return slugify(fill(template, words | {"title": title}))[-LONGEST_SLUG:].lstrip("-")


def fill_attribution(template: str, values: Mapping[str, str]) -> str:
    """Make the paragraph that credits the source; [text](url) becomes a link. "" for nothing.

    The template is taken apart before the values are put in, so that none of them can be markup.
    """
    if not values["byline"].strip():
        template = _BYLINE.sub(_close_gap, template).strip()
    parts: list[str] = []
    end = 0
    for match in _LINK.finditer(template):
        parts += [_escape(template[end : match.start()], values), _link(match, values)]
        end = match.end()
    parts.append(_escape(template[end:], values))
    text = "".join(parts).strip()
    return f"<p>{text}</p>" if text else ""


def write_mentions(mentions: Mentions) -> str:
    """Make the paragraph that names who else reports a story, with links. "" for nobody."""
    named = [_name(*one) for one in mentions.sources[:_MOST_MENTIONS]]
    words = _escape("{words}", {"words": mentions.words})
    return f"<p>{words} {', '.join(named)}.</p>" if named else ""


def _name(name: str, url: str) -> str:
    text = _escape("{name}", {"name": " ".join(name.split())})
    if not url.startswith(("http://", "https://")):
        return text
    href = html.escape(escape_address(url))
    # No credit: by that a post is known as the article's own.
    return f'<a href="{href}" class="{MENTION}" rel="noopener">{text}</a>'


def _close_gap(match: re.Match[str]) -> str:
    before = match.string[: match.start()][-1:]
    return "" if not before else " " if before == "." else match[2]


def _link(match: re.Match[str], values: Mapping[str, str]) -> str:
    url = fill(match[2], values)
    if not url.startswith(("http://", "https://")):
        return ""
    # WordPress runs shortcodes inside attributes too (shortcodes.php, do_shortcodes_in_html_tags).
    href = html.escape(escape_address(url))
    text = _escape(match[1], values)
    return f'<a href="{href}" class="wp-sync-source" rel="noopener">{text}</a>'


def _escape(template: str, values: Mapping[str, str]) -> str:
    """Fill a piece of text; U+2060 after "[" keeps WordPress from reading a shortcode."""
    return html.escape(fill(template, values), quote=False).replace("[", "[\u2060")

"""By what a post tells whose article it is: the mark in its slug, and the links in its text."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from wp_sync.text import normalise_address

from .likeness import fold_title

if TYPE_CHECKING:
    from wp_sync.model import Post, SitePost

CREDIT = "wp-sync-source"  # the class of the link in the attribution: mapping.templates
_MENTION = "wp-sync-also"  # of one to another source of the same story: no sign of whose post it is

_MENTIONS = re.compile(  # the paragraph of them, with its block
    rf"\s*(?:<!-- wp:paragraph -->\s*)?<p>(?:(?!</?p>).)*\b{_MENTION}\b(?:(?!</?p>).)*</p>"
    r"(?:\s*<!-- /wp:paragraph -->)?",
    re.DOTALL,
)
_TRASHED = re.compile(r"__trashed(?:-\d+)?$")  # post.php, wp_add_trashed_suffix_to_post_name
_MARK = re.compile(r"[a-z2-7]{6}")
_LINK = re.compile(r"""<a\s[^<>]*?\bhref\s*=\s*["']([^"'<>]+)["'][^<>]*>""", re.IGNORECASE)
# What another spelling of an address may change: its escapes, and the signs that HTML escapes.
_UNSURE = re.compile(r"%[0-9A-F]{2}|[^a-zA-Z0-9./:=_-]+")
_WORDS = 9  # more, and WordPress takes them for one sentence (WP_Query::parse_search)


def is_ours(post: Post, found: SitePost) -> bool:
    """Tell whether a found post is certainly this article's, by its slug or its body."""
    return bool(sign_of(post, found))


def sign_of(post: Post, found: SitePost) -> str:
    """Tell by what a found post is this article's: the mark in its slug, or its source link; "".

    A link that is no credit may stand in a text about something else: it counts in a post that has
    our slug or our title.
    """
    same_slug = post.slug in bare_slugs(found.slug)
    if post.slug.endswith(post.mark) and (same_slug or post.mark in marks_of(found.slug)):
        return "our key in its slug"
    if not is_linked(found, post):
        return ""
    credited = CREDIT in str(found.values.get("body", ""))
    same_title = fold_title(str(found.values.get("title", ""))) == fold_title(post.title)
    return "its link to the source" if credited or same_slug or same_title else ""


def numbered(slug: str) -> tuple[str, ...]:
    """Name the slugs under which WordPress may have a post that asked for this one."""
    return slug, f"{slug}-2", f"{slug}-3"


def marks_of(slug: str) -> frozenset[str]:
    """Take what may be a mark from the end of a slug of the site."""
    ends = (name.rpartition("-")[2] for name in bare_slugs(slug))
    return frozenset(end for end in ends if _MARK.fullmatch(end))


def slug_note(post: Post, stored: SitePost) -> str:
    """Say that a created post did not get the slug with its mark: another post has it."""
    numbered = stored.slug != post.slug and post.slug in bare_slugs(stored.slug)
    if not (numbered and post.slug.endswith(post.mark)):
        return ""
    return f"WordPress gave it the slug {stored.slug}: is there another post of this article?"


def links_to(body: str, url: str) -> bool:
    """Tell whether a body links to an article, however its address is written."""
    return normalise_address(url) in linked_addresses(body)


def linked_addresses(body: str) -> frozenset[str]:
    """Normalise the addresses that a body credits; all that it links to when it credits none."""
    links = [link for link in _LINK.finditer(body) if _MENTION not in link[0]]
    credits_ = [link for link in links if CREDIT in link[0]]
    found = {normalise_address(html.unescape(link[1])) for link in credits_ or links}
    return frozenset(found - {""})


def without_mentions(body: str) -> str:
    """Leave out the line that names who else reports a story: a lost ledger does not know them."""
    return _MENTIONS.sub("", body) if _MENTION in body else body


def address_words(address: str) -> tuple[str, ...]:
    """Take the words of a normalised address that are in it however it is written: the longest."""
    host, _, rest = address.partition("/")
    known = rest if "xn--" in host else f"{host}/{rest}"  # which stands in texts as people read it
    # A word that begins with "-" would be one that must not be there.
    words = {word.strip("./:-") for word in _UNSURE.split(known)}
    longest = sorted((word for word in words if len(word) > 1), key=lambda word: (-len(word), word))
    return tuple(longest[:_WORDS])


def is_linked(found: SitePost, post: Post) -> bool:
    """Tell whether a post credits an article, or links to it when it credits none."""
    return links_to(str(found.values.get("body", "")), post.source_url)


def bare_slug(slug: str) -> str:
    """Take off what the trash appends."""
    return _TRASHED.sub("", slug)


def bare_slugs(slug: str) -> tuple[str, str]:
    """Take off what WordPress appends: __trashed, and -2 to a slug that is taken, or is none."""
    slug = bare_slug(slug)
    stem, _, number = slug.rpartition("-")
    return slug, stem if number.isdigit() else slug

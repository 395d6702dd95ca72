"""Addresses in a body: absolute, without tracking; pictures found where lazy loading hides them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from wp_sync.markup import attribute_of
from wp_sync.model import Picture
from wp_sync.text import plain_text, strip_tracking

from .allowlist import LINK_SCHEMES, SOURCE_SCHEMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import Tag

    from .draft import Draft

LAZY = ("data-src", "data-lazy-src", "data-original", "data-orig-file", "data-url")
SETS = ("srcset", "data-srcset", "data-lazy-srcset")
PIXELS = (
    "/b.gif?",
    "/pixel.gif",
    "/pixel.png",
    "/spacer.gif",
    "doubleclick.net/",
    "feedburner.com/~",
    "feedsportal.com/",
    "google-analytics.com/",
    "pixel.quantserve.com/",
    "pixel.wp.com/",
    "scorecardresearch.com/",
    "stats.wordpress.com/",
)

_CANDIDATE = re.compile(r"\s*([^\s,]\S*[^\s,])(?:\s+(\d+(?:\.\d+)?)([wx]))?\s*(?:,|\Z)")
_TINY = re.compile(r"\s*[0-2](?:px)?\s*\Z")
_TINY_STYLE = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*[0-2]px", re.IGNORECASE)
_LONGEST_SET = 10_000  # characters: the pattern is quadratic on a set without spaces
_WIDEST = 1600  # pixels: what a post shows at most
_USUAL_WIDTH = 800  # pixels that "1x" stands for


def resolve_images(draft: Draft, _rule: str) -> None:
    """Give each image one absolute address: the real one, not the placeholder's; else drop it."""
    for hidden in draft.remaining({"noscript"}):
        _show_image_of(hidden, draft.base_url)
    for image in draft.remaining({"img"}):
        address = find_source(image, draft.base_url)
        if "emoji" in (names := attribute_of(image, "class")) or "wp-smiley" in names:
            image.replace_with(attribute_of(image, "alt"))
        elif address:
            image["src"] = address
        else:
            image.decompose()


def _show_image_of(hidden: Tag, base_url: str) -> None:
    """Show the image of a noscript element where the one before it has no address."""
    image, before = hidden.find("img"), hidden.find_previous_sibling()
    if image is None or (before is not None and before.name != "img"):
        return
    if before is None or not find_source(before, base_url):
        hidden.replace_with(image)


def find_source(image: Tag, base_url: str) -> str:
    """Choose among src, srcset and the attributes of lazy loading; "" when none is an address."""
    candidates = [_best_of(attribute_of(image, name)) for name in SETS]
    candidates += [attribute_of(image, name) for name in (*LAZY, "src")]
    absolute = (make_absolute(candidate, base_url) for candidate in candidates if candidate)
    return next((url for url in absolute if url.lower().startswith(SOURCE_SCHEMES)), "")


def _best_of(srcset: str) -> str:
    """Choose the widest that a post can show, else the narrowest."""
    found: list[tuple[str, str, str]] = _CANDIDATE.findall(srcset[:_LONGEST_SET])
    sizes = [
        (float(number or 1) * (1 if unit == "w" else _USUAL_WIDTH), url)
        for url, number, unit in found
    ]
    fitting = [size for size in sizes if size[0] <= _WIDEST]
    return max(fitting)[1] if fitting else min(sizes, default=(0.0, ""))[1]


def make_absolute(url: str, base_url: str) -> str:
    """Resolve an address; "" when it can't be."""
    try:
        return urljoin(base_url, url.strip())
    except ValueError:  # a bracket in the host
        return ""


def drop_pixels(draft: Draft, rule: str) -> None:
    """Take out images that only tell somebody that the text was read."""
    for image in draft.remaining({"img"}):
        sizes = (attribute_of(image, "width"), attribute_of(image, "height"))
        address = attribute_of(image, "src").lower()
        if (
            any(map(_TINY.match, sizes))
            or _TINY_STYLE.search(attribute_of(image, "style"))
            or any(pixel in address for pixel in PIXELS)
        ):
            draft.remove(image, rule)


def resolve_links(draft: Draft, _rule: str) -> None:
    """Make links absolute and bare of tracking; unwrap those that lead nowhere a reader can go."""
    for link in draft.remaining({"a"}):
        target = attribute_of(link, "href").strip()
        url = strip_tracking(make_absolute(target, draft.base_url))
        if target and url.lower().startswith(LINK_SCHEMES):
            link["href"] = url
        else:
            link.unwrap()


def find_pictures(draft: Draft) -> Iterator[Picture]:
    for image in draft.remaining({"img"}):
        yield Picture(url=attribute_of(image, "src"), alt=plain_text(attribute_of(image, "alt")))
